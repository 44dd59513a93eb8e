"""The figures of assessment and queue, counted from rows a person could list."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import connection

from minzheng.domains.eldercare_beds.indicators import INDICATORS, RATIOS
from minzheng.domains.eldercare_beds.tests.town import ON
from minzheng.kernel.access import acting_as_service

BY_ID = {one.id: one for one in INDICATORS}


def rows(id_: str, **when) -> list[dict]:
    with acting_as_service("test"), connection.cursor() as cursor:
        cursor.execute(BY_ID[id_].rows, {"on": ON, "first": date(2022, 1, 1), "last": ON} | when)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def test_every_figure_runs_and_has_its_columns(town) -> None:
    for one in INDICATORS:
        with acting_as_service("test"), connection.cursor() as cursor:
            cursor.execute(one.rows, {"on": ON, "first": ON, "last": ON})
            names = {column[0] for column in cursor.description}
        assert names >= {"id", "on_day", "division_code"} | {d.column for d in one.dimensions}, one.id
        assert ("amount" in names) == (one.measure == "sum"), one.id
    for ratio in RATIOS:
        assert {ratio.numerator, ratio.denominator} <= set(BY_ID)


def test_the_queue_of_a_past_day_is_who_had_applied_and_not_left(town) -> None:
    people = [
        town.elder_waiting(f"老人{n}", 3, town.near, on=ON - timedelta(days))
        for n, days in enumerate((10, 20, 90))
    ]
    assert len(rows("eldercare.waiting")) == 3
    assert len(rows("eldercare.waiting", on=ON - timedelta(15))) == 2
    assert rows("eldercare.waiting_median_days")[0]["amount"] == 20
    assert sum(row["amount"] for row in rows("eldercare.waiting_days")) == 120
    town.night()
    accepted, _ = town.offers()
    town.reply(accepted, True)
    assert accepted.waiting_id == people[2].pk, "who waited longest of the same class and grade"
    assert len(rows("eldercare.beds_allocated")) == 1 and len(rows("eldercare.beds_offered")) == 2
    assert [row["grade"] for row in rows("eldercare.assessed")] == ["3", "3", "3"]
    assert rows("eldercare.beds_let_go") == []
