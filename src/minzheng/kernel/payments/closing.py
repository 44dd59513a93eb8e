"""Closing a month (月度结账): everything in it is settled, then the database refuses any further change."""

from __future__ import annotations

from datetime import date

from django.db import connection, transaction

from minzheng.kernel import audit
from minzheng.kernel.access import NotPermitted, require
from minzheng.kernel.payments import locks
from minzheng.kernel.payments.errors import MonthOpenItems
from minzheng.kernel.payments.models import Batch, MonthClose
from minzheng.kernel.payments.turnover import keep_turnover
from minzheng.kernel.payments.verification import ledger_sha256
from minzheng.kernel.periods import Month


@transaction.atomic
def close_month(*, month: Month, on: date) -> MonthClose:
    """Close an accounting month. Orders that never went into a batch are carried into the next open month.

    Closing a closed month again returns its record. Money the bank sends back later lands in the open month.

    Raises:
        NotPermitted: the post does not see the whole city, so it cannot know that everything is settled.
        MonthOpenItems: batches wait for approval, for the bank file or for the bank's answer; it lists them.
    """
    actor = require("payments.close_month")
    if not actor.reaches("310000") or "*" not in actor.domains:
        raise NotPermitted(
            "结账须由市级、管辖全部项目的岗位办理 / closing needs a post for the whole city and every programme"
        )
    locks.hold_month(month)
    known = MonthClose.objects.filter(month=month.first_day).first()
    if known is not None:
        return known
    open_batches = (
        Batch.objects.filter(accounting_month=month.first_day)
        .exclude(state__in=[Batch.State.SETTLED, Batch.State.WITHDRAWN])
        .order_by("programme", "number")
    )
    items = [
        f"{batch.message_id} {batch.programme} {batch.get_state_display()} {batch.orders_count} 笔"
        for batch in open_batches
    ]
    if items:
        raise MonthOpenItems(
            f"{month.chinese}还有 {len(items)} 个批次没有结清，不能结账 / {len(items)} batches of {month} are not settled",
            items,
        )
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE payments_order SET accounting_month = (
                 SELECT (%(month)s::date + (n || ' month')::interval)::date FROM generate_series(1, 1200) n
                 WHERE (%(month)s::date + (n || ' month')::interval)::date NOT IN (SELECT month FROM payments_monthclose)
                 ORDER BY n LIMIT 1)
               WHERE accounting_month = %(month)s AND batch_id IS NULL AND state IN ('drafted', 'held')""",
            {"month": month.first_day},
        )
        carried = cursor.rowcount
        cursor.execute(
            """SELECT count(*), coalesce(sum(amount_fen) FILTER (WHERE state = 'paid'), 0) FROM payments_order
               WHERE accounting_month = %s""",
            [month.first_day],
        )
        count, paid = cursor.fetchone()
    closed = MonthClose.objects.create(
        month=month.first_day,
        closed_by_id=actor.official_id,
        closed_on=on,
        orders_count=count,
        paid_fen=paid,
        carried_count=carried,
        ledger_sha256=ledger_sha256(month=month),
    )
    keep_turnover(month)
    audit.record(
        "payments.close_month",
        subject=str(month),
        detail={
            "orders": count,
            "paid_fen": int(paid),
            "carried": carried,
            "ledger_sha256": closed.ledger_sha256,
        },
    )
    return closed
