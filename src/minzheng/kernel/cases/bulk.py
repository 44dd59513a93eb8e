"""Casework over sets (批量办件): many cases come in, are handled and end in a few statements, with the rows of single acts.

A story says who came for what, where and when, and what was done on which day; what comes of it follows from the registers,
the items' routes and the calendar. The audit keeps one entry for a batch, as for every act in bulk, and each case its own events.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import polars as pl
from django.db import transaction

from minzheng.kernel.access import SERVICE, NotPermitted
from minzheng.kernel.audit import record
from minzheng.kernel.cases.answers_as_facts import record_told
from minzheng.kernel.cases.bulk_desk import ACTS, DECIDING, Desk, Hand, Planned
from minzheng.kernel.cases.bulk_rows import at_hand, write
from minzheng.kernel.cases.drafting import check_offer
from minzheng.kernel.cases.errors import CaseError
from minzheng.kernel.cases.finding import known_of_people
from minzheng.kernel.cases.jurisdiction import CITY, deciding_place
from minzheng.kernel.cases.known import keys_of, known_of_many
from minzheng.kernel.cases.letters import names_at_hand
from minzheng.kernel.cases.models import Case, Submission
from minzheng.kernel.cases.models.case import YEAR
from minzheng.kernel.cases.moving import who_acts
from minzheng.kernel.cases.papers import AUTHORITY
from minzheng.kernel.items import ItemNotInForce, item_on
from minzheng.kernel.items.model import Item, StepKind
from minzheng.kernel.people.models import Membership, Person
from minzheng.kernel.people.staging import Outcome, conform, execute, fetch, new_ids

CASE_SCHEMA: dict[str, Any] = {
    "row": pl.Int64, "key": pl.String, "item": pl.String, "person_id": pl.Int64, "channel": pl.String,
    "accepting_division": pl.String, "centre_id": pl.Int64, "on": pl.Date, "answers": pl.String,
}  # fmt: skip
"""Who came for what: `channel` is counter or online, `key` the form's own key.

`answers` is JSON by field of what the client tells where the city does not know it; what it knows stands.
"""

ACT_SCHEMA: dict[str, Any] = {
    "row": pl.Int64, "seq": pl.Int64, "act": pl.String, "on": pl.Date, "after": pl.Int64, "since": pl.Date,
    "until": pl.Date, "if_state": pl.String, "is_optional": pl.Boolean, "outcome": pl.String, "words": pl.String,
}  # fmt: skip
"""What was done in which order; `row` is a case's row, or the case's number where it goes on.

`on` is the day, or `after` the working days since the act before (since its state began where a case goes on),
though not before `since`. An act that would fall after its `until` is not done, nor is what follows it. Only a case in
`if_state` takes the act, where one is named; a refused act that `is_optional` is passed over.
"""

RESULT: dict[str, Any] = {
    "row": pl.Int64, "outcome": pl.String, "case_id": pl.Int64, "state": pl.String, "refused": pl.String,
    "reason": pl.String,
}  # fmt: skip
_CHANNELS = (Case.Channel.COUNTER, Case.Channel.ONLINE)


@transaction.atomic
def take_in_many(cases: pl.DataFrame, acts: pl.DataFrame) -> pl.DataFrame:
    """Takes many cases in and handles them as far as their acts go (批量收件与办理).

    An act that is refused ends its case's story there, and nobody else's. A key that became a case before changes nothing.
    Items that award money are not taken: their amounts, awards and leads are settled one by one.

    Args:
        cases: columns of `CASE_SCHEMA`.
        acts: columns of `ACT_SCHEMA`; the acts are those of `bulk_desk.ACTS` from `hand_in` and `submit` on.

    Returns:
        row, outcome (created, unchanged or refused), case_id, state, the act that was refused and why.

    Raises:
        NotPermitted: somebody else than the platform's service.
    """
    _require_service()
    wanted = conform(cases, CASE_SCHEMA)
    stories = _stories(acts)
    made_before = _made_before(wanted["key"])
    told: list[tuple[Any, ...]] = []
    rows = []
    for row in wanted.iter_rows(named=True):
        if row["key"] and row["key"] in made_before:
            told.append((row["row"], str(Outcome.UNCHANGED), made_before[row["key"]], "", "", ""))
        else:
            rows.append(row)
    new, refused = _opened(rows)
    told += refused
    _handled([(row, hand, stories.get(row["row"], [])) for row, hand in new], told)
    _keep_keys((row["key"], hand.case.pk) for row, hand in new if row["key"])
    return pl.DataFrame(told, schema=RESULT, orient="row").sort("row")


@transaction.atomic
def go_on_many(acts: pl.DataFrame) -> pl.DataFrame:
    """Goes on with cases that came in before (批量续办); `row` of the acts is the case's number. As `take_in_many`.

    Raises:
        NotPermitted: somebody else than the platform's service.
    """
    _require_service()
    stories = _stories(acts)
    told: list[tuple[Any, ...]] = []
    hands = at_hand(stories)
    known = known_of_many(
        [hand.case.person_id for hand in hands], keys_of(_each(hand.item for hand in hands))
    )
    for hand in hands:
        hand.known = known.get(hand.case.person_id, {})
    _handled([({"row": hand.case.pk}, hand, stories[hand.case.pk]) for hand in hands], told)
    seen = {hand.case.pk for hand in hands}
    told += [(pk, str(Outcome.REFUSED), None, "", "", "case") for pk in stories if pk not in seen]
    return pl.DataFrame(told, schema=RESULT, orient="row").sort("row")


def _require_service() -> None:
    if who_acts().kind != SERVICE:
        raise NotPermitted("批量办件由系统办理 / the platform itself handles cases in bulk")


def _stories(acts: pl.DataFrame) -> dict[int, list[Planned]]:
    found: dict[int, list[Planned]] = {}
    for row in conform(acts, ACT_SCHEMA).sort("row", "seq").iter_rows(named=True):
        if row["act"] not in ACTS or row["act"] == "open":
            raise ValueError(f"no such act: {row['act']}; the acts are {', '.join(sorted(ACTS))}")
        act = Planned(
            row["act"], row["on"], row["outcome"] or "", row["words"] or "", row["after"] or 0, row["since"],
            row["until"], row["if_state"] or "", bool(row["is_optional"]),
        )  # fmt: skip
        found.setdefault(row["row"], []).append(act)
    return found


def _made_before(keys: pl.Series) -> dict[str, int]:
    asked = [key for key in keys if key]
    return dict(Submission.objects.filter(pk__in=asked).values_list("key", "case_id")) if asked else {}


def _opened(
    rows: list[dict[str, Any]],
) -> tuple[list[tuple[dict[str, Any], Hand]], list[tuple[Any, ...]]]:
    """Every case that may begin, with what the city knows filled in, and those that may not."""
    people = {one.pk: one for one in Person.objects.filter(pk__in={row["person_id"] for row in rows})}
    homes: dict[int, int] = {}
    for person_id, household in (
        Membership.objects.filter(person__in=people, during__upper_inf=True)
        .order_by("pk")
        .values_list("person_id", "household_id")
    ):
        homes.setdefault(person_id, household)
    items: dict[int, Item] = {}
    refused: list[tuple[Any, ...]] = []
    for row in rows:
        try:
            items[row["row"]] = _offered(row, people)
        except CaseError as error:
            refused.append((row["row"], str(Outcome.REFUSED), None, "", "open", str(error)))
    rows = [row for row in rows if row["row"] in items]
    known = known_of_many(people, keys_of(_each(items.values())))
    numbers = _numbers(len(rows))
    hands = []
    for row, number in zip(rows, numbers, strict=True):
        item, person = items[row["row"]], people[row["person_id"]]
        knows = known.get(person.pk, {})
        case = Case(
            id=row["on"].year * YEAR + number, item=item.code, item_version=item.version, domain=item.domain,
            channel=row["channel"], person=person, person_name=person.name, household_id=homes.get(person.pk),
            applicant=person, applicant_name=person.name, accepting_division=row["accepting_division"] or CITY,
            centre_id=row["centre_id"], opened_on=row["on"], state_since=row["on"], step=StepKind.ACCEPT.value,
            deciding_division=deciding_place(item, person, accepting=row["accepting_division"] or "", answers={}),
            answers={one.name: dict(knows[one.known_from]) for one in item.fields if one.known_from in knows},
        )  # fmt: skip
        hands.append((row, Hand(case, item, True, knows)))
    return hands, refused


def _offered(row: dict[str, Any], people: dict[int, Person]) -> Item:
    if row["channel"] not in _CHANNELS:
        raise CaseError(
            f"批量办件只有窗口和网上两种渠道，不是 {row['channel']} / cases in bulk come by counter or online"
        )
    person = people.get(row["person_id"])
    if person is None:
        raise CaseError(f"没有此人：{row['person_id']} / no such person in your sight")
    try:
        item = item_on(row["item"], row["on"])
    except (KeyError, ItemNotInForce) as gap:
        raise CaseError(f"{row['on']} 没有事项 {row['item']} / no such item on that day") from gap
    if item.result.benefit:
        raise CaseError(
            f"“{item.name}”涉及待遇发放，须逐件办理 / {item.name_en} awards money and is handled one by one"
        )
    check_offer(item, row["channel"], person)
    return item


def _each(items: Iterable[Item]) -> Iterable[Item]:
    """Every item once; by its identity, for an item's declaration is long to compare."""
    return {id(item): item for item in items}.values()


def _numbers(count: int) -> list[int]:
    return [row[0] for row in fetch("SELECT nextval('cases_case_number') FROM generate_series(1, %s)", [count])]  # fmt: skip


def _handled(
    stories: Iterable[tuple[dict[str, Any], Hand, Collection[Planned]]], told: list[tuple[Any, ...]]
) -> None:
    """Does the acts of each case, writes everything at once, and says what became of each."""
    todo = list(stories)
    hands = [hand for _, hand, _ in todo]
    if not hands:
        return
    deciding = sum(act.name in DECIDING for _, _, acts in todo for act in acts)
    facts = {one.fact for hand in hands for one in hand.item.who if one.fact}
    desk = Desk(
        who_acts(),
        iter(new_ids("cases_decision", deciding)),
        known_of_people({hand.case.person for hand in hands}, facts),
    )
    places = {hand.case.accepting_division for hand in hands}
    places |= {hand.case.person.hukou_division_code for hand in hands}
    places |= {hand.case.person.division_code for hand in hands}
    with names_at_hand(places):
        for row, hand, acts in todo:
            if hand.is_new:
                begun, story = row["on"], [Planned("open", row["on"], words=row["answers"] or ""), *acts]
            else:
                begun, story = hand.case.state_since, list(acts)
            stopped = desk.tell(hand, story, begun)
            outcome = Outcome.CREATED if hand.is_new else Outcome.UPDATED
            fault = (stopped.act, stopped.why) if stopped else ("", "")
            told.append((row["row"], str(outcome), hand.case.pk, str(hand.case.state), *fault))
    write(hands)
    for hand in hands:
        for on in hand.told:
            record_told(hand.case, hand.item, on)
        for decision in hand.decisions:
            if decision.departs and decision._state.adding:
                _tell_departure(hand, decision.proposed, decision.outcome, decision.reason)
    record(
        "cases.handle_many",
        detail={"cases": len(hands), "acts": dict(sorted(desk.done.items())), "authority": AUTHORITY},
    )


def _tell_departure(hand: Hand, proposed: str, outcome: str, reason: str) -> None:
    record(
        "cases.departs", subject=f"case:{hand.case.pk}", detail={"proposed": proposed, "outcome": outcome}, reason=reason,
        person_id=hand.case.person_id, division_code=hand.case.deciding_division,
    )  # fmt: skip


def _keep_keys(keys: Iterable[tuple[str, int]]) -> None:
    # Without RETURNING: asking for each row back would ask for each case whether it is in sight.
    rows = list(keys)
    execute(
        "INSERT INTO cases_submission (key, case_id) SELECT * FROM unnest(%s::text[], %s::bigint[])",
        [[key for key, _ in rows], [case_id for _, case_id in rows]],
    )


__all__ = ["ACT_SCHEMA", "CASE_SCHEMA", "RESULT", "go_on_many", "take_in_many"]
