"""Every fault a declaration can have is told with the line it stands on, and all of them at once."""

from __future__ import annotations

import pytest

from minzheng.kernel.items import ItemsError, load_items
from minzheng.kernel.items.loading import check_items

SOUND = """\
defaults:
  department: 民政
  group: 社会救助
  source: 某条例
  provenance: public
items:
  - code: heating
    since: 2022-01-01
    name: 取暖补助 / Heating support
    like: street_decides
    basis: [某条例 第一条]
    who:
      - {text: 年满六十 / Sixty or older, fact: age_years, at_least: 60}
    fields:
      - name
      - {name: stove, label: 炉灶 / Stove, type: choice, choices: {coal: 煤 / Coal, gas: 气 / Gas}}
      - {name: wage, label: 工资 / Wage, type: money, fact: wage_fen, when: {stove: coal}}
    materials:
      - identity_card
      - {like: lease, when: {stove: gas}}
    result: {status: 取暖补助资格 / Heating support}
joined:
  - code: both
    name: 一件事 / Both
    basis: [{text: 某条例, source: 某条例, provenance: public}]
    fields: [name]
    parts:
      - {item: heating, shares: {name: name}}
      - {item: heating_2, after: heating}
"""
SECOND = """\
  - code: heating_2
    since: 2022-01-01
    name: 取暖补助续办 / Heating support again
    like: street_decides
    basis: [某条例 第二条]
    result: {status: 取暖补助资格 / Heating support}
"""
SOUND = SOUND.replace("joined:\n", SECOND + "joined:\n")

# what is written instead of what → the line of the fault, and words that it says
CHANGES = [
    ("    like: street_decides\n    basis: [某条例 第一条]", "    lik: street_decides\n    basis: [某条例 第一条]", 10, "unknown key lik"),
    ("    like: street_decides\n    basis: [某条例 第一条]", "    like: nobody_decides\n    basis: [某条例 第一条]", 10, "no pattern nobody_decides"),
    ("    since: 2022-01-01\n    name: 取暖补助 /", "    since: 'soon'\n    name: 取暖补助 /", 8, "must be a day"),
    ("name: 取暖补助 / Heating support", "name: 取暖补助", 9, "lacks its English"),
    ("    basis: [某条例 第一条]\n", "", 7, "basis is missing"),
    ("    basis: [某条例 第一条]", "    basis: []", 11, "basis is empty"),
    ("basis: [某条例 第一条]", "basis: [{text: 某条例, source: ' ', provenance: hearsay}]", 11, "must be one of these, got hearsay"),
    ("  source: 某条例\n", "  summary: 略 / Short\n", 11, "source is missing"),
    ("department: 民政", "department: 水利", 2, "no such department"),
    ("group: 社会救助", "group: 暖气", 3, "write its group_en"),
    ("fact: age_years, at_least: 60", "fact: height, at_least: 60", 13, "no such fact"),
    ("fact: age_years, at_least: 60", "fact: age_years", 13, "exactly one of"),
    ("fact: age_years, at_least: 60", "fact: age_years, at_least: 60, equals: 3", 13, "exactly one of"),
    ("fact: age_years, at_least: 60", "fact: hukou_is_local, equals: 1", 13, "yes or no"),
    ("fact: age_years, at_least: 60", "at_least: 60", 13, "need a fact"),
    ("      - name\n      - {name: stove", "      - nombre\n      - {name: stove", 15, "vocabulary has no nombre"),
    ("      - name\n      - {name: stove", "      - {like: phone, name: stove}\n      - {name: stove", 16, "field stove stands twice"),
    ("type: choice, choices: {coal: 煤 / Coal, gas: 气 / Gas}", "type: choice", 16, "choice without choices"),
    ("choices: {coal: 煤 / Coal, gas: 气 / Gas}", "choices: {coal: 煤, gas: 气 / Gas}", 16, "choice coal lacks its English"),
    ("type: choice, choices", "type: choise, choices", 16, "must be one of text"),
    ("      - name\n      - {name: stove", "      - {like: name, known_from: person.shoe}\n      - {name: stove", 15, "names nothing the city holds"),
    ("      - name\n      - {name: stove", "      - {like: name, known_from: person.phone}\n      - {name: stove", 15, "type must be phone"),
    ("when: {stove: coal}", "when: {oven: coal}", 17, "no field before it: oven"),
    ("when: {stove: coal}", "when: {stove: wood}", 17, "no such value"),
    ("when: {stove: coal}", "when: {name: coal}", 17, "choice or yes_no"),
    ("when: {stove: coal}", "when: stove", 17, "write when as"),
    ("fact: wage_fen", "fact: wages", 17, "no kind of fact wages"),
    ("type: money, fact: wage_fen", "type: text, fact: wage_fen", 17, "of type money"),
    ("      - identity_card\n", "      - {like: identity_card, source: licence.pilot}\n", 19, "names nothing the city holds"),
    ("      - identity_card\n", "      - {like: identity_card, code: lease}\n", 20, "material lease stands twice"),
    ("      - identity_card\n", "      - {like: photo, fresh_days: 9}\n", 19, "without a source"),
    ("      - identity_card\n", "      - {like: identity_card, fresh_days: -1}\n", 19, "below zero"),
    ("      - identity_card\n", "      - {like: identity_card, if_down: pray}\n", 19, "must be one of submit"),
    ("{like: lease, when: {stove: gas}}", "{like: lease, when: {stove: steam}}", 20, "no such value"),
    ("    result: {status: 取暖补助资格 / Heating support}\n  - code", "    result: {status: ' / Heating'}\n  - code", 21, "lacks its English"),
    ("    result: {status: 取暖补助资格 / Heating support}\n  - code", "    result: {gift: 煤 / Coal}\n  - code", 21, "must name one kind"),
    ("    result: {status: 取暖补助资格 / Heating support}\n  - code", "    result: {award: 煤 / Coal, benefit: coal}\n  - code", 21, "no programme has it"),
    ("    result: {status: 取暖补助资格 / Heating support}\n  - code", "    result: {award: 煤 / Coal}\n  - code", 21, "names its benefit"),
    ("    result: {status: 取暖补助资格 / Heating support}\n  - code", "  - code", 7, "result is missing"),
    ("    like: street_decides\n    basis: [某条例 第一条]", "    like: street_decides\n    citywide: no\n    basis: [某条例 第一条]", 11, "says why"),
    ("    like: street_decides\n    basis: [某条例 第一条]", "    like: street_decides\n    within: {examine: 5 working days}\n    basis: [某条例 第一条]", 11, "no step examine"),
    ("    like: street_decides\n    basis: [某条例 第一条]", "    like: street_decides\n    within: {decide: -5 working days}\n    basis: [某条例 第一条]", 11, "的期限"),
    ("    like: street_decides\n    basis: [某条例 第一条]", "    like: street_decides\n    at: {decide: moon}\n    basis: [某条例 第一条]", 11, "no such place"),
    ("    like: street_decides\n    basis: [某条例 第一条]", "    like: street_decides\n    at: {decide: institution}\n    basis: [某条例 第一条]", 10, "field institution_place"),
    ("    like: street_decides\n    basis: [某条例 第一条]", "    like: street_decides\n    until: 2021-12-31\n    basis: [某条例 第一条]", 11, "ends before it begins"),
    ("    like: street_decides\n    basis: [某条例 第一条]", "    like: street_decides\n    channels: [fax]\n    basis: [某条例 第一条]", 11, "no such channel"),
    ("    like: street_decides\n    basis: [某条例 第一条]", "    like: street_decides\n    amends: 2021-01-01\n    basis: [某条例 第一条]", 11, "no version since 2021-01-01"),
    ("    like: street_decides\n    basis: [某条例 第一条]", "    like: street_decides\n    like: street_decides\n    basis: [某条例 第一条]", 11, "like is written twice"),
    ("  - code: heating_2\n", "  - code: heating\n", 23, "begin on the same day"),
    ("name: 取暖补助续办 / Heating support again", "name: 取暖补助 / Again", 24, "belongs to another item"),
    ("{item: heating_2, after: heating}", "{item: heating_3, after: heating}", 35, "no item heating_3"),
    ("{item: heating_2, after: heating}", "{item: heating_2, after: cooling}", 35, "names no part cooling"),
    ("{item: heating_2, after: heating}", "{item: heating_2, after: heating_2}", 35, "a circle"),
    ("{item: heating_2, after: heating}", "{item: heating, after: ''}", 35, "part heating stands twice"),
    ("shares: {name: name}", "shares: {nom: name}", 34, "has no field nom"),
    ("shares: {name: name}", "shares: {name: nom}", 34, "no shared field nom"),
    ("shares: {name: name}", "shares: {wage: name}", 34, "different types"),
]  # fmt: skip

ROUTES = [
    ("[]", "no step accept"),
    ("[{accept: {by: centre_clerk, at: accepting, within: 1 working day}}]", "no deciding step"),
    ("[{decide: {by: street_officer, at: hukou_street, within: 1 working day}}]", "no step accept"),
    (
        "[{decide: {by: street_officer, at: city, within: 1 working day}}, "
        "{accept: {by: centre_clerk, at: accepting, within: 1 working day}}]",
        "out of order",
    ),
    (
        "[{accept: {by: centre_clerk, at: accepting, within: 1 working day}}, "
        "{decide: {by: street_officer, at: city, within: 1 working day}}, "
        "{decide: {by: district_reviewer, at: city, within: 1 working day}}]",
        "the later is unreachable",
    ),
    (
        "[{accept: {by: centre_clerk, at: accepting, within: 1 working day}}, "
        "{decide: {by: street_officer, at: city, within: 1 working day}}, "
        "{publicise: {by: street_officer, at: city, within: 7 calendar days}}]",
        "publicise has no step decide after it",
    ),
    (
        "[{accept: {by: centre_clerk, at: accepting, within: 1 working day}}, "
        "{examine: {by: street_officer, at: city, within: 1 working day, second: yes}}, "
        "{pass_on: {by: department_officer, at: city, within: 1 working day}}]",
        "a second official confirms a decision",
    ),
]
ROLES = [
    ("accept", "mayor", "no role mayor"),
    ("accept", "auditor", "lacks cases.accept"),
    ("check", "centre_clerk", "lacks cases.check"),
    ("examine", "department_officer", "lacks cases.examine"),
    ("publicise", "centre_clerk", "lacks cases.examine"),
    ("pass_on", "street_officer", "lacks cases.answer"),
    ("decide", "neighbourhood_worker", "lacks cases.decide"),
]


def test_a_sound_file_has_no_fault(faults_of) -> None:
    assert faults_of(SOUND) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "says"), CHANGES, ids=[c[3] + str(i) for i, c in enumerate(CHANGES)]
)
def test_each_fault_is_told_with_its_line(faults_of, old: str, new: str, line: int, says: str) -> None:
    assert SOUND.count(old) == 1, "the change must be made in one place"
    faults = faults_of(SOUND.replace(old, new))
    assert faults, "nothing was found"
    assert any(f.line == line and says in f.text for f in faults), "\n".join(map(str, faults))


@pytest.mark.parametrize(("route", "says"), ROUTES)
def test_an_item_that_cannot_be_routed_is_refused(faults_of, route: str, says: str) -> None:
    text = SOUND.replace(
        "    like: street_decides\n    basis: [某条例 第一条]",
        f"    basis: [某条例 第一条]\n    route: {route}",
    )
    assert any(says in f.text and f.line == 11 for f in faults_of(text))


@pytest.mark.parametrize(("kind", "role", "says"), ROLES)
def test_a_step_needs_a_role_that_may_do_it(faults_of, kind: str, role: str, says: str) -> None:
    what = ", what: means" if kind == "check" else ""
    route = f"\n    route:\n      - {kind}: {{by: {role}, at: accepting, within: 1 working day{what}}}"
    text = SOUND.replace(
        "    like: street_decides\n    basis: [某条例 第一条]", f"    basis: [某条例 第一条]{route}"
    )
    assert any(says in f.text and f.line == 12 for f in faults_of(text))


def test_a_clock_below_zero_or_unreadable_is_refused(faults_of) -> None:
    for clock, says in (
        ("-1 working days", "below zero"),
        ("soon", "must be a clock"),
        ("20", "must be a clock"),
    ):
        route = f"\n    route:\n      - accept: {{by: centre_clerk, at: accepting, within: {clock}}}"
        text = SOUND.replace(
            "    like: street_decides\n    basis: [某条例 第一条]", f"    basis: [某条例 第一条]{route}"
        )
        assert any(says in f.text and f.line == 12 for f in faults_of(text)), clock


def test_all_faults_are_told_at_once(write_items) -> None:
    text = SOUND.replace("fact: wage_fen", "fact: wages").replace("      - identity_card\n", "      - card\n")
    text = text.replace("when: {stove: gas}", "when: {stove: oil}")
    package = write_items(text)
    with pytest.raises(ItemsError) as caught:
        load_items([package])
    assert [(f.line, f.item) for f in caught.value.faults] == [(n, "heating") for n in (17, 19, 20)]
    assert f"{package}/service_items.yaml:17: heating: " in str(caught.value)
    assert f"{package}/service_items.yaml:19: heating: " in str(caught.value)


def test_a_fault_in_a_pattern_is_told_where_the_item_calls_for_it(faults_of) -> None:
    text = (
        "patterns:\n  mine:\n    route: [{accept: {by: nobody, at: accepting, within: on the spot}}]\n"
        + SOUND
    )
    text = text.replace(
        "    like: street_decides\n    basis: [某条例 第一条]", "    like: mine\n    basis: [某条例 第一条]"
    )
    assert {f.line for f in faults_of(text)} == {13}


def test_what_is_no_yaml_or_no_mapping_is_told_with_its_line(faults_of) -> None:
    assert [f.line for f in faults_of("items:\n  - code: [\n")] == [3]
    assert [f.line for f in faults_of("- code\n")] == [1]
    assert "items" in faults_of("itmes: []\n")[0].text or "itmes" in faults_of("itmes: []\n")[0].text


def test_a_package_that_does_not_exist_is_a_fault() -> None:
    assert "no such package" in check_items(["no_such_package_of_items"])[0].text
