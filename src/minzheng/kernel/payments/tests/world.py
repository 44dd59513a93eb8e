"""A small world for the tests of payments: a few people with accounts and awards, and the officials who pay them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.models import Post
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.awards.models import Award
from minzheng.kernel.payments.actions import approve_batch, draft_orders, export_batch, prepare_batch
from minzheng.kernel.payments.models import Batch, Order
from minzheng.kernel.payments.schedule import Schedule
from minzheng.kernel.people.models import BankAccount, Person
from minzheng.kernel.periods import Month

PROGRAMME, BENEFIT = "relief", "relief_monthly"
MONTHLY = Schedule(PROGRAMME, BENEFIT)
QUARTERLY = Schedule("ages", "ages_quarterly", pay_months=(1, 4, 7, 10), covers=(-3, -2, -1))
JULY = Month(2022, 7)
PLACE = "310107014001"


def day(month: Month, number: int = 20) -> date:
    return date(month.year, month.number, number)


@dataclass
class World:
    """Posts and short forms of the actions, each run by the right official."""

    preparer: Post
    approver: Post
    people: list[int] = field(default_factory=list)

    def person(
        self, name: str = "王芳", *, account: str | None = "6222020000000001", died: date | None = None
    ) -> int:
        with acting_as_service("test"):
            person = Person.objects.create(name=name, division_code=PLACE, death_date=died)
            if account:
                BankAccount.objects.create(
                    person=person,
                    bank="示例银行普陀支行",
                    number=account,
                    holder=name,
                    during=(date(2020, 1, 1), None),
                )
        self.people.append(person.pk)
        return person.pk

    def award(
        self,
        person: int,
        *,
        fen: int = 100_000,
        start: Month = JULY,
        end: Month | None = None,
        schedule: Schedule = MONTHLY,
        place: str = PLACE,
        unit: str = "person",
        origin: str = "lead",
        paid_through: Month | None = None,
    ) -> int:
        with acting_as_service("test"):
            household = None
            if unit == "household":
                from minzheng.kernel.people.models import Household

                household = Household.objects.create(number=f"H{person}", division_code=place)
            award = Award.objects.create(
                programme=schedule.programme,
                benefit=schedule.benefit,
                unit=unit,
                person_id=person,
                household=household,
                start_month=start.first_day,
                end_month=end.first_day if end else None,
                division_code=place,
                origin=origin,
                granted_on=start.first_day,
                paid_through=paid_through.first_day if paid_through else None,
            )
        self.amounts(award.pk, [(start, (end + 1) if end else None, fen)])
        return award.pk

    def amounts(self, award: int, periods: list[tuple[Month, Month | None, int]]) -> None:
        """The award's amounts from now on: (first month, month after the last, fen)."""
        with acting_as_service("test"), connection.cursor() as cursor:
            cursor.execute("DELETE FROM awards_awardperiod WHERE award_id = %s", [award])
            for first, after, fen in periods:
                cursor.execute(
                    """INSERT INTO awards_awardperiod (award_id, during, monthly_fen, division_code, programme, person_id)
                       SELECT id, daterange(%s, %s), %s, division_code, programme, person_id
                       FROM awards_award WHERE id = %s""",
                    [first.first_day, after.first_day if after else None, fen, award],
                )

    def draft(self, month: Month = JULY, *, schedules: tuple[Schedule, ...] = (MONTHLY,)):  # type: ignore[no-untyped-def]
        with acting_as_service("test"):
            return draft_orders(month=month, benefits=schedules, on=day(month))

    def prepare(self, month: Month = JULY, programme: str = PROGRAMME) -> Batch:
        with acting(self.preparer):
            return prepare_batch(programme=programme, month=month, on=day(month))

    def approve(self, batch: Batch) -> Batch:
        with acting(self.approver):
            return approve_batch(batch_id=batch.pk, on=day(Month.of(batch.accounting_month), 21))

    def export(self, batch: Batch, format: str = "pain.001"):  # type: ignore[no-untyped-def]
        with acting(self.preparer):
            return export_batch(
                batch_id=batch.pk, format=format, on=day(Month.of(batch.accounting_month), 22)
            )

    def send(self, month: Month = JULY, programme: str = PROGRAMME) -> Batch:
        """Draft, prepare, approve and export a month."""
        self.draft(month)
        batch = self.approve(self.prepare(month, programme))
        self.export(batch)
        return batch

    def orders(self, **chosen: object) -> list[Order]:
        with self.seeing():
            return list(Order.objects.filter(**chosen).order_by("id"))

    def states(self, **chosen: object) -> list[tuple[str, str, int, str]]:
        return [(f"{o.benefit_month:%Y-%m}", o.kind, o.amount_fen, o.state) for o in self.orders(**chosen)]

    @contextmanager
    def seeing(self) -> Iterator[None]:
        with acting_as_service("test"):
            yield


def make_world() -> World:
    return World(make_post("finance_preparer", "310000"), make_post("finance_approver", "310000"))


def answer(number: str, *rows: tuple[Order, str], reason: str = "AC04", amount: str | None = None) -> bytes:
    """A bank's answer in the CSV contract."""
    from minzheng.kernel.money import format_yuan

    lines = [f"回执号,{number}", "付款指令号,金额（元）,结果,原因码,说明"]
    for order, result in rows:
        code = reason if result == "退票" else ""
        lines.append(f"{order.end_to_end_id},{amount or format_yuan(order.amount_fen)},{result},{code},")
    return ("\n".join(lines) + "\n").encode("utf-8-sig")
