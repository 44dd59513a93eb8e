"""Batches (发放批次): one official prepares, another approves; approved money is committed in the ledger."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from minzheng.kernel import audit
from minzheng.kernel.access import require, scope_of
from minzheng.kernel.payments import locks
from minzheng.kernel.payments.bulk import for_many_rows
from minzheng.kernel.payments.errors import BatchChanged, NothingToPay, NotReady, SameOfficer
from minzheng.kernel.payments.models import Batch
from minzheng.kernel.payments.months import require_open
from minzheng.kernel.payments.posting import post, reverse_transfers
from minzheng.kernel.periods import Month

CITY = "310000"

# The orders `o` of a batch, found through the index on month and programme.
OF_BATCH = """o.accounting_month = %(batch_month)s AND o.programme = %(batch_programme)s AND o.batch_id = %(batch)s"""


def of_batch(batch: Batch) -> dict[str, Any]:
    """The values of `OF_BATCH`."""
    return {"batch": batch.pk, "batch_month": batch.accounting_month, "batch_programme": batch.programme}


@transaction.atomic
def prepare_batch(*, programme: str, month: Month, division_code: str = CITY, on: date) -> Batch:
    """Put every drafted order of a programme and month into a batch (编制发放批次).

    A second call with nothing new returns the batch that already waits for approval, so a double click is harmless.

    Raises:
        NothingToPay: no order is drafted, or all of them are held.
        MonthClosed: the month no longer takes entries.
    """
    actor = require("payments.prepare_batch", programme)
    require_open(month)
    locks.hold(locks.PREPARING, month.index)
    key = {"programme": programme, "accounting_month": month.first_day, "division_code": division_code}
    low, high = scope_of(division_code)
    with for_many_rows(), connection.cursor() as cursor:
        # The batch's number comes first, so that one pass moves the orders and adds them up.
        cursor.execute("SELECT nextval(pg_get_serial_sequence('payments_batch', 'id'))")
        number = cursor.fetchone()[0]
        cursor.execute(
            """WITH moved AS (
                 UPDATE payments_order SET batch_id = %s, state = 'in_batch'
                 WHERE state = 'drafted' AND batch_id IS NULL AND programme = %s AND accounting_month = %s
                   AND division_code >= %s AND division_code < %s
                 RETURNING amount_fen)
               SELECT count(*), coalesce(sum(amount_fen), 0)::bigint FROM moved""",
            [number, programme, month.first_day, low, high],
        )
        count, total = cursor.fetchone()
    if not count:
        earlier = Batch.objects.filter(**key, state=Batch.State.PREPARED).order_by("-number").first()
        if earlier is not None:
            return earlier
        raise NothingToPay(
            f"{month.chinese} {programme} 没有待入批的支付指令；请先生成发放清单，并查看暂缓的指令"
            f" / no drafted order of {programme} waits in {month}: draft first, or look at those held"
        )
    last = Batch.objects.filter(**key).aggregate(last=Max("number"))["last"] or 0
    batch = Batch.objects.create(
        pk=number,
        **key,
        number=last + 1,
        orders_count=count,
        total_fen=total,
        prepared_by_id=actor.official,
        prepared_on=on,
    )
    _trace("payments.prepare_batch", batch)
    return batch


@transaction.atomic
def approve_batch(*, batch_id: int, on: date) -> Batch:
    """Approve a batch prepared by somebody else (复核发放批次), and commit its money in the ledger.

    The batch row is locked first, so of two approvers one approves and the other is told that it is done. The
    database holds as well that the two officials differ and that the approver is the one who acts.

    Raises:
        SameOfficer: the acting official prepared it, or is paid by it.
        NotReady: it does not wait for approval.
        BatchChanged: its orders no longer add up to what was prepared.
    """
    batch = lock_batch(batch_id)
    actor = require("payments.approve_batch", batch.programme)
    if batch.state == Batch.State.APPROVED and batch.approved_by_id == actor.official_id:
        return batch
    if batch.state != Batch.State.PREPARED:
        raise NotReady(
            f"批次 {batch.message_id} 现为“{batch.get_state_display()}”，不在待复核状态"
            f" / {batch.message_id} is {batch.state}, not waiting for approval"
        )
    if batch.prepared_by_id == actor.official_id:
        raise SameOfficer(
            f"批次 {batch.message_id} 由您编制，须由另一人复核 / you prepared {batch.message_id}: another must approve it"
        )
    _refuse_own_payment(batch, actor.official_id)
    month = Month.of(batch.accounting_month)
    require_open(month)
    check_sum(batch)
    batch.state, batch.approved_by_id, batch.approved_on = Batch.State.APPROVED, actor.official_id, on
    batch.save(update_fields=["state", "approved_by", "approved_on"])
    with for_many_rows():
        post("commit", where=OF_BATCH, values=of_batch(batch), on=on)
    _trace("payments.approve_batch", batch)
    return batch


@transaction.atomic
def withdraw_batch(*, batch_id: int, reason: str, on: date) -> Batch:
    """Take back a batch that has not gone to the bank (撤回批次): its orders wait again, its postings are reversed.

    Raises:
        NotReady: it was sent to the bank, or withdrawn before.
    """
    batch = lock_batch(batch_id)
    require("payments.correct", batch.programme)
    if batch.state not in (Batch.State.PREPARED, Batch.State.APPROVED):
        raise NotReady(
            f"批次 {batch.message_id} 现为“{batch.get_state_display()}”，只有未送银行的批次可以撤回"
            f" / {batch.message_id} is {batch.state}: only a batch not yet sent can be withdrawn"
        )
    month = Month.of(batch.accounting_month)
    require_open(month)
    if batch.state == Batch.State.APPROVED:
        reverse_transfers(batch_id=batch.pk, kind="commit", on=on, month=month)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE payments_order o SET state = 'drafted', batch_id = NULL
                WHERE {OF_BATCH} AND o.state = 'in_batch'""",
            of_batch(batch),
        )
    batch.state = Batch.State.WITHDRAWN
    batch.save(update_fields=["state"])
    _trace("payments.withdraw_batch", batch, reason=reason)
    return batch


def lock_batch(batch_id: int) -> Batch:
    """The batch, locked to the end of the transaction.

    Raises:
        NotReady: the acting post sees no such batch.
    """
    try:
        return Batch.objects.select_for_update().get(pk=batch_id)
    except Batch.DoesNotExist:
        raise NotReady(
            f"没有批次 {batch_id}，或不在您的管辖范围内 / no batch {batch_id}, or not within your scope"
        ) from None


def check_sum(batch: Batch) -> None:
    """Raises BatchChanged unless the batch's orders add up to what was prepared."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*), coalesce(sum(o.amount_fen), 0)::bigint FROM payments_order o WHERE {OF_BATCH}",
            of_batch(batch),
        )
        count, total = cursor.fetchone()
    if (count, total) != (batch.orders_count, batch.total_fen):
        raise BatchChanged(
            f"批次 {batch.message_id} 应为 {batch.orders_count} 笔、{batch.total_fen} 分，现可见 {count} 笔、{total} 分；"
            f"请撤回后重新编制 / {batch.message_id} no longer adds up: withdraw it and prepare it again"
        )


def _refuse_own_payment(batch: Batch, official_id: int | None) -> None:
    """An official who is also a resident with an account here is not paid by their own approval."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT 1 FROM access_official f
                JOIN access_residentaccount r ON r.user_id = f.user_id
                JOIN payments_order o ON o.person_id = r.person_id
                WHERE f.id = %(official)s AND {OF_BATCH} LIMIT 1""",
            {**of_batch(batch), "official": official_id},
        )
        if cursor.fetchone():
            raise SameOfficer(
                f"批次 {batch.message_id} 含付给您本人的款项，须回避 / {batch.message_id} pays you: another must approve it"
            )


def _trace(act: str, batch: Batch, *, reason: str = "") -> None:
    audit.record(
        act,
        subject=batch.message_id,
        detail={
            "programme": batch.programme,
            "month": str(Month.of(batch.accounting_month)),
            "orders": batch.orders_count,
            "total_fen": batch.total_fen,
        },
        reason=reason,
        division_code=batch.division_code,
    )
