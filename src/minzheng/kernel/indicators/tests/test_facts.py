"""A fact is what one legal value or one record says, told with it; what nothing says is unknown and never made up."""

from __future__ import annotations

from datetime import date

import pytest

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.indicators.model import Fact, Told
from minzheng.kernel.indicators.reading import Asked, answer, answers, by_month, grows, growth
from minzheng.kernel.indicators.registry import registry
from minzheng.kernel.items import items_on
from minzheng.kernel.periods import Month


def value(name: str, asked: Asked):
    with acting_as_service("test"):
        return answer(registry().figure(name), asked).value


def test_figures_of_one_reading_are_read_once(declared, db):
    asked_for = []

    def read(start: date, until: date, place: str):
        asked_for.append((start, until, place))
        return {"one": Told(1), "years": Told("2022/2035")}

    found = declared(
        facts=[Fact(code, "甲", "A", "year", read, "测试") for code in ("one", "years", "unknown")]
    )
    with acting_as_service("test"):
        told = answers(Asked.year(2022, "310107"))
    assert asked_for == [(date(2022, 1, 1), date(2022, 12, 31), "310107")]
    assert [told[code].value for code in found.figures] == [1, "2022/2035", None]
    with acting_as_service("test"):
        assert by_month(found.figure("years"), Asked.year(2022), [Month(2022, 1)]) == [None], (
            "years are no number"
        )


def test_no_growth_is_told_between_days_years_and_numbers_of_documents():
    assert growth("2022", "2021") is None and growth(date(2022, 7, 1), date(2021, 7, 1)) is None
    assert [
        grows(registry().figure(name)) for name in ("document.serial", "dibao.growth", "dibao.standard_new")
    ] == [
        False,
        False,
        True,
    ]


@pytest.mark.parametrize(
    "month, changed, standard",
    [((2022, 6), None, 133_000), ((2022, 7), date(2022, 7, 1), 142_000), ((2022, 8), None, 142_000)],
)
def test_the_day_of_a_new_standard_is_told_in_its_month_alone(db, month, changed, standard):
    asked = Asked.month(Month(*month))
    assert value("dibao.adjusted_on", asked) == changed and value("dibao.standard_new", asked) == standard


def test_two_kinds_of_paper_need_not_be_handed_in_as_the_catalogue_declares(db):
    assert value("service_centre.submission_exemptions", Asked.year(2022)) == 2
    assert value("service_centre.submission_exemptions", Asked.year(2021)) is None, (
        "the catalogue is not whole"
    )
    sources = {
        paper.source.startswith("licence.")
        for one in items_on(date(2022, 12, 31))
        for paper in one.materials
        if paper.source
    }
    assert sources == {True, False}, "held as an electronic licence, or known to an office of the city"
