"""Casework with two million cases: what a clerk waits for, as multiples of reading one row by its key on the same server.

The queue's page, a case by its number, a person's cases, a partner's page, the page of figures, sending a case and deciding
one on the spot; each as the web role in an acting post, the median of its runs. The queue is measured at a tenth of the
cases as well: it should cost the same. Then two processes send cases online as residents for some seconds, beside two that
only INSERT the same number of rows into tables of the same columns and indexes, without triggers, policies and acts.

    python benchmarks/casework.py [--cases 2000000] [--seconds 20]
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
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

import casework_fill as fill  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection, connections  # noqa: E402

from minzheng.kernel.access import acting, acting_as_resident, acting_as_service  # noqa: E402
from minzheng.kernel.access.models import Post  # noqa: E402
from minzheng.kernel.access.testing import make_post  # noqa: E402
from minzheng.kernel.cases import actions, figures, queries  # noqa: E402
from minzheng.kernel.cases.counting import refresh_totals  # noqa: E402
from minzheng.kernel.cases.models import Case  # noqa: E402
from minzheng.kernel.cases.models.case import YEAR  # noqa: E402
from minzheng.kernel.items import items_on  # noqa: E402
from minzheng.kernel.items.model import Channel, Field, FieldType, Item  # noqa: E402
from minzheng.kernel.periods import Month  # noqa: E402
from minzheng.kernel.storage.server import Address  # noqa: E402
from minzheng.kernel.storage.testing import cloned_database, template_database  # noqa: E402
from minzheng.surfaces.web.casework.queue_queries import of_tab, page_after  # noqa: E402

ON = date(2022, 12, 1)
RUNS, ACTS, PROCESSES = 41, 15, 2
_TOLD = {
    FieldType.TEXT: "一号", FieldType.LONG_TEXT: "情况属实", FieldType.NUMBER: 1, FieldType.MONEY: 100_000,
    FieldType.DATE: "2022-09-01", FieldType.YES_NO: True, FieldType.IDENTIFIER: "310107196505050020",
    FieldType.PHONE: "13800000000", FieldType.ACCOUNT: "6222000000000000001", FieldType.PLACE: fill.STREETS[0],
}  # fmt: skip


def seconds(work: Callable[[], object], runs: int = RUNS) -> float:
    """The median seconds of a piece of work; the first run warms up and does not count."""
    told = []
    for _ in range(runs + 1):
        started = time.perf_counter()
        work()
        told.append(time.perf_counter() - started)
    return statistics.median(told[1:])


def reads(
    clerk: Post, partner: Post, city: Post, cases: int, persons: list[int], ours: int
) -> dict[str, float]:
    """Seconds of each reading, by its name; `ours` is a case of the clerk's street."""
    number = 2022 * YEAR + cases // 2
    year = figures.Question("310000", Month(2022, 1), Month(2022, 12))
    told: dict[str, float] = {}

    def key_read() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM people_person WHERE id = %s", [persons[cases % len(persons)]])
            cursor.fetchone()

    with acting_as_service("benchmark", in_bulk=False):
        mine = Case.objects.get(pk=ours)
        told["a row by its key"] = seconds(key_read)
    with acting(clerk) as actor:
        told["queue page"] = seconds(lambda: page_after(of_tab(actor, "all", ON), None, 50))
        told["waiting at the counter"] = seconds(lambda: page_after(of_tab(actor, "accept", ON), None, 50))
        told["case by its number"] = seconds(lambda: queries.find_by_number(mine.number))
        told["a person's cases"] = seconds(lambda: list(queries.cases_of_person(mine.person_id)[:50]))
    with acting(partner):
        waiting = Case.objects.filter(state="passed_on", domain__in=partner.domains, pk__gt=number).order_by(
            "pk"
        )
        told["partner's page"] = seconds(lambda: list(waiting[:51]))
    with acting(city):
        told["figures of a year"] = seconds(lambda: figures.sums_by(year, "item"))
        told["figures by district"] = seconds(lambda: figures.sums_by_place(year))
        opened = figures.rows(figures.FIGURES["departs"], year, figures.BELOW)
        told["a figure's rows"] = seconds(lambda: list(opened[:51]))
    return told


def told(field: Field) -> object:
    return field.choices[0][0] if field.type is FieldType.CHOICE else _TOLD[field.type]


def chosen_item() -> Item:
    """An item decided on the spot that is offered online too."""
    return next(
        item for item in items_on(ON)
        if item.is_on_the_spot and Channel.ONLINE in item.channels and not item.result.benefit and not item.who
    )  # fmt: skip


def send(item: Item, person_id: int, channel: str) -> Case:
    """From an empty form to a case that was sent: what a submission costs the server in all."""
    case = actions.open_draft(item=item.code, person=person_id, on=ON, channel=channel)
    missing = {field.name: told(field) for field in item.fields if field.name not in case.answers}
    actions.save_answers(case=case, values=missing, on=ON)
    return actions.submit(case=case, on=ON)


def acts(persons: list[int]) -> dict[str, float]:
    """Seconds of sending a case at a counter, and of accepting and deciding it on the spot."""
    item, series, decided = chosen_item(), [], []
    for number in range(ACTS + 1):
        person = persons[number * len(fill.STREETS)]  # of the first street
        with acting_as_service("benchmark", in_bulk=False):
            started = time.perf_counter()
            case = send(item, person, "counter")
            series.append(time.perf_counter() - started)
            for paper in actions.what_is_missing(case):
                code = next(one.code for one in item.materials if one.name == paper)
                actions.hand_in(case=case, code=code, on=ON)
            started = time.perf_counter()
            actions.accept_and_decide(case=case, outcome="granted", on=ON)
            decided.append(time.perf_counter() - started)
    return {"send a case": statistics.median(series[1:]), "accept and decide": statistics.median(decided[1:])}


def worker(kind: str, length: float, share: int) -> int:
    """One process of the sustained part; returns how many cases it sent or rows it wrote."""
    item = chosen_item()
    with acting_as_service("benchmark"), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM people_person ORDER BY id")
        persons = [row[0] for row in cursor.fetchall()][share::PROCESSES]
    count, ends = 0, time.perf_counter() + length
    while time.perf_counter() < ends:
        person = persons[count % len(persons)]
        if kind == "submit":
            with acting_as_resident(person):
                send(item, person, "online")
        else:
            bare_insert(share * 10_000_000 + count)
        count += 1
    return count


_BARE = (("cases_case", 1), ("cases_event", 2), ("audit_entry", 2), ("procrastinate_jobs", 1))


def prepare_bare() -> None:
    """Tables like those a submission writes to, each holding one of its rows to be written again and again."""
    with connections["owner"].cursor() as cursor:
        for table, _ in _BARE:
            cursor.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING DEFAULTS INCLUDING INDEXES)")
            cursor.execute(f"CREATE TABLE one_{table} AS SELECT * FROM {table} ORDER BY id DESC LIMIT 1")
            cursor.execute(f"GRANT SELECT, INSERT, UPDATE ON bare_{table}, one_{table} TO minzheng_web")


def bare_insert(number: int) -> None:
    """The rows of one submission: the case as a draft, its two changes, two events, two entries of the trace, a job."""
    from django.db import transaction

    with transaction.atomic(), connection.cursor() as cursor:
        for table, times in _BARE:
            for turn in range(times):
                cursor.execute(
                    f"INSERT INTO bare_{table} SELECT (jsonb_populate_record(o, jsonb_build_object('id', %s::bigint))).*"
                    f" FROM one_{table} o",
                    [number * 2 + turn],
                )
        for _ in range(2):
            cursor.execute("UPDATE bare_cases_case SET version = version + 1 WHERE id = %s", [number * 2])


def sustained(database: str, kind: str, length: float) -> float:
    """Cases a second of all processes together."""
    environment = os.environ | {
        "MINZHENG_OWNER_URL": _address("owner", database), "MINZHENG_WEB_URL": _address("default", database),
    }  # fmt: skip
    begun = [
        subprocess.Popen(
            [sys.executable, __file__, "--worker", kind, "--seconds", str(length), "--share", str(share)],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for share in range(PROCESSES)
    ]
    outputs = [process.communicate()[0] for process in begun]
    assert not any(process.returncode for process in begun), outputs
    return sum(int(output.split()[-1]) for output in outputs) / length


def _address(alias: str, name: str) -> str:
    row = settings.DATABASES[alias]
    return Address(row["HOST"], int(row["PORT"]), row["USER"], row["PASSWORD"], name).url()


def run(cases: int, length: float, say: Callable[[str], None] = print) -> None:
    """Fills, measures and prints."""
    with cloned_database(template_database(), "bench") as database:
        persons = fill.people(max(len(fill.STREETS) * (ACTS + 1), cases // 20))
        partner = make_post("department_officer", "310000", ("public_security",))
        city = make_post("city_policy_officer", "310000")
        tenth = cases // 10
        started = time.perf_counter()
        fill.cases(1, tenth, persons)
        with acting_as_service("benchmark"):
            refresh_totals(everything=True)
            ours = Case.objects.order_by("pk").filter(state="examined")[0]
        clerk = make_post("street_officer", ours.deciding_division)
        small = reads(clerk, partner, city, tenth, persons, ours.pk)
        fill.cases(tenth + 1, cases - tenth, persons)
        say(f"{cases:,} cases filled in {time.perf_counter() - started:,.0f} s")
        started = time.perf_counter()
        with acting_as_service("benchmark"):
            refresh_totals(everything=True)
        say(f"{time.perf_counter() - started:8.1f} s to count all of them anew")
        connections["owner"].cursor().execute("VACUUM (ANALYZE) cases_total, cases_counted")
        large = reads(clerk, partner, city, cases, persons, ours.pk) | acts(persons)
        floor = large["a row by its key"]
        say(f"{'':>24}  {'ms':>8}  {'× key read':>10}  {'ms at a tenth':>13}")
        for name, took in large.items():
            before = f"{small[name] * 1000:13.2f}" if name in small else ""
            say(f"{name:>24}  {took * 1000:8.2f}  {took / floor:10.1f}  {before}")
        with acting_as_service("benchmark", in_bulk=False):
            started = time.perf_counter()
            counted = refresh_totals()
            say(
                f"{time.perf_counter() - started:8.2f} s to count {counted.looked_at:,} cases with events since"
            )
        sent = sustained(database, "submit", length)
        prepare_bare()
        bare = sustained(database, "bare", length)
        say(f"{sent:8.1f} submissions a second with {PROCESSES} processes")
        say(f"{bare:8.1f} times the same rows a second by bare INSERT = {bare / sent:.1f} × ours")


def main() -> None:
    ask = argparse.ArgumentParser(description="Measures casework on a database of its own.")
    ask.add_argument("--cases", type=int, default=2_000_000)
    ask.add_argument("--seconds", type=float, default=20)
    ask.add_argument("--worker", choices=["submit", "bare"], help=argparse.SUPPRESS)
    ask.add_argument("--share", type=int, default=0, help=argparse.SUPPRESS)
    told = ask.parse_args()
    if told.worker:
        print(worker(told.worker, told.seconds, told.share))
    else:
        run(told.cases, told.seconds)


if __name__ == "__main__":
    main()
