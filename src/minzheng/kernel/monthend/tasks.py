"""Month end as a durable job: the web starts it, a worker runs it, a killed worker's job is taken up again."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from minzheng.kernel.monthend.errors import MonthBusy
from minzheng.kernel.periods import Month


@app.task(
    name="monthend.run_month",
    queue="monthend",
    lock="monthend",
    # While another process runs the month by hand, the job waits its turn instead of failing.
    retry=RetryStrategy(max_attempts=10, wait=15, retry_exceptions={MonthBusy}),
)
def run_month_job(*, month: str, on: str | None = None) -> None:
    """Runs one month; one job per month, never per person."""
    # This module is read at every start of Django; the engine of the rules is loaded only where a month is run.
    from minzheng.kernel.monthend.actions import run_month

    run_month(Month.parse(month), on=date.fromisoformat(on) if on else None)


@app.task(name="monthend.match_changes", queue="monthend", lock="monthend")
def match_changes_job() -> None:
    """Finds what changes of the register mean for the month in hand; see `incremental.match_changes`."""
    from minzheng.kernel.monthend.incremental import match_changes
    from minzheng.kernel.monthend.live import day_in_hand

    match_changes(on=day_in_hand())


@app.periodic(cron="* * * * *")
@app.task(name="monthend.match_changes_by_clock", queue="monthend")
def match_changes_by_clock(timestamp: int) -> None:
    """Every minute: whoever loses work or has a child is not left to the end of the month."""
    with suppress(AlreadyEnqueued):
        match_changes_job.configure(queueing_lock="match changes").defer()
