"""Importing the bank's answer (导入银行回盘): each file once, each row judged, settled and returned orders posted.

Everything is one transaction: either the answer is in the books with all of its rows, or nothing of it is. The same
bytes again, or two clicks at once, find the first import and change nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction

from minzheng.kernel import audit
from minzheng.kernel.access import require
from minzheng.kernel.payments import locks
from minzheng.kernel.payments.batches import OF_BATCH, lock_batch, of_batch
from minzheng.kernel.payments.bulk import for_many_rows
from minzheng.kernel.payments.errors import DuplicateAnswer, NotReady
from minzheng.kernel.payments.models import Batch, ReturnFile, ReturnRow
from minzheng.kernel.payments.months import open_month
from minzheng.kernel.payments.posting import post
from minzheng.kernel.payments.returns.parsing import parse
from minzheng.kernel.periods import Month
from minzheng.kernel.storage.bulk import copy_rows

Outcome = ReturnRow.Outcome


@dataclass(frozen=True, slots=True)
class ReturnReport:
    """What an import did; `was_known` says that the file had been imported before and nothing was changed."""

    file: ReturnFile
    was_known: bool


# Each row is held against the order it names. The first row of a number counts, a repeat in the file does not.
_JUDGE = """
INSERT INTO payments_returnrow (file_id, row_number, end_to_end_id, amount_text, result, reason_code, message, outcome,
  state, order_id, division_code, programme)
SELECT %(file)s, j.row_number, j.end_to_end_id, j.amount_text, j.result, j.reason_code, j.message, j.outcome,
       CASE j.outcome WHEN 'returned' THEN 'open' ELSE 'done' END, j.id, coalesce(j.division_code, %(place)s),
       coalesce(j.programme, '')
FROM (
  SELECT a.*, o.id, o.division_code, o.programme,
    CASE WHEN a.result = 'unreadable' OR a.fen IS NULL THEN 'unreadable'
         WHEN o.id IS NULL THEN 'unknown_order'
         WHEN o.amount_fen <> a.fen THEN 'wrong_amount'
         WHEN o.state IN ('drafted', 'held', 'in_batch') THEN 'not_sent'
         WHEN a.nth > 1 OR back.id IS NOT NULL AND a.result = 'returned' THEN 'repeated'
         WHEN back.id IS NOT NULL THEN 'contradiction'
         WHEN o.state = 'cancelled' THEN 'not_sent'
         WHEN o.state = 'paid' AND a.result = 'settled' THEN 'repeated'
         ELSE a.result END AS outcome
  FROM (SELECT *, row_number() OVER (PARTITION BY end_to_end_id ORDER BY row_number) AS nth,
               regexp_match(end_to_end_id, '^A([0-9]{1,18})M([12][0-9]{3})(0[1-9]|1[0-2])S([0-9]{1,4})$') AS key
        FROM payments_answer) a
  LEFT JOIN payments_order o
    ON o.award_id = a.key[1]::bigint AND o.benefit_month = (a.key[2] || '-' || a.key[3] || '-01')::date
       AND o.sequence = a.key[4]::smallint
  LEFT JOIN payments_returnrow back ON back.order_id = o.id AND back.outcome = 'returned'
) j ORDER BY j.row_number
"""

_ANSWERED = (
    """o.id IN (SELECT order_id FROM payments_returnrow WHERE file_id = %(file)s AND outcome = '{outcome}')"""
)
_NOT_CLOSED = "o.accounting_month NOT IN (SELECT month FROM payments_monthclose)"


@transaction.atomic
def import_returns(*, content: bytes, name: str, on: date) -> ReturnReport:
    """Take in an answer of the bank: settled orders become paid, returned ones open items (退票).

    Raises:
        UnreadableAnswer: the file follows no contract.
        DuplicateAnswer: the bank's number is known with other content.
    """
    actor = require("payments.load_returns")
    sha256 = hashlib.sha256(content).hexdigest()
    answers = parse(content)
    # One import at a time: of two clicks the second waits here and then finds the first.
    locks.hold(locks.RETURNS, 0)
    known = ReturnFile.objects.filter(sha256=sha256).first()
    if known is not None:
        return ReturnReport(known, was_known=True)
    if ReturnFile.objects.filter(message_id=answers.message_id).exists():
        raise DuplicateAnswer(
            f"回执号 {answers.message_id} 已导入过，但内容不同；请向银行核实后用新的回执号重新提供"
            f" / answer {answers.message_id} was imported before with other content: ask the bank for a new number"
        )
    month = open_month(on)
    file = ReturnFile.objects.create(
        sha256=sha256,
        message_id=answers.message_id,
        name=name,
        format=answers.format,
        imported_by_id=actor.official_id,
        imported_on=on,
        accounting_month=month.first_day,
        rows=len(answers.rows),
    )
    values: dict[str, Any] = {"file": file.pk, "place": actor.division_code}
    with for_many_rows(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS payments_answer")
        cursor.execute(
            """CREATE TEMP TABLE payments_answer (row_number int, end_to_end_id text, amount_text text, fen bigint,
               result text, reason_code text, message text) ON COMMIT DROP"""
        )
        copy_rows(
            "payments_answer",
            ("row_number", "end_to_end_id", "amount_text", "fen", "result", "reason_code", "message"),
            answers.rows,
        )
        cursor.execute("ANALYZE payments_answer")
        cursor.execute(_JUDGE, values)
        cursor.execute("DROP TABLE payments_answer")
        settled, returned = (
            _ANSWERED.format(outcome=Outcome.SETTLED),
            _ANSWERED.format(outcome=Outcome.RETURNED),
        )
        _move_paid_through(settled, values)
        post("settle", where=settled, values=values, on=on)
        cursor.execute(f"UPDATE payments_order o SET state = 'paid' WHERE {settled}", values)
        # What comes back after its month was closed lands in the open month; the closed order stays as it was.
        post("return", where=returned, values=values, on=on, month=month)
        cursor.execute(
            f"UPDATE payments_order o SET state = 'returned' WHERE {returned} AND {_NOT_CLOSED}", values
        )
        cursor.execute(
            """SELECT count(*) FILTER (WHERE outcome = 'settled'), count(*) FILTER (WHERE outcome = 'returned'),
                      count(*) FILTER (WHERE outcome NOT IN ('settled', 'returned')) FROM payments_returnrow
               WHERE file_id = %s""",
            [file.pk],
        )
        file.settled, file.returned, file.refused = cursor.fetchone()
        cursor.execute(
            """SELECT DISTINCT o.batch_id FROM payments_order o JOIN payments_returnrow r ON r.order_id = o.id
               WHERE r.file_id = %s AND r.outcome IN ('settled', 'returned')""",
            [file.pk],
        )
        batches = [row[0] for row in cursor.fetchall()]
    file.save(update_fields=["settled", "returned", "refused"])
    _settle_batches(batches, on)
    audit.record(
        "payments.load_returns",
        subject=file.message_id,
        detail={
            "sha256": sha256,
            "rows": file.rows,
            "settled": file.settled,
            "returned": file.returned,
            "refused": file.refused,
        },
    )
    return ReturnReport(file, was_known=False)


@transaction.atomic
def confirm_paid(*, batch_id: int, on: date) -> int:
    """Record that the bank has paid everything of a batch it did not send back (确认到账); returns how many.

    For banks that answer only with what failed. A second call finds nothing left and changes nothing.

    Raises:
        NotReady: the batch was not sent.
    """
    batch = lock_batch(batch_id)
    require("payments.load_returns", batch.programme)
    if batch.state not in (Batch.State.SENT, Batch.State.SETTLED):
        raise NotReady(
            f"批次 {batch.message_id} 现为“{batch.get_state_display()}”，尚未送银行"
            f" / {batch.message_id} is {batch.state}: it was not sent to the bank"
        )
    values = of_batch(batch)
    where = f"{OF_BATCH} AND o.state = 'sent'"
    _move_paid_through(where, values)
    count = post("settle", where=where, values=values, on=on)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE payments_order o SET state = 'paid' WHERE {where}", values)
    _settle_batches([batch.pk], on)
    if count:
        audit.record(
            "payments.confirm_paid",
            subject=batch.message_id,
            detail={"orders": count, "month": str(Month.of(batch.accounting_month))},
            division_code=batch.division_code,
        )
    return count


def _settle_batches(batch_ids: Iterable[int], on: date) -> None:
    """A batch is settled when the bank has answered for each of its orders."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE payments_batch b SET state = 'settled', settled_on = %s
               WHERE b.id = ANY(%s) AND b.state = 'sent' AND NOT EXISTS (
                 SELECT 1 FROM payments_order o WHERE o.accounting_month = b.accounting_month
                   AND o.programme = b.programme AND o.batch_id = b.id AND o.state = 'sent')""",
            [on, list(batch_ids)],
        )


def _move_paid_through(where: str, values: dict[str, Any]) -> None:
    """Tells the awards through which month the bank has paid, so that a later end knows what was overpaid."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE awards_award a SET paid_through = p.through
                FROM (SELECT o.award_id, max(o.benefit_month) AS through FROM payments_order o
                      WHERE {where} GROUP BY o.award_id) p
                WHERE a.id = p.award_id AND (a.paid_through IS NULL OR a.paid_through < p.through)""",
            values,
        )
