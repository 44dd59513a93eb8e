"""The unified social credit code: what is read, what is refused, and how the refusal helps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minzheng.kernel.organisations.codes import (
    ALPHABET,
    check_character,
    normalise_uscc,
    organisation_check_character,
    parse_uscc,
)

bodies = st.tuples(
    st.sampled_from(["51", "52", "53", "91", "11"]),
    st.sampled_from(["310000", "310107", "310151"]),
    st.text(alphabet=ALPHABET, min_size=8, max_size=8),
)


def build(parts: tuple[str, str, str]) -> str:
    department, area, organisation = parts
    seventeen = department + area + organisation + organisation_check_character(organisation)
    return seventeen + check_character(seventeen)


def test_the_organisation_code_given_in_the_standards_text_checks():
    # Example in wide public use: D2143569 has the check X.
    assert organisation_check_character("D2143569") == "X"


def test_a_code_issued_in_beijing_and_printed_on_public_pages_is_valid():
    assert parse_uscc("91110000802100433B").is_valid


@given(bodies)
def test_a_code_with_both_checks_right_is_valid_and_keeps_its_parts(parts):
    code = parse_uscc(build(parts))
    assert code.is_valid
    assert (code.department, code.area, code.organisation_code[:8]) == parts


@given(bodies, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_noticed(parts, position, other):
    good = build(parts)
    if good[position] == other:
        return
    bad = good[:position] + other + good[position + 1 :]
    assert not parse_uscc(bad).is_valid


@given(bodies)
def test_the_error_names_the_character_that_would_be_right(parts):
    good = build(parts)
    wrong = ALPHABET[(ALPHABET.index(good[17]) + 1) % 31]
    (error,) = parse_uscc(good[:17] + wrong).errors
    assert (error.code, error.found, error.expected) == ("check", wrong, good[17])


@given(bodies)
def test_full_width_lower_case_and_spaced_codes_are_read_as_meant(parts):
    good = build(parts)
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in good)
    assert normalise_uscc(wide) == good
    assert normalise_uscc(" ".join(good.lower())) == good


@given(st.one_of(st.none(), st.text(), st.integers(), st.floats()))
def test_nothing_a_file_can_hold_raises(anything):
    parse_uscc(anything)


@pytest.mark.parametrize("length", [17, 19])
def test_a_code_one_character_short_or_long_is_told_apart_from_a_wrong_check(length):
    assert parse_uscc("9" * length).errors[0].code == "length"


def test_a_letter_that_the_standard_leaves_out_is_answered_with_the_likely_digit():
    (error,) = parse_uscc("9131O000MA1FL0000X").errors
    assert error.code == "alphabet" and "91310000MA1FL0000X" in error.advice
