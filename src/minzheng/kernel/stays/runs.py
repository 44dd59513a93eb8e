"""All free beds of a place shared out at once: drafted by one official, reviewed by another, issued (统筹分配)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date

from django.db import transaction

from minzheng.kernel.access import require
from minzheng.kernel.access.actor import scope_of
from minzheng.kernel.audit import record
from minzheng.kernel.stays.errors import StayRefused
from minzheng.kernel.stays.models_waiting import AllocationRun, Offer, RunLine, RunState
from minzheng.kernel.stays.offers import lock_sharing, make_offers, share_out


@transaction.atomic
def draft_run(*, on: date, note: str = "") -> AllocationRun:
    """Shares out the free beds of the acting post's place and keeps the result as a draft (拟制分配方案).

    A district's run is over its own homes and its own people; the city's over all.
    """
    actor = require("stays.allocate")
    shares = share_out(on=on, scope=scope_of(actor.division_code))
    run = AllocationRun.objects.create(
        division_code=actor.division_code, on=on, waiting_count=len(shares.waiters), bed_count=shares.beds,
        given_count=len(shares.lines), first_choices=sum(1 for line in shares.lines if line[2] == 1),
        digest=digest_of(shares.lines), made_by_id=actor.official, note=note[:500],
    )  # fmt: skip
    RunLine.objects.bulk_create(
        [RunLine(run=run, waiting_id=w, bed_id=bed, choice=choice) for w, bed, choice in shares.lines],
        batch_size=2000,
    )
    _trace("stays.draft_run", run)
    return run


@transaction.atomic
def review_run(*, run: AllocationRun | int, on: date) -> AllocationRun:
    """A second official has looked at the draft (复核分配方案).

    Raises:
        StayRefused: the draft is the reviewer's own, or it no longer is a draft.
    """
    actor = require("stays.allocate")
    found = _locked(run, RunState.DRAFT)
    if found.made_by_id == actor.official:
        raise StayRefused("不能复核本人拟制的方案 / nobody reviews their own draft; ask another official")
    found.state, found.reviewed_by_id = RunState.REVIEWED, actor.official
    found.save(update_fields=["state", "reviewed_by"])
    _trace("stays.review_run", found)
    return found


@transaction.atomic
def issue_run(*, run: AllocationRun | int, on: date) -> list[Offer]:
    """Sends the reviewed run's offers (发出分配方案).

    Raises:
        StayRefused: the queue or the beds have changed since the draft, so that the lines no longer follow from the order.
    """
    require("stays.allocate")
    found = _locked(run, RunState.REVIEWED)
    lock_sharing()
    lines = list(RunLine.objects.filter(run=found).values_list("waiting_id", "bed_id", "choice"))
    now = share_out(on=on, scope=scope_of(found.division_code))
    if digest_of(lines) != found.digest or digest_of(now.lines) != found.digest:
        raise StayRefused(
            "拟制后轮候队列或空床有变化，请作废后重新拟制 / the queue or the beds changed since the draft; "
            "discard it and draft anew"
        )
    made = make_offers(lines, on=on, run_id=found.pk)
    found.state, found.issued_on = RunState.ISSUED, on
    found.save(update_fields=["state", "issued_on"])
    _trace("stays.issue_run", found)
    return made


@transaction.atomic
def discard_run(*, run: AllocationRun | int) -> AllocationRun:
    """A draft that will not be issued (作废分配方案)."""
    require("stays.allocate")
    found = _locked(run, RunState.DRAFT, RunState.REVIEWED)
    found.state = RunState.DISCARDED
    found.save(update_fields=["state"])
    _trace("stays.discard_run", found)
    return found


def digest_of(lines: Sequence[tuple[int, int, int]]) -> str:
    """SHA-256 over the lines in order of the application's number."""
    text = "\n".join(f"{waiting} {bed} {choice}" for waiting, bed, choice in sorted(lines))
    return hashlib.sha256(text.encode()).hexdigest()


def _locked(run: AllocationRun | int, *states: RunState) -> AllocationRun:
    number = run if isinstance(run, int) else run.pk
    found = AllocationRun.objects.select_for_update(of=("self",)).filter(pk=number).first()
    if found is None:
        raise StayRefused("没有这个分配方案，或不在您的管理范围 / no such run, or not in your charge")
    if found.state not in states:
        raise StayRefused(f"方案{found.get_state_display()}，不能办理此项 / the run is {found.state}")
    return found


def _trace(act: str, run: AllocationRun) -> None:
    record(
        act, subject=f"stays.run:{run.pk}", division_code=run.division_code,
        detail={"beds": run.bed_count, "waiting": run.waiting_count, "given": run.given_count, "digest": run.digest},
    )  # fmt: skip
