"""The public statistics that the city is drawn to (人口统计口径), and the table of people that meets all of them at once.

Cells are hukou (0 local, 1 other) × sex (0 male, 1 female) × full years of age from 0 to 109, then also the district.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from minzheng.simulation.calibration import calibration, figure
from minzheng.simulation.population.ipf import Margin, Table, fit

AGES = 110
LOCAL, OTHER = 0, 1
SHAPE = (2, 2, AGES)
MONTHS_OF_DEATHS = 9


def curve(path: str) -> Table:
    """A shape of the calibration by full years of age."""
    ages, weights = zip(*figure(path), strict=True)
    return np.interp(np.arange(AGES), ages, weights)


def elder_bands() -> list[tuple[int, int, float]]:
    """(from, up to, people) of those with local hukou, single years where 2022 carries people over a line."""
    told = {name: float(figure(f"elders.{name}")) for name in calibration()["elders"]}
    local = float(figure("population.residents") - figure("population.non_local"))
    from_60, from_65, from_70, from_80 = (told[f"from_{age}"] for age in (60, 65, 70, 80))
    return [
        (0, 60, local - from_60),
        (60, 64, from_60 - from_65 - told["aged_64"]),
        (64, 65, told["aged_64"]),
        (65, 69, from_65 - from_70 - told["aged_69"]),
        (69, 70, told["aged_69"]),
        (70, 79, from_70 - from_80 - told["aged_79"]),
        (79, 80, told["aged_79"]),
        (80, 90, from_80 - told["from_90"]),
        (90, 100, told["from_90"] - told["from_100"]),
        (100, AGES, told["from_100"]),
    ]


@cache
def city_table() -> Table:
    """People of the whole city by hukou, sex and age, in real numbers."""
    male = curve("shapes.male")
    start = np.stack([curve("shapes.local"), curve("shapes.other")])[:, None, :] * np.stack([male, 1 - male])
    people, non_local = float(figure("population.residents")), float(figure("population.non_local"))
    ages = np.broadcast_to(np.arange(AGES), SHAPE)
    hukou, sex, _ = np.indices(SHAPE)
    bands = np.full(SHAPE, -1)
    totals: list[float] = []
    for low, high, count in elder_bands():
        bands[(hukou == LOCAL) & (ages >= low) & (ages < high)] = len(totals)
        totals.append(count)
    old = float(figure("population.non_local_60"))
    for chosen, count in ((ages < 60, non_local - old), (ages >= 60, old)):
        bands[(hukou == OTHER) & chosen] = len(totals)
        totals.append(count)
    men = people * float(figure("population.male"))
    births, children = float(figure("population.births")), float(figure("population.children"))
    oldest = float(figure("elders.men_from_100"))
    hundred = (hukou == LOCAL) & (ages >= 100)
    margins = [
        Margin("户籍与年龄", bands, np.array(totals)),
        Margin("儿童", np.select([ages == 0, ages < 15], [0, 1], -1), np.array([births, children - births])),
        Margin("性别", sex, np.array([men, people - men])),
        Margin(
            "百岁及以上",
            np.where(hundred, sex, -1),
            np.array([oldest, float(figure("elders.from_100")) - oldest]),
        ),
    ]
    return fit(start, margins)


@cache
def district_table() -> tuple[tuple[str, ...], Table]:
    """The districts' codes, and people by district, hukou, sex and age."""
    known = calibration()["population"]
    codes = tuple(str(code) for code in known["districts"]["values"])
    census = np.array([float(n) for n in known["districts"]["values"].values()])
    homes = census / census.sum() * float(figure("population.residents"))
    other = np.array([float(n) for n in known["non_local_by_district"]["values"].values()])
    older = np.array([float(n) for n in known["age_by_district"]["values"].values()])
    city = city_table()
    start = homes[:, None, None, None] * np.stack([1 - other, other], axis=1)[:, :, None, None] * city
    start[:, LOCAL, :, 60:] *= older[:, None, None]
    shape = start.shape
    district = np.broadcast_to(np.arange(len(codes))[:, None, None, None], shape)
    cell = np.broadcast_to(np.arange(city.size).reshape(SHAPE), shape)
    margins = [Margin("分区", district, homes), Margin("户籍、性别与年龄", cell, city.ravel())]
    return codes, fit(start, margins)


@cache
def death_table() -> Table:
    """Of each cell of the district table, those who died in the last months."""
    _, people = district_table()
    weights = people * curve("shapes.deaths")
    return weights / weights.sum() * float(figure("population.deaths")) * MONTHS_OF_DEATHS / 12
