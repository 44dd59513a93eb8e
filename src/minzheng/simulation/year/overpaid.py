"""What becomes of money paid too much (多发处理): two officials settle it, families give it back.

Each settlement is one person's letter and decision, so it is decided one by one, as in an office; overpaid people are the
few whose death or change was learnt late, not everybody.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.payments import actions
from minzheng.kernel.payments.models import Settlement
from minzheng.kernel.storage.bulk import read_frame
from minzheng.simulation.year.desk import APPROVER, KEY_OF_ID, PERSON_KEYS, PREPARER, post, workday
from minzheng.simulation.year.draw import chance
from minzheng.simulation.year.engine import SERVICE, Life
from minzheng.simulation.year.rates import rate

# People with overpaid months that no decision in force speaks of and about whom no proposal waits.
_UNDECIDED = f"""
    SELECT v.person_id, coalesce(min(k.key), min({KEY_OF_ID.format(id="v.person_id")})) AS key,
           bool_or(p.death_date IS NOT NULL) AS is_dead
    FROM awards_overpayment v JOIN people_person p ON p.id = v.person_id
    LEFT JOIN {PERSON_KEYS} k ON k.person_id = v.person_id
    WHERE v.state = 'open'
      AND NOT EXISTS (SELECT 1 FROM payments_settlement s WHERE s.person_id = v.person_id AND s.state = 'proposed')
      AND NOT EXISTS (SELECT 1 FROM payments_settlementpart t JOIN payments_settlement s ON s.id = t.settlement_id
                      WHERE t.overpayment_id = v.id AND s.state = 'approved')
    GROUP BY v.person_id ORDER BY v.person_id
"""
_RECOVERIES = f"""
    SELECT s.id, min({KEY_OF_ID.format(id="s.person_id")}) AS key,
           sum(v.amount_fen - v.recovered_fen - v.written_off_fen)::bigint AS rest_fen
    FROM payments_settlement s JOIN payments_settlementpart t ON t.settlement_id = s.id
    JOIN awards_overpayment v ON v.id = t.overpayment_id AND v.state = 'open'
    WHERE s.state = 'approved' AND s.way = 'recovery' AND s.decided_on < %s
    GROUP BY s.id HAVING sum(v.amount_fen - v.recovered_fen - v.written_off_fen) > 0 ORDER BY s.id
"""


def settle_overpaid(life: Life) -> dict[str, Any]:
    """Proposes for those undecided, lets another official approve, and takes in what families give back."""
    told = {"proposed": 0, "approved": 0, "repaid": 0}
    propose_on, approve_on, repay_on = (workday(life.month, number) for number in (11, 12, 14))
    with acting_as_service(SERVICE):
        people = _drawn(
            read_frame(_UNDECIDED, schema={"person_id": pl.Int64, "key": pl.Int64, "is_dead": pl.Boolean}),
            life,
            "overpaid",
            "waived",
        )
    with acting(post(PREPARER)):
        for row in people.filter(pl.col("overpaid") < rate("overpaid.proposed")).to_dicts():
            way, why = _decision(row)
            actions.propose_settlement(person_id=row["person_id"], way=way, reason=why, on=propose_on)
            told["proposed"] += 1
    with acting(post(APPROVER)):
        waiting = list(
            Settlement.objects.filter(state="proposed").order_by("pk").values_list("pk", flat=True)
        )
        for settlement in waiting:
            actions.approve_settlement(settlement_id=settlement, on=approve_on)
        told["approved"] = len(waiting)
    with acting_as_service(SERVICE):
        owed = _drawn(
            read_frame(
                _RECOVERIES,
                [life.month.first_day],
                schema={"id": pl.Int64, "key": pl.Int64, "rest_fen": pl.Int64},
            ),
            life,
            "repaid",
        )
    with acting(post(PREPARER)):
        for row in owed.filter(pl.col("repaid") < rate("overpaid.repaid")).to_dicts():
            actions.receive_repayment(
                settlement_id=row["id"],
                amount_fen=row["rest_fen"],
                receipt=f"T{life.month}-{row['id']}",
                on=repay_on,
            )
            told["repaid"] += 1
    return told


def _decision(row: dict[str, Any]) -> tuple[str, str]:
    """Whoever lives has it set off; of the dead the family gives back, unless it is waived."""
    if not row["is_dead"]:
        return "set_off", "情况变化后多发，从以后月份中抵扣"
    if row["waived"] < rate("overpaid.of_the_dead_waived"):
        return "waiver", "家庭困难且数额较小，予以免除"
    return "recovery", "领款人死亡后多发，请家属退回"


def _drawn(frame: pl.DataFrame, life: Life, *purposes: str) -> pl.DataFrame:
    return frame.with_columns(
        chance(pl.col("key"), seed=life.seed, month=life.month, purpose=f"money {purpose}").alias(purpose)
        for purpose in purposes
    )
