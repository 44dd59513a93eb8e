"""A delta beside a snapshot: the households that changed since it was written, so that few changes cost little.

Changes are spread over the city: one household in a hundred touches every row group, and rewriting those would cost as
much as the whole. The delta is a small snapshot of its own with the list of households it replaces, those that are gone
too. Base without the replaced, and the delta, are the population. When it has grown, both are written as one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from minzheng.kernel.periods import Month
from minzheng.kernel.rules.findings import RunRecord
from minzheng.kernel.rules.law import Law
from minzheng.kernel.rules.population import evaluate_snapshot
from minzheng.kernel.rules.single import HouseholdInputs
from minzheng.kernel.rules.snapshot import (
    HOUSEHOLDS_FILE,
    PERSONS_FILE,
    SnapshotRecord,
    file_sha256,
    find_household_of,
    read_household,
    write_snapshot,
)

REPLACED_FILE = "replaced.parquet"
_ORDER = ["benefit", "household_id", "person_id"]


@dataclass(frozen=True, slots=True)
class DeltaRecord:
    """What a delta is; `identity` is the digest of its people, its households and the list of those it replaces."""

    identity: str
    replaced: int
    persons: int


def write_delta(
    persons: pl.DataFrame,
    households: pl.DataFrame,
    replaced: Sequence[int],
    out_dir: Path,
    *,
    month: Month,
    as_of: date,
    earlier: Path | None = None,
) -> DeltaRecord:
    """Writes what the households `replaced` are now, over an earlier delta of the same base where there is one.

    Args:
        persons, households: the present rows of those households, as `write_snapshot` takes them; none of the gone.

    Raises:
        SnapshotDamaged: as `write_snapshot`.
    """
    changed = pl.DataFrame({"household_id": pl.Series(sorted(set(replaced)), dtype=pl.Int64)})
    if earlier is not None:
        persons = _over(earlier / PERSONS_FILE, changed, persons)
        households = _over(earlier / HOUSEHOLDS_FILE, changed, households)
        changed = pl.concat([changed, read_replaced(earlier)]).unique().sort("household_id")
    record = write_snapshot(persons, households, out_dir, month=month, as_of=as_of)
    changed.write_parquet(out_dir / REPLACED_FILE, compression="zstd")
    parts = record.identity + file_sha256(out_dir / REPLACED_FILE)
    return DeltaRecord(hashlib.sha256(parts.encode()).hexdigest(), changed.height, record.persons)


def read_replaced(delta_dir: Path) -> pl.DataFrame:
    """The households that a delta speaks for, as one sorted column `household_id`."""
    return pl.read_parquet(delta_dir / REPLACED_FILE)


def evaluate_delta(
    law: Law, delta_dir: Path, out_dir: Path, *, progress: Callable[[int, int], None] | None = None
) -> RunRecord:
    """Evaluates the changed households alone, by the same evaluator as everybody."""
    return evaluate_snapshot(law, delta_dir, out_dir, progress=progress)


def combine_findings(base: pl.DataFrame, changed: pl.DataFrame, replaced: pl.DataFrame) -> pl.DataFrame:
    """The findings of everybody out of those of the base and those of the delta.

    Shape: the rows that a run over the whole population finds, in the order of benefit, household and person.
    """
    kept = base.join(replaced, on="household_id", how="anti")
    return pl.concat([kept, changed.select(kept.columns)]).sort(_ORDER)


def merge_delta(
    base_dir: Path, delta_dir: Path, out_dir: Path, *, month: Month, as_of: date
) -> SnapshotRecord:
    """Writes base and delta as one snapshot, byte for byte the one a full export of the same register would be."""
    replaced = read_replaced(delta_dir)
    persons, households = (
        pl.concat([_without(base_dir / name, replaced).collect(), pl.read_parquet(delta_dir / name)])
        for name in (PERSONS_FILE, HOUSEHOLDS_FILE)
    )
    return write_snapshot(persons, households, out_dir, month=month, as_of=as_of)


def read_household_now(base_dir: Path | None, delta_dir: Path | None, household_id: int) -> HouseholdInputs:
    """One household as the delta has it, or the base where nothing changed.

    Raises:
        KeyError: neither holds it; a household that is gone is not looked for in the base.
    """
    if delta_dir is not None and _replaces(delta_dir, household_id):
        return read_household(delta_dir, household_id)
    if base_dir is None:
        raise KeyError(f"快照中没有家庭 {household_id} / the snapshot holds no household {household_id}")
    return read_household(base_dir, household_id)


def find_household_now(base_dir: Path | None, delta_dir: Path | None, person_id: int) -> int | None:
    """The household a person belongs to in base and delta, or None."""
    if delta_dir is not None and (found := find_household_of(delta_dir, person_id)) is not None:
        return found
    found = find_household_of(base_dir, person_id) if base_dir is not None else None
    gone = found is not None and delta_dir is not None and _replaces(delta_dir, found)
    return None if gone else found


def _replaces(delta_dir: Path, household_id: int) -> bool:
    return household_id in read_replaced(delta_dir)["household_id"]


def _without(path: Path, replaced: pl.DataFrame) -> pl.LazyFrame:
    return pl.scan_parquet(path).join(replaced.lazy(), on="household_id", how="anti", maintain_order="left")


def _over(earlier: Path, changed: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Rows of an earlier delta whose household did not change again, with those of now."""
    kept = _without(earlier, changed).collect()
    return pl.concat([kept, now], how="diagonal_relaxed")
