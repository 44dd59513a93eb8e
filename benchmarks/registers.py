"""The register as columns, refreshed after one person in a hundred changed: as a share of doing everything anew.

Fills a city, reads it whole into a snapshot, evaluates it whole; then changes the pension of one household in a hundred,
all over the city, reads the marked households alone into a delta and evaluates that. Every part is the fastest of its
runs, for what else the machine does falls on none. At the end base and delta are held against a full export of the
changed register, to the fen. Then the next month's snapshot is written on from this one, with the households that changed
and those that the day has reached, and held against a whole reading byte for byte. Beside them stands a bare COPY of the very tables that the export reads. Goals: each at most
5 % of the whole.

    python benchmarks/registers.py [--residents 1000000] [--runs 5]
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minzheng.surfaces.settings")
FOLDER = TemporaryDirectory(prefix="minzheng-bench-")
os.environ["MINZHENG_TEST_FILES"] = FOLDER.name

# Models may be imported only after Django has been set up, so the imports below cannot stand at the top.
import django  # noqa: E402

django.setup()

import register_fill as fill  # noqa: E402
from django.db import connection  # noqa: E402
from register_fill import MONTH  # noqa: E402

from minzheng.domains import DOMAINS  # noqa: E402
from minzheng.kernel.access import acting_as_service  # noqa: E402
from minzheng.kernel.monthend.carrying import read_register  # noqa: E402
from minzheng.kernel.monthend.folders import snapshot_folder  # noqa: E402
from minzheng.kernel.monthend.live import begin_anew  # noqa: E402
from minzheng.kernel.people.frames import frames_of_households, population_frames  # noqa: E402
from minzheng.kernel.people.marks import forget_marks, take_marks  # noqa: E402
from minzheng.kernel.periods import Month  # noqa: E402
from minzheng.kernel.programmes import compile_law, load_programmes  # noqa: E402
from minzheng.kernel.rules import (  # noqa: E402
    combine_findings,
    evaluate_delta,
    evaluate_snapshot,
    read_findings,
    read_replaced,
    read_snapshot_record,
    write_delta,
    write_snapshot,
)
from minzheng.kernel.storage.bulk import raw_connection  # noqa: E402
from minzheng.kernel.storage.testing import cloned_database, template_database  # noqa: E402

GOAL = 0.05
READ = ("person", "membership", "hukourecord", "residence", "household", "fact")
_CHANGE = """
    UPDATE people_fact SET int_value = int_value + 100 WHERE kind = 'pension_fen' AND superseded_at IS NULL AND person_id IN
      (SELECT DISTINCT ON (household_id) person_id FROM people_membership WHERE household_id % 100 = 0
       ORDER BY household_id, person_id)
"""
_CHANGE_BIRTH = """
    UPDATE people_person SET birth_date = birth_date - 1 WHERE id IN
      (SELECT DISTINCT ON (household_id) person_id FROM people_membership WHERE household_id % 100 = 0
       ORDER BY household_id, person_id)
"""


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def bare_copy() -> None:
    """The tables that an export reads, out of the database as they are and nowhere else."""
    with acting_as_service("benchmark"), raw_connection().cursor() as cursor:
        for table in READ:
            with cursor.copy(f"COPY (SELECT * FROM people_{table}) TO STDOUT") as copy:  # type: ignore[arg-type]
                for _ in copy:
                    pass


def export(folder: Path, month: Month = MONTH) -> None:
    with acting_as_service("benchmark"):
        write_snapshot(*population_frames(month), folder, month=month, as_of=month.first_day)


def change() -> int:
    """Changes a pension and a day of birth in one household of a hundred; returns how many are marked."""
    with acting_as_service("benchmark"), connection.cursor() as cursor:
        forget_marks()
        for statement in (_CHANGE, _CHANGE_BIRTH):
            cursor.execute(statement)
        cursor.execute("SELECT count(DISTINCT household_id) FROM people_householdmark WHERE household_id > 0")
        return int(cursor.fetchone()[0])


def refresh(folder: Path) -> None:
    """What stands marked, into a delta beside the snapshot."""
    with acting_as_service("benchmark", in_bulk=False):
        marks = take_marks(100_000_000)
        persons, households = frames_of_households(marks.households, MONTH, is_committed=True)
        write_delta(persons, households, marks.households, folder, month=MONTH, as_of=MONTH.first_day)


def carry(base: Path, folder: Path) -> int | None:
    """The next month's snapshot, continued from the base; returns how many households were read anew."""
    with acting_as_service("benchmark"):
        identity = read_snapshot_record(base).identity
        kept = snapshot_folder(str(MONTH), identity)
        if not kept.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.symlink_to(base)
        begin_anew(MONTH, identity)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return read_register(MONTH + 1, folder)[1]


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--residents", type=int, default=1_000_000)
    options.add_argument("--runs", type=int, default=5)
    chosen = options.parse_args()
    law = compile_law(load_programmes(DOMAINS), MONTH)
    work = Path(FOLDER.name)
    with cloned_database(template_database(), "bench"):
        fill.fill(chosen.residents)
        times: dict[str, list[float]] = {}

        def timed(name: str, action: Callable[[], object]) -> None:
            times.setdefault(name, []).append(seconds(action))

        base, whole, delta = work / "base", work / "whole", work / "delta"
        export(base)
        for _ in range(chosen.runs):
            timed("bare COPY", bare_copy)
            timed("full export", lambda: export(whole))
            timed("full evaluation", lambda: evaluate_snapshot(law, base, work / "base-found"))
            changed = change()
            timed("refresh", lambda: refresh(delta))
            timed("incremental evaluation", lambda: evaluate_delta(law, delta, work / "delta-found"))
        export(whole)
        evaluate_snapshot(law, whole, work / "whole-found")
        anew: int | None = None
        for _ in range(chosen.runs):
            change()
            started = time.perf_counter()
            anew = carry(base, work / "next")
            times.setdefault("next month, continued", []).append(time.perf_counter() - started)
        export(work / "next-whole", MONTH + 1)
        carried, read = (read_snapshot_record(work / name) for name in ("next", "next-whole"))
        if anew is None or carried != read:
            raise SystemExit("the next month continued differs from a whole reading")
    found = combine_findings(
        read_findings(work / "base-found"), read_findings(work / "delta-found"), read_replaced(delta)
    )
    if not found.equals(read_findings(work / "whole-found").sort("benefit", "household_id", "person_id")):
        raise SystemExit("base and delta differ from a full run: the comparison would be worth nothing")
    print(f"findings {found.height:,}, those of a full run to the fen")
    best = {name: min(series) for name, series in times.items()}
    print(f"residents {chosen.residents:,}, households changed {changed:,}")
    for name, series in times.items():
        print(f"{name:>24}: {best[name]:8.3f} s (fastest of {', '.join(f'{t:.3f}' for t in series)})")
    ratios = {
        "refresh / full export": (best["refresh"] / best["full export"], GOAL),
        "incremental / full evaluation": (best["incremental evaluation"] / best["full evaluation"], GOAL),
    }
    print(f"households read anew for the next month: {anew:,}")
    print(f"next month continued / full export = {best['next month, continued'] / best['full export']:.3f}")
    print(f"full export / bare COPY = {best['full export'] / best['bare COPY']:.2f}")
    for name, (ratio, goal) in ratios.items():
        print(f"{name} = {ratio:.3f} (goal ≤ {goal:g})")
    return 0 if all(ratio <= goal for ratio, goal in ratios.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
