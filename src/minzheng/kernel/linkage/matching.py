"""Finding who a waiting row may be, and which two people may be one (比对).

Rows wait in the queue of sources because they name nobody for certain. Each is held against the part of the register
that agrees with it in a block; what is likely enough goes before an official, and what is nearly certain is linked by
itself only where the feed's contract says `linkage: automatic`. Two people's records are never joined by a job.
"""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import date
from typing import Any

import polars as pl
from django.db import transaction

from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.linkage import engine
from minzheng.kernel.linkage.comparisons import COMPARISONS
from minzheng.kernel.linkage.deciding import link_automatically
from minzheng.kernel.linkage.models import LinkModel, Proposal
from minzheng.kernel.linkage.records import frame_of, name_shares, register_frame, row_record
from minzheng.kernel.linkage.thresholds import Thresholds, rules_on, thresholds_on
from minzheng.kernel.linkage.training import current_model
from minzheng.kernel.linkage.writing import standard
from minzheng.kernel.people.models import Person
from minzheng.kernel.people.names import pinyin_key
from minzheng.kernel.people.staging import fetch
from minzheng.kernel.periods import today
from minzheng.kernel.places.resolution import CITY
from minzheng.kernel.sources.contract import contracts
from minzheng.kernel.sources.models import ReviewItem

# What these messages say is that nobody knows whom the row means.
IDENTITY_CODES = (
    "identifier_missing", "identifier_check", "identifier_length", "identifier_alphabet", "identifier_other_document",
    "identifier_birth_date", "identifier_two_people", "identifier_differs", "not_registered", "name_differs",
    "register_name_unusual", "dead_not_registered", "means_no_household",
)  # fmt: skip
MOST_CANDIDATES = 5
_ROWS_AT_ONCE = 20_000
# A row's group in the register, by what an index or one pass over the register finds.
_NEAR = """
    AND (p.birth_date = ANY(%s::date[]) OR p.name_pinyin = ANY(%s)
         OR EXISTS (SELECT 1 FROM people_membership m WHERE m.person_id = p.id AND m.household_id = ANY(%s::bigint[]))
         OR EXISTS (SELECT 1 FROM people_identifier i WHERE i.person_id = p.id AND i.kind = 'citizen'
                    AND (i.value = ANY(%s) OR right(i.value, 4) = ANY(%s))))
"""


@transaction.atomic
def match_rows(*, file_id: int | None = None, on: date | None = None) -> dict[str, int]:
    """Holds the rows that wait for an identity against the register (待核处数据比对).

    Run again, a row keeps what was decided about it; open pairs get the present model's weights.

    Args:
        file_id: only this file's rows; all that wait where None, a batch at a time.

    Returns:
        how many rows were held, and how many pairs were proposed and linked.
    """
    require("sources.review")
    day = on or today()
    told = {"rows": 0, "proposed": 0, "linked": 0}
    after = 0
    while items := _waiting(file_id, after):
        after = items[-1].pk
        for name, count in _match(items, day).items():
            told[name] += count
    if told["rows"]:
        record("linkage.match", subject=f"sources.file:{file_id}" if file_id else "", detail=dict(told))
    return told


def _waiting(file_id: int | None, after: int) -> list[ReviewItem]:
    items = ReviewItem.objects.filter(state=ReviewItem.State.OPEN, code__in=IDENTITY_CODES, pk__gt=after)
    if file_id is not None:
        items = items.filter(row__file_id=file_id)
    return list(items.select_related("row__file").order_by("pk")[:_ROWS_AT_ONCE])


def _match(items: list[ReviewItem], day: date) -> dict[str, int]:
    model, limits = current_model(), thresholds_on(day)
    households = _households(items)
    records = [row_record(item.pk, item.evidence, households.get(item.pk)) for item in items]
    rows = frame_of(records, frequencies=name_shares(one["name"] for one in records if one["name"]))
    register = _near(rows)
    population = max(Person.objects.filter(merged_into=None).count(), 1)
    prior = min(0.5, int(rules_on(day).registered_percent) / 100 / population)
    pairs = engine.weigh(rows, register, model.parameters, prior=prior, least=limits.look)
    pairs = pairs.group_by("left", maintain_order=True).head(MOST_CANDIDATES)
    by_id = {item.pk: item for item in items}
    proposed = _propose(pairs, by_id, model, prior)
    linked = _link_where_allowed(pairs, by_id, proposed, limits)
    return {"rows": len(items), "proposed": len(proposed), "linked": linked}


def _households(items: list[ReviewItem]) -> dict[int, int]:
    """The household a row names, by its number in its sender's register."""
    wanted = [
        (item.pk, str(item.evidence.get("values", {}).get("household_number") or ""), item.row.file.register)
        for item in items
    ]
    rows = fetch(
        """SELECT w.item, h.id FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS w(item, number, register)
           JOIN people_household h ON h.number = w.number AND h.register = w.register""",
        [list(column) for column in zip(*wanted, strict=True)],
    )
    return {row[0]: row[1] for row in rows}


def _near(rows: pl.DataFrame) -> pl.DataFrame:
    """The part of the register that may share a block with one of the rows."""
    names = rows["name"].drop_nulls().unique().sort()
    numbers = rows["digits"].drop_nulls().unique().sort().to_list()
    return register_frame(
        condition=_NEAR,
        values=[
            rows["birth"].drop_nulls().unique().sort().to_list(),
            sorted({key for name in names for key in _readings(name)}),
            [int(one) for one in rows["household"].drop_nulls().unique().sort()],
            numbers,
            sorted({one[-4:] for one in numbers}),
        ],
    )


def _readings(name: str) -> set[str]:
    return {pinyin_key(name), pinyin_key(standard(name))}


def _propose(
    pairs: pl.DataFrame, items: dict[int, ReviewItem], model: LinkModel, prior: float
) -> dict[tuple[int, int], Proposal]:
    """Writes the pairs; what was decided before stays, what is open gets the new weights."""
    places = dict(
        Person.objects.filter(pk__in=pairs["right"].cast(pl.Int64).unique().to_list()).values_list(
            "pk", "division_code"
        )
    )
    made = []
    for pair in pairs.to_dicts():
        item, person = items[int(pair["left"])], int(pair["right"])
        made.append(
            Proposal(
                review_id=item.pk,
                person_id=person,
                model=model,
                division_code=common_place(item.division_code, places[person]),
                **_weights(pair, prior),
            )
        )
    _save(made, ("review", "person"))
    found = Proposal.objects.filter(review_id__in=items, state=Proposal.State.OPEN)
    by_pair = {(one.review_id or 0, one.person_id): one for one in found}
    _add_candidates(items, by_pair)
    return by_pair


def _weights(pair: dict[str, Any], prior: float) -> dict[str, Any]:
    answers = {
        one.name: {"level": pair[f"{one.name}_level"], "weight": round(pair[f"{one.name}_weight"], 3)}
        for one in COMPARISONS
        if pair[f"{one.name}_level"]
    }
    return {
        "weight": round(pair["weight"], 3),
        "probability": round(pair["probability"], 6),
        "evidence": {"prior": round(math.log2(prior / (1 - prior)), 3), "answers": answers},
    }


def _save(made: list[Proposal], keys: tuple[str, str]) -> None:
    """Adds pairs; known ones that are still open are weighed anew, decided ones are left alone."""
    first, second = (f"{key}_id" for key in keys)
    known = {
        (getattr(one, first), getattr(one, second)): one
        for one in Proposal.objects.filter(**{f"{keys[0]}_id__in": {getattr(p, first) for p in made}})
    }
    fresh, again = [], []
    for one in made:
        old = known.get((getattr(one, first), getattr(one, second)))
        if old is None:
            fresh.append(one)
        elif old.state == Proposal.State.OPEN:
            for name in ("weight", "probability", "evidence", "model_id", "division_code"):
                setattr(old, name, getattr(one, name))
            again.append(old)
    Proposal.objects.bulk_create(fresh, batch_size=2000)
    Proposal.objects.bulk_update(
        again, ["weight", "probability", "evidence", "model_id", "division_code"], batch_size=2000
    )


def _add_candidates(items: dict[int, ReviewItem], pairs: dict[tuple[int, int], Proposal]) -> None:
    """The queue of sources names whom linkage has found, behind whom it knew already."""
    by_item: dict[int, list[Proposal]] = defaultdict(list)
    for (item_id, _person), proposal in pairs.items():
        by_item[item_id].append(proposal)
    names = {one.pk: one for one in Person.objects.filter(pk__in={one.person_id for one in pairs.values()})}
    changed = []
    for item_id, found in by_item.items():
        item = items[item_id]
        known = {one["person_id"]: one for one in item.candidates}
        for proposal in sorted(found, key=lambda one: -one.weight):
            person = names[proposal.person_id]
            one = known.setdefault(
                person.pk,
                {
                    "person_id": person.pk,
                    "name": person.name,
                    "birth_date": person.birth_date.isoformat() if person.birth_date else "",
                    "division_code": person.division_code,
                    "grounds": [],
                },
            )
            one["grounds"] = [ground for ground in one["grounds"] if ground != "linkage"] + ["linkage"]
            one["proposal"] = proposal.pk
        item.candidates = list(known.values())
        changed.append(item)
    ReviewItem.objects.bulk_update(changed, ["candidates"], batch_size=2000)


def _link_where_allowed(
    pairs: pl.DataFrame,
    items: dict[int, ReviewItem],
    proposals: dict[tuple[int, int], Proposal],
    limits: Thresholds,
) -> int:
    """Links by itself the pairs above the upper line, where the contract allows it and nobody else is likely."""
    rivals = defaultdict(list)
    claims = defaultdict(list)
    for pair in pairs.to_dicts():
        rivals[int(pair["left"])].append(pair)
        claims[(items[int(pair["left"])].contract, int(pair["right"]))].append(int(pair["left"]))
    linked = 0
    for item_id, found in rivals.items():
        item, person = items[item_id], int(found[0]["right"])
        is_alone = len(found) == 1 and len(claims[(item.contract, person)]) == 1
        allowed = contracts()[item.contract].options.get("linkage") == "automatic"
        proposal = proposals.get((item_id, person))
        if allowed and is_alone and proposal and limits.of(found[0]["probability"]) == "link":
            linked += link_automatically(proposal)
    return linked


@transaction.atomic
def find_duplicates(*, place: str = CITY, on: date | None = None) -> dict[str, int]:
    """Holds the people of a place against each other (一人多档比对); what is likely goes to the queue, nothing is joined.

    Args:
        place: a division's code; people who live there, and pairs among them.
    """
    require("people.merge")
    day = on or today()
    model, limits = current_model(), thresholds_on(day)
    low, high = place[:2] if place == CITY else place, (place[:2] if place == CITY else place) + ":"
    people = register_frame(
        condition=" AND p.division_code >= %s AND p.division_code < %s", values=[low, high]
    )
    prior = min(0.5, int(rules_on(day).duplicates_permille) / 1000 / max(people.height, 1))
    pairs = engine.weigh(people, None, model.parameters, prior=prior, least=limits.look)
    places = dict(
        Person.objects.filter(
            pk__in=set(pairs["left"].cast(pl.Int64)) | set(pairs["right"].cast(pl.Int64))
        ).values_list("pk", "division_code")
    )
    made = []
    for pair in pairs.to_dicts():
        first, second = sorted((int(pair["left"]), int(pair["right"])))
        made.append(
            Proposal(
                other_id=first,
                person_id=second,
                model=model,
                division_code=common_place(places[first], places[second]),
                **_weights(pair, prior),
            )
        )
    _save(made, ("other", "person"))
    told = {"people": people.height, "proposed": len(made)}
    record("linkage.duplicates", detail={"place": place, **told}, division_code=place)
    return told


def common_place(one: str, other: str) -> str:
    """The smallest division that holds both.

    >>> common_place("310107014029", "310107014030"), common_place("310107014029", "310107005001")
    ('310107014', '310107')
    >>> common_place("310107014029", "310107014029"), common_place("310107", "310106001002")
    ('310107014029', '310000')
    """
    for size in (12, 9, 6):
        if len(one) >= size and len(other) >= size and one[:size] == other[:size]:
            return one[:size]
    return CITY
