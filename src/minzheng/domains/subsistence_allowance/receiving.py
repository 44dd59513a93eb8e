"""Who receives the allowance on a day (在享对象), for benefits that go to its receivers: queries of `person_id`."""

from __future__ import annotations

from datetime import date

from minzheng.domains.subsistence_allowance.programme import SUBSISTENCE_ALLOWANCE
from minzheng.kernel.awards.staging import Query
from minzheng.kernel.people.models import Role

_HOUSEHOLDS = """
    SELECT a.household_id FROM awards_award a JOIN awards_awardperiod w ON w.award_id = a.id AND w.during @> %s::date
    WHERE a.benefit = %s
"""
_PAYEES = _HOUSEHOLDS.replace("a.household_id", "a.person_id", 1)
# As in the rules of the allowance: local hukou, or head, spouse or child of a household.
_MEMBERS = f"""
    SELECT m.person_id FROM people_membership m
    JOIN people_person p ON p.id = m.person_id
    LEFT JOIN people_hukourecord h ON h.person_id = p.id AND h.during @> %s::date
    WHERE m.during @> %s::date AND m.household_id IN ({{households}})
      AND (coalesce(h.is_local, p.hukou_is_local) OR m.role IN ({Role.HEAD:d}, {Role.SPOUSE:d}, {Role.CHILD:d}))
"""


def members_of(households: Query, on: date) -> Query:
    """The people who count as members of the households that a query names (共同生活的家庭成员)."""
    return Query(_MEMBERS.format(households=households.sql), (on, on, *households.parameters))


def receiving_members(on: date) -> Query:
    """The members of every household that is paid the allowance."""
    return members_of(Query(_HOUSEHOLDS, (on, SUBSISTENCE_ALLOWANCE.code)), on)


def payees(on: date) -> Query:
    """The one of each household to whom the allowance is paid."""
    return Query(_PAYEES, (on, SUBSISTENCE_ALLOWANCE.code))
