"""Who is being paid what in the month of the files (在享名册), by the amounts of the law in force then.

The rosters know most of those whom the law entitles, not all, and a few whom it no longer does: that difference is what
the first month end is there to find. The amounts are read from the programmes' parameters; the tests of who is entitled
are kept rough here on purpose, since the roster is what offices did, not what the law says.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random

from minzheng.kernel.parameters import MonthParameters
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import load_programmes
from minzheng.simulation.calibration import figure
from minzheng.simulation.people import Household, Person

SHEETS = ("低保", "重度残疾人护理补贴", "困难残疾人生活补贴", "老年综合津贴")
Entry = tuple[Person, Household, Month, int]
INTELLECTUAL, MENTAL = 5, 6


def amounts(month: Month) -> dict[str, MonthParameters]:
    """The parameters of each programme as they stood in the month."""
    return {programme.code: programme.parameters.at(month) for programme in load_programmes()}


def roster_entries(
    households: list[Household], *, on: date, rng: Random, law: dict[str, MonthParameters]
) -> Iterator[tuple[str, Entry]]:
    """(sheet, entry) of everybody who is paid; amounts in fen a month."""
    for household in households:
        allowance = _allowance_fen(household, on, law)
        on_allowance = allowance > 0 and rng.random() < figure("rosters.subsistence_allowance")
        strayed = household.is_local and allowance == 0 and rng.random() < figure("rosters.not_eligible") / 60
        if on_allowance or strayed:
            head = next(person for person in household.people if person.is_local)
            standard = int(law["subsistence_allowance"].standard)
            yield "低保", (head, household, _since(on, rng, 8), allowance or standard)
        for person in household.people:
            yield from _own(person, household, on_allowance, on, rng, law)


def _own(
    person: Person,
    household: Household,
    on_allowance: bool,
    on: date,
    rng: Random,
    law: dict[str, MonthParameters],
) -> Iterator[tuple[str, Entry]]:
    if not person.is_local or _is_long_dead(person, on, rng):
        return
    disability = law["disability_subsidies"]
    if person.disability is not None:
        kind, grade = person.disability
        nursing = int(disability.nursing_amount_first) if grade == 1 else 0
        if grade == 2 or (grade == 3 and kind in {INTELLECTUAL, MENTAL}):
            nursing = int(disability.nursing_amount_other)
        if nursing and rng.random() < figure("rosters.disability_nursing"):
            yield (
                "重度残疾人护理补贴",
                (person, household, max(_since(on, rng, 5), Month.of(person.born)), nursing),
            )
        if on_allowance and rng.random() < figure("rosters.disability_living"):
            living = int(disability.living_amount_subsistence)
            yield (
                "困难残疾人生活补贴",
                (person, household, max(_since(on, rng, 5), Month.of(person.born)), living),
            )
    yield from _old_age(person, household, on, rng, law["old_age_allowance"])


def _old_age(
    person: Person, household: Household, on: date, rng: Random, law: MonthParameters
) -> Iterator[tuple[str, Entry]]:
    birthday = Month.of(person.born)
    bands = [(birthday + 12 * age, fen) for age, fen in law.amounts]
    reached = [band for band in bands if band[0] <= Month.of(on)]
    if not reached:
        return
    # Somebody who turned 65 this very month is not in the roster yet; nor is one in twenty of the others.
    if reached[0][0] == Month.of(on) or rng.random() >= figure("rosters.old_age_allowance"):
        return
    late = len(reached) > 1 and rng.random() < figure("rosters.band_not_raised")
    start = max(reached[0][0], Month(2016, 5))
    yield "老年综合津贴", (person, household, start, reached[-2 if late else -1][1])


def _allowance_fen(household: Household, on: date, law: dict[str, MonthParameters]) -> int:
    """The household's gap to the standard, where its income is low and its checked assets are small."""
    rules = law["subsistence_allowance"]
    members = [person for person in household.people if person.is_local and person.died is None]
    assets = household.assets
    if not members or assets is None:
        return 0
    income = sum(person.wage + person.pension for person in members) * 100 // len(members)
    limit = rules.money_limit_small if len(members) <= rules.small_household else rules.money_limit
    too_rich = assets["货币财产"] * 100 > limit * len(members) or assets["住房套数"] > rules.homes_limit
    if income >= rules.standard or too_rich or assets["非居住房产"] or assets["机动车"]:
        return 0
    standards = [rules.minor_standard if p.age(on) <= rules.minor_age else rules.standard for p in members]
    return sum(max(0, int(standard) - income) for standard in standards)


def _is_long_dead(person: Person, on: date, rng: Random) -> bool:
    """A death is known to the roster's office after a while; most of last month's are not yet."""
    if person.died is None:
        return False
    months = Month.of(on) - Month.of(person.died)
    return months >= 3 or (months >= 1 and rng.random() < 0.75)


def _since(on: date, rng: Random, years: int) -> Month:
    return Month.of(on) - rng.randrange(1, 12 * years)
