"""Durable jobs of bookings; a demonstration's city does not live by the wall clock."""

from __future__ import annotations

import os

from procrastinate.contrib.django import app

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.periods import now_utc


@app.periodic(cron="50 0 * * *")
@app.task(name="bookings.open_slots", queue="bookings", lock="bookings slots", pass_context=False)
def open_slots_job(timestamp: int) -> None:
    """Ends the days that are over and sets out the coming ones."""
    from minzheng.kernel.bookings.actions import open_slots, settle_days

    if os.environ.get("MINZHENG_DEMO") != "1":
        with acting_as_service("bookings"):
            settle_days(at=now_utc())
            open_slots(at=now_utc())


@app.periodic(cron="*/10 * * * *")
@app.task(name="bookings.lapse", queue="bookings", lock="bookings offers", pass_context=False)
def lapse_job(timestamp: int) -> None:
    """Ends offers that nobody confirmed, hands them on, and writes the letters that are due (reminders for tomorrow)."""
    from minzheng.kernel.bookings.actions import lapse, write_notices

    if os.environ.get("MINZHENG_DEMO") != "1":
        with acting_as_service("bookings", in_bulk=False):
            lapse(at=now_utc())
            write_notices(at=now_utc())
