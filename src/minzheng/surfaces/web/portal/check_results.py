"""What the law says to the answers of the two-minute check: yes with the amount, maybe and what is missing, or no and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from minzheng.kernel import items
from minzheng.kernel.items import Item, meets
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import law_for
from minzheng.kernel.rules import HouseholdInputs, evaluate_household
from minzheng.surfaces.web import explaining
from minzheng.surfaces.web.explaining import Told

MOST_OTHERS = 10


@dataclass(frozen=True, slots=True)
class Answer:
    """One benefit for the household or one of its members."""

    told: Told
    who: str
    status: str
    amount_fen: int
    failed: list[str]
    missing: list[str]
    item: Item | None


@dataclass(slots=True)
class Answers:
    """All of them by what they mean for the reader, and other services that may fit."""

    yes: list[Answer] = field(default_factory=list)
    maybe: list[Answer] = field(default_factory=list)
    no: list[Answer] = field(default_factory=list)
    others: list[tuple[Item, str]] = field(default_factory=list)
    month: Month | None = None


def answer(inputs: HouseholdInputs, names: dict[int, str], on: date) -> Answers:
    """Evaluates every benefit of the month for a household that was told, and the conditions of every item.

    Raises:
        LawError: no law is written for the month.
    """
    month = Month.of(on)
    law = law_for(month)
    trace = evaluate_household(law, inputs)
    found = Answers(month=month)
    groups = {"eligible": found.yes, "may_qualify": found.maybe}
    for code, benefit in law.benefits.items():
        for person_id in list(names) if benefit.unit == "person" else [None]:
            told = explaining.tell(trace, code, person_id, month, names=names)
            who = names[person_id] if person_id is not None else _("全家")
            groups.get(told.explanation.status, found.no).append(_answer(told, who, on))
    found.no = _one_each(found.no, {one.told.explanation.benefit for one in found.yes + found.maybe})
    found.others = other_items(inputs, names, on)
    return found


def _answer(told: Told, who: str, on: date) -> Answer:
    return Answer(
        told=told,
        who=who,
        status=told.explanation.status,
        amount_fen=told.explanation.amount_fen,
        failed=[_in_words(one) for one in told.conditions if one.met is False],
        missing=[str(one.label) for one in told.conditions if one.met is None],
        item=item_for(told.explanation.benefit, on),
    )


def _in_words(condition: Any) -> str:
    label, value, threshold = str(condition.label), str(condition.value or ""), str(condition.threshold or "")
    if value and threshold:
        return _("%(label)s：%(value)s，规定为 %(threshold)s") % {
            "label": label, "value": value, "threshold": threshold}  # fmt: skip
    return label


def _one_each(refused: list[Answer], granted: set[str]) -> list[Answer]:
    """Of a benefit that every member is refused, the first one's reasons; none of those somebody may receive."""
    kept: dict[str, Answer] = {}
    for one in refused:
        if one.told.explanation.benefit not in granted:
            kept.setdefault(one.told.explanation.benefit, one)
    return list(kept.values())


def item_for(benefit: str, on: date) -> Item | None:
    """The item by which a benefit is applied for: the first declared whose result it is."""
    return next((item for item in items.items_on(on) if item.result.benefit == benefit), None)


def other_items(inputs: HouseholdInputs, names: dict[int, str], on: date) -> list[tuple[Item, str]]:
    """Items beyond the computed benefits of which a member meets at least one condition and fails none.

    Conditions that only an officer can check stay open, so this is a hint and no promise.
    """
    found: list[tuple[Item, str]] = []
    month = Month.of(on)
    for item in items.items_on(on):
        if item.result.benefit or not any(one.fact for one in item.who):
            continue
        fits = [names[person["person_id"]] for person in inputs.persons if _fits(item, person, month)]
        if fits:
            found.append((item, "、".join(fits[:4])))
    return found[:MOST_OTHERS]


def _fits(item: Item, person: Any, month: Month) -> bool:
    known = {**person, "age_years": (month.index - person["birth_month"]) // 12}
    answers = meets(item, known)
    # Hukou or being alive alone would fit nearly everybody and help nobody to choose.
    tells = any(one.is_met and one.requirement.fact not in ("hukou_is_local", "is_alive") for one in answers)
    return tells and not any(one.is_met is False for one in answers)
