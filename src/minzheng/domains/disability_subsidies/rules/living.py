"""Living subsidy: disabled members of households in hardship."""

from typing import Any

from minzheng.domains.subsistence_allowance import SUBSISTENCE_ALLOWANCE, is_member
from minzheng.kernel.rules import Person, rule, where

AMOUNTS = "嘉定区2022年11月困难残疾人生活补贴资金发放情况（沪民规〔2020〕21号）"


@rule(
    entity=Person,
    source=AMOUNTS,
    label="低保家庭的成员",
    label_en="Member of a household that qualifies for subsistence allowance",
)
def is_in_subsistence_household(person: Person, m: Any) -> Any:
    """Whether the household qualifies, as settled there, and this person counts as its member."""
    return is_member(person) & SUBSISTENCE_ALLOWANCE.is_eligible(person.household)


@rule(
    entity=Person,
    source=AMOUNTS,
    label="低收入困难家庭的成员",
    label_en="Member of a recognised low-income household",
)
def is_in_low_income_household(person: Person, m: Any) -> Any:
    """Whether the household is recognised as of low income."""
    return person.household.is_low_income_recognised


@rule(
    entity=Person,
    source=AMOUNTS,
    label="属于低保家庭或低收入困难家庭",
    label_en="In a household on subsistence allowance or of low income",
)
def is_in_hardship(person: Person, m: Any) -> Any:
    """Either ground."""
    return person.is_in_subsistence_household | person.is_in_low_income_household


@rule(
    entity=Person, source=AMOUNTS, label="家庭困难情形已核查", label_en="The household's hardship was checked"
)
def is_hardship_settled(person: Person, m: Any) -> Any:
    """Open only where the household may qualify for the subsistence allowance and has no other ground."""
    is_open = is_member(person) & SUBSISTENCE_ALLOWANCE.may_qualify(person.household)
    return person.is_in_low_income_household | ~is_open


@rule(
    entity=Person, source=AMOUNTS, label="生活补贴月标准", label_en="Monthly living subsidy", unit="fen/month"
)
def living_subsidy_fen(person: Person, m: Any) -> Any:
    """The higher amount on the ground of subsistence allowance, settled or still open, else the lower."""
    is_higher = person.is_in_subsistence_household | ~person.is_hardship_settled
    return where(is_higher, m.living_amount_subsistence, m.living_amount_low_income)
