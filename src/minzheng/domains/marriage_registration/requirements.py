"""What each act needs (材料、声明): read from `requirements.yaml`, and told all at once where it is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from minzheng.domains.marriage_registration.errors import Incomplete
from minzheng.domains.marriage_registration.parties import Party

SIDES = ("man", "woman")
_SIDE_WORDS = {"man": ("男方", "his"), "woman": ("女方", "her")}


@dataclass(frozen=True, slots=True)
class Requirement:
    """One paper, declaration or photograph; `code` is what the evidence lists it as ("man.id_card", "photos")."""

    code: str
    label: str
    label_en: str
    what: str
    """document, declaration or photograph"""
    source: str
    provenance: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the registrar has seen and taken: codes of documents and of signed declarations; whether the couple was photographed."""

    documents: frozenset[str] = frozenset()
    declarations: frozenset[str] = frozenset()
    photographed: bool = False

    def as_json(self) -> dict[str, Any]:
        told = asdict(self)
        return told | {name: sorted(told[name]) for name in ("documents", "declarations")}


_PHOTOGRAPH = Requirement(
    "photographed", "现场拍照", "photograph at the desk", "photograph", "《婚姻登记工作规范》", "illustrative"
)


@cache
def _table() -> dict[str, Any]:
    return dict(yaml.safe_load((Path(__file__).parent / "requirements.yaml").read_text("utf-8")))


def acts() -> tuple[str, ...]:
    """The kinds of act that have requirements."""
    return tuple(_table()["acts"])


def requirements(act: str, parties: dict[str, Party]) -> list[Requirement]:
    """Everything an act needs from these parties, by side ("man", "woman"), in the order of the list."""
    wanted = _table()["acts"][act]
    found = [
        one
        for what in ("document", "declaration")
        for code in wanted[f"{what}s"]
        for one in _of(what, code, parties)
    ]
    return [*found, _PHOTOGRAPH] if wanted["photographed"] else found


def _of(what: str, code: str, parties: dict[str, Party]) -> Iterable[Requirement]:
    row = _table()[f"{what}s"][code]
    told = (what, row["source"], row["provenance"])
    if not row["each"]:
        yield Requirement(code, row["label"], row["label_en"], *told)
        return
    for side, party in parties.items():
        if "nationality" not in row or party.nationality in row["nationality"]:
            word, english = _SIDE_WORDS[side]
            yield Requirement(
                f"{side}.{code}", f"{word}{row['label']}", f"{english} {row['label_en']}", *told
            )


def missing(act: str, parties: dict[str, Party], evidence: Evidence) -> list[Requirement]:
    """What is still missing, all at once."""
    held = evidence.documents | evidence.declarations | ({"photographed"} if evidence.photographed else set())
    return [one for one in requirements(act, parties) if one.code not in held]


def require_complete(act: str, parties: dict[str, Party], evidence: Evidence) -> None:
    """Raises `Incomplete` with everything that is missing."""
    lacking = missing(act, parties, evidence)
    if lacking:
        raise Incomplete(lacking)


def everything(act: str, parties: dict[str, Party]) -> Evidence:
    """Evidence that lacks nothing: for a desk where all was ticked, simulations and tests."""
    wanted = requirements(act, parties)
    return Evidence(
        frozenset(one.code for one in wanted if one.what == "document"),
        frozenset(one.code for one in wanted if one.what == "declaration"),
        True,
    )
