"""The people a what-if is computed over: the snapshot of the month's run, or the registers as they stand."""

from __future__ import annotations

import os
from pathlib import Path

from minzheng.kernel.access import require
from minzheng.kernel.monthend import folders
from minzheng.kernel.monthend.queries import snapshot_dir_of
from minzheng.kernel.people.frames import population_frames
from minzheng.kernel.periods import Month
from minzheng.kernel.reforms.errors import ReformRefused
from minzheng.kernel.rules import write_snapshot
from minzheng.kernel.storage.paths import snapshots_home


def population_of(month: Month) -> Path:
    """The folder of the month's snapshot; where the month was not run, one is written from the registers.

    Call it as a service, which sees the whole city.

    Raises:
        ReformRefused: the registers hold nobody for the month.
    """
    require("people.look")
    known = snapshot_dir_of(month)
    if known is not None and known.exists():
        return known
    persons, households = population_frames(month)
    if persons.is_empty():
        raise ReformRefused(
            f"登记库中没有{month.chinese}的人员，请先接收各部门数据 / the registers hold nobody for {month}"
        )
    working = folders.working_folder(snapshots_home(), -os.getpid())
    record = write_snapshot(persons, households, working, month=month, as_of=month.first_day)
    final = folders.snapshot_folder(str(month), record.identity)
    folders.put_in_place(working, final)
    return final
