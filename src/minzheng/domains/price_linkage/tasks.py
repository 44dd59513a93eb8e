"""Durable job: telling everybody on an approved list, which a page need not wait for."""

from __future__ import annotations

from datetime import date

from procrastinate.contrib.django import app

from minzheng.kernel.access import acting_as_service


@app.task(name="price_linkage.tell", queue="price_linkage", lock="price_linkage")
def tell_job(*, activation_id: int, on: str) -> None:
    """Begun twice, it tells nobody twice."""
    from minzheng.domains.price_linkage.actions import tell

    with acting_as_service("price_linkage"):
        tell(activation_id=activation_id, on=date.fromisoformat(on))
