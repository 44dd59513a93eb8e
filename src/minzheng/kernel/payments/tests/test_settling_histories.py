"""Over random histories of late news, each person's money adds up to the fen and nothing is ever less than nothing."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minzheng.kernel.access import acting
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.awards.models import Overpayment
from minzheng.kernel.payments.actions import (
    approve_batch,
    approve_settlement,
    close_month,
    confirm_paid,
    draft_orders,
    export_batch,
    prepare_batch,
    propose_settlement,
    receive_repayment,
    verify_ledger,
)
from minzheng.kernel.payments.errors import PaymentRefused
from minzheng.kernel.payments.models import Batch, Offset, Order, Settlement
from minzheng.kernel.payments.schedule import Schedule
from minzheng.kernel.payments.tests.world import MONTHLY, PROGRAMME, World, day, make_world
from minzheng.kernel.periods import Month

SECOND = Schedule(PROGRAMME, "relief_second")
FIRST = Month(2022, 6)
WAYS = ("set_off", "recovery", "waiver")
AMOUNTS = (0, 1, 5_000, 50_001, 100_000, 130_000)

news = st.tuples(st.just("news"), st.integers(0, 2), st.integers(0, 4), st.sampled_from(AMOUNTS))
pay = st.tuples(st.just("pay"), st.integers(0, 1), st.just(0), st.just(0))
decide = st.tuples(st.just("decide"), st.integers(0, 1), st.integers(0, 2), st.just(0))
give_back = st.tuples(
    st.just("give_back"), st.integers(0, 1), st.integers(0, 9), st.sampled_from((1, 5_000, 200_000))
)


class History:
    """Two people, three awards; each amount of each month may be found to have been another at any time."""

    def __init__(self) -> None:
        self.world: World = make_world()
        self.street, self.district = (
            make_post("street_officer", "310107014"),
            make_post("district_reviewer", "310107"),
        )
        self.month = FIRST
        self.people = [self.world.person(account=f"6222020{n}") for n in range(2)]
        self.awards = [
            self.world.award(self.people[0], start=FIRST),
            self.world.award(self.people[0], start=FIRST, schedule=SECOND),
            self.world.award(self.people[1], start=FIRST),
        ]
        self.due = {(award, n): 100_000 for award in self.awards for n in range(12)}

    def news(self, which: int, at: int, fen: int) -> None:
        """The amount of one month, past or coming, is learnt to be another."""
        award = self.awards[which]
        self.due[award, at] = fen
        self.world.amounts(award, list(self._periods(award)))

    def _periods(self, award: int) -> Iterator[tuple[Month, Month, int]]:
        for n in range(12):
            if fen := self.due[award, n]:
                yield FIRST + n, FIRST + n + 1, fen

    def pay(self, closes: int, *_: int) -> None:
        self.draft()
        with acting(self.world.preparer):
            batch = prepare_batch(programme=PROGRAMME, month=self.month, on=day(self.month))
        with acting(self.world.approver):
            approve_batch(batch_id=batch.pk, on=day(self.month))
        with acting(self.world.preparer):
            export_batch(batch_id=batch.pk, format="csv", on=day(self.month))
            confirm_paid(batch_id=batch.pk, on=day(self.month))
        if closes:
            with acting(self.world.approver):
                close_month(month=self.month, on=day(self.month))
        self.month += 1

    def draft(self) -> None:
        with self.world.seeing():
            draft_orders(month=self.month, benefits=[MONTHLY, SECOND], on=day(self.month))

    def decide(self, who: int, way: int, _: int) -> None:
        self.draft()
        with acting(self.street):
            made = propose_settlement(
                person_id=self.people[who], way=WAYS[way], reason="试验", on=day(self.month)
            )
        with acting(self.district):
            approve_settlement(settlement_id=made.pk, on=day(self.month))

    def give_back(self, who: int, receipt: int, fen: int) -> None:
        with self.world.seeing():
            made = Settlement.objects.filter(person_id=self.people[who], state="approved").first()
        if made:
            with acting(self.world.preparer):
                receive_repayment(
                    settlement_id=made.pk, amount_fen=fen, receipt=f"S{receipt}", on=day(self.month)
                )

    def play(self, name: str, *values: int) -> None:
        try:
            with transaction.atomic():
                getattr(self, name)(*values)
        except PaymentRefused:
            pass


# Everything ordered and set off, less what was taken back, waived and is still open, is what was due: per person.
ADDS_UP = """
SELECT p.id,
  (SELECT coalesce(sum(o.amount_fen), 0) FROM payments_order o
   WHERE o.person_id = p.id AND o.state <> 'cancelled' AND o.benefit_month <= %(through)s)
  + (SELECT coalesce(sum(f.amount_fen), 0) FROM payments_offset f WHERE f.person_id = p.id)
  - (SELECT coalesce(sum(v.amount_fen), 0) FROM awards_overpayment v WHERE v.person_id = p.id)
FROM people_person p WHERE p.id = ANY(%(people)s)
"""


def check(history: History) -> None:
    history.draft()
    with history.world.seeing():
        before = list(Order.objects.order_by("id").values()), list(Offset.objects.order_by("id").values())
        overpaid = list(Overpayment.objects.order_by("id").values())
    history.draft()
    with history.world.seeing():
        assert before == (
            list(Order.objects.order_by("id").values()),
            list(Offset.objects.order_by("id").values()),
        )
        assert overpaid == list(Overpayment.objects.order_by("id").values())
        proof = verify_ledger()
        assert proof.is_sound, proof.findings
        assert all(row.rest_fen >= 0 for row in Overpayment.objects.all())
        assert not Order.objects.filter(amount_fen__lte=0).exists()
        assert not Batch.objects.filter(total_fen__lte=0).exists()
        with connection.cursor() as cursor:
            cursor.execute(ADDS_UP, {"through": history.month.first_day, "people": history.people})
            held = dict(cursor.fetchall())
    for who, awards in ((0, history.awards[:2]), (1, history.awards[2:])):
        due = sum(
            history.due[award, n] for award in awards for n in range(history.month.index - FIRST.index + 1)
        )
        assert held[history.people[who]] == due


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.one_of(news, news, pay, decide, give_back), min_size=4, max_size=14))
def test_what_was_paid_less_what_was_recovered_and_waived_is_what_was_due(
    db: None, steps: list[tuple[str, int, int, int]]
) -> None:
    with transaction.atomic():
        history = History()
        history.play("pay", 0, 0, 0)
        for step in steps:
            history.play(*step)
        check(history)
        transaction.set_rollback(True)
