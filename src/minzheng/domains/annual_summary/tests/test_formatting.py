"""Numbers as officials print them: within the declared precision, and what is cut off never says more than there is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minzheng.domains.annual_summary.errors import SummaryRefused
from minzheng.domains.annual_summary.formatting import parse_form, suits, write


@pytest.mark.parametrize(
    ("form", "value", "text"),
    [
        ("亿元,2", 669_800_000_000, "66.98亿元"),
        ("亿元,2", 669_849_999_999, "66.98亿元"),
        ("亿元,2", 669_850_000_000, "66.99亿元"),
        ("亿元,2,truncate", 669_899_999_999, "66.98亿元"),
        ("亿元,2", 260_000_000_000, "26亿元"),
        ("亿元,0", 718_800_0000_00, "72亿元"),
        # A sum below the unit steps down and is never printed as nothing.
        ("亿元,2", 7_188_0000_00, "7188万元"),
        ("亿元,2", 123_45, "123元"),
        ("亿元,2", 45, "0.45元"),
        ("亿元,2", 0, "0元"),
        # The boundary of a scale: rounding takes it over, truncation does not.
        ("亿元,2", 9_999_999_999, "1亿元"),
        ("亿元,2,truncate", 9_999_999_999, "9999.99万元"),
        ("亿元,2", 10_000_000_000, "1亿元"),
        ("万人,2", 167_500, "16.75万人"),
        ("万人,2", 9_999, "1万人"),
        ("万人,2,truncate", 9_999, "9999人"),
        ("万人,2", 10_000, "1万人"),
        ("万人,2", 9_940, "9940人"),
        ("元", 142_000, "1420元"),
        ("元", 142_050, "1420.5元"),
        ("对", 97_039, "97039对"),
        ("%,2", 6.7669, "6.77%"),
        ("%,1", 100.0, "100%"),
        ("%,0", 0.004, "0%"),
        ("件,-2,多", 678, "600多件"),
        ("件,-2,余", 678, "600余件"),
        ("件,-2,超", 678, "超600件"),
        ("件,-2,多", 600, "600件"),
        ("件,-2,多", 99, "99件"),
        ("万人,1,多", 167_500, "16.7万多人"),
        ("日", date(2022, 7, 1), "2022年7月1日"),
        ("年", "2022", "2022年"),
        ("年", "2022/2035", "2022—2035年"),
        ("号", 2, "2号"),
    ],
)
def test_a_number_is_printed_as_declared(form, value, text):
    assert write(parse_form(form), value).text == text


FORMS = st.builds(
    lambda unit, decimals, how: f"{unit},{decimals}{how}",
    st.sampled_from(["亿元", "万元", "元", "万人", "亿人", "件"]),
    st.integers(-3, 3),
    st.sampled_from(["", ",truncate", ",多", ",超"]),
)


@settings(max_examples=300, deadline=None)
@given(FORMS, st.integers(0, 10**14))
def test_what_is_printed_is_within_a_step_and_a_cut_number_is_never_above(form, value):
    read = parse_form(form)
    printed = write(read, value)
    if read.truncates:
        assert 0 <= value - printed.number < printed.step
    else:
        assert abs(value - printed.number) * 2 <= printed.step
    if read.bound and read.bound in printed.text:
        assert printed.number < value, "more than that many, really"


@settings(max_examples=100, deadline=None)
@given(FORMS, st.integers(1, 10**12))
def test_something_is_never_printed_as_nothing_when_it_is_a_count(form, value):
    if not form.startswith(("元", "亿元", "万元")):
        assert write(parse_form(form), value).number > 0


def test_the_text_says_the_number():
    sizes = {"亿": 10**8, "万": 10**4}
    for value in (1, 99, 12_345, 99_995_000, 7_777_777_777):
        printed = write(parse_form("亿人,3"), value)
        digits = printed.text.removesuffix("人")
        size = sizes.get(digits[-1], 1)
        assert Decimal(digits.rstrip("亿万")) * size == printed.number


@pytest.mark.parametrize("form", ["万", "百万元", "万%", "人,7", "人,up", "", "亿日"])
def test_a_form_nobody_knows_is_refused(form):
    with pytest.raises(SummaryRefused):
        parse_form(form)


def test_money_is_printed_as_money_and_people_as_people():
    assert suits(parse_form("亿元,2"), "fen") and not suits(parse_form("万人,2"), "fen")
    assert (
        not suits(parse_form("元"), "persons")
        and suits(parse_form("%"), "%")
        and not suits(parse_form("%"), "pairs")
    )
    assert suits(parse_form("日"), "date") and not suits(parse_form("对"), "date")
