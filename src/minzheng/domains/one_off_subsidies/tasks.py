"""Durable job: telling everybody on an approved list, which a page need not wait for."""

from __future__ import annotations

from datetime import date

from procrastinate.contrib.django import app

from minzheng.kernel.access import acting_as_service


@app.task(name="one_off_subsidies.tell", queue="one_off_subsidies", lock="one_off_subsidies")
def tell_job(*, activation_id: int, on: str) -> None:
    """Begun twice, it tells nobody twice."""
    from minzheng.domains.one_off_subsidies.actions import tell

    with acting_as_service("one_off_subsidies"):
        tell(activation_id=activation_id, on=date.fromisoformat(on))
