"""Durable jobs of casework; each is put into the queue by the transaction that needs it."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import date, datetime

from asgiref.sync import async_to_sync
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.periods import now_utc, today

KEPT_DAYS, FAILED_KEPT_DAYS, PARTS_KEPT_DAYS = 7, 90, 1
"""How long the queue remembers jobs that are done, and those that failed; how long the rest of a killed upload stays."""


@app.task(name="cases.take_in", queue="cases", pass_context=False)
def take_in_job(*, case_id: int, on: str) -> None:
    """Starts clocks, fetches papers and writes the receipt of a case that its applicant sent online."""
    from minzheng.kernel.cases.taking_in import take_in

    with acting_as_service("casework", in_bulk=False):
        take_in(case=case_id, on=date.fromisoformat(on))


@app.task(name="cases.authorisations", queue="cases", pass_context=False)
def authorisations_job(*, case_id: int, on: str) -> None:
    """Does what follows for a case when a member gave or took back an authorisation online."""
    from minzheng.kernel.cases.authorising import authorisations_changed

    with acting_as_service("casework", in_bulk=False):
        authorisations_changed(case=case_id, on=date.fromisoformat(on))


@app.task(
    name="cases.check", queue="cases", retry=RetryStrategy(max_attempts=4, wait=300), pass_context=False
)
def check_job(*, check_id: int, on: str) -> None:
    """Asks the sources of an economic check; those that are down again soon, and then every night."""
    from minzheng.kernel.cases.check_sources import SourceDown
    from minzheng.kernel.cases.economic_check import ask_sources, sources_down

    with acting_as_service("casework", in_bulk=False):
        down = sources_down(ask_sources(check=check_id, on=date.fromisoformat(on)))
    if down:
        # What the others answered is kept; the queue tries again by its own rule.
        raise SourceDown(f"核对 {check_id}：{'、'.join(down)} 暂不可用 / these sources are down")


@app.task(name="cases.dispute", queue="cases", pass_context=False)
def dispute_job(*, dispute_id: int, on: str) -> None:
    """Tells a case that a disputed value was settled at its source."""
    from minzheng.kernel.cases.disputes import tell_case

    with acting_as_service("casework", in_bulk=False):
        tell_case(dispute=dispute_id, on=date.fromisoformat(on))


@app.task(name="cases.bundle_part", queue="cases", pass_context=False)
def bundle_part_job(*, case_id: int, on: str) -> None:
    """Sends the parts of a joined application that waited for one that ended."""
    from minzheng.kernel.cases.bundles import part_ended

    with acting_as_service("casework", in_bulk=False):
        part_ended(case=case_id, on=date.fromisoformat(on))


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
        with suppress(AlreadyEnqueued):
            nightly_job.configure(queueing_lock=f"nightly {today()}").defer(on=today().isoformat())


@app.task(name="cases.alike", queue="cases", pass_context=False)
def alike_job(*, review_id: int, on: str, after: int = 0) -> None:
    """Looks again at the next cases decided for the reason that an upheld review found wrong, then asks for the rest."""
    from minzheng.kernel.cases.alike import find_alike

    with acting_as_service("casework", in_bulk=False):
        last = find_alike(review=review_id, on=date.fromisoformat(on), after=after)
        if last:
            alike_job.defer(review_id=review_id, on=on, after=last)


@app.task(name="cases.review_withdrawn", queue="cases", pass_context=False)
def review_withdrawn_job(*, review_id: int, on: str) -> None:
    """Writes the letter about a review that was taken back."""
    from minzheng.kernel.cases.reviews import tell_withdrawn

    with acting_as_service("casework", in_bulk=False):
        tell_withdrawn(review=review_id, on=date.fromisoformat(on))


@app.task(name="cases.pass_on_help", queue="cases", lock="cases help", pass_context=False)
def pass_on_help_job(*, at: str) -> None:
    """Passes questions that a clerk left unanswered to the next one on duty."""
    from minzheng.kernel.cases.helping import pass_on_waiting

    with acting_as_service("casework", in_bulk=False):
        pass_on_waiting(at=datetime.fromisoformat(at))


@app.periodic(cron="* * * * *")
@app.task(name="cases.pass_on_help_by_clock", queue="cases", pass_context=False)
def pass_on_help_by_clock(timestamp: int) -> None:
    """Every minute: questions of residents do not wait for one clerk."""
    with suppress(AlreadyEnqueued):
        pass_on_help_job.configure(queueing_lock="pass on help").defer(at=now_utc().isoformat())


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
    with suppress(AlreadyEnqueued):
        refresh_totals_job.configure(queueing_lock="cases totals").defer()


@app.periodic(cron="50 2 * * *")
@app.task(name="cases.clear_up", queue="cases", lock="cases clear up", pass_context=False)
def clear_up_job(timestamp: int) -> None:
    """Forgets jobs that ended long ago and what killed uploads left aside; a failed job is kept for whoever looks into it."""
    from minzheng.kernel.cases.uploads import clear_parts

    forget = async_to_sync(app.job_manager.delete_old_jobs)
    forget(KEPT_DAYS * 24, include_cancelled=True, include_aborted=True)
    forget(FAILED_KEPT_DAYS * 24, include_failed=True)
    clear_parts(older_than=timestamp - PARTS_KEPT_DAYS * 86400)
