"""The difference between what the law finds for a month and what is awarded in it, as one set.

The comparison is a full join of findings and awards per benefit and person or household. It lands in a temporary
table that leads, notices and adjustments each read; nothing here changes a record.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection

from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import Programme
from minzheng.kernel.storage.bulk import copy_rows

STANDARD = "standard"
"""The kind of a difference that the change of a standard alone explains; it becomes an adjustment, never a lead."""

# An award whose end is decided, that is suspended or that begins later says all that is to be said for the month.
_COMPARE = """
    CREATE TEMPORARY TABLE IF NOT EXISTS outreach_difference (
      programme text, benefit text, unit text, way text, person_id bigint, household_id bigint, award_id bigint,
      kind text, amount_fen bigint, current_fen bigint, reference_fen bigint, reason text, division_code text
    ) ON COMMIT DROP;
    TRUNCATE outreach_difference;
    INSERT INTO outreach_difference
    WITH held AS (
      SELECT a.*, p.monthly_fen FROM awards_award a
      JOIN outreach_benefit b ON b.benefit = a.benefit
      LEFT JOIN awards_awardperiod p ON p.award_id = a.id AND p.during @> '{month}'::date
      WHERE (a.end_month IS NULL OR a.end_month >= '{month}') {held_by}
    ), found AS (
      SELECT f.* FROM outreach_finding f WHERE f.month = '{month}' {found_in}
    ), pairs AS (
      SELECT 'person' AS unit, coalesce(f.benefit, h.benefit) AS benefit, coalesce(f.person_id, h.person_id) AS person_id,
             coalesce(f.household_id, h.household_id) AS household_id, h.id AS award_id, h.monthly_fen, h.end_month,
             f.status, f.amount_fen, f.reference_fen, coalesce(f.division_code, h.division_code) AS division_code
      FROM (SELECT * FROM found WHERE person_id IS NOT NULL) f
      FULL JOIN (SELECT * FROM held WHERE unit = 'person') h ON h.benefit = f.benefit AND h.person_id = f.person_id
      UNION ALL
      SELECT 'household', coalesce(f.benefit, h.benefit), h.person_id, coalesce(f.household_id, h.household_id), h.id,
             h.monthly_fen, h.end_month, f.status, f.amount_fen, f.reference_fen,
             coalesce(f.division_code, h.division_code)
      -- A household's benefit needs a household on record: somebody registered alone is first given one.
      FROM (SELECT * FROM found WHERE person_id IS NULL AND household_id > 0) f
      FULL JOIN (SELECT * FROM held WHERE unit = 'household') h
        ON h.benefit = f.benefit AND h.household_id = f.household_id
    ), kinds AS (
      SELECT pairs.*, b.programme, b.way,
        CASE
          WHEN award_id IS NULL THEN CASE status WHEN 2 THEN 'qualifies' ELSE 'may_qualify' END
          WHEN monthly_fen IS NULL OR end_month IS NOT NULL THEN NULL
          WHEN status IS NULL THEN 'ends'
          WHEN status = 1 THEN 'recheck'
          WHEN amount_fen = monthly_fen THEN NULL
          WHEN reference_fen = monthly_fen THEN 'standard'
          WHEN amount_fen > monthly_fen THEN 'increase'
          ELSE 'decrease'
        END AS kind
      FROM pairs JOIN outreach_benefit b ON b.benefit = pairs.benefit AND b.unit = pairs.unit
    )
    SELECT k.programme, k.benefit, k.unit, k.way, k.person_id, k.household_id, k.award_id, k.kind,
           coalesce(k.amount_fen, 0), coalesce(k.monthly_fen, 0), k.reference_fen,
           CASE
             WHEN k.kind = 'qualifies' THEN 'meets_conditions'
             WHEN k.kind IN ('may_qualify', 'recheck') THEN 'check_missing'
             WHEN k.kind = 'standard' THEN 'standard_changed'
             WHEN k.kind = 'ends' AND p.death_date < '{month}' AND k.unit = 'person' THEN 'deceased'
             WHEN k.kind = 'ends' AND k.unit = 'person' AND p.deregistered_on < '{after}' THEN 'deregistered'
             WHEN k.kind = 'ends' AND k.unit = 'person' AND NOT p.hukou_is_local THEN 'hukou_not_local'
             WHEN k.kind = 'ends' THEN 'conditions_not_met'
             WHEN k.reference_fen IS NOT NULL AND k.reference_fen <> k.amount_fen THEN 'facts_and_standard_changed'
             ELSE 'facts_changed'
           END,
           -- Work goes to the committee where people live, which need not be the one that decides the award.
           CASE WHEN k.unit = 'household' THEN coalesce(h.division_code, k.division_code)
                ELSE coalesce(p.division_code, k.division_code) END
    FROM kinds k
    LEFT JOIN people_person p ON p.id = k.person_id
    LEFT JOIN people_household h ON h.id = k.household_id
    WHERE k.kind IS NOT NULL;
    ANALYZE outreach_difference
"""


@dataclass(frozen=True, slots=True)
class Among:
    """Whom a comparison is about where it is not about everybody: households, and all people who are or were in them."""

    households: Sequence[int]
    people: Sequence[int]

    def holds(self, row: str) -> str:
        """SQL of the condition that a row with unit, person_id and household_id is about one of them."""
        return (
            f"({row}.unit = 'person' AND {row}.person_id = ANY({_array(self.people)})"
            f" OR {row}.unit = 'household' AND {row}.household_id = ANY({_array(self.households)}))"
        )

    def found_in(self, row: str) -> str:
        """SQL of the condition that a finding is about one of the households."""
        return f"{row}.household_id = ANY({_array(self.households)})"


def _array(numbers: Sequence[int]) -> str:
    return f"'{{{','.join(str(int(n)) for n in numbers)}}}'::bigint[]"


def compare(*, month: Month, programmes: Iterable[Programme], among: Among | None = None) -> dict[str, int]:
    """Fills the temporary table `outreach_difference` for a month; returns how many rows of each kind.

    Args:
        among: compares the findings and awards of these alone.

    People who have died are compared too, with the reason `deceased`: their awards end by the death and need no lead.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """CREATE TEMPORARY TABLE IF NOT EXISTS outreach_benefit
                 (programme text, benefit text, unit text, way text) ON COMMIT DROP;
               TRUNCATE outreach_benefit"""
        )
        copy_rows(
            "outreach_benefit",
            ("programme", "benefit", "unit", "way"),
            (
                (p.code, b.code, str(b.unit), str(b.grant))
                for p in programmes
                if p.in_force(month)
                for b in p.benefits
            ),
        )
        limits = {
            "held_by": f"AND {among.holds('a')}" if among else "",
            "found_in": f"AND {among.found_in('f')}" if among else "",
        }
        cursor.execute(_COMPARE.format(month=month.first_day, after=(month + 1).first_day, **limits))
        cursor.execute("SELECT kind, count(*) FROM outreach_difference GROUP BY kind ORDER BY kind")
        return dict(cursor.fetchall())
