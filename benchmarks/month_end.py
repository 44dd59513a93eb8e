"""Month end of 100,000 residents in the database, against a bare COPY of the same rows.

The work: draft the orders, put them into a batch, approve and post the commitment, export the bank file, mark the orders
as sent and post that. The measure: a bare COPY of the very rows the month end leaves behind (orders and ledger entries)
into tables of the same columns and indexes, without triggers, checks and policies, and a plain write of the same bank
file. A COPY into tables without any index, in which no key could keep anyone from being paid twice, is printed beside it.
Each of three runs has a fresh copy of the city; medians are printed. Goal: at most 4 times.

    python benchmarks/month_end.py [residents]
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minzheng.surfaces.settings")
FOLDER = TemporaryDirectory(prefix="minzheng-bench-")
# The bank files of a measurement are not the installation's.
os.environ["MINZHENG_TEST_FILES"] = FOLDER.name

# Models may be imported only after Django has been set up, so the imports below cannot stand at the top.
import django  # noqa: E402

django.setup()

from django.db import connection, connections, transaction  # noqa: E402

from minzheng.kernel.access import acting, acting_as_service  # noqa: E402
from minzheng.kernel.access.models import Post  # noqa: E402
from minzheng.kernel.access.testing import make_post  # noqa: E402
from minzheng.kernel.payments.actions import (  # noqa: E402
    approve_batch,
    draft_orders,
    export_batch,
    prepare_batch,
    verify_ledger,
)
from minzheng.kernel.payments.bankfiles import file_path  # noqa: E402
from minzheng.kernel.payments.schedule import Schedule  # noqa: E402
from minzheng.kernel.periods import Month  # noqa: E402
from minzheng.kernel.storage.bulk import raw_connection  # noqa: E402
from minzheng.kernel.storage.testing import cloned_database, template_database  # noqa: E402

GOAL = 4.0
RUNS = 3
MONTH = Month(2022, 7)


@contextmanager
def measured(steps: dict[str, float], name: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    steps[name] = steps.get(name, 0.0) + time.perf_counter() - started


def people(count: int) -> None:
    """Residents over the 16 districts, each with an account."""
    with acting_as_service("benchmark"), connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO people_person (name, name_pinyin, sex, ethnicity, hukou_division_code, hukou_is_local,
                 division_code, provenance, registered_at)
               SELECT '居民' || n, '', 1 + n %% 2, '汉', '310107014', true,
                 '3101' || lpad((1 + n %% 16)::text, 2, '0') || '014001', '{}', now() FROM generate_series(1, %s) n""",
            [count],
        )
        cursor.execute(
            """INSERT INTO people_bankaccount (person_id, bank, number, holder, purpose, during, source)
               SELECT id, '示例银行上海分行', '62220201' || lpad(id::text, 11, '0'), name, '', '[2020-01-01,)', 'benchmark'
               FROM people_person"""
        )


def awards(programme: str) -> None:
    """One award in force for everyone, from the month measured."""
    with acting_as_service("benchmark"), connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO awards_award (programme, benefit, unit, person_id, start_month, state, division_code, origin,
                 granted_on)
               SELECT %s, %s, 'person', id, %s, 'in_force', division_code, 'automatic', %s FROM people_person""",
            [programme, programme, MONTH.first_day, MONTH.first_day],
        )
        cursor.execute(
            """INSERT INTO awards_awardperiod (award_id, during, monthly_fen, division_code, programme, person_id)
               SELECT id, daterange(start_month, NULL), 7500 + 100 * (id %% 50), division_code, programme, person_id
               FROM awards_award WHERE programme = %s""",
            [programme],
        )


def month_end(programme: str, preparer: Post, approver: Post) -> tuple[dict[str, float], Path]:
    """The month end of one programme; returns the seconds of each step and the bank file."""
    steps: dict[str, float] = {}
    on = MONTH.last_day
    with measured(steps, "draft"), acting_as_service("benchmark"):
        draft_orders(month=MONTH, benefits=[Schedule(programme, programme)], on=on)
    with measured(steps, "prepare"), acting(preparer):
        batch = prepare_batch(programme=programme, month=MONTH, on=on)
    with measured(steps, "approve and post"), acting(approver):
        approve_batch(batch_id=batch.pk, on=on)
    with measured(steps, "export and post"), acting(preparer):
        file = export_batch(batch_id=batch.pk, on=on)
    return steps, file_path(file)


def bare_copies(programme: str) -> dict[str, tuple[int, bytes]]:
    """The rows a month end left behind, as COPY takes them."""
    found = {}
    queries = {
        "payments_order": "SELECT * FROM payments_order WHERE programme = '{}' ORDER BY id",
        "payments_transfer": "SELECT * FROM payments_transfer WHERE programme = '{}' ORDER BY id",
    }
    with acting_as_service("benchmark"), raw_connection().cursor() as cursor:
        for table, query in queries.items():
            buffer = BytesIO()
            with cursor.copy(f"COPY ({query.format(programme)}) TO STDOUT") as copy:  # type: ignore[arg-type]
                for block in copy:
                    buffer.write(block)
            found[table] = (buffer.getvalue().count(b"\n"), buffer.getvalue())
    return found


def bare_copy(rows: dict[str, tuple[int, bytes]], file: Path, run: int, with_keys: bool) -> float:
    """COPY of the rows into plain tables and a plain write of the file; returns the seconds."""
    like = "INCLUDING INDEXES" if with_keys else ""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        for table in rows:
            cursor.execute(f"CREATE TABLE bare_{table}_{run}_{int(with_keys)} (LIKE {table} {like})")
    content = file.read_bytes()
    native = connections["owner"].connection
    started = time.perf_counter()
    with transaction.atomic(using="owner"), native.cursor() as cursor:
        for table, (_, block) in rows.items():
            with cursor.copy(f"COPY bare_{table}_{run}_{int(with_keys)} FROM STDIN") as copy:
                copy.write(block)
    with (Path(FOLDER.name) / f"plain-{run}").open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    return time.perf_counter() - started


def run(count: int, say: Callable[[str], None] = print) -> float:
    """Measures and prints; returns the ratio of the medians."""
    totals, bare, keyed, details = [], [], [], []
    programme = "benchmark"
    with cloned_database(template_database(), "bench") as city:
        people(count)
        awards(programme)
        preparer, approver = (
            make_post("finance_preparer", "310000"),
            make_post("finance_approver", "310000"),
        )
        with connections["owner"].cursor() as cursor:
            # As autovacuum would have done by the day of the month end.
            cursor.execute("VACUUM ANALYZE")
        connections.close_all()
        for number in range(RUNS):
            # Every run on a copy of its own, so that none meets the rows of the one before.
            with cloned_database(city, "run"):
                steps, file = month_end(programme, preparer, approver)
                totals.append(sum(steps.values()))
                details.append(steps)
                rows = bare_copies(programme)
                bare.append(bare_copy(rows, file, number, with_keys=False))
                keyed.append(bare_copy(rows, file, number, with_keys=True))
                with acting_as_service("benchmark"):
                    verified = verify_ledger()
                assert verified.is_sound, verified.findings
    for table in rows:
        say(f"{rows[table][0]:>10,} rows of {table}")
    say(f"{file.stat().st_size:>10,} bytes of pain.001")
    for step in details[0]:
        say(f"{step:>20}: {statistics.median(d[step] for d in details):6.2f} s")
    month, copy, heap = (statistics.median(series) for series in (totals, keyed, bare))
    ratio = month / copy
    for name, seconds, series in (
        ("month end", month, totals),
        ("COPY, same indexes", copy, keyed),
        ("COPY, no index", heap, bare),
    ):
        say(f"{name:>20}: {seconds:6.2f} s (median of {RUNS}: {', '.join(f'{t:.2f}' for t in series)})")
    say(f"month end of {count:,} residents / COPY into tables without any index = {month / heap:.2f}")
    say(f"month end of {count:,} residents / bare COPY of the same rows = {ratio:.2f} (goal ≤ {GOAL:g})")
    return ratio


if __name__ == "__main__":
    sys.exit(0 if run(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000) <= GOAL else 1)
