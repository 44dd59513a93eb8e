"""Single cells: what each way of writing means, and that no text whatever breaks a normaliser."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
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
@hypothesis_settings(deadline=None)  # A busy machine is no defect.
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


@pytest.mark.parametrize(
    ("text", "day"),
    [("2022-05-31T16:00:00.000Z", date(2022, 6, 1)), ("2022-06-30T23:30:00Z", date(2022, 7, 1)),
     ("1968-01-15T00:00:00+08:00", date(1968, 1, 15)), ("2022年6月2日 上午8时", date(2022, 6, 2)),
     ("20220602132000", date(2022, 6, 2)), ("民国57年1月15日", date(1968, 1, 15)), ("1968年元月15日", date(1968, 1, 15))],
)  # fmt: skip
def test_a_time_with_its_zone_is_the_day_in_shanghai_and_a_time_of_day_leaves_the_day(text, day):
    assert normalise_date(text).value == day


@pytest.mark.parametrize("text", ["2022-06-02至2022-06-03", "2022-06-021", "约2022-06-02", "111年6月1日"])
def test_a_range_an_estimate_or_a_bare_third_year_is_no_day(text):
    assert normalise_date(text).codes == ("not_a_date",)


def test_a_validity_written_as_a_range_ends_with_its_second_day():
    open_ended = Settings(is_open_allowed=True)
    assert normalise_date("2020.01.01-2030.01.01", open_ended).value == date(2030, 1, 1)
    assert normalise_date("2020-01-01至长期", open_ended).codes == ("open_end",)


def test_a_month_is_read_with_its_zone_and_the_number_2022_1_is_not_guessed():
    assert normalise_month("2022-05-31T16:00:00Z").value == Month(2022, 6)
    assert normalise_month("2021年01月起").value == Month(2021, 1)
    assert normalise_month("2022.1").codes == ("ambiguous_month",)
    assert normalise_month("2022.10").value == Month(2022, 10)


@pytest.mark.parametrize("cell", [True, False, "1 2", "12 345 67", "$100", "1. 5", "30%"])
def test_a_truth_value_a_stray_space_or_a_foreign_currency_is_no_amount(cell):
    assert normalise_money(cell).codes == ("not_an_amount",)


@pytest.mark.parametrize(
    ("cell", "fen"), [("6 378.00", 637800), ("1,330元/月", 133000), ("1 000 000", 10**8)]
)
def test_grouped_thousands_and_amounts_a_month_are_understood(cell, fen):
    assert normalise_money(cell).value == fen


def test_a_number_that_passed_through_a_float_counts_only_where_nothing_can_be_lost():
    sound = next(
        n for n in (number("19630401", at) for at in range(1, 60)) if n.isdigit() and int(float(n)) != int(n)
    )
    assert normalise_citizen(f"{sound}.0").value == sound
    assert normalise_citizen(f"{int(float(sound))}.0").codes == ("precision_lost",)
    assert normalise_citizen(f"{sound[:6]}.{sound[6:14]}.{sound[14:]}").value == sound


@pytest.mark.parametrize("text", ["E12345678", "H12345678901", "12345678"])
def test_a_passport_or_permit_is_told_from_a_miswritten_number(text):
    assert normalise_citizen(text).codes == ("identifier_other_document",)


@pytest.mark.parametrize(
    ("text", "name", "code"),
    [("张三（已故）", "张三", "name_says_dead"), ("秦九【死亡】", "秦九", "name_says_dead"), ("朱八先生", "朱八", "name_remark"),
     ("尤十(曾用名:尤石)", "尤十", "name_remark"), ("不详", "不详", "name_placeholder"),
     ("王\ue123霞", "王\ue123霞", "name_damaged"), ("王😀霞", "王😀霞", "name_symbols")],
)  # fmt: skip
def test_what_was_written_beside_a_name_is_told_and_left_out(text, name, code):
    assert normalise_name(text).value == name
    assert code in normalise_name(text).codes


@pytest.mark.parametrize("text", ["张先生", "Smith (John)", "欧阳阿军", "阿依古丽·买买提"])
def test_a_name_keeps_what_belongs_to_it(text):
    assert normalise_name(text).value == text
