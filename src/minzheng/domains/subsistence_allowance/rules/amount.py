"""What is paid: the gap between income per member and each member's standard."""

from typing import Any

from minzheng.kernel.rules import Household, Person, most, rule, total, where

ARTICLE = "上海市社会救助条例 第十六条"


@rule(entity=Person, source="沪民规〔2020〕12号", label="按未成年人标准计", label_en="Counts as a minor")
def is_minor(person: Person, m: Any) -> Any:
    """Sixteen or younger, sixteen included. Where the birth date is unknown the ordinary standard applies."""
    return person.age_years.or_(m.minor_age + 1) <= m.minor_age


@rule(
    entity=Person,
    source="沪民规〔2020〕12号",
    label="适用标准",
    label_en="Standard that applies",
    unit="fen/month",
)
def own_standard_fen(person: Person, m: Any) -> Any:
    """The minors' standard or the ordinary one."""
    return where(person.is_minor, m.minor_standard, m.standard)


@rule(
    entity=Person, source=ARTICLE, label="本人补差额", label_en="Own share of the allowance", unit="fen/month"
)
def share_fen(person: Person, m: Any) -> Any:
    """A member's standard less the household's income per member, never below zero."""
    gap = person.own_standard_fen - person.household.income_per_member_fen
    return where(person.is_member, most(gap, 0), 0)


@rule(
    entity=Household, source=ARTICLE, label="家庭月补助金额", label_en="Monthly allowance", unit="fen/month"
)
def allowance_fen(household: Household, m: Any) -> Any:
    """The members' shares together."""
    return total(household.person.share_fen)
