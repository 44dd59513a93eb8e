"""Drafting (生成发放清单): what is due for every award and month, less what is already covered, becomes orders.

The whole comparison is one pass in the database, so that a month in which nothing changed costs a read and writes
nothing. For each award and month: more due than covered gives an order (the month's own, or a correction of it); less
due than was paid gives an overpayment to recover, never a negative order; what was drafted and is no longer due is
cancelled. What a person was overpaid is netted with their arrears and set off as decided before anything is ordered
(`settling.netting`). Running it again gives the same orders, because a draft is refreshed in place under its key.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction

from minzheng.kernel import audit
from minzheng.kernel.access import require
from minzheng.kernel.payments import locks
from minzheng.kernel.payments.bulk import for_many_rows
from minzheng.kernel.payments.months import require_open
from minzheng.kernel.payments.schedule import Schedule, schedules
from minzheng.kernel.payments.settling.netting import net, post_claims
from minzheng.kernel.periods import Month


@dataclass(frozen=True, slots=True)
class DraftReport:
    """What a drafting run did, and what now waits in the month."""

    month: Month
    drafted: int
    refreshed: int
    cancelled: int
    overpaid: int
    netted: int
    deducted: int
    waiting: int
    waiting_fen: int
    held: int


# One row for each award and month where something is to be done. `owed_fen` is what is still to be paid (paying counts
# from the batch on); `over_fen` is what the payee holds beyond what is due: what came back from the bank is not held.
TARGETS = """
CREATE TEMP TABLE payments_target ON COMMIT DROP AS
WITH schedule (programme, benefit, through) AS MATERIALIZED (
  SELECT * FROM unnest(%(programmes)s::text[], %(benefits)s::text[], %(through)s::date[])
), due AS (
  SELECT a.id AS award_id, m.first::date AS benefit_month, p.monthly_fen AS due_fen,
         a.person_id, a.programme, a.benefit, a.division_code, r.name AS person_name,
         a.unit = 'household' AND r.death_date IS NOT NULL AS is_payee_dead,
         r.merged_into_id IS NOT NULL AS is_payee_merged,
         CASE WHEN a.origin = 'roster' THEN a.paid_through END AS taken_over_through
  FROM schedule s
  JOIN awards_award a ON a.programme = s.programme AND a.benefit = s.benefit
  JOIN people_person r ON r.id = a.person_id
  JOIN awards_awardperiod p ON p.award_id = a.id
  -- A month after the month of death is not due to the person who died; a household's award goes on for the others.
  CROSS JOIN LATERAL generate_series(
    lower(p.during)::timestamp,
    least(coalesce(upper(p.during) - 1, s.through), s.through,
          CASE WHEN a.unit = 'person' THEN r.death_date END)::timestamp,
    interval '1 month') AS m (first)
), offsets AS (
  SELECT f.award_id, f.benefit_month, sum(f.amount_fen)::bigint AS fen
  FROM payments_offset f GROUP BY f.award_id, f.benefit_month
), ordered AS (
  SELECT o.award_id, o.benefit_month,
         coalesce(sum(o.amount_fen) FILTER (WHERE o.batch_id IS NOT NULL AND o.kind <> 'reissue'), 0)::bigint
           AS covered_fen,
         coalesce(sum(CASE WHEN back.order_id IS NULL THEN o.amount_fen ELSE 0 END)
           FILTER (WHERE o.batch_id IS NOT NULL), 0)::bigint AS kept_fen,
         -- A draft cancelled in a month that has closed since stays there; what is due again is written anew.
         min(o.id) FILTER (WHERE o.batch_id IS NULL AND o.kind <> 'reissue' AND closed.month IS NULL) AS draft_id,
         min(o.id) FILTER (WHERE o.sequence = 0) AS base_id,
         max(o.sequence) AS last_sequence
  FROM schedule s
  JOIN payments_order o ON o.programme = s.programme AND o.benefit = s.benefit AND o.benefit_month <= s.through
  LEFT JOIN payments_returnrow back ON back.order_id = o.id AND back.outcome = 'returned'
  LEFT JOIN payments_monthclose closed ON closed.month = o.accounting_month
  GROUP BY o.award_id, o.benefit_month
), written AS (
  -- What was set off is covered and held as if it had been paid: it settled a debt.
  SELECT coalesce(o.award_id, f.award_id) AS award_id, coalesce(o.benefit_month, f.benefit_month) AS benefit_month,
         coalesce(o.covered_fen, 0) + coalesce(f.fen, 0) AS covered_fen,
         coalesce(o.kept_fen, 0) + coalesce(f.fen, 0) AS kept_fen,
         coalesce(f.fen, 0) AS offset_fen, o.draft_id, o.base_id, o.last_sequence
  FROM ordered o FULL JOIN offsets f ON f.award_id = o.award_id AND f.benefit_month = o.benefit_month
), first_written AS (
  SELECT award_id, min(benefit_month) AS first_month FROM written GROUP BY award_id
)
SELECT coalesce(d.award_id, w.award_id) AS award_id, coalesce(d.benefit_month, w.benefit_month) AS benefit_month,
       coalesce(d.due_fen, 0) - greatest(coalesce(w.covered_fen, 0) - coalesce(v.recovered_fen, 0), 0) AS owed_fen,
       coalesce(w.kept_fen, 0) - coalesce(d.due_fen, 0) AS over_fen,
       coalesce(d.due_fen, 0) AS due_fen, coalesce(w.offset_fen, 0) AS offset_fen, w.award_id IS NOT NULL AS is_written,
       w.draft_id, w.base_id, w.last_sequence,
       d.person_id, d.programme, d.benefit, d.division_code, d.person_name, d.is_payee_dead,
       d.is_payee_merged
FROM due d
FULL JOIN written w ON w.award_id = d.award_id AND w.benefit_month = d.benefit_month
LEFT JOIN first_written f ON f.award_id = d.award_id
LEFT JOIN awards_overpayment v
  ON v.award_id = coalesce(d.award_id, w.award_id) AND v.month = coalesce(d.benefit_month, w.benefit_month)
WHERE (coalesce(d.due_fen, 0) <> coalesce(w.covered_fen, 0) - coalesce(v.recovered_fen, 0)
       OR w.draft_id IS NOT NULL OR v.id IS NOT NULL)
  -- Months paid by the office before the award was taken over have no order here and need none.
  AND (w.award_id IS NOT NULL OR d.taken_over_through IS NULL OR d.benefit_month > d.taken_over_through
       OR d.benefit_month > f.first_month)
"""

# What an order of the target says today: payee, account, amount.
CONTENT = """
SELECT t.award_id, t.benefit_month, t.draft_id, t.base_id, t.last_sequence, t.owed_fen AS amount_fen,
       t.person_id, t.programme, t.benefit, t.division_code,
       coalesce(nullif(account.holder, ''), t.person_name) AS payee_name,
       coalesce(account.bank, '') AS bank, coalesce(account.number, '') AS account_number,
       CASE WHEN btrim(coalesce(nullif(account.holder, ''), t.person_name)) = '' THEN 'no_name'
            -- The award that stayed with a merged record repeats one of the record it was merged into.
            WHEN t.is_payee_merged THEN 'payee_merged'
            WHEN t.is_payee_dead THEN 'payee_dead'
            WHEN coalesce(account.number, '') = '' THEN 'no_account'
            WHEN length(account.number) NOT BETWEEN 4 AND 34 OR account.number ~ '[^0-9A-Za-z]' THEN 'bad_account'
            ELSE '' END AS hold_reason
FROM payments_target t
-- An account given for one programme goes before the usual one.
LEFT JOIN (
  SELECT DISTINCT ON (b.person_id, s.programme) b.person_id, s.programme, b.holder, b.bank, b.number
  FROM people_bankaccount b
  JOIN (SELECT DISTINCT unnest(%(programmes)s::text[]) AS programme) s ON b.purpose IN ('', s.programme)
  WHERE b.during @> %(on)s::date ORDER BY b.person_id, s.programme, b.purpose DESC
) account ON account.person_id = t.person_id AND account.programme = t.programme
WHERE t.owed_fen > 0
"""

INSERT = f"""
INSERT INTO payments_order (award_id, person_id, programme, benefit, budget_line, division_code, benefit_month,
  accounting_month, kind, sequence, original_id, amount_fen, payee_name, bank, account_number, state, hold_reason)
SELECT n.award_id, n.person_id, n.programme, n.benefit, s.budget_line, n.division_code, n.benefit_month,
  %(month)s::date,
  CASE WHEN n.base_id IS NOT NULL THEN 'correction' WHEN n.benefit_month < s.regular_from THEN 'arrears'
       ELSE 'regular' END,
  CASE WHEN n.base_id IS NULL THEN 0 ELSE n.last_sequence + 1 END, n.base_id,
  n.amount_fen, n.payee_name, n.bank, n.account_number,
  CASE n.hold_reason WHEN '' THEN 'drafted' ELSE 'held' END, n.hold_reason
FROM ({CONTENT} AND t.draft_id IS NULL OFFSET 0) n
JOIN unnest(%(programmes)s::text[], %(benefits)s::text[], %(lines)s::text[], %(regular_from)s::date[])
  AS s (programme, benefit, budget_line, regular_from) ON s.programme = n.programme AND s.benefit = n.benefit
ORDER BY n.division_code, n.award_id, n.benefit_month
"""

REFRESH = f"""
UPDATE payments_order o
SET person_id = n.person_id, division_code = n.division_code, amount_fen = n.amount_fen, payee_name = n.payee_name,
    bank = n.bank, account_number = n.account_number, hold_reason = n.hold_reason,
    state = CASE n.hold_reason WHEN '' THEN 'drafted' ELSE 'held' END,
    accounting_month = CASE o.state WHEN 'cancelled' THEN %(month)s::date ELSE o.accounting_month END
FROM ({CONTENT} AND t.draft_id IS NOT NULL OFFSET 0) n
WHERE o.id = n.draft_id
  AND (o.state, o.hold_reason, o.amount_fen, o.person_id, o.division_code, o.payee_name, o.bank, o.account_number)
      IS DISTINCT FROM (CASE n.hold_reason WHEN '' THEN 'drafted' ELSE 'held' END, n.hold_reason, n.amount_fen,
                        n.person_id, n.division_code, n.payee_name, n.bank, n.account_number)
"""

CANCEL = """
UPDATE payments_order o SET state = 'cancelled', hold_reason = ''
FROM payments_target t
WHERE o.award_id = t.award_id AND o.benefit_month = t.benefit_month AND t.draft_id IS NOT NULL
  AND o.batch_id IS NULL AND o.kind <> 'reissue' AND o.state IN ('drafted', 'held')
  -- After a batch was withdrawn a month may have two drafts: the first takes the whole sum, the other goes.
  AND (t.owed_fen <= 0 OR o.id <> t.draft_id)
"""

OVERPAID = """
INSERT INTO awards_overpayment (award_id, month, amount_fen, recovered_fen, reason, found_on, state,
  division_code, programme, person_id)
SELECT t.award_id, t.benefit_month, t.over_fen, 0, 'lowered_after_payment', %(on)s::date, 'open',
  a.division_code, a.programme, a.person_id
FROM payments_target t JOIN awards_award a ON a.id = t.award_id
WHERE t.over_fen > 0
ON CONFLICT (award_id, month) DO NOTHING
"""

# What is on record follows what the payee holds. What was recovered stays, and is paid again where it is due after all;
# what was waived counts only as far as it was overpaid. A month without an order is another office's payment.
HELD_NOW = """
UPDATE awards_overpayment v SET amount_fen = n.amount_fen, written_off_fen = n.written_off_fen,
  state = CASE WHEN n.amount_fen > v.recovered_fen + n.written_off_fen THEN 'open' WHEN n.written_off_fen > 0 THEN 'waived'
               WHEN v.recovered_fen > 0 THEN 'recovered' ELSE 'dropped' END,
  reason = CASE WHEN n.amount_fen = 0 THEN 'due_again' WHEN v.reason = 'due_again' THEN 'lowered_after_payment'
                ELSE v.reason END
FROM (
  SELECT v.id, greatest(t.over_fen, v.recovered_fen) AS amount_fen,
         least(v.written_off_fen, greatest(t.over_fen - v.recovered_fen, 0)) AS written_off_fen
  FROM payments_target t JOIN awards_overpayment v ON v.award_id = t.award_id AND v.month = t.benefit_month
  WHERE t.is_written
) n
WHERE n.id = v.id AND (v.amount_fen, v.written_off_fen) IS DISTINCT FROM (n.amount_fen, n.written_off_fen)
"""

WAITING = """
SELECT count(*) FILTER (WHERE o.state = 'drafted'), coalesce(sum(o.amount_fen) FILTER (WHERE o.state = 'drafted'), 0),
       count(*) FILTER (WHERE o.state = 'held')
FROM payments_order o
JOIN unnest(%(programmes)s::text[], %(benefits)s::text[]) AS s (programme, benefit)
  ON s.programme = o.programme AND s.benefit = o.benefit
WHERE o.accounting_month = %(month)s::date AND o.state IN ('drafted', 'held')
"""


@transaction.atomic
def draft_orders(*, month: Month, benefits: Iterable[Schedule] | None = None, on: date) -> DraftReport:
    """Draft what is to be paid in an accounting month (生成发放清单); running it again gives the same orders.

    Args:
        benefits: which benefits and how often they are paid; by default those of every programme listed.
        on: the day of the run; accounts are those in force on it.

    Raises:
        NotPermitted: the acting post does not carry `payments.draft`.
        MonthClosed: the month no longer takes entries.
    """
    require("payments.draft")
    locks.hold(locks.DRAFTING, 0)
    require_open(month)
    known = list(schedules(month) if benefits is None else benefits)
    due = [(schedule, covered) for schedule in known if (covered := schedule.covered(month))]
    # A benefit that is not paid in this month is looked at for what was overpaid alone.
    resting = [
        (schedule, _last_covered(schedule, month)) for schedule in known if not schedule.covered(month)
    ]
    values = _values(due, month, on)
    counts = {}
    # The planner cannot know how many awards a handful of benefits has; looking up each of a million by index takes the
    # night that one pass through the table does not.
    with for_many_rows(enable_nestloop="off"), connection.cursor() as cursor:
        counts["overpaid"] = _overpaid(cursor, _values(resting, month, on)) if resting else 0
        counts["overpaid"] += _overpaid(cursor, values)
        counts.update(net(values, month))
        for name, sql in (("cancelled", CANCEL), ("refreshed", REFRESH), ("drafted", INSERT)):
            cursor.execute(sql, values)
            counts[name] = cursor.rowcount
        counts["claims"] = post_claims(
            month=month, on=on, lines={s.benefit: s.budget_line or s.benefit for s in known}
        )
        cursor.execute(WAITING, values)
        waiting, waiting_fen, held = cursor.fetchone()
        cursor.execute("DROP TABLE payments_target")
    report = DraftReport(
        month,
        counts["drafted"],
        counts["refreshed"],
        counts["cancelled"],
        counts["overpaid"],
        counts["netted"],
        counts["deducted"],
        waiting,
        int(waiting_fen),
        held,
    )
    audit.record(
        "payments.draft",
        subject=str(month),
        detail={**counts, "waiting": waiting, "waiting_fen": int(waiting_fen), "held": held},
    )
    return report


def _values(due: list[tuple[Schedule, tuple[Month, ...]]], month: Month, on: date) -> dict[str, Any]:
    return {
        "programmes": [schedule.programme for schedule, _ in due],
        "benefits": [schedule.benefit for schedule, _ in due],
        "lines": [schedule.budget_line or schedule.benefit for schedule, _ in due],
        "through": [covered[-1].first_day for _, covered in due],
        "regular_from": [covered[0].first_day for _, covered in due],
        "month": month.first_day,
        "on": on,
    }


def _last_covered(schedule: Schedule, month: Month) -> tuple[Month, ...]:
    """What the latest payment before a month covered."""
    return next(covered for back in range(1, 13) if (covered := schedule.covered(month - back)))


def _overpaid(cursor: Any, values: dict[str, Any]) -> int:
    """Compares what is due with what is held, and brings the overpayments in line with it; returns how many changed."""
    cursor.execute("DROP TABLE IF EXISTS payments_target")
    cursor.execute(TARGETS, values)
    cursor.execute("ANALYZE payments_target")
    cursor.execute(HELD_NOW)
    changed = cursor.rowcount
    cursor.execute(OVERPAID, values)
    return int(changed + cursor.rowcount)
