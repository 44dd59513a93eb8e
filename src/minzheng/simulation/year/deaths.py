"""Deaths of a month (死亡): by age, sex and season; some are told a month or two late."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from minzheng.domains.marriage_registration.actions import end_marriages_of_the_dead
from minzheng.kernel.people.actions import PEOPLE_SCHEMA, record_deaths, register_people
from minzheng.kernel.storage.bulk import read_frame
from minzheng.simulation.year.draw import pick
from minzheng.simulation.year.engine import Life
from minzheng.simulation.year.rates import rate, season
from minzheng.simulation.year.register import day_of, living, luck

HEALTH, POLICE = "卫健", "公安"
_BUSY = """
    SELECT person_id, max("on") FROM people_lifeevent
    WHERE "on" >= %s AND kind IN ('birth', 'marriage', 'divorce', 'move', 'join') GROUP BY person_id
"""
_HEADLESS = """
    WITH headless AS (
      SELECT m.household_id FROM people_membership m WHERE upper_inf(m.during) GROUP BY 1 HAVING NOT bool_or(m.role = 1)
        AND m.household_id IN (SELECT x.household_id FROM people_membership x WHERE x.role = 1 AND upper(x.during) >= %s))
    SELECT m.person_id, m.role, p.birth_date, h.number, h.register FROM headless
      JOIN people_membership m USING (household_id) JOIN people_person p ON p.id = m.person_id
      JOIN people_household h ON h.id = m.household_id
    WHERE upper_inf(m.during)
"""


def hazard(age: pl.Expr, sex: pl.Expr) -> pl.Expr:
    """Deaths a year for each living person of an age and sex (1 male, 2 female), before it is fitted to the city's deaths."""
    told = rate("deaths.hazard")

    def of(one: dict[str, Any]) -> pl.Expr:
        grown = one["a"] + one["b"] * (one["c"] * (age.cast(pl.Float64) + 0.5)).exp()
        return pl.when(age < 1).then(one["infant"]).otherwise(grown)

    return pl.when(sex == 1).then(of(told["male"])).otherwise(of(told["female"]))


def die(life: Life) -> dict[str, Any]:
    """Records the deaths that are told in the month, most of them of the month itself."""
    month, yearly = life.month, life.share(rate("deaths.yearly"))
    people = living(month.last_day, "sex", "age").filter(pl.col("born").is_not_null())
    people = people.with_columns(weight=hazard(pl.col("age"), pl.col("sex")))
    told = pick(
        people,
        expected=yearly * season("deaths.months", month),
        seed=life.seed,
        month=month,
        purpose="deaths",
    ).with_columns(late=luck(life, "deaths late"))
    next_month, later = rate("deaths.told_late")
    busy = read_frame(_BUSY, [(month - 2).first_day], schema={"person_id": pl.Int64, "did": pl.Date})
    months_back = (
        pl.when(pl.col("late") < later).then(2).when(pl.col("late") < later + next_month).then(1).otherwise(0)
    )
    when = luck(life, "deaths day")
    told = told.join(busy, on="person_id", how="left").with_columns(back=months_back).with_columns(
        death_date=pl.when(pl.col("back") == 2).then(day_of(month - 2, when))
        .when(pl.col("back") == 1).then(day_of(month - 1, when)).otherwise(day_of(month, when))
    )  # fmt: skip
    # Nobody married, moved or was born after their own death: such a death was of this month after all.
    alive = pl.max_horizontal("born", "did")
    told = told.with_columns(
        death_date=pl.when(pl.col("death_date") > alive).then("death_date").otherwise(
            pl.max_horizontal(day_of(month, when), alive.clip(upper_bound=month.last_day))
        )
    ).with_row_index("row", 1)  # fmt: skip
    record_deaths(told.select("row", "person_id", "death_date"), source=HEALTH, observed_on=month.last_day)
    heads = name_heads(month.last_day, since=(month - 2).first_day)
    ended = end_marriages_of_the_dead(on=month.last_day)
    late = told.filter(pl.col("death_date") < month.first_day).height
    return {"死亡": told.height, "其中迟报": late, "户主变更": heads, "丧偶": ended}


def name_heads(on: date, *, since: date) -> int:
    """Gives each household whose head is gone a new one: the spouse, else the eldest; children left alone stay where they are.

    Returns how many households.
    """
    left = read_frame(
        _HEADLESS, [since],
        schema={"person_id": pl.Int64, "role": pl.Int8, "born": pl.Date, "number": pl.String, "register": pl.String},
    )  # fmt: skip
    if left.is_empty():
        return 0
    left = left.sort("register", "number", pl.col("role") != 2, "born", "person_id")
    home = ["register", "number"]
    is_first = pl.int_range(pl.len()).over(home) == 0
    by_spouse = (pl.col("role") == 2).any().over(home)
    left = left.with_columns(
        relation=pl.when(is_first).then(1).when(by_spouse).then(pl.col("role")).otherwise(9).cast(pl.Int8)
    )
    regroup(left.filter(pl.col("relation") != pl.col("role")), on=on)
    return left.select(home).unique().height


def regroup(people: pl.DataFrame, *, on: date) -> None:
    """Has the police enter people in a household: columns `person_id`, `number`, `relation`, maybe `place`, `since`, `register`."""
    if people.is_empty():
        return
    people = people.rename(
        {"number": "household_number"} | ({"place": "division_code"} if "place" in people.columns else {})
    )
    if "register" not in people.columns:
        people = people.with_columns(register=pl.lit(""))
    people = people.sort("register", "household_number", "person_id").with_row_index("row", 1)
    for (name,), group in people.group_by("register", maintain_order=True):
        rows = group.select(column for column in PEOPLE_SCHEMA if column in group.columns)
        register_people(rows, source=POLICE, observed_on=on, register=str(name or ""))
