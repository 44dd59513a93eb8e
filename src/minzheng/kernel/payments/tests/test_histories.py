"""Over random histories, with repeats and crashes, nobody is paid twice for a month and the ledger balances."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minzheng.kernel.access import acting
from minzheng.kernel.payments.actions import (
    approve_batch,
    close_month,
    confirm_paid,
    correct_account,
    draft_orders,
    export_batch,
    give_up,
    import_returns,
    prepare_batch,
    reissue,
    verify_ledger,
    withdraw_batch,
)
from minzheng.kernel.payments.errors import PaymentRefused
from minzheng.kernel.payments.models import Batch, Order, ReturnRow
from minzheng.kernel.payments.tests.world import JULY, MONTHLY, PROGRAMME, World, answer, day, make_world
from minzheng.kernel.periods import Month


class Crash(Exception):
    """The process dies before the transaction commits."""


STEPS = (
    "draft", "prepare", "approve", "export", "settle", "bounce", "bounce_after_payment", "reissue", "correct", "give_up",
    "withdraw", "raise", "lower", "stop", "close", "next_month", "repeat_answer",
)  # fmt: skip

step = st.tuples(st.sampled_from(STEPS), st.integers(0, 5), st.sampled_from([False, False, False, True]))


class History:
    """Plays steps on a world; every step may be refused, may crash, and may be repeated."""

    def __init__(self) -> None:
        self.world: World = make_world()
        self.month = JULY
        self.answers: list[bytes] = []
        self.awards = [
            self.world.award(
                self.world.person(account=f"62220200{n:04d}"), fen=100_000 + n, start=Month(2022, 6)
            )
            for n in range(3)
        ]
        # The most that was ever due to an award for one month; nobody may hold more.
        self.most: dict[tuple[int, date], int] = defaultdict(int)
        self._amount = dict.fromkeys(self.awards, 100_000)
        for n, award in enumerate(self.awards):
            self._set(award, 100_000 + n)

    def play(self, name: str, pick: int, crashes: bool) -> None:
        try:
            with transaction.atomic():
                getattr(self, name)(pick)
                if crashes:
                    raise Crash
        except (Crash, PaymentRefused):
            pass

    def draft(self, pick: int) -> None:
        with self.world.seeing():
            draft_orders(month=self.month, benefits=[MONTHLY], on=day(self.month))

    def prepare(self, pick: int) -> None:
        with acting(self.world.preparer):
            prepare_batch(programme=PROGRAMME, month=self.month, on=day(self.month))

    def approve(self, pick: int) -> None:
        if batch := self._batch(pick):
            with acting(self.world.approver):
                approve_batch(batch_id=batch, on=day(self.month))

    def export(self, pick: int) -> None:
        if batch := self._batch(pick):
            with acting(self.world.preparer):
                export_batch(batch_id=batch, format="csv" if pick % 2 else "pain.001", on=day(self.month))

    def settle(self, pick: int) -> None:
        if batch := self._batch(pick):
            with acting(self.world.preparer):
                confirm_paid(batch_id=batch, on=day(self.month))

    def withdraw(self, pick: int) -> None:
        if batch := self._batch(pick):
            with acting(self.world.preparer):
                withdraw_batch(batch_id=batch, reason="试验", on=day(self.month))

    def bounce(self, pick: int) -> None:
        self._answer(pick, "sent", "退票")

    def bounce_after_payment(self, pick: int) -> None:
        self._answer(pick, "paid", "退票")

    def repeat_answer(self, pick: int) -> None:
        if self.answers:
            with acting(self.world.preparer):
                import_returns(content=self.answers[pick % len(self.answers)], name="r", on=day(self.month))

    def reissue(self, pick: int) -> None:
        if item := self._open(pick):
            with acting(self.world.preparer):
                reissue(return_id=item, reason="试验", on=day(self.month))

    def correct(self, pick: int) -> None:
        if item := self._open(pick):
            with acting(self.world.preparer):
                correct_account(
                    return_id=item,
                    bank="",
                    number=f"62179{pick}",
                    holder="甲",
                    reason="试验",
                    on=day(self.month),
                )

    def give_up(self, pick: int) -> None:
        if item := self._open(pick):
            with acting(self.world.preparer):
                give_up(return_id=item, reason="试验", on=day(self.month))

    def close(self, pick: int) -> None:
        with acting(self.world.approver):
            close_month(month=self.month - pick % 2, on=day(self.month))

    def next_month(self, pick: int) -> None:
        self.month += 1

    def _set(self, award: int, fen: int) -> None:
        self.world.amounts(award, [(Month(2022, 6), None, fen)] if fen else [])
        for n in range(24):
            key = (award, (Month(2022, 6) + n).first_day)
            self.most[key] = max(self.most[key], fen)

    def lower(self, pick: int) -> None:
        self._set(self.awards[pick % 3], 50_000)

    def stop(self, pick: int) -> None:
        self._set(self.awards[pick % 3], 0)

    def _batch(self, pick: int) -> int | None:
        with self.world.seeing():
            found = list(Batch.objects.order_by("-id").values_list("pk", flat=True)[:3])
        return found[pick % len(found)] if found else None

    def _open(self, pick: int) -> int | None:
        with self.world.seeing():
            found = list(
                ReturnRow.objects.filter(outcome="returned").order_by("-id").values_list("pk", flat=True)[:3]
            )
        return found[pick % len(found)] if found else None

    def _answer(self, pick: int, state: str, result: str) -> None:
        orders = self.world.orders(state=state)
        if orders:
            order = orders[pick % len(orders)]
            content = answer(f"R{len(self.answers)}", (order, result))
            self.answers.append(content)
            with acting(self.world.preparer):
                import_returns(content=content, name="r", on=day(self.month))


# A rise is a step like the others, whose name is a word of the language.
setattr(History, "raise", lambda self, pick: self._set(self.awards[pick % 3], 120_000 + pick))


def check(history: History) -> None:
    with history.world.seeing():
        result = verify_ledger()
        assert result.is_sound, result.findings
        assert sum(result.balances.values()) == 0
        with connection.cursor() as cursor:
            # What went to the bank and did not come back: held, or on its way to be.
            cursor.execute(
                """SELECT o.award_id, o.benefit_month, sum(o.amount_fen)::bigint,
                          count(*) FILTER (WHERE o.kind IN ('regular', 'arrears'))
                   FROM payments_order o LEFT JOIN payments_returnrow r ON r.order_id = o.id AND r.outcome = 'returned'
                   WHERE o.state IN ('sent', 'paid', 'returned', 'reissued') AND r.id IS NULL
                   GROUP BY 1, 2"""
            )
            for award, month, fen, firsts in cursor.fetchall():
                assert fen <= history.most[(award, month)], (award, month, fen)
                assert firsts <= 1
        assert not Order.objects.filter(amount_fen__lte=0).exists()


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(step, min_size=8, max_size=30))
def test_nobody_is_paid_twice_and_the_books_balance(db: None, steps: list[tuple[str, int, bool]]) -> None:
    with transaction.atomic():
        history = History()
        for name, pick, crashes in steps:
            history.play(name, pick, crashes)
        check(history)
        transaction.set_rollback(True)


# The way a real month goes, so that the random steps start from every depth of it.
REAL = [(name, 0, False) for name in ("draft", "prepare", "approve", "export", "bounce", "settle")]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.integers(2, len(REAL)), st.lists(step, min_size=4, max_size=16), st.booleans())
def test_nobody_is_paid_twice_from_any_point_of_a_real_month(
    db: None, depth: int, steps: list[tuple[str, int, bool]], again: bool
) -> None:
    with transaction.atomic():
        history = History()
        for name, pick, crashes in [*REAL[:depth], *steps, *(REAL if again else [])]:
            history.play(name, pick, crashes)
        check(history)
        transaction.set_rollback(True)


@pytest.mark.parametrize("crash_at", ["draft", "prepare", "approve", "export", "settle"])
def test_a_crash_before_the_commit_of_any_step_and_the_step_again_pays_once(db: None, crash_at: str) -> None:
    history = History()
    for name in ("draft", "prepare", "approve", "export", "settle"):
        if name == crash_at:
            history.play(name, 0, True)
        history.play(name, 0, False)
    check(history)
    assert [order.state for order in history.world.orders()] == ["paid"] * 6
