"""People for tests, on identifiers that no living person can bear: area 310199 is no place, serial below 100."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import polars as pl
from django.db import connection

from minzheng.kernel.people.actions import PEOPLE_SCHEMA, register_people
from minzheng.kernel.people.identifiers import check_character
from minzheng.kernel.people.known import REGISTERS

JUNE = date(2022, 6, 30)
HERE = "310107014029"
ELSEWHERE = "310106006001"


def number(serial: int = 1, born: str = "19700101") -> str:
    """A valid identity number; odd serials are men."""
    seventeen = f"310199{born}{serial:03d}"
    return seventeen + check_character(seventeen)


def person(row: int = 1, **other: Any) -> dict[str, Any]:
    """One row as the police send it, of a man living and registered in one committee."""
    serial = other.pop("serial", 2 * row - 1)
    told: dict[str, Any] = {
        "row": row,
        "identifier": number(serial),
        "name": "周磊建",
        "sex": 1,
        "birth_date": date(1970, 1, 1),
        "ethnicity": "汉族",
        "household_number": "H000001",
        "relation": 1,
        "hukou_division_code": HERE,
        "hukou_is_local": True,
        "division_code": HERE,
    }
    return told | other


def register(*rows: dict[str, Any], source: str = "公安", on: date = JUNE, **other: Any) -> pl.DataFrame:
    return register_people(
        pl.DataFrame(list(rows), schema=PEOPLE_SCHEMA), source=source, observed_on=on, **other
    )


def register_one(source: str = "公安", on: date = JUNE, **other: Any) -> dict[str, Any]:
    """Registers one row and returns its outcome."""
    return register(person(**other), source=source, on=on).to_dicts()[0]


def known_since(instant: datetime) -> None:
    """Lets everything on record have been known since an instant before the test."""
    with connection.cursor() as cursor:
        for table in REGISTERS:
            cursor.execute(f"UPDATE {table} SET known_from = %s", [instant])
