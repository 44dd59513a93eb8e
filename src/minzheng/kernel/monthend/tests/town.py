"""A town of a few households in which every kind of difference occurs once, and a dump of what a month made of it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.awards.roster import take_over_roster
from minzheng.kernel.people.models import BankAccount, Fact, Household, Membership, Person
from minzheng.kernel.sources.registry import RosterRow

COMMITTEE = "310107014029"
JUNE = date(2022, 6, 1)
CHECKED = {"money_assets_fen": 100_000, "homes": 1, "non_residential_properties": 0, "vehicles": 0}


class Town:
    """Builds people; `names` keeps their numbers by role in the story."""

    def __init__(self) -> None:
        self.names: dict[str, int] = {}
        self.rows: list[RosterRow] = []

    def household(self, number: str, facts: dict[str, int], *members: dict[str, Any]) -> None:
        home = Household.objects.create(number=number, division_code=COMMITTEE)
        self.names[number] = home.pk
        self._facts({"household": home}, facts)
        for at, member in enumerate(members):
            told = {k: member.pop(k) for k in list(member) if k.endswith(("_fen", "_kind", "_grade"))}
            name = member.pop("name")
            person = Person.objects.create(
                name=name,
                division_code=COMMITTEE,
                hukou_division_code=COMMITTEE,
                hukou_is_local=True,
                **{"birth_date": date(1980, 1, 1), "sex": 1} | member,
            )
            self.names[name] = person.pk
            Membership.objects.create(
                household=home,
                person=person,
                role=1 if at == 0 else 9,
                during=DateRange(date(2000, 1, 1), None),
            )
            BankAccount.objects.create(
                person=person, bank="上海农商银行", number=f"62315{person.pk:011d}", holder=name,
                during=DateRange(date(2000, 1, 1), None),
            )  # fmt: skip
            self._facts({"person": person}, told)

    def _facts(self, of: dict[str, Any], facts: dict[str, int]) -> None:
        for kind, value in facts.items():
            Fact.objects.create(
                **of, kind=kind, int_value=value, during=DateRange(date(2022, 5, 1), None), source="测试",
                observed_on=JUNE, learnt_at=datetime(2022, 6, 1, tzinfo=UTC),
            )  # fmt: skip

    def paid(self, name: str, roster: str, yuan: int) -> None:
        row = len(self.rows) + 1
        self.rows.append(
            RosterRow(
                row,
                self.names[name],
                None,
                roster,
                date(2021, 7, 1),
                yuan * 100,
                "上海农商银行",
                "6231000000",
            )
        )


def build_town() -> dict[str, int]:
    """Fills the register and takes over June's roster; returns the numbers of people and households by name."""
    town = Town()
    with acting_as_service("test"):
        town.household("H1", CHECKED, {"name": "标准调整甲"}, {"name": "标准调整乙"})
        town.household("H2", CHECKED, {"name": "符合未享受"})
        town.household("H3", {}, {"name": "尚缺核对"})
        town.household("H4", CHECKED, {"name": "收入已高", "wage_fen": 900_000})
        town.household("H5", CHECKED, {"name": "金额不符"})
        town.household(
            "H6", CHECKED, {"name": "满六十五", "birth_date": date(1957, 5, 9), "pension_fen": 500_000}
        )
        town.household(
            "H7", CHECKED, {"name": "将满七十", "birth_date": date(1952, 7, 9), "pension_fen": 500_000}
        )
        town.household(
            "H8", CHECKED,
            {"name": "已故", "birth_date": date(1940, 1, 1), "death_date": date(2022, 4, 9), "pension_fen": 500_000},
            {"name": "遗属", "birth_date": date(1975, 1, 1), "pension_fen": 0, "wage_fen": 900_000},
        )  # fmt: skip
        town.household(
            "H9", CHECKED, {"name": "已故低保", "death_date": date(2022, 5, 9)}, {"name": "低保遗属"}
        )
        town.paid("标准调整甲", "低保", 2660)
        town.paid("收入已高", "低保", 1330)
        town.paid("金额不符", "低保", 500)
        town.paid("将满七十", "老年综合津贴", 75)
        town.paid("已故", "老年综合津贴", 180)
        town.paid("已故低保", "低保", 1330)
        # The health office's file comes after the roster, so nobody is known to have died yet when it is taken over.
        deaths = dict(Person.objects.exclude(death_date=None).values_list("pk", "death_date"))
        Person.objects.update(death_date=None)
        take_over_roster(rows=town.rows, as_of=JUNE, file_id=1, authority="民政")
        for pk, day in deaths.items():
            Person.objects.filter(pk=pk).update(death_date=day)
    return town.names


# Everything a month makes, by natural keys: numbers of rows and times of day differ between runs, nothing else may.
_DUMP = {
    "awards": """SELECT benefit, unit, person_id, household_id, start_month, end_month, state, division_code,
                   paid_through, origin, granted_on FROM awards_award""",
    "periods": """SELECT a.benefit, p.person_id, p.during::text, p.monthly_fen, p.division_code
                    FROM awards_awardperiod p JOIN awards_award a ON a.id = p.award_id""",
    "events": """SELECT e.person_id, e.programme, e.action, e.reason, e.note, e.month, e."on",
                   (e.detail - 'notice_id' - 'lead_id')::text, e.actor_label FROM awards_awardevent e""",
    "overpayments": "SELECT programme, person_id, month, amount_fen, state, reason FROM awards_overpayment",
    "findings": """SELECT month, benefit, household_id, person_id, status, amount_fen, reference_fen, division_code
                     FROM outreach_finding""",
    "leads": """SELECT month, last_month, kind, benefit, person_id, household_id, amount_fen, current_fen, reason,
                  state, division_code, due_on, attempts, reason_data::text FROM outreach_lead""",
    "notices": """SELECT about, month, benefit, person_id, amount_fen, previous_fen, start_month, amounts::text,
                    letter, window_until, state FROM outreach_notice""",
    "orders": """SELECT benefit, person_id, benefit_month, accounting_month, kind, amount_fen, state, account_number
                   FROM payments_order""",
    "totals": """SELECT r.month, r.attempt, t.benefit, t.division_code, t.eligible, t.eligible_fen, t.in_force,
                   t.in_force_fen, t.orders, t.ordered_fen, t.leads
                   FROM monthend_monthtotal t JOIN monthend_monthrun r ON r.id = t.run_id""",
    "runs": """SELECT month, attempt, state, "on", law_identity, snapshot_identity, findings_sha256, counts::text,
                 differences::text FROM monthend_monthrun""",
    "steps": "SELECT name, state, detail::text, done, total FROM monthend_monthstep",
}


def dump() -> dict[str, list[str]]:
    """The tables a month writes, as sorted lines."""
    found = {}
    with acting_as_service("test"), connection.cursor() as cursor:
        for name, sql in _DUMP.items():
            cursor.execute(sql)
            found[name] = sorted(repr(row) for row in cursor.fetchall())
    return found
