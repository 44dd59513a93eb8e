"""Late facts: what is learnt after a month was paid is followed month by month, and a closed month stays as it was."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.awards.models import Award, Overpayment
from minzheng.kernel.awards.queries import monthly_amount
from minzheng.kernel.monthend.actions import recalculate_month, run_month
from minzheng.kernel.monthend.models import Correction, Recalculation
from minzheng.kernel.monthend.tests.town import build_town
from minzheng.kernel.payments.actions import close_month, verify_ledger
from minzheng.kernel.payments.models import AccountLetter, Batch, Order
from minzheng.kernel.payments.settling.letters import document_of
from minzheng.kernel.payments.tests.world import make_world
from minzheng.kernel.people.actions import FACT_SCHEMA, record_deaths, record_facts
from minzheng.kernel.periods import Month

JUL, AUG = Month(2022, 7), Month(2022, 8)


@pytest.fixture
def town(fresh_database):
    names = build_town()
    run_month(JUL)
    pay(JUL)
    return names


def pay(month: Month) -> None:
    """Two officials pay everything the month drafted, the bank confirms it, and the month is closed."""
    from minzheng.kernel.access import acting
    from minzheng.kernel.payments.actions import approve_batch, confirm_paid, export_batch, prepare_batch

    world = make_world()
    with acting_as_service("test"):
        programmes = set(
            Order.objects.filter(accounting_month=month.first_day, state="drafted").values_list(
                "programme", flat=True
            )
        )
    for programme in sorted(programmes):
        with acting(world.preparer):
            batch = prepare_batch(programme=programme, month=month, on=month.last_day)
        with acting(world.approver):
            approve_batch(batch_id=batch.pk, on=month.last_day)
        with acting(world.preparer):
            export_batch(batch_id=batch.pk, format="csv", on=month.last_day)
            confirm_paid(batch_id=batch.pk, on=month.last_day)
    with acting(world.approver):
        close_month(month=month, on=month.last_day)


def learn(
    kind: str,
    value: int,
    start: date,
    end: date | None,
    *,
    person: int | None = None,
    household: int | None = None,
) -> None:
    row = {
        "row": 1, "person_id": person, "household_id": household, "kind": kind, "int_value": value, "start": start,
        "end": end,
    }  # fmt: skip
    with acting_as_service("test"):
        told = record_facts(
            pl.DataFrame([row], schema=FACT_SCHEMA), source="人社", observed_on=date(2022, 8, 20)
        )
    assert told["outcome"].to_list() in (["created"], ["updated"]), told


def die(person: int, day: date) -> None:
    with acting_as_service("test"):
        record_deaths(
            pl.DataFrame({"row": [1], "person_id": [person], "death_date": [day]}),
            source="卫健",
            observed_on=date(2022, 8, 20),
        )


def sound() -> None:
    with acting_as_service("test"):
        proof = verify_ledger()
        assert proof.is_sound, proof.findings


def test_the_first_look_only_begins_the_clock(town):
    with acting_as_service("test"):
        look = Recalculation.objects.get()
        assert look.known_then is None and not Correction.objects.exists()


def test_a_death_in_june_learnt_in_august_recovers_july_and_closed_july_stays(town):
    couple = town["标准调整甲"], town["标准调整乙"]
    with acting_as_service("test"):
        before = list(Order.objects.filter(accounting_month=JUL.first_day).order_by("id").values())
    die(couple[1], date(2022, 6, 9))
    run_month(AUG)
    with acting_as_service("test"):
        award = Award.objects.get(person_id=couple[0])
        # Two people until June, one from July: 1420.00 of 2840.00 for July was too much; June is paid to its end.
        assert [monthly_amount(award, m) for m in (JUL - 1, JUL)] == [266_000, 142_000]
        (correction,) = Correction.objects.filter(award=award)
        assert (correction.month, correction.was_fen, correction.then_fen, correction.now_fen, correction.state) == (
            JUL.first_day, 284_000, 284_000, 142_000, "applied",
        )  # fmt: skip
        over = Overpayment.objects.get(award=award)
        assert (over.month, over.amount_fen, over.state) == (JUL.first_day, 142_000, "open")
        assert before == list(Order.objects.filter(accounting_month=JUL.first_day).order_by("id").values())
        claim = over.transfers.get(kind="claim")
        assert claim.accounting_month == AUG.first_day and claim.order.benefit_month == JUL.first_day
    sound()


def test_a_wage_learnt_late_changes_the_months_it_was_earned_in_and_twice_changes_nothing(town):
    who, home = town["标准调整乙"], town["H1"]
    assert home
    learn("wage_fen", 100_000, date(2022, 7, 1), date(2022, 8, 1), person=who)
    with acting_as_service("test"):
        award = Award.objects.get(person_id=town["标准调整甲"])
    first = recalculate_month(AUG, on=date(2022, 8, 22))
    assert first["corrected"] == 1
    with acting_as_service("test"):
        was, now = 284_000, monthly_amount(award, JUL)
        assert now < was
        assert Overpayment.objects.get(award=award).amount_fen == was - now
    again = recalculate_month(AUG, on=date(2022, 8, 22))
    assert (again["corrected"], again["overpaid"], again["arrears_letters"]) == (0, 0, 0)
    # The wage is corrected back: the month is due again, nothing stays to be recovered.
    learn("wage_fen", 0, date(2022, 7, 1), date(2022, 8, 1), person=who)
    recalculate_month(AUG, on=date(2022, 8, 23))
    with acting_as_service("test"):
        assert monthly_amount(award, JUL) == was
        assert Overpayment.objects.get(award=award).state == "dropped"
    sound()


def test_what_was_paid_too_little_is_paid_as_arrears_with_a_letter(town):
    who = town["标准调整乙"]
    with acting_as_service("test"):
        award = Award.objects.get(person_id=town["标准调整甲"])
    learn("wage_fen", 100_000, date(2022, 7, 1), date(2022, 8, 1), person=who)
    run_month(AUG)
    with acting_as_service("test"):
        lower = monthly_amount(award, JUL)
    learn("wage_fen", 0, date(2022, 7, 1), date(2022, 8, 1), person=who)
    with acting_as_service("test"):
        Batch.objects.exists()
    result = recalculate_month(AUG, on=date(2022, 8, 30))
    assert result["corrected"] == 1
    with acting_as_service("test"):
        assert monthly_amount(award, JUL) == 284_000 > lower
        (letter,) = AccountLetter.objects.filter(kind="arrears", person_id=town["标准调整甲"])
        assert document_of(letter).amounts[-1].value == 284_000 - lower


def test_an_amount_that_an_official_set_otherwise_is_left_to_an_official(town):
    # Paid 500.00 by the roster where the law gives more: the late wage does not touch it.
    with acting_as_service("test"):
        award = Award.objects.get(person_id=town["金额不符"])
    learn("wage_fen", 100_000, date(2022, 7, 1), date(2022, 8, 1), person=town["金额不符"])
    assert recalculate_month(AUG, on=date(2022, 8, 22))["left"] == 1
    with acting_as_service("test"):
        assert monthly_amount(award, JUL) == 50_000
        assert Correction.objects.get(award=award).reason == "other_amount"


def test_what_is_told_of_this_month_alone_looks_at_nothing_past(town):
    learn("wage_fen", 100_000, date(2022, 8, 1), date(2022, 9, 1), person=town["标准调整乙"])
    assert recalculate_month(AUG, on=date(2022, 8, 22))["people"] == 0


def test_a_closed_month_is_refused(town):
    from minzheng.kernel.monthend.errors import MonthRefused

    with pytest.raises(MonthRefused, match="已结账"):
        recalculate_month(JUL, on=date(2022, 8, 1))
