"""The snapshot: one month's people and households as columns, laid out so that parts stand alone.

People are sorted by household; row groups hold about 100,000 people of whole households; the households
stand in a sibling file with the same row groups. A part needs no join and no other part. The same frames
give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from minzheng.kernel.periods import Month
from minzheng.kernel.rules.errors import SnapshotDamaged
from minzheng.kernel.rules.graph import HOUSEHOLD, PERSON
from minzheng.kernel.rules.inputs import inputs_of
from minzheng.kernel.rules.single import HouseholdInputs, Provenance

PERSONS_FILE, HOUSEHOLDS_FILE, RECORD_FILE = "persons.parquet", "households.parquet", "snapshot.json"
ROW_GROUP_PERSONS = 100_000
_ARROW = {"Int64": pa.int64(), "Int32": pa.int32(), "Int8": pa.int8(), "Boolean": pa.bool_()}


@dataclass(frozen=True, slots=True)
class SnapshotRecord:
    """What a snapshot is: `identity` is the digest of both files' bytes, the month and the day it was
    taken."""

    identity: str
    month: str
    as_of: str
    persons: int
    households: int
    parts: int
    households_without_people: int


def _columns(entity: str) -> list[tuple[str, str]]:
    keys = (
        [("person_id", "Int64"), ("household_id", "Int64")]
        if entity == PERSON
        else [("household_id", "Int64")]
    )
    return keys + [(i.name, i.storage) for i in inputs_of(entity)]


def _schema(entity: str) -> pa.Schema:
    return pa.schema([(name, _ARROW[storage]) for name, storage in _columns(entity)])


def snapshot_schema(entity: str) -> dict[str, pl.DataType]:
    """Column names and types of a snapshot file, for whoever builds the frames."""
    return {name: getattr(pl, storage)() for name, storage in _columns(entity)}


def _conform(frame: pl.DataFrame, entity: str) -> pl.DataFrame:
    """Exactly the columns of the catalogue in its order; a column nobody brought is unknown throughout."""
    unknown = set(frame.columns) - {name for name, _ in _columns(entity)}
    if unknown:
        raise SnapshotDamaged(f"{entity}: 没有这些输入 / not in the catalogue of inputs: {sorted(unknown)}")
    wanted = []
    for name, storage in _columns(entity):
        kind = getattr(pl, storage)()
        if name not in frame.columns:
            wanted.append(pl.lit(None, dtype=kind).alias(name))
        elif storage == "Boolean" and frame.schema[name] != pl.Boolean:
            wanted.append((pl.col(name) != 0).alias(name))
        else:
            wanted.append(pl.col(name).cast(kind))
    return frame.select(wanted)


class SnapshotWriter:
    """Writes a snapshot part by part, for whoever cannot hold everybody in memory; `record` stands when it is closed.

    Parts come sorted by household, each of whole households, with the columns of `snapshot_schema` in any order; missing
    columns count as unknown. `write_snapshot` takes frames as they are and checks more.
    """

    record: SnapshotRecord

    def __init__(
        self, out_dir: Path, *, month: Month, as_of: date, households_without_people: int = 0
    ) -> None:
        self._dir, self._month, self._as_of = out_dir, month, as_of
        self._without = households_without_people
        self._counts = {PERSON: 0, HOUSEHOLD: 0}
        self._parts = 0
        self._last: int | None = None

    def __enter__(self) -> SnapshotWriter:
        self._dir.mkdir(parents=True, exist_ok=True)
        self._writers = {
            entity: pq.ParquetWriter(
                self._dir / name,
                _schema(entity),
                compression="zstd",
                use_dictionary=False,
                store_schema=False,
            )
            for entity, name in ((PERSON, PERSONS_FILE), (HOUSEHOLD, HOUSEHOLDS_FILE))
        }
        return self

    def add(self, persons: pl.DataFrame, households: pl.DataFrame) -> None:
        """The next part.

        Raises:
            SnapshotDamaged: a column is unknown, the part is not sorted or does not come after the one before, or its
                two frames do not hold the same households.
        """
        held = persons["household_id"].rle().struct.field("value")
        if not held.equals(households["household_id"]) or not held.is_sorted():
            raise SnapshotDamaged(
                "一段中的两个表不一致或未排序 / a part's two frames differ or are not sorted"
            )
        if self._last is not None and len(held) and held[0] <= self._last:
            raise SnapshotDamaged("各段须按家庭编号递增 / parts must come in order of household_id")
        for entity, frame in ((PERSON, persons), (HOUSEHOLD, households)):
            table = _conform(frame, entity).to_arrow().cast(_schema(entity))
            self._writers[entity].write_table(table, row_group_size=max(frame.height, 1))
            self._counts[entity] += frame.height
        self._parts += 1
        if households.height:
            self._last = households["household_id"][-1]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for writer in self._writers.values():
            writer.close()
        if error is not None:
            return
        digest = hashlib.sha256(f"{self._month} {self._as_of.isoformat()}".encode())
        for name in (PERSONS_FILE, HOUSEHOLDS_FILE):
            digest.update(file_sha256(self._dir / name).encode())
        self.record = SnapshotRecord(
            identity=digest.hexdigest(),
            month=str(self._month),
            as_of=self._as_of.isoformat(),
            persons=self._counts[PERSON],
            households=self._counts[HOUSEHOLD],
            parts=self._parts,
            households_without_people=self._without,
        )
        text = json.dumps(asdict(self.record), indent=1) + "\n"
        (self._dir / RECORD_FILE).write_text(text, encoding="utf-8")


def write_snapshot(
    persons: pl.DataFrame,
    households: pl.DataFrame,
    out_dir: Path,
    *,
    month: Month,
    as_of: date,
    row_group_persons: int = ROW_GROUP_PERSONS,
) -> SnapshotRecord:
    """Sort, cut into parts of whole households, and write both files and their record.

    The frames carry the columns of `snapshot_schema`, in any order; missing columns count as unknown.
    Households without people are left out and counted: there is nobody to decide about.

    Raises:
        SnapshotDamaged: a key is empty or doubled, a person's household is missing, or a column is unknown.
    """
    people = _conform(persons, PERSON).sort("household_id", "person_id")
    homes = _conform(households, HOUSEHOLD).sort("household_id")
    if (
        people["person_id"].null_count()
        or people["household_id"].null_count()
        or homes["household_id"].null_count()
    ):
        raise SnapshotDamaged("人员或家庭编号为空 / person_id and household_id must not be empty")
    if people["person_id"].n_unique() != people.height:
        raise SnapshotDamaged("同一人出现两次 / a person stands twice in the snapshot")
    if homes["household_id"].n_unique() != homes.height:
        raise SnapshotDamaged("同一家庭出现两次 / a household stands twice in the snapshot")
    sizes = people.group_by("household_id", maintain_order=True).agg(pl.len().alias("people"))
    kept = homes.join(sizes.select("household_id"), on="household_id", how="semi", maintain_order="left")
    if kept.height != sizes.height:
        lost = sizes.join(homes, on="household_id", how="anti")["household_id"].head(5).to_list()
        raise SnapshotDamaged(f"人员所属家庭不在家庭表中 / households missing for people: {lost}")
    # A part ends with the first household that brings it to the wished size.
    person_cuts, home_cuts, seen, start = [0], [0], 0, 0
    for number, people_here in enumerate(sizes["people"].to_list(), 1):
        seen += people_here
        if seen - start >= row_group_persons:
            person_cuts.append(seen)
            home_cuts.append(number)
            start = seen
    if person_cuts[-1] != people.height:
        person_cuts.append(people.height)
        home_cuts.append(kept.height)
    with SnapshotWriter(
        out_dir, month=month, as_of=as_of, households_without_people=homes.height - kept.height
    ) as writer:
        for (start, end), (first, last) in zip(pairwise(person_cuts), pairwise(home_cuts), strict=True):
            writer.add(people.slice(start, end - start), kept.slice(first, last - first))
    return writer.record


def file_sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_snapshot_record(snapshot_dir: Path) -> SnapshotRecord:
    """The record beside a snapshot's files.

    Raises:
        SnapshotDamaged: there is none, or it cannot be read.
    """
    try:
        return SnapshotRecord(**json.loads((snapshot_dir / RECORD_FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise SnapshotDamaged(f"{snapshot_dir}: 不是快照 / not a snapshot: {error}") from error


def _part_holding(file: pq.ParquetFile, household_id: int) -> int | None:
    """The row group whose range of household_id holds this one, from the file's statistics."""
    at = file.schema_arrow.names.index("household_id")
    for group in range(file.num_row_groups):
        statistics = file.metadata.row_group(group).column(at).statistics
        if statistics is None or statistics.min <= household_id <= statistics.max:
            return group
    return None


def read_household(
    snapshot_dir: Path,
    household_id: int,
    *,
    provenance: Mapping[tuple[str, int, str], Provenance] | None = None,
) -> HouseholdInputs:
    """One household's inputs out of a snapshot, reading only its part.

    Raises:
        KeyError: the snapshot holds no such household.
    """
    rows: dict[str, list[dict[str, Any]]] = {}
    for name in (HOUSEHOLDS_FILE, PERSONS_FILE):
        with pq.ParquetFile(snapshot_dir / name) as file:
            group = _part_holding(file, household_id)
            found: list[dict[str, Any]] = []
            if group is not None:
                frame = pl.DataFrame(pl.from_arrow(file.read_row_group(group)))
                found = frame.filter(pl.col("household_id") == household_id).to_dicts()
        rows[name] = found
    if not rows[HOUSEHOLDS_FILE]:
        raise KeyError(f"快照中没有家庭 {household_id} / the snapshot holds no household {household_id}")
    return HouseholdInputs(rows[HOUSEHOLDS_FILE][0], rows[PERSONS_FILE], dict(provenance or {}))


def find_household_of(snapshot_dir: Path, person_id: int) -> int | None:
    """The household a person belongs to in a snapshot, or None."""
    found = (
        pl.scan_parquet(snapshot_dir / PERSONS_FILE)
        .filter(pl.col("person_id") == person_id)
        .select("household_id")
        .collect()
    )
    return int(found.item(0, 0)) if found.height else None
