"""Sharing out beds: a whole city's queue against a whole city's beds, beside reading the same rows.

People, homes and ranks are drawn; a third of the homes take their own district first, so that people displace each other.
The yardstick is polars reading the same people and choices from Parquet into Python rows on the same machine.

    python benchmarks/allocation.py                       # 100,000 people, 160,000 beds
    python benchmarks/allocation.py --people 10000 --beds 6000
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import polars as pl

from minzheng.kernel.stays.allocation import Unit, Waiter, allocate, choices_met

DISTRICTS = [f"3101{number:02d}" for number in range(1, 17)]


def draw(people: int, beds: int, seed: int = 1) -> tuple[list[Waiter], dict[Unit, int], dict[int, str]]:
    """People with up to five homes, two kinds of bed, beds for men, for women and for both."""
    random = Random(seed)
    homes = max(1, beds // 200)
    places = [random.choice(DISTRICTS) for _ in range(homes)]
    liked = [random.paretovariate(1.2) for _ in range(homes)]
    capacity: Counter[Unit] = Counter()
    for _ in range(beds):
        home = random.randrange(homes)
        capacity[home, "dementia" if random.random() < 0.06 else "basic", random.choice((0, 0, 1, 2))] += 1
    first = date(2021, 1, 1)
    waiters = []
    for number in range(people):
        chosen = dict.fromkeys(random.choices(range(homes), liked, k=5))
        waiters.append(
            Waiter(
                number, random.choice((1, 2, 2, 3, 4, 5, 5, 5)), random.choice((2, 3, 3, 4, 5, 6)),
                first + timedelta(days=random.randrange(600)), random.choice((1, 2)),
                "dementia" if random.random() < 0.06 else "basic", tuple(chosen), random.choice(DISTRICTS),
                random.random() < 0.005,
            )
        )  # fmt: skip
    return waiters, dict(capacity), {home: places[home] for home in range(0, homes, 3)}


def write(waiters: list[Waiter], path: Path) -> None:
    """The same people as one row for each choice."""
    rows = [
        (w.number, w.rank, w.grade, w.since, w.sex, w.kind, w.district, w.goes_before_all, home, at)
        for w in waiters
        for at, home in enumerate(w.homes)
    ]
    names = ["number", "rank", "grade", "since", "sex", "kind", "district", "first", "home", "at"]
    pl.DataFrame(rows, schema=names, orient="row").write_parquet(path)


def timed(act: Callable[[], Any], times: int) -> tuple[float, Any]:
    """The median of several runs, in seconds, and what the last one gave."""
    seconds, result = [], None
    for _ in range(times):
        begun = time.perf_counter()
        result = act()
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds), result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--beds", type=int, default=160_000)
    parser.add_argument("--times", type=int, default=3)
    asked = parser.parse_args()
    waiters, capacity, own = draw(asked.people, asked.beds)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "queue.parquet"
        write(waiters, path)
        reading, rows = timed(lambda: pl.read_parquet(path).rows(), asked.times)
    one_order, _ = timed(lambda: allocate(waiters, capacity), asked.times)
    own_orders, result = timed(lambda: allocate(waiters, capacity, own), asked.times)
    given = sum(place is not None for place in result)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{asked.people:,} people with {len(rows):,} choices, {asked.beds:,} beds in {len(capacity):,} units"
    )
    print(f"given {given:,}; cumulative choices met {choices_met(result, 5)}")
    print(f"reading the rows: 1.0 ({reading * 1000:,.0f} ms)")
    print(f"one order for all homes: {one_order / reading:.1f}")
    print(f"a third of the homes take their own district first: {own_orders / reading:.1f}")
    print(f"peak memory of the process: {peak:,.0f} MB")


if __name__ == "__main__":
    main()
