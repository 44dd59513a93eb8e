"""What was overpaid is netted, set off, paid back or waived by two officials, and never makes a payment negative."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from minzheng.kernel.access import NotPermitted, acting
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.awards.models import Overpayment
from minzheng.kernel.payments.actions import (
    approve_settlement,
    close_month,
    confirm_paid,
    propose_settlement,
    receive_repayment,
    refuse_settlement,
    verify_ledger,
)
from minzheng.kernel.payments.models import AccountLetter, Offset, Settlement, Transfer
from minzheng.kernel.payments.settling.decisions import SettlementRefused
from minzheng.kernel.payments.settling.letters import document_of
from minzheng.kernel.payments.tests.world import JULY, MONTHLY, PROGRAMME, World, day
from minzheng.kernel.people.models import Person
from minzheng.kernel.periods import Month

AUGUST, SEPTEMBER = Month(2022, 8), Month(2022, 9)
STREET = "310107014"


def officials():  # type: ignore[no-untyped-def]
    return make_post("street_officer", STREET), make_post("district_reviewer", "310107")


def pay(world: World, month: Month) -> None:
    batch = world.send(month)
    with acting(world.preparer):
        confirm_paid(batch_id=batch.pk, on=day(month))


def overpaid(world: World, *, fen: int = 91_000) -> tuple[int, int]:
    """Somebody paid 1000.00 for July of which less was due."""
    person = world.person()
    award = world.award(person)
    pay(world, JULY)
    world.amounts(award, [(JULY, AUGUST, fen), (AUGUST, None, 100_000)])
    return person, award


def decide(person: int, way: str, monthly: int | None = None) -> Settlement:
    street, district = officials()
    with acting(street):
        made = propose_settlement(
            person_id=person, way=way, reason="收入更正", on=date(2022, 8, 1), monthly_fen=monthly
        )
    with acting(district):
        return approve_settlement(settlement_id=made.pk, on=date(2022, 8, 2))


def sound(world: World) -> None:
    with world.seeing():
        proof = verify_ledger()
        assert proof.is_sound, proof.findings


def test_arrears_of_one_benefit_meet_what_another_month_was_overpaid(world: World) -> None:
    person, award = overpaid(world)
    other = world.award(person, start=Month(2022, 6), end=Month(2022, 6), fen=5_000, place="310107014002")
    world.amounts(award, [(JULY, AUGUST, 91_000), (AUGUST, None, 100_000)])
    report = world.draft(AUGUST)
    assert report.netted == 1
    assert [o.amount_fen for o in world.orders(accounting_month=AUGUST.first_day)] == [100_000]
    with world.seeing():
        (over,) = Overpayment.objects.all()
        assert (over.amount_fen, over.recovered_fen, over.rest_fen, over.state) == (
            9_000,
            5_000,
            4_000,
            "open",
        )
        assert Offset.objects.get().award_id == other
    sound(world)


@pytest.mark.parametrize(("arrears", "ordered", "rest"), [(8_999, [], 1), (9_000, [], 0), (9_001, [1], 0)])
def test_one_fen_below_at_and_above_what_was_overpaid(
    world: World, arrears: int, ordered: list[int], rest: int
) -> None:
    person, _ = overpaid(world)
    world.award(person, start=Month(2022, 6), end=Month(2022, 6), fen=arrears)
    world.draft(AUGUST)
    assert [o.amount_fen for o in world.orders(benefit_month=date(2022, 6, 1))] == ordered
    with world.seeing():
        assert Overpayment.objects.get().rest_fen == rest
    sound(world)


def test_a_set_off_takes_at_most_a_fifth_of_a_payment_and_once_a_month(world: World) -> None:
    person, _ = overpaid(world, fen=60_000)
    world.draft(AUGUST)
    decide(person, "set_off")
    assert world.draft(AUGUST).deducted == 1
    assert world.draft(AUGUST).deducted == 0
    assert [o.amount_fen for o in world.orders(accounting_month=AUGUST.first_day)] == [80_000]
    pay(world, AUGUST)
    pay(world, SEPTEMBER)
    assert [o.amount_fen for o in world.orders(accounting_month=SEPTEMBER.first_day)] == [80_000]
    with world.seeing():
        assert Overpayment.objects.get().state == "recovered"
    pay(world, SEPTEMBER + 1)
    assert [o.amount_fen for o in world.orders(accounting_month=(SEPTEMBER + 1).first_day)] == [100_000]
    sound(world)


def test_nothing_is_set_off_before_two_officials_have_decided(world: World) -> None:
    person, _ = overpaid(world)
    world.draft(AUGUST)
    street, _district = officials()
    with acting(street):
        propose_settlement(person_id=person, way="set_off", reason="收入更正", on=date(2022, 8, 1))
    assert world.draft(AUGUST).deducted == 0


def test_whoever_proposed_cannot_approve_and_the_database_holds_it_too(world: World) -> None:
    person, _ = overpaid(world)
    world.draft(AUGUST)
    district = make_post("district_reviewer", "310107")
    with acting(district):
        made = propose_settlement(person_id=person, way="waiver", reason="困难", on=date(2022, 8, 1))
        with pytest.raises(SettlementRefused, match="另一人"):
            approve_settlement(settlement_id=made.pk, on=date(2022, 8, 2))
        with pytest.raises(DatabaseError), transaction.atomic():
            Settlement.objects.filter(pk=made.pk).update(state="approved", decided_by_id=district.official_id)


@pytest.mark.parametrize("role", ["neighbourhood_worker", "centre_clerk", "auditor", "statistician"])
def test_other_roles_propose_nothing(world: World, role: str) -> None:
    person, _ = overpaid(world)
    world.draft(AUGUST)
    with acting(make_post(role, "310107")), pytest.raises((NotPermitted, SettlementRefused)):
        propose_settlement(person_id=person, way="waiver", reason="困难", on=date(2022, 8, 1))


def test_a_street_officer_does_not_approve(world: World) -> None:
    person, _ = overpaid(world)
    world.draft(AUGUST)
    street, _district = officials()
    with acting(street):
        made = propose_settlement(person_id=person, way="waiver", reason="困难", on=date(2022, 8, 1))
    with acting(make_post("street_officer", STREET)), pytest.raises(NotPermitted):
        approve_settlement(settlement_id=made.pk, on=date(2022, 8, 2))


def test_another_street_does_not_find_it(world: World) -> None:
    person, _ = overpaid(world)
    world.draft(AUGUST)
    with (
        acting(make_post("street_officer", "310101002")),
        pytest.raises(SettlementRefused, match="没有待处理"),
    ):
        propose_settlement(person_id=person, way="waiver", reason="困难", on=date(2022, 8, 1))


def test_what_comes_back_is_counted_once_and_never_more_than_is_open(world: World) -> None:
    person, _ = overpaid(world)
    world.draft(AUGUST)
    made = decide(person, "recovery", monthly=3_000)
    with acting(make_post("finance_preparer", "310000")):
        assert (
            receive_repayment(settlement_id=made.pk, amount_fen=3_000, receipt="S1", on=date(2022, 8, 3))
            == 6_000
        )
        assert (
            receive_repayment(settlement_id=made.pk, amount_fen=3_000, receipt="S1", on=date(2022, 8, 3))
            == 6_000
        )
        with pytest.raises(SettlementRefused, match="不超过"):
            receive_repayment(settlement_id=made.pk, amount_fen=6_001, receipt="S2", on=date(2022, 8, 3))
        with pytest.raises(SettlementRefused, match="凭证号"):
            receive_repayment(settlement_id=made.pk, amount_fen=1, receipt=" ", on=date(2022, 8, 3))
        assert (
            receive_repayment(settlement_id=made.pk, amount_fen=6_000, receipt="S2", on=date(2022, 8, 4)) == 0
        )
    with world.seeing():
        assert Overpayment.objects.get().state == "recovered"
    sound(world)


def test_a_waiver_writes_the_rest_off_and_comes_back_when_the_month_is_due_after_all(world: World) -> None:
    person, award = overpaid(world)
    world.draft(AUGUST)
    decide(person, "waiver")
    with world.seeing():
        over = Overpayment.objects.get()
        assert (over.state, over.written_off_fen) == ("waived", 9_000)
    world.amounts(award, [(JULY, None, 100_000)])
    world.draft(AUGUST)
    with world.seeing():
        over.refresh_from_db()
        assert (over.state, over.written_off_fen, over.amount_fen) == ("dropped", 0, 0)
    sound(world)


def test_a_refusal_says_why_and_lets_another_proposal_be_made(world: World) -> None:
    person, _ = overpaid(world)
    world.draft(AUGUST)
    street, district = officials()
    with acting(street):
        made = propose_settlement(person_id=person, way="waiver", reason="困难", on=date(2022, 8, 1))
        with pytest.raises(SettlementRefused, match="已有待复核"):
            propose_settlement(person_id=person, way="recovery", reason="困难", on=date(2022, 8, 1))
    with acting(district):
        with pytest.raises(SettlementRefused, match="理由"):
            refuse_settlement(settlement_id=made.pk, answer="", on=date(2022, 8, 2))
        refuse_settlement(settlement_id=made.pk, answer="家里有能力退回", on=date(2022, 8, 2))
    with acting(street):
        propose_settlement(person_id=person, way="recovery", reason="商量过", on=date(2022, 8, 3))


def test_a_closed_month_never_changes_and_its_correction_names_the_first_order(world: World) -> None:
    person, _ = overpaid(world)
    with acting(world.approver):
        closed = close_month(month=JULY, on=date(2022, 8, 1))
    (july,) = world.orders()
    world.draft(AUGUST)
    decide(person, "waiver")
    with world.seeing():
        entries = list(Transfer.objects.filter(overpayment__isnull=False).order_by("id"))
        assert [(t.kind, t.order_id, t.accounting_month) for t in entries] == [
            ("claim", july.pk, AUGUST.first_day),
            ("write_off", july.pk, AUGUST.first_day),
        ]
        assert july.transfers.filter(kind="claim").get().overpayment_id == Overpayment.objects.get().pk
        proof = verify_ledger()
        assert proof.is_sound, proof.findings
    assert closed.ledger_sha256


def test_the_letter_of_a_dead_persons_money_goes_to_the_family_in_plain_words(world: World) -> None:
    person, _ = overpaid(world)
    with world.seeing():
        Person.objects.filter(pk=person).update(death_date=date(2022, 6, 30))
    world.draft(AUGUST)
    made = decide(person, "recovery")
    with world.seeing():
        letter = AccountLetter.objects.get(settlement=made)
        words = document_of(letter)
        assert letter.addressee_id is None and words.addressee == "王芳的家人"
        assert words.amounts[-1].value == 100_000 and "慰问" in words.opening[0]
        assert any("不会打电话要您转账" in line for line in words.closing)
        assert words.illustrative


def test_programmes_of_one_decision_are_all_covered_by_the_post(world: World) -> None:
    person, _ = overpaid(world)
    world.draft(AUGUST)
    assert MONTHLY.programme == PROGRAMME
    with (
        acting(make_post("street_officer", STREET, domains=["old_age_allowance"])),
        pytest.raises(SettlementRefused),
    ):
        propose_settlement(person_id=person, way="waiver", reason="困难", on=date(2022, 8, 1))
