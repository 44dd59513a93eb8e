"""A verification code belongs to one paper, and to all it says."""

from __future__ import annotations

import re
from dataclasses import field, make_dataclass, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minzheng.kernel.documents import Letter, is_code_of, normalise_code, verification_code, with_code
from minzheng.kernel.documents.tests.samples import FULL, LETTER

SECRET = "a key of the test"


@pytest.mark.parametrize("kind", FULL)
def test_a_code_has_three_groups_of_four_without_letters_that_are_mistaken(kind):
    code = verification_code(FULL[kind], secret=SECRET)
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}", code)
    assert not set("ILOU") & set(code)


@pytest.mark.parametrize(
    "change",
    [
        {"addressee": "王建囯"},
        {"date": date(2022, 7, 6)},
        {"amounts": (replace(LETTER.amounts[0], value=56_001), *LETTER.amounts[1:])},
        {"conditions": (replace(LETTER.conditions[0], met=False), *LETTER.conditions[1:])},
        {"conditions": (replace(LETTER.conditions[0], met=None), *LETTER.conditions[1:])},
        {"closing": ()},
        {"is_synthetic": False},
    ],
)
def test_a_change_of_anything_the_paper_says_breaks_the_code(change):
    code = verification_code(LETTER, secret=SECRET)
    assert not is_code_of(code, replace(LETTER, **change), secrets=[SECRET])


def test_the_code_and_where_to_check_it_do_not_count():
    bearing = with_code(LETTER, secret=SECRET, check_at="别处")
    assert bearing.check_at == "别处"
    assert is_code_of(bearing.code, bearing, secrets=[SECRET])
    assert is_code_of(bearing.code, LETTER, secrets=[SECRET])


def test_another_key_gives_another_code_and_a_former_key_still_counts():
    code = verification_code(LETTER, secret=SECRET)
    assert not is_code_of(code, LETTER, secrets=["another key"])
    assert is_code_of(code, LETTER, secrets=["another key", SECRET])
    assert not is_code_of(code, LETTER, secrets=[])


def test_a_field_added_later_leaves_the_codes_of_old_papers_right():
    later = make_dataclass(
        "Letter", [("seal", str, field(default=""))], bases=(Letter,), frozen=True, kw_only=True
    )
    values = {name: getattr(LETTER, name) for name in Letter.__dataclass_fields__}
    assert verification_code(later(**values), secret=SECRET) == verification_code(LETTER, secret=SECRET)
    assert verification_code(later(**values, seal="章"), secret=SECRET) != verification_code(
        LETTER, secret=SECRET
    )


def test_text_moved_from_one_field_to_the_next_is_another_paper():
    paper = replace(LETTER, signed_by="甲乙", contact="丙")
    assert verification_code(paper, secret=SECRET) != verification_code(
        replace(paper, signed_by="甲", contact="乙丙"), secret=SECRET
    )


@given(st.text(max_size=40))
def test_whatever_is_typed_is_answered_and_only_the_code_is_right(typed):
    code = verification_code(LETTER, secret=SECRET)
    assert is_code_of(typed, LETTER, secrets=[SECRET]) == (normalise_code(typed) == code)


def test_a_code_is_read_as_people_write_it():
    code = verification_code(LETTER, secret=SECRET)
    sloppy = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert is_code_of(f"  {sloppy} ", LETTER, secrets=[SECRET])
    one_off = code[:-1] + ("2" if code[-1] != "2" else "3")
    assert not is_code_of(one_off, LETTER, secrets=[SECRET])
