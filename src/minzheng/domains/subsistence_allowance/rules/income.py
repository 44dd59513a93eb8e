"""Income of the household and the test against the standard.

The two disability subsidies, the old-age allowance and honours are not income (正式文件待查); no input
carries them, so nothing has to be taken off.
"""

from typing import Any

from minzheng.kernel.rules import Household, Person, floor_div, rule, total, where


@rule(
    entity=Person,
    source="上海市社会救助条例 第十条",
    label="本人可支配收入",
    label_en="Own countable income",
    unit="fen/month",
)
def own_income_fen(person: Person, m: Any) -> Any:
    """Wage and pension of a member; nothing for people who do not count."""
    return where(person.is_member, person.wage_fen + person.pension_fen, 0)


@rule(
    entity=Household,
    source="上海市社会救助条例 第十条",
    label="家庭月收入",
    label_en="Household income",
    unit="fen/month",
)
def household_income_fen(household: Household, m: Any) -> Any:
    """The members' income together."""
    return total(household.person.own_income_fen)


@rule(
    entity=Household,
    source="上海市社会救助条例 第十条；除不尽时舍去不足一分的部分（取整规则待查）",
    provenance="illustrative",
    label="家庭人均月收入",
    label_en="Income per member",
    unit="fen/month",
)
def income_per_member_fen(household: Household, m: Any) -> Any:
    """Income divided by members, rounded down to the fen, which favours the household."""
    return floor_div(household.household_income_fen, household.members, if_zero=0)


@rule(
    entity=Household,
    source="上海市社会救助条例 第十条",
    label="家庭人均月收入低于最低生活保障标准",
    label_en="Income per member is below the standard",
)
def meets_income_test(household: Household, m: Any) -> Any:
    """Strictly below: a household exactly at the standard has what the standard grants."""
    return household.income_per_member_fen < m.standard
