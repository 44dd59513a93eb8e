"""The year 2022 lived through: four starts by the illustrative readings, each decided by two, paid once and in time."""

from __future__ import annotations

from datetime import date

import pytest

from minzheng.domains.price_linkage import actions
from minzheng.domains.price_linkage.importing import DEMONSTRATION, import_readings
from minzheng.domains.price_linkage.tests.town import Town
from minzheng.kernel.access import acting
from minzheng.kernel.eventgrants import queries
from minzheng.kernel.eventgrants.errors import NotTriggered, SameOfficer
from minzheng.kernel.eventgrants.models import Activation, Strike
from minzheng.kernel.payments.actions import approve_batch, confirm_paid, export_batch, verify_ledger
from minzheng.kernel.payments.errors import NothingToPay
from minzheng.kernel.payments.models import AccountLetter, Order
from minzheng.kernel.people.models import Person
from minzheng.kernel.periods import Month

JULY, AUGUST, SEPTEMBER, OCTOBER = (Month(2022, number) for number in (7, 8, 9, 10))
#: 1,420 x 6.3 %, 6.1 %, 8.8 % and 7.0 %, in whole yuan.
SUMS = {JULY: 8_900, AUGUST: 8_700, SEPTEMBER: 12_500, OCTOBER: 9_900}


@pytest.fixture
def town(db: None) -> Town:
    town = Town()
    with acting(town.proposer):
        import_readings(path=DEMONSTRATION, on=date(2023, 2, 1))
    return town


def settle(town: Town, activation: Activation, month: Month, first: int) -> None:
    """Four officials' days: the batch is prepared, approved, sent, and the bank has paid it."""
    day = [date(month.year, month.number, first + later) for later in range(4)]
    with acting(town.preparer):
        batch = actions.pay(activation_id=activation.pk, month=month, on=day[0])
    with acting(town.payer):
        approve_batch(batch_id=batch.pk, on=day[1])
        export_batch(batch_id=batch.pk, format="pain.001", on=day[2])
    with acting(town.preparer):
        confirm_paid(batch_id=batch.pk, on=day[3])


def start(town: Town, month: Month) -> Activation:
    """Proposed on the 15th of the month after, approved on the 16th by another, and told."""
    after = month + 1
    activation = town.propose(month, on=date(after.year, after.number, 15))
    with acting(town.proposer), pytest.raises(SameOfficer):
        actions.approve(activation_id=activation.pk, on=date(after.year, after.number, 15))
    activation = town.approve(activation, on=date(after.year, after.number, 16))
    town.tell(activation, on=date(after.year, after.number, 16))
    return activation


def test_four_starts_of_2022_each_paid_once_in_time_through_deaths_and_mergers(town: Town) -> None:
    steady, spouse, dies, died_before = (town.person() for _ in range(4))
    first, middle, last = (town.person() for _ in range(3))
    town.allowance(town.household(steady, spouse), steady, Month(2022, 1))
    for person in (dies, died_before, first, last):
        town.told("is_extreme_poverty_supported", person=person)

    # July: somebody dies after the month and before the money, who is owed it; of another we learn after the approval
    # that they had died before the month, which nobody is owed.
    july = start(town, JULY)
    with town.seeing():
        Person.objects.filter(pk=dies.pk).update(death_date=date(2022, 8, 18))
        Person.objects.filter(pk=died_before.pk).update(death_date=date(2022, 6, 30))
    settle(town, july, AUGUST, 19)

    august = start(town, AUGUST)
    settle(town, august, SEPTEMBER, 19)

    # September: the list is frozen, then one record goes into another that goes into a third, which is listed as well.
    september = town.propose(SEPTEMBER, on=date(2022, 10, 15))
    with town.seeing():
        Person.objects.filter(pk=first.pk).update(merged_into=middle)
        Person.objects.filter(pk=middle.pk).update(merged_into=last)
    september = town.approve(september, on=date(2022, 10, 16))
    town.tell(september, on=date(2022, 10, 16))
    settle(town, september, OCTOBER, 19)

    october = start(town, OCTOBER)
    settle(town, october, Month(2022, 11), 19)

    paid = {month: {p for p, of, _ in town.orders() if of == str(month)} for month in SUMS}
    everybody = {steady.pk, spouse.pk, first.pk, last.pk}
    assert paid == {
        JULY: everybody | {dies.pk},
        # In August the one who died in it was still entitled in the month.
        AUGUST: everybody | {dies.pk},
        SEPTEMBER: everybody - {first.pk},
        OCTOBER: everybody - {first.pk},
    }
    assert {(of, fen) for _, of, fen in town.orders()} == {(str(month), fen) for month, fen in SUMS.items()}
    with town.seeing():
        assert list(Strike.objects.values_list("person_id", "reason")) == [(first.pk, "merged")]
        assert set(Order.objects.values_list("state", flat=True)) == {"paid"}
        assert AccountLetter.objects.filter(kind="event", person=last).count() == 4
        proof = verify_ledger()
        assert proof.is_sound, proof.findings
    in_all = 5 * 8_900 + 5 * 8_700 + 3 * 12_500 + 3 * 9_900
    with acting(town.approver):
        rows = queries.rows("price_linkage")
        assert [(r.is_in_time, str(r.paid_on), str(r.activation.pay_by)) for r in reversed(rows)] == [
            (True, f"2022-{month:02}-22", f"2022-{month:02}-26") for month in (8, 9, 10, 11)
        ]
        assert queries.year_figures(rows, 2022)["paid_fen"] == in_all
        assert queries.year_figures(rows, 2022)["activations"] == 4

    # Whatever is repeated, nobody is paid or told again.
    before = town.orders()
    for activation, month in ((july, JULY), (august, AUGUST), (september, SEPTEMBER), (october, OCTOBER)):
        assert town.propose(month, on=date(2022, 11, 28)).pk == activation.pk
        town.approve(activation, on=date(2022, 11, 28))
        assert town.tell(activation, on=date(2022, 11, 28)) == 0
        with acting(town.preparer), pytest.raises(NothingToPay):
            actions.pay(activation_id=activation.pk, month=Month(2022, 12), on=date(2022, 12, 1))
    assert town.orders() == before
    for month in (Month(2022, 6), Month(2022, 11), Month(2022, 12)):
        with pytest.raises(NotTriggered):
            town.propose(month, on=date(2023, 1, 20))


def test_a_day_after_its_days_a_payment_is_shown_as_late(town: Town) -> None:
    person = town.person()
    town.told("is_extreme_poverty_supported", person=person)
    activation = start(town, JULY)  # to be paid by 26 August
    settle(town, activation, AUGUST, 24)  # paid on the 27th
    with acting(town.approver):
        (row,) = queries.rows("price_linkage")
        assert row.is_paid and not row.is_in_time
        assert (str(row.paid_on), str(row.activation.pay_by)) == ("2022-08-27", "2022-08-26")
