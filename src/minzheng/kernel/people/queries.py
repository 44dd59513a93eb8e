"""Readings of the register for screens: search, a person's page, a household's page. Each takes a fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from minzheng.kernel.people.facts import FactKind, catalogue
from minzheng.kernel.people.identifiers import mask, mask_account, normalise
from minzheng.kernel.people.models import (
    BankAccount,
    Fact,
    Household,
    HukouRecord,
    Identifier,
    LifeEvent,
    Membership,
    Merge,
    Person,
    PersonName,
    Residence,
)
from minzheng.kernel.people.staging import fetch

EVENTS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Hit:
    """One answer of the search; the identifier is masked by the database already."""

    person_id: int
    name: str
    matched: str | None
    """The other writing of the name that was found, where it was not the name itself."""
    sex: int
    birth_date: date | None
    death_date: date | None
    division_code: str
    identifier: str | None


@dataclass(frozen=True, slots=True)
class FactView:
    """A fact with its kind, in words."""

    fact: Fact
    kind: FactKind | None

    @property
    def label(self) -> str:
        return self.kind.label if self.kind else self.fact.kind

    @property
    def shown(self) -> str:
        """The value in words; money is left to the page, which knows how to write fen."""
        if self.kind and self.fact.int_value is not None:
            return self.kind.show(self.fact.int_value)
        return self.fact.text_value or str(self.fact.int_value)

    @property
    def is_money(self) -> bool:
        return bool(self.kind and self.kind.type == "money")


@dataclass(frozen=True, slots=True)
class IdentifierView:
    """A number as the page shows it; the whole is in `identifier.value` for whoever gave a reason."""

    identifier: Identifier
    masked: str


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account as the page shows it."""

    account: BankAccount
    masked: str


@dataclass(frozen=True, slots=True)
class PersonPage:
    """All that the register holds of one person."""

    person: Person
    identifiers: list[IdentifierView]
    names: list[PersonName]
    memberships: list[Membership]
    residences: list[Residence]
    hukou: list[HukouRecord]
    facts: list[FactView]
    accounts: list[AccountView]
    events: list[LifeEvent]
    merges: list[Merge]

    @property
    def household(self) -> Household | None:
        """The household lived in at last, if it has not ended."""
        for membership in self.memberships:
            if membership.during.upper is None:
                return membership.household
        return None


@dataclass(frozen=True, slots=True)
class HouseholdPage:
    """All that the register holds of one household."""

    household: Household
    members: list[Membership]
    former: list[Membership]
    facts: list[FactView]


def search_people(text: str, limit: int = 20) -> list[Hit]:
    """People in the acting post's scope by name, part of a name, pinyin, initials or the last digits of an identifier.

    Names need two characters and numbers four digits; less finds nothing.
    """
    cleaned = normalise(text) if any(sign.isdigit() for sign in text) else text.strip()
    return [Hit(*row) for row in fetch("SELECT * FROM people_search(%s, %s)", [cleaned, limit])]


def person_page(person_id: int) -> PersonPage:
    """One person's record; a merged record answers by the surviving one.

    Raises:
        Person.DoesNotExist: no such person in the acting post's scope.
    """
    person = Person.objects.get(pk=person_id)
    if person.merged_into_id:
        person = Person.objects.get(pk=person.merged_into_id)
    return PersonPage(
        person=person,
        identifiers=[
            IdentifierView(i, mask(i.value))
            for i in Identifier.objects.filter(person=person).order_by("kind", "-is_primary", "id")
        ],
        names=list(PersonName.objects.filter(person=person).order_by("source", "name")),
        memberships=list(
            Membership.objects.filter(person=person).select_related("household").order_by("-during")
        ),
        residences=list(Residence.objects.filter(person=person).order_by("-during")),
        hukou=list(HukouRecord.objects.filter(person=person).order_by("-during")),
        facts=current_facts(Q(person=person)),
        accounts=[
            AccountView(a, mask_account(a.number))
            for a in BankAccount.objects.filter(person=person).order_by("purpose", "-during")
        ],
        events=list(LifeEvent.objects.filter(person=person).order_by("-on", "-id")[:EVENTS_SHOWN]),
        merges=list(Merge.objects.filter(survivor=person).order_by("-id")),
    )


def household_page(household_id: int) -> HouseholdPage:
    """One household's record: those in it by role, those who left by when, what was told about it.

    Raises:
        Household.DoesNotExist: no such household in the acting post's scope.
    """
    household = Household.objects.get(pk=household_id)
    memberships = list(
        Membership.objects.filter(household=household, person__merged_into__isnull=True)
        .select_related("person")
        .order_by("role", "person__birth_date", "id")
    )
    members = [m for m in memberships if m.during.upper is None]
    former = sorted((m for m in memberships if m.during.upper is not None), key=lambda m: m.during.upper)
    return HouseholdPage(household, members, former, current_facts(Q(household=household)))


def current_facts(of: Q) -> list[FactView]:
    """The latest fact in force of each kind, in the order of the catalogue."""
    latest = Fact.objects.filter(of, superseded_at__isnull=True).order_by("kind", "-during").distinct("kind")
    order = {name: place for place, name in enumerate(catalogue())}
    views = [FactView(fact, catalogue().get(fact.kind)) for fact in latest]
    return sorted(views, key=lambda view: order.get(view.fact.kind, len(order)))


def fact_history(*, kind: str, person_id: int | None = None, household_id: int | None = None) -> list[Fact]:
    """Every word on one kind, superseded ones too: newest period first, then newest learnt."""
    of = Q(person_id=person_id) if person_id is not None else Q(household_id=household_id)
    return list(Fact.objects.filter(of, kind=kind).order_by("-during", "-learnt_at")[:200])


def people_by_identifier(values: Iterable[str], kind: str = Identifier.Kind.CITIZEN) -> dict[str, int]:
    """The surviving person of each identifier in normal form; unknown ones are absent. One query."""
    rows = fetch(
        """SELECT i.value, coalesce(p.merged_into_id, p.id) FROM people_identifier i
           JOIN people_person p ON p.id = i.person_id WHERE i.kind = %s AND i.value = ANY(%s)""",
        [str(kind), list(values)],
    )
    return dict(rows)


def households_by_number(numbers: Iterable[str], register: str = "") -> dict[str, int]:
    """The household of each number in a register; unknown ones are absent. One query."""
    rows = fetch(
        "SELECT number, id FROM people_household WHERE register = %s AND number = ANY(%s)",
        [register, list(numbers)],
    )
    return dict(rows)


def accounts_in_force(person_ids: Iterable[int], on: date, purpose: str = "") -> dict[int, dict[str, Any]]:
    """Each person's account on a day, as bank, number, holder: that of the purpose, else the general one. One query."""
    rows = fetch(
        """SELECT DISTINCT ON (person_id) person_id, bank, number, holder FROM people_bankaccount
           WHERE person_id = ANY(%s) AND during @> %s AND purpose IN (%s, '')
           ORDER BY person_id, purpose DESC""",
        [list(person_ids), on, purpose],
    )
    return {row[0]: {"bank": row[1], "number": row[2], "holder": row[3]} for row in rows}
