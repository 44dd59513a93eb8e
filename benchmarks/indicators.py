"""Counting figures: what it costs as a multiple of reading the same rows once, and what a page of figures costs after that.

A year of counted cases over sixteen districts, as the base of casework's figures holds them. "Reading" fetches every row of
each figure's SELECT once. Counting tells the same rows off to months, years, streets,
districts, the city, items and channels, and keeps them. A second count, after one late fact, and a page are measured too.

    python benchmarks/indicators.py [--cases 100000]
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from datetime import date
from tempfile import TemporaryDirectory

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minzheng.surfaces.settings")
FOLDER = TemporaryDirectory(prefix="minzheng-bench-")
os.environ["MINZHENG_TEST_FILES"] = FOLDER.name

# Models may be imported only after Django has been set up, so the imports below cannot stand at the top.
import django  # noqa: E402

django.setup()

from django.db import connection  # noqa: E402

from minzheng.kernel.access import acting, acting_as_service  # noqa: E402
from minzheng.kernel.access.testing import make_post  # noqa: E402
from minzheng.kernel.indicators import identities, reading  # noqa: E402
from minzheng.kernel.indicators.counting import refresh  # noqa: E402
from minzheng.kernel.indicators.reading import Asked  # noqa: E402
from minzheng.kernel.indicators.registry import registry  # noqa: E402
from minzheng.kernel.storage.testing import cloned_database, template_database  # noqa: E402

ON, RUNS = date(2022, 12, 31), 5
STREETS = [f"3101{district:02}{street:03}" for district in (1, 4, 5, 6, 7, 9, 10, 12, 13, 14, 15, 16, 17, 18, 20, 51)
           for street in range(1, 15)]  # fmt: skip
_FILL = """
    INSERT INTO cases_counted (case_id, item, domain, channel, accepting_division, deciding_division, state, submitted_on,
      accepted_on, ended_on, is_late, departs, is_online, is_crossed, papers_needed, papers_fetched, papers_failed, issuers,
      is_rated_low)
    SELECT 202200000000000 + n, 'item' || n %% 200, 'cases', (array['counter', 'online', 'home'])[1 + n %% 3],
      s, s, (array['granted', 'granted', 'granted', 'refused', 'accepted'])[1 + n %% 5], day, day,
      CASE WHEN n %% 5 < 4 THEN day END, n %% 50 = 0, false, n %% 3 = 1, n %% 20 = 0, 2, 1, 0, '[]', false
    FROM generate_series(%s, %s) n,
      LATERAL (SELECT (%s::text[])[1 + (n * 7919) %% %s] AS s, date '2022-01-01' + ((n * 31) %% 365)::int AS day) t
"""


def fill(first: int, last: int) -> None:
    """Counted cases by one statement."""
    with acting_as_service("benchmark"), connection.cursor() as cursor:
        cursor.execute(_FILL, [first, last, STREETS, len(STREETS)])


def median(work: Callable[[], object], runs: int = RUNS) -> float:
    """The median seconds of a piece of work; the first run warms up and does not count."""
    told = []
    for _ in range(runs + 1):
        started = time.perf_counter()
        work()
        told.append(time.perf_counter() - started)
    return statistics.median(told[1:])


def once(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def read_rows() -> int:
    """Every row of every figure's SELECT, for the two years that are kept; returns how many."""
    rows = 0
    with acting_as_service("benchmark"), connection.cursor() as cursor:
        for figure in registry().indicators.values():
            cursor.execute(figure.rows, {"first": date(2021, 1, 1), "last": ON, "on": ON})
            rows += len(cursor.fetchall())
    return rows


def count() -> None:
    with acting_as_service("benchmark"):
        refresh(on=ON)


def run(cases: int) -> None:
    """Fills, measures and prints ratios."""
    with cloned_database(template_database(), "bench"):
        fill(1, cases)
        rows = read_rows()
        reading_seconds = median(read_rows)
        first = once(count)
        unchanged = once(count)
        fill(cases + 1, cases + 1)
        late = once(count)
        asked = Asked.year(2022)
        with acting(make_post("city_policy_officer", "310000")):
            page = median(lambda: (reading.answers(asked), reading.answers(asked.year_before)), 15)
            one = median(lambda: reading.by_place(registry().figure("cases.accepted"), asked), 15)
            held = median(identities.check)
    print(f"{len(registry().indicators)} figures, {rows:,} rows read once by all together: 1")
    for name, told in (
        ("first count", first),
        ("count, nothing changed", unchanged),
        ("count after a late fact", late),
        ("dashboard's answers", page),
        ("a figure by district", one),
        ("every identity", held),
    ):
        print(f"{name:<26} {told / reading_seconds:>8.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=100_000)
    run(parser.parse_args().cases)
