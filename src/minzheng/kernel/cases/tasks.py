"""Durable jobs of casework; each is put into the queue by the transaction that needs it."""

from __future__ import annotations

from datetime import date, datetime

from procrastinate.contrib.django import app

from minzheng.kernel.access import acting_as_service


@app.task(name="cases.take_in", queue="cases", pass_context=False)
def take_in_job(*, case_id: int, on: str) -> None:
    """Starts clocks, fetches papers and writes the receipt of a case that its applicant sent online."""
    from minzheng.kernel.cases.taking_in import take_in

    with acting_as_service("casework"):
        take_in(case=case_id, on=date.fromisoformat(on))


@app.task(name="cases.nightly", queue="cases", lock="cases nightly", pass_context=False)
def nightly_job(*, on: str) -> None:
    """Warnings, escalation, lapses, expiries and moves of the night; see `sweeping.nightly`."""
    from minzheng.kernel.cases.sweeping import nightly

    with acting_as_service("casework"):
        nightly(on=date.fromisoformat(on))


@app.task(name="cases.alike", queue="cases", pass_context=False)
def alike_job(*, review_id: int, on: str, after: int = 0) -> None:
    """Looks again at the next cases decided for the reason that an upheld review found wrong, then asks for the rest."""
    from minzheng.kernel.cases.alike import find_alike

    with acting_as_service("casework"):
        last = find_alike(review=review_id, on=date.fromisoformat(on), after=after)
        if last:
            alike_job.defer(review_id=review_id, on=on, after=last)


@app.task(name="cases.pass_on_help", queue="cases", lock="cases help", pass_context=False)
def pass_on_help_job(*, at: str) -> None:
    """Passes questions that a clerk left unanswered to the next one on duty."""
    from minzheng.kernel.cases.helping import pass_on_waiting

    with acting_as_service("casework"):
        pass_on_waiting(at=datetime.fromisoformat(at))
