"""Durable jobs of the queue; each is put into the queue of jobs by the transaction that needs it."""

from __future__ import annotations

import os
from datetime import date

from procrastinate.contrib.django import app

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.periods import today

NAME = "bed queue"


@app.task(name="beds.take_in", queue="stays", pass_context=False)
def take_in_job(*, waiting_id: int, on: str) -> None:
    """Confirms an application, or an application whose grade changed."""
    from minzheng.domains.eldercare_beds.beds import take_in

    with acting_as_service(NAME, in_bulk=False):
        take_in(waiting_id=waiting_id, on=date.fromisoformat(on))


@app.task(name="beds.follow_up", queue="stays", pass_context=False)
def follow_up_job(*, offer_id: int, on: str) -> None:
    """Reserves an accepted bed, or passes a declined one on."""
    from minzheng.domains.eldercare_beds.beds import follow_up

    with acting_as_service(NAME, in_bulk=False):
        follow_up(offer_id=offer_id, on=date.fromisoformat(on))


@app.task(name="beds.share_out", queue="stays", lock="beds share out", pass_context=False)
def share_out_job(*, on: str) -> None:
    """Offers every free bed to the first person it fits."""
    from minzheng.kernel.stays.offers import offer_free_beds
    from minzheng.kernel.stays.waiting import sweep

    with acting_as_service(NAME):
        sweep(on=date.fromisoformat(on))
        offer_free_beds(on=date.fromisoformat(on))


@app.periodic(cron="20 1 * * *")
@app.task(name="beds.nightly", queue="stays", lock="beds nightly", pass_context=False)
def nightly_job(timestamp: int) -> None:
    """The night of the queue; a demonstration's city does not live by the wall clock."""
    from minzheng.domains.eldercare_beds.beds import nightly

    if os.environ.get("MINZHENG_DEMO") != "1":
        with acting_as_service(NAME):
            nightly(on=today())
