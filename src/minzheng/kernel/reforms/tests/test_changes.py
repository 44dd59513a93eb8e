"""What may be set, in which form, and what a slip is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from minzheng.domains import DOMAINS
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import compile_law, load_programmes
from minzheng.kernel.reforms.changes import (
    Change,
    check_changes,
    choices,
    from_json,
    parse_setting,
    parse_value,
    reformed_law,
    to_json,
    write_value,
)
from minzheng.kernel.reforms.errors import ReformRefused
from minzheng.kernel.reforms.replacing import replaced
from minzheng.kernel.reforms.tests import made_city
from minzheng.kernel.reforms.tests.made_city import JULY
from minzheng.kernel.rules import evaluate_snapshot, read_findings

PROGRAMMES = load_programmes(DOMAINS)
OFFERED = choices(PROGRAMMES, JULY)
STANDARD, BANDS = "subsistence_allowance.standard", "old_age_allowance.amounts"
HERE = "minzheng.kernel.reforms.tests.other_texts"


def test_only_parameters_that_a_rule_reads_are_offered_with_todays_value_and_paper() -> None:
    assert OFFERED[STANDARD].entry.value == 142_000 and "7月1日起由1330元" in OFFERED[STANDARD].entry.source
    # Read by payments and notices alone: setting it would change no finding.
    assert not {"old_age_allowance.pay_months", "old_age_allowance.objection_days"} & set(OFFERED)


@pytest.mark.parametrize(
    ("typed", "value"), [("1500", 150_000), ("1,500.50元", 150_050), ("0", 0), (" 14200 ", 1_420_000)]
)
def test_money_is_typed_in_yuan(typed: str, value: int) -> None:
    assert parse_value(OFFERED[STANDARD], typed) == value


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("standard=1500", "write programme.parameter=value"),
        ("subsistence_allowance.standard", "write programme.parameter=value"),
        ("subsistence_allowance.standrad=1500", "no rule reads subsistence_allowance.standrad"),
        ("old_age_allowance.pay_months=1,2", "no rule reads"),
        ("subsistence_allowance.standard@2022-08-01=1500", "set without a date"),
        ("subsistence_allowance.standard=plenty", "is not an amount in yuan"),
        ("subsistence_allowance.standard=1500.005", "is not an amount in yuan"),
        ("subsistence_allowance.standard=-1", "out of range"),
        ("subsistence_allowance.standard=14200.01", "more than ten times"),
        ("subsistence_allowance.standard=150000", "not in fen"),
        ("subsistence_allowance.minor_age=16.5", "is not a whole number"),
        ("subsistence_allowance.minor_age=151", "out of range, 0 to 150"),
        ("old_age_allowance.amounts=65:75,60:150", "bands must rise"),
        ("old_age_allowance.amounts=75", "is not bands"),
    ],
)
def test_a_slip_is_told_what_is_expected(setting: str, told: str) -> None:
    with pytest.raises(ReformRefused, match=told):
        parse_setting(setting, OFFERED, JULY)


def test_bands_are_typed_as_they_are_shown() -> None:
    choice = OFFERED[BANDS]
    shown = write_value(choice.parameter, choice.entry.value)
    assert shown.startswith("65:75.00,70:150.00") and parse_value(choice, shown) == choice.entry.value
    assert parse_value(choice, "60:75，70:200") == ((60, 7_500), (70, 20_000))


def test_changes_are_kept_and_read_back_as_they_were() -> None:
    changes = [Change(STANDARD, 150_000), Change(BANDS, ((60, 7_500), (70, 20_000)))]
    assert from_json(to_json(changes)) == changes


def test_a_parameter_is_set_once() -> None:
    with pytest.raises(ReformRefused, match="set twice"):
        check_changes([Change(STANDARD, 1), Change(STANDARD, 2)])


def test_todays_value_gives_todays_graph_and_another_value_another() -> None:
    today = compile_law(PROGRAMMES, JULY)
    same = reformed_law(PROGRAMMES, [Change(STANDARD, 142_000)], JULY)
    other = reformed_law(PROGRAMMES, [Change(STANDARD, 150_000)], JULY)
    assert same.graph.identity() == today.graph.identity() != other.graph.identity()
    # The paper differs, so an explanation never cites a what-if as law.
    assert same.identity != today.identity and other.parameters[STANDARD].source == "政策试算（未发布）"


def test_a_reform_of_july_leaves_june_as_it_was() -> None:
    before = Month(2022, 6)
    assert reformed_law(PROGRAMMES, [], before).parameters[STANDARD].value == 133_000


def test_a_rule_is_replaced_by_another_text_of_the_same_signature(tmp_path: Path) -> None:
    """Whoever has exactly 1420 yuan a head has no gap, so only the zero-amount rule keeps them out: nobody is paid more."""
    texts = [f"{HERE}:meets_income_test"]
    law = compile_law(replaced(PROGRAMMES, texts, JULY), JULY)
    assert law.rules["subsistence_allowance.meets_income_test"].provenance == "illustrative"
    snapshot = made_city.snapshot(tmp_path / "s")
    evaluate_snapshot(law, snapshot, tmp_path / "a")
    evaluate_snapshot(compile_law(PROGRAMMES, JULY), snapshot, tmp_path / "b")
    assert (
        read_findings(tmp_path / "a")["amount_fen"].sum() >= read_findings(tmp_path / "b")["amount_fen"].sum()
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nothing.here:rule", "cannot import"),
        (HERE, "write path.to.module:variable"),
        (f"{HERE}:absent", "no such variable"),
        (f"{HERE}:NUMBER", "neither a rule nor a function"),
        (f"{HERE}:allowance_fen", "more than one rule has this name"),
        (f"subsistence_allowance.allowance_fen={HERE}:allowance_fen", "its arguments must be"),
        (f"{HERE}:income_per_member_fen", "its unit is 'persons'"),
        (f"subsistence_allowance.absent={HERE}:meets_income_test", "no such rule in force"),
    ],
)
def test_a_replacement_that_does_not_fit_is_refused(text: str, told: str) -> None:
    with pytest.raises(ReformRefused, match=told):
        replaced(PROGRAMMES, [text], JULY)
