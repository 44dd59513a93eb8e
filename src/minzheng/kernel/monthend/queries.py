"""Named readings of month runs: for the screen of the month, for explanations, for the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from minzheng.kernel.monthend import folders, live
from minzheng.kernel.monthend.models import MonthRun, MonthTotal, RunState
from minzheng.kernel.monthend.steps import LABELS
from minzheng.kernel.monthend.totals import MEASURES
from minzheng.kernel.outreach.models import Lead
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import law_for
from minzheng.kernel.rules import (
    Explanation,
    HouseholdInputs,
    evaluate_household,
    explain,
    find_household_now,
    read_household_now,
)


def latest_run(month: Month | None = None) -> MonthRun | None:
    """The latest attempt of a month, or of the latest month that was run."""
    runs = MonthRun.objects.all()
    if month is not None:
        runs = runs.filter(month=month.first_day)
    return runs.order_by("-month", "-attempt").first()


def months_with_findings() -> list[Month]:
    """Months that can be explained, the newest first."""
    rows = MonthRun.objects.exclude(findings_sha256="").values_list("month", flat=True).distinct()
    return sorted({Month.of(m) for m in rows}, reverse=True)


def snapshot_dir_of(month: Month) -> Path | None:
    """The folder of the snapshot that the month's latest run rests on, or None where the month was not run."""
    run = (
        MonthRun.objects.filter(month=month.first_day)
        .exclude(snapshot_identity="")
        .order_by("-attempt")
        .first()
    )
    return folders.snapshot_folder(str(month), run.snapshot_identity) if run else None


def findings_dir_of(month: Month) -> Path | None:
    """The folder of the findings of the month's latest run, or None where the month was not run."""
    run = (
        MonthRun.objects.filter(month=month.first_day)
        .exclude(findings_sha256="")
        .order_by("-attempt")
        .first()
    )
    if run is None:
        return None
    return folders.findings_folder(str(month), run.law_identity, run.snapshot_identity)


def household_inputs(household_id: int, month: Month) -> HouseholdInputs:
    """A household as the month's findings see it: by the run's snapshot, or as it was found changed since.

    Raises:
        KeyError: there is no such household, or the files are gone.
    """
    return read_household_now(*live.folders_of(month), household_id)


def household_holding(person_id: int, month: Month) -> int | None:
    """The household in which the month's findings see a person, or None."""
    return find_household_now(*live.folders_of(month), person_id)


def explain_lead(lead: Lead) -> Explanation | None:
    """Why a lead was raised, with every condition and its paper; None where its snapshot is gone."""
    month = Month.of(lead.last_month)
    law = law_for(month)
    try:
        inputs = household_inputs(lead.household_id or -(lead.person_id or 0), month)
    except KeyError:
        return None
    trace = evaluate_household(law, inputs)
    return explain(law, trace, lead.benefit, lead.person_id if lead.unit == "person" else None)


def progress_of(run: MonthRun) -> list[dict[str, Any]]:
    """The steps of a run with their state and progress, as a page or a program shows them."""
    return [
        {
            "name": step.name,
            "label": LABELS[step.name],
            "state": step.state,
            "done": step.done,
            "total": step.total,
            "detail": step.detail,
        }
        for step in run.steps.order_by("position")
    ]


def totals_by_place(run: MonthRun, *, prefix_length: int = 6) -> list[dict[str, Any]]:
    """A run's totals by benefit and district (6) or street (9), as far as the acting post may see."""
    sums: dict[tuple[str, str, str], dict[str, int]] = {}
    for total in MonthTotal.objects.filter(run=run).order_by("programme", "benefit", "division_code"):
        key = (total.programme, total.benefit, total.division_code[:prefix_length])
        row = sums.setdefault(key, dict.fromkeys(MEASURES, 0))
        for measure in MEASURES:
            row[measure] += getattr(total, measure)
    return [{"programme": p, "benefit": b, "division_code": d, **row} for (p, b, d), row in sums.items()]


def differences_by_place(run: MonthRun, *, prefix_length: int = 6) -> list[dict[str, Any]]:
    """How a run's totals differ from those of the month before, by benefit and place; rows without change are left out."""
    month = Month.of(run.month)
    before = (
        MonthRun.objects.filter(month=(month - 1).first_day, state=RunState.DONE).order_by("-attempt").first()
    )
    if before is None:
        return []
    keys = ("programme", "benefit", "division_code")
    now, then = (
        {tuple(row[k] for k in keys): row for row in totals_by_place(one, prefix_length=prefix_length)}
        for one in (run, before)
    )
    found = []
    for key in sorted({*now, *then}):
        change = {m: now.get(key, {}).get(m, 0) - then.get(key, {}).get(m, 0) for m in MEASURES}
        if any(change.values()):
            found.append(dict(zip(keys, key, strict=True)) | change)
    return found


def is_running(run: MonthRun) -> bool:
    return run.state == RunState.RUNNING
