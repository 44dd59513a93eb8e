"""Taking over who is being paid: one outcome for every row, and the same roster twice changes nothing."""

from __future__ import annotations

from datetime import date

import pytest

from minzheng.kernel.awards.deaths import follow_deaths
from minzheng.kernel.awards.models import Award, AwardEvent, Overpayment
from minzheng.kernel.awards.moves import follow_moves
from minzheng.kernel.awards.roster import paid_through, take_over_roster
from minzheng.kernel.people.models import Person
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import benefit_by_code
from minzheng.kernel.sources.registry import RosterRow, writer

JUNE = date(2022, 6, 1)


def row(
    number: int, person: int, *, roster="低保", household=None, start=date(2021, 7, 1), fen=133_000
) -> RosterRow:
    return RosterRow(number, person, household, roster, start, fen, "上海农商银行", "6231510303508250")


def take(*rows: RosterRow) -> dict[int, tuple[str, tuple[str, ...]]]:
    found = take_over_roster(rows=rows, as_of=JUNE, file_id=1, authority="民政")
    return {o.row_id: (o.outcome, tuple(m.code for m in o.messages)) for o in found}


@pytest.fixture
def town(as_post, household):
    as_post("service")
    return household


def test_the_contract_of_the_roster_finds_this_writer(db):
    assert writer("awards_roster") is take_over_roster


def test_a_row_becomes_an_award_in_force_paid_through_the_month_of_the_roster(town):
    home, (person,) = town()
    assert take(row(1, person)) == {1: ("taken", ())}
    award = Award.objects.get()
    assert (award.unit, award.household_id, award.origin) == ("household", home, "roster")
    assert award.paid_through == JUNE and award.start_month == date(2021, 7, 1)


def test_the_same_roster_twice_changes_nothing(town):
    _, (person,) = town()
    rows = (row(1, person), row(2, person, roster="老年综合津贴", fen=15_000))
    take(*rows)
    events = AwardEvent.objects.count()
    assert take(*rows) == {1: ("unchanged", ()), 2: ("unchanged", ())}
    assert AwardEvent.objects.count() == events and Award.objects.count() == 2


@pytest.mark.parametrize(
    ("benefit", "roster_month", "through"),
    [
        ("subsistence_allowance", Month(2022, 6), Month(2022, 6)),
        # Paid in April for January to March; April to June are paid in July.
        ("old_age_allowance", Month(2022, 6), Month(2022, 3)),
        ("old_age_allowance", Month(2022, 7), Month(2022, 6)),
        ("old_age_allowance", Month(2022, 8), Month(2022, 6)),
    ],
)
def test_what_is_paid_already_follows_from_how_often_the_benefit_is_paid(benefit, roster_month, through):
    assert paid_through(*benefit_by_code(benefit), roster_month) == through


def test_a_recipient_who_died_is_ended_with_the_month_of_death_and_later_months_are_overpaid(town):
    _, (person,) = town(died={0: date(2022, 4, 17)})
    assert take(row(1, person)) == {1: ("taken", ("roster_person_dead",))}
    award = Award.objects.get()
    assert (award.state, award.end_month) == ("ended", date(2022, 4, 1))
    assert list(Overpayment.objects.order_by("month").values_list("month", "amount_fen")) == [
        (date(2022, 5, 1), 133_000),
        (JUNE, 133_000),
    ]
    assert take(row(1, person)) == {1: ("unchanged", ())}


def test_somebody_who_died_in_the_month_of_the_roster_is_paid_that_month_and_ends_by_the_month_end(town):
    _, (person,) = town(died={0: date(2022, 6, 3)})
    assert take(row(1, person)) == {1: ("taken", ())}
    assert follow_deaths(month=Month(2022, 7), on=date(2022, 7, 29)).ended == 1
    assert Award.objects.get().end_month == JUNE and not Overpayment.objects.exists()
    assert follow_deaths(month=Month(2022, 7), on=date(2022, 7, 29)).ended == 0


def test_somebody_who_died_before_the_award_began_goes_to_review(town):
    _, (person,) = town(died={0: date(2021, 6, 30)})
    assert take(row(1, person)) == {1: ("review", ("roster_dead_before_start",))}


def test_a_household_goes_on_with_another_member_when_its_payee_dies(town):
    _, (head, spouse) = town(2, died={0: date(2022, 6, 3)})
    take(row(1, head))
    done = follow_deaths(month=Month(2022, 7), on=date(2022, 7, 29))
    assert (done.ended, done.payees_changed) == (0, 1)
    award = Award.objects.get()
    assert award.person_id == spouse and award.state == "in_force"
    assert award.periods.get().person_id == spouse


def test_a_second_row_for_the_same_household_goes_to_review(town):
    _, (head, spouse) = town(2)
    assert take(row(1, head), row(2, spouse)) == {
        1: ("taken", ()),
        2: ("review", ("roster_household_twice",)),
    }


def test_a_person_listed_twice_is_taken_once(town):
    _, (person,) = town()
    found = take(
        row(1, person, roster="老年综合津贴", fen=15_000),
        row(2, person, roster="老年综合津贴", fen=15_000),
        row(3, person, roster="老年综合津贴", fen=18_000),
    )
    assert found == {
        1: ("taken", ()),
        2: ("unchanged", ("roster_repeated",)),
        3: ("review", ("roster_repeated_differs",)),
    }


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({"roster": "没有这项"}, ("refused", ("roster_unknown_benefit",))),
        ({"fen": 0}, ("refused", ("roster_amount",))),
        ({"start": date(2022, 7, 1)}, ("review", ("roster_starts_later",))),
    ],
)
def test_rows_that_cannot_be_right_are_not_taken(town, change, outcome):
    _, (person,) = town()
    assert take(row(1, person, **change)) == {1: outcome}
    assert not Award.objects.exists()


def test_a_person_nobody_registered_is_refused(town):
    assert take(row(1, 999_999_999)) == {1: ("refused", ("roster_unknown_person",))}


def test_a_later_roster_with_another_amount_goes_to_review(town):
    _, (person,) = town()
    take(row(1, person))
    assert take(row(1, person, fen=142_000)) == {1: ("review", ("roster_award_differs",))}


def test_an_award_follows_the_hukou_to_another_street_with_an_event_and_its_periods(town):
    _, (person,) = town()
    take(row(1, person))
    assert follow_moves(month=Month(2022, 7), on=date(2022, 7, 29)) == 0
    Person.objects.filter(pk=person).update(hukou_division_code="310101002001")
    assert follow_moves(month=Month(2022, 7), on=date(2022, 7, 29)) == 1
    award = Award.objects.get()
    assert award.division_code == award.periods.get().division_code == "310101002001"
    event = award.events.latest("id")
    assert (event.action, event.detail["was"], event.detail["becomes"]) == (
        "move",
        "310107014029",
        "310101002001",
    )


def test_a_hukou_outside_the_city_leaves_the_award_with_the_residence(town):
    _, (person,) = town()
    take(row(1, person))
    Person.objects.filter(pk=person).update(hukou_is_local=False, hukou_division_code="320500000000")
    follow_moves(month=Month(2022, 7), on=date(2022, 7, 29))
    assert Award.objects.get().division_code == "310107014029"
