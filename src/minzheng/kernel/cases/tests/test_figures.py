"""Totals of casework equal the count over rows, after any history; statisticians see totals and nobody's rows."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minzheng.kernel.access import NotPermitted, acting, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.cases import figures
from minzheng.kernel.cases.counting import refresh_totals
from minzheng.kernel.cases.counting_sql import MEASURES
from minzheng.kernel.cases.models import Case, Counted, DaysTotal, IssuerTotal, Total
from minzheng.kernel.cases.tests import filled, world
from minzheng.kernel.periods import Month

SEPTEMBER = figures.Question("310000", Month(2022, 9), Month(2022, 9))
YEAR = figures.Question("310000", Month(2022, 1), Month(2023, 12))
PLACES = ("310104014", "310151101", "310151102", "310107014", "310151", "310000")
STATES = (
    "submitted",
    "accepted",
    "granted",
    "refused",
    "withdrawn",
    "lapsed",
    "ended",
    "not_accepted",
    "draft",
)
DAY = st.dates(date(2022, 8, 1), date(2022, 12, 31))


@pytest.fixture
def person(db):
    return world.poor_household()


@pytest.fixture
def service(person):
    with acting_as_service("test"):
        yield person


def total(measure: str, question: figures.Question = SEPTEMBER) -> int:
    return figures.sums(question)[measure]


def test_a_case_counts_at_both_offices_at_street_district_and_city(service):
    filled.case(service)
    refresh_totals()
    for side, places in (
        ("deciding", ("310151101", "310151", "310000")),
        ("accepting", ("310104014", "310104", "310000")),
    ):
        for place in places:
            assert total("granted", figures.Question(place, Month(2022, 9), Month(2022, 9), side)) == 1
    assert total("granted", figures.Question("310104", Month(2022, 9), Month(2022, 9))) == 0


def test_a_draft_is_no_case_yet(service):
    filled.case(service, state="draft", submitted=None, accepted=None, ended=None)
    refresh_totals()
    assert not Counted.objects.exists() and not Total.objects.exists()


def test_the_second_refresh_over_the_same_events_changes_nothing(service):
    filled.case(service)
    first = refresh_totals()
    before = list(Total.objects.order_by("id").values())
    again = refresh_totals()
    assert (first.looked_at, first.changed) == (1, 1)
    assert (again.looked_at, again.changed) == (1, 0)
    assert list(Total.objects.order_by("id").values()) == before


def test_a_late_change_moves_the_case_to_its_new_month_place_and_outcome(service):
    made = filled.case(service, state="withdrawn")
    refresh_totals()
    assert total("withdrawn") == 1
    made.state, made.decided_on, made.deciding_division = "refused", date(2022, 11, 2), "310107014"
    made.save()
    filled.touch(made, "decide", on=date(2022, 11, 2))
    refresh_totals()
    assert total("withdrawn") == 0 and total("submitted") == 1
    november = figures.Question("310107014", Month(2022, 11), Month(2022, 11))
    assert total("refused", november) == 1
    assert total("submitted", figures.Question("310151101", Month(2022, 9), Month(2022, 9))) == 0
    assert not Total.objects.filter(division_code="310151101").exists()


def test_a_case_without_a_new_event_is_found_when_everything_is_counted_anew(service):
    made = filled.case(service)
    refresh_totals()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_totalsmark SET counted_until = now() + interval '1 hour'")
    Case.objects.filter(pk=made.pk).update(is_late=True)
    assert refresh_totals().looked_at == 0 and total("in_time") == 1
    refresh_totals(everything=True)
    assert total("in_time") == 0


def test_handed_over_days_are_the_working_days_until_the_other_district_takes_it_up(service):
    # Accepted on Friday 30 September; National Day until 7 October, the 8th and 9th are working days.
    made = filled.case(service, accepted=date(2022, 9, 30), ended=date(2022, 10, 20))
    filled.touch(made, "begin_check", on=date(2022, 10, 9), post=1)
    filled.touch(made, "decide", on=date(2022, 10, 20), post=1)
    filled.case(service, accepting="310151102", accepted=date(2022, 9, 30))
    filled.case(service, deciding="310000", accepted=date(2022, 9, 30))
    refresh_totals()
    found = figures.sums(SEPTEMBER)
    assert (found["crossed"], found["handed_over"], found["handover_days"]) == (1, 1, 2)
    assert figures.FIGURES["crossed"].value(found) == pytest.approx(100 / 3)


def test_whatever_was_handed_in_at_a_counter_is_not_wholly_online(service):
    filled.case(service, channel="online")
    half = filled.case(service, channel="online")
    filled.touch(half, "hand_in", post=7)
    mine = filled.case(service, channel="online")
    filled.touch(mine, "hand_in")
    filled.case(service)
    refresh_totals()
    assert total("online") == 2 and figures.FIGURES["online"].value(figures.sums(SEPTEMBER)) == 50


def test_papers_saved_and_failed_are_counted_by_issuer(service):
    made = filled.case(service)
    filled.paper(made, "a", "fetched")
    filled.paper(made, "b", "fetched")
    filled.paper(made, "c", "submitted", failed_why="数据日期过旧")
    filled.paper(made, "d", "submitted", issuer="人社")
    filled.paper(made, "e", "not_needed")
    refresh_totals()
    assert figures.by_issuer(SEPTEMBER) == [("公安", 2, 1)]
    assert figures.FIGURES["exemption"].value(figures.sums(SEPTEMBER)) == 50
    assert total("papers_failed") == 1


def test_medians_come_from_the_days_of_all_places_together(service):
    for place, days in (
        ("310151101", 1),
        ("310151101", 1),
        ("310107014", 9),
        ("310107014", 20),
        ("310104014", 2),
    ):
        filled.case(service, deciding=place, working_days=days)
    refresh_totals()
    spread = figures.days_by(SEPTEMBER)[""]
    assert spread == {1: 2, 2: 1, 9: 1, 20: 1}
    assert (figures.percentile(spread, 50), figures.percentile(spread, 90)) == (2, 20)
    assert figures.days_by(SEPTEMBER, "item") == {"hukou_birth": spread}


@pytest.mark.parametrize(
    ("days", "percent", "expected"),
    [({5: 10}, 50, 5), ({1: 9, 2: 1}, 90, 1), ({1: 89, 2: 11}, 90, 2), ({0: 1}, 50, 0)],
)
def test_a_percentile_is_the_fewest_days_that_cover_its_share(days, percent, expected):
    assert figures.percentile(days, percent) == expected


def test_what_is_decided_at_the_district_stands_under_the_district_itself(service):
    filled.case(service, deciding="310151")
    filled.case(service, deciding="310151101")
    refresh_totals()
    found = figures.sums_by_place(figures.Question("310151", Month(2022, 9), Month(2022, 9)))
    assert {code: one["granted"] for code, one in found.items()} == {"310151": 1, "310151101": 1}


cases_told = st.lists(
    st.fixed_dictionaries(
        {
            "state": st.sampled_from(STATES),
            "item": st.sampled_from(("hukou_birth", "hukou_death")),
            "channel": st.sampled_from(("counter", "online")),
            "accepting": st.sampled_from(PLACES[:4]),
            "deciding": st.sampled_from(PLACES),
            "submitted": DAY,
            "accepted": st.none() | DAY,
            "ended": DAY,
            "working_days": st.integers(0, 60),
            "limit_days": st.integers(0, 30),
            "is_late": st.booleans(),
            "departs": st.booleans(),
            "papers": st.integers(0, 3),
            "score": st.none() | st.integers(1, 5),
        }
    ),
    min_size=1,
    max_size=6,
)


questions = st.builds(
    figures.Question,
    st.sampled_from(("310000", "310151", "310151101", "310104014")),
    st.sampled_from((Month(2022, 1), Month(2022, 9))),
    st.sampled_from((Month(2022, 12), Month(2022, 10))),
    st.sampled_from(("deciding", "accepting")),
    st.sampled_from(("", "hukou_birth")),
    st.sampled_from(("", "online")),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=cases_told, later=cases_told, question=questions)
def test_after_any_history_every_total_equals_the_count_over_its_rows(service, first, later, question):
    outer = transaction.savepoint()
    try:
        made = [make(service, told) for told in first]
        refresh_totals()
        for case, told in zip(made, later, strict=False):
            change(case, told)
        refresh_totals()
        holds(question)
        assert Counted.objects.count() == Case.objects.exclude(submitted_on=None).count()
        assert no_cell_is_negative()
    finally:
        transaction.savepoint_rollback(outer)


def make(person, told: dict) -> Case:
    told = dict(told)
    papers, score = told.pop("papers"), told.pop("score")
    if told["state"] == "draft":
        told |= {"submitted": None, "accepted": None, "ended": None}
    made = filled.case(person, **told)
    for number in range(papers):
        filled.paper(
            made, str(number), ("fetched", "submitted", "promised")[number], failed_why="无" * (number == 1)
        )
    if score and told["state"] == "granted":
        filled.rating(made, score)
    return made


def change(case: Case, told: dict) -> None:
    if case.state in ("draft", "granted", "refused"):
        return
    state = told["state"] if told["state"] != "draft" else "submitted"
    case.state, case.deciding_division, case.is_late = state, told["deciding"], told["is_late"]
    case.decided_on = told["ended"] if state in ("granted", "refused") else None
    case.working_days = told["working_days"] if case.decided_on else None
    case.state_since = told["ended"]
    case.save()
    filled.touch(case, "decide", on=told["ended"], post=1)


def holds(question: figures.Question) -> None:
    """Every figure of the totals against its own rows, both above and below the line."""
    found = figures.sums(question)
    for figure in figures.FIGURES.values():
        above = list(figures.rows(figure, question))
        assert figure.above(found) == sum(getattr(row, figure.adds) if figure.adds else 1 for row in above), (
            figure
        )
        if figure.denominator:
            below = list(figures.rows(figure, question, figures.BELOW))
            column = figure.adds_below
            assert figure.below(found) == sum(getattr(row, column) if column else 1 for row in below), figure
    by_item = figures.sums_by(question, "item")
    by_place = figures.sums_by_place(question)
    for name in MEASURES:
        assert sum(one[name] for one in by_item.values()) == found[name]
        assert len(question.place) == 9 or sum(one[name] for one in by_place.values()) == found[name]
    if not question.channel:
        decided = figures.rows(figures.FIGURES["decided"], question)
        days = sorted(row.working_days for row in decided if row.working_days is not None)
        spread = figures.days_by(question).get("", {})
        assert days == sorted(day for day, cases in spread.items() for _ in range(cases))


def no_cell_is_negative() -> bool:
    cells = [value for row in Total.objects.values(*MEASURES) for value in row.values()]
    cells += DaysTotal.objects.values_list("cases", flat=True)
    cells += [n for row in IssuerTotal.objects.values_list("fetched", "failed") for n in row]
    return all(cell >= 0 for cell in cells)


def test_a_statistician_reads_totals_and_no_case(service):
    filled.case(service)
    refresh_totals()
    with acting(make_post("statistician", "310000")):
        assert total("granted") == 1
        assert not Counted.objects.exists() and not Case.objects.exists()
        with pytest.raises(NotPermitted):
            figures.rows(figures.FIGURES["granted"], SEPTEMBER)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT sum(granted) FROM statistics_cases WHERE side = 'deciding' AND district = '310151'"
            )
            assert cursor.fetchone() == (1,)
            cursor.execute("SELECT count(*) FROM cases_counted")
            assert cursor.fetchone() == (0,)


def test_a_district_reads_its_own_totals_and_rows_and_no_neighbours(service):
    filled.case(service)
    filled.case(service, accepting="310107014", deciding="310107014")
    refresh_totals()
    district = figures.Question("310151", Month(2022, 9), Month(2022, 9))
    with acting(make_post("district_reviewer", "310151")):
        assert total("granted", district) == 1 and total("granted") == 0
        assert figures.rows(figures.FIGURES["granted"], SEPTEMBER).count() == 1
    with acting(make_post("district_reviewer", "310107")):
        assert total("granted", district) == 0
        assert not figures.rows(figures.FIGURES["granted"], district).exists()


@pytest.mark.parametrize(
    "role", ["centre_clerk", "street_officer", "department_officer", "neighbourhood_worker"]
)
def test_roles_without_statistics_read_no_totals_page(service, role):
    with acting(make_post(role, "310104014")), pytest.raises(NotPermitted):
        figures.sums(SEPTEMBER)


@pytest.mark.parametrize("role", ["city_policy_officer", "system_admin", "statistician", "street_officer"])
def test_nobody_but_the_platform_refreshes(service, role):
    with acting(make_post(role, "310000")), pytest.raises(NotPermitted):
        refresh_totals()


def test_an_event_that_commits_after_a_refresh_began_is_counted_by_the_next(fresh_database):
    """A long transaction writes its event first and commits last; counting by the event's time alone would lose it."""
    person = world.poor_household()
    written, counted = threading.Event(), threading.Event()

    def slowly() -> None:
        try:
            with acting_as_service("slow"):
                filled.case(person)
                written.set()
                counted.wait(30)
        finally:
            connection.close()

    slow = threading.Thread(target=slowly)
    slow.start()
    assert written.wait(30)
    with acting_as_service("test"):
        assert refresh_totals().looked_at == 0
    counted.set()
    slow.join(30)
    with acting_as_service("test"):
        assert refresh_totals().changed == 1 and total("granted") == 1


def test_a_refresh_over_many_events_takes_a_fixed_number_of_queries(service, django_assert_num_queries):
    for _ in range(3):
        filled.case(service)
    with django_assert_num_queries(22):
        refresh_totals()
    assert [row.pk for row in figures.rows(figures.FIGURES["granted"], YEAR)] == sorted(
        Counted.objects.values_list("pk", flat=True), reverse=True
    )
    assert figures.counted_until() is not None
