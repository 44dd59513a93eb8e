"""What the registers know already (本市已有信息), for one person or for many at once, each value with its office and day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.db.models import Q

from minzheng.kernel.cases.licences import find_licences
from minzheng.kernel.items.model import Item
from minzheng.kernel.people.facts import catalogue
from minzheng.kernel.people.identifiers import mask, mask_account
from minzheng.kernel.people.models import BankAccount, Fact, Identifier, Membership, Person, Residence

Answer = dict[str, Any]
Known = dict[str, Answer]


def keys_of(items: Iterable[Item]) -> set[str]:
    """The keys by which forms and papers of some items ask the registers."""
    found: set[str] = set()
    for item in items:
        found |= {field.known_from for field in item.fields if field.known_from}
        found |= {paper.source for paper in item.materials if paper.source}
    return found


def known_of_many(person_ids: Collection[int], keys: Collection[str]) -> dict[int, Known]:
    """Values of the registers by `known_from` key for each of some people, as far as whoever acts may read them.

    A fixed number of queries, however many people and keys. What is unknown is absent.
    """
    people = list(Person.objects.filter(pk__in=person_ids))
    found: dict[int, Known] = {person.pk: {} for person in people}

    def put(person_id: int, key: str, value: Any, source: str, on: date | str | None) -> None:
        if key in keys and value not in (None, "") and key not in found[person_id]:
            found[person_id][key] = {"value": value, "origin": "registry", "source": source, "on": str(on or ""),
                                     "confirmed": None}  # fmt: skip

    for person in people:
        for key, value, told in (
            ("person.name", person.name, "name"),
            ("person.sex", person.sex or None, "sex"),
            ("person.birth_date", person.birth_date and person.birth_date.isoformat(), "birth_date"),
            ("person.hukou_place", person.hukou_division_code, "hukou"),
            ("person.residence_place", person.division_code, "division_code"),
        ):
            said = person.provenance.get(told) or {}
            put(person.pk, key, value, str(said.get("source", "公安")), str(said.get("on", "")))
    theirs = {"person__in": found}
    if "person.identifier" in keys:
        for number in Identifier.objects.filter(kind="citizen", is_primary=True, **theirs).order_by("pk"):
            put(
                number.person_id,
                "person.identifier",
                mask(number.value),
                number.source or "公安",
                number.observed_on,
            )
    if "person.residence" in keys:
        for home in Residence.objects.filter(during__upper_inf=True, **theirs).order_by("pk"):
            put(home.person_id, "person.residence", home.address, home.source, home.observed_on)
    if "person.account" in keys:
        for account in BankAccount.objects.filter(during__upper_inf=True, **theirs).order_by("purpose", "pk"):
            put(
                account.person_id,
                "person.account",
                mask_account(account.number),
                account.source,
                account.observed_on,
            )
    homes = _homes(found, keys, put)
    for key in sorted(key for key in keys if key.startswith("licence.")):
        for person_id, licence in find_licences(key.removeprefix("licence."), people).items():
            put(person_id, key, licence.value, licence.issuer, licence.on)
    _facts(found, keys, homes, put)
    return found


def _homes(found: dict[int, Known], keys: Collection[str], put: Any) -> dict[int, int]:
    """The household of each, and the names of its members where somebody asks for them."""
    if "household.members" not in keys and not any(key.startswith("fact.") for key in keys):
        return {}
    held: dict[int, Membership] = {}
    for one in Membership.objects.filter(person__in=found, during__upper_inf=True).order_by("pk"):
        held.setdefault(one.person_id, one)
    if "household.members" in keys:
        members = Membership.objects.filter(
            household__in={one.household_id for one in held.values()},
            during__upper_inf=True,
            person__merged_into=None,
        ).order_by("role", "id")
        names: dict[int, list[str]] = defaultdict(list)
        for household, name in members.values_list("household_id", "person__name"):
            names[household].append(name)
        for person_id, home in held.items():
            told = "、".join(names[home.household_id][:30])
            put(person_id, "household.members", told, home.source, home.observed_on)
    return {person_id: home.household_id for person_id, home in held.items()}


def _facts(found: dict[int, Known], keys: Collection[str], homes: dict[int, int], put: Any) -> None:
    kinds = {key.removeprefix("fact.") for key in keys if key.startswith("fact.")}
    if not kinds:
        return
    of_home: dict[int, list[int]] = defaultdict(list)
    for person_id, household_id in homes.items():
        of_home[household_id].append(person_id)
    facts = Fact.objects.filter(
        Q(person__in=found) | Q(household__in=of_home), kind__in=kinds, superseded_at=None
    )
    for fact in facts.order_by("kind", "-during"):
        value = fact.int_value if fact.int_value is not None else fact.text_value
        kind = catalogue()[fact.kind]
        shown = bool(value) if kind.type == "flag" else str(value) if kind.type == "code" else value
        for person_id in [fact.person_id] if fact.person_id else of_home.get(fact.household_id or 0, []):
            put(person_id, f"fact.{fact.kind}", shown, fact.source, fact.observed_on)
