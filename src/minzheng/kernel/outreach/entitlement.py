"""Since when somebody has been entitled, month by month, by the law of each month.

For an award that starts without an application nobody names a first month, so the law does: the months before are
evaluated for the few households concerned, back to the first in which the person did not qualify or to the limit of
arrears. Facts are taken as known now; ages and parameters are those of each month.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import polars as pl

from minzheng.kernel.parameters import ParameterError
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import Programme, compile_law
from minzheng.kernel.rules import ELIGIBLE, LawError, evaluate_frames

Key = tuple[str, int]


def entitled_since(
    *,
    programmes: Sequence[Programme],
    snapshot_dir: Path,
    month: Month,
    found: dict[Key, int],
    households: Iterable[int],
    at_most: int,
) -> dict[Key, list[tuple[Month, int]]]:
    """For each (benefit, person) found eligible in `month`: [first month, fen], then every later change of amount.

    Args:
        found: the amount found for the month itself.
        households: the households of those people.
        at_most: how many months back arrears may reach.
    """
    amounts: dict[Key, list[tuple[Month, int]]] = {key: [(month, fen)] for key, fen in found.items()}
    still = set(found)
    if not still or at_most < 1:
        return amounts
    homes = pl.Series("household_id", sorted(set(households)), dtype=pl.Int64)
    frames = [
        pl.scan_parquet(snapshot_dir / name).filter(pl.col("household_id").is_in(homes.implode())).collect()
        for name in ("persons.parquet", "households.parquet")
    ]
    for step in range(1, at_most + 1):
        earlier = month - step
        try:
            law = compile_law([p for p in programmes if p.in_force(earlier)], earlier)
        except (LawError, ParameterError):
            break  # The law of that month is not in the books, so nothing can be said about it.
        findings = evaluate_frames(law, *frames).filter(
            (pl.col("status") == ELIGIBLE) & pl.col("person_id").is_not_null()
        )
        then = {
            (b, p): fen for b, p, fen in findings.select("benefit", "person_id", "amount_fen").iter_rows()
        }
        still = {key for key in still if key in then}
        if not still:
            break
        for key in still:
            amounts[key].append((earlier, then[key]))
    return {key: _changes(sorted(months)) for key, months in amounts.items()}


def _changes(months: list[tuple[Month, int]]) -> list[tuple[Month, int]]:
    """The first month, and each later one whose amount differs from the month before."""
    return [pair for at, pair in enumerate(months) if at == 0 or months[at - 1][1] != pair[1]]
