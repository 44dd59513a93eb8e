"""Nobody is left out whom an award, a refusal or an opt-out accounts for; nothing is claimed where nobody looked."""

from __future__ import annotations

from datetime import date

import pytest

from minzheng.domains.subsistence_allowance.indicators import LEFT_OUT
from minzheng.kernel.awards import actions as awards
from minzheng.kernel.awards.tests.conftest import grant_of, household  # noqa: F401  (fixtures)
from minzheng.kernel.indicators.counting import refresh
from minzheng.kernel.indicators.reading import Asked, answer
from minzheng.kernel.outreach.actions import record_outcome
from minzheng.kernel.outreach.models import Lead, OptOut
from minzheng.kernel.outreach.tests.conftest import found, outreach_month  # noqa: F401  (fixtures)
from minzheng.kernel.people.staging import fetch
from minzheng.kernel.periods import Month

JUL, JUL_END, AUG_END = Month(2022, 7), date(2022, 7, 31), date(2022, 8, 31)


def left_out(on: date) -> set[int]:
    return {row[0] for row in fetch(f"SELECT id FROM ({LEFT_OUT.rows}) r", {"on": on})}


@pytest.fixture
def town(as_post, household):  # noqa: F811
    as_post("service")
    return household


def test_everybody_of_a_household_that_qualifies_and_receives_nothing_is_left_out(town, found):  # noqa: F811
    home, people = town(3, died={2: date(2022, 7, 31)})
    found(home, fen=90_000)
    found(town()[0], fen=90_000, status=1)
    assert left_out(JUL_END) == set(people[:2]), "who died that day is not, nor who only may qualify"
    assert left_out(date(2022, 6, 30)) == set(), "the findings are of July"


def test_somebody_registered_alone_is_found_by_their_own_number(town, found):  # noqa: F811
    _home, (person,) = town()
    found(-person, fen=90_000)
    assert left_out(JUL_END) == {person}


def test_an_award_counts_from_the_day_it_was_granted(town, found, grant_of):  # noqa: F811
    home, (person,) = town()
    found(home, fen=90_000)
    change = grant_of(person, home, unit="household", monthly_fen=90_000, start_month=date(2022, 8, 1))
    awards.grant(grant=change, on=date(2022, 7, 29))
    assert left_out(date(2022, 7, 28)) == {person} and left_out(date(2022, 7, 29)) == set()


@pytest.mark.parametrize(
    ("outcome", "is_left"), [("declined", False), ("visited", True), ("not_found", True)]
)
def test_a_recorded_refusal_counts_from_its_day_and_a_visit_alone_does_not(
    town, found, outreach_month, outcome, is_left  # noqa: F811
):  # fmt: skip
    home, (person,) = town()
    found(home, fen=90_000)
    outreach_month()
    record_outcome(lead=Lead.objects.get(), outcome=outcome, on=date(2022, 7, 30), note="本人说明")
    assert left_out(date(2022, 7, 29)) == {person}
    assert left_out(JUL_END) == ({person} if is_left else set())


def test_who_opted_out_is_not_left_out_until_they_take_it_back(town, found):  # noqa: F811
    home, (person,) = town()
    found(home, fen=90_000)
    OptOut.objects.create(
        person_id=person, programme="subsistence_allowance", since=date(2022, 7, 10), withdrawn_on=date(2022, 7, 20),
        division_code="310107014029",
    )  # fmt: skip
    assert [bool(left_out(date(2022, 7, day))) for day in (9, 10, 19, 20)] == [True, False, False, True]


def test_the_month_before_stands_while_the_month_is_not_computed_and_no_longer(town, found):  # noqa: F811
    home, (person,) = town()
    found(home, fen=90_000)
    assert (
        left_out(date(2022, 8, 20)) == left_out(AUG_END) == {person} and left_out(date(2022, 9, 1)) == set()
    )


def test_none_is_told_only_where_findings_were_made(town, found, grant_of):  # noqa: F811
    home, (person,) = town()

    def value(asked: Asked) -> object:
        return answer(LEFT_OUT, asked).value

    refresh(on=AUG_END, only=(LEFT_OUT.id, LEFT_OUT.rests_on))
    assert value(Asked.month(JUL)) is None, "nobody looked"
    found(home, fen=90_000)
    refresh(on=AUG_END, only=(LEFT_OUT.id, LEFT_OUT.rests_on))
    assert value(Asked.month(JUL)) == 1 and value(Asked.month(Month(2022, 6))) is None
    assert value(Asked.year(2022, "310107")) == 1 and value(Asked.year(2022, "310151")) is None
    awards.grant(grant=grant_of(person, home, unit="household", monthly_fen=90_000), on=date(2022, 7, 29))
    refresh(on=AUG_END, only=(LEFT_OUT.id, LEFT_OUT.rests_on))
    assert value(Asked.month(JUL)) == 0, "somebody qualifies, and nobody is left out"
