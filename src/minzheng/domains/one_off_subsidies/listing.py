"""Who a notice pays (发放对象): its groups as the registers and the departments' lists know them on the cut-off day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from minzheng.domains.one_off_subsidies.lists import EMPLOYMENT_OFFICE, on_lists
from minzheng.domains.one_off_subsidies.notice import Notice
from minzheng.domains.subsistence_allowance import members_of, payees, receiving_members
from minzheng.kernel.awards.staging import Query
from minzheng.kernel.eventgrants.listing import Ground, entitled, flagged
from minzheng.kernel.periods import Month

CIVIL_AFFAIRS = "民政"


@dataclass(frozen=True, slots=True)
class Group:
    """A group that a notice may name: whose records tell who is in it, and how."""

    name: str
    name_en: str
    office: str
    people: Callable[[str, date], Query]
    """Given the benefit and the cut-off day."""
    each: str = "person"
    """What gets the sum: each person, or each household through its payee."""


#: In the order in which they count for somebody who is in several.
GROUPS: dict[str, Group] = {
    "subsistence_household": Group(
        "低保家庭（每户）", "Households on the subsistence allowance (each household)", CIVIL_AFFAIRS,
        lambda _benefit, on: payees(on), "household",
    ),
    "subsistence": Group(
        "低保家庭成员", "Members of households on the subsistence allowance", CIVIL_AFFAIRS,
        lambda _benefit, on: receiving_members(on),
    ),
    "extreme_poverty": Group(
        "特困供养人员", "Extremely poor people supported", CIVIL_AFFAIRS,
        lambda _benefit, on: flagged("is_extreme_poverty_supported", on),
    ),
    "low_income": Group(
        "低收入困难家庭成员", "Members of recognised low-income households", CIVIL_AFFAIRS,
        lambda _benefit, on: members_of(flagged("is_low_income_recognised", on, subject="household_id"), on),
    ),
    "unemployed": Group(
        "困难失业人员", "Unemployed people in difficulty", EMPLOYMENT_OFFICE,
        lambda benefit, on: on_lists(benefit, Month.of(on)),
    ),
}  # fmt: skip


def listed(notice: Notice) -> Query:
    """Person, amount, ground and rank for `eventgrants`: each group's people on the cut-off day."""
    return entitled(
        [
            Ground(code, group.people(notice.benefit, notice.cutoff_on), notice.amounts[code])
            for code, group in GROUPS.items()
            if code in notice.amounts
        ]
    )
