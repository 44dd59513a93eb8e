"""Who lives where with whom: the people of each district, their households, homes and hukou."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

import minzheng.kernel.places
from minzheng.simulation.calibration import figure
from minzheng.simulation.population.families import HEAD, OTHER_RELATION, Floats, Ints, form_families
from minzheng.simulation.population.ipf import whole_numbers
from minzheng.simulation.population.statistics import LOCAL, curve, death_table, district_table

_COMMITTEES = Path(minzheng.kernel.places.__file__).parent / "data" / "shanghai-committees.csv"
# Counties from which many came; the code of a village there is made up.
ELSEWHERE = tuple(
    f"{county}001001" for county in ("340122", "320981", "411522", "360121", "421182", "510121", "330281")
)


@cache
def committees_by_district() -> dict[str, list[str]]:
    """The committees of each district, from the real tree of divisions."""
    found: dict[str, list[str]] = defaultdict(list)
    with _COMMITTEES.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            found[row["code"][:6]].append(row["code"])
    return dict(found)


@dataclass(frozen=True, slots=True)
class Settled:
    """The people of a district in order of their households, the head first; `household` counts from 0.

    `age` is in full years, `within` the part of a year since the last birthday.
    """

    household: Ints
    relation: Ints
    age: Ints
    within: Floats
    is_man: NDArray[np.bool_]
    is_local: NDArray[np.bool_]
    is_dead: NDArray[np.bool_]
    is_collective: NDArray[np.bool_]


def counts_by_district(scale: float, rng: Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many living people each cell of the district table has at this scale, and how many who died of late."""
    living = whole_numbers(district_table()[1] / scale, rng.random())
    return living, whole_numbers(death_table() / scale, rng.random())


def settle(living: NDArray[np.int64], dead: NDArray[np.int64], rng: Generator) -> Settled:
    """The people of one district by its counts of (hukou, sex, age), put together to households."""
    cells = np.concatenate([np.repeat(np.arange(count.size), count.ravel()) for count in (living, dead)])
    is_dead = np.arange(cells.size) >= living.sum()
    hukou, sex, age = np.unravel_index(cells, living.shape)
    within = rng.random(cells.size)
    is_collective = _in_collective(hukou, age, is_dead, rng)
    household = np.full(cells.size, -1)
    relation = np.full(cells.size, OTHER_RELATION)
    count, mean_size = 0, figure("households.family_people") / figure("households.family")
    lives_with = np.where(rng.random(cells.size) < figure("households.mixed_hukou"), 1 - hukou, hukou)
    lives_with[age < 18] = hukou[age < 18]
    for pool in (0, 1):
        chosen = np.flatnonzero(~is_collective & (lives_with == pool))
        each = (~is_dead[chosen]).sum() / max(chosen.size, 1) / mean_size
        families, relations = form_families((age + within)[chosen], sex[chosen] == 0, each, rng)
        household[chosen], relation[chosen] = families + count, relations
        count += int(families.max(initial=-1)) + 1
    for pool in (0, 1):
        chosen = rng.permutation(np.flatnonzero(is_collective & (hukou == pool)))
        size = figure("households.collective_people") / figure("households.collective")
        rooms = (np.arange(chosen.size) / size).astype(np.int64)
        household[chosen] = rooms + count
        relation[chosen[np.unique(rooms, return_index=True)[1]]] = HEAD
        count += int(rooms.max(initial=-1)) + 1
    order = np.lexsort((-(age + within), relation, household))
    return Settled(
        household[order], relation[order], age[order], within[order], sex[order] == 0, hukou[order] == LOCAL,
        is_dead[order], is_collective[order],
    )  # fmt: skip


def _in_collective(hukou: Ints, age: Ints, is_dead: NDArray[np.bool_], rng: Generator) -> NDArray[np.bool_]:
    """Who lives in a collective household: as many as the census found, by age."""
    found = np.zeros(hukou.size, dtype=bool)
    share = figure("households.collective_people") / figure("households.census_residents")
    local = figure("households.collective_local")
    for pool, part in ((0, local), (1, 1 - local)):
        people = np.flatnonzero((hukou == pool) & ~is_dead)
        wanted = round(hukou.size * share * part)
        found[weighted(people, curve("households.collective_ages")[age[people]], wanted, rng)] = True
    return found


def weighted(people: Ints, weights: Floats, wanted: int, rng: Generator) -> Ints:
    """So many of these people, none twice, the likelier the heavier; nobody of weight 0."""
    # The keys of Efraimidis and Spirakis: the greatest of u^(1/w) are a weighted sample without replacement.
    keys = np.where(weights > 0, np.log(rng.random(people.size)) / np.maximum(weights, 1e-12), -np.inf)
    wanted = min(wanted, int((weights > 0).sum()))
    return people[np.argsort(-keys, kind="stable")[:wanted]]
