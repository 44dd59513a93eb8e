"""Netting and set-off (轧差、抵扣): each fen of a person's arrears meets one fen that was overpaid, in one statement.

What a person is still owed and what they were overpaid are laid end to end, month after month, over all their benefits;
where the two rows of months overlap, so much is set off. Nothing is looped over, and a second run finds nothing left.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import connection

from minzheng.kernel.payments.chart import SETTLING
from minzheng.kernel.payments.working_rules import working_rules
from minzheng.kernel.periods import Month

_SCHEDULE = """unnest(%(programmes)s::text[], %(benefits)s::text[], %(lines)s::text[], %(regular_from)s::date[])
  AS s (programme, benefit, budget_line, regular_from) ON s.programme = t.programme AND s.benefit = t.benefit"""

# Money for somebody who died or was merged is held and settles nothing.
_CREDIT = f"""
SELECT t.award_id, t.benefit_month, t.person_id, t.programme, t.division_code, s.budget_line, {{fen}} AS fen
FROM payments_target t JOIN {_SCHEDULE}
WHERE t.owed_fen > 0 AND NOT t.is_payee_dead AND NOT t.is_payee_merged AND {{which}}
"""

# A month whose first order is still a draft was not paid before.
_PAID_BEFORE = "coalesce(t.base_id <> t.draft_id, t.base_id IS NOT NULL)"

_REST = "v.amount_fen - v.recovered_fen - v.written_off_fen"

_MATCH = f"""
WITH credit AS (
  SELECT c.*, sum(c.fen) OVER (PARTITION BY c.person_id ORDER BY c.benefit_month, c.award_id) AS upto
  FROM ({{credit}}) c WHERE c.fen > 0
), debit AS (
  SELECT v.id, v.person_id, v.programme, {_REST} AS fen,
         sum({_REST}) OVER (PARTITION BY v.person_id ORDER BY v.month, v.id) AS upto
  FROM awards_overpayment v WHERE v.state = 'open' AND v.person_id IN (SELECT person_id FROM credit) {{chosen}}
), made AS (
  INSERT INTO payments_offset (award_id, benefit_month, overpayment_id, kind, amount_fen, budget_line, "on",
    accounting_month, programme, division_code, person_id)
  SELECT c.award_id, c.benefit_month, d.id, %(kind)s,
         least(c.upto, d.upto) - greatest(c.upto - c.fen, d.upto - d.fen), c.budget_line, %(on)s::date,
         %(month)s::date, c.programme, c.division_code, c.person_id
  FROM credit c JOIN debit d ON d.person_id = c.person_id
    AND c.upto > d.upto - d.fen AND d.upto > c.upto - c.fen
  ORDER BY c.person_id, c.upto, d.upto
  RETURNING award_id, benefit_month, overpayment_id, amount_fen, budget_line, programme, division_code
), posted AS (
  INSERT INTO payments_transfer (debit_account, credit_account, amount_fen, kind, overpayment_id, order_id, "on",
    accounting_month, programme, division_code)
  SELECT 'budget:' || m.budget_line, 'receivable:' || v.programme, m.amount_fen, 'set_off', m.overpayment_id, o.id,
         %(on)s::date, %(month)s::date, v.programme, v.division_code
  FROM made m JOIN awards_overpayment v ON v.id = m.overpayment_id
  LEFT JOIN payments_order o ON o.award_id = v.award_id AND o.benefit_month = v.month AND o.sequence = 0
), settled AS (
  UPDATE awards_overpayment v SET recovered_fen = v.recovered_fen + m.fen,
    state = CASE WHEN {_REST} > m.fen THEN 'open' WHEN v.written_off_fen > 0 THEN 'waived' ELSE 'recovered' END
  FROM (SELECT overpayment_id, sum(amount_fen)::bigint AS fen FROM made GROUP BY 1) m WHERE m.overpayment_id = v.id
)
UPDATE payments_target t SET owed_fen = t.owed_fen - m.fen
FROM (SELECT award_id, benefit_month, sum(amount_fen)::bigint AS fen FROM made GROUP BY 1, 2) m
WHERE m.award_id = t.award_id AND m.benefit_month = t.benefit_month
"""

NET = _MATCH.format(
    credit=_CREDIT.format(fen="t.owed_fen", which=f"({_PAID_BEFORE} OR t.benefit_month < s.regular_from)"),
    chosen="",
)
# A regular payment gives up no more than its share, once, and only where two officials decided it.
DEDUCT = _MATCH.format(
    credit=_CREDIT.format(
        fen="least(t.owed_fen, floor(t.due_fen * %(share)s / 1000) - t.offset_fen)",
        which=f"NOT ({_PAID_BEFORE}) AND t.benefit_month >= s.regular_from",
    ),
    chosen="""AND EXISTS (SELECT 1 FROM payments_settlementpart p JOIN payments_settlement e ON e.id = p.settlement_id
                          WHERE p.overpayment_id = v.id AND e.state = 'approved' AND e.way = 'set_off')""",
)

# The line the money came from: the order's, else the benefit's own.
_LINES = """
UPDATE awards_overpayment v SET budget_line = coalesce(
  (SELECT o.budget_line FROM payments_order o
   WHERE o.award_id = v.award_id AND o.benefit_month = v.month AND o.sequence = 0), s.budget_line, a.benefit)
FROM awards_award a
LEFT JOIN unnest(%(all_benefits)s::text[], %(all_lines)s::text[]) AS s (benefit, budget_line) ON s.benefit = a.benefit
WHERE a.id = v.award_id AND v.budget_line = ''
"""


def _difference(more: str, less: str, column: str) -> str:
    """Entries for what the overpayments say beyond what was posted, and counter-entries for what they no longer say."""
    (debit, credit), (debit_less, credit_less) = SETTLING[more], SETTLING[less]
    return f"""
    INSERT INTO payments_transfer (debit_account, credit_account, amount_fen, kind, overpayment_id, order_id, "on",
      accounting_month, programme, division_code)
    SELECT CASE WHEN d.fen > 0 THEN {debit} ELSE {debit_less} END,
           CASE WHEN d.fen > 0 THEN {credit} ELSE {credit_less} END, abs(d.fen),
           CASE WHEN d.fen > 0 THEN '{more}' ELSE '{less}' END, v.id, o.id, %(on)s::date, %(month)s::date,
           v.programme, v.division_code
    FROM awards_overpayment v
    LEFT JOIN (SELECT overpayment_id, sum(CASE kind WHEN '{more}' THEN amount_fen ELSE -amount_fen END)::bigint AS fen
               FROM payments_transfer WHERE overpayment_id IS NOT NULL AND kind IN ('{more}', '{less}') GROUP BY 1) t
      ON t.overpayment_id = v.id
    CROSS JOIN LATERAL (SELECT v.{column} - coalesce(t.fen, 0) AS fen) d
    LEFT JOIN payments_order o ON o.award_id = v.award_id AND o.benefit_month = v.month AND o.sequence = 0
    WHERE d.fen <> 0 ORDER BY v.id
    """


CLAIM = _difference("claim", "unclaim", "amount_fen")
WRITE_OFF = _difference("write_off", "restore", "written_off_fen")


def net(values: dict[str, Any], month: Month) -> dict[str, int]:
    """Sets arrears against what was overpaid, then takes the decided share of the regular payments (within drafting)."""
    share = int(working_rules().at(month).set_off_share)
    counts = {}
    with connection.cursor() as cursor:
        for name, sql, kind in (("netted", NET, "netting"), ("deducted", DEDUCT, "deduction")):
            cursor.execute(sql, {**values, "kind": kind, "share": share})
            counts[name] = cursor.rowcount
    return counts


def post_claims(*, month: Month, on: date, lines: dict[str, str]) -> int:
    """Posts in an open month whatever the overpayments say beyond the ledger, or less; returns how many entries.

    Args:
        lines: the budget line of each benefit, for months that another office paid before the award was taken over.
    """
    values: dict[str, Any] = {
        "on": on,
        "month": month.first_day,
        "all_benefits": list(lines),
        "all_lines": list(lines.values()),
    }
    count = 0
    with connection.cursor() as cursor:
        cursor.execute(_LINES, values)
        for sql in (CLAIM, WRITE_OFF):
            cursor.execute(sql, values)
            count += cursor.rowcount
    return count
