"""Work of a month (就业、养老金): jobs lost and found, retirements, and the yearly rise of pensions, as social security tells them."""

from __future__ import annotations

from typing import Any

import polars as pl

from minzheng.kernel.periods import Month
from minzheng.kernel.storage.bulk import read_frame
from minzheng.simulation.calibration import figure
from minzheng.simulation.year.engine import Life
from minzheng.simulation.year.rates import rate
from minzheng.simulation.year.register import age_on, facts, living, luck, tell

SOCIAL = "人社"
EMPLOYED, UNEMPLOYED, RETIRED = 1, 2, 3
RISE = Month(2022, 7)
_KINDS = ("employment", "wage_fen", "pension_fen")
_SUPPORTED = """
    SELECT DISTINCT m.person_id FROM awards_award a JOIN people_membership m ON m.household_id = a.household_id AND upper_inf(m.during)
    WHERE a.benefit = 'subsistence_allowance' AND a.start_month <= %s AND (a.end_month IS NULL OR a.end_month >= %s)
"""


def work(life: Life) -> dict[str, Any]:
    """Tells the new state of everybody whose work changed in the month; a value that stays needs no telling."""
    month = life.month
    people = living(month.first_day, "sex", "age", "is_local").join(facts(_KINDS, month.last_day), on="person_id", how="left").filter(
        pl.col("age") >= 16
    )  # fmt: skip
    retires_at = pl.when(pl.col("sex") == 1).then(60).otherwise(55)
    people = people.with_columns(in_need=pl.col("person_id").is_in(_in_need(month).implode()))
    lost, found = (rate(f"work.{name}_months")[month.number - 1] for name in ("lost", "found"))
    found = pl.when("in_need").then(found * rate("work.found_in_need")).otherwise(found)
    works, chance = pl.col("employment") == EMPLOYED, luck(life, "work")
    is_old = (pl.col("age") >= retires_at) & (pl.col("age") < retires_at + 5)
    state = (
        pl.when(is_old & pl.col("employment").is_in([EMPLOYED, UNEMPLOYED]) & (_reached(month) >= retires_at)).then(RETIRED)
        .when(pl.col("age") >= retires_at).then(None)
        .when(works & (chance < rate("work.lost") * lost)).then(UNEMPLOYED)
        .when((pl.col("employment") == UNEMPLOYED) & (chance < rate("work.found") * found)).then(EMPLOYED)
        .when(pl.col("employment").is_null() & pl.col("age").is_between(18, 25)
              & (chance < rate("work.first") * found * (4 if month.number == 7 else 1))).then(EMPLOYED)
    )  # fmt: skip
    changed = people.with_columns(state=state.cast(pl.Int64)).drop_nulls("state")
    pay = luck(life, "pay")
    wage = ((figure("income.wage") * (0.45 + 1.1 * pay)).round() * 100).cast(pl.Int64)
    pensioners, residents = figure("income.pensioners"), figure("income.resident_pensioners")
    pension = (
        pl.when(~pl.col("is_local")).then(None)
        .when(pay < pensioners).then((figure("income.employee_pension") * (0.6 + 0.8 * luck(life, "pension"))).round() * 100)
        .when(pay < pensioners + residents).then((figure("income.resident_pension") * (0.85 + 0.3 * luck(life, "pension"))).round() * 100)
    )  # fmt: skip
    changed = changed.select(
        "person_id", employment="state",
        wage_fen=pl.when(pl.col("state") == EMPLOYED).then(pl.max_horizontal(wage, figure("income.lowest_wage") * 100)).otherwise(0),
        pension_fen=pl.when(pl.col("state") == RETIRED).then(pension).cast(pl.Int64),
    )  # fmt: skip
    tell(life, changed, source=SOCIAL, values=_KINDS)
    told = {words: changed.filter(pl.col("employment") == code).height
            for code, words in ((UNEMPLOYED, "失业"), (EMPLOYED, "就业"), (RETIRED, "退休"))}  # fmt: skip
    if month == RISE:
        new = changed.filter(pl.col("pension_fen") > 0)["person_id"].to_list()
        risen = people.filter((pl.col("pension_fen") > 0) & ~pl.col("person_id").is_in(new))
        # To the next tenth of a yuan, as pensions are set.
        more = ((pl.col("pension_fen") * (1 + rate("work.pension_increase")) / 10).ceil() * 10).cast(pl.Int64)
        told["养老金调整"] = tell(
            life, risen.with_columns(pension_fen=more), source=SOCIAL, values=("pension_fen",)
        )
    return told


def _in_need(month: Month) -> pl.Series:
    """Who finds work less often: members of households on the subsistence allowance and holders of a disability certificate."""
    supported = read_frame(_SUPPORTED, [month.first_day] * 2, schema={"person_id": pl.Int64})
    holders = facts(("disability_grade",), month.first_day).filter(pl.col("disability_grade") > 0)
    return pl.concat([supported["person_id"], holders["person_id"]]).unique()


def _reached(month: Month) -> pl.Expr:
    return age_on(pl.col("born"), month.last_day)
