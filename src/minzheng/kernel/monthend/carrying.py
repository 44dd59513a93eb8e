"""A month's snapshot written on from the one before: read anew are the households that changed or that a day has reached.

What a whole reading would give, byte for byte; where that cannot be promised, the register is read whole.
"""

from __future__ import annotations

from pathlib import Path

from minzheng.kernel.monthend import folders
from minzheng.kernel.monthend.live import base_of, delta_of
from minzheng.kernel.monthend.models import LiveMonth
from minzheng.kernel.people.frames import form, frames_of_households, population_frames
from minzheng.kernel.people.marks import forget_marks, take_all_marks
from minzheng.kernel.people.passing import households_reached
from minzheng.kernel.periods import Month
from minzheng.kernel.rules import (
    SnapshotRecord,
    merge_delta,
    read_replaced,
    read_snapshot_record,
    write_delta,
    write_snapshot,
)
from minzheng.kernel.storage.paths import snapshots_home

WORTH_IT = 4
"""Where more than a fourth of the households is to be read anew, the whole is read: it costs no more."""


def read_register(month: Month, folder: Path, *, whole: bool = False) -> tuple[SnapshotRecord, int | None]:
    """Writes the month's snapshot into an empty folder, and takes the marks: what changes from here on is marked again.

    Returns what was written, and how many households were read anew; None where the whole register was.

    Args:
        whole: read everybody whatever stands there already.
    """
    found = None if whole else _begun(month)
    if found is None:
        forget_marks()
        return _whole(month, folder), None
    base, since, known = found
    marks = take_all_marks()
    changed = sorted({*known, *marks.households, *households_reached(since, month)})
    if marks.everything or len(changed) * WORTH_IT > read_snapshot_record(base).households:
        return _whole(month, folder), None
    delta = folders.working_folder(snapshots_home(), f"carry-{month}")
    persons, households = frames_of_households(changed, month)
    write_delta(persons, households, changed, delta, month=month, as_of=month.first_day)
    record = merge_delta(base, delta, folder, month=month, as_of=month.first_day)
    folders.remove(delta)
    return record, len(changed)


def _whole(month: Month, folder: Path) -> SnapshotRecord:
    persons, households = population_frames(month)
    return write_snapshot(persons, households, folder, month=month, as_of=month.first_day)


def _begun(month: Month) -> tuple[Path, Month, list[int]] | None:
    """The last snapshot that this one may continue, its month, and the households known to have changed since."""
    lives = {Month.of(live.month): live for live in LiveMonth.objects.filter(
        month__in=[month.first_day, (month - 1).first_day])}  # fmt: skip
    if any(live.needs_run for live in lives.values()):
        return None
    now, before = lives.get(month), lives.get(month - 1)
    since = month if now is not None and now.snapshot_identity else month - 1
    begun = lives.get(since)
    base = base_of(begun) if begun is not None else None
    if base is None or begun is None or begun.form != form():
        return None
    known: list[int] = []
    for live in (now, before) if since != month else (now,):
        if live is not None and live.delta_identity:
            delta = delta_of(live)
            if delta is None:
                return None
            known += read_replaced(delta)["household_id"].to_list()
    return base, since, known
