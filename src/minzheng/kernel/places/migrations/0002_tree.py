"""Loads the division tree by COPY, and lets every role read it."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from django.db import migrations
from psycopg.types.range import DateRange

from minzheng.kernel.storage.guards import grant_web

DATA = Path(__file__).resolve().parent.parent / "data"
LEVELS = {"province": "city", "district": "district", "street": "street"}


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _copy(cursor, table: str, columns: str, rows) -> None:
    with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def load(apps, schema_editor) -> None:
    abolished = _rows("abolished-codes.csv")
    always = DateRange(None, None)
    divisions = [
        (r["code"], r["parent"] or None, LEVELS[r["level"]], r["name"], r["kind"], always)
        for r in _rows("shanghai-divisions.csv")
    ]
    committees = [
        (r["code"], r["parent"], "committee", r["name"], r["kind"], always)
        for r in _rows("shanghai-committees.csv")
    ]
    former = [
        (
            r["old_prefix"],
            "310000",
            "district",
            r["name"],
            "district",
            DateRange(None, date.fromisoformat(r["since"])),
        )
        for r in abolished
    ]
    with schema_editor.connection.cursor() as wrapped:
        cursor = wrapped.cursor
        _copy(
            cursor,
            "places_division",
            "code, parent_id, level, name, kind, during",
            divisions + committees + former,
        )
        _copy(
            cursor,
            "places_abolishedcode",
            "old_prefix, new_prefix, since, name, source, provenance",
            [tuple(r.values()) for r in abolished],
        )


def unload(apps, schema_editor) -> None:
    schema_editor.execute("DELETE FROM places_abolishedcode")
    schema_editor.execute("DELETE FROM places_division")


class Migration(migrations.Migration):
    # COPY fires the deferred foreign-key trigger; settling it inside the same transaction keeps ALTER TABLE possible.
    dependencies = [("places", "0001_initial")]

    operations = [
        migrations.RunPython(load, unload),
        grant_web("places_division", "SELECT"),
        grant_web("places_abolishedcode", "SELECT"),
    ]
