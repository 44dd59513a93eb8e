"""A resident of Chongming who applies in Xuhui, and the officials of both places."""

from __future__ import annotations

from datetime import date

import polars as pl

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.people.actions import record_facts
from minzheng.kernel.people.fact_writing import FACT_SCHEMA
from minzheng.kernel.people.models import Membership, Person
from minzheng.kernel.people.tests import world as people

CHONGMING = "310151101"
XUHUI = "310104014"
PUTUO = "310107014"
HOME = "310151101001"
ON = date(2022, 9, 26)
APPLY = "subsistence_allowance_apply"
NAME = "施小妹"
NUMBER = people.number(2, "19650505")


def poor_household(*, serial: int = 2, name: str = NAME, place: str = HOME, household: str = "H100001",
                   wage_fen: int = 60_000, is_checked: bool = True) -> Person:  # fmt: skip
    """A person of Chongming living alone on little, with the household's assets checked; registered by the platform."""
    with acting_as_service("test"):
        told = people.register_one(
            row=serial, serial=serial, identifier=people.number(serial, "19650505"), name=name, sex=2,
            birth_date=date(1965, 5, 5), household_number=household, hukou_division_code=place, division_code=place,
            on=date(2022, 9, 1),
        )  # fmt: skip
        person = Person.objects.get(pk=told["person_id"])
        home = Membership.objects.get(person=person).household_id
        facts = [(person.pk, None, "wage_fen", wage_fen), (person.pk, None, "employment", 1)]
        if is_checked:
            facts += [(None, home, kind, value) for kind, value in
                      (("money_assets_fen", 100_000), ("homes", 1), ("non_residential_properties", 0), ("vehicles", 0))]  # fmt: skip
        rows = [
            {"row": n, "person_id": p, "household_id": h, "kind": k, "int_value": v, "text_value": None,
             "start": date(2022, 9, 1), "end": None}
            for n, (p, h, k, v) in enumerate(facts)
        ]  # fmt: skip
        for source, kinds in (("人社", ("wage_fen", "employment")), ("核对", None)):
            chosen = [r for r in rows if (r["kind"] in kinds if kinds else r["household_id"])]
            if chosen:
                record_facts(
                    pl.DataFrame(chosen, schema=FACT_SCHEMA), source=source, observed_on=date(2022, 9, 1)
                )
    return person
