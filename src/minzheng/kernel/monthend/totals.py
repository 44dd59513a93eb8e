"""Totals of a run by benefit and street, and how they differ from the month before."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Sum

from minzheng.kernel.monthend.models import MonthRun, MonthTotal, RunState
from minzheng.kernel.periods import Month

MEASURES = ("eligible", "eligible_fen", "in_force", "in_force_fen", "orders", "ordered_fen", "leads")

_TOTALS = """
    INSERT INTO monthend_monthtotal (run_id, programme, benefit, division_code, eligible, eligible_fen, in_force,
                                     in_force_fen, orders, ordered_fen, leads)
    SELECT %(run)s, programme, benefit, left(division_code, 9), sum(eligible), sum(eligible_fen), sum(in_force),
           sum(in_force_fen), sum(orders), sum(ordered_fen), sum(leads)
    FROM (
      SELECT programme, benefit, division_code, 1 AS eligible, amount_fen AS eligible_fen, 0 AS in_force,
             0 AS in_force_fen, 0 AS orders, 0 AS ordered_fen, 0 AS leads
      FROM outreach_finding WHERE month = %(month)s AND status = 2
      UNION ALL
      SELECT a.programme, a.benefit, a.division_code, 0, 0, 1, p.monthly_fen, 0, 0, 0
      FROM awards_awardperiod p JOIN awards_award a ON a.id = p.award_id WHERE p.during @> %(month)s::date
      UNION ALL
      SELECT programme, benefit, division_code, 0, 0, 0, 0, 1, amount_fen, 0
      FROM payments_order WHERE accounting_month = %(month)s AND state <> 'cancelled'
      UNION ALL
      SELECT programme, benefit, division_code, 0, 0, 0, 0, 0, 0, 1
      FROM outreach_lead WHERE state IN ('open', 'visited', 'not_found', 'applied')
    ) AS everything
    GROUP BY programme, benefit, left(division_code, 9)
"""


def write_totals(*, run: MonthRun, month: Month) -> dict[str, Any]:
    """Replaces a run's totals by one set query; returns the differences to last month by benefit."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM monthend_monthtotal WHERE run_id = %s", [run.pk])
        cursor.execute(_TOTALS, {"run": run.pk, "month": month.first_day})
    run.counts = by_benefit(run)
    before = (
        MonthRun.objects.filter(month=(month - 1).first_day, state=RunState.DONE).order_by("-attempt").first()
    )
    if before is None:
        return {}
    earlier = by_benefit(before)
    nothing = dict.fromkeys(MEASURES, 0)
    return {
        benefit: {m: run.counts.get(benefit, nothing)[m] - earlier.get(benefit, nothing)[m] for m in MEASURES}
        for benefit in sorted({*run.counts, *earlier})
    }


def by_benefit(run: MonthRun) -> dict[str, dict[str, int]]:
    """A run's totals summed over places."""
    rows = (
        MonthTotal.objects.filter(run=run)
        .values("benefit")
        .annotate(**{f"sum_{m}": Sum(m) for m in MEASURES})
        .order_by("benefit")
    )
    return {row["benefit"]: {m: int(row[f"sum_{m}"]) for m in MEASURES} for row in rows}
