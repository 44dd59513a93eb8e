"""The draw that anybody can repeat (双随机抽取): pure functions of a frozen list and a seed, nothing else.

A list is ordered by sha256(seed ‖ subject), so neither the order in which it was written nor its length moves anything: one
facility more or less leaves the order of the others as it was. `verify` takes the published file and computes it all again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

METHOD = "sha256(seed ‖ subject), hexadecimal, ascending; version 1"


def digest(*parts: str) -> str:
    """SHA-256 of the parts written behind each other, as hexadecimal.

    >>> digest("seed", "EH-1") == digest("seedEH-1")
    True
    """
    return hashlib.sha256("".join(parts).encode()).hexdigest()


def canonical(frozen: Mapping[str, Any]) -> str:
    """The frozen list as one text whatever the order of its keys; its SHA-256 is what was announced."""
    return json.dumps(frozen, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class DrawnVisit:
    """One visit as it was drawn; `inspectors` is department → code."""

    subject: str
    risk: str
    digest: str
    position: int
    round: int
    due_from: str
    due_to: str
    inspectors: dict[str, str]
    gaps: tuple[str, ...]
    """Departments of which nobody is left who may go."""


@dataclass(frozen=True, slots=True)
class Class:
    """What the rule says of one class of risk."""

    share: int
    visits: int


def draw(frozen: Mapping[str, Any], seed: str) -> list[DrawnVisit]:
    """Who is visited when and by whom (抽取).

    Of each class of risk the first `share` percent in the order of the digests are visited, rounded up, `visits` times each. A
    visit falls into the month that its place in the order points to; the second of two into the second half of the period.
    Of each department goes the inspector with the smallest sha256(seed ‖ subject # round ‖ inspector) who covers the place, has
    no conflict and was not the last one there.

    Args:
        frozen: first_day, last_day (ISO days), rule [{risk, share, visits}], departments, targets [{subject, risk, place}],
            inspectors [{code, department, place}], conflicts [[subject, code]], last {subject: {department: code}}.
    """
    rules = {row["risk"]: Class(int(row["share"]), int(row["visits"])) for row in frozen["rule"]}
    chosen: list[tuple[str, str, str, str]] = []
    for risk, rule in rules.items():
        of_class = sorted(
            (digest(seed, one["subject"]), one["subject"], one["place"])
            for one in frozen["targets"]
            if one["risk"] == risk
        )
        many = -(-len(of_class) * rule.share // 100) if rule.visits else 0
        chosen += [(*row, risk) for row in of_class[:many]]
    chosen.sort()
    conflicts = {(subject, code) for subject, code in frozen["conflicts"]}
    drawn = []
    for position, (hashed, subject, place, risk) in enumerate(chosen):
        last = dict(frozen["last"].get(subject, {}))
        for at in range(1, rules[risk].visits + 1):
            due_from, due_to = _window(frozen, position, len(chosen), at, rules[risk].visits)
            going = {
                department: _inspector(frozen, seed, subject, at, place, department, conflicts, last)
                for department in frozen["departments"]
            }
            # Whoever went this time does not go next time.
            last |= {department: code for department, code in going.items() if code}
            drawn.append(
                DrawnVisit(
                    subject, risk, hashed, position + 1, at, due_from, due_to,
                    {department: code for department, code in going.items() if code},
                    tuple(department for department, code in going.items() if not code),
                )
            )  # fmt: skip
    return drawn


def _inspector(
    frozen: Mapping[str, Any], seed: str, subject: str, at: int, place: str, department: str,
    conflicts: set[tuple[str, str]], last: Mapping[str, str],
) -> str:  # fmt: skip
    free = [
        (digest(seed, f"{subject}#{at}", one["code"]), one["code"])
        for one in frozen["inspectors"]
        if one["department"] == department
        and place.startswith(one["place"])
        and (subject, one["code"]) not in conflicts
        and last.get(department) != one["code"]
    ]
    return min(free)[1] if free else ""


def _window(frozen: Mapping[str, Any], position: int, many: int, at: int, visits: int) -> tuple[str, str]:
    """The calendar month of a visit within the period, first and last day."""
    first, last = date.fromisoformat(frozen["first_day"]), date.fromisoformat(frozen["last_day"])
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    month = months * ((at - 1) * many + position) // (visits * many)
    begins = _month(first, month)
    ends = date.fromordinal(_month(first, month + 1).toordinal() - 1)
    return max(begins, first).isoformat(), min(ends, last).isoformat()


def _month(first: date, add: int) -> date:
    index = first.year * 12 + first.month - 1 + add
    return date(index // 12, index % 12 + 1, 1)


def draw_file(*, title: str, frozen: Mapping[str, Any], seed: str) -> dict[str, Any]:
    """The file that is published: everything that the draw came from, and what came of it."""
    return {
        "title": title,
        "method": METHOD,
        "seed": seed,
        "seed_sha256": digest(seed),
        "frozen": dict(frozen),
        "frozen_sha256": digest(canonical(frozen)),
        "result": [_plain(one) for one in draw(frozen, seed)],
    }


def _plain(one: DrawnVisit) -> dict[str, Any]:
    return asdict(one) | {"gaps": list(one.gaps)}


def verify(
    file: Mapping[str, Any], *, seed_sha256: str | None = None, frozen_sha256: str | None = None
) -> list[str]:
    """What does not hold in a published file; empty where all of it does (核验).

    Args:
        seed_sha256, frozen_sha256: the hashes as they were announced before; those of the file itself where None.
    """
    missing = [key for key in ("seed", "seed_sha256", "frozen", "frozen_sha256", "result") if key not in file]
    if missing:
        return [f"文件缺少 {'、'.join(missing)} / the file lacks {', '.join(missing)}"]
    faults = []
    if digest(file["seed"]) != (seed_sha256 or file["seed_sha256"]):
        faults.append("种子的摘要与事先公布的不一致 / the seed is not the one whose hash was announced")
    if digest(canonical(file["frozen"])) != (frozen_sha256 or file["frozen_sha256"]):
        faults.append("名单的摘要与锁定时不一致 / the list is not the one that was frozen")
    again = {(one.subject, one.round): _plain(one) for one in draw(file["frozen"], file["seed"])}
    told: Sequence[Mapping[str, Any]] = file["result"]
    said = {(one["subject"], one["round"]): dict(one) for one in told}
    wrong = sorted(
        f"{subject}#{at}"
        for subject, at in again.keys() | said.keys()
        if again.get((subject, at)) != said.get((subject, at))
    )
    if wrong or len(said) != len(told):
        faults.append(
            f"重新计算的结果不同：{'、'.join(wrong[:10]) or '有重复'} / computed again, these differ: {', '.join(wrong[:10]) or 'doubles'}"
        )
    return faults
