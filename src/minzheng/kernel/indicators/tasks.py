"""Durable jobs of the figures."""

from __future__ import annotations

from contextlib import suppress

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.monthend.live import day_in_hand
from minzheng.kernel.periods import today


@app.task(name="indicators.refresh", queue="indicators", lock="indicators count", pass_context=False)
def refresh_job(*, closed: bool) -> None:
    """Counts every figure whose tables changed, in closed periods too where asked; see `counting.refresh`."""
    from minzheng.kernel.indicators.counting import refresh

    with acting_as_service("indicators"):
        refresh(on=day_in_hand() or today(), closed=closed)


@app.periodic(cron="35 * * * *")
@app.task(name="indicators.refresh_by_clock", queue="indicators", pass_context=False)
def refresh_by_clock(timestamp: int) -> None:
    """Counts the open month and year every hour, after casework has; one that still waits is not put into the queue again."""
    with suppress(AlreadyEnqueued):
        refresh_job.configure(queueing_lock="indicators open").defer(closed=False)


@app.periodic(cron="15 3 * * *")
@app.task(name="indicators.refresh_by_night", queue="indicators", pass_context=False)
def refresh_by_night(timestamp: int) -> None:
    """Counts closed periods again where a late fact arrived."""
    with suppress(AlreadyEnqueued):
        refresh_job.configure(queueing_lock="indicators closed").defer(closed=True)
