"""The tests of assets (家庭财产状况).

What was never checked is not held against anybody and not taken for granted: the household may qualify, and
the check is what outreach asks for. Each test has a rule beside it that says whether its answer rests on a
check.
"""

from typing import Any

from minzheng.kernel.rules import Household, count, floor_div, rule, where

STANDARD = "城乡低保家庭经济状况认定标准（公开转载，无日期，2022年是否有效待核对）"


@rule(entity=Household, source=STANDARD, label="人均货币财产", label_en="Money assets per member", unit="fen")
def money_per_member_fen(household: Household, m: Any) -> Any:
    """Money assets divided by members, rounded down; unknown counts as nothing and is asked for elsewhere."""
    return floor_div(household.money_assets_fen.or_(0), household.members, if_zero=0)


@rule(entity=Household, source=STANDARD, label="人均货币财产上限", label_en="Limit per member", unit="fen")
def money_limit_fen(household: Household, m: Any) -> Any:
    """The limit for a household of this size."""
    return where(household.members <= m.small_household, m.money_limit_small, m.money_limit)


@rule(
    entity=Household,
    source=STANDARD,
    label="人均货币财产不超过上限",
    label_en="Money assets are within the limit",
)
def meets_money_test(household: Household, m: Any) -> Any:
    """At the limit still passes: the paper says 不超过."""
    return household.money_assets_fen.or_(0) <= household.money_limit_fen * household.members


@rule(entity=Household, source=STANDARD, label="货币财产已核查", label_en="Money assets were checked")
def is_money_checked(household: Household, m: Any) -> Any:
    """Whether the check centre reported money assets."""
    return household.money_assets_fen.is_known


@rule(
    entity=Household,
    source=STANDARD,
    label="机动车（残疾人代步车除外）不超过规定",
    label_en="No motor vehicle beyond the rule",
)
def meets_vehicle_test(household: Household, m: Any) -> Any:
    """No private motor vehicle, apart from as many as there are disabled members who may need one to move."""
    return household.vehicles.or_(0) <= m.vehicle_limit + household.possible_mobility_vehicles


@rule(
    entity=Household,
    source=STANDARD,
    label="可能需要代步车的残疾成员数",
    label_en="Members who may need one",
    unit="persons",
)
def possible_mobility_vehicles(household: Household, m: Any) -> Any:
    """Members with a disability certificate; whether a vehicle serves one of them is for a visit to see."""
    return count(household.person.is_member & (household.person.disability_grade > 0))


@rule(entity=Household, source=STANDARD, label="机动车已核查", label_en="Vehicles were checked")
def is_vehicle_checked(household: Household, m: Any) -> Any:
    """Checked, and not in need of a look at whether the vehicle is a mobility vehicle."""
    vehicles = household.vehicles
    may_be_for_mobility = (vehicles.or_(0) > m.vehicle_limit) & (
        vehicles.or_(0) <= m.vehicle_limit + household.possible_mobility_vehicles
    )
    return vehicles.is_known & ~may_be_for_mobility


@rule(entity=Household, source=STANDARD, label="没有非居住房产", label_en="No non-residential property")
def meets_non_residential_test(household: Household, m: Any) -> Any:
    """No property but homes."""
    return household.non_residential_properties.or_(0) <= m.non_residential_limit


@rule(
    entity=Household,
    source=STANDARD,
    label="非居住房产已核查",
    label_en="Non-residential property was checked",
)
def is_non_residential_checked(household: Household, m: Any) -> Any:
    """Whether the check centre reported it."""
    return household.non_residential_properties.is_known


@rule(entity=Household, source=STANDARD, label="住房套数不超过规定", label_en="Homes are within the rule")
def meets_housing_test(household: Household, m: Any) -> Any:
    """One home, or two of a small area per person."""
    return household.homes.or_(0) <= m.homes_limit_small_area


@rule(entity=Household, source=STANDARD, label="住房已核查", label_en="Housing was checked")
def is_housing_checked(household: Household, m: Any) -> Any:
    """Checked, and not in need of the floor area, which no office sends: two homes pass where it is small."""
    homes = household.homes
    is_area_needed = (homes.or_(0) > m.homes_limit) & (homes.or_(0) <= m.homes_limit_small_area)
    return homes.is_known & ~is_area_needed
