"""What is declared can be counted: every figure's SELECT has the columns its declaration promises."""

from __future__ import annotations

from datetime import date

import pytest

from minzheng.kernel.indicators.counting import refresh
from minzheng.kernel.indicators.errors import IndicatorsError
from minzheng.kernel.indicators.model import Identity, Indicator, Kind, Measure, Ratio
from minzheng.kernel.indicators.opening import faults_of_rows
from minzheng.kernel.indicators.registry import registry
from minzheng.kernel.indicators.summary import domain_name, summary

ROWS = "SELECT 1::bigint AS id, %(first)s::date AS on_day, '310107' AS division_code WHERE %(last)s::date IS NOT NULL"


def figure(name: str = "test.one", **more: object) -> Indicator:
    told = {"unit": "cases", "kind": Kind.FLOW, "rows": ROWS, "source": "s", "tables": ("places_division",)}
    return Indicator(name, "一", "One", **(told | more))  # type: ignore[arg-type]


def test_every_declared_figure_has_the_columns_it_promises(as_post):
    as_post("service")
    assert [fault for one in registry().indicators.values() for fault in faults_of_rows(one)] == []


def test_every_declared_figure_is_counted_by_its_statement(as_post):
    as_post("service")
    done = refresh(on=date(2022, 2, 3), since_year=2022)
    assert set(done.counted) == set(registry().indicators)


def test_every_domain_that_brings_a_figure_or_will_has_a_name_in_both_languages():
    codes = {*registry().domains.values(), *(one.domain for one in summary().figures)}
    names = [domain_name(code, is_english=is_english) for code in codes for is_english in (False, True)]
    assert not codes & set(names) and len(set(names)) == len(names)


def test_a_select_without_its_dimension_or_sum_is_named(as_post):
    as_post("service")
    faults = list(faults_of_rows(figure(measure=Measure.SUM, unit="fen")))
    assert len(faults) == 1 and "amount" in faults[0] and "test.one" in faults[0]


@pytest.mark.parametrize(
    ("indicators", "relations", "told"),
    [
        ([figure(), figure()], {}, "重复"),
        ([figure(kind=Kind.STOCK)], {}, "%(on)s"),
        ([figure(tables=())], {}, "tables"),
        ([figure(rests_on="nothing")], {}, "nothing"),
        ([figure(unit="fen")], {}, "SUM"),
        ([figure(seed_id="x"), figure("test.two", seed_id="x")], {}, "x"),
        ([figure()], {"ratios": (Ratio("r", "率", "Rate", "test.one", "nothing", "s"),)}, "nothing"),
        (
            [figure()],
            {"identities": (Identity("恒等", "I", ("test.one",), ("test.one",), relation=">"),)},
            "'>'",
        ),
    ],
)
def test_a_figure_declared_wrongly_is_refused_with_its_name_and_fault(declared, indicators, relations, told):
    with pytest.raises(IndicatorsError, match=told.replace("(", r"\(").replace(")", r"\)")):
        declared(*indicators, **relations)
