"""Iterative proportional fitting (迭代比例拟合): a table of any shape brought to totals known of its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.float64]


class CannotFit(ValueError):
    """The margins contradict the table or one another; the message names the margin."""


@dataclass(frozen=True, slots=True)
class Margin:
    """Known totals: `labels` has the table's shape and says to which of `targets` a cell belongs, -1 where to none."""

    name: str
    labels: NDArray[np.int64]
    targets: Table

    def sums(self, table: Table) -> Table:
        """What the table has for each target."""
        flat = self.labels.ravel() + 1
        sums = np.bincount(flat, weights=table.ravel(), minlength=self.targets.size + 1)[1:]
        return sums.astype(np.float64)


def fit(table: Table, margins: Sequence[Margin], *, tolerance: float = 1e-9, rounds: int = 10_000) -> Table:
    """The table nearest to `table` in proportions whose parts have the margins' totals; a cell of zero stays zero.

    Args:
        tolerance: how far a total may be from its target, as a share of the target.

    Raises:
        CannotFit: a total is wanted of cells that are all zero, or the margins do not agree after `rounds`.
    """
    fitted = table.astype(np.float64, copy=True)
    if (fitted < 0).any():
        raise CannotFit("表中有负数 / the table has negative cells")
    for margin in margins:
        empty = (margin.sums(fitted) == 0) & (margin.targets > 0)
        if empty.any():
            raise CannotFit(f"{margin.name}：全为零的部分不能有合计 / cells that are all zero have a total")
    off = np.inf
    for _ in range(rounds):
        for margin in margins:
            sums = margin.sums(fitted)
            factors = np.divide(margin.targets, sums, out=np.zeros_like(sums), where=sums > 0)
            fitted *= np.append(factors, 1.0)[margin.labels]
        off = max((_deviation(margin, fitted) for margin in margins), default=0.0)
        if off <= tolerance:
            return fitted
    raise CannotFit(f"各合计相互矛盾，相差 {off:.2g} / the margins contradict one another")


def _deviation(margin: Margin, table: Table) -> float:
    gap = np.abs(margin.sums(table) - margin.targets)
    return float(np.max(gap / np.maximum(margin.targets, 1e-300), initial=0.0, where=margin.targets > 0))


def whole_numbers(expected: Table, start: float) -> NDArray[np.int64]:
    """Whole numbers that follow the expected ones: every run of neighbouring cells is right to within one.

    Args:
        start: a number from 0 up to, not including, 1, by which the same table is rounded one way or another.
    """
    until = np.floor(np.cumsum(expected.ravel()) + start)
    return np.diff(until, prepend=np.floor(start)).astype(np.int64).reshape(expected.shape)
