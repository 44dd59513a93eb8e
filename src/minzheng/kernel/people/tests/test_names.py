"""Names as people write them: kept, cleaned of typing alone, compared with care."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minzheng.kernel.people import names
from minzheng.kernel.people.names import Likeness, clean_name, compare_names, pinyin_key, split_name

HAN = st.text(alphabet="周磊建龙银徐慧娟诸葛阿军𠮷䶮㬎㛃𬱖", min_size=2, max_size=4)


def test_the_examples_in_the_documentation_hold():
    assert doctest.testmod(names).failed == 0


@pytest.mark.parametrize("name", ["余𠮷", "邱䶮", "姚㬎", "万㛃", "陆𬱖", "𪚥𠔻"])
def test_rare_characters_stay_as_they_are_and_raise_no_flag(name):
    cleaned = clean_name(name)
    assert cleaned.value == name and not cleaned.flags


@pytest.mark.parametrize("dot", "·・•‧∙⋅●．.")
def test_every_dot_that_keyboards_offer_becomes_the_one_interpunct(dot):
    assert clean_name(f"阿依古丽 {dot} 买买提").value == "阿依古丽·买买提"


@pytest.mark.parametrize("space", [" ", "\u3000", "\u00a0", "\u2003", "\u200b", "\ufeff", "\t", "\n"])
def test_spaces_inside_a_chinese_name_are_typing_and_not_name(space):
    assert clean_name(f"{space}余{space}银{space}").value == "余银"


def test_spaces_inside_a_latin_name_are_part_of_it():
    assert clean_name(" Mary  Ann ").value == "Mary Ann"


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("林刚涛<script>alert(1)</script>", "markup"),
        ("张&lt;b&gt;三", "markup"),
        ("=cmd|' /C calc'!A0", "formula"),
        ("+1+1", "formula"),
        ("@SUM(A1)", "formula"),
        ("-2+3", "formula"),
        ("张三3", "digits"),
        ("张?三", "damaged"),
        ("廖刚志" * 21, "too_long"),
        ("", "missing"),
        (None, "missing"),
    ],
)
def test_what_looks_wrong_is_flagged(text, flag):
    assert flag in [f.code for f in clean_name(text).flags]


@pytest.mark.parametrize("text", ["林刚涛<script>alert(1)</script>", "=cmd|' /C calc'!A0"])
def test_markup_and_formulas_are_kept_letter_by_letter_as_text(text):
    assert clean_name(text).value == text


@pytest.mark.parametrize(("length", "flagged"), [(59, False), (60, False), (61, True)])
def test_a_name_of_sixty_characters_is_the_longest_taken_without_a_question(length, flagged):
    assert ("too_long" in [f.code for f in clean_name("周" * length).flags]) is flagged


@given(st.text(max_size=80))
def test_cleaning_twice_is_cleaning_once(text):
    once = clean_name(text).value
    assert clean_name(once).value == once


@given(st.one_of(st.none(), st.integers(), st.floats(), st.text()))
def test_nothing_a_cell_can_hold_raises(anything):
    pinyin_key(clean_name(anything).value)


@pytest.mark.parametrize(
    ("name", "surname"),
    [
        ("诸葛阿军", "诸葛"),
        ("欧阳修", "欧阳"),
        ("诸葛", "诸"),
        ("周磊建", "周"),
        ("爱新觉罗启星", "爱新觉罗"),
    ],
)
def test_two_character_surnames_are_known(name, surname):
    assert split_name(name)[0] == surname


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        ("余银", "余银", Likeness.SAME),
        ("余银", " 余\u3000银", Likeness.SAME),
        ("阿依古丽·买买提", "阿依古丽•买买提", Likeness.SAME),
        ("阿依古丽·买买提", "阿依古丽买买提", Likeness.VARIANT),
        ("阿依古丽·买买提", "阿依古丽", Likeness.VARIANT),
        ("邱䶮", "邱岩", Likeness.VARIANT),
        ("邱䶮", "邱?", Likeness.VARIANT),
        ("邱䶮", "邱□", Likeness.VARIANT),
        ("周磊建", "周磊键", Likeness.VARIANT),
        ("周磊建", "周雷键", Likeness.DIFFERENT),
        ("周磊建", "周磊", Likeness.DIFFERENT),
        ("周磊建", "龙银", Likeness.DIFFERENT),
        ("周磊建", "周小建", Likeness.DIFFERENT),
        ("林刚涛", "林刚涛<script>alert(1)</script>", Likeness.VARIANT),
        ("林刚涛", "林刚涛<b>", Likeness.VARIANT),
    ],
)
def test_two_writings_are_the_same_a_variant_or_different_people(one, other, likeness):
    assert compare_names(one, other) is likeness
    assert compare_names(other, one) is likeness


@given(HAN, HAN)
def test_comparing_does_not_depend_on_the_order(one, other):
    assert compare_names(one, other) is compare_names(other, one)
    assert (compare_names(one, other) is Likeness.SAME) == (clean_name(one).value == clean_name(other).value)


@pytest.mark.parametrize(
    ("text", "flags"), [('["张三"]', ["symbols"]), ("张三/李四", ["symbols"]), ("<b>张三</b>", ["markup"])]
)
def test_signs_of_lists_and_two_names_in_one_are_told_once(text, flags):
    assert [flag.code for flag in clean_name(text).flags] == flags
