"""Returned money (退票处理): paid again to a corrected account, or given back to the budget. Each open item once.

Every act takes a set of items, all or none; the forms for one item are a set of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction

from minzheng.kernel import audit
from minzheng.kernel.access import require
from minzheng.kernel.payments import locks
from minzheng.kernel.payments.errors import NotReady
from minzheng.kernel.payments.models import Order, ReturnRow
from minzheng.kernel.payments.months import open_month
from minzheng.kernel.payments.posting import post
from minzheng.kernel.payments.returns.accounts import set_accounts

Item = tuple[ReturnRow, Order]


@dataclass(frozen=True, slots=True)
class Correction:
    """The right account of the payee of one returned order."""

    return_id: int
    bank: str
    number: str
    holder: str


def correct_account(*, return_id: int, bank: str, number: str, holder: str, reason: str, on: date) -> Order:
    """Record the payee's right account (更正账户) and re-issue the returned order to it.

    Raises:
        NotReady: the item is not open, or the account is not one a bank can pay.
    """
    found = correct_accounts_many(
        corrections=[Correction(return_id, bank, number, holder)], reason=reason, on=on
    )
    return Order.objects.get(pk=found[0])


@transaction.atomic
def correct_accounts_many(*, corrections: Iterable[Correction], reason: str, on: date) -> list[int]:
    """Records the right accounts of many payees and re-issues their orders (批量更正账户); returns the new orders.

    Where several of one person's orders came back, the account of the last one given holds for all of them.

    Raises:
        NotReady: one of the items is not open, or one of the accounts is not one a bank can pay; nothing is done then.
    """
    given = {one.return_id: one for one in corrections}
    items = _open_items(given)
    if not items:
        return []
    rows = []
    for row, order in items:
        one = given[row.pk]
        number = one.number.replace(" ", "")
        if not (number.isascii() and number.isalnum() and 4 <= len(number) <= 34) or not one.holder.strip():
            raise NotReady(
                "请填写户名和账号，账号为 4 至 34 位数字或字母 / give the holder and 4 to 34 digits or letters"
            )
        rows.append((order.person_id, order.programme, one.bank.strip(), number, one.holder.strip()))
    set_accounts(rows, on=on)
    account = {"bank": rows[0][2], "last_digits": rows[0][3][-4:]} if len(rows) == 1 else {}
    _trace("payments.correct_account", items, reason, **account)
    return _reissue(items, reason=reason, on=on)


def reissue(*, return_id: int, reason: str, on: date) -> Order:
    """Re-issue a returned order to the account the register now holds (退票重发).

    Raises:
        NotReady: the item is not open, or the register holds no account.
    """
    return Order.objects.get(pk=reissue_many(return_ids=[return_id], reason=reason, on=on)[0])


@transaction.atomic
def reissue_many(*, return_ids: Iterable[int], reason: str, on: date) -> list[int]:
    """Re-issues many returned orders to the accounts the register now holds, all or none; returns the new orders."""
    return _reissue(_open_items(return_ids), reason=reason, on=on)


def give_up(*, return_id: int, reason: str, on: date) -> None:
    """Give returned money back to the budget line (退回预算), where nobody is left to be paid.

    Raises:
        NotReady: the item is not open.
    """
    give_up_many(return_ids=[return_id], reason=reason, on=on)


@transaction.atomic
def give_up_many(*, return_ids: Iterable[int], reason: str, on: date) -> int:
    """Gives many returned sums back to their budget lines, all or none; returns how many."""
    items = _open_items(return_ids)
    if not items:
        return 0
    orders = [order.pk for _, order in items]
    _settle(items, ReturnRow.State.GIVEN_UP, Order.State.CANCELLED)
    post("give_up", where="o.id = ANY(%(orders)s)", values={"orders": orders}, on=on, month=open_month(on))
    _trace("payments.give_up", items, reason)
    return len(items)


def _open_items(return_ids: Iterable[int]) -> list[Item]:
    """The open items and their orders, the items locked, so that two clicks re-issue once."""
    wanted = set(return_ids)
    rows = list(
        ReturnRow.objects.select_for_update()
        .filter(pk__in=wanted, outcome=ReturnRow.Outcome.RETURNED)
        .order_by("pk")
    )
    found = {row.pk for row in rows if row.order_id is not None}
    if missing := wanted - found:
        raise NotReady(
            f"没有退票 {min(missing)}，或不在您的管辖范围内 / no returned payment {min(missing)} within your scope"
        )
    for row in rows:
        if row.state != ReturnRow.State.OPEN:
            raise NotReady(
                f"退票 {row.end_to_end_id} 已处理：{row.get_state_display()} / {row.end_to_end_id} is already {row.state}"
            )
    orders = Order.objects.in_bulk([row.order_id for row in rows])
    for programme in sorted({order.programme for order in orders.values()}):
        require("payments.reissue", programme)
    return [(row, orders[row.order_id]) for row in rows if row.order_id is not None]


# An account given for one programme goes before the usual one. Several orders of one award and month are numbered on.
_REISSUE = """
INSERT INTO payments_order (award_id, person_id, original_id, programme, benefit, budget_line, division_code,
  benefit_month, accounting_month, kind, sequence, amount_fen, payee_name, bank, account_number, state, hold_reason)
SELECT o.award_id, o.person_id, o.id, o.programme, o.benefit, o.budget_line, o.division_code, o.benefit_month,
  %(month)s::date, 'reissue',
  last.sequence + row_number() OVER (PARTITION BY o.award_id, o.benefit_month ORDER BY o.id), o.amount_fen,
  coalesce(nullif(account.holder, ''), p.name), account.bank, account.number, 'drafted', ''
FROM payments_order o
JOIN people_person p ON p.id = o.person_id
JOIN (SELECT s.award_id, s.benefit_month, max(s.sequence) AS sequence
      FROM payments_order s
      JOIN (SELECT DISTINCT award_id, benefit_month FROM payments_order WHERE id = ANY(%(orders)s)) k
        ON k.award_id = s.award_id AND k.benefit_month = s.benefit_month
      GROUP BY s.award_id, s.benefit_month) last
  ON last.award_id = o.award_id AND last.benefit_month = o.benefit_month
JOIN LATERAL (SELECT b.holder, b.bank, b.number FROM people_bankaccount b
              WHERE b.person_id = o.person_id AND b.purpose IN ('', o.programme) AND b.during @> %(on)s::date
              ORDER BY b.purpose DESC LIMIT 1) account ON true
WHERE o.id = ANY(%(orders)s) ORDER BY o.id
RETURNING id
"""


def _reissue(items: Sequence[Item], *, reason: str, on: date) -> list[int]:
    if not items:
        return []
    # The same lock as drafting, which numbers corrections of the same award and month.
    locks.hold(locks.DRAFTING, 0)
    values: dict[str, Any] = {
        "orders": [order.pk for _, order in items],
        "month": open_month(on).first_day,
        "on": on,
    }
    with connection.cursor() as cursor:
        cursor.execute(_REISSUE, values)
        made = [row[0] for row in cursor.fetchall()]
    if len(made) != len(items):
        raise NotReady(
            "登记簿中没有可用的银行账户，请先更正账户 / the register holds no account: correct it first"
        )
    _settle(items, ReturnRow.State.REISSUED, Order.State.REISSUED)
    if len(items) == 1:
        again = Order.objects.get(pk=made[0]).end_to_end_id
        _trace("payments.reissue", items, reason, subject=again, original=items[0][1].end_to_end_id)
    else:
        _trace("payments.reissue", items, reason)
    return made


def _settle(items: Sequence[Item], state: str, order_state: str) -> None:
    """Moves the items and their orders; where an order's month is closed the return row alone says what became of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE payments_returnrow SET state = %s WHERE id = ANY(%s)",
            [state, [row.pk for row, _ in items]],
        )
        cursor.execute(
            """UPDATE payments_order SET state = %s WHERE id = ANY(%s)
               AND accounting_month NOT IN (SELECT month FROM payments_monthclose)""",
            [order_state, [order.pk for _, order in items]],
        )


def _trace(act: str, items: Sequence[Item], reason: str, *, subject: str = "", **more: object) -> None:
    """One entry a call: of one item with its person, of many with how many and how much."""
    single = items[0][1] if len(items) == 1 else None
    detail: dict[str, Any] = {"amount_fen": sum(order.amount_fen for _, order in items), **more}
    audit.record(
        act,
        subject=subject or (single.end_to_end_id if single else f"payments.returns:{len(items)}"),
        detail=detail if single else detail | {"returns": [items[0][0].pk, items[-1][0].pk]},
        reason=reason,
        person_id=single.person_id if single else None,
        division_code=single.division_code if single else None,
    )
