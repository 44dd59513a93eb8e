"""What a rule rests on, and what no case and no rule reaches."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

from minzheng.domains import DOMAINS
from minzheng.kernel.parameters import Entry, Parameter, ParameterSet
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import Programme, compile_law, load_programmes
from minzheng.kernel.reasoning import grounds_of, unreached, unread_parameters
from minzheng.kernel.rules import Law

JULY = Month(2022, 7)


@cache
def law_of(month: Month) -> Law:
    return compile_law(load_programmes(DOMAINS), month)


def programme(code: str) -> Programme:
    return next(p for p in load_programmes(DOMAINS) if p.code == code)


def test_a_rule_rests_on_the_inputs_parameters_and_rules_behind_it_and_on_no_others() -> None:
    (found,) = (g for g in grounds_of(law_of(JULY)) if g.rule == "subsistence_allowance.meets_money_test")
    assert found.inputs == (
        "household.money_assets_fen", "person.hukou_is_local", "person.is_alive", "person.relation",
    )  # fmt: skip
    assert found.parameters == (
        "subsistence_allowance.money_limit",
        "subsistence_allowance.money_limit_small",
        "subsistence_allowance.small_household",
    )
    assert "subsistence_allowance.members" in found.rules


def test_a_table_of_bands_counts_as_a_parameter_read() -> None:
    (found,) = (g for g in grounds_of(law_of(JULY)) if g.rule == "old_age_allowance.allowance_fen")
    assert found.parameters == ("old_age_allowance.amounts",)


def test_a_rule_that_rests_on_an_assumption_has_no_paper() -> None:
    found = {g.rule: g.has_paper for g in grounds_of(law_of(JULY))}
    assert not found["subsistence_allowance.income_per_member_fen"]
    assert found["subsistence_allowance.meets_income_test"]


def test_a_parameter_that_nobody_reads_is_named() -> None:
    entry = Entry(date(2020, 1, 1), 7, "示例", "illustrative", date(2026, 11, 23))
    spare = Parameter("spare", "多余", "Spare", "fen", (entry,), Path("spare.yaml"))
    whole = programme("old_age_allowance")
    values = ParameterSet(whole.code, whole.parameters.parameters | {"spare": spare})
    programmes = [replace(whole, parameters=values)]
    law = compile_law(programmes, JULY)
    assert unread_parameters(programmes, law) == ["old_age_allowance.spare"]


def test_every_branch_of_the_law_in_force_is_reached_by_a_written_case() -> None:
    assert [u for p in load_programmes(DOMAINS) for u in unreached(p, law_of)] == []


def test_the_branches_that_one_case_alone_leaves_out_are_named(tmp_path: Path) -> None:
    cases = tmp_path / "tests" / "cases"
    cases.mkdir(parents=True)
    (cases / "one.yaml").write_text(
        "- name: a first grade\n  month: 2022-07\n"
        "  persons: [{hukou_is_local: true, relation: 1, disability_grade: 1, disability_kind: 4}]\n"
        "  expect: {disability_nursing: 30000}\n",
        encoding="utf-8",
    )
    alone = replace(programme("disability_subsidies"), folder=tmp_path)
    missed = {(u.rule.partition(".")[2], u.what, u.value) for u in unreached(alone, law_of)}
    assert ("nursing_subsidy_fen", "choice", False) in missed
    assert ("is_other_severe", "answer", True) in missed
    assert ("has_severe_disability", "answer", True) not in missed
