"""A small town for tests of grants by event: people, households on the allowance, flags, and the officials of the city."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.awards.models import Award, AwardPeriod
from minzheng.kernel.eventgrants.models import Activation
from minzheng.kernel.payments.models import Order
from minzheng.kernel.people.models import BankAccount, Fact, Household, Membership, Person
from minzheng.kernel.periods import Month

COMMITTEE = "310107014029"


class Town:
    """Posts and people of one committee."""

    programme = ""
    """Whose orders `orders` reads."""

    def __init__(self) -> None:
        self.proposer = make_post("city_policy_officer", "310000")
        self.approver = make_post("city_policy_officer", "310000")
        self.preparer = make_post("finance_preparer", "310000")
        self.payer = make_post("finance_approver", "310000")

    def person(self, *, died: date | None = None, local: bool = True, account: bool = True) -> Person:
        with acting_as_service("test"):
            person = Person.objects.create(
                name="王芳",
                birth_date=date(1950, 3, 1),
                death_date=died,
                division_code=COMMITTEE,
                hukou_division_code=COMMITTEE,
                hukou_is_local=local,
            )
        if account:
            self.account(person)
        return person

    def account(self, person: Person) -> None:
        with acting_as_service("test"):
            BankAccount.objects.create(
                person=person, bank="示例银行", number=f"62220200{person.pk:08d}", holder="王芳",
                during=DateRange(date(2020, 1, 1), None),
            )  # fmt: skip

    def household(self, *people: Person, joined: date = date(2000, 1, 1)) -> Household:
        with acting_as_service("test"):
            home = Household.objects.create(number=f"P{people[0].pk:06d}", division_code=COMMITTEE)
        for at, person in enumerate(people):
            self.join(home, person, joined, role=1 if at == 0 else 9)
        return home

    def join(self, home: Household, person: Person, since: date, role: int = 9) -> None:
        with acting_as_service("test"):
            Membership.objects.create(household=home, person=person, role=role, during=DateRange(since, None))

    def allowance(self, home: Household, payee: Person, since: Month) -> None:
        """The household receives the subsistence allowance from a month on."""
        with acting_as_service("test"):
            award = Award.objects.create(
                programme="subsistence_allowance", benefit="subsistence_allowance", unit="household",
                person=payee, household=home, start_month=since.first_day, division_code=COMMITTEE,
                origin="application", granted_on=since.first_day,
            )  # fmt: skip
            AwardPeriod.objects.create(
                award=award, during=DateRange(since.first_day, None), monthly_fen=100_000,
                division_code=COMMITTEE, programme="subsistence_allowance", person_id=payee.pk,
            )  # fmt: skip

    def told(self, kind: str, *, person: Person | None = None, home: Household | None = None,
             since: date = date(2022, 1, 1)) -> None:  # fmt: skip
        """An office told us a flag."""
        with acting_as_service("test"):
            Fact.objects.create(
                person=person, household=home, kind=kind, int_value=1, during=DateRange(since, None),
                source="民政", observed_on=since, learnt_at=datetime(2022, 1, 1, tzinfo=UTC),
            )  # fmt: skip

    def listed(self, activation: Activation) -> set[int]:
        with self.seeing():
            return set(activation.entries.values_list("person_id", flat=True))

    def orders(self) -> list[tuple[int, str, int]]:
        with self.seeing():
            found = Order.objects.filter(programme=self.programme).order_by("benefit_month", "person_id")
            return [(o.person_id, f"{o.benefit_month:%Y-%m}", o.amount_fen) for o in found]

    @contextmanager
    def seeing(self) -> Iterator[None]:
        with acting_as_service("test"):
            yield
