"""Returned money (退票处理): paid again to a corrected account, or given back to the budget. Each open item once."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from minzheng.kernel import audit
from minzheng.kernel.access import require
from minzheng.kernel.payments import locks
from minzheng.kernel.payments.errors import NotReady
from minzheng.kernel.payments.models import MonthClose, Order, ReturnRow
from minzheng.kernel.payments.months import open_month
from minzheng.kernel.payments.posting import post
from minzheng.kernel.people.models import BankAccount, Person


@transaction.atomic
def correct_account(*, return_id: int, bank: str, number: str, holder: str, reason: str, on: date) -> Order:
    """Record the payee's right account (更正账户) and re-issue the returned order to it.

    Raises:
        NotReady: the item is not open, or the account is not one a bank can pay.
    """
    row, order = _open_item(return_id)
    require("payments.reissue", order.programme)
    number = number.replace(" ", "")
    if not (number.isascii() and number.isalnum() and 4 <= len(number) <= 34) or not holder.strip():
        raise NotReady(
            "请填写户名和账号，账号为 4 至 34 位数字或字母 / give the holder and 4 to 34 digits or letters"
        )
    purpose = (
        BankAccount.objects.filter(person_id=order.person_id, purpose=order.programme, during__contains=on)
        .values_list("purpose", flat=True)
        .first()
        or ""
    )
    set_account(
        person_id=order.person_id,
        purpose=purpose,
        bank=bank.strip(),
        number=number,
        holder=holder.strip(),
        on=on,
    )
    audit.record(
        "payments.correct_account",
        subject=order.end_to_end_id,
        detail={"bank": bank.strip(), "last_digits": number[-4:]},
        reason=reason,
        person_id=order.person_id,
        division_code=order.division_code,
    )
    return _reissue(row, order, reason=reason, on=on)


@transaction.atomic
def reissue(*, return_id: int, reason: str, on: date) -> Order:
    """Re-issue a returned order to the account the register now holds (退票重发).

    Raises:
        NotReady: the item is not open, or the register holds no account.
    """
    row, order = _open_item(return_id)
    require("payments.reissue", order.programme)
    return _reissue(row, order, reason=reason, on=on)


@transaction.atomic
def give_up(*, return_id: int, reason: str, on: date) -> None:
    """Give returned money back to the budget line (退回预算), where nobody is left to be paid.

    Raises:
        NotReady: the item is not open.
    """
    row, order = _open_item(return_id)
    require("payments.reissue", order.programme)
    row.state = ReturnRow.State.GIVEN_UP
    row.save(update_fields=["state"])
    post("give_up", where="o.id = %(order)s", values={"order": order.pk}, on=on, month=open_month(on))
    _move(order, Order.State.CANCELLED)
    audit.record(
        "payments.give_up",
        subject=order.end_to_end_id,
        detail={"amount_fen": order.amount_fen},
        reason=reason,
        person_id=order.person_id,
        division_code=order.division_code,
    )


def set_account(*, person_id: int, purpose: str, bank: str, number: str, holder: str, on: date) -> None:
    """The person's account from a day on; the one before ends the day before it."""
    values: dict[str, Any] = {
        "person": person_id, "purpose": purpose, "bank": bank, "number": number, "holder": holder, "on": on
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE people_bankaccount SET bank = %(bank)s, number = %(number)s, holder = %(holder)s,
                      source = '退票更正', observed_on = %(on)s
               WHERE person_id = %(person)s AND purpose = %(purpose)s AND lower(during) = %(on)s::date""",
            values,
        )
        if cursor.rowcount:
            return
        cursor.execute(
            """UPDATE people_bankaccount SET during = daterange(lower(during), %(on)s::date)
               WHERE person_id = %(person)s AND purpose = %(purpose)s AND during @> %(on)s::date""",
            values,
        )
        # An account already known for a later day keeps its time.
        cursor.execute(
            """INSERT INTO people_bankaccount (person_id, bank, number, holder, purpose, during, source, observed_on)
               SELECT %(person)s, %(bank)s, %(number)s, %(holder)s, %(purpose)s,
                      daterange(%(on)s::date, min(lower(during)) FILTER (WHERE lower(during) > %(on)s::date)),
                      '退票更正', %(on)s::date
               FROM people_bankaccount WHERE person_id = %(person)s AND purpose = %(purpose)s""",
            values,
        )


def _open_item(return_id: int) -> tuple[ReturnRow, Order]:
    """The open item and its order, the item locked, so that two clicks re-issue once."""
    row = (
        ReturnRow.objects.select_for_update().filter(pk=return_id, outcome=ReturnRow.Outcome.RETURNED).first()
    )
    if row is None or row.order_id is None:
        raise NotReady(
            f"没有退票 {return_id}，或不在您的管辖范围内 / no returned payment {return_id} within your scope"
        )
    if row.state != ReturnRow.State.OPEN:
        raise NotReady(
            f"退票 {row.end_to_end_id} 已处理：{row.get_state_display()} / {row.end_to_end_id} is already {row.state}"
        )
    return row, Order.objects.get(pk=row.order_id)


def _reissue(row: ReturnRow, order: Order, *, reason: str, on: date) -> Order:
    account = (
        BankAccount.objects.filter(
            person_id=order.person_id, purpose__in=["", order.programme], during__contains=on
        )
        .order_by("-purpose")
        .first()
    )
    if account is None:
        raise NotReady(
            "登记簿中没有可用的银行账户，请先更正账户 / the register holds no account: correct it first"
        )
    # The same lock as drafting, which numbers corrections of the same award and month.
    locks.hold(locks.DRAFTING, 0)
    last = Order.objects.filter(award_id=order.award_id, benefit_month=order.benefit_month).aggregate(
        last=Max("sequence")
    )["last"]
    again = Order.objects.create(
        award_id=order.award_id,
        person_id=order.person_id,
        original=order,
        programme=order.programme,
        benefit=order.benefit,
        budget_line=order.budget_line,
        division_code=order.division_code,
        benefit_month=order.benefit_month,
        accounting_month=open_month(on).first_day,
        kind=Order.Kind.REISSUE,
        sequence=last + 1,
        amount_fen=order.amount_fen,
        payee_name=account.holder or Person.objects.values_list("name", flat=True).get(pk=order.person_id),
        bank=account.bank,
        account_number=account.number,
    )
    row.state = ReturnRow.State.REISSUED
    row.save(update_fields=["state"])
    _move(order, Order.State.REISSUED)
    audit.record(
        "payments.reissue",
        subject=again.end_to_end_id,
        detail={"original": order.end_to_end_id, "amount_fen": order.amount_fen},
        reason=reason,
        person_id=order.person_id,
        division_code=order.division_code,
    )
    return again


def _move(order: Order, state: str) -> None:
    """Moves the order's state, unless its month is closed: then the return row alone says what became of it."""
    if not MonthClose.objects.filter(month=order.accounting_month).exists():
        order.state = state
        order.save(update_fields=["state"])
