"""Reads the rows of cases at hand, and writes what was done with them: a few statements, whatever the number."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.db import connection
from django.db.models import Field, JSONField, Model
from django.db.models.fields import NOT_PROVIDED

from minzheng.kernel.cases.bulk_desk import Hand
from minzheng.kernel.cases.models import Case, Clock, Material, Pause, Publication
from minzheng.kernel.cases.moving import item_of
from minzheng.kernel.people.staging import drop, execute, new_ids, stage

_EVENT = {
    "case_id": "bigint", "act": "text", "from_state": "text", "to_state": "text", "step": "text", "on": "date",
    "actor_label": "text", "actor_post_id": "bigint", "note": "text", "detail": "jsonb",
}  # fmt: skip


def at_hand(case_ids: Collection[int]) -> list[Hand]:
    """The open cases of these numbers, locked, with their clocks, pauses, papers and publications, by number."""
    found = (
        Case.objects.select_for_update(of=("self",)).select_related("person").filter(pk__in=list(case_ids))
    )
    hands = {case.pk: Hand(case, item_of(case), False, {}) for case in found.order_by("pk")}
    clocks = {one.pk: one for one in Clock.objects.filter(case__in=hands).order_by("pk")}
    for clock in clocks.values():
        hands[clock.case_id].clocks.append(clock)
    for pause in Pause.objects.filter(clock__case__in=hands).order_by("pk"):
        pause.clock = clocks[pause.clock_id]
        hands[pause.clock.case_id].pauses.append(pause)
    for paper in Material.objects.filter(case__in=hands).order_by("pk"):
        hands[paper.case_id].papers[paper.code] = paper
    for publication in Publication.objects.filter(case__in=hands).order_by("pk"):
        hands[publication.case_id].publications.append(publication)
    return list(hands.values())


def write(hands: list[Hand]) -> None:
    """Writes every new row and every row that was at hand before, cases first."""
    _add([hand.case for hand in hands if hand.is_new])
    _change([hand.case for hand in hands if not hand.is_new])
    clocks = [clock for hand in hands for clock in hand.clocks]
    fresh = [clock for clock in clocks if clock.pk is None]
    for clock, pk in zip(fresh, new_ids("cases_clock", len(fresh)), strict=True):
        clock.pk = pk
    pauses = [pause for hand in hands for pause in hand.pauses]
    for pause in pauses:
        pause.clock_id = pause.clock.pk
    for rows in (
        clocks,
        pauses,
        [row for hand in hands for row in hand.papers.values()],
        [row for hand in hands for row in hand.publications],
        [row for hand in hands for row in hand.decisions],
        [row for hand in hands for row in hand.letters],
    ):
        # What ended before one ends again changes nothing, but a running clock must not meet its successor.
        _change([row for row in rows if not row._state.adding])
        _add([row for row in rows if row._state.adding])
    events = stage(_EVENT | {"place": "bigint"},
                   ((*event, place) for place, event in enumerate(e for hand in hands for e in hand.events)))  # fmt: skip
    names = ", ".join(f'"{name}"' for name in _EVENT)
    execute(f"INSERT INTO cases_event ({names}) SELECT {names} FROM {events} ORDER BY place")
    drop(events)


def _add(rows: Iterable[Model]) -> None:
    for model, fields, staged in _staged(rows, new=True):
        names = ", ".join(f'"{field.column}"' for field in fields)
        execute(
            f"INSERT INTO {model._meta.db_table} ({names}) SELECT {names} FROM {staged} ORDER BY stage_place"
        )
        drop(staged)


def _change(rows: Iterable[Model]) -> None:
    for model, fields, staged in _staged(rows, new=False):
        key = model._meta.pk.column
        sets = ", ".join(
            f'"{field.column}" = s."{field.column}"' for field in fields if not field.primary_key
        )
        execute(f"UPDATE {model._meta.db_table} t SET {sets} FROM {staged} s WHERE t.{key} = s.{key}")
        drop(staged)


def _staged(rows: Iterable[Model], *, new: bool) -> Iterable[tuple[type[Model], list[Field], str]]:
    """The rows by model in a temporary table each; of new ones without the keys that the database gives."""
    groups: dict[tuple[type[Model], bool], list[Model]] = defaultdict(list)
    for row in rows:
        groups[type(row), row.pk is None].append(row)
    for (model, is_keyless), group in groups.items():
        fields = [
            field
            for field in model._meta.concrete_fields
            if field.db_default is NOT_PROVIDED and not (is_keyless and field.primary_key)
        ]
        columns = {field.column: str(field.db_type(connection)) for field in fields}
        names = [(field.attname, isinstance(field, JSONField)) for field in fields]
        yield (
            model,
            fields,
            stage(
                columns | {"stage_place": "bigint"},
                (
                    (*(_value(row, name, is_json) for name, is_json in names), place)
                    for place, row in enumerate(group)
                ),
            ),
        )


def _value(row: Model, name: str, is_json: bool) -> Any:
    value = getattr(row, name)
    if is_json:
        return json.dumps(value, ensure_ascii=False)
    return str(value) if isinstance(value, str) else value


__all__ = ["at_hand", "write"]
