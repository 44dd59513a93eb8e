"""The identity number: read as it was meant, refused with words that help."""

import doctest
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minzheng.kernel.people import authority, identifiers
from minzheng.kernel.people.identifiers import (
    check_character,
    mask,
    mask_account,
    normalise,
    parse_citizen,
    parse_disability,
    to_eighteen,
)

births = st.dates(date(1900, 1, 1), date(2022, 12, 31))
areas = st.sampled_from(["310101", "310108", "310112", "310199", "340122", "999999", "000000"])
serials = st.integers(0, 999)


def number(area: str, born: date, serial: int) -> str:
    seventeen = f"{area}{born:%Y%m%d}{serial:03d}"
    return seventeen + check_character(seventeen)


@pytest.mark.parametrize("module", [identifiers, authority])
def test_the_examples_in_the_documentation_hold(module):
    assert doctest.testmod(module).failed == 0


def test_the_number_printed_in_the_standard_is_valid():
    # GB 11643-1999, 附录 A: 110105194912310 02X.
    parsed = parse_citizen("11010519491231002X")
    assert parsed.is_valid and parsed.birth_date == date(1949, 12, 31) and parsed.sex == 2


@given(areas, births, serials)
def test_any_area_code_is_accepted_since_it_is_only_a_hint(area, born, serial):
    parsed = parse_citizen(number(area, born, serial))
    assert parsed.is_valid
    assert (parsed.area, parsed.birth_date, parsed.sex) == (area, born, 1 if serial % 2 else 2)


@given(areas, births, serials, st.integers(0, 16), st.integers(1, 9))
def test_one_mistyped_digit_is_always_noticed(area, born, serial, position, shift):
    good = number(area, born, serial)
    bad = good[:position] + str((int(good[position]) + shift) % 10) + good[position + 1 :]
    assert not parse_citizen(bad).is_valid


@given(areas, births, serials, st.integers(0, 15))
def test_two_neighbouring_digits_swapped_are_always_noticed(area, born, serial, position):
    good = number(area, born, serial)
    bad = good[:position] + good[position + 1] + good[position] + good[position + 2 :]
    assert bad == good or not parse_citizen(bad).is_valid


@given(areas, births, serials, st.sampled_from([" ", "\u3000", "\u200b", "\ufeff", "-", "\u00a0", "\t"]))
def test_full_width_spaced_and_lower_case_numbers_are_read_as_meant(area, born, serial, noise):
    good = number(area, born, serial)
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in good)
    assert normalise(wide) == good
    assert normalise(noise.join(good.lower())) == good
    assert normalise(f"'{good}") == good


@given(st.dates(date(1900, 1, 1), date(1999, 12, 31)), st.integers(0, 995))
def test_an_old_number_of_fifteen_digits_becomes_the_number_of_today(born, serial):
    good = number("310101", born, serial)
    parsed = parse_citizen(good[:6] + good[8:17])
    assert parsed.value == good and parsed.was_old_form and parsed.is_valid


def test_an_old_number_with_a_serial_kept_for_centenarians_is_of_the_century_before():
    assert to_eighteen("310101" + "980101" + "996")[6:10] == "1898"
    assert to_eighteen("310101" + "980101" + "995")[6:10] == "1998"


@given(st.one_of(st.none(), st.text(), st.integers(), st.floats(), st.binary()))
def test_nothing_a_cell_can_hold_raises(anything):
    parse_citizen(anything)
    parse_disability(anything)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "missing"),
        (None, "missing"),
        ("31019919700101001", "length"),
        ("3101991970010100100", "length"),
        ("31019919700101O013", "alphabet"),
        ("3101991970X1010010", "alphabet"),
        ("3.10199E+17", "spreadsheet"),
        ("310199197002300018", "birth_date"),
        ("310199190002290015", "birth_date"),
    ],
)
def test_each_way_of_being_wrong_has_its_own_name(text, code):
    assert parse_citizen(text).errors[0].code == code


def test_a_wrong_check_digit_is_told_with_the_right_one():
    good = number("310199", date(1970, 1, 1), 1)
    wrong = good[:17] + ("0" if good[17] != "0" else "1")
    (error,) = parse_citizen(wrong).errors
    assert (error.code, error.found, error.expected) == ("check", wrong[17], good[17])


@pytest.mark.parametrize(("days", "valid"), [(-1, True), (0, True), (1, False)])
def test_nobody_in_a_file_is_born_after_its_day(days, valid):
    filed = date(2022, 6, 30)
    assert parse_citizen(number("310199", filed + timedelta(days), 1), on=filed).is_valid is valid


@given(areas, births, serials, st.integers(1, 7), st.integers(1, 4))
def test_a_disability_certificate_carries_the_identity_number_kind_and_grade(area, born, serial, kind, grade):
    parsed = parse_disability(f"{number(area, born, serial)}{kind}{grade}")
    assert parsed.is_valid and (parsed.kind, parsed.grade) == (kind, grade)
    assert parsed.citizen.value == number(area, born, serial)


@pytest.mark.parametrize(
    ("tail", "codes"),
    [("11", []), ("74", []), ("81", ["kind"]), ("01", ["kind"]), ("15", ["grade"]), ("10", ["grade"])],
)
def test_kinds_run_from_one_to_seven_and_grades_from_one_to_four(tail, codes):
    told = parse_disability(number("310199", date(1970, 1, 1), 1) + tail)
    assert [error.code for error in told.errors] == codes


def test_a_replaced_certificate_is_read_past_its_mark():
    plain = number("310199", date(1970, 1, 1), 1) + "43"
    assert parse_disability(plain + "B1").value == plain


@given(st.text(alphabet="0123456789X", max_size=25))
def test_a_mask_keeps_the_length_and_never_shows_more_than_seven_characters(value):
    masked = mask(value)
    assert len(masked) == len(value)
    assert sum(sign != "*" for sign in masked) <= 7
    assert "".join(m for m in mask_account(value) if m != "*") in ("", value[-4:])
