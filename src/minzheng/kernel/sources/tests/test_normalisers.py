"""Single cells: what each way of writing means, and that no text whatever breaks a normaliser."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minzheng.kernel.periods import Month
from minzheng.kernel.sources.contract import contracts
from minzheng.kernel.sources.normalise import Settings
from minzheng.kernel.sources.normalise.amounts import normalise_count, normalise_money
from minzheng.kernel.sources.normalise.dates import normalise_date, normalise_month
from minzheng.kernel.sources.normalise.fields import NORMALISERS
from minzheng.kernel.sources.normalise.texts import (
    normalise_account,
    normalise_citizen,
    normalise_code,
    normalise_name,
)
from minzheng.kernel.sources.rows import as_json
from minzheng.kernel.sources.tests.made import number, wrong

CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=40),
    st.text(alphabet="0123456789年月日-/.,+Ee元万分 ０１２x\u200b\u3000", max_size=24),
)


@pytest.mark.parametrize("kind", sorted(NORMALISERS))
@given(cell=CELLS)
def test_no_cell_breaks_a_normaliser_and_what_it_understood_means_the_same_again(kind, cell):
    settings = Settings(codes={"1": 1, "男": 1}, is_negative_allowed=True)
    first = NORMALISERS[kind](cell, settings)
    assert first.value is None or not (first.is_bad and kind == "date")
    if first.value is not None and not first.is_bad:
        written = as_json(first.value)
        if kind == "money":
            written = f"{first.value}分"
        assert NORMALISERS[kind](written, settings).value == first.value


@pytest.mark.parametrize(
    "text",
    ["20220413", "2022-4-13", "2022/04/13", "2022年4月13日", "２０２２-０４-１３", "2022.4.13", 44664, "44664",
     "2022-04-13T00:00:00", "2022-04-13 08:30:00", "13/04/2022", " 2022年 4月 13日 "],
)  # fmt: skip
def test_one_day_is_understood_however_it_is_written(text):
    assert normalise_date(text).value == date(2022, 4, 13)


@pytest.mark.parametrize(
    ("text", "code"),
    [("19780230", "impossible_date"), ("2022-13-01", "impossible_date"), ("18991231", "before_1900"),
     ("04/05/2022", "ambiguous_date"), ("2022年4月", "date_without_day"), ("昨天", "not_a_date"),
     ("4.4664E+4", "not_a_date"), ("#N/A", "spreadsheet_error")],
)  # fmt: skip
def test_a_day_that_cannot_be_is_told_and_not_guessed(text, code):
    assert normalise_date(text).value is None
    assert normalise_date(text).is_bad or code == "placeholder_date"
    assert code in (*normalise_date(text).codes, "scientific_number")


def test_the_29th_of_february_exists_only_in_leap_years():
    assert normalise_date("20200229").value == date(2020, 2, 29)
    assert normalise_date("20210229").codes == ("impossible_date",)


@pytest.mark.parametrize(
    "text", ["2022年5月", "202205", "2022-05", "2022/5", "2022.05", "2022年05月份", "2022-05-31", "20220501"]
)
def test_one_month_is_understood_however_it_is_written(text):
    assert normalise_month(text).value == Month(2022, 5)


@pytest.mark.parametrize(
    ("text", "unit", "fen"),
    [("6,378.00", "", 637_800), ("29079元", "", 2_907_900), ("1.5万元", "", 1_500_000), ("1.5", "万元", 1_500_000),
     ("637800", "分", 637_800), ("￥１２．５", "", 1250), ("0", "", 0), (6378, "", 637_800), ("6378.1", "", 637_810),
     ("1330.1000000000001", "", 133_010), ("人民币 100 元", "", 10_000)],
)  # fmt: skip
def test_an_amount_becomes_whole_fen_exactly(text, unit, fen):
    assert normalise_money(text, Settings(unit=unit)).value == fen


@pytest.mark.parametrize(
    ("text", "code"),
    [("待核", "pending"), ("-1200", "negative_amount"), ("(1,200.00)", "negative_amount"), ("12.345", "finer_than_a_fen"),
     ("1.23E+05", "scientific_number"), ("1,23,4", "not_an_amount"), ("abc", "not_an_amount"), ("#REF!", "spreadsheet_error")],
)  # fmt: skip
def test_what_is_no_amount_is_not_made_one(text, code):
    assert normalise_money(text).codes == (code,)
    assert normalise_money(text).is_bad


def test_an_empty_cell_is_not_the_same_as_one_not_understood():
    for text in (None, "", "  ", "无", "NULL", "-", "\u3000"):
        assert normalise_money(text).value is None
        assert not normalise_money(text).is_bad


def test_a_number_of_homes_may_carry_its_measure_word_but_no_half():
    assert normalise_count("2套").value == 2
    assert normalise_count("2.0").value == 2
    assert normalise_count("1.5").is_bad
    assert normalise_count("-1").codes == ("negative_count",)


def test_an_identity_number_is_read_through_spaces_width_and_case():
    sound = number("19880614", 1)
    spaced = f" {sound[:6]} {sound[6:14]} {sound[14:]}"
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in sound)
    for text in (sound, spaced, wide, sound.lower(), sound[:10] + "\u200b" + sound[10:]):
        assert normalise_citizen(text).value == sound
        assert not normalise_citizen(text).is_bad


def test_an_old_number_of_15_digits_is_converted_and_said():
    sound = number("19720627", 1)
    old = sound[:6] + sound[8:17]
    assert normalise_citizen(old).value == sound
    assert normalise_citizen(old).codes == ("identifier_old_form",)


def test_a_wrong_check_character_never_passes():
    assert normalise_citizen(wrong(number("19720627"))).codes == ("identifier_check",)
    assert normalise_citizen(wrong(number("19720627"))).is_bad


@pytest.mark.parametrize("text", ["3.10199E+17", "3.1019919480918E+16", "3.101990000000E+17"])
def test_a_number_that_a_spreadsheet_rounded_is_lost_and_refused(text):
    assert normalise_citizen(text).codes == ("precision_lost",)
    assert normalise_account(text).codes == ("precision_lost",)


def test_markup_and_formulas_in_a_name_stay_the_text_they_are():
    assert normalise_name("=cmd|' /C calc'!A0").value == "=cmd|' /C calc'!A0"
    assert "name_formula" in normalise_name("=cmd|' /C calc'!A0").codes
    assert normalise_name("赵海<script>alert(1)</script>").value == "赵海<script>alert(1)</script>"


def test_a_rare_character_beyond_the_basic_plane_is_an_ordinary_name():
    assert normalise_name("郭𠮷") == normalise_name("郭𠮷")
    assert normalise_name("郭𠮷").codes == ()
    assert normalise_name("古力娜扎尔·拜合提亚尔").codes == ()


@pytest.mark.parametrize(
    "text", ["一级", "1", "I", "Ⅰ", "1级", "壹级", "1-一级", "1一级", "一级(1)", 1, "1.0"]
)
def test_a_grade_is_understood_as_word_figure_or_roman(text):
    settings = contracts()["disability_certificates"].fields["grade"].settings
    assert normalise_code(text, settings).value == 1


def test_a_code_and_a_word_that_disagree_are_told():
    settings = contracts()["disability_certificates"].fields["grade"].settings
    assert normalise_code("2-一级", settings).codes == ("unknown_code",)


def test_a_code_outside_the_list_is_told():
    settings = contracts()["disability_certificates"].fields["grade"].settings
    assert normalise_code("五级", settings).codes == ("unknown_code",)
