"""Adding a programme is copying a folder, changing it and listing it: nothing else has to be told."""

from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

import minzheng.domains
from minzheng.domains import DOMAINS
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import benefit_by_roster_name, compile_law, load_programme, load_programmes
from minzheng.kernel.rules import (
    HouseholdInputs,
    LawError,
    evaluate_household,
    evaluate_snapshot,
    explain,
    read_findings,
    write_snapshot,
)
from minzheng.kernel.rules.cases import frames_of

JULY = Month(2022, 7)
CHANGES = {
    "old_age_allowance": "winter_heating",
    "OLD_AGE_ALLOWANCE": "WINTER_HEATING",
    "老年综合津贴": "冬季取暖补贴",
    "minzheng.domains.winter_heating": "copied_domains.winter_heating",
}


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The old-age allowance's folder copied into a package of its own, renamed, with amounts of its own."""
    home = tmp_path / "copied_domains"
    source = Path(minzheng.domains.__path__[0]) / "old_age_allowance"
    shutil.copytree(source, home / "winter_heating", ignore=shutil.ignore_patterns("tests", "__pycache__"))
    (home / "__init__.py").write_text('"""Copied."""\n', encoding="utf-8")
    for path in (home / "winter_heating").rglob("*"):
        if path.suffix in (".py", ".yaml"):
            text = path.read_text(encoding="utf-8")
            for old, new in CHANGES.items():
                text = text.replace(old, new)
            path.write_text(text.replace("7_500", "4_321"), encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    yield "copied_domains.winter_heating"
    for name in [n for n in sys.modules if n.startswith("copied_domains")]:
        del sys.modules[name]
    load_programme.cache_clear()


def test_a_copied_folder_is_found_evaluated_and_explained(copied: str, tmp_path: Path) -> None:
    programmes = load_programmes([*DOMAINS, copied])
    assert [p.code for p in programmes][-1] == "winter_heating"
    assert benefit_by_roster_name("冬季取暖补贴", programmes) is not None
    law = compile_law(programmes, JULY)
    person = {"person_id": 1, "household_id": 1, "birth_month": Month(1957, 7).index, "hukou_is_local": True}
    household = HouseholdInputs({"household_id": 1}, [person])
    write_snapshot(*frames_of([household]), tmp_path / "s", month=JULY, as_of=date(2022, 7, 1))
    evaluate_snapshot(law, tmp_path / "s", tmp_path / "f")
    roll = read_findings(tmp_path / "f").filter(pl.col("status") == 2)
    assert dict(roll.select("benefit", "amount_fen").rows()) == {
        "old_age_allowance": 7_500,
        "winter_heating": 4_321,
    }
    answer = explain(law, evaluate_household(law, household), "winter_heating", 1)
    assert answer.amount_fen == 4_321 and "冬季取暖补贴" in answer.letter()


def test_the_law_of_the_others_stays_the_same(copied: str) -> None:
    before = compile_law(load_programmes(DOMAINS), JULY)
    after = compile_law(load_programmes([*DOMAINS, copied]), JULY)
    assert set(after.benefits) - set(before.benefits) == {"winter_heating"}
    assert before.identity != after.identity


def test_a_package_listed_twice_or_without_manifest_is_refused(copied: str) -> None:
    with pytest.raises(LawError, match="listed twice"):
        load_programmes([*DOMAINS, DOMAINS[0]])
    with pytest.raises(LawError, match=r"needs programme\.py"):
        load_programmes(["minzheng.kernel.money"])
