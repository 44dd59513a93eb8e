"""The law of the three programmes in OpenFisca's own terms: entities, parameters by date, variables with formulas."""

from __future__ import annotations

from typing import Any

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import MONTH
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

HOUSEHOLD = build_entity(
    key="household",
    plural="households",
    label="家庭",
    roles=[{"key": "member", "plural": "members", "label": "成员"}],
)
PERSON = build_entity(key="person", plural="persons", label="个人", is_person=True)
AMOUNTS = {
    "standard": {"2021-07-01": 133_000, "2022-07-01": 142_000},
    "minor_standard": {"2021-07-01": 173_000, "2022-07-01": 185_000},
    "minor_age": {"2021-07-01": 16},
    "small_household": {"2021-07-01": 2},
    "money_limit_small": {"2021-07-01": 3_300_000},
    "money_limit": {"2021-07-01": 3_000_000},
    "vehicle_limit": {"2021-07-01": 0},
    "non_residential_limit": {"2021-07-01": 0},
    "homes_limit": {"2021-07-01": 1},
    "homes_limit_small_area": {"2021-07-01": 2},
    "living_subsistence": {"2021-07-01": 41_000},
    "living_low_income": {"2021-07-01": 29_000},
    "nursing_first": {"2021-07-01": 30_000},
    "nursing_other": {"2021-07-01": 15_000},
}
OLD_AGE = ((65, 7_500), (70, 15_000), (80, 18_000), (90, 35_000), (100, 60_000))
#: Inputs by entity: name and type. Where a value may be unknown a second column says whether it is known.
INPUTS = {
    PERSON: {
        "birth_month": int, "is_birth_known": bool, "is_alive": bool, "death_month": int, "hukou_is_local": bool,
        "relation": int, "wage_fen": int, "pension_fen": int, "disability_grade": int, "disability_kind": int,
        "is_extreme_poverty_supported": bool, "is_child_basic_living": bool, "work_injury_care_fen": int,
    },
    HOUSEHOLD: {
        "money_assets_fen": int, "is_money_known": bool, "homes": int, "are_homes_known": bool,
        "non_residential_properties": int, "is_non_residential_known": bool, "vehicles": int,
        "are_vehicles_known": bool, "is_low_income_recognised": bool,
    },
}  # fmt: skip


def month_index(period: Any) -> int:
    return int(period.start.year * 12 + period.start.month - 1)


def is_local_couple(household: Any, period: Any) -> Any:
    relation = household.members("relation", period)
    grounds = household.members("is_alive", period) & household.members("hukou_is_local", period)
    return household.any(grounds & np.isin(relation, (1, 2)))


def has_local_member(household: Any, period: Any) -> Any:
    return household.any(household.members("is_alive", period) & household.members("hukou_is_local", period))


def is_member(person: Any, period: Any) -> Any:
    family = np.isin(person("relation", period), (1, 2, 3)) & person.household("is_local_couple", period)
    return person("is_alive", period) & (person("hukou_is_local", period) | family)


def members(household: Any, period: Any) -> Any:
    return household.sum(household.members("is_member", period))


def age(person: Any, period: Any) -> Any:
    return (month_index(period) - person("birth_month", period)) // 12


def own_income(person: Any, period: Any) -> Any:
    return np.where(
        person("is_member", period), person("wage_fen", period) + person("pension_fen", period), 0
    )


def income_per_member(household: Any, period: Any) -> Any:
    people = household("members", period)
    income = household.sum(household.members("own_income", period)).astype(np.int64)
    return np.where(people == 0, 0, income // np.maximum(people, 1).astype(np.int64))


def mobility_vehicles(household: Any, period: Any) -> Any:
    grade = household.members("disability_grade", period)
    return household.sum(household.members("is_member", period) & (grade > 0))


def subsistence_gross(household: Any, period: Any, parameters: Any) -> Any:
    p = parameters(period)
    people, vehicles, homes = (household(n, period) for n in ("members", "vehicles", "homes"))
    limit = np.where(people <= p.small_household, p.money_limit_small, p.money_limit)
    may_drive = p.vehicle_limit + household("mobility_vehicles", period)
    met = household("has_local_member", period) & (household("income_per_member", period) < p.standard)
    met &= household("money_assets_fen", period) <= limit * people
    met &= vehicles <= may_drive
    met &= household("non_residential_properties", period) <= p.non_residential_limit
    met &= homes <= p.homes_limit_small_area
    known = household("is_money_known", period) & household("is_non_residential_known", period)
    known &= household("are_vehicles_known", period) & ~(
        (vehicles > p.vehicle_limit) & (vehicles <= may_drive)
    )
    known &= household("are_homes_known", period) & ~(
        (homes > p.homes_limit) & (homes <= p.homes_limit_small_area)
    )
    return np.where(met & known, 2, np.where(met, 1, 0))


def subsistence_share(person: Any, period: Any, parameters: Any) -> Any:
    p = parameters(period)
    is_minor = person("is_birth_known", period) & (person("age", period) <= p.minor_age)
    gap = np.where(is_minor, p.minor_standard, p.standard) - person.household("income_per_member", period)
    counts = person("is_member", period) & (person.household("subsistence_gross", period) > 0)
    other = person("is_extreme_poverty_supported", period) | person("is_child_basic_living", period)
    return np.where(counts & ~other, np.maximum(gap, 0), 0)


def subsistence_allowance(household: Any, period: Any) -> Any:
    return household.sum(household.members("subsistence_share", period))


def subsistence_status(household: Any, period: Any) -> Any:
    gross = household("subsistence_gross", period)
    return np.where((gross == 2) & (household("subsistence_allowance", period) <= 0), 0, gross)


def old_age_status(person: Any, period: Any) -> Any:
    ground = person("is_alive", period) & person("hukou_is_local", period)
    known = person("is_birth_known", period)
    old = known & (person("age", period) >= OLD_AGE[0][0])
    return np.where(ground & old, 2, np.where(ground & ~known, 1, 0))


def old_age_allowance(person: Any, period: Any) -> Any:
    years = np.where(person("is_birth_known", period), person("age", period), 0)
    amount = np.zeros(len(years), np.int64)
    for start, value in OLD_AGE:
        amount = np.where(years >= start, value, amount)
    return amount


def living_status(person: Any, period: Any) -> Any:
    ground = (
        person("is_alive", period)
        & person("hukou_is_local", period)
        & (person("disability_grade", period) > 0)
    )
    ground &= ~person("is_extreme_poverty_supported", period) & ~person("is_child_basic_living", period)
    ground &= ~(person("work_injury_care_fen", period) > 0)
    status = person.household("subsistence_gross", period)
    low = person.household("is_low_income_recognised", period)
    counted = person("is_member", period)
    return np.where(
        ground & (low | (counted & (status == 2))), 2, np.where(ground & counted & (status == 1), 1, 0)
    )


def living_amount(person: Any, period: Any, parameters: Any) -> Any:
    p = parameters(period)
    status = person.household("subsistence_gross", period)
    counted = person("is_member", period)
    is_open = counted & (status == 1) & ~person.household("is_low_income_recognised", period)
    return np.where((counted & (status == 2)) | is_open, p.living_subsistence, p.living_low_income)


def nursing_amount(person: Any, period: Any, parameters: Any) -> Any:
    p = parameters(period)
    return np.where(person("disability_grade", period) == 1, p.nursing_first, p.nursing_other)


def nursing_status(person: Any, period: Any) -> Any:
    grade = person("disability_grade", period)
    mental = np.isin(person("disability_kind", period), (5, 6))
    severe = (grade == 1) | (grade == 2) | ((grade == 3) & mental)
    care = person("work_injury_care_fen", period)
    other = (care > 0) & (care >= person("nursing_amount", period))
    return np.where(person("is_alive", period) & person("hukou_is_local", period) & severe & ~other, 2, 0)


FORMULAS = {
    PERSON: {
        "is_member": (bool, is_member), "age": (int, age), "own_income": (int, own_income),
        "subsistence_share": (int, subsistence_share), "old_age_status": (int, old_age_status),
        "old_age_allowance": (int, old_age_allowance), "living_status": (int, living_status),
        "living_amount": (int, living_amount), "nursing_status": (int, nursing_status),
        "nursing_amount": (int, nursing_amount),
    },
    HOUSEHOLD: {
        "is_local_couple": (bool, is_local_couple), "has_local_member": (bool, has_local_member),
        "members": (int, members), "income_per_member": (int, income_per_member),
        "mobility_vehicles": (int, mobility_vehicles), "subsistence_gross": (int, subsistence_gross),
        "subsistence_allowance": (int, subsistence_allowance), "subsistence_status": (int, subsistence_status),
    },
}  # fmt: skip
#: Of each benefit: programme, code, entity, the variable of its status and of its amount.
BENEFITS = (
    (
        "subsistence_allowance",
        "subsistence_allowance",
        "household",
        "subsistence_status",
        "subsistence_allowance",
    ),
    ("old_age_allowance", "old_age_allowance", "person", "old_age_status", "old_age_allowance"),
    ("disability_subsidies", "disability_living", "person", "living_status", "living_amount"),
    ("disability_subsidies", "disability_nursing", "person", "nursing_status", "nursing_amount"),
)


def system() -> TaxBenefitSystem:
    """The country of these rules."""
    made = TaxBenefitSystem([PERSON, HOUSEHOLD])
    data = {
        name: {"values": {day: {"value": v} for day, v in dates.items()}} for name, dates in AMOUNTS.items()
    }
    made.parameters = ParameterNode("", data=data)
    for entity in (PERSON, HOUSEHOLD):
        for name, kind in INPUTS[entity].items():
            _add(made, name, kind, entity, None)
        for name, (kind, formula) in FORMULAS[entity].items():
            _add(made, name, kind, entity, formula)
    return made


def _add(made: TaxBenefitSystem, name: str, kind: type, entity: Any, formula: Any) -> None:
    fields = {"value_type": kind, "entity": entity, "definition_period": MONTH, "label": name}
    made.add_variable(type(name, (Variable,), fields if formula is None else {**fields, "formula": formula}))
