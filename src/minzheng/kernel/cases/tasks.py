"""Durable jobs of casework; each is put into the queue by the transaction that needs it."""

from __future__ import annotations

from datetime import date

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
