"""Returned orders as a set leave the record that each of them leaves alone."""

from __future__ import annotations

from typing import Any

import pytest

from minzheng.kernel.access import acting
from minzheng.kernel.payments import actions
from minzheng.kernel.payments.actions import Correction
from minzheng.kernel.payments.errors import NotReady
from minzheng.kernel.payments.models import Order, ReturnRow, Transfer
from minzheng.kernel.payments.tests.world import JULY, World, answer, day
from minzheng.kernel.people.models import BankAccount

AUGUST = JULY + 1


@pytest.fixture
def items(world: World) -> list[int]:
    """Six people's payments came back."""
    for _ in range(6):
        world.award(world.person())
    world.send()
    orders = world.orders()
    with acting(world.preparer):
        actions.import_returns(
            content=answer("R1", *((order, "退票") for order in orders)), name="r.csv", on=day(JULY, 25)
        )
    with world.seeing():
        return list(
            ReturnRow.objects.filter(state="open").order_by("order__person_id").values_list("pk", flat=True)
        )


def record(world: World, items: list[int]) -> list[tuple[Any, ...]]:
    left = []
    with world.seeing():
        for row in ReturnRow.objects.filter(pk__in=items).order_by("pk").select_related("order"):
            order = row.order
            assert order is not None
            again = Order.objects.filter(original=order).values_list(
                "kind",
                "state",
                "sequence",
                "amount_fen",
                "payee_name",
                "bank",
                "account_number",
                "accounting_month",
            )
            accounts = BankAccount.objects.filter(person_id=order.person_id).order_by("during")
            left.append(
                (row.state, order.state, list(again),
                 [(a.bank, a.number, a.holder, a.during.lower, a.during.upper, a.source) for a in accounts],
                 sorted(Transfer.objects.filter(order=order).values_list("kind", "amount_fen", "on")))
            )  # fmt: skip
    return left


def right(item: int) -> Correction:
    return Correction(item, "示例银行", "6222 0200 0000 0009", "王芳")


def test_corrections_as_a_set_leave_what_single_ones_leave(world: World, items: list[int]) -> None:
    with acting(world.preparer):
        for item in items[:3]:
            one = right(item)
            actions.correct_account(
                return_id=item,
                bank=one.bank,
                number=one.number,
                holder=one.holder,
                reason="更正",
                on=day(AUGUST, 2),
            )
        made = actions.correct_accounts_many(
            corrections=map(right, items[3:]), reason="更正", on=day(AUGUST, 2)
        )
    assert len(made) == 3
    assert record(world, items[:3]) == record(world, items[3:])
    assert {row[0] for row in record(world, items)} == {"reissued"}


def test_sent_again_and_given_up_as_sets_leave_what_single_ones_leave(world: World, items: list[int]) -> None:
    with acting(world.preparer):
        actions.reissue(return_id=items[0], reason="重发", on=day(AUGUST, 2))
        actions.reissue_many(return_ids=items[1:3], reason="重发", on=day(AUGUST, 2))
        actions.give_up(return_id=items[3], reason="已故", on=day(AUGUST, 2))
        assert actions.give_up_many(return_ids=items[4:], reason="已故", on=day(AUGUST, 2)) == 2
        assert actions.give_up_many(return_ids=[], reason="已故", on=day(AUGUST, 2)) == 0
    sent, given = record(world, items[:3]), record(world, items[3:])
    assert sent == [sent[0]] * 3 and given == [given[0]] * 3
    with world.seeing():
        proof = actions.verify_ledger()
    assert proof.is_sound, proof.findings


def test_an_item_that_is_settled_stops_the_whole_set(world: World, items: list[int]) -> None:
    with acting(world.preparer):
        actions.reissue(return_id=items[0], reason="重发", on=day(AUGUST, 2))
        with pytest.raises(NotReady):
            actions.reissue_many(return_ids=items, reason="重发", on=day(AUGUST, 2))
        with pytest.raises(NotReady):
            actions.correct_accounts_many(corrections=[right(items[1]), Correction(items[2], "行", "x!", "王芳")],
                                          reason="更正", on=day(AUGUST, 2))  # fmt: skip
    assert [row[0] for row in record(world, items)] == ["reissued", *["open"] * 5]
