"""Where the month in hand stands between its runs: which snapshot, and which delta of what changed since.

The record points to files that never change. A refresh writes a new delta and moves the pointer in its transaction; the
delta before stays until the next refresh, for whoever had read the pointer a moment ago.
"""

from __future__ import annotations

import os
import shutil
from datetime import date
from pathlib import Path

from django.db.models import Max
from django.db.models.functions import Now

from minzheng.kernel.monthend import folders
from minzheng.kernel.monthend.models import LiveMonth, MonthRun
from minzheng.kernel.payments.models import MonthClose
from minzheng.kernel.people.frames import form
from minzheng.kernel.periods import Month
from minzheng.kernel.storage.paths import snapshots_home


def month_in_hand() -> Month | None:
    """The month after the last closed one, or the first that was run; None where no month was ever run."""
    closed = MonthClose.objects.aggregate(last=Max("month"))["last"]
    if closed is not None:
        return Month.of(closed) + 1
    run = MonthRun.objects.aggregate(last=Max("month"))["last"]
    return Month.of(run) if run is not None else None


def day_in_hand() -> date | None:
    """The day that a demonstration's city has reached, by its latest run or close; None, for today, where it lives by the clock."""
    if os.environ.get("MINZHENG_DEMO") != "1":
        return None
    ran = MonthRun.objects.order_by("-month", "-attempt").values_list("on", flat=True).first()
    closed = MonthClose.objects.aggregate(day=Max("closed_on"))["day"]
    return max((day for day in (ran, closed) if day is not None), default=None)


def begin_anew(month: Month, snapshot_identity: str) -> None:
    """A run has read the whole register: from here on changes count against its snapshot."""
    LiveMonth.objects.update_or_create(
        month=month.first_day,
        defaults={
            "snapshot_identity": snapshot_identity,
            "delta_identity": "",
            "changed": 0,
            "needs_run": False,
            "form": form(),
            "refreshed_at": Now(),
        },
    )


def folders_of(month: Month) -> tuple[Path | None, Path | None]:
    """The folders of the month's snapshot and of what changed since; None for each that there is not."""
    live = LiveMonth.objects.filter(month=month.first_day).first()
    if live is None:
        run = MonthRun.objects.filter(month=month.first_day).exclude(snapshot_identity="")
        identity = run.order_by("-attempt").values_list("snapshot_identity", flat=True).first()
        return _existing(folders.snapshot_folder(str(month), identity) if identity else None), None
    return base_of(live), delta_of(live)


def base_of(live: LiveMonth) -> Path | None:
    if not live.snapshot_identity:
        return None
    return _existing(folders.snapshot_folder(str(Month.of(live.month)), live.snapshot_identity))


def delta_of(live: LiveMonth) -> Path | None:
    if not live.delta_identity:
        return None
    return _existing(folders.delta_folder(str(Month.of(live.month)), live.delta_identity))


def clear_deltas(month: Month, *keep: str) -> None:
    """Removes the month's deltas but those named by their identities; the empty identity names none."""
    kept = {folders.delta_folder(str(month), identity) for identity in keep if identity}
    for folder in snapshots_home().glob(f"{month}-changed-*"):
        if folder not in kept:
            shutil.rmtree(folder, ignore_errors=True)


def _existing(folder: Path | None) -> Path | None:
    return folder if folder is not None and folder.exists() else None
