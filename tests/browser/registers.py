"""Work with the town's registers beside a running browser.

Django keeps other connections where an event loop runs, as the browser's driver does in the tests' own thread. What a fixture opens
before the driver starts would so stay open behind it, and be dead once its town is dropped. A thread of its own has neither.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Found = TypeVar("Found")


def apart(blocker: Any, work: Callable[[], Found]) -> Found:
    """Does something in a thread of its own, with connections of its own that end with it."""
    from django.db import connections

    def alone() -> Found:
        try:
            return work()
        finally:
            connections.close_all()

    with blocker.unblock(), ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(alone).result()


def read(blocker: Any, query: Callable[[], Found]) -> Found:
    """Runs a query, or acts, as a service in a thread of its own."""
    from minzheng.kernel.access import acting_as_service

    def work() -> Found:
        with acting_as_service("test"):
            return query()

    return apart(blocker, work)
