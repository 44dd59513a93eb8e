"""Many acts of one kind at once, set by set (批量办理): the same conditions and the same records as one act at the counter.

A city's year of acts is written in a few statements; ties, papers and publications follow by the same triggers. The tests hold a
bulk entry against one of the counter, column by column.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import polars as pl
from django.db import transaction

from minzheng.domains.marriage_registration.bulk_sql import INSERT_APPLICATIONS, INSERT_ENTRIES, PARTIES
from minzheng.domains.marriage_registration.checks import MARRIAGE_CHECKS
from minzheng.domains.marriage_registration.entries import (
    LETTERS,
    next_numbers,
    next_serials,
    told_in_words,
)
from minzheng.domains.marriage_registration.errors import NoPaper
from minzheng.domains.marriage_registration.jurisdiction import CITY, may_register_at
from minzheng.domains.marriage_registration.kinship import forbidden_kinship, parents_of
from minzheng.domains.marriage_registration.models import Facility, Kind
from minzheng.domains.marriage_registration.parties import Party
from minzheng.domains.marriage_registration.periods import divorce_periods
from minzheng.domains.marriage_registration.requirements import everything
from minzheng.domains.marriage_registration.working_rules import rule_at
from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.people.staging import Outcome, conform, drop, execute, fetch, read_frame, stage
from minzheng.kernel.periods.ages import age_in_years

ACT_SCHEMA: dict[str, Any] = {
    "row": pl.Int64, "office_id": pl.Int64, "on": pl.Date, "man_person_id": pl.Int64, "woman_person_id": pl.Int64,
    "received_on": pl.Date,
}  # fmt: skip
"""What `register_in_bulk` takes: both parties in the register of people; `received_on` of the application for a divorce."""

RESULT: dict[str, Any] = {"row": pl.Int64, "outcome": pl.String, "reason": pl.String, "number": pl.String}
_READ = {
    "row": pl.Int64, "office_id": pl.Int64, "division_code": pl.String, "on": pl.Date, "licence_id": pl.Int64,
    "registrar_id": pl.Int64, "man_id": pl.Int64, "man_sex": pl.Int16, "man_born": pl.Date, "man_hukou": pl.String,
    "man_died": pl.Date, "woman_id": pl.Int64, "woman_sex": pl.Int16, "woman_born": pl.Date, "woman_hukou": pl.String,
    "woman_died": pl.Date, "tied": pl.Boolean, "marriage_id": pl.Int64, "again": pl.Boolean,
}  # fmt: skip
_AGREED = json.dumps(dict.fromkeys(("children", "property", "debts"), "按双方协议"), ensure_ascii=False)


@transaction.atomic
def register_in_bulk(rows: pl.DataFrame, *, kind: Kind, provenance: str = "illustrative") -> pl.DataFrame:
    """Registers many marriages, or many divorces, each with its outcome; what one condition bars leaves the others.

    Papers and declarations are taken as complete; all else is judged as at the counter. Divorces are of marriages the register
    holds, and bring their applications.

    Args:
        rows: columns of `ACT_SCHEMA`.
        kind: `Kind.MARRIAGE` or `Kind.DIVORCE`.

    Returns:
        row, outcome (created or refused), reason (the check's code), number.

    Raises:
        NoPaper: an office has fewer papers left than its acts need; nothing is written.
    """
    require("marriage.register")
    entries = conform(rows, ACT_SCHEMA)
    staged = stage(
        {
            "row": "bigint",
            "office_id": "bigint",
            "on": "date",
            "man": "bigint",
            "woman": "bigint",
            "received_on": "date",
        },
        entries.iter_rows(),
    )
    people = entries["man_person_id"].append(entries["woman_person_id"]).drop_nulls().unique().to_list()
    if kind == Kind.MARRIAGE:
        fetch("SELECT marriage_end_by_death(%s)", [people])
    read = read_frame(PARTIES.format(staged=staged), schema=_READ)
    judged = _judge(read, entries, kind, _kin(people) if kind == Kind.MARRIAGE else {})
    acts = _numbered(judged.filter(pl.col("reason") == ""), kind)
    if acts.height:
        _write(acts, kind, provenance)
    drop(staged)
    record(f"marriage.{kind}_in_bulk", detail={"acts": acts.height, "refused": judged.height - acts.height})
    return judged.join(acts.select("row", "number"), on="row", how="left").select(
        "row",
        pl.when(pl.col("number").is_null()).then(pl.lit(str(Outcome.REFUSED))).otherwise(pl.lit(str(Outcome.CREATED))).alias("outcome"),
        "reason",
        "number",
    ).sort("row")  # fmt: skip


def _judge(
    read: pl.DataFrame, entries: pl.DataFrame, kind: Kind, parents: dict[int, set[int]]
) -> pl.DataFrame:
    """The first condition that each row fails, by the checks' codes; empty where none."""
    places: dict[tuple[Any, ...], bool] = {}

    def allowed(row: dict[str, Any]) -> bool:
        key = (row["division_code"], row["man_hukou"], row["woman_hukou"], row["on"])
        if key not in places:
            places[key] = (
                row["division_code"] != CITY
                and may_register_at(
                    office_district=row["division_code"],
                    hukou_districts=[row["man_hukou"], row["woman_hukou"]],
                    on=row["on"],
                ).allowed
            )
        return places[key]

    def reason(row: dict[str, Any]) -> str:
        if row["licence_id"] is None:
            return "licence"
        if (row["man_sex"], row["woman_sex"]) != (1, 2):
            return "sexes"
        if row["man_died"] or row["woman_died"]:
            return "alive"
        if not allowed(row):
            return "jurisdiction"
        if row["again"]:
            return "twice_in_batch"
        if kind == Kind.DIVORCE:
            return _divorce_reason(row)
        for side in ("man", "woman"):
            born = row[f"{side}_born"]
            if born is None or age_in_years(born, row["on"]) < rule_at(f"age_{side}", row["on"]):
                return f"age_{side}"
        if row["tied"]:
            return "unmarried"
        return "unrelated" if forbidden_kinship(parents, row["man_id"], row["woman_id"]) else ""

    told = {
        row["row"]: row
        for row in read.join(entries.select("row", "received_on"), on="row").iter_rows(named=True)
    }
    reasons = [reason(told[row]) if row in told else "unknown" for row in entries["row"]]
    return entries.select("row", "received_on").with_columns(pl.Series("reason", reasons, dtype=pl.String)).join(
        read.drop("again", "tied"), on="row", how="left"
    )  # fmt: skip


def _divorce_reason(row: dict[str, Any]) -> str:
    if row["marriage_id"] is None:
        return "marriage"
    if row["received_on"] is None:
        return "received_on"
    periods = divorce_periods(row["received_on"])
    return "" if periods.collect_first <= row["on"] <= periods.collect_last else "in_time"


def _kin(people: list[int]) -> dict[int, set[int]]:
    return parents_of(fetch("SELECT parent, child FROM marriage_kin(%s)", [people]))


def _numbered(acts: pl.DataFrame, kind: Kind) -> pl.DataFrame:
    """Numbers by district and year, papers by office, in the order of the days."""
    acts = acts.sort("division_code", "on", "row")
    numbered = []
    for (division, year), group in acts.with_columns(pl.col("on").dt.year().alias("year")).group_by(
        "division_code", "year", maintain_order=True
    ):
        numbers = next_numbers(LETTERS[kind], str(division), int(year), group.height)
        asked = (
            next_numbers("LS", str(division), int(year), group.height) if kind == Kind.DIVORCE else numbers
        )
        numbered.append(group.with_columns(pl.Series("number", numbers), pl.Series("asked", asked)))
    acts = pl.concat(numbered) if numbered else acts.with_columns(number=pl.lit(""), asked=pl.lit(""))
    papered = []
    for (office_id,), group in acts.group_by("office_id", maintain_order=True):
        serials = next_serials(Facility.objects.get(pk=office_id), str(kind), 2 * group.height)
        papered.append(
            group.with_columns(
                pl.Series("man_serial", serials[::2]), pl.Series("woman_serial", serials[1::2])
            )
        )
    return pl.concat(papered) if papered else acts


def _write(acts: pl.DataFrame, kind: Kind, provenance: str) -> None:
    party = Party("", "")
    evidence = {
        act: json.dumps(
            everything(act, {"man": party, "woman": party}).as_json()
            | ({"checks": MARRIAGE_CHECKS} if act == Kind.MARRIAGE else {}),
            ensure_ascii=False,
        )
        for act in (str(kind), "divorce_application")
    }
    names = ("row", "number", "asked", "office_id", "division_code", "on", "licence_id", "registrar_id", "man_id", "man_hukou",
             "woman_id", "woman_hukou", "man_serial", "woman_serial", "marriage_id", "received_on")  # fmt: skip
    types = {"number": "text", "asked": "text", "division_code": "text", "on": "date", "man_hukou": "text",
             "woman_hukou": "text", "received_on": "date"}  # fmt: skip
    periods: dict[date, tuple[date, ...]] = {}

    def values(row: dict[str, Any]) -> tuple[Any, ...]:
        day = row["received_on"]
        if kind == Kind.DIVORCE and day not in periods:
            found = divorce_periods(day)
            periods[day] = (found.cooling_first, found.cooling_last, found.collect_first, found.collect_last)
        return (*(row[name] for name in names), *periods.get(day, (None,) * 4))

    columns = {name: types.get(name, "bigint") for name in names} | dict.fromkeys(
        ("cooling_first", "cooling_last", "collect_first", "collect_last"), "date"
    )
    staged = stage(columns, (values(row) for row in acts.iter_rows(named=True)))
    with told_in_words():
        execute(
            INSERT_ENTRIES.format(staged=staged),
            [str(kind), evidence[str(kind)], str(kind), provenance],
        )
        if kind == Kind.DIVORCE:
            execute(INSERT_APPLICATIONS.format(staged=staged), [_AGREED, evidence["divorce_application"]])
    drop(staged)


__all__ = ["ACT_SCHEMA", "RESULT", "NoPaper", "register_in_bulk"]
