"""Durable jobs of the register: telling an act to the register of people, and the night's work."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import date

from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.periods import today

QUEUE, SERVICE = "marriage", "marriage registration"


@app.task(name="marriage.tell", queue=QUEUE, lock=QUEUE, pass_context=False)
def tell_job() -> None:
    """Tells every entry not told yet; one job serves any number of acts."""
    from minzheng.domains.marriage_registration.telling import tell_entries

    with acting_as_service(SERVICE, in_bulk=False):
        while tell_entries():
            pass


@app.periodic(cron="* * * * *")
@app.task(name="marriage.tell_by_clock", queue=QUEUE, pass_context=False)
def tell_by_clock(timestamp: int) -> None:
    """Every minute; what still waits in the queue is not put there again."""
    with suppress(AlreadyEnqueued):
        tell_job.configure(queueing_lock="marriage tell").defer()


@app.task(name="marriage.nightly", queue=QUEUE, lock=QUEUE, pass_context=False)
def nightly_job(*, on: str) -> None:
    """Lapses applications nobody came for, ends marriages of the dead, tells what is left to tell."""
    from minzheng.domains.marriage_registration.divorcing import lapse_divorces
    from minzheng.domains.marriage_registration.telling import end_marriages_of_the_dead, tell_entries

    day = date.fromisoformat(on)
    with acting_as_service(SERVICE):
        lapse_divorces(on=day)
        end_marriages_of_the_dead(on=day)
        while tell_entries():
            pass


@app.periodic(cron="40 1 * * *")
@app.task(name="marriage.nightly_by_clock", queue=QUEUE, pass_context=False)
def nightly_by_clock(timestamp: int) -> None:
    """Puts the night's work of today into the queue; a demonstration's city does not live by the wall clock."""
    if os.environ.get("MINZHENG_DEMO") != "1":
        with suppress(AlreadyEnqueued):
            nightly_job.configure(queueing_lock=f"marriage nightly {today()}").defer(on=today().isoformat())
