"""Durable jobs of the centres."""

from __future__ import annotations

import os

from procrastinate.contrib.django import app

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.periods import today


@app.periodic(cron="40 0 * * *")
@app.task(name="centres.open_slots", queue="centres", lock="centres slots", pass_context=False)
def open_slots_job(timestamp: int) -> None:
    """Offers the coming days for booking; a demonstration's city does not live by the wall clock."""
    from minzheng.kernel.centres.actions import open_slots

    if os.environ.get("MINZHENG_DEMO") != "1":
        with acting_as_service("centres"):
            open_slots(on=today())
