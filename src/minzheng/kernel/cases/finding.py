"""What the law finds for a case (认定建议): proposed to the officer with its explanation, frozen with the decision."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from minzheng.kernel.cases.models import Case
from minzheng.kernel.cases.moving import item_of
from minzheng.kernel.items import meets
from minzheng.kernel.items.model import Item, ResultKind
from minzheng.kernel.people.frames import household_frames, household_of
from minzheng.kernel.people.models import Fact, Person
from minzheng.kernel.periods import Month, age_in_years
from minzheng.kernel.programmes import benefit_by_code, law_for
from minzheng.kernel.rules import (
    Explanation,
    HouseholdInputs,
    HouseholdTrace,
    LawError,
    Provenance,
    evaluate_household,
    explain,
)

_WORDS = {"eligible": "granted", "not_eligible": "refused"}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A finding as the case keeps it, and the explanation it was made from (None where no law is computed)."""

    outcome: str
    """granted, refused, or empty where a check is missing or an officer has to judge."""
    data: dict[str, Any]
    explanation: Explanation | None
    trace: HouseholdTrace | None


def propose(case: Case, on: date) -> Proposal:
    """What the law says of a case on a day, from the registers in sight of whoever acts."""
    item = item_of(case)
    if item.result.kind is ResultKind.AWARD and item.result.benefit:
        return _by_law(case, item.result.benefit, on)
    return by_requirements(item, known_of(case.person_id, on), on)


def _by_law(case: Case, benefit: str, on: date) -> Proposal:
    month = Month.of(on)
    try:
        law = law_for(month)
        home = household_of(case.person_id, month)
        frames = household_frames(home, month)
    except (LawError, LookupError) as gap:
        data = {
            "status": "unknown",
            "month": str(month),
            "sentences": [str(gap)],
            "conditions": [],
            "amounts": [],
        }
        return Proposal("", data, None, None)
    said = {key: Provenance(p.source, p.authority, p.on) for key, p in frames.provenance.items()}
    trace = evaluate_household(
        law, HouseholdInputs(frames.households.to_dicts()[0], frames.persons.to_dicts(), said)
    )
    unit = benefit_by_code(benefit)[1].unit
    found = explain(law, trace, benefit, case.person_id if unit == "person" else None)
    return Proposal(_WORDS.get(found.status, ""), frozen(found), found, trace)


def frozen(found: Explanation) -> dict[str, Any]:
    """An explanation as plain data that a decision keeps and a letter is written from."""
    return {
        "status": found.status,
        "month": found.month,
        "law": found.law,
        "benefit": found.benefit,
        "amount_fen": found.amount_fen,
        "conditions": [
            {
                "rule": view.rule,
                "label": view.label,
                "label_en": view.label_en,
                "met": view.met,
                "value": view.value_text,
                "threshold": view.threshold_text,
                "article": view.source,
                "provenance": "illustrative"
                if "illustrative" in (view.provenance, view.threshold_provenance)
                else view.provenance,
            }
            for view in found.conditions
        ],
        "amounts": [
            {"label": step.label, "value": step.text, "article": step.source} for step in found.steps
        ],
        "sentences": list(found.sentences),
        "illustrative": list(found.illustrative),
    }


def by_requirements(item: Item, known: dict[str, Any], on: date) -> Proposal:
    """What an item's own conditions say over what is known, where no law is computed."""
    answers = meets(item, known)
    data: dict[str, Any] = {
        "status": "unknown" if any(one.is_met is None for one in answers) or not answers else
                  "eligible" if all(one.is_met for one in answers) else "not_eligible",
        "month": str(Month.of(on)),
        "conditions": [
            {"rule": one.requirement.fact, "label": one.requirement.text, "label_en": one.requirement.text_en,
             "met": one.is_met, "value": "" if one.value is None else str(one.value), "threshold": "", "article": "",
             "provenance": item.provenance}
            for one in answers
        ],
        "amounts": [],
        "sentences": [],
        "illustrative": [],
    }  # fmt: skip
    return Proposal(_WORDS.get(data["status"], ""), data, None, None)


def known_of(person_id: int, on: date) -> dict[str, Any]:
    """What the registers know of a person, by the names that requirements use."""
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        return {}
    facts = Fact.objects.filter(person_id=person_id, superseded_at=None).order_by("kind", "-during")
    return told_of(person, facts.distinct("kind"), on)


def known_of_people(
    people: Iterable[Person], kinds: Collection[str]
) -> Callable[[Person, date], dict[str, Any]]:
    """The same for many people with one query; the function that is returned answers for one of them on a day."""
    by_id = {person.pk: person for person in people}
    latest: dict[int | None, dict[str, Fact]] = {}
    facts = Fact.objects.filter(person__in=by_id, kind__in=kinds, superseded_at=None)
    for fact in facts.order_by("kind", "-during"):
        latest.setdefault(fact.person_id, {}).setdefault(fact.kind, fact)
    return lambda person, on: told_of(person, latest.get(person.pk, {}).values(), on)


def told_of(person: Person, facts: Iterable[Fact], on: date) -> dict[str, Any]:
    known: dict[str, Any] = {
        "sex": person.sex or None,
        "hukou_is_local": person.hukou_is_local,
        "is_alive": person.death_date is None,
        "age_years": age_in_years(person.birth_date, on) if person.birth_date else None,
    }
    for fact in facts:
        known[fact.kind] = fact.int_value if fact.int_value is not None else fact.text_value
    return known
