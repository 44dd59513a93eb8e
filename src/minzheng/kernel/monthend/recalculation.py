"""Recalculating past months (追溯重算): what was learnt since the last look, month by month, by the law of each month.

Each month is evaluated twice for the households of whom something was learnt: as it was known at the last look, and as
it is known now. Only where the two differ is there anything to correct, so an amount that an office or an official set
otherwise is never overwritten by the way. Where the award pays what was found then, it is given what is found now; all
else is left to an official. Drafting turns the corrected months into arrears and overpayments of the open month.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import polars as pl
from django.db import connection
from django.db.models.functions import Now

from minzheng.kernel.access import current_actor
from minzheng.kernel.audit import record
from minzheng.kernel.awards.actions import Query, recalculate_many
from minzheng.kernel.monthend.models import Recalculation
from minzheng.kernel.monthend.working_rules import working_rules
from minzheng.kernel.parameters import ParameterError
from minzheng.kernel.people.frames import frames_of
from minzheng.kernel.people.known import LEARNT
from minzheng.kernel.people.staging import fetch
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import Grant, all_benefits, law_as_known
from minzheng.kernel.rules import ELIGIBLE, MAY_QUALIFY, Law, LawError, evaluate_frames
from minzheng.kernel.storage.bulk import copy_frame

_KEY = ["benefit", "household_id", "person_id"]


@dataclass(frozen=True, slots=True)
class Recalculated:
    """What a look back found: people concerned, months corrected, months left to an official."""

    people: int = 0
    corrected: int = 0
    left: int = 0
    awards: dict[str, int] = field(default_factory=dict)


def recalculate(*, month: Month, on: date) -> Recalculated:
    """Corrects the months before the open one by what was learnt since the last look; twice changes nothing.

    The first look of an installation only begins the clock: what was decided before rests on what was known then.
    """
    last = Recalculation.objects.order_by("-known_now").first()
    actor = current_actor()
    look = Recalculation.objects.create(
        month=month.first_day,
        on=on,
        known_then=last.known_now if last else None,
        known_now=Now(),
        actor_label=actor.label if actor else "",
    )
    look.refresh_from_db()
    if last is None:
        return Recalculated()
    months = _months(month)
    laws = {one: pair for one in months if (pair := _laws(one, last.known_now.date(), look.known_now.date()))}
    people = _concerned(last.known_now, look.known_now, month, laws)
    if not people:
        return Recalculated()
    found = [_differences(one, *laws[one], people, last.known_now) for one in laws]
    _stage(pl.concat([_empty(), *found]))
    counts = _apply(look, month, on)
    look.people, look.counts = len(people), counts
    look.save(update_fields=["people", "counts"])
    record(
        "awards.recalculate",
        subject=f"month:{month}",
        detail={"people": len(people), **counts},
        reason="learnt_later",
    )
    return Recalculated(len(people), counts["applied"], counts["left"])


def _months(month: Month) -> list[Month]:
    limit = int(working_rules().at(month).recalculation_months)
    return [month - back for back in range(limit, 0, -1)]


def _laws(month: Month, then: date, now: date) -> tuple[Law, Law] | None:
    """The month's law as its papers were out on the two days; None where it is not in the books."""
    try:
        return law_as_known(month, then), law_as_known(month, now)
    except (LawError, ParameterError):
        return None


def _concerned(
    since: datetime, until: datetime, month: Month, laws: dict[Month, tuple[Law, Law]]
) -> list[int]:
    """Everybody of whom something was learnt; where a paper came out late, everybody who holds an award."""
    if any(then.identity != now.identity for then, now in laws.values()):
        rows = fetch(
            """SELECT person_id FROM awards_award
               UNION SELECT m.person_id FROM awards_award a JOIN people_membership m ON m.household_id = a.household_id"""
        )
    else:
        rows = fetch(LEARNT, {"since": since, "until": until, "before": month.first_day})
    return sorted(row[0] for row in rows)


def _empty() -> pl.DataFrame:
    return pl.DataFrame(
        schema={
            "benefit": pl.String, "household_id": pl.Int64, "person_id": pl.Int64, "then_fen": pl.Int64,
            "now_fen": pl.Int64, "waits": pl.Boolean, "month": pl.Date,
        }
    )  # fmt: skip


def _differences(month: Month, then: Law, now: Law, people: list[int], known: datetime) -> pl.DataFrame:
    """Where a month's finding as known then and as known now differ."""
    before = _found(then, month, people, known).filter(pl.col("status") == ELIGIBLE)
    after = _found(now, month, people, None)
    joined = before.join(after, on=_KEY, how="full", coalesce=True, nulls_equal=True, suffix="_now")
    waits = pl.col("status_now") == MAY_QUALIFY
    return (
        joined.select(
            *_KEY,
            pl.col("amount_fen").alias("then_fen"),
            pl.when(pl.col("status_now") == ELIGIBLE).then(pl.col("amount_fen_now")).alias("now_fen"),
            waits.fill_null(value=False).alias("waits"),
            pl.lit(month.first_day).alias("month"),
        )
        .filter(~pl.col("then_fen").eq_missing(pl.col("now_fen")))
        .cast(_empty().schema)
    )


def _found(law: Law, month: Month, people: list[int], known: datetime | None) -> pl.DataFrame:
    persons, households = frames_of(people, month, known)
    if persons.is_empty():
        shape = {"benefit": pl.String, "household_id": pl.Int64, "person_id": pl.Int64}
        return pl.DataFrame(schema={**shape, "status": pl.Int64, "amount_fen": pl.Int64})
    found = evaluate_frames(law, persons, households)
    # A person's own benefit goes with the person, in whichever household they lived.
    return found.select(
        "benefit",
        pl.when(pl.col("person_id").is_null()).then(pl.col("household_id")).alias("household_id"),
        "person_id",
        pl.col("status").cast(pl.Int64),
        pl.col("amount_fen").cast(pl.Int64),
    )


def _stage(differences: pl.DataFrame) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """CREATE TEMPORARY TABLE IF NOT EXISTS recalculation_difference
                 (benefit text, household_id bigint, person_id bigint, then_fen bigint, now_fen bigint, waits boolean,
                  month date) ON COMMIT DROP;
               TRUNCATE recalculation_difference"""
        )
    copy_frame("recalculation_difference", differences)


# The award of that month, or the one that follows it; what it paid; and whether what it paid was what was found then.
_CORRECT = """
INSERT INTO monthend_correction (recalculation_id, award_id, month, was_fen, then_fen, now_fen, state, reason, benefit,
  programme, division_code, person_id)
SELECT %(look)s, a.id, d.month, p.monthly_fen, d.then_fen, d.now_fen,
  CASE WHEN NOT d.waits AND p.monthly_fen IS NOT DISTINCT FROM d.then_fen
            AND (d.month >= a.start_month OR a.benefit = ANY(%(unasked)s))
            AND (a.end_month IS NULL OR d.month <= a.end_month)
            AND NOT (a.origin = 'roster' AND d.now_fen IS NOT NULL AND taken.through IS NOT NULL
                     AND d.month <= taken.through)
       THEN 'applied' ELSE 'left' END,
  CASE WHEN d.waits THEN 'check_missing' WHEN p.monthly_fen IS DISTINCT FROM d.then_fen THEN 'other_amount'
       WHEN d.month < a.start_month THEN 'before_start' WHEN d.month > a.end_month THEN 'after_end' ELSE 'learnt_later' END,
  a.benefit, a.programme, a.division_code, a.person_id
FROM recalculation_difference d
JOIN LATERAL (
  SELECT a.* FROM awards_award a
  WHERE a.benefit = d.benefit
    AND (a.unit = 'person' AND a.person_id = d.person_id OR a.unit = 'household' AND a.household_id = d.household_id)
  ORDER BY d.month BETWEEN a.start_month AND coalesce(a.end_month, 'infinity') DESC, a.start_month > d.month DESC,
           a.start_month, a.id LIMIT 1
) a ON true
LEFT JOIN awards_awardperiod p ON p.award_id = a.id AND p.during @> d.month
LEFT JOIN LATERAL (
  -- Through which month the roster's office had paid before the award was taken over.
  SELECT (e.detail->>'paid_through')::date AS through FROM awards_awardevent e
  WHERE e.award_id = a.id AND e.action = 'grant' ORDER BY e.id LIMIT 1
) taken ON true
WHERE p.monthly_fen IS DISTINCT FROM d.now_fen
"""

# Neighbouring months with the same new amount are one change; the changes of one award follow each other.
_SPANS = """
CREATE TEMPORARY TABLE IF NOT EXISTS recalculation_span
  (award_id bigint, from_month date, until date, monthly_fen bigint, wave int) ON COMMIT DROP;
TRUNCATE recalculation_span;
INSERT INTO recalculation_span
SELECT award_id, min(month), (max(month) + interval '1 month')::date, now_fen,
       row_number() OVER (PARTITION BY award_id ORDER BY min(month))
FROM (SELECT award_id, month, now_fen,
        (extract(year FROM month) * 12 + extract(month FROM month)
         - row_number() OVER (PARTITION BY award_id, now_fen ORDER BY month)) AS run
      FROM monthend_correction WHERE recalculation_id = {look} AND state = 'applied') c
GROUP BY award_id, now_fen, run
"""


def _apply(look: Recalculation, month: Month, on: date) -> dict[str, Any]:
    """Writes the corrections, and gives the awards the amounts of those that need no official."""
    unasked = [b.code for _, b in all_benefits() if b.grant == Grant.WITHOUT_APPLICATION]
    with connection.cursor() as cursor:
        cursor.execute(_CORRECT, {"look": look.pk, "unasked": unasked})
        cursor.execute(_SPANS.format(look=int(look.pk)))
        cursor.execute("SELECT coalesce(max(wave), 0) FROM recalculation_span")
        waves = cursor.fetchone()[0]
        for wave in range(1, waves + 1):
            recalculate_many(
                changes=Query(
                    """SELECT award_id, from_month, until, monthly_fen, 'learnt_later', '',
                              jsonb_build_object('recalculation', %s::bigint)
                       FROM recalculation_span WHERE wave = %s""",
                    (look.pk, wave),
                ),
                on=on,
                reason="learnt_later",
            )
        cursor.execute(
            """SELECT count(*) FILTER (WHERE state = 'applied'), count(*) FILTER (WHERE state = 'left')
               FROM monthend_correction WHERE recalculation_id = %s""",
            [look.pk],
        )
        applied, left = cursor.fetchone()
    return {"applied": applied, "left": left}
