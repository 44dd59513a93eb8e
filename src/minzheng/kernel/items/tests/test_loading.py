"""The catalogue by code, by day and by version, and what a declaration may leave unsaid."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from minzheng.kernel.items import (
    Catalogue,
    Channel,
    FieldType,
    IfDown,
    Item,
    ItemNotInForce,
    Jurisdiction,
    Requirement,
    ResultKind,
    StepKind,
    load_items,
    meets,
    vocabulary,
)
from minzheng.kernel.items.tests.conftest import WriteItems

HEATING = """\
defaults: {department: 民政, group: 社会救助, source: 某条例, provenance: public}
items:
  - code: heating
    since: 2022-01-01
    name: 取暖补助 / Heating support
    summary: 冬天取暖 / For winters
    words: [取暖, 烧煤]
    like: street_decides
    basis: [某条例 第一条]
    fields: [name, {name: stove, label: 炉灶 / Stove}]
    materials: [{like: identity_card, required: no, if_down: later}]
    result: {status: 取暖补助资格 / Heating support, valid_months: 6}
"""
LATER = """\
  - code: heating
    since: 2022-07-01
    until: 2022-12-31
    amends: 2022-01-01
    within: {decide: 10 calendar days}
    fields: [name]
"""
JANUARY, JULY = date(2022, 1, 1), date(2022, 7, 1)


def test_one_entry_makes_an_item_that_is_listed_and_found(write_items: WriteItems) -> None:
    package = write_items(HEATING)
    item = load_items([package]).latest["heating"]
    assert item.domain == package and item.department == "民政" and item.group_en == "Social assistance"
    assert item.channels == {Channel.COUNTER, Channel.ONLINE} and item.is_citywide
    assert [s.kind for s in item.route] == [StepKind.ACCEPT, StepKind.DECIDE]
    assert item.fields[0].known_from == "person.name" and item.fields[1].type is FieldType.TEXT
    assert item.materials[0].source == "licence.identity_card" and not item.materials[0].is_required
    assert item.materials[0].if_down is IfDown.LATER
    assert (item.result.kind, item.result.valid_months) == (ResultKind.STATUS, 6)
    assert (item.file, item.line) == (f"{package}/service_items.yaml", 3)
    for words in ("取暖补助", "烧煤", "qunuanbuzhu", "qnbz", "heating"):
        assert load_items([package]).search(words)[0].item is item


def test_the_settings_list_of_packages_is_the_catalogue(write_items: WriteItems, settings) -> None:
    from minzheng.kernel import items

    before = len(items.catalogue())
    settings.MINZHENG_ITEMS = [*settings.MINZHENG_ITEMS, write_items(HEATING)]
    assert len(items.catalogue()) == before + 1 and items.item_on("heating", JANUARY).name == "取暖补助"
    assert items.search("烧煤")[0].item.code == "heating"
    assert items.check() == []


@pytest.fixture
def two(load) -> Catalogue:
    return load(HEATING + LATER)


@pytest.mark.parametrize(
    ("day", "version"),
    [
        (date(2021, 12, 31), None),
        (JANUARY, "2022-01-01"),
        (date(2022, 6, 30), "2022-01-01"),
        (JULY, "2022-07-01"),
        (date(2022, 12, 31), "2022-07-01"),
        (date(2023, 1, 1), None),
    ],
)
def test_the_version_of_the_day_counts(two: Catalogue, day: date, version: str | None) -> None:
    assert [i.version for i in two.on(day)] == ([version] if version else [])
    assert [h.item.version for h in two.search("取暖", on=day)] == ([version] if version else [])
    if version:
        assert two.item_on("heating", day).version == version
    else:
        with pytest.raises(ItemNotInForce, match=r"取暖补助.*未施行.*2022-01-01, 2022-07-01"):
            two.item_on("heating", day)


def test_a_later_version_changes_what_it_says_and_leaves_the_older_untouched(two: Catalogue) -> None:
    old, new = two.item_version("heating", "2022-01-01"), two.item_version("heating", "2022-07-01")
    assert two.latest["heating"] is new
    assert (old.step(StepKind.DECIDE).days, old.step(StepKind.DECIDE).in_workdays) == (20, True)
    assert (new.step(StepKind.DECIDE).days, new.step(StepKind.DECIDE).in_workdays) == (10, False)
    assert (len(old.fields), len(new.fields)) == (2, 1)
    assert new.materials == old.materials and new.basis == old.basis and old.until is None


def test_what_does_not_exist_is_named(two: Catalogue) -> None:
    with pytest.raises(KeyError, match="no service item cooling"):
        two.item_on("cooling", JULY)
    with pytest.raises(KeyError, match="no version 2022-02-02"):
        two.item_version("heating", "2022-02-02")


def test_a_pattern_gives_way_to_what_the_item_says(load) -> None:
    text = HEATING.replace(
        "    like: street_decides\n",
        "    like: street_decides\n    at: {decide: residence_district}\n    channels: [phone]\n    assisted: yes\n",
    )
    item = load(text).latest["heating"]
    assert item.step(StepKind.DECIDE).place is Jurisdiction.RESIDENCE_DISTRICT
    assert item.step(StepKind.ACCEPT).place is Jurisdiction.ACCEPTING
    assert item.channels == {Channel.PHONE} and item.is_assisted


def test_a_department_that_is_passed_a_case_is_the_items_own_unless_named(load) -> None:
    text = HEATING.replace("like: street_decides", "like: pass_on_to_department").replace("民政", "公安")
    assert load(text).latest["heating"].step(StepKind.PASS_ON).department == "公安"


def test_an_item_stands_as_firmly_as_its_weakest_paper(load) -> None:
    text = HEATING.replace(
        "basis: [某条例 第一条]",
        "basis: [某条例 第一条, {text: 期限, source: 我方设定, provenance: illustrative}]",
    )
    assert load(text).latest["heating"].provenance == "illustrative"
    assert load(HEATING).latest["heating"].provenance == "public"


def test_every_word_of_the_vocabulary_can_be_used(faults_of) -> None:
    words = vocabulary()
    told = {name for field in words.fields.values() if "when" in field for name in field["when"]}
    fields = [*sorted(told), *(f for f in words.fields if f not in told)]
    lists = (
        f"    fields: {fields}\n    materials: {list(words.materials)}\n    who: {list(words.conditions)}\n"
    )
    head, tail = HEATING.split("    fields:")[0], "    result: {status: 资格 / Status}\n"
    items = head.replace("like: street_decides", "like: street_of_residence_decides") + lists + tail
    for number, pattern in enumerate(words.patterns):
        items += (
            f"  - {{code: item_{number}, since: 2022-01-01, name: 事项{number} / Item {number}, like: {pattern},\n"
            "     basis: [某条例], fields: [institution_place], result: {answer: 答复 / Answer}}\n"
        )
    assert faults_of(items) == []


def test_two_packages_may_not_declare_the_same_version(write_items: WriteItems) -> None:
    from minzheng.kernel.items.loading import check_items

    assert any("same day" in f.text for f in check_items([write_items(HEATING), write_items(HEATING)]))


# Conditions
def with_condition(**test: object) -> Item:
    from minzheng.kernel import items

    item = items.catalogue()["old_age_allowance"]
    fields = {name: getattr(item, name) for name in item.__dataclass_fields__}
    return Item(**{**fields, "who": (Requirement("条件", "Condition", **test),)})


@pytest.mark.parametrize(
    ("test", "known", "is_met"),
    [
        ({"fact": "age_years", "at_least": 65}, {"age_years": 64}, False),
        ({"fact": "age_years", "at_least": 65}, {"age_years": 65}, True),
        ({"fact": "age_years", "at_least": 65}, {"age_years": 66}, True),
        ({"fact": "age_years", "at_most": 17}, {"age_years": 17}, True),
        ({"fact": "age_years", "at_most": 17}, {"age_years": 18}, False),
        ({"fact": "age_years", "at_least": 65}, {}, None),
        ({"fact": "age_years", "at_least": 65}, {"age_years": None}, None),
        ({"fact": "hukou_is_local", "equals": True}, {"hukou_is_local": False}, False),
        ({"fact": "hukou_is_local", "equals": False}, {"hukou_is_local": False}, True),
        ({"fact": "disability_grade", "one_of": (1, 2)}, {"disability_grade": 2}, True),
        ({"fact": "disability_grade", "one_of": (1, 2)}, {"disability_grade": 3}, False),
        ({"fact": "disability_grade", "at_least": 1}, {"disability_grade": 0}, False),
        ({"fact": "employment", "equals": 2}, {"employment": 0}, None),
        ({"fact": "sex", "equals": 2}, {"sex": 0}, None),
        ({}, {"age_years": 65}, None),
    ],
)
def test_a_condition_is_met_not_met_or_unknown(test: dict, known: dict, is_met: bool | None) -> None:
    (answer,) = meets(with_condition(**test), known)
    assert answer.is_met is is_met


@hypothesis_settings(deadline=None)
@given(limit=st.integers(0, 120), age=st.none() | st.integers(0, 120))
def test_nobody_fails_a_condition_that_nobody_asked_about(limit: int, age: int | None) -> None:
    (answer,) = meets(with_condition(fact="age_years", at_least=limit), {"age_years": age})
    assert answer.is_met is (None if age is None else age >= limit)


@hypothesis_settings(deadline=None)
@given(offset=st.integers(-800, 800))
def test_on_each_day_an_item_has_at_most_one_version_and_it_has_begun(offset: int) -> None:
    from minzheng.kernel import items

    day = date(2022, 12, 1) + timedelta(days=offset)
    found = items.items_on(day)
    assert len({i.code for i in found}) == len(found)
    assert all(i.since <= day and (i.until is None or day <= i.until) for i in found)
