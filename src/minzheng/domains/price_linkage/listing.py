"""Who was entitled in an index month (补贴对象): the receivers of that month, as the registers know them."""

from __future__ import annotations

from minzheng.domains.price_linkage.trigger import parameters
from minzheng.domains.subsistence_allowance import SUBSISTENCE_ALLOWANCE
from minzheng.kernel.awards.staging import Query
from minzheng.kernel.people.models import Role
from minzheng.kernel.periods import Month

GROUNDS = {
    "subsistence": "低保家庭成员",
    "extreme_poverty": "特困供养人员",
    "low_income": "低收入困难家庭成员",
}

# As in the rules of the subsistence allowance: local hukou, or head, spouse or child of a household.
_COUNTS = (
    f"(coalesce(h.is_local, p.hukou_is_local) OR m.role IN ({Role.HEAD:d}, {Role.SPOUSE:d}, {Role.CHILD:d}))"
)
_MEMBERS = """
    FROM people_membership m
    JOIN people_person p ON p.id = m.person_id
    LEFT JOIN people_hukourecord h ON h.person_id = p.id AND h.during @> %s::date
"""
# The last word of each subject on a flag up to the month's first day.
_SAID = """
    (SELECT DISTINCT ON (f.{subject}) f.{subject} AS id, f.int_value FROM people_fact f
     WHERE f.kind = %s AND f.{subject} IS NOT NULL AND f.superseded_at IS NULL AND lower(f.during) <= %s::date
       AND (upper_inf(f.during) OR upper(f.during) > %s::date)
     ORDER BY f.{subject}, lower(f.during) DESC)
"""


def entitled(month: Month, amount_fen: int) -> Query:
    """Person, amount, ground and rank for `eventgrants`: members of households paid the subsistence allowance in the
    month, the extremely poor, and where the month's law covers them members of recognised low-income households."""
    first = month.first_day
    parts = [
        f"""SELECT m.person_id, %s::bigint, 'subsistence', 1 {_MEMBERS}
            JOIN awards_award a ON a.household_id = m.household_id AND a.benefit = %s
            JOIN awards_awardperiod w ON w.award_id = a.id AND w.during @> %s::date
            WHERE m.during @> %s::date AND {_COUNTS}""",
        f"""SELECT s.id, %s::bigint, 'extreme_poverty', 2 FROM {_SAID.format(subject="person_id")} s
            WHERE s.int_value = 1""",
    ]
    values: list[object] = [
        *(amount_fen, first, SUBSISTENCE_ALLOWANCE.code, first, first),
        *(amount_fen, "is_extreme_poverty_supported", first, first),
    ]
    if parameters(month).includes_low_income:
        parts.append(
            f"""SELECT m.person_id, %s::bigint, 'low_income', 3 {_MEMBERS}
                JOIN {_SAID.format(subject="household_id")} s ON s.id = m.household_id AND s.int_value = 1
                WHERE m.during @> %s::date AND {_COUNTS}"""
        )
        values += [amount_fen, first, "is_low_income_recognised", first, first, first]
    return Query(" UNION ALL ".join(parts), tuple(values))
