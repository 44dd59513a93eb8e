"""What a change of the register means for the month in hand, found at once instead of at month end (变动即时匹配).

Marked households are read from the register, judged by the month's law and set against their awards; their findings and
leads become those that a run of the whole month would leave. Awards, notices and payments wait for the run.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
from django.db.models.functions import Now

from minzheng.kernel.access import acting_as_service, require
from minzheng.kernel.audit import record
from minzheng.kernel.monthend import folders
from minzheng.kernel.monthend.errors import MonthBusy
from minzheng.kernel.monthend.findings import load_findings
from minzheng.kernel.monthend.law import law_of
from minzheng.kernel.monthend.live import base_of, begin_anew, clear_deltas, delta_of, month_in_hand
from minzheng.kernel.monthend.lock import only_run
from minzheng.kernel.monthend.models import LiveMonth, MonthRun, RunState
from minzheng.kernel.outreach.difference import Among, compare
from minzheng.kernel.outreach.leads import raise_leads
from minzheng.kernel.outreach.models import Finding
from minzheng.kernel.outreach.reasons import fill_reasons
from minzheng.kernel.people.frames import frames_of_households
from minzheng.kernel.people.marks import Marks, any_marks, forget_marks, take_marks
from minzheng.kernel.periods import Month, today
from minzheng.kernel.programmes import load_programmes
from minzheng.kernel.rules import evaluate_frames, merge_delta, read_snapshot_record, write_delta
from minzheng.kernel.storage.paths import snapshots_home

SERVICE_NAME = "变动即时匹配"
MOST_MARKS = 20_000
"""Marks taken at a time; the rest follow in transactions of their own."""
GROWN = 10
"""A delta of more than a tenth of its snapshot's people is written into it."""


@dataclass(frozen=True, slots=True)
class Matched:
    """What a refresh did: households looked at, and what became of their leads; `needs_run` as in `LiveMonth`."""

    month: Month
    households: int = 0
    raised: int = 0
    closed: int = 0
    needs_run: bool = False


def match_changes(*, on: date | None = None) -> Matched | None:
    """Evaluates what changed since the last time (变动即时匹配), as the platform's service; call it outside of acting blocks.

    None where there is nothing to do: nothing changed, no month is in hand, or a month run is at work or unfinished,
    which reads the register itself. Done twice, nothing more happens; killed, the marks it had taken are there again.

    Args:
        on: the day leads are dated by; today if None.
    """
    with acting_as_service(SERVICE_NAME, in_bulk=False):
        if not any_marks():
            return None
    try:
        with only_run(wait=False):
            done: Matched | None = None
            while (batch := match_batch(on or today())) is not None:
                done = _together(done, batch)
            return done
    except MonthBusy:
        return None


def _together(before: Matched | None, batch: Matched) -> Matched:
    if before is None:
        return batch
    return Matched(
        batch.month,
        before.households + batch.households,
        before.raised + batch.raised,
        before.closed + batch.closed,
        before.needs_run or batch.needs_run,
    )


def match_batch(on: date) -> Matched | None:
    """The oldest marks and all that follows from them, as one transaction; None where there is nothing to do."""
    with acting_as_service(SERVICE_NAME, in_bulk=False):
        require("monthend.run")
        month = month_in_hand()
        if month is None:
            # The first run will read everybody.
            forget_marks()
            return None
        runs = MonthRun.objects.filter(month=month.first_day)
        if runs.exclude(state=RunState.DONE).exists():
            return None
        marks = take_marks(MOST_MARKS)
        if not marks.households and not marks.everything:
            return None
        live, _ = LiveMonth.objects.get_or_create(month=month.first_day)
        earlier = live.delta_identity
        matched = _match(live, month, marks, on)
    clear_deltas(month, earlier, live.delta_identity)
    return matched


def _match(live: LiveMonth, month: Month, marks: Marks, on: date) -> Matched:
    counts = {"raised": 0, "closed": 0}
    if marks.households:
        counts = _evaluate(live, month, marks, on)
    live.needs_run = live.needs_run or marks.everything
    live.refreshed_at = Now()
    live.save()
    # Before the month's first run there is nothing to repeat: that run reads everybody.
    again = live.needs_run and bool(live.snapshot_identity)
    matched = Matched(month, len(marks.households), counts["raised"], counts["closed"], again)
    record(
        "monthend.match",
        subject=f"month:{month}",
        detail={"households": matched.households, "raised": matched.raised, "closed": matched.closed,
                "everything": marks.everything},
    )  # fmt: skip
    return matched


def _evaluate(live: LiveMonth, month: Month, marks: Marks, on: date) -> dict[str, int]:
    """Delta, findings and leads of the marked households."""
    programmes = [p for p in load_programmes() if p.in_force(month)]
    law = law_of(programmes, month)
    # Nothing but the marks has changed in this transaction so far.
    persons, households = frames_of_households(marks.households, month, is_committed=True)
    delta = _write(live, month, marks.households, persons, households)
    load_findings(
        month=month,
        findings=evaluate_frames(law.law, persons, households),
        reference=evaluate_frames(law.reference, persons, households) if law.reference else None,
        households=marks.households,
    )
    among = Among(marks.households, sorted({*marks.people, *persons["person_id"].to_list()}))
    compare(month=month, programmes=programmes, among=among)
    counts = raise_leads(month=month, on=on, among=among)
    fill_reasons(month=month, programmes=programmes, law=law.law, snapshot_dir=delta, among=among)
    if not live.snapshot_identity:
        # Until the month is run, the findings in force are those of the month before, and grants rest on them.
        Finding.objects.filter(month=month.first_day, household_id__in=marks.households).delete()
    return counts


def _write(
    live: LiveMonth, month: Month, changed: list[int], persons: pl.DataFrame, households: pl.DataFrame
) -> Path:
    """The delta with these households in it; merged into a new snapshot first where it has grown."""
    base, delta = base_of(live), delta_of(live)
    if base is not None and delta is not None and _has_grown(base, delta):
        folder = folders.working_folder(snapshots_home(), f"merge-{month}")
        merged = merge_delta(base, delta, folder, month=month, as_of=month.first_day)
        folders.put_in_place(folder, folders.snapshot_folder(str(month), merged.identity))
        begin_anew(month, merged.identity)
        live.refresh_from_db()
        delta = None
    folder = folders.working_folder(snapshots_home(), f"delta-{month}")
    written = write_delta(
        persons, households, changed, folder, month=month, as_of=month.first_day, earlier=delta
    )
    final = folders.delta_folder(str(month), written.identity)
    folders.put_in_place(folder, final)
    live.delta_identity, live.changed = written.identity, written.replaced
    return final


def _has_grown(base: Path, delta: Path) -> bool:
    return read_snapshot_record(delta).persons * GROWN > read_snapshot_record(base).persons
