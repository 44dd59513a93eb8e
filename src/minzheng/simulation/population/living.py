"""What people live on: pensions, wages, work, hardship, assets; who holds a disability certificate."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from minzheng.simulation.calibration import figure
from minzheng.simulation.population.families import Floats, Ints
from minzheng.simulation.population.places import Settled, weighted
from minzheng.simulation.population.statistics import curve

EMPLOYED, UNEMPLOYED, RETIRED = 1, 2, 3
EMPLOYEE, RESIDENT, LAND = 1, 2, 3
"""Kinds of pension: of employees, of residents, of those whose land was requisitioned; 0 is none of them."""
_INTELLECTUAL, _MENTAL = 5, 6


@dataclass(slots=True)
class Living:
    """Columns beside the people's: yuan a month, codes as the fact catalogue has them."""

    people: Settled
    scale: float
    rng: Generator
    homes: int
    standard: float
    """The subsistence standard in yuan a month, beside which low income is drawn."""
    pension: Ints = field(init=False)
    pension_kind: Ints = field(init=False)
    wage: Ints = field(init=False)
    employment: Ints = field(init=False)
    disability_kind: Ints = field(init=False)
    disability_grade: Ints = field(init=False)
    is_in_hardship: NDArray[np.bool_] = field(init=False)
    """By household: lives on the subsistence allowance, or should."""
    is_low_income: NDArray[np.bool_] = field(init=False)
    """By household: recognised as of low income."""

    def __post_init__(self) -> None:
        count = self.people.age.size
        (
            self.pension,
            self.pension_kind,
            self.wage,
            self.employment,
            self.disability_kind,
            self.disability_grade,
        ) = (np.zeros(count, dtype=np.int64) for _ in range(6))
        self.is_low_income = np.zeros(self.homes, dtype=bool)

    def settle(self) -> None:
        """Draws everything, in the order in which one rests on the other."""
        self._hardship()
        self._disability()
        self._low_income()
        self._work()
        self._pensions()
        self._hardship_income()
        self._enough_to_live()

    # Who is in need -------------------------------------------------------------------------------------------------

    def by_home(self, values: NDArray[np.bool_] | Ints) -> Floats:
        """The sum of a column of people by household."""
        return np.bincount(self.people.household, weights=values, minlength=self.homes).astype(np.float64)

    def _local_homes(self) -> Ints:
        """The size of each household in which everybody is local and alive; 0 of all others and of collective ones."""
        p = self.people
        wholly = self.by_home(p.is_local & ~p.is_dead & ~p.is_collective)
        size = self.by_home(np.ones(p.age.size, dtype=np.int64))
        return np.where(wholly == size, size, 0).astype(np.int64)

    def _hardship(self) -> None:
        size = self._local_homes()
        shares = figure("hardship.sizes")
        mean = sum(int(n) * share for n, share in shares.items())
        wanted = figure("hardship.people") / self.scale / mean
        self.is_in_hardship = np.zeros(self.homes, dtype=bool)
        for people, share in shares.items():
            pool = np.flatnonzero(size == people)
            self.is_in_hardship[self.rng.permutation(pool)[: round(wanted * share)]] = True

    def _disability(self) -> None:
        p = self.people
        poor = self.is_in_hardship[p.household]
        everybody = figure("disability.certificates") / self.scale
        in_need = figure("hardship.disabled") / self.scale
        living = [
            self._holders(p.is_local & ~p.is_dead & group, round(wanted))
            for group, wanted in ((poor, in_need), (~poor, everybody - in_need))
        ]
        self._certify(np.concatenate(living))
        # Of those who died of late as many held one as among the old.
        dead = p.is_local & p.is_dead
        old = p.is_local & ~p.is_dead & (p.age >= 60)
        share = (self.disability_grade[old] > 0).mean() if old.any() else 0
        self._certify(self._holders(dead, round(float(dead.sum() * share))))

    def _holders(self, group: NDArray[np.bool_], wanted: int) -> Ints:
        people = np.flatnonzero(group)
        return weighted(people, curve("disability.ages")[self.people.age[people]], wanted, self.rng)

    def _certify(self, holders: Ints) -> None:
        """Deals kinds and grades among people, each as often as its share."""
        shares = np.array(figure("disability.kinds"))
        kinds = _dealt(shares, holders.size, self.rng) + 1
        self.disability_kind[holders] = kinds
        certificates, third = figure("disability.certificates"), figure("disability.third_grade")
        first = figure("disability.severe") * figure("disability.first_grade") / certificates
        # The third grade is severe where it is intellectual or mental, so it is dealt within those and the others.
        of_mind = np.isin(kinds, (_INTELLECTUAL, _MENTAL))
        severe_third = third * shares[[_INTELLECTUAL - 1, _MENTAL - 1]].sum()
        second = figure("disability.severe") / certificates - first - severe_third
        grades = np.array([first, second, third, 1 - first - second - third])
        for group in (of_mind, ~of_mind):
            self.disability_grade[holders[group]] = _dealt(grades, int(group.sum()), self.rng) + 1

    def _low_income(self) -> None:
        """Households of disabled people that were recognised as of low income: as many as live on that ground.

        They are of the sizes that households on the subsistence allowance have.
        """
        disabled = self.by_home(self.disability_grade > 0).astype(np.int64)
        size = self._local_homes()
        may = np.flatnonzero((disabled > 0) & (size > 0) & ~self.is_in_hardship)
        shares = figure("hardship.sizes")
        sizes, which, there = np.unique(size[may], return_inverse=True, return_counts=True)
        each = np.array([shares.get(int(people), 0.0) for people in sizes]) / there
        pool = weighted(may, each[which], may.size, self.rng)
        until = np.cumsum(disabled[pool])
        self.is_low_income[pool[until <= round(figure("hardship.disabled_low_income") / self.scale)]] = True

    # What they have -------------------------------------------------------------------------------------------------

    def _work(self) -> None:
        p, rng = self.people, self.rng
        retired = p.age >= np.where(p.is_man, 60, 55)
        of_age = (p.age >= 18) & ~retired
        luck = rng.random(p.age.size)
        studying = (p.age < 22) & (rng.random(p.age.size) < 0.75) & ~p.is_collective
        employed = of_age & ~studying & ((luck < figure("income.employed")) | p.is_collective)
        unemployed = (
            of_age & ~studying & ~employed & (luck < figure("income.employed") + figure("income.unemployed"))
        )
        self.employment[employed], self.employment[unemployed], self.employment[retired] = (
            EMPLOYED,
            UNEMPLOYED,
            RETIRED,
        )
        wages = _around(figure("income.wage") * np.exp(0.125), 0.5, int(employed.sum()), rng)
        self.wage[employed] = np.maximum(wages, figure("income.lowest_wage"))

    def _pensions(self) -> None:
        """Of those over 60 as many have each pension as was published; small ones live with somebody who has more."""
        p, rng = self.people, self.rng
        needy = (self.is_in_hardship | self.is_low_income)[p.household]
        entitled = p.is_local & (self.employment == RETIRED)
        employee = np.flatnonzero(entitled & ~needy)
        self.pension[employee] = _around(figure("income.employee_pension"), 0.28, employee.size, rng)
        self.pension_kind[employee] = EMPLOYEE
        old = entitled & (p.age >= 60) & ~p.is_dead
        size = self.by_home(p.is_local & ~p.is_dead)
        income = self.by_home(self.pension + self.wage)
        others = (income[p.household] - self.pension) / np.maximum(size[p.household], 1)
        may = rng.permutation(np.flatnonzero(old & ~needy & (others >= figure("income.living"))))
        # One in a household, so that the income of the others stays what it was.
        may = may[np.sort(np.unique(p.household[may], return_index=True)[1])]
        start, everyone = 0, int(old.sum())
        for kind, code in (("resident", RESIDENT), ("land", LAND)):
            wanted = round(everyone * figure(f"income.{kind}_pensioners"))
            chosen = may[start : start + wanted]
            self.pension[chosen] = _around(figure(f"income.{kind}_pension"), 0.10, chosen.size, rng)
            self.pension_kind[chosen] = code
            start += wanted
        none = everyone * (1 - sum(figure(f"income.{kind}pensioners") for kind in ("", "resident_", "land_")))
        without = max(round(none) - int((old & needy).sum()), 0)
        self.pension[may[start : start + without]] = 0
        self.pension_kind[may[start : start + without]] = 0

    def _hardship_income(self) -> None:
        """The whole income of households in need goes through their head; most have none at all."""
        p, rng = self.people, self.rng
        needy = self.is_in_hardship | self.is_low_income
        theirs = needy[p.household]
        self.pension[theirs], self.wage[theirs] = 0, 0
        self.employment[theirs & (self.employment == EMPLOYED)] = UNEMPLOYED
        size = self.by_home(np.ones(p.age.size, dtype=np.int64))
        each = 100 + rng.random(self.homes) * (figure("hardship.largest_income") - 100)
        each[rng.random(self.homes) < figure("hardship.without_income")] = 0
        # Above the standard and the next year's, below twice the one of now.
        each = np.where(self.is_low_income, self.standard * (1.15 + 0.75 * rng.random(self.homes)), each)
        heads = np.flatnonzero(theirs & (np.diff(p.household, prepend=-1) > 0))
        income = (each[p.household[heads]] * size[p.household[heads]]).astype(np.int64)
        self._earn(heads, income)

    def _enough_to_live(self) -> None:
        """Households that are not in need have a living: whoever earns most earns what is missing."""
        p = self.people
        counted = p.is_local & ~p.is_dead
        size = self.by_home(~p.is_dead)
        missing = np.ceil(
            figure("income.living") * size - self.by_home((self.pension + self.wage) * ~p.is_dead)
        )
        missing[self.is_in_hardship | self.is_low_income | (self.by_home(counted) == 0)] = 0
        adult = (p.age >= 18) & ~p.is_dead
        rank = np.where(adult, self.wage * 10 + self.pension + (p.age < 60) * 1000 + 1, 0)
        order = np.lexsort((np.arange(p.age.size), -rank, p.household))
        best = order[np.unique(p.household[order], return_index=True)[1]]
        earns = best[(missing[p.household[best]] > 0) & adult[best]]
        self._earn(earns, missing[p.household[earns]].astype(np.int64))

    def _earn(self, people: Ints, more: Ints) -> None:
        """Gives people a higher income, as a pension where they have retired and as a wage where not."""
        retired = self.employment[people] == RETIRED
        self.pension[people[retired]] += more[retired]
        works = people[~retired & (more > 0) & (self.people.age[people] >= 16)]
        self.wage[works] += more[~retired & (more > 0) & (self.people.age[people] >= 16)]
        self.employment[works] = EMPLOYED


def _dealt(shares: Floats, count: int, rng: Generator) -> Ints:
    """So many places among the shares, each as often as its share says to within one, in chance order."""
    until = np.round(np.cumsum(shares / shares.sum()) * count).astype(np.int64)
    return rng.permutation(np.repeat(np.arange(shares.size), np.diff(until, prepend=0)))


def _around(mean: float, spread: float, count: int, rng: Generator) -> Ints:
    """Lognormal amounts whose mean is `mean`."""
    return np.exp(np.log(mean) - spread * spread / 2 + spread * rng.standard_normal(count)).astype(np.int64)
