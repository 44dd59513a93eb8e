"""Reading the town's registers beside a running browser, whose event loop the database layer refuses to work in."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Found = TypeVar("Found")


def read(blocker: Any, query: Callable[[], Found]) -> Found:
    """Runs a query as a service in a thread of its own, with a connection of its own."""
    from django.db import connections

    from minzheng.kernel.access import acting_as_service

    def work() -> Found:
        try:
            with acting_as_service("test"):
                return query()
        finally:
            connections.close_all()

    with blocker.unblock(), ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(work).result()
