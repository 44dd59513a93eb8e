"""Households, residences and hukou of the people in a batch, and the life events that follow from them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from minzheng.kernel.people.authority import has_say, rank
from minzheng.kernel.people.dated import (
    HUKOU,
    MEMBERSHIPS,
    RESIDENCES,
    Change,
    Decision,
    Wish,
    end_periods,
    write_periods,
)
from minzheng.kernel.people.fields import Batch, Known, takes_place
from minzheng.kernel.people.staging import Outcome, drop, execute, fetch, stage

Event = tuple[int, str, date | None, int | None, str, dict[str, Any]]
"""Person, kind, day, household, division, detail."""


def write_relations(batch: Batch, entries: list[dict[str, Any]], known: dict[int, Known]) -> None:
    """Writes the three registers of periods for entries whose `person_id` is set; completes their results."""
    ends = {entry["person_id"]: _end(batch, entry, known.get(entry["person_id"])) for entry in entries}
    households = ensure_households(batch, entries)
    by_person = {entry["person_id"]: entry for entry in entries}

    def wishes(values: dict[int, tuple[Any, ...]], *, dated: bool) -> list[Wish]:
        return [
            Wish(
                person,
                told,
                start_of(batch, by_person[person]) if dated else None,
                ends[person],
            )
            for person, told in values.items()
        ]

    lives = {e["person_id"]: (e["division_code"], e["address"]) for e in entries if e["division_code"]}
    hukou = {
        e["person_id"]: (e["hukou_division_code"] or None, _is_local(e))
        for e in entries
        if e["hukou_division_code"] or e["hukou_is_local"] is not None
    }
    belongs = {
        e["person_id"]: (households[e["household_number"]], e["relation"])
        for e in entries
        if e["household_number"] in households
    }
    for e in entries:
        if e["household_number"] and e["household_number"] not in households:
            # The number is taken by a household that the acting post does not see.
            batch.results[e["row"]].kept.append(
                {
                    "field": "household",
                    "offered": e["household_number"],
                    "recorded": None,
                    "by": "",
                    "reason": "scope",
                }
            )
    for field, register, values, dated in (
        ("residence", RESIDENCES, lives, True),
        ("hukou", HUKOU, hukou, False),
        ("household", MEMBERSHIPS, belongs, True),
    ):
        decided = write_periods(
            register,
            wishes(values, dated=dated),
            source=batch.source,
            authority=rank(field, batch.source),
            observed_on=batch.observed_on,
        )
        for person, decision in decided.items():
            _tell(batch, by_person[person], field, values[person], decision)
            if person in known and decision.is_confirmed and field != "household":
                _mirror(batch, known[person], field, values[person], by_person[person]["row"])
    ended = [(person, None, end) for person, end in ends.items() if end and person in known]
    for register in (RESIDENCES, HUKOU, MEMBERSHIPS):
        end_periods(register, ended)


def start_of(batch: Batch, entry: dict[str, Any]) -> date | None:
    """Since when a row says somebody is there; "in Shanghai since" is no start after the day the office speaks of."""
    since: date | None = entry["since"]
    return since if since is not None and since <= batch.observed_on else None


def last_day(batch: Batch, entry: dict[str, Any], person: Known | None) -> date | None:
    """The last day on which somebody is there: of the death, or of being struck off as it stands with this row."""
    struck_off: date | None = entry["deregistered_on"]
    if person is None:
        return struck_off if has_say("deregistered_on", batch.source) else None
    if struck_off is None or not takes_place(batch, person, "deregistered_on"):
        struck_off = person.deregistered_on
    return min((day for day in (person.death_date, struck_off) if day), default=None)


def _end(batch: Batch, entry: dict[str, Any], person: Known | None) -> date | None:
    """The first day on which nobody is there any more."""
    last = last_day(batch, entry, person)
    return last + timedelta(days=1) if last else None


def _is_local(entry: dict[str, Any]) -> bool | None:
    if entry["hukou_is_local"] is not None:
        return bool(entry["hukou_is_local"])
    return bool(entry["hukou_division_code"].startswith("31")) if entry["hukou_division_code"] else None


def ensure_households(batch: Batch, entries: list[dict[str, Any]]) -> dict[str, int]:
    """The households of a batch by number, entered where new; a household lies where its head lives."""
    places: dict[str, str] = {}
    for entry in entries:
        number = entry["household_number"]
        if (
            number
            and (number not in places or entry["relation"] == 1)
            and (entry["division_code"] or number not in places)
        ):
            places[number] = entry["division_code"] or ""
    if not places:
        return {}
    staged = stage({"number": "text", "division_code": "text"}, places.items())
    execute(
        f"INSERT INTO people_household (number, register, division_code, source, observed_on)"
        f" SELECT number, %s, coalesce(nullif(division_code, ''), '310000'), %s, %s FROM {staged}"
        " ON CONFLICT (register, number) DO NOTHING",
        [batch.register, batch.source, batch.observed_on],
    )
    execute(
        f"UPDATE people_household h SET division_code = s.division_code, observed_on = %s, source = %s FROM {staged} s"
        " WHERE h.register = %s AND h.number = s.number AND s.division_code NOT IN ('', h.division_code)"
        " AND (h.observed_on IS NULL OR h.observed_on <= %s)",
        [batch.observed_on, batch.source, batch.register, batch.observed_on],
    )
    rows = fetch(
        f"SELECT h.number, h.id FROM people_household h JOIN {staged} s USING (number) WHERE h.register = %s",
        [batch.register],
    )
    drop(staged)
    return dict(rows)


def _tell(
    batch: Batch, entry: dict[str, Any], field: str, values: tuple[Any, ...], decision: Decision
) -> None:
    result = batch.results[entry["row"]]
    person, place = entry["person_id"], entry["division_code"] or ""
    household = values[0] if field == "household" else None
    if decision.change is Change.SAME:
        return
    if decision.change is Change.KEPT:
        result.kept.append(
            {
                "field": field,
                "offered": entry["household_number"] if household else list(values),
                "recorded": list(decision.before or ()),
                "by": decision.before_source,
                "reason": decision.reason,
            }
        )
        if result.outcome is Outcome.UNCHANGED:
            result.outcome = Outcome.KEPT
        return
    result.applied.append(field)
    if result.outcome in (Outcome.UNCHANGED, Outcome.KEPT):
        result.outcome = Outcome.UPDATED
    before = decision.before or ()
    if decision.change is Change.CORRECTED:
        batch.events.append(
            (
                person,
                "correction",
                decision.on,
                household,
                place,
                {"field": field, "before": before, "now": values},
            )
        )
    elif field == "household":
        if decision.change is Change.CHANGED and decision.before:
            batch.events.append((person, "leave", decision.on, decision.before[0], place, {}))
        batch.events.append((person, "join", decision.on, household, place, {}))
    elif decision.change is Change.CHANGED:
        kind = "move" if field == "residence" else "hukou"
        detail = {"from": before[0] if before else "", "to": values[0]}
        batch.events.append((person, kind, decision.on, None, str(values[0] or ""), detail))


def _mirror(batch: Batch, person: Known, field: str, values: tuple[Any, ...], row: int) -> None:
    """Repeats a confirmed place or hukou on the person, where row-level security and lists read them."""
    before = (person.division_code, person.hukou_division_code, person.hukou_is_local)
    if field == "residence":
        person.division_code = values[0]
    else:
        person.hukou_division_code = values[0] or person.hukou_division_code
        person.hukou_is_local = person.hukou_is_local if values[1] is None else values[1]
    after = (person.division_code, person.hukou_division_code, person.hukou_is_local)
    said = person.provenance.get(field)
    if before != after or said is None or said["on"] != batch.observed_on.isoformat():
        person.provenance[field], person.changed = batch.provenance(field, row), True


def mirror_current(person_ids: list[int]) -> None:
    """Repeats on the person the place and hukou of the latest period, for verbs that know only the periods.

    Whoever has died or left keeps the last ones.
    """
    if not person_ids:
        return
    execute(
        """
        UPDATE people_person p SET division_code = r.division_code,
          provenance = p.provenance || jsonb_build_object('residence', jsonb_build_object(
            'source', r.source, 'authority', r.authority, 'on', r.observed_on))
        FROM (SELECT DISTINCT ON (person_id) * FROM people_residence WHERE person_id = ANY(%s)
              ORDER BY person_id, during DESC) r
        WHERE r.person_id = p.id AND (p.division_code, p.provenance -> 'residence' ->> 'on')
          IS DISTINCT FROM (r.division_code, r.observed_on::text)
        """,
        [person_ids],
    )
    execute(
        """
        UPDATE people_person p SET hukou_division_code = r.division_code, hukou_is_local = r.is_local,
          provenance = p.provenance || jsonb_build_object('hukou', jsonb_build_object(
            'source', r.source, 'authority', r.authority, 'on', r.observed_on))
        FROM (SELECT DISTINCT ON (person_id) * FROM people_hukourecord WHERE person_id = ANY(%s)
              ORDER BY person_id, during DESC) r
        WHERE r.person_id = p.id AND (p.hukou_division_code, p.hukou_is_local, p.provenance -> 'hukou' ->> 'on')
          IS DISTINCT FROM (r.division_code, r.is_local, r.observed_on::text)
        """,
        [person_ids],
    )


def save_events(events: Iterable[Event], *, source: str) -> None:
    """Adds life events."""
    rows = [(*event[:5], json.dumps(event[5], ensure_ascii=False, default=str)) for event in events]
    if not rows:
        return
    columns = {
        "person_id": "bigint", "kind": "text", "on": "date", "household_id": "bigint", "division_code": "text",
        "detail": "jsonb",
    }  # fmt: skip
    staged = stage(columns, rows)
    names = ", ".join(f'"{name}"' for name in columns)
    execute(
        f"INSERT INTO people_lifeevent ({names}, source, recorded_at) SELECT {names}, %s, now() FROM {staged}",
        [source],
    )
    drop(staged)
