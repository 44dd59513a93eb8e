"""How near the drawn city comes to each statistic: target, drawn, deviation, and where the target is published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from math import sqrt

import polars as pl

from minzheng.simulation.calibration import calibration, entry, figure
from minzheng.simulation.population.drawing import Population
from minzheng.simulation.population.living import EMPLOYEE, LAND, RESIDENT
from minzheng.simulation.population.rosters import LIVING, NURSING, OLD_AGE, SUBSISTENCE


@dataclass(frozen=True, slots=True)
class Statistic:
    """One published or assumed number, and what the drawn city has of it, both in the real city's size."""

    name: str
    target: float
    drawn: float
    source: str
    provenance: str
    noise: float
    """The standard deviation that drawing each one by itself would give `drawn`."""

    @property
    def deviation(self) -> float:
        """The difference as a share of the target."""
        return self.drawn / self.target - 1

    @property
    def is_within_noise(self) -> bool:
        """Whether the difference is no more than three of those, or half of one drawn person."""
        return abs(self.drawn - self.target) <= 3 * self.noise

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name, "target": round(self.target), "drawn": round(self.drawn),
            "deviation": round(self.deviation, 5), "is_within_noise": self.is_within_noise, "source": self.source,
            "provenance": self.provenance,
        }  # fmt: skip


def fit_of(shares: Iterable[Population]) -> list[Statistic]:
    """Every statistic that the city is drawn to, by what its shares have of it together."""
    tables = [_fit_of(share) for share in shares]
    return [
        replace(
            one, drawn=sum(row[at].drawn for row in tables) / len(tables), noise=one.noise / sqrt(len(tables))
        )
        for at, one in enumerate(tables[0])
    ]


def _fit_of(population: Population) -> list[Statistic]:
    scale = population.sample
    living = population.persons.filter(pl.col("died").is_null())
    people = {name: scale * count for name, count in _people(living)}
    homes = living.group_by("household").agg(pl.col("is_collective").first())["is_collective"].to_numpy()
    people |= {
        "households.family": scale * int((~homes).sum()),
        "households.collective": scale * int(homes.sum()),
        "hardship.people": scale * living.filter("is_in_hardship").height,
    }
    found = [_told(name, drawn, scale) for name, drawn in people.items()]
    found += list(_districts(living, scale))
    return found + list(_rosters(population))


def _told(path: str, drawn: float, scale: float) -> Statistic:
    node = entry(path)
    return _statistic(_NAMES[path], float(node["value"]), drawn, node, scale)


def _statistic(name: str, target: float, drawn: float, node: dict[str, str], scale: float) -> Statistic:
    return Statistic(
        name, target, drawn, node["source"], node["provenance"], scale * max(sqrt(target / scale), 1 / 2)
    )


_NAMES = {
    "population.residents": "常住人口", "population.non_local": "外来常住人口", "population.births": "不满1周岁",
    "population.children": "0–14岁", "population.non_local_60": "外来60岁及以上", "elders.from_60": "户籍60岁及以上",
    "elders.from_65": "户籍65岁及以上", "elders.from_70": "户籍70岁及以上", "elders.from_80": "户籍80岁及以上",
    "elders.from_90": "户籍90岁及以上", "elders.from_100": "户籍百岁及以上", "elders.men_from_100": "户籍百岁及以上男性",
    "elders.aged_64": "户籍64岁", "elders.aged_69": "户籍69岁", "elders.aged_79": "户籍79岁",
    "households.family": "家庭户", "households.collective": "集体户", "households.family_people": "家庭户人口",
    "households.collective_people": "集体户人口", "disability.certificates": "持证残疾人",
    "disability.severe": "重度（护理补贴口径）残疾人", "hardship.people": "低保等困难人员", "hardship.disabled": "低保家庭残疾人",
    "hardship.disabled_low_income": "低收入家庭残疾人",
}  # fmt: skip


def _people(living: pl.DataFrame) -> Iterator[tuple[str, int]]:
    """How many living people each statistic of the calibration counts."""
    age, local = pl.col("age"), pl.col("is_local")
    grade, kind = pl.col("disability_grade"), pl.col("disability_kind")
    asked = {
        "population.residents": pl.lit(value=True),
        "population.non_local": ~local,
        "population.births": age == 0,
        "population.children": age < 15,
        "population.non_local_60": ~local & (age >= 60),
        **{f"elders.from_{line}": local & (age >= line) for line in (60, 65, 70, 80, 90, 100)},
        "elders.men_from_100": local & (age >= 100) & pl.col("is_man"),
        **{f"elders.aged_{line}": local & (age == line) for line in (64, 69, 79)},
        "households.family_people": ~pl.col("is_collective"),
        "households.collective_people": pl.col("is_collective"),
        "disability.certificates": grade > 0,
        "disability.severe": (grade == 1) | (grade == 2) | ((grade == 3) & kind.is_in((5, 6))),
        "hardship.disabled": (grade > 0) & pl.col("is_in_hardship"),
        "hardship.disabled_low_income": (grade > 0) & pl.col("is_low_income"),
    }
    counts = living.select(condition.sum().alias(name) if name != "population.residents" else pl.len().alias(name)
                           for name, condition in asked.items()).row(0, named=True)  # fmt: skip
    yield from counts.items()


def _districts(living: pl.DataFrame, scale: float) -> Iterator[Statistic]:
    """Districts by their share, sex, and the pensions of those over 60."""
    known, residents = calibration()["population"], float(figure("population.residents"))
    census = {str(code): float(count) for code, count in known["districts"]["values"].items()}
    counts = dict(living.group_by("district").len().iter_rows())
    for code, count in census.items():
        target = count / sum(census.values()) * residents
        yield _statistic(f"{code} 常住人口", target, scale * counts.get(code, 0), known["districts"], scale)
    men = scale * living.filter("is_man").height
    yield _statistic("男性", residents * float(figure("population.male")), men, known["male"], scale)
    income = calibration()["income"]
    old = living.filter("is_local", pl.col("age") >= 60)
    for name, node, kind in (
        ("领取职工养老金", income["pensioners"], EMPLOYEE),
        ("领取居民养老金", income["resident_pensioners"], RESIDENT),
        ("领取征地养老待遇", income["land_pensioners"], LAND),
    ):
        target = float(node["value"]) * float(figure("elders.from_60"))
        yield _statistic(name, target, scale * old.filter(pl.col("pension_kind") == kind).height, node, scale)


def _rosters(population: Population) -> Iterator[Statistic]:
    """Who is paid at the beginning, against what the year's figures of the summary leave for then."""
    counts = dict(population.roster.group_by("sheet").len().iter_rows())
    paid = population.roster.filter(pl.col("sheet") == SUBSISTENCE)["fen"]
    known = calibration()["expected"]
    for key, name, drawn in (
        ("old_age_people", OLD_AGE, counts.get(OLD_AGE, 0)),
        ("nursing_people", NURSING, counts.get(NURSING, 0)),
        ("living_people", LIVING, counts.get(LIVING, 0)),
        ("relief_households", SUBSISTENCE, counts.get(SUBSISTENCE, 0)),
    ):
        yield _statistic(
            f"{name}在享",
            float(known[key]["value"]),
            population.sample * drawn,
            known[key],
            population.sample,
        )
    node, amount = known["relief_fen"], float(known["relief_fen"]["value"])
    mean = float(paid.sum()) / max(paid.len(), 1)
    noise = float(paid.std() or 0) / sqrt(max(paid.len(), 1))  # type: ignore[arg-type]
    yield Statistic(
        "低保户均月补助（分）", amount, mean, node["source"], node["provenance"], max(noise, amount / 100)
    )
