"""What the law asks of a couple on the day (审查): each condition on its own, with its article and how it came out.

What registers know is looked up here, across districts, by functions of the database that answer registrars alone. What no
register knows is declared and signed (`requirements.yaml`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from minzheng.domains.marriage_registration.jurisdiction import CITY, may_register_at
from minzheng.domains.marriage_registration.kinship import WORDS, forbidden_kinship, parents_of
from minzheng.domains.marriage_registration.models import Facility, Nationality
from minzheng.domains.marriage_registration.parties import FEMALE, MALE, Party
from minzheng.domains.marriage_registration.working_rules import rule_at
from minzheng.kernel.people.staging import fetch
from minzheng.kernel.periods.ages import age_in_years

MARRIAGE_CHECKS = (
    "age_man", "age_woman", "sexes", "present_man", "capacity_man", "alive_man", "present_woman", "capacity_woman",
    "alive_woman", "unmarried_man", "unmarried_woman", "unrelated", "office", "jurisdiction",
)  # fmt: skip
"""Codes of what `check_marriage` looks at, in its order."""


@dataclass(frozen=True, slots=True)
class Check:
    """One condition; `for_registrar` (a clashing act number) is for the registrar's eyes and in no letter."""

    code: str
    passed: bool
    article: str
    words: str
    words_en: str
    for_registrar: str = ""

    def for_parties(self) -> dict[str, Any]:
        """What the couple may read."""
        told = asdict(self)
        del told["for_registrar"]
        return told


@dataclass(frozen=True, slots=True)
class Tie:
    """A marriage in force of one of the parties, as the register has it."""

    registration_id: int
    number: str
    side: str
    person_id: int | None
    identifier: str
    since: date
    spouse_name: str
    spouse_identifier: str
    spouse_died_on: date | None
    division_code: str


def open_ties(parties: Iterable[Party]) -> list[Tie]:
    """Marriages in force of these people anywhere in the city; answers registrars and the service alone."""
    asked = list(parties)
    rows = fetch(
        "SELECT * FROM marriage_open_ties(%s, %s, %s)",
        [
            [p.person_id for p in asked if p.person_id is not None],
            [p.identifier_kind for p in asked],
            [p.identifier for p in asked],
        ],
    )
    return [Tie(*row) for row in rows]


def check_marriage(*, office: Facility, man: Party, woman: Party, on: date) -> list[Check]:
    """Every condition of a marriage on a day (结婚审查), passed or not, in the order of the law."""
    return [
        *_about_age(man, woman, on),
        _sexes(man, woman),
        *_about_presence(man, woman, "《民法典》第一千零四十九条"),
        *_unmarried(man, woman),
        _unrelated(man, woman),
        *_office(office, man, woman, on),
    ]


def check_divorce(*, office: Facility, man: Party, woman: Party, on: date) -> list[Check]:
    """The conditions of an application for divorce that registers can tell (离婚审查)."""
    return [
        *_about_presence(man, woman, "《婚姻登记条例》第十条、第十二条"),
        *_office(office, man, woman, on),
    ]


def failed(checks: Iterable[Check]) -> list[Check]:
    return [one for one in checks if not one.passed]


def _about_age(man: Party, woman: Party, on: date) -> list[Check]:
    found = []
    for code, party, word, english in (("age_man", man, "男方", "he"), ("age_woman", woman, "女方", "she")):
        least = rule_at(code, on)
        age = age_in_years(party.birth_date, on) if party.birth_date else None
        told = f"{age}周岁" if age is not None else "出生日期不明"
        found.append(
            Check(code, age is not None and age >= least, "《民法典》第一千零四十七条",
                  f"{word}须满{least}周岁，登记当日{told}", f"{english} must be {least}, is {age if age is not None else 'of unknown age'}")
        )  # fmt: skip
    return found


def _sexes(man: Party, woman: Party) -> Check:
    passed = man.sex == MALE and woman.sex == FEMALE
    return Check("sexes", passed, "《民法典》第一千零四十一条、第一千零四十七条",
                 "一方为男性、一方为女性", "one party is a man and one a woman")  # fmt: skip


def _about_presence(man: Party, woman: Party, article: str) -> list[Check]:
    found = []
    for side, party, word, english in (("man", man, "男方", "he"), ("woman", woman, "女方", "she")):
        found += [
            Check(f"present_{side}", party.is_present, article, f"{word}须亲自到场", f"{english} must come in person"),
            Check(f"capacity_{side}", party.has_capacity, "《民法典》第一百四十三条；《婚姻登记条例》第十二条第二项",
                  f"{word}须具有完全民事行为能力", f"{english} must have full capacity"),
            Check(f"alive_{side}", party.death_date is None, "《民法典》第十三条",
                  f"{word}在人口登记中未登记死亡" if party.death_date is None else f"{word}在人口登记中已登记死亡",
                  f"{english} is not recorded as dead"),
        ]  # fmt: skip
    return found


def _unmarried(man: Party, woman: Party) -> list[Check]:
    ties = [tie for tie in open_ties([man, woman]) if tie.spouse_died_on is None]
    found = []
    for side, party, word, english in (("man", man, "男方", "he"), ("woman", woman, "女方", "she")):
        clash = [
            tie.number
            for tie in ties
            if (party.person_id is not None and tie.person_id == party.person_id)
            or tie.identifier == party.identifier
        ]
        told = f"{word}在婚姻登记中已有配偶" if clash else f"{word}在婚姻登记中无配偶"
        found.append(
            Check(f"unmarried_{side}", not clash, "《民法典》第一千零四十二条、第一千零四十六条；《婚姻登记条例》第六条第三项",
                  told, f"{english} is {'already married in the register' if clash else 'not married in the register'}",
                  for_registrar="、".join(clash))
        )  # fmt: skip
    return found


def _unrelated(man: Party, woman: Party) -> Check:
    kind = None
    if man.person_id is not None and woman.person_id is not None:
        edges = fetch("SELECT parent, child FROM marriage_kin(%s)", [[man.person_id, woman.person_id]])
        kind = forbidden_kinship(parents_of(edges), man.person_id, woman.person_id)
    words, english = (
        WORDS[kind] if kind else ("户籍关系中未见禁止结婚的亲属关系", "no forbidden kinship is recorded")
    )
    return Check("unrelated", kind is None, "《民法典》第一千零四十八条", words, english)


def _office(office: Facility, man: Party, woman: Party, on: date) -> list[Check]:
    from_elsewhere = any(p.nationality != Nationality.MAINLAND for p in (man, woman))
    is_city = office.division_code == CITY
    where = may_register_at(
        office_district=office.division_code[:6],
        hukou_districts=[man.hukou_district, woman.hukou_district],
        on=on,
    )
    right = from_elsewhere == is_city
    return [
        Check("office", right, "《婚姻登记条例》第二条",
              "涉外、涉港澳台及华侨婚姻登记由市级登记机关办理，内地居民由区登记机关办理",
              "couples of whom one is no mainland resident go to the city's office, others to a district's"),
        Check("jurisdiction", where.allowed, where.article, where.reason, where.reason_en),
    ]  # fmt: skip
