"""The stacking matrix: who may receive what together, as data applied by the kernel.

Each line names two parties. A party is a benefit's code, or `input: <column>` for support that another
office pays and that the snapshot only tells us about. Rules: `allowed`; `exclusive` (the first named stays,
the second is not paid); `choose_higher` (the higher stays, the first named where equal; support paid by
others always stays).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from minzheng.kernel.rules import LawError
from minzheng.kernel.rules.decorator import PROVENANCES

RULES = ("allowed", "exclusive", "choose_higher")
_KEYS = {"first", "second", "rule", "source", "provenance", "note"}


class StackingError(LawError):
    """The matrix is wrong; the message names the line."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One line of the matrix; for `exclusive` the first party stays."""

    first: str
    second: str
    rule: str
    source: str
    provenance: str
    note: str = ""

    @property
    def key(self) -> frozenset[str]:
        return frozenset((self.first, self.second))


def is_input(party: str) -> bool:
    """Whether a party is support paid by another office."""
    return party.startswith("input:")


def input_name(party: str) -> str:
    return party.removeprefix("input:").strip()


@dataclass(frozen=True, slots=True)
class StackingMatrix:
    """The lines in the order in which they are applied."""

    pairs: tuple[Pair, ...] = ()

    def between(self, a: str, b: str) -> Pair | None:
        """The line on two parties, or None where the matrix is silent, which means allowed."""
        return next((p for p in self.pairs if p.key == frozenset((a, b))), None)

    def limited_to(self, benefits: Iterable[str]) -> StackingMatrix:
        """The lines whose benefits are all among these."""
        known = set(benefits)
        return StackingMatrix(
            tuple(p for p in self.pairs if all(is_input(x) or x in known for x in (p.first, p.second)))
        )


def check_order(pairs: Iterable[Pair]) -> None:
    """Refuse an order in which somebody could lose a benefit to one that is later taken away as well.

    A line may only let a benefit win that no later line can still remove, except where the remover excludes
    the loser of the earlier line too.

    Raises:
        StackingError: names both lines.
    """
    listed = list(pairs)
    acting = [p for p in listed if p.rule != "allowed"]
    barred = {p.key for p in acting}
    for at, earlier in enumerate(acting):
        for winner, loser in ((earlier.first, earlier.second), (earlier.second, earlier.first)):
            if (
                is_input(winner)
                or is_input(loser)
                or (earlier.rule == "exclusive" and winner != earlier.first)
            ):
                continue
            for later in acting[at + 1 :]:
                loses = winner == later.second or (later.rule == "choose_higher" and winner == later.first)
                remover = later.first if winner == later.second else later.second
                if loses and remover != loser and frozenset((remover, loser)) not in barred:
                    raise StackingError(
                        f"叠加规则的次序有误：{later.first}／{later.second} 须写在 {earlier.first}／{earlier.second} 之前 / "
                        f"the line {later.first}, {later.second} must stand before {earlier.first}, {earlier.second}, "
                        f"or {loser} could be lost to a benefit that is not paid"
                    )


def load_stacking(path: Path) -> StackingMatrix:
    """Read and check the matrix.

    Raises:
        StackingError: names the file, the line and what was expected.
    """
    raw: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(raw, dict) or not isinstance(raw.get("pairs"), list):
        raise StackingError(f"{path}: expected a list under `pairs`")
    pairs: list[Pair] = []
    for number, item in enumerate(raw["pairs"], 1):
        where = f"{path}, pair {number}"
        if not isinstance(item, dict) or set(item) - _KEYS or not {*_KEYS} - {"note"} <= set(item):
            raise StackingError(f"{where}: write first, second, rule, source, provenance (and note)")
        if item["rule"] not in RULES:
            raise StackingError(f"{where}: rule must be one of {RULES}, got {item['rule']!r}")
        if item["provenance"] not in PROVENANCES:
            raise StackingError(f"{where}: provenance must be one of {PROVENANCES}")
        pair = Pair(**{k: str(v) for k, v in item.items()})
        if pair.first == pair.second or any(pair.key == p.key for p in pairs):
            raise StackingError(f"{where}: {pair.first} and {pair.second} stand twice or against themselves")
        if is_input(pair.second) and pair.rule == "exclusive":
            raise StackingError(f"{where}: support paid by others cannot be taken away; name it first")
        if is_input(pair.first) and is_input(pair.second):
            raise StackingError(f"{where}: both are paid by others")
        pairs.append(pair)
    check_order(pairs)
    return StackingMatrix(tuple(pairs))
