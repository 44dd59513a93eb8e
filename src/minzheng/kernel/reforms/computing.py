"""One what-if from the population to its figures: two evaluations over one snapshot, then the join."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from minzheng.kernel.periods import Month
from minzheng.kernel.reforms.comparing import Comparison, compare
from minzheng.kernel.rules import Law, RunRecord, evaluate_snapshot

Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Both runs and what lies between them."""

    before: RunRecord
    after: RunRecord
    comparison: Comparison


def what_if(
    law: Law, reform: Law, snapshot_dir: Path, out_dir: Path, month: Month, *, report: Report | None = None
) -> WhatIf:
    """Evaluates both laws over one snapshot into `out_dir`/before and /after, and compares them.

    `report(done, all)` counts the parts of both runs and the comparison as one more.

    Raises:
        SnapshotDamaged: the snapshot is of another month or its files do not fit.
    """
    said = report or (lambda done, total: None)

    def first(done: int, parts: int) -> None:
        said(done, 2 * parts + 1)

    last = [1]

    def second(done: int, parts: int) -> None:
        last[0] = parts
        said(parts + done, 2 * parts + 1)

    before = evaluate_snapshot(law, snapshot_dir, out_dir / "before", progress=first)
    after = evaluate_snapshot(reform, snapshot_dir, out_dir / "after", progress=second)
    found = compare(snapshot_dir, out_dir / "before", out_dir / "after", month)
    said(2 * last[0] + 1, 2 * last[0] + 1)
    return WhatIf(before, after, found)
