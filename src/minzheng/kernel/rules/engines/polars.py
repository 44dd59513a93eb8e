"""The graph over Polars columns, one operation after the other. Needs no compiling and serves as the cross-check."""

from __future__ import annotations

import polars as pl

from minzheng.kernel.rules.engines import PartEvaluator
from minzheng.kernel.rules.law import Law
from minzheng.kernel.rules.parts import Part, compute_all, plan, roll


def prepare(law: Law) -> PartEvaluator:
    """The order in which nodes are computed and dropped, settled once for all parts."""
    roots = law.roots()
    order, last_use = plan(law, roots)
    keep = set(roots)

    def evaluate(persons: pl.DataFrame, households: pl.DataFrame) -> list[pl.DataFrame]:
        part = Part(persons, households)
        compute_all(law, part, order, last_use, keep)
        return roll(law, part)

    return evaluate
