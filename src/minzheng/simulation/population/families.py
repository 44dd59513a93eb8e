"""Puts the people of one place together to families (家庭户): couples, their children, parents who live with them.

Who belongs to whom is found for all at once: those who look for somebody of some age and those who are there are both
put in order of age, and each takes the nearest one free.
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from minzheng.simulation.calibration import figure
from minzheng.simulation.population.statistics import curve

HEAD, SPOUSE, CHILD, PARENT, OTHER_RELATION = 1, 2, 3, 4, 9
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_GROUP = 250_000


def nearest_free(wanted: Floats, there: Floats) -> Ints:
    """For each wanted age the place in `there` that is its own, at or above it where one is free; -1 where none is left.

    >>> nearest_free(np.array([30.0, 30.0, 50.0]), np.array([29.0, 30.5, 31.0, 49.0])).tolist()
    [1, 2, 3]
    """
    found = np.full(wanted.size, -1)
    seekers, order = np.argsort(wanted, kind="stable"), np.argsort(there, kind="stable")
    if seekers.size > order.size:
        seekers = seekers[np.linspace(0, seekers.size - 1, order.size).astype(np.int64)]
    if not seekers.size:
        return found
    step = np.arange(seekers.size)
    places = np.searchsorted(there[order], wanted[seekers]) - step
    found[seekers] = order[np.minimum(np.maximum.accumulate(places), order.size - seekers.size) + step]
    return found


def form_families(
    age: Floats, is_man: NDArray[np.bool_], families_each: float, rng: Generator
) -> tuple[Ints, Ints]:
    """The family's running number and the relation to its head of each of these people; everybody ends up in one.

    Args:
        families_each: how many families there are to come about for each of these people.
    """
    families, relations, first = np.empty(age.size, dtype=np.int64), np.empty(age.size, dtype=np.int64), 0
    groups = rng.permutation(age.size) if age.size > _GROUP else np.arange(age.size)
    for start in range(0, age.size, _GROUP):
        group = groups[start : start + _GROUP]
        formed = _Families(age[group], is_man[group], rng)
        formed.form(round(group.size * families_each))
        families[group], relations[group] = formed.family + first, formed.relation
        first += formed.count
    return families, relations


class _Families:
    """One group's families as they come about; `anchors` holds the age by which others find each of them."""

    def __init__(self, age: Floats, is_man: NDArray[np.bool_], rng: Generator) -> None:
        self.age, self.is_man, self.rng, self.count = age, is_man, rng, 0
        self.family = np.full(age.size, -1)
        self.relation = np.full(age.size, OTHER_RELATION)
        self.anchors = np.empty(0)

    def form(self, wanted: int) -> None:
        self._couples()
        children = np.flatnonzero(self.age < 18)
        self._lone_parents(children)
        self._children(children)
        self._grown_children()
        self._parents()
        self._alone()
        self._reach(wanted)

    def _free(self, low: float, high: float = 200) -> Ints:
        return np.flatnonzero((self.family < 0) & (self.age >= low) & (self.age < high))

    def _some(self, people: Ints, share: float) -> Ints:
        return people[self.rng.random(people.size) < share]

    def _head(self, people: Ints, anchors: Floats) -> None:
        self.family[people] = self.count + np.arange(people.size)
        self.relation[people] = HEAD
        self.anchors = np.concatenate([self.anchors, anchors])
        self.count += people.size

    def _couples(self) -> None:
        women = self._free(20)
        women = women[~self.is_man[women]]
        married = curve("households.married_women")[self.age[women].astype(np.int64)]
        wives = women[self.rng.random(women.size) < married]
        men = self._free(21)
        men = men[self.is_man[men]]
        at = nearest_free(self.age[wives] + 1.5 + 2.2 * self.rng.standard_normal(wives.size), self.age[men])
        husbands = men[at] if men.size else np.zeros(wives.size, dtype=np.int64)
        fits = (at >= 0) & (np.abs(self.age[husbands] - self.age[wives]) < 15)
        wives, husbands = wives[fits], husbands[fits]
        self._head(husbands, self.age[wives])
        self.family[wives], self.relation[wives] = self.family[husbands], SPOUSE

    def _lone_parents(self, children: Ints) -> None:
        alone = self._free(24, 52)
        alone = alone[np.argsort(self.rng.random(alone.size) + self.is_man[alone], kind="stable")]
        chosen = alone[: round(children.size * figure("households.lone_parent"))]
        self._head(chosen, self.age[chosen])

    def _children(self, children: Ints) -> None:
        families = np.flatnonzero((self.anchors >= 20) & (self.anchors < 60))
        places = np.concatenate([families, self._some(families, figure("households.second_child"))])
        wanted = self.age[children] + 29 + 4 * self.rng.standard_normal(children.size)
        self._join(children, wanted, places, CHILD, (17, 46))
        # Grandparents, or whoever is there, take those whose parents live elsewhere.
        for low in (45, 18):
            rest = children[self.family[children] < 0]
            self._head_where_none(low, rest.size)
            places = np.flatnonzero(self.anchors >= low)
            self._join(
                rest,
                self.age[rest] + 58,
                np.repeat(places, 1 + rest.size // max(places.size, 1)),
                OTHER_RELATION,
                (0, 200),
            )
        rest = children[self.family[children] < 0]
        self._head(rest, self.age[rest])

    def _head_where_none(self, low: float, wanted: int) -> None:
        """Where no family could take children in, people living alone begin one."""
        if wanted and not (self.anchors >= low).any():
            alone = self._free(low)[:1]
            self._head(alone, self.age[alone])

    def _grown_children(self) -> None:
        grown = self._some(self._free(18, 42), figure("households.grown_child_at_home"))
        places = np.flatnonzero((self.anchors >= 40) & (self.anchors < 75))
        wanted = self.age[grown] + 27 + 3 * self.rng.standard_normal(grown.size)
        self._join(grown, wanted, places, CHILD, (17, 46))

    def _parents(self) -> None:
        old = self._some(self._free(62), figure("households.parent_with_family"))
        places = np.flatnonzero((self.anchors >= 28) & (self.anchors < 75))
        self._join(
            old, self.age[old] - 28 + 4 * self.rng.standard_normal(old.size), places, PARENT, (-46, -17)
        )

    def _join(
        self, people: Ints, wanted: Floats, places: Ints, relation: int, gap: tuple[float, float]
    ) -> None:
        """Lets people join the families in `places`, each place once, where the difference of ages is within `gap`."""
        at = nearest_free(wanted, self.anchors[places])
        people, at = people[at >= 0], at[at >= 0]
        families = places[at]
        apart = self.anchors[families] - self.age[people]
        fits = (apart >= gap[0]) & (apart <= gap[1])
        self.family[people[fits]], self.relation[people[fits]] = families[fits], relation

    def _alone(self) -> None:
        alone = self._free(0)
        self._head(alone, self.age[alone])

    def _reach(self, wanted: int) -> None:
        """Brings the number of families to the published mean size: some who live alone move in, or some move out."""
        if self.count < wanted:
            movable = np.flatnonzero((self.relation != HEAD) & (self.relation != SPOUSE) & (self.age >= 20))
            leaving = self.rng.permutation(movable)[: wanted - self.count]
            self._head(leaving, self.age[leaving])
            return
        size = np.bincount(self.family, minlength=self.count)
        alone = np.flatnonzero((size[self.family] == 1) & (self.age >= 18))
        moving = self.rng.permutation(alone)[: min(self.count - wanted, max(self.count - 1, 0))]
        stays = np.ones(self.count, dtype=bool)
        stays[self.family[moving]] = False
        hosts = np.flatnonzero(stays)
        if hosts.size:
            self.family[moving] = hosts[(self.rng.random(moving.size) * hosts.size).astype(np.int64)]
            self.relation[moving] = OTHER_RELATION
        numbers = np.unique(self.family)
        self.family, self.count = np.searchsorted(numbers, self.family), numbers.size
