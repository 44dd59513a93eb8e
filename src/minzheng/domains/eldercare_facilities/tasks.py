"""Durable jobs of elder-care facilities."""

from __future__ import annotations

import os

from procrastinate.contrib.django import app

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.periods import today


@app.periodic(cron="50 0 * * *")
@app.task(name="eldercare.release_empty_beds", queue="stays", lock="stays", pass_context=False)
def release_empty_beds_job(timestamp: int) -> None:
    """Every night basic beds empty for too long go to the city's pool; a demonstration does not live by the wall clock."""
    from minzheng.domains.eldercare_facilities.basic_beds import release_empty

    if os.environ.get("MINZHENG_DEMO") != "1":
        with acting_as_service("eldercare"):
            release_empty(on=today())
