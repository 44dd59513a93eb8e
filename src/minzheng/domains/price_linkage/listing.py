"""Who was entitled in an index month (补贴对象): the receivers of that month, as the registers know them."""

from __future__ import annotations

from minzheng.domains.price_linkage.trigger import parameters
from minzheng.domains.subsistence_allowance import members_of, receiving_members
from minzheng.kernel.awards.staging import Query
from minzheng.kernel.eventgrants.listing import Ground, flagged
from minzheng.kernel.eventgrants.listing import entitled as listed
from minzheng.kernel.periods import Month

GROUNDS = {
    "subsistence": "低保家庭成员",
    "extreme_poverty": "特困供养人员",
    "low_income": "低收入困难家庭成员",
}


def entitled(month: Month, amount_fen: int) -> Query:
    """Members of households paid the subsistence allowance in the month, the extremely poor, and where the month's law
    covers them members of recognised low-income households."""
    first = month.first_day
    grounds = [
        Ground("subsistence", receiving_members(first), amount_fen),
        Ground("extreme_poverty", flagged("is_extreme_poverty_supported", first), amount_fen),
    ]
    if parameters(month).includes_low_income:
        recognised = flagged("is_low_income_recognised", first, subject="household_id")
        grounds.append(Ground("low_income", members_of(recognised, first), amount_fen))
    return listed(grounds)
