"""Taking over who is already being paid (接管在享名册).

Civil affairs' roster says what is paid today. Each row becomes an award in force from its start month with the amount
of the roster, so that the first month end can compare law and practice. Earlier amounts are not in the roster: the
periods before it carry today's amount, which matters only if somebody recalculates them.

`paid_through` says which months the roster's office has paid already. A monthly benefit is paid for the roster's own
month. A benefit paid by quarter is paid up to the last month that its latest payment covered: the roster of June holds
people whose April payment covered January to March, so April to June are still to be paid, by our July payment.

A row is never dropped in silence: it is taken, found unchanged, put to review or refused, with its reason. Where the
amount disagrees with what the law finds, the row is still taken, because it is what is being paid; the month's
comparison then raises a lead.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import connection, transaction

from minzheng.kernel.awards.actions import end_many
from minzheng.kernel.awards.grants import Grant, grant_many
from minzheng.kernel.awards.models import Origin
from minzheng.kernel.awards.staging import Change
from minzheng.kernel.awards.working_rules import working_rules
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import Benefit, Programme, benefit_by_roster_name, load_programmes
from minzheng.kernel.sources.registry import Message, RosterOutcome, RosterRow
from minzheng.kernel.storage.bulk import copy_rows

# What the set query decides of a row; the first that holds counts. `take` and `take_dead` become awards.
_DECIDE = """
    SELECT r.row_id, r.benefit, r.household, p.division_code, p.hukou_division_code, p.hukou_is_local, p.death_date,
           h.division_code, r.household_named,
      CASE
        WHEN r.benefit IS NULL THEN 'unknown_benefit'
        WHEN p.id IS NULL THEN 'unknown_person'
        WHEN r.monthly_fen <= 0 THEN 'amount'
        WHEN r.start_month > %(month)s THEN 'starts_later'
        WHEN r.unit = 'household' AND r.household IS NULL THEN 'no_household'
        WHEN r.twin IS NOT NULL AND r.twin_fen = r.monthly_fen THEN 'repeated'
        WHEN r.twin IS NOT NULL THEN 'repeated_differs'
        WHEN r.unit = 'household' AND r.household_twin IS NOT NULL THEN 'household_twice'
        WHEN held.id IS NOT NULL AND held.monthly_fen = r.monthly_fen AND held.person_id = r.person_id THEN 'held'
        WHEN held.id IS NOT NULL AND held.state = 'ended' AND held.person_id = r.person_id
             AND held.origin = 'roster' AND held.start_month = r.start_month THEN 'held'
        WHEN held.id IS NOT NULL THEN 'held_differs'
        WHEN p.death_date < r.start_month THEN 'dead_before_start'
        WHEN p.death_date < %(month)s THEN 'take_dead'
        ELSE 'take'
      END
    FROM (
      SELECT roster_row.*,
        first_value(row_id) OVER person_rows AS first_row,
        CASE WHEN row_number() OVER person_rows > 1 THEN first_value(row_id) OVER person_rows END AS twin,
        first_value(monthly_fen) OVER person_rows AS twin_fen,
        CASE WHEN row_number() OVER household_rows > 1 THEN first_value(row_id) OVER household_rows END
          AS household_twin
      FROM roster_row
      WINDOW person_rows AS (PARTITION BY benefit, person_id ORDER BY (monthly_fen <= 0), row_id),
             household_rows AS (PARTITION BY benefit, household ORDER BY (monthly_fen <= 0), row_id)
    ) r
    LEFT JOIN people_person p ON p.id = r.person_id
    LEFT JOIN people_household h ON h.id = r.household
    LEFT JOIN LATERAL (
      SELECT a.id, a.state, a.origin, a.person_id, a.start_month, q.monthly_fen FROM awards_award a
      LEFT JOIN awards_awardperiod q ON q.award_id = a.id AND q.during @> %(month)s
      WHERE a.benefit = r.benefit
        AND (a.person_id = r.person_id OR (r.unit = 'household' AND a.unit = 'household' AND a.household_id = r.household))
        AND (a.end_month IS NULL OR a.end_month >= r.start_month
             OR (a.origin = 'roster' AND a.start_month = r.start_month))
      ORDER BY (a.state = 'ended'), a.id LIMIT 1) held ON true
    ORDER BY r.row_id
"""


def paid_through(programme: Programme, benefit: Benefit, roster_month: Month) -> Month | None:
    """The last benefit month that payments up to and including the roster's month have covered; None where none."""
    for step in range(24):
        covered = programme.covered_months(benefit, roster_month - step)
        if covered:
            return max(covered)
    return None


def programme_of(roster: str) -> str:
    """The programme's code by the name a roster uses, empty where unknown: the `purpose` of an account of its own."""
    found = benefit_by_roster_name(roster, load_programmes())
    return found[0].code if found else ""


def deciding_place(*, hukou: str, hukou_is_local: bool, residence: str) -> str:
    """The place that decides an award: of the hukou where that is in the city, else of the residence.

    Source: 上海市社会救助条例 第三十一条 (decided at the street or town of hukou). The committee's code is kept, so that
    the committee sees its own people; the street's scope contains it.
    """
    if hukou_is_local and len(hukou) >= 9 and hukou.startswith("31"):
        return hukou
    return residence


@transaction.atomic
def take_over_roster(
    *, rows: Sequence[RosterRow], as_of: date, file_id: int, authority: str = ""
) -> list[RosterOutcome]:
    """Makes awards of a roster's rows; the same roster twice changes nothing. One outcome for every row.

    People who are known to have died are taken and ended with the month of death at once, so that what they were paid
    since shows as overpaid instead of vanishing.
    """
    if not rows:
        return []
    month = Month.of(as_of)
    programmes = load_programmes()
    named = {name: benefit_by_roster_name(name, programmes) for name in {r.roster for r in rows}}
    _stage(rows, named, month)
    with connection.cursor() as cursor:
        cursor.execute(_DECIDE, {"month": month.first_day})
        decided = {row[0]: row[1:] for row in cursor.fetchall()}
    outcomes: list[RosterOutcome] = []
    taken: list[tuple[RosterRow, Grant]] = []
    ends: list[date | None] = []
    after = int(working_rules().at(month).months_after_death)
    for row in rows:
        _, household, residence, hukou, local, death, household_place, other_household, verdict = decided[
            row.row_id
        ]
        outcomes.append(_outcome(row, verdict, death, other_household, month))
        found = named[row.roster]
        if verdict not in ("take", "take_dead") or found is None:
            continue
        programme, benefit = found
        through = paid_through(programme, benefit, month)
        start = row.start_month.replace(day=1)
        taken.append(
            (
                row,
                Grant(
                    programme=programme.code,
                    benefit=benefit.code,
                    unit=str(benefit.unit),
                    person_id=row.person_id,
                    household_id=household,
                    start_month=start,
                    monthly_fen=row.monthly_fen,
                    division_code=deciding_place(
                        hukou=hukou,
                        hukou_is_local=local,
                        residence=household_place
                        if benefit.unit == "household" and household_place
                        else residence,
                    ),
                    origin=Origin.ROSTER.value,
                    reason="roster",
                    paid_through=through.first_day if through and through.first_day >= start else None,
                    detail={"file_id": file_id, "row_id": row.row_id, "authority": authority},
                ),
            )
        )
        ends.append((Month.of(death) + after + 1).first_day if verdict == "take_dead" else None)
    ids = grant_many(grants=[grant for _, grant in taken], on=as_of)
    end_many(
        changes=[
            Change(award_id, first_without, reason="deceased", detail={"file_id": file_id})
            for award_id, first_without in zip(ids, ends, strict=True)
            if first_without is not None
        ],
        on=as_of,
        reason="deceased",
    )
    return outcomes


def _stage(
    rows: Sequence[RosterRow], named: dict[str, tuple[Programme, Benefit] | None], month: Month
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """CREATE TEMPORARY TABLE IF NOT EXISTS roster_row (
                 row_id bigint, person_id bigint, household_named bigint, household bigint, benefit text, unit text,
                 start_month date, monthly_fen bigint) ON COMMIT DROP;
               TRUNCATE roster_row"""
        )
        copy_rows(
            "roster_row",
            ("row_id", "person_id", "household_named", "benefit", "unit", "start_month", "monthly_fen"),
            (
                (
                    r.row_id,
                    r.person_id,
                    r.household_id,
                    found[1].code if (found := named[r.roster]) else None,
                    str(found[1].unit) if found else None,
                    r.start_month.replace(day=1),
                    r.monthly_fen,
                )
                for r in rows
            ),
        )
        # Police membership outranks the number that the roster carries; the roster's serves where there is none.
        cursor.execute(
            """UPDATE roster_row r SET household = coalesce(m.household_id, r.household_named)
               FROM roster_row x LEFT JOIN people_membership m ON m.person_id = x.person_id AND m.during @> %s::date
               WHERE x.row_id = r.row_id""",
            [month.last_day],
        )


_REVIEW = {
    "no_household": ("户号", "roster_no_household"),
    "household_twice": ("户号", "roster_household_twice"),
    "repeated_differs": ("证件号码", "roster_repeated_differs"),
    "held_differs": ("月标准（元）", "roster_award_differs"),
    "dead_before_start": ("证件号码", "roster_dead_before_start"),
    "starts_later": ("起始月份", "roster_starts_later"),
}
_REFUSED = {
    "unknown_benefit": ("名册", "roster_unknown_benefit"),
    "unknown_person": ("证件号码", "roster_unknown_person"),
    "amount": ("月标准（元）", "roster_amount"),
}


def _outcome(
    row: RosterRow, verdict: str, death: date | None, other_household: int | None, month: Month
) -> RosterOutcome:
    if verdict in _REVIEW:
        field, code = _REVIEW[verdict]
        return RosterOutcome(row.row_id, "review", (Message(field, code, "review"),))
    if verdict in _REFUSED:
        field, code = _REFUSED[verdict]
        return RosterOutcome(row.row_id, "refused", (Message(field, code, "refused", found=row.roster),))
    if verdict == "repeated":
        message = Message("证件号码", "roster_repeated", "warning", done="first_kept")
        return RosterOutcome(row.row_id, "unchanged", (message,))
    if verdict == "held":
        return RosterOutcome(row.row_id, "unchanged")
    if verdict == "take_dead":
        message = Message(
            "证件号码", "roster_person_dead", "warning", found=str(death), done=f"{death:%Y-%m}"
        )
        return RosterOutcome(row.row_id, "taken", (message,))
    return RosterOutcome(row.row_id, "taken")
