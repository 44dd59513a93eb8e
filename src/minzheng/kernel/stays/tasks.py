"""Durable jobs of the stays."""

from __future__ import annotations

from procrastinate.contrib.django import app

from minzheng.kernel.access import acting_as_service


@app.periodic(cron="5 * * * *")
@app.task(name="stays.follow_deaths", queue="stays", lock="stays", pass_context=False)
def follow_deaths_job(timestamp: int) -> None:
    """Every hour the beds of those whose death was recorded become free."""
    from minzheng.kernel.stays.actions import follow_deaths

    with acting_as_service("stays"):
        follow_deaths()
