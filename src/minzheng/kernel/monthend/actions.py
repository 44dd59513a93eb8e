"""Running a month: `run_month` takes it from the registers to drafted payments, and goes on where it was stopped."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import DatabaseError, transaction
from django.db.models import Max
from django.db.models.functions import Now

from minzheng.kernel.access import acting_as_service, require
from minzheng.kernel.audit import record
from minzheng.kernel.awards.deaths import follow_deaths
from minzheng.kernel.monthend.errors import MonthRefused
from minzheng.kernel.monthend.law import law_of
from minzheng.kernel.monthend.lock import Side, only_run
from minzheng.kernel.monthend.models import MonthRun, MonthStep, RunState, StepState
from minzheng.kernel.monthend.recalculation import recalculate
from minzheng.kernel.monthend.steps import STEPS, Work
from minzheng.kernel.monthend.telling import tell_of_arrears
from minzheng.kernel.payments.actions import draft_orders
from minzheng.kernel.payments.models import MonthClose
from minzheng.kernel.periods import Month, is_workday
from minzheng.kernel.programmes import load_programmes

SERVICE_NAME = "月度办理"


@dataclass(frozen=True, slots=True)
class Progress:
    """What a run tells whoever watches: `state` is started, working, done or kept (done by an earlier attempt)."""

    step: str
    state: str
    done: int = 0
    total: int = 0


Watcher = Callable[[Progress], None]


def usual_day(month: Month) -> date:
    """The day a month's run is dated by where none is given: its last working day."""
    day = month.last_day
    while not is_workday(day):
        day -= timedelta(days=1)
    return day


def run_month(
    month: Month,
    *,
    progress: Watcher | None = None,
    on: date | None = None,
    stop_after: str | None = None,
    wait: bool = False,
    whole: bool = False,
) -> MonthRun:
    """Runs a month end (月度办理) as the platform's service; call it outside of any acting block.

    A run that was killed is taken up at the step it had not finished, with the day it was begun on. A finished run of
    a month that is still open may be repeated: it evaluates everyone anew and replaces drafts that nobody approved.

    Args:
        on: the day the run is dated by; the month's last working day where none is given.
        stop_after: end after this step and leave the rest for a later call.
        wait: wait for another run to end instead of refusing.
        whole: read the whole register, even where only few households changed since the snapshot before.

    Raises:
        MonthBusy: another run is at work.
        MonthRefused: the month is closed, or another month comes first.
    """
    watch = progress or (lambda event: None)
    with only_run(wait=wait) as side:
        run = _begin(month, on)
        for name in STEPS:
            step = MonthStep.objects.get(run=run, name=name)
            if step.state == StepState.DONE:
                watch(Progress(name, "kept", step.done, step.total))
            else:
                _do(run, step, month, side, watch, whole=whole)
            if name == stop_after:
                break
        else:
            _finish(run)
    return MonthRun.objects.get(pk=run.pk)


def recalculate_month(month: Month, *, on: date) -> dict[str, int]:
    """Follows what was learnt since the last look into the open month, between two runs (追溯重算); twice changes nothing.

    Deaths end awards, past months are corrected by the law of each, and the open month's drafts are refreshed: arrears
    are ordered, overpayments recorded and netted. Nothing is paid or taken back by it.

    Raises:
        MonthBusy: a month's run is at work.
        MonthRefused: the month is closed or does not come next.
    """
    with only_run(wait=False), acting_as_service(SERVICE_NAME), transaction.atomic():
        require("monthend.run")
        _require_in_sequence(month)
        deaths = follow_deaths(month=month, on=on)
        looked = recalculate(month=month, on=on)
        drafted = draft_orders(month=month, on=on)
        letters = tell_of_arrears(month=month, on=on)
    return {
        "ended_by_death": deaths.ended,
        "people": looked.people,
        "corrected": looked.corrected,
        "left": looked.left,
        "overpaid": drafted.overpaid,
        "netted": drafted.netted,
        "arrears_letters": letters,
    }


def _begin(month: Month, on: date | None) -> MonthRun:
    """The unfinished run of the month, or a new attempt."""
    with acting_as_service(SERVICE_NAME) as actor:
        require("monthend.run")
        _require_in_sequence(month)
        unfinished = MonthRun.objects.filter(month=month.first_day).exclude(state=RunState.DONE).first()
        if unfinished is not None:
            return _take_up(unfinished, month)
        attempt = MonthRun.objects.filter(month=month.first_day).aggregate(last=Max("attempt"))["last"] or 0
        run = MonthRun.objects.create(
            month=month.first_day, attempt=attempt + 1, on=on or usual_day(month), actor_label=actor.label
        )
        MonthStep.objects.bulk_create(
            MonthStep(run=run, position=at, name=name) for at, name in enumerate(STEPS, 1)
        )
        record("monthend.begin", subject=f"month:{month}", detail={"attempt": run.attempt})
        return run


def _take_up(run: MonthRun, month: Month) -> MonthRun:
    """An unfinished run as it stands; where the law has changed since its snapshot, from the evaluation on."""
    programmes = [p for p in load_programmes() if p.in_force(month)]
    if run.law_identity and run.law_identity != law_of(programmes, month).law.identity:
        run.steps.exclude(name="snapshot").update(state=StepState.WAITING, done=0, total=0, ended_at=None)
        run.law_identity = law_of(programmes, month).law.identity
    run.state, run.error = RunState.RUNNING, ""
    run.save(update_fields=["state", "error", "law_identity"])
    record("monthend.take_up", subject=f"month:{month}", detail={"attempt": run.attempt})
    return run


def _require_in_sequence(month: Month) -> None:
    closed = MonthClose.objects.aggregate(last=Max("month"))["last"]
    if closed is not None:
        following = Month.of(closed) + 1
        if month < following:
            raise MonthRefused(
                f"{month.chinese}已结账，不能再办理；变动记入{following.chinese} / {month} is closed; changes belong to {following}"
            )
        if month > following:
            raise MonthRefused(f"请先办理{following.chinese} / {following} comes first")
        return
    other = MonthRun.objects.exclude(month=month.first_day).order_by("-month").first()
    if other is not None:
        before = Month.of(other.month)
        raise MonthRefused(
            f"{before.chinese}尚未结账，请先结账再办理{month.chinese} / {before} is still open; close it before running {month}"
        )


def _do(
    run: MonthRun, step: MonthStep, month: Month, side: Side, watch: Watcher, *, whole: bool = False
) -> None:
    """One step: its work and the fact that it is done are one transaction."""
    MonthStep.objects.filter(pk=step.pk).update(state=StepState.RUNNING, started_at=Now(), done=0, total=0)
    watch(Progress(step.name, "started"))
    last = [0, 0]

    def report(done: int, total: int) -> None:
        last[:] = [done, total]
        side.progress(step.pk, done, total)
        watch(Progress(step.name, "working", done, total))

    try:
        with acting_as_service(SERVICE_NAME):
            run = MonthRun.objects.get(pk=run.pk)
            detail = STEPS[step.name](Work(run, month, run.on, report, whole))
            run.save()
            MonthStep.objects.filter(pk=step.pk).update(
                state=StepState.DONE, ended_at=Now(), detail=detail, done=last[0], total=last[1]
            )
    except Exception as error:
        _fail(run, step, error)
        raise
    watch(Progress(step.name, "done", *last))


def _fail(run: MonthRun, step: MonthStep, error: Exception) -> None:
    """Leaves on record what stopped the run; it can be taken up after the cause is gone."""
    # Where the database itself has gone away, the run stays as it is and is taken up all the same.
    with suppress(DatabaseError), acting_as_service(SERVICE_NAME):
        MonthStep.objects.filter(pk=step.pk).update(state=StepState.FAILED)
        MonthRun.objects.filter(pk=run.pk).update(
            state=RunState.FAILED, error=f"{type(error).__name__}: {error}"[:2000]
        )


def _finish(run: MonthRun) -> None:
    with acting_as_service(SERVICE_NAME):
        MonthRun.objects.filter(pk=run.pk).update(state=RunState.DONE, ended_at=Now())
        finished = MonthRun.objects.get(pk=run.pk)
        record(
            "monthend.finish",
            subject=f"month:{Month.of(run.month)}",
            detail={
                "attempt": finished.attempt,
                "law": finished.law_identity,
                "snapshot": finished.snapshot_identity,
                "findings": finished.findings_sha256,
                "counts": finished.counts,
            },
        )
