"""Booking one place under contention, as a ratio to a bare INSERT of the same rows on the same server.

Several connections book places of one slot as residents (each one with two parties, audit and count); beside it the same
number of connections only INSERT a row a booking and two rows a couple in one transaction into tables without
trigger, policy or index.

    python benchmarks/bookings.py [--bookings 60] [--connections 4]
"""

from __future__ import annotations

import argparse
import os
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from tempfile import TemporaryDirectory

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minzheng.surfaces.settings")
FOLDER = TemporaryDirectory(prefix="minzheng-bench-")
os.environ["MINZHENG_TEST_FILES"] = FOLDER.name

# Models may be imported only after Django has been set up, so the imports below cannot stand at the top.
import django  # noqa: E402

django.setup()

from django.db import connection, connections, transaction  # noqa: E402

from minzheng.kernel.bookings.errors import SlotFull  # noqa: E402
from minzheng.kernel.bookings.making import Told  # noqa: E402
from minzheng.kernel.bookings.models import Slot  # noqa: E402
from minzheng.kernel.bookings.tests.conftest import (  # noqa: E402
    books,
    make_office,
    make_person,
    new_number,
    slots_of,
)
from minzheng.kernel.storage.testing import cloned_database, template_database  # noqa: E402

_BARE = """CREATE TABLE bench_booking (id bigserial, slot bigint, code text);
CREATE TABLE bench_party (booking bigint, name text, number text);
GRANT ALL ON bench_booking, bench_party, bench_booking_id_seq TO PUBLIC"""


def at_once(works: Sequence[Callable[[], None]], workers: int) -> tuple[float, list[float]]:
    """Runs the works on so many connections; seconds altogether, and each one's."""
    told: list[float] = []
    queue, lock, gate = iter(works), threading.Lock(), threading.Barrier(workers + 1)

    def worker() -> None:
        connections["default"].ensure_connection()
        gate.wait()
        try:
            while True:
                with lock:
                    work = next(queue, None)
                if work is None:
                    return
                started = time.perf_counter()
                work()
                told.append(time.perf_counter() - started)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=worker) for _ in range(workers)]
    for thread in threads:
        thread.start()
    gate.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    return time.perf_counter() - started, told


def bare() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_booking (slot, code) VALUES (1, '000000') RETURNING id")
        number = cursor.fetchone()[0]
        for name in ("a", "b"):
            cursor.execute("INSERT INTO bench_party VALUES (%s, %s, %s)", [number, name, new_number()])


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument(
        "--bookings", type=int, default=60, help="places of the slot, and as many who come too late"
    )
    ask.add_argument("--connections", type=int, default=4)
    options = ask.parse_args()
    with cloned_database(template_database(), "bench"):
        with connections["owner"].cursor() as cursor:
            cursor.execute(_BARE)
        slot = slots_of(make_office(places=options.bookings))[0].pk
        people = [make_person() for _ in range(2 * options.bookings)]
        refused = threading.Semaphore(0)

        def books_one(person) -> None:  # type: ignore[no-untyped-def]
            try:
                books(person, slot, Told("外省合成", new_number()))
            except SlotFull:
                refused.release()

        plain, _each = at_once([bare] * options.bookings, options.connections)
        sold, each = at_once([partial(books_one, p) for p in people[: options.bookings]], options.connections)
        late, late_each = at_once(
            [partial(books_one, p) for p in people[options.bookings :]], options.connections
        )
        taken = Slot.objects.values_list("taken", flat=True).get(pk=slot)
    print(f"{options.bookings} places of one slot, {options.connections} connections: {taken} sold")
    print(f"bare INSERT of the same three rows  1.00  {1000 * plain / options.bookings:.1f} ms each")
    print(
        f"booking a place                     {sold / plain:.2f}  {1000 * statistics.median(each):.1f} ms median"
    )
    print(
        f"being told that it is full          {late / plain:.2f}  {1000 * statistics.median(late_each):.1f} ms median"
    )


if __name__ == "__main__":
    main()
