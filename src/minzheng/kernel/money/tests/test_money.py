"""Yuan as text, fen as integers."""

import doctest
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minzheng.kernel import money
from minzheng.kernel.money import NotAnAmount, format_yuan, parse_yuan, yuan_in_chinese


@pytest.mark.parametrize(
    ("text", "fen"),
    [("1330", 133000), ("150.00", 15000), ("0.1", 10), ("6,378.00", 637800), ("￥1,000元", 100000),
     (75, 7500),
     ("１４２０", 142000), (Decimal("0.29"), 29), ("-3.5", -350), ("150.000", 15000)],
)  # fmt: skip
def test_yuan_become_exact_fen(text: str, fen: int) -> None:
    assert parse_yuan(text) == fen


@pytest.mark.parametrize(
    "text", ["", "abc", "1.234", "12,34", "1e3", "--1", "NaN", "1 330", "=1+1", 1.1, True, None]
)
def test_what_is_no_exact_amount_is_refused(text: object) -> None:
    with pytest.raises(NotAnAmount):
        parse_yuan(text)  # type: ignore[arg-type]


@given(st.integers(-(10**15), 10**15))
def test_every_amount_survives_printing_and_reading(fen: int) -> None:
    assert parse_yuan(format_yuan(fen)) == fen
    assert parse_yuan(format_yuan(fen, grouped=True)) == fen


@pytest.mark.parametrize(
    ("fen", "text"),
    [(0, "零元整"), (100, "壹元整"), (1000, "壹拾元整"), (100100, "壹仟零壹元整"), (10_000_000, "壹拾万元整"),
     (10_010_000, "壹拾万零壹佰元整"), (101_000_005, "壹佰零壹万元零伍分"),
     (1_000_000_000_000, "壹佰亿元整"),
     (1_000_000_000_100, "壹佰亿零壹元整"), (-150, "负壹元伍角")],
)  # fmt: skip
def test_capital_characters_speak_zero_once_and_only_between_digits(fen: int, text: str) -> None:
    assert yuan_in_chinese(fen) == text


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(money).failed == 0
