"""What the drawn people live on: pensions, wages, assets; who is disabled, who has died."""

from __future__ import annotations

from datetime import date, timedelta
from math import log
from random import Random

from minzheng.simulation.calibration import calibration, figure
from minzheng.simulation.identifiers import employer_code
from minzheng.simulation.people import Household, Person

EMPLOYED, UNEMPLOYED, RETIRED = "在职", "失业", "退休"
# Of those who die in a year, how much likelier each age is than the ages before it; only the shape matters.
_HAZARD = ((0, 0.02), (20, 0.05), (40, 0.2), (60, 1.0), (70, 2.5), (80, 7.5), (90, 20.0), (100, 40.0))
MONTHS_OF_DEATHS = 9


def settle_income(household: Household, *, on: date, rng: Random, employers: list[str]) -> None:
    """Gives every member a living; a few local households fall into hardship, with little or nothing."""
    household.is_in_hardship = household.is_local and rng.random() < figure("income.hardship_households")
    for person in household.people:
        age = person.age(on)
        retired_from = 60 if person.sex == 1 else 55
        if age >= retired_from:
            _retire(person, poor=household.is_in_hardship, rng=rng)
        elif age >= 18:
            _work(person, poor=household.is_in_hardship, age=age, rng=rng, employers=employers)
        _disable(person, poor=household.is_in_hardship, age=age, rng=rng)


def _retire(person: Person, *, poor: bool, rng: Random) -> None:
    person.employment = RETIRED
    if not person.is_local:
        return  # A pension from elsewhere is not in the city's file.
    income = calibration()["income"]
    employee, resident = income["employee_pension"], income["resident_pension"]
    draw = rng.random()
    if poor:
        person.pension = int(rng.uniform(0.5, 0.95) * resident["mean"]) if draw < 0.6 else 0
    elif draw < employee["share"]:
        person.pension = _around(employee["mean"], 0.28, rng)
    elif draw < employee["share"] + resident["share"]:
        person.pension = _around(resident["mean"], 0.10, rng)


def _work(person: Person, *, poor: bool, age: int, rng: Random, employers: list[str]) -> None:
    wage = calibration()["income"]["wage"]
    if age < 22 and rng.random() < 0.75:
        return  # still at school
    draw = rng.random()
    if poor:
        person.employment = UNEMPLOYED if draw < 0.75 else EMPLOYED
        person.wage = 0 if draw < 0.75 else int(wage["lowest"] * rng.uniform(0.4, 1.0))
    elif draw < figure("income.employed"):
        person.employment = EMPLOYED
        person.wage = max(wage["lowest"], int(rng.lognormvariate(log(wage["median"]), 0.5)))
    elif draw < figure("income.employed") + figure("income.unemployed"):
        person.employment = UNEMPLOYED
    if person.employment == EMPLOYED:
        person.employer = rng.choice(employers)


def _around(mean: int, spread: float, rng: Random) -> int:
    """A lognormal amount whose mean is `mean`."""
    return int(rng.lognormvariate(log(mean) - spread * spread / 2, spread))


def _disable(person: Person, *, poor: bool, age: int, rng: Random) -> None:
    share = figure("disability.from_60") if age >= 60 else figure("disability.certificates")
    if not person.is_local or rng.random() >= share * (4 if poor else 1):
        return
    shares = calibration()["disability"]
    kind = rng.choices(range(1, 8), weights=shares["kinds"]["values"])[0]
    grade = rng.choices(range(1, 5), weights=shares["grades"]["values"])[0]
    person.disability = (kind, grade)


def check_assets(household: Household, *, rng: Random) -> bool:
    """The check centre asks only where a household signed for it: those in hardship, and some others."""
    if rng.random() >= (0.9 if household.is_in_hardship else 0.10):
        return False
    poor = household.is_in_hardship
    money = int(rng.lognormvariate(log(16_000 if poor else 90_000), 0.8)) * (
        1 if poor else len(household.people)
    )
    household.assets = {
        "货币财产": money,
        "住房套数": rng.choices((0, 1, 2, 3), weights=(35, 62, 3, 0) if poor else (20, 58, 18, 4))[0],
        "非居住房产": int(rng.random() < (0.01 if poor else 0.05)),
        "机动车": int(rng.random() < (0.02 if poor else 0.35)),
    }
    return True


def let_die(people: list[Person], *, on: date, rng: Random) -> None:
    """Deaths of the last months, by age; the offices learn of them at their own pace."""
    share = figure("deaths.yearly") / figure("population.residents") * MONTHS_OF_DEATHS / 12
    weights = [
        next(hazard for age, hazard in reversed(_HAZARD) if person.age(on) >= age) for person in people
    ]
    for person in rng.choices(people, weights=weights, k=round(len(people) * share)):
        person.died = max(on - timedelta(days=rng.randrange(30 * MONTHS_OF_DEATHS)), person.born)


def some_employers(rng: Random, count: int = 40) -> list[str]:
    return [employer_code(rng) for _ in range(count)]
