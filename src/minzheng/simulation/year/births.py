"""Births of a month (出生): children of women of the city by age, entered in the mother's household under a number of their own."""

from __future__ import annotations

from typing import Any

import polars as pl

from minzheng.kernel.people.actions import PEOPLE_SCHEMA, register_people
from minzheng.simulation.calibration import names
from minzheng.simulation.identifiers import BIRTHS_AREA, citizen_number
from minzheng.simulation.year.deaths import POLICE
from minzheng.simulation.year.draw import pick
from minzheng.simulation.year.engine import Life
from minzheng.simulation.year.rates import by_age, rate, season
from minzheng.simulation.year.register import day_of, living, luck

_LATE = 300  # Serials of children who are entered a month after their birth.


def numbered(people: pl.DataFrame, area: str, first: pl.Expr) -> pl.DataFrame:
    """Adds `identifier`: an identity number that is formally right and nobody's, the serial counted within birth date and sex."""
    return people.sort("key").with_columns(
        identifier=citizen_number(
            area=pl.lit(area), born=pl.col("born"), is_man=pl.col("sex") == 1,
            place=first + pl.int_range(pl.len()).over("born", "sex", "_late"),
        )
    )  # fmt: skip


def named(surname: pl.Expr, sex: pl.Expr, one: pl.Expr, two: pl.Expr) -> pl.Expr:
    """A surname and a given name of one or two characters, by two chances."""

    def given(characters: list[str], chance: pl.Expr, spread: int) -> pl.Expr:
        place = (chance * len(characters) * spread).floor().cast(pl.Int64) % len(characters)
        return place.replace_strict(dict(enumerate(characters)), return_dtype=pl.String)

    known = names()
    first = pl.when(sex == 1).then(given(known["male"], one, 1)).otherwise(given(known["female"], one, 1))
    second = pl.when(sex == 1).then(given(known["male"], two, 97)).otherwise(given(known["female"], two, 97))
    return surname + first + pl.when(two < 0.22).then(pl.lit("")).otherwise(second)


def surname_of(name: pl.Expr) -> pl.Expr:
    """The surname of a name; a name with a dot has none and gives its first part, followed by a dot."""
    double = [one for one in names()["surnames"] if len(one) == 2]
    return (
        pl.when(name.str.contains("·")).then(name.str.split("·").list.first() + "·")
        .when(name.str.slice(0, 2).is_in(double)).then(name.str.slice(0, 2)).otherwise(name.str.slice(0, 1))
    )  # fmt: skip


def be_born(life: Life) -> dict[str, Any]:
    """Enters the children whose birth is told in the month; about one in six was born the month before."""
    month = life.month
    people = living(
        month.first_day, "name", "sex", "age", "is_local", "hukou", "place", "ethnicity", "household_id", "role",
        "number", "register",
    )  # fmt: skip
    in_couple = pl.col("role").is_in([1, 2])
    fathers = people.filter(in_couple & (pl.col("sex") == 1)).unique(
        "household_id", keep="first", maintain_order=True
    )
    fathers = fathers.select(
        "household_id", father=pl.col("name"), father_is_local=pl.col("is_local"), father_hukou=pl.col("hukou"),
        father_ethnicity=pl.col("ethnicity"), father_age=pl.col("age"), father_role=pl.col("role"),
    )  # fmt: skip
    women = people.filter((pl.col("sex") == 2) & pl.col("number").is_not_null())
    women = (
        women.join(fathers, on="household_id", how="left")
        .with_columns(has_partner=in_couple & (pl.col("father_role") != pl.col("role")))
        .with_columns(band=by_age("births.ages", pl.col("age")))
    )
    women = women.filter(pl.col("band") > 0).with_columns(
        apart=pl.when("has_partner").then(1.0).otherwise(rate("births.alone"))
    )
    # The published ages are shares of the births, so each band is taken against the women who are in it.
    women = women.with_columns(weight=pl.col("band") * pl.col("apart") / pl.col("apart").sum().over("band"))
    born = pick(
        women, expected=life.share(rate("births.yearly")) * season("births.months", month), seed=life.seed, month=month,
        purpose="births",
    )  # fmt: skip
    born = born.with_columns(
        mother_key=pl.col("key"), _late=luck(life, "births late") < rate("births.told_late"),
        sex=pl.when(luck(life, "births sex") < rate("births.boys")).then(1).otherwise(2).cast(pl.Int8),
    ).with_columns(
        born=pl.when("_late").then(day_of(month - 1, luck(life, "births day"))).otherwise(day_of(month, luck(life, "births day")))
    )  # fmt: skip
    born = numbered(born, BIRTHS_AREA, pl.when("_late").then(_LATE).otherwise(0))
    has_father = pl.col("has_partner") & pl.col("father").is_not_null()
    by_father = has_father & pl.col("father_is_local") & ~pl.col("is_local")
    parent = pl.when(has_father).then(pl.col("father")).otherwise(pl.col("name"))
    rows = born.with_columns(
        child=named(surname_of(parent), pl.col("sex"), luck(life, "births name"), luck(life, "births second name")),
        hukou_is_local=pl.col("is_local") | by_father,
        hukou_division_code=pl.when(by_father).then(pl.col("father_hukou")).otherwise(pl.col("hukou")),
        relation=pl.when(pl.col("role").is_in([1, 2])).then(3).otherwise(9).cast(pl.Int8),
    ).select(
        "register", "identifier", "sex", "relation", "hukou_division_code", "hukou_is_local", "ethnicity", name="child",
        birth_date="born", household_number="number", division_code="place", since="born",
    ).with_row_index("row", 1)  # fmt: skip
    entered = 0
    for (name,), group in rows.sort("register", "row").group_by("register", maintain_order=True):
        told = register_people(
            group.select(column for column in PEOPLE_SCHEMA if column in group.columns),
            source=POLICE, observed_on=month.last_day, register=str(name or ""),
        )  # fmt: skip
        entered += told.filter(pl.col("outcome") == "created").height
    return {"出生": entered}
