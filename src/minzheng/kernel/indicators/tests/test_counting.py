"""A figure is what its rows say, in the period and place they say it, and is counted again when they change."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.errors import NotPermitted
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.cases.models import Counted
from minzheng.kernel.indicators import reading
from minzheng.kernel.indicators.counting import refresh
from minzheng.kernel.indicators.model import Dimension, Indicator, Kind, Measure
from minzheng.kernel.indicators.models import Basis, Restatement
from minzheng.kernel.indicators.reading import Asked
from minzheng.kernel.indicators.registry import registry
from minzheng.kernel.indicators.tests.town import ON, OTHER, STREET, case, centre, count_all
from minzheng.kernel.periods import Month
from minzheng.kernel.storage import server

CITY = "310000"


def _somebody_else_commits() -> None:
    with server.administrator().with_database(connection.settings_dict["NAME"]).connect() as other:
        other.execute("SELECT pg_current_xact_id()")


def value(name: str, asked: Asked):
    with acting_as_service("test"):
        return reading.answer(registry().figure(name), asked).value


def test_a_flow_counts_the_first_and_the_last_day_of_its_period_and_no_other(db):
    for day in (
        date(2021, 12, 31),
        date(2022, 1, 1),
        date(2022, 1, 31),
        date(2022, 2, 1),
        date(2022, 12, 31),
    ):
        case(day)
    case(date(2023, 1, 1))
    count_all(date(2023, 1, 5), "cases.accepted", since_year=2021)
    assert value("cases.accepted", Asked.year(2022)) == 4
    assert value("cases.accepted", Asked.month(Month(2022, 1))) == 2
    assert value("cases.accepted", Asked.month(Month(2021, 12))) == 1
    assert value("service_centre.cases", Asked.year(2023)) == 1


def test_a_stock_counts_what_stands_on_the_last_day(db):
    centre(date(2022, 1, 31), date(2022, 3, 31))
    count_all(date(2022, 6, 15), "centres.total")
    found = [value("centres.total", Asked.month(Month(2022, number))) for number in (1, 2, 3)]
    assert found == [1, 1, 0], "it stands on 31 January and no longer on 31 March"


def test_the_month_in_hand_is_counted_up_to_the_day_and_a_later_one_not_at_all(db):
    centre(date(2022, 8, 21))
    case(date(2022, 8, 20)), case(date(2022, 8, 21))
    count_all(ON, "centres.total", "cases.accepted")
    assert value("centres.total", Asked.month(Month(2022, 8))) == 0
    assert value("cases.accepted", Asked.month(Month(2022, 9))) is None
    count_all(date(2022, 8, 21), "centres.total", "cases.accepted")
    assert value("centres.total", Asked.month(Month(2022, 8))) == 1
    assert value("cases.accepted", Asked.year(2022)) == 2


def test_what_belongs_to_no_district_counts_in_the_city_alone(db):
    case(ON), case(ON, place="310107"), case(ON, place=CITY), case(ON, place=OTHER)
    count_all(ON, "cases.accepted")
    found = {
        place: value("cases.accepted", Asked.year(2022, place))
        for place in (CITY, "310107", STREET, "310151")
    }
    assert found == {CITY: 4, "310107": 2, STREET: 1, "310151": 1}


def test_somebody_counted_in_two_months_and_two_districts_is_one_in_the_year_and_the_city(declared, db):
    declared(
        Indicator(
            "test.people", "人数", "People", "persons", Kind.FLOW,
            "SELECT case_id AS id, accepted_on AS on_day, accepting_division AS division_code, papers_needed::bigint AS counted,"
            " channel FROM cases_counted WHERE accepted_on BETWEEN %(first)s AND %(last)s",
            "测试", ("cases_counted",), (Dimension("channel", "渠道", "Channel"),), Measure.DISTINCT,
        )
    )  # fmt: skip
    case(date(2022, 1, 5), papers=7), case(date(2022, 3, 5), papers=7, place=OTHER, channel="online")
    case(date(2022, 3, 6), papers=8)
    count_all()
    assert value("test.people", Asked.year(2022)) == 2
    assert value("test.people", Asked.year(2022, "310107")) == 2
    assert value("test.people", Asked.month(Month(2022, 3))) == 2
    with acting_as_service("test"):
        parts = reading.by_part(registry().indicators["test.people"], Asked.year(2022))["channel"]
        assert reading.answer(registry().figure("test.people"), Asked.year(2022)).rows == 3
    assert {part.code: part.value for part in parts} == {"counter": 2, "online": 1}


def test_parts_and_places_add_up_and_stand_beside_last_year(db):
    case(date(2021, 5, 1)), case(ON), case(ON, channel="online"), case(ON, place=OTHER, item="marriage")
    count_all(ON, "cases.accepted")
    figure = registry().indicators["cases.accepted"]
    with acting_as_service("test"):
        parts = reading.by_part(figure, Asked.year(2022))
        places = reading.by_place(figure, Asked.year(2022))
    assert {p.code: (p.value, p.before) for p in parts["channel"]} == {"counter": (2, 1), "online": (1, None)}
    assert {p.code: (p.value, p.before) for p in places} == {"310107": (2, 1), "310151": (1, None)}
    assert sum(p.value for p in parts["item"]) == 3


def test_a_ratio_keeps_both_sides_and_is_nothing_over_nothing(db):
    case(ON), case(ON, is_late=True), case(ON, state="refused")
    count_all()
    ratio = registry().figure("cases.in_time_rate")
    with acting_as_service("test"):
        found = reading.answer(ratio, Asked.year(2022))
        nowhere = reading.answer(ratio, Asked.year(2022, "310151"))
    assert (found.above, found.below, round(found.value, 1)) == (2, 3, 66.7)
    assert nowhere.value is None and nowhere.below == 0


def test_an_abolished_district_stands_in_its_successor_today_and_by_itself_in_the_records(db):
    (
        case(date(2022, 1, 5), place="310108001"),
        case(date(2022, 1, 5), place="310106011"),
        case(date(2022, 1, 6)),
    )
    count_all(ON, "cases.accepted")
    figure = registry().figure("cases.accepted")

    def told(basis: str) -> dict[str, int]:
        asked = Asked(*(Asked.year(2022).span, date(2022, 1, 1)), basis=basis)
        with acting_as_service("test"):
            return {part.code: part.value for part in reading.by_place(figure, asked)}

    assert told(Basis.CURRENT) == {"310106": 2, "310107": 1}
    assert told(Basis.RECORDED) == {"310106": 1, "310107": 1, "310108": 1}


def test_the_successor_reads_what_the_abolished_district_left(as_post):
    case(date(2022, 1, 5), place="310108001")
    count_all(ON, "cases.accepted")
    as_post("district_reviewer", "310106")
    asked = Asked(Asked.year(2022).span, date(2022, 1, 1), "310108", Basis.RECORDED)
    assert reading.answer(registry().figure("cases.accepted"), asked).value == 1


def test_a_late_fact_changes_a_closed_month_and_leaves_both_values(db):
    case(date(2022, 3, 5))
    count_all(ON, "cases.accepted")
    late = case(date(2022, 3, 31), place=OTHER)
    assert count_all(ON, "cases.accepted").restated == 2, (
        "the city and the district, each for March; the year is open"
    )
    asked = Asked.month(Month(2022, 3))
    assert value("cases.accepted", asked) == 2
    with acting_as_service("test"):
        told = reading.restatements(registry().figure("cases.accepted"), asked)
        assert [(one.before, one.after, one.found_on) for one in told] == [(1, 2, ON)]
        late.delete()
    assert count_all(ON, "cases.accepted").restated == 2
    assert value("cases.accepted", asked) == 1


def test_a_change_after_a_count_in_the_same_transaction_is_counted_though_others_committed_between(db):
    case(date(2022, 3, 5))
    _somebody_else_commits()
    count_all(ON, "cases.accepted")
    case(date(2022, 3, 6))
    assert count_all(ON, "cases.accepted").restated == 2
    assert value("cases.accepted", Asked.month(Month(2022, 3))) == 2


def test_only_what_changed_is_counted_again(fresh_database):
    case(date(2022, 3, 5))
    first = count_all()
    assert set(first.counted) == set(registry().indicators)
    assert count_all().counted == (), "nothing changed"
    case(date(2022, 3, 6))
    again = count_all()
    assert set(again.counted) == {name for name in registry().indicators if name.startswith("cases.")}
    assert again.restated > 0
    case(date(2022, 4, 6))
    with acting_as_service("test"):
        by_day = refresh(on=ON, closed=False)
        assert set(by_day.counted) == set(again.counted) and by_day.periods == 2 * len(again.counted)
        assert refresh(on=ON, closed=False).counted == (), "closed months wait for the night"
    by_night = count_all()
    assert set(by_night.counted) == set(again.counted) and by_night.restated > 0
    assert count_all().counted == ()
    tomorrow = count_all(date(2022, 8, 21))
    assert tomorrow.periods == 2 * len(registry().indicators), "the open month and the open year alone"
    with acting_as_service("test"):
        Counted.objects.all().delete()
    assert "cases.accepted" in count_all(date(2022, 8, 21)).counted, "a deletion is a change as well"


def test_a_district_reads_its_own_totals_and_a_statistician_every_count_and_no_row(db):
    case(ON), case(ON, place=OTHER)
    count_all(ON, "cases.accepted")
    figure = registry().figure("cases.accepted")
    with acting(make_post("district_reviewer", "310107")):
        assert reading.answer(figure, Asked.year(2022, "310107")).value == 1
        assert reading.answer(figure, Asked.year(2022, "310151")).value == 0
        assert [part.code for part in reading.by_place(figure, Asked.year(2022))] == ["310107"]
    with acting(make_post("statistician", CITY)):
        assert reading.answer(figure, Asked.year(2022)).value == 2
        assert Counted.objects.count() == 0


@pytest.mark.parametrize(
    "role", ["street_officer", "centre_clerk", "finance_preparer", "neighbourhood_worker"]
)
def test_roles_without_statistics_read_no_figure(as_post, role):
    as_post(role, "310107014")
    with pytest.raises(NotPermitted):
        reading.answer(registry().figure("cases.accepted"), Asked.year(2022))


@pytest.mark.parametrize("role", ["statistician", "district_reviewer", "city_policy_officer"])
def test_nobody_but_the_platform_counts(as_post, role):
    as_post(role, CITY)
    with pytest.raises(NotPermitted):
        refresh(on=ON)


def test_a_post_of_one_domain_reads_the_figures_of_it_alone(db):
    case(ON), centre(date(2020, 1, 1))
    count_all(ON, "cases.accepted", "centres.total")
    with acting(make_post("district_reviewer", "310107", ("centres",))):
        assert reading.answer(registry().figure("cases.accepted"), Asked.year(2022, "310107")).value == 0
        assert reading.answer(registry().figure("centres.total"), Asked.year(2022, "310107")).value == 1


def test_restatements_are_never_changed(db):
    case(date(2022, 3, 5))
    count_all(ON, "cases.accepted")
    case(date(2022, 3, 6))
    count_all(ON, "cases.accepted")
    with acting_as_service("test"), pytest.raises(Exception, match=r"append-only|permission denied"):
        Restatement.objects.update(after=99)
