"""The law over frames in memory: findings for a few households, every rule's column for tests and indicators."""

from __future__ import annotations

import polars as pl

from minzheng.kernel.rules.engines import prepare
from minzheng.kernel.rules.law import Law
from minzheng.kernel.rules.parts import Part, compute_all, plan


def evaluate_frames(
    law: Law, persons: pl.DataFrame, households: pl.DataFrame, *, engine: str = "polars"
) -> pl.DataFrame:
    """The findings of frames in memory, sorted by household as a snapshot is."""
    frames = prepare(law, engine)(persons, households)
    return pl.concat(
        frame.select(pl.lit(b.programme).alias("programme"), pl.lit(b.code).alias("benefit"), pl.all())
        for b, frame in zip(law.benefits.values(), frames, strict=True)
    )


def rule_values(law: Law, persons: pl.DataFrame, households: pl.DataFrame) -> dict[str, pl.Series]:
    """Every rule's column."""
    roots = [r.node for r in law.rules.values()]
    part = Part(persons, households)
    order, last_use = plan(law, roots)
    compute_all(law, part, order, last_use, set(roots))
    return {name: part.column(r.node, law.graph.nodes[r.node]).alias(name) for name, r in law.rules.items()}
