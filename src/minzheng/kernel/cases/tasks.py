"""Durable jobs of casework; each is put into the queue by the transaction that needs it."""

from __future__ import annotations

import contextlib
import os
from datetime import date

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.periods import today


@app.task(name="cases.take_in", queue="cases", pass_context=False)
def take_in_job(*, case_id: int, on: str) -> None:
    """Starts clocks, fetches papers and writes the receipt of a case that its applicant sent online."""
    from minzheng.kernel.cases.taking_in import take_in

    with acting_as_service("casework", in_bulk=False):
        take_in(case=case_id, on=date.fromisoformat(on))


@app.task(name="cases.nightly", queue="cases", lock="cases nightly", pass_context=False)
def nightly_job(*, on: str) -> None:
    """Warnings, escalation, lapses, expiries and moves of the night; see `sweeping.nightly`."""
    from minzheng.kernel.cases.sweeping import nightly

    with acting_as_service("casework", in_bulk=False):
        nightly(on=date.fromisoformat(on))


@app.periodic(cron="10 1 * * *")
@app.task(name="cases.nightly_by_clock", queue="cases", pass_context=False)
def nightly_by_clock(timestamp: int) -> None:
    """Puts the night's work of today into the queue; a demonstration's city does not live by the wall clock."""
    if os.environ.get("MINZHENG_DEMO") != "1":
        nightly_job.configure(queueing_lock=f"nightly {today()}").defer(on=today().isoformat())


@app.task(name="cases.refresh_totals", queue="cases", lock="cases totals", pass_context=False)
def refresh_totals_job() -> None:
    """Counts what happened since the last time; see `counting.refresh_totals`."""
    from minzheng.kernel.cases.counting import refresh_totals

    with acting_as_service("casework", in_bulk=False):
        refresh_totals()


@app.periodic(cron="25 * * * *")
@app.task(name="cases.refresh_totals_by_clock", queue="cases", pass_context=False)
def refresh_totals_by_clock(timestamp: int) -> None:
    """Refreshes the totals every hour; one that still waits is not put into the queue again."""
    with contextlib.suppress(AlreadyEnqueued):
        refresh_totals_job.configure(queueing_lock="cases totals").defer()
