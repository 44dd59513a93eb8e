"""Figures of a month's run beside the month before, by programme or place, each in one grouped reading."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Sum
from django.db.models.functions import Left, Now
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from minzheng.kernel.monthend.live import month_in_hand
from minzheng.kernel.monthend.models import LiveMonth, MonthRun, MonthTotal, RunState
from minzheng.kernel.periods import Month

MEASURES = ("eligible", "in_force", "in_force_fen", "orders", "ordered_fen", "leads")
TASK = "monthend.run_month"
# A worker tells the queue every ten seconds that it lives; one that was silent this long is gone.
_SILENT = timedelta(seconds=60)


def run_of(month: Month) -> MonthRun | None:
    return MonthRun.objects.filter(month=month.first_day).order_by("-attempt").first()


def earlier_run(run: MonthRun) -> MonthRun | None:
    """The finished run of the month before."""
    before = (Month.of(run.month) - 1).first_day
    return MonthRun.objects.filter(month=before, state=RunState.DONE).order_by("-attempt").first()


def sums(
    run: MonthRun, key: str, *, place: str = "", length: int = 6, benefit: str = ""
) -> dict[str, dict[str, int]]:
    """A run's figures by `programme`, `benefit` or `place` (a prefix of `length` digits), within `place`."""
    rows = MonthTotal.objects.filter(run=run)
    if place:
        rows = rows.filter(division_code__gte=place, division_code__lt=place + ":")
    if benefit:
        rows = rows.filter(benefit=benefit)
    if key == "place":
        rows = rows.annotate(place=Left("division_code", length))
    found = rows.values(key).annotate(**{f"sum_{m}": Sum(m) for m in MEASURES}).order_by(key)
    return {row[key]: {m: int(row[f"sum_{m}"] or 0) for m in MEASURES} for row in found}


def totals(run: MonthRun) -> dict[str, int]:
    """A run's figures as far as the acting post may see."""
    row = MonthTotal.objects.filter(run=run).aggregate(**{f"sum_{m}": Sum(m) for m in MEASURES})
    return {m: int(row[f"sum_{m}"] or 0) for m in MEASURES}


def live_month() -> LiveMonth | None:
    """What was matched since the last run of the month in hand (当月即时状态); None where nothing was yet."""
    month = month_in_hand()
    return LiveMonth.objects.filter(month=month.first_day).first() if month is not None else None


def over_months(limit: int = 13) -> list[tuple[MonthRun, dict[str, int]]]:
    """The latest finished run of each of the last months with its figures, the oldest first."""
    latest: dict[Any, MonthRun] = {}
    for run in MonthRun.objects.filter(state=RunState.DONE).order_by("-month", "-attempt")[: limit * 4]:
        latest.setdefault(run.month, run)
    chosen = sorted(latest.values(), key=lambda run: run.month)[-limit:]
    rows = (
        MonthTotal.objects.filter(run__in=chosen)
        .values("run_id")
        .annotate(**{f"sum_{m}": Sum(m) for m in MEASURES})
        .order_by("run_id")
    )
    by_run = {row["run_id"]: {m: int(row[f"sum_{m}"] or 0) for m in MEASURES} for row in rows}
    return [(run, by_run.get(run.pk, dict.fromkeys(MEASURES, 0))) for run in chosen]


def queued(month: Month) -> str:
    """Where the month's job stands in the queue: todo, doing, or nothing."""
    return (
        ProcrastinateJob.objects.filter(task_name=TASK, status__in=["todo", "doing"], args__month=str(month))
        .order_by("-id")
        .values_list("status", flat=True)
        .first()
        or ""
    )


def failed_to_begin(month: Month) -> bool:
    """Whether the month's last job ended in failure; where no run was begun, nothing else tells of it."""
    last = (
        ProcrastinateJob.objects.filter(task_name=TASK, args__month=str(month))
        .order_by("-id")
        .values_list("status", flat=True)
    )
    return last.first() == "failed"


def has_worker() -> bool:
    """Whether somebody is there to do queued work."""
    return ProcrastinateWorker.objects.filter(last_heartbeat__gt=Now() - _SILENT).exists()
