"""What a way to evaluate costs, told by its own process: seconds, processor seconds, peak memory, totals of what it wrote."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq


def totals(findings: Path) -> dict[str, list[int]]:
    """Of each benefit: how many are eligible, how many may be, and fen a month of those eligible. Row group by row group."""
    found: dict[str, list[int]] = {}
    with pq.ParquetFile(findings) as file:
        for group in range(file.num_row_groups):
            table = file.read_row_group(group, columns=["benefit", "status", "amount_fen"])
            for benefit in pc.unique(table["benefit"]).to_pylist():
                rows = table.filter(pc.equal(table["benefit"], benefit))
                sure = rows.filter(pc.equal(rows["status"], 2))
                total = found.setdefault(benefit, [0, 0, 0])
                total[0] += sure.num_rows
                total[1] += rows.num_rows - sure.num_rows
                total[2] += pc.sum(sure["amount_fen"]).as_py() or 0
    return dict(sorted(found.items()))


def peak_mb() -> int:
    """The most memory this process held so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024))


@contextmanager
def measured(findings: Path) -> Iterator[dict[str, Any]]:
    """Times what stands inside and prints one line of JSON; loading of programs before it does not count."""
    more: dict[str, Any] = {}
    began, worked = time.perf_counter(), time.process_time()
    yield more
    cost = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - worked, "peak_mb": peak_mb()}
    print(json.dumps({**cost, "totals": totals(findings), **more}))
