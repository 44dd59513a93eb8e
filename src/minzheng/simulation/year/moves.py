"""Moves of a month (迁居): inside a district and across, into the city and out of it, and children who leave home."""

from __future__ import annotations

from typing import Any

import polars as pl

from minzheng.kernel.people.actions import move_people, register_people
from minzheng.simulation.calibration import figure, names
from minzheng.simulation.identifiers import COMERS_AREA
from minzheng.simulation.year.births import named, numbered
from minzheng.simulation.year.deaths import POLICE, name_heads, regroup
from minzheng.simulation.year.draw import pick
from minzheng.simulation.year.engine import Life
from minzheng.simulation.year.rates import rate, season
from minzheng.simulation.year.register import day_of, living, luck, tell

_HOME = ("age", "is_local", "place", "household_id", "role")
_SERIALS = 40  # Serials a month of people of one birth date and sex: far more than ever come.


def leave(life: Life) -> dict[str, Any]:
    """Households that leave the city: the police strike their members off."""
    month = life.month
    people = living(month.first_day, *_HOME).filter(pl.col("household_id").is_not_null())
    homes = _homes(people).with_columns(
        weight=pl.when("is_local").then(rate("moves.local_weight")).otherwise(1.0)
        * pl.when(pl.col("age") < 60).then(1.0).otherwise(0.25)
    )
    gone = pick(
        homes, expected=_households(homes, life.share(rate("moves.leaving")) * season("moves.leaving_months", month)),
        seed=life.seed, month=month, purpose="leaving",
    ).with_columns(deregistered_on=day_of(month, luck(life, "leaving day")))  # fmt: skip
    rows = people.join(gone.select("household_id", "deregistered_on"), on="household_id").filter(
        pl.col("born").is_null() | (pl.col("born") < pl.col("deregistered_on"))
    ).sort("key").with_row_index("row", 1)  # fmt: skip
    register_people(
        rows.select("row", "person_id", "deregistered_on"), source=POLICE, observed_on=month.last_day
    )
    return {"离沪": rows.height, "离沪户": gone.height}


def come(life: Life) -> dict[str, Any]:
    """People who come to work: where compatriots of about their age live, alone or as couples."""
    month = life.month
    people = living(month.first_day, "sex", "age", "is_local", "hukou", "place", "ethnicity")
    hosts = people.filter(
        ~pl.col("is_local") & pl.col("age").is_between(19, 50) & (pl.col("hukou") != "")
    ).with_columns(weight=pl.when(pl.col("age") < 35).then(3.0).otherwise(1.0))
    number = life.share(rate("moves.coming")) * season("moves.coming_months", month)
    heads = pick(
        hosts, expected=number / (1 + rate("moves.couples")), seed=life.seed, month=month, purpose="coming"
    )
    heads = heads.sort("key").with_columns(
        born=pl.col("born") + pl.duration(days=(luck(life, "coming age") * 1400 - 700).cast(pl.Int64)),
        number=pl.format("L{}{}", pl.lit(str(month).replace("-", "")), pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(6)),
        since=day_of(month, luck(life, "coming day")), role=pl.lit(1, dtype=pl.Int8), _late=pl.lit(False),
    )  # fmt: skip
    partners = heads.filter(luck(life, "coming couple") < rate("moves.couples")).with_columns(
        sex=(3 - pl.col("sex")).cast(pl.Int8), role=pl.lit(2, dtype=pl.Int8),
        born=pl.col("born") + pl.duration(days=(luck(life, "coming partner") * 1400 - 700).cast(pl.Int64)),
        key=pl.col("key") + 10**17,
    )  # fmt: skip
    new = numbered(pl.concat([heads, partners]), COMERS_AREA, pl.lit((month.number - 1) * _SERIALS))
    rows = new.with_columns(
        name=named(_surname(luck(life, "coming surname")), pl.col("sex"), luck(life, "coming name"), luck(life, "coming second")),
    ).select(
        "identifier", "name", "sex", "ethnicity", "since", birth_date="born", household_number="number", relation="role",
        hukou_division_code="hukou", hukou_is_local=pl.lit(False), division_code="place", key="key",
    ).with_row_index("row", 1)  # fmt: skip
    told = register_people(rows.drop("key"), source=POLICE, observed_on=month.last_day)
    entered = told.filter(pl.col("outcome") == "created").join(rows.select("row", "key"), on="row")
    wage, lowest = figure("income.wage"), figure("income.lowest_wage")
    has_job = luck(life, "coming job") < 0.85
    pay = ((wage * (0.45 + 1.3 * luck(life, "coming pay"))).round() * 100).cast(pl.Int64)
    tell(
        life,
        entered.with_columns(employment=pl.when(has_job).then(1).otherwise(2).cast(pl.Int64),
                             wage_fen=pl.when(has_job).then(pl.max_horizontal(pay, lowest * 100)).otherwise(0)),
        source="人社", values=("employment", "wage_fen"),
    )  # fmt: skip
    return {"来沪": entered.height}


def move(life: Life) -> dict[str, Any]:
    """Households that move inside their district or across, whole; and young people who set up a home of their own."""
    month = life.month
    people = living(month.first_day, *_HOME).filter(pl.col("household_id").is_not_null())
    homes = _homes(people).with_columns(weight=pl.when("is_local").then(1.0).otherwise(2.0))
    share, moved = season("moves.months", month), {}
    gone: list[pl.DataFrame] = []
    places = homes.select("place", "district").sort("place").with_row_index("at")
    for name, words in (("inside", "区内迁居"), ("across", "跨区迁居")):
        chosen = pick(
            homes, expected=_households(homes, people.height * rate(f"moves.{name}") * share), seed=life.seed,
            month=month, purpose=f"moving {name}",
        ).filter(~pl.col("household_id").is_in([home for part in gone for home in part["household_id"]]))  # fmt: skip
        where = luck(life, f"moving {name} place")
        # Where a household goes is where another one lives, so every place draws people by its size.
        spans = places.group_by("district").agg(first=pl.col("at").min(), count=pl.len())
        if name == "across":
            spans = spans.with_columns(first=pl.lit(0), count=pl.lit(places.height))
        chosen = chosen.join(spans, on="district").with_columns(
            at=(pl.col("first") + (where * pl.col("count")).floor()).cast(pl.UInt32)
        ).join(places.select("at", to="place"), on="at")  # fmt: skip
        chosen = chosen.filter(pl.col("to") != pl.col("place")).sort("key")
        gone.append(chosen.select("household_id", "to", on=day_of(month, luck(life, f"moving {name} day"))))
        moved[words] = chosen.height
    rows = people.join(pl.concat(gone), on="household_id").filter(
        pl.col("born").is_null() | (pl.col("born") <= pl.col("on"))
    ).sort("key").with_row_index("row", 1)  # fmt: skip
    move_people(
        rows.select("row", "person_id", "on", division_code="to", address=pl.lit("")), source=POLICE,
        observed_on=month.last_day,
    )  # fmt: skip
    young = people.filter(
        (pl.col("role") == 3)
        & pl.col("age").is_between(22, 34)
        & ~pl.col("household_id").is_in(rows["household_id"].to_list())
    ).with_columns(weight=pl.lit(1.0))
    alone = pick(
        young, expected=young.height * rate("moves.leaving_home") * share, seed=life.seed, month=month, purpose="leaving home"
    ).with_columns(
        number=pl.format("Y{}{}", pl.lit(str(month).replace("-", "")), pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(6)),
        relation=pl.lit(1, dtype=pl.Int8), since=day_of(month, luck(life, "leaving home day")),
    )  # fmt: skip
    regroup(alone.select("person_id", "number", "relation", "place", "since"), on=month.last_day)
    name_heads(month.last_day, since=month.first_day)
    return moved | {"独立成户": alone.height}


def _homes(people: pl.DataFrame) -> pl.DataFrame:
    """One row for each household: its first member's key, the head's age and hukou, how many live in it, where."""
    return people.sort("household_id", "role", "key").group_by("household_id", maintain_order=True).agg(
        pl.col("key").min(), pl.first("age", "is_local", "place"), people=pl.len()
    ).with_columns(district=pl.col("place").str.slice(0, 6))  # fmt: skip


def _households(homes: pl.DataFrame, people: float) -> float:
    """How many households so many people are, where each is drawn by its weight."""
    if homes.is_empty():
        return 0.0
    return people * float(homes["weight"].sum()) / float((homes["weight"] * homes["people"]).sum())


def _surname(chance: pl.Expr) -> pl.Expr:
    known = names()["surnames"]
    total, reached = sum(known.values()), 0.0
    found: pl.Expr = pl.lit(next(iter(known)))
    for surname, weight in known.items():
        found = pl.when(chance >= reached / total).then(pl.lit(surname)).otherwise(found)
        reached += weight
    return found
