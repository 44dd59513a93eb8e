"""The case files of every domain, through one household at a time and as one batch."""

from functools import cache
from pathlib import Path

import pytest

from minzheng.domains import DOMAINS
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import compile_law, load_programmes
from minzheng.kernel.rules import Law
from minzheng.kernel.rules.cases import Case, answers_in_columns, answers_single, load_cases

FILES = sorted(Path(__file__).parent.parent.glob("*/tests/cases/*.yaml"))
CASES = [(f, c) for f in FILES for c in load_cases(f)]


@cache
def law_of(month: Month) -> Law:
    return compile_law(load_programmes(DOMAINS), month)


def _programme(file: Path) -> str:
    return file.parent.parent.parent.name


@pytest.mark.parametrize(("file", "case"), CASES, ids=[f"{_programme(f)}: {c.name}" for f, c in CASES])
def test_case_at_the_counter(file: Path, case: Case) -> None:
    assert answers_single(law_of(case.month), _programme(file), case) == dict(case.expect)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{_programme(f)}/{f.stem}")
def test_the_cases_of_a_file_as_one_batch(file: Path) -> None:
    cases = [c for f, c in CASES if f == file]
    for month in {c.month for c in cases}:
        batch = [c for c in cases if c.month == month]
        answers = answers_in_columns(law_of(month), _programme(file), batch)
        assert {c.name: a for c, a in zip(batch, answers, strict=True)} == {
            c.name: dict(c.expect) for c in batch
        }


def test_every_domain_with_rules_of_a_month_has_cases() -> None:
    """What an event grants has no rules of a month; its tests stand with its acts."""
    assert {_programme(f) for f in FILES} == {p.code for p in load_programmes(DOMAINS) if p.rules}
