"""Fixtures: a folder to load from, and what the database holds in a form that can be compared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.sources.actions import FileResult, load_folder
from minzheng.kernel.sources.models import FeedRow

# Content only: numbers of rows and instants differ between two loads of the same files.
CHECKED = {
    "people": """SELECT i.value, p.name, p.sex, p.birth_date, p.death_date, p.division_code, p.hukou_division_code,
                        p.deregistered_on FROM people_person p LEFT JOIN people_identifier i ON i.person_id = p.id""",
    "memberships": """SELECT i.value, h.number, m.role, m.during::text FROM people_membership m
                      JOIN people_household h ON h.id = m.household_id
                      LEFT JOIN people_identifier i ON i.person_id = m.person_id""",
    "facts": """SELECT i.value, h.number, f.kind, f.int_value, f.during::text, f.superseded_at IS NULL FROM people_fact f
                LEFT JOIN people_identifier i ON i.person_id = f.person_id
                LEFT JOIN people_household h ON h.id = f.household_id""",
    "accounts": """SELECT i.value, a.number, a.holder, a.purpose FROM people_bankaccount a
                   LEFT JOIN people_identifier i ON i.person_id = a.person_id""",
    "awards": """SELECT i.value, a.benefit, a.start_month, a.state FROM awards_award a
                 LEFT JOIN people_identifier i ON i.person_id = a.person_id""",
    "events": 'SELECT kind, "on", detail::text FROM people_lifeevent',
}


def registers() -> dict[str, tuple[int, str]]:
    """Each register's number of rows and a checksum of what they say."""
    found = {}
    with acting_as_service("test"), connection.cursor() as cursor:
        for name, query in CHECKED.items():
            cursor.execute(
                f"SELECT count(*), coalesce(md5(string_agg(t::text, chr(10) ORDER BY t::text)), '') FROM ({query}) t"
            )
            found[name] = cursor.fetchone()
    return found


def rows_of(result: FileResult) -> dict[int, FeedRow]:
    """A file's rows by line."""
    with acting_as_service("test"):
        return {row.line: row for row in FeedRow.objects.filter(file_id=result.file_id)}


def codes(row: FeedRow) -> set[str]:
    return {message["code"] for message in row.messages}


@pytest.fixture
def load(db: Any, tmp_path: Path) -> Callable[..., dict[str, FileResult]]:
    """Writes files (`police_csv=bytes`) into a new folder, loads it, and answers with the results by name."""
    from minzheng.kernel.sources.tests.made import folder

    count = 0

    def run(*, period: Any = None, **files: bytes) -> dict[str, FileResult]:
        nonlocal count
        count += 1
        where = folder(tmp_path / f"feeds{count}", **files)
        return {result.name: result for result in load_folder(where, period=period)}

    return run
