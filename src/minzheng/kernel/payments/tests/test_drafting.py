"""What is due becomes orders, once."""

from __future__ import annotations

from datetime import date

from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.awards.models import Award, Overpayment
from minzheng.kernel.payments.actions import confirm_paid
from minzheng.kernel.payments.tests.world import JULY, MONTHLY, QUARTERLY, World, day
from minzheng.kernel.people.models import BankAccount, Person
from minzheng.kernel.periods import Month


def test_a_repeated_run_drafts_nothing_more(world: World) -> None:
    world.award(world.person())
    first, second = world.draft(), world.draft()
    assert (first.drafted, second.drafted, second.refreshed, second.waiting) == (1, 0, 0, 1)
    assert world.states() == [("2022-07", "regular", 100_000, "drafted")]


def test_earlier_unpaid_months_go_as_arrears(world: World) -> None:
    world.award(world.person(), start=Month(2022, 5))
    world.draft()
    assert [row[:2] for row in world.states()] == [
        ("2022-05", "arrears"),
        ("2022-06", "arrears"),
        ("2022-07", "regular"),
    ]


def test_months_that_the_old_office_paid_are_not_paid_again(world: World) -> None:
    world.award(world.person(), start=Month(2022, 1), origin="roster", paid_through=Month(2022, 6))
    world.draft()
    assert [row[0] for row in world.states()] == ["2022-07"]


def test_a_taken_over_award_without_a_month_paid_gets_all_of_them(world: World) -> None:
    world.award(world.person(), start=Month(2022, 6), origin="roster")
    world.draft()
    assert [row[0] for row in world.states()] == ["2022-06", "2022-07"]


def test_a_quarterly_benefit_is_paid_in_july_for_april_to_june_and_not_in_august(world: World) -> None:
    world.award(world.person(), start=Month(2022, 4), schedule=QUARTERLY)
    assert world.draft(Month(2022, 6), schedules=(QUARTERLY,)).drafted == 0
    assert world.draft(JULY, schedules=(QUARTERLY,)).drafted == 3
    assert [row[:2] for row in world.states()] == [(f"2022-0{n}", "regular") for n in (4, 5, 6)]
    assert world.draft(Month(2022, 8), schedules=(QUARTERLY,)).drafted == 0


def test_the_month_of_death_is_paid_and_the_month_after_is_not(world: World) -> None:
    world.award(world.person(died=date(2022, 7, 1)))
    world.draft(Month(2022, 8))
    assert [row[0] for row in world.states()] == ["2022-07"]


def test_a_household_goes_on_but_waits_for_another_payee_when_the_payee_died(world: World) -> None:
    world.award(world.person(died=date(2022, 6, 30)), unit="household")
    report = world.draft()
    (order,) = world.orders()
    assert (report.held, order.state, order.hold_reason) == (1, "held", "payee_dead")


def test_an_order_without_account_is_held_and_freed_when_the_account_comes(world: World) -> None:
    person = world.person(account=None)
    world.award(person)
    assert world.draft().held == 1
    with acting_as_service("test"):
        BankAccount.objects.create(
            person_id=person,
            bank="示例银行",
            number="6222020000000077",
            holder="王芳",
            during=(date(2022, 7, 1), None),
        )
    report = world.draft()
    assert (report.held, report.waiting, report.refreshed) == (0, 1, 1)
    assert world.orders()[0].account_number == "6222020000000077"


def test_an_account_number_with_letters_beyond_digits_and_latin_is_held(world: World) -> None:
    world.award(world.person(account="6222 0200（旧）"))
    world.draft()
    assert world.orders()[0].hold_reason == "bad_account"


def test_an_account_for_the_programme_goes_before_the_usual_one(world: World) -> None:
    person = world.person()
    world.award(person)
    with acting_as_service("test"):
        BankAccount.objects.create(
            person_id=person,
            bank="",
            number="99990001",
            holder="代管人",
            purpose="relief",
            during=(date(2022, 1, 1), None),
        )
    world.draft()
    (order,) = world.orders()
    assert (order.account_number, order.payee_name) == ("99990001", "代管人")


def test_a_draft_follows_the_award_until_it_is_in_a_batch(world: World) -> None:
    award = world.award(world.person())
    world.draft()
    world.amounts(award, [(JULY, None, 142_000)])
    assert world.draft().refreshed == 1
    assert world.states() == [("2022-07", "regular", 142_000, "drafted")]


def test_a_draft_no_longer_due_is_cancelled_and_comes_back_under_its_key(world: World) -> None:
    award = world.award(world.person())
    world.draft()
    world.amounts(award, [])
    assert world.draft().cancelled == 1
    world.amounts(award, [(JULY, None, 100_000)])
    world.draft()
    assert world.states() == [("2022-07", "regular", 100_000, "drafted")]


def test_a_rise_after_payment_is_paid_as_the_difference_and_names_the_first_order(world: World) -> None:
    award = world.award(world.person())
    world.send()
    world.amounts(award, [(JULY, None, 109_000)])
    world.draft(Month(2022, 8))
    base, correction, august = world.orders()
    assert (correction.kind, correction.amount_fen, correction.original_id) == ("correction", 9_000, base.pk)
    assert (august.kind, august.amount_fen) == ("regular", 109_000)
    assert world.draft(Month(2022, 8)).drafted == 0


def test_a_rise_of_nothing_and_of_one_fen(world: World) -> None:
    award = world.award(world.person(), end=JULY)
    world.send()
    world.draft(Month(2022, 8))
    assert len(world.orders()) == 1
    world.amounts(award, [(JULY, Month(2022, 8), 100_001)])
    world.draft(Month(2022, 8))
    assert world.states()[1] == ("2022-07", "correction", 1, "drafted")


def test_a_fall_after_payment_is_an_overpayment_and_never_a_negative_order(world: World) -> None:
    award = world.award(world.person())
    world.send()
    world.amounts(award, [(JULY, None, 91_000)])
    report = world.draft(Month(2022, 8))
    with world.seeing():
        (over,) = Overpayment.objects.all()
    assert (report.overpaid, over.month, over.amount_fen, over.state) == (1, JULY.first_day, 9_000, "open")
    assert world.states()[1:] == [("2022-08", "regular", 91_000, "drafted")]


def test_a_fall_that_is_taken_back_leaves_nothing_to_recover_and_nothing_to_pay(world: World) -> None:
    award = world.award(world.person(), end=JULY)
    world.send()
    world.amounts(award, [(JULY, Month(2022, 8), 91_000)])
    world.draft(Month(2022, 8))
    world.amounts(award, [(JULY, Month(2022, 8), 100_000)])
    report = world.draft(Month(2022, 8))
    with world.seeing():
        (over,) = Overpayment.objects.all()
    assert (over.state, over.reason, report.drafted) == ("dropped", "due_again", 0)


def test_what_was_recovered_is_paid_again_when_it_is_due_after_all(world: World) -> None:
    award = world.award(world.person(), end=JULY)
    world.send()
    world.amounts(award, [(JULY, Month(2022, 8), 91_000)])
    world.draft(Month(2022, 8))
    with world.seeing():
        Overpayment.objects.update(recovered_fen=9_000, state="recovered")
    world.amounts(award, [(JULY, Month(2022, 8), 100_000)])
    world.draft(Month(2022, 8))
    assert world.states()[1:] == [("2022-07", "correction", 9_000, "drafted")]


def test_a_death_learnt_late_makes_the_paid_month_recoverable(world: World) -> None:
    person = world.person()
    world.award(person)
    world.send()
    with world.seeing():
        Person.objects.filter(pk=person).update(death_date=date(2022, 6, 30))
    world.draft(Month(2022, 8))
    with world.seeing():
        assert list(Overpayment.objects.values_list("amount_fen", flat=True)) == [100_000]
    assert len(world.orders()) == 1


def test_a_suspended_month_is_not_paid_and_is_paid_later_when_it_is_found_due(world: World) -> None:
    award = world.award(world.person(), start=Month(2022, 6))
    world.amounts(award, [(Month(2022, 6), JULY, 100_000), (Month(2022, 8), None, 100_000)])
    world.draft(Month(2022, 8))
    assert [row[0] for row in world.states()] == ["2022-06", "2022-08"]
    batch = world.approve(world.prepare(Month(2022, 8)))
    world.export(batch)
    world.amounts(award, [(Month(2022, 6), None, 100_000)])
    world.draft(Month(2022, 9))
    assert ("2022-07", "arrears", 100_000, "drafted") in world.states()


def test_a_drafting_run_of_many_awards_is_a_handful_of_statements(
    world: World, django_assert_max_num_queries
) -> None:  # type: ignore[no-untyped-def]
    for number in range(5):
        world.award(world.person(account=f"62220200{number:04d}"))
    with django_assert_max_num_queries(40):
        world.draft(schedules=(MONTHLY, QUARTERLY))
    assert len(world.orders()) == 5


def test_the_award_remembers_through_which_month_the_bank_has_paid(world: World) -> None:
    award = world.award(world.person())
    batch = world.send()
    with acting(world.preparer):
        confirm_paid(batch_id=batch.pk, on=day(JULY))
    with world.seeing():
        assert Award.objects.get(pk=award).paid_through == JULY.first_day
