"""Engines: ways to compute the law over one part of the population, all giving the same roll.

A part is two frames: people sorted by household, and their households in the same order. An engine turns a law into a
function from a part to one frame for each benefit; everything around it (reading parts, cores, writing, totals) is the
same code for all of them, in `rules.population` for one machine. An engine is loaded only when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from threading import Lock
from typing import Any

import polars as pl

from minzheng.kernel.rules.errors import LawError
from minzheng.kernel.rules.graph import HOUSEHOLD, INPUTS, PERSON
from minzheng.kernel.rules.law import ELIGIBLE, MAY_QUALIFY, Law

#: From a part's (persons, households) to the non-zero findings of each benefit, in the order of `law.benefits`.
PartEvaluator = Callable[[pl.DataFrame, pl.DataFrame], list[pl.DataFrame]]

#: Each module offers `prepare(law) -> PartEvaluator`.
_MODULES = {
    "polars": "minzheng.kernel.rules.engines.polars",
    "kernel": "minzheng.kernel.rules.engines.kernel",
}
ENGINES = tuple(_MODULES)
#: The laws used last, so that a law that is asked again and again is compiled once.
_PREPARED: dict[tuple[str, str], PartEvaluator] = {}
_KEPT = 8
_LOCK = Lock()


@dataclass(frozen=True, slots=True)
class BenefitRoll:
    """One benefit's findings in a part, and what they come to.

    `frame`: household_id, person_id (null where the benefit is a household's), status (Int8), amount_fen; a row for each
    that qualifies (2) or may (1). The sum is of those who qualify, in fen a month.
    """

    frame: pl.DataFrame
    eligible: int
    may_qualify: int
    amount_fen: int


def prepare(law: Law, engine: str) -> PartEvaluator:
    """What computes this law by this engine; made once for a law, called for each part, on any thread.

    Raises:
        LawError: there is no engine of this name.
    """
    if engine not in _MODULES:
        raise LawError(
            f"没有引擎 {engine}，可用：{'、'.join(ENGINES)} / no such engine; choose one of {ENGINES}"
        )
    module: Any = import_module(_MODULES[engine])
    made: PartEvaluator = module.prepare(law)
    return made


def totalled(frames: list[pl.DataFrame]) -> list[BenefitRoll]:
    """Each benefit's findings with their totals."""
    rolls = []
    for frame in frames:
        sure = frame["status"] == ELIGIBLE
        rolls.append(
            BenefitRoll(
                frame,
                eligible=int(sure.sum()),
                may_qualify=int((frame["status"] == MAY_QUALIFY).sum()),
                amount_fen=int(frame["amount_fen"].filter(sure).sum()),
            )
        )
    return rolls


def evaluate_part(
    law: Law, persons: pl.DataFrame, households: pl.DataFrame, engine: str = "polars"
) -> list[BenefitRoll]:
    """The roll of one part: a pure function of the law and the part's frames.

    A law does not travel between processes (it was traced from functions): whoever works elsewhere compiles it there
    from the domains and the month, and compares `law.identity`.

    Raises:
        SnapshotDamaged: the two frames do not hold the same households in the same order, or a column is missing.
    """
    return totalled(prepare(law, engine)(persons, households))


def columns_read(law: Law) -> dict[str, list[str]]:
    """The columns of each file that a part needs, keys first, so that nothing else is read from disk."""
    columns = {PERSON: ["person_id", "household_id"], HOUSEHOLD: ["household_id"]}
    for number in law.graph.reachable(law.roots()):
        node = law.graph.nodes[number]
        if node.op in INPUTS and node.name not in columns[node.entity]:
            columns[node.entity].append(node.name)
    return columns
