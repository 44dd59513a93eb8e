"""Where registration goes across districts, as figures: days, the pilot's districts and the share, each with its paper."""

from __future__ import annotations

from datetime import date

import pytest

from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.indicators.reading import Asked, answers
from minzheng.kernel.indicators.registry import registry
from minzheng.kernel.periods import Month

PILOT, CITYWIDE = date(2022, 9, 1), date(2022, 12, 1)
NAMES = ("pilot_start", "pilot_districts", "citywide_start", "coverage")
FIGURES = [registry().facts[f"marriage.cross_district_{name}"] for name in NAMES]


def told(asked: Asked) -> list[object]:
    found = answers(asked, FIGURES)
    return [found[figure.id].value for figure in FIGURES]


def counted_to(until: date, first: date = date(2022, 1, 1)) -> list[object]:
    with acting_as_service("test"):
        found = FIGURES[0].read(first, until, "310000")
    return [found[figure.id].value if figure.id in found else None for figure in FIGURES]


@pytest.mark.parametrize(
    "until, expected",
    [
        (date(2022, 8, 31), [None, None, None, None]),  # the day before the pilot no paper says anything
        (date(2022, 9, 1), [PILOT, 9, None, 56.25]),  # 9 of 16 districts
        (date(2022, 11, 30), [PILOT, 9, None, 56.25]),
        (date(2022, 12, 1), [PILOT, 9, CITYWIDE, 100]),
        (date(2022, 12, 31), [PILOT, 9, CITYWIDE, 100]),
    ],
)
def test_a_year_counted_to_a_day_tells_what_had_begun_by_then(db, until, expected):
    assert counted_to(until) == expected


@pytest.mark.parametrize(
    "month, expected",
    [
        (Month(2022, 8), [None, None, None, None]),
        (Month(2022, 9), [PILOT, 9, None, 56.25]),
        (Month(2022, 10), [None, 9, None, 56.25]),  # it had begun the month before
        (Month(2022, 11), [None, 9, None, 56.25]),
        (Month(2022, 12), [None, None, CITYWIDE, 100]),  # the pilot ended the day before
        (Month(2023, 1), [None, None, None, 100]),
    ],
)
def test_a_first_day_is_told_in_the_month_it_falls_in_and_the_pilot_while_it_lasts(db, month, expected):
    with acting_as_service("test"):
        assert told(Asked.month(month)) == expected


def test_a_year_without_a_change_tells_the_share_alone(db):
    with acting_as_service("test"):
        assert told(Asked.year(2021)) == [None] * 4 and told(Asked.year(2023)) == [None, None, None, 100]


def test_the_law_is_the_same_in_a_district_as_in_the_city(db):
    with acting(make_post("district_reviewer", "310107")):
        assert told(Asked.year(2022, "310107")) == [PILOT, 9, CITYWIDE, 100]
    with acting(make_post("statistician", "310000")):
        assert told(Asked.year(2022)) == [PILOT, 9, CITYWIDE, 100]


def test_the_pilot_rests_on_an_illustrative_list_and_the_whole_city_on_the_summary(db):
    with acting_as_service("test"):
        found = answers(Asked.year(2022), FIGURES)
    assumed = {name: found[figure.id].is_assumed for name, figure in zip(NAMES, FIGURES, strict=True)}
    assert assumed == {
        "pilot_start": True,
        "pilot_districts": True,
        "citywide_start": False,
        "coverage": False,
    }
    assert all("2022年度工作总结二/五" in found[figure.id].papers[0].source for figure in FIGURES)


def test_all_four_cost_one_query_beyond_the_totals(db, django_assert_num_queries):
    with acting_as_service("test"), django_assert_num_queries(2):
        told(Asked.year(2022))
