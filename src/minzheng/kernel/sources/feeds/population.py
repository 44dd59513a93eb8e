"""公安实有人口: enters people, their households, residence and hukou."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import polars as pl

from minzheng.kernel.people import actions as people
from minzheng.kernel.people.identifiers import parse_citizen
from minzheng.kernel.people.names import Likeness, compare_names
from minzheng.kernel.periods import age_in_years
from minzheng.kernel.places.resolution import Match, clean_code, resolve_divisions
from minzheng.kernel.sources.feeds.linking import repeat_of
from minzheng.kernel.sources.feeds.place_names import is_name, resolve_names
from minzheng.kernel.sources.feeds.results import take_results
from minzheng.kernel.sources.people_lookup import KnownPerson, people_by_id, people_by_identifier
from minzheng.kernel.sources.rows import Context, Row

CITY = "310000"
_HEAD = 1
_SEX = {1: "男", 2: "女"}


def check(rows: Sequence[Row], context: Context) -> None:
    """Identity first, then what stands in the row, then what rows say of each other."""
    for row in rows:
        _identity(row, context)
        _days(row, context)
    _places(rows, context)
    fresh = [row for row in rows if not row.outcome]
    _same_identifier(fresh, context)
    _against_register(fresh)
    # A row decided by hand comes alone; its household was looked at with the file.
    if not any(row.accepted for row in rows):
        _households(fresh, context)


def _identity(row: Row, context: Context) -> None:
    """The identity number passed its check digit, so it counts before columns that were typed beside it."""
    number = row.get("citizen_number")
    if not number:
        return
    parsed = parse_citizen(number)
    fields = context.contract.fields
    birth, told = parsed.birth_date, row.get("birth_date")
    if birth and birth > context.as_of:
        row.say(fields["citizen_number"].label, "identifier_birth_date", birth)
    if birth and told != birth:
        code = "birth_differs" if told else "birth_impossible"
        row.say(
            fields["birth_date"].label, code, told or "", done="from_identifier", expected=birth.isoformat()
        )
        row.values["birth_date"] = birth
    sex = row.get("sex")
    if sex and sex != parsed.sex:
        row.say(
            fields["sex"].label,
            "sex_differs",
            _SEX.get(sex, sex),
            done="from_identifier",
            expected=_SEX[parsed.sex],
        )
    row.values["sex"] = parsed.sex


def _days(row: Row, context: Context) -> None:
    fields, birth = context.contract.fields, row.get("birth_date")
    if birth is None:
        return
    for name in ("moved_in_on", "deregistered_on"):
        day = row.get(name)
        if day and day < birth:
            row.say(fields[name].label, "before_birth", day, done="left_out")
            row.values[name] = None
    years = context.as_of.year - birth.year
    if years > context.contract.options["oldest_age"] and not row.get("deregistered_on"):
        row.say(fields["birth_date"].label, "too_old", birth)


def _places(rows: Sequence[Row], context: Context) -> None:
    """Both division codes against the tree; a residence that cannot be placed follows the household's other members."""
    fields = context.contract.fields
    codes = {
        row.get(name) for row in rows for name in ("residence_division", "hukou_division") if row.get(name)
    }
    names = resolve_names(codes, context.as_of, register=context.register)
    resolved = resolve_divisions(codes - set(names), context.as_of) | names
    unplaced = []
    members: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        home, hukou = row.get("residence_division"), row.get("hukou_division")
        if hukou:
            _hukou(row, hukou, resolved[hukou].match, resolved[hukou].code, context)
        found = resolved[home] if home else None
        label = fields["residence_division"].label
        if home in names and found and found.code:
            row.say(label, "division_by_name", home, expected=found.code)
        elif found and found.match in (Match.MAPPED, Match.ANCESTOR):
            row.say(
                label,
                f"division_{'mapped' if found.match is Match.MAPPED else 'ancestor'}",
                home,
                expected=found.code or "",
            )
        if found and found.match is Match.OUTSIDE:
            row.say(label, "residence_outside", home)
        if found and found.code:
            row.values["residence_division"] = row.division_code = found.code
            if row.get("household_number") and found.is_certain:
                members[row.get("household_number")][found.code] += 1
        else:
            unplaced.append((row, found))
    for row, found in unplaced:
        near = members.get(row.get("household_number") or "")
        place = near.most_common(1)[0][0] if near else context.register or CITY
        row.values["residence_division"] = row.division_code = place
        if found and found.match is not Match.OUTSIDE:
            code = "division_malformed" if found.match is Match.MALFORMED else "division_unknown"
            done = "from_household" if near else "from_register"
            row.say(
                fields["residence_division"].label,
                code,
                row.raw_of("residence_division"),
                done=done,
                expected=place,
            )


def _hukou(row: Row, sent: str, match: Match, code: str | None, context: Context) -> None:
    label = context.contract.fields["hukou_division"].label
    if match in (Match.UNKNOWN, Match.MALFORMED):
        row.say(label, f"division_{match}", sent, done="left_out")
        row.values["hukou_division"] = None
        return
    if is_name(sent) and code:
        row.say(label, "division_by_name", sent, expected=code)
    elif match in (Match.MAPPED, Match.ANCESTOR):
        row.say(
            label, f"division_{'mapped' if match is Match.MAPPED else 'ancestor'}", sent, expected=code or ""
        )
    # A place elsewhere that is given in words has no code here, only that it is elsewhere.
    row.values["hukou_division"] = code or (None if is_name(sent) else clean_code(sent))
    told, is_local = row.get("hukou_class"), match is not Match.OUTSIDE
    if told and (told == "local") != is_local:
        row.say(
            context.contract.fields["hukou_class"].label,
            "hukou_class_differs",
            told,
            expected="local" if is_local else "other",
        )
    row.values["hukou_class"] = "local" if is_local else "other"


def _same_identifier(rows: Sequence[Row], context: Context) -> None:
    """One number on several rows: repeats, one person in two households, or two people."""
    fields = context.contract.fields
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.get("citizen_number"):
            groups[row.get("citizen_number")].append(row)
    for number, group in groups.items():
        if len(group) == 1:
            continue
        first = group[0]
        # The columns of two rows under one number may differ only where one of them was mistyped.
        if any(
            compare_names(first.get("name") or "", row.get("name") or "") is Likeness.DIFFERENT
            for row in group[1:]
        ):
            lines = "、".join(str(row.line) for row in group)
            for row in group:
                row.say("证件号码", "identifier_two_people", number, expected=f"第 {lines} 行只有一人")
            continue
        for row in group[1:]:
            if row.get("household_number") and row.get("household_number") != first.get("household_number"):
                told = f"{first.get('household_number')}（第 {first.line} 行）"
                row.say("户号", "two_households", row.get("household_number"), expected=told)
                continue
            unlike = [name for name, value in row.values.items() if value != first.values.get(name)]
            repeat_of(row, first, differing=[fields[name].label for name in unlike])


def _against_register(rows: Sequence[Row]) -> None:
    known = people_by_identifier(row.get("citizen_number") for row in rows if row.get("citizen_number"))
    chosen = people_by_id(row.person_id for row in rows if row.person_id)
    for row in rows:
        person: KnownPerson | None = chosen.get(row.person_id or 0) or known.get(
            row.get("citizen_number") or ""
        )
        if person is None:
            continue
        row.person_id = person.id
        if compare_names(person.name, row.get("name") or person.name) is Likeness.DIFFERENT:
            row.say("姓名", "name_differs", row.get("name"), expected=person.name[:60])


def _households(rows: Sequence[Row], context: Context) -> None:
    """Heads and places, told on the row where a clerk would correct it."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.get("relation") is None and row.level not in ("refused",) and row.get("household_number"):
            row.say(context.contract.fields["relation"].label, "role_missing", row.sent.get("relation", ""))
        if row.get("household_number") and row.outcome != "unchanged" and row.level != "refused":
            groups[row.get("household_number")].append(row)
    for number, group in groups.items():
        heads = [row for row in group if row.get("relation") == _HEAD]
        # A head whose row is still in the queue is a head all the same.
        if not heads:
            group[0].say("与户主关系", "no_head", number)
        passing = [row for row in heads if row.is_passing]
        for row in passing[1:]:
            row.say("与户主关系", "two_heads", number, expected=f"第 {passing[0].line} 行")
        for row in heads:
            birth = row.get("birth_date")
            if birth and age_in_years(birth, context.as_of) < context.contract.options["minor_head_age"]:
                row.say("与户主关系", "minor_head", birth)


def frame_of(rows: Sequence[Row]) -> pl.DataFrame:
    """The rows as people's action takes them."""
    records: list[dict[str, Any]] = [
        {
            "row": row.id,
            "person_id": row.person_id,
            "identifier_kind": "citizen",
            "identifier": row.get("citizen_number"),
            "name": row.get("name"),
            "sex": row.get("sex"),
            "birth_date": row.get("birth_date"),
            "ethnicity": row.get("ethnicity"),
            "household_number": row.get("household_number"),
            "relation": row.get("relation") or 9,
            "hukou_division_code": row.get("hukou_division"),
            "hukou_is_local": {"local": True, "other": False}.get(row.get("hukou_class") or ""),
            "division_code": row.get("residence_division"),
            "since": row.get("moved_in_on"),
            "deregistered_on": row.get("deregistered_on"),
        }
        for row in rows
    ]
    schema = {name: dtype for name, dtype in people.PEOPLE_SCHEMA.items() if name != "address"}
    return pl.DataFrame(records, schema=schema)


def apply(rows: Sequence[Row], context: Context) -> None:
    decided = any(row.accepted for row in rows)
    results = people.register_people(
        frame_of(rows),
        source=context.source,
        observed_on=context.as_of,
        file=context.file_name,
        register=context.register,
        trust_identifier=decided,
        allow_without_identifier=decided,
    )
    take_results(rows, results)
