"""Check lists as data (检查表): one file an area, its clauses with paper, severity and points.

A domain registers its folder for a kind of facility when its app starts. A changed list carries another version; answers keep
the version they were given under, and findings keep the words of their clause.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

SEVERITIES = ("minor", "serious", "major")
PROVENANCES = ("seed", "public", "illustrative")
_FOLDERS: dict[str, Path] = {}


class ChecklistError(ValueError):
    """A check list is wrong; the message names file and clause."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing to look at."""

    code: str
    text: str
    text_en: str
    source: str
    severity: str
    points: int
    provenance: str


@dataclass(frozen=True, slots=True)
class CheckList:
    """The clauses of one area and the department that looks at them."""

    area: str
    name: str
    name_en: str
    department: str
    version: str
    provenance: str
    note: str
    clauses: tuple[Clause, ...]

    def clause(self, code: str) -> Clause | None:
        return next((one for one in self.clauses if one.code == code), None)


def register_checklists(facility_kind: str, folder: Path) -> None:
    """Says where the check lists of a kind of facility are."""
    _FOLDERS[facility_kind] = folder
    checklists.cache_clear()


@cache
def checklists(facility_kind: str) -> dict[str, CheckList]:
    """The lists of a kind of facility by area, in the order of their files; empty where none are registered.

    Raises:
        ChecklistError: a file is wrong, or a code stands twice.
    """
    folder = _FOLDERS.get(facility_kind)
    found: dict[str, CheckList] = {}
    for path in sorted(folder.glob("*.yaml")) if folder else ():
        one = load_checklist(path)
        if one.area in found:
            raise ChecklistError(f"{path}: 领域 {one.area} 重复 / the area {one.area} stands twice")
        found[one.area] = one
    codes = [clause.code for one in found.values() for clause in one.clauses]
    if len(codes) != len(set(codes)):
        raise ChecklistError(f"{folder}: 条款编号重复 / a clause's code stands twice")
    return found


def load_checklist(path: Path) -> CheckList:
    """Reads one file strictly.

    Raises:
        ChecklistError: names the file, the clause and what was expected.
    """
    raw = yaml.safe_load(path.read_text("utf-8"))
    wanted = {"area", "name", "name_en", "department", "version", "provenance", "clauses"}
    if not isinstance(raw, dict) or not wanted <= set(raw) <= wanted | {"note"}:
        raise ChecklistError(f"{path}: 应有字段 {sorted(wanted)} / expected exactly these keys")
    if raw["provenance"] not in PROVENANCES or not raw["clauses"]:
        raise ChecklistError(
            f"{path}: provenance 须为 {PROVENANCES} 之一，且至少一条 / provenance or clauses"
        )
    return CheckList(
        raw["area"], raw["name"], raw["name_en"], raw["department"], str(raw["version"]), raw["provenance"],
        raw.get("note", ""), tuple(_clause(one, path) for one in raw["clauses"]),
    )  # fmt: skip


def _clause(raw: dict[str, Any], path: Path) -> Clause:
    wanted = set(Clause.__dataclass_fields__)
    if set(raw) != wanted:
        raise ChecklistError(
            f"{path}: {raw.get('code', raw)}: 应有字段 {sorted(wanted)} / expected these keys"
        )
    if raw["severity"] not in SEVERITIES or raw["provenance"] not in PROVENANCES:
        raise ChecklistError(f"{path}: {raw['code']}: severity {SEVERITIES}, provenance {PROVENANCES}")
    if type(raw["points"]) is not int or raw["points"] < 0 or not str(raw["source"]).strip():
        raise ChecklistError(f"{path}: {raw['code']}: points 为非负整数，source 须写明 / points and source")
    return Clause(**raw)


@cache
def departments() -> dict[str, dict[str, str]]:
    """Departments that take part in joint visits: code → name, name_en."""
    return yaml.safe_load((Path(__file__).parent / "data" / "departments.yaml").read_text("utf-8"))
