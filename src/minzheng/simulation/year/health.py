"""Illness, disability and means of a month: own medical spending, certificates issued, lapsed and cancelled, assets checked anew."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from minzheng.kernel.storage.bulk import read_frame
from minzheng.simulation.calibration import figure
from minzheng.simulation.year.draw import pick
from minzheng.simulation.year.engine import Life
from minzheng.simulation.year.rates import rate
from minzheng.simulation.year.register import facts, living, luck, tell

INSURANCE, FEDERATION, CHECKS = "医保", "残联", "核对"
_CERTIFICATE = ("disability_kind", "disability_grade")
_ASSETS = ("money_assets_fen", "homes", "non_residential_properties", "vehicles")
# Certificates that end in the month; kind and grade stand as they were.
_ENDING = """
    SELECT person_id, kind, int_value FROM people_fact
    WHERE kind = ANY(%s) AND person_id IS NOT NULL AND superseded_at IS NULL AND int_value > 0 AND upper(during) BETWEEN %s AND %s
"""

# Households that income alone would entitle, and whose means nobody knows: they are asked to sign for a check.
_ASKING = """
    SELECT DISTINCT m.household_id FROM outreach_lead l
      JOIN people_membership m ON m.person_id = l.person_id AND upper_inf(m.during)
    WHERE l.benefit = 'subsistence_allowance' AND l.kind = 'may_qualify' AND l.state IN ('open', 'visited') ORDER BY 1
"""


def fall_ill(life: Life) -> dict[str, Any]:
    """Own medical spending of twelve months: new for some, the more so the older, over for others."""
    people = living(life.month.first_day, "age").join(
        facts(["medical_spending_fen"], life.month.last_day), on="person_id", how="left"
    )
    spends, chance = pl.col("medical_spending_fen").fill_null(0) > 0, luck(life, "illness")
    older = pl.when(pl.col("age") >= 60).then(2.2).when(pl.col("age") >= 40).then(1.0).otherwise(0.5)
    amount = ((3_000 + 27_000 * luck(life, "illness amount").pow(3)).round() * 100).cast(pl.Int64)
    changed = people.with_columns(
        now=pl.when(spends & (chance < rate("health.well"))).then(0).when(~spends & (chance < rate("health.ill") * older)).then(amount)
    ).drop_nulls("now").select("person_id", medical_spending_fen=pl.col("now").cast(pl.Int64))  # fmt: skip
    tell(life, changed, source=INSURANCE, values=("medical_spending_fen",))
    return {"新增医疗自付": changed.filter(pl.col("medical_spending_fen") > 0).height}


def _likely(age: pl.Expr) -> pl.Expr:
    """How likely somebody of an age is to be given a certificate, beside others."""
    found: pl.Expr = pl.lit(0.0)
    for since, value in figure("disability.ages"):
        found = pl.when(age >= since).then(float(value)).otherwise(found)
    return found


def _grades() -> list[float]:
    """The shares of the four grades among certificates."""
    severe = figure("disability.severe") / figure("disability.certificates")
    first, third = severe * figure("disability.first_grade"), figure("disability.third_grade")
    return [first, severe - first, third, 1 - severe - third]


def certify(life: Life) -> dict[str, Any]:
    """Certificates issued in the month, those that end and are renewed or not, and those that are cancelled."""
    month = life.month
    people = living(month.first_day, "age", "is_local")
    holds = facts(_CERTIFICATE, month.first_day).filter(pl.col("disability_grade").fill_null(0) > 0)
    free = people.filter(pl.col("is_local")).join(holds, on="person_id", how="anti").with_columns(
        weight=_likely(pl.col("age"))
    )  # fmt: skip
    new = pick(
        free,
        expected=life.share(rate("health.certified")) / 12,
        seed=life.seed,
        month=month,
        purpose="certificates",
    )
    new = new.select(
        "person_id", disability_kind=_of(figure("disability.kinds"), luck(life, "kind")),
        disability_grade=_of(_grades(), luck(life, "grade")), end=pl.lit(_in_ten_years(month.first_day)),
    )  # fmt: skip
    ending = read_frame(
        _ENDING, [list(_CERTIFICATE), month.first_day, month.last_day],
        schema={"person_id": pl.Int64, "kind": pl.String, "int_value": pl.Int64},
    )  # fmt: skip
    renewed = ending.head(0).select("person_id", end=pl.lit(None, dtype=pl.Date))
    if ending.height:
        wide = ending.pivot(on="kind", index="person_id", values="int_value", aggregate_function="max")
        renewed = wide.join(people.select("person_id", "key"), on="person_id").filter(
            luck(life, "renewal") >= rate("health.lapsed")
        ).select("person_id", *(name for name in _CERTIFICATE if name in wide.columns), end=pl.lit(_in_ten_years(month.first_day)))  # fmt: skip
    cancelled = holds.join(people.select("person_id", "key"), on="person_id").join(renewed, on="person_id", how="anti").filter(
        luck(life, "cancelled") < rate("health.cancelled")
    ).select("person_id", disability_kind=pl.lit(0, dtype=pl.Int64), disability_grade=pl.lit(0, dtype=pl.Int64))  # fmt: skip
    for told in (new, renewed, cancelled):
        tell(life, told, source=FEDERATION, values=[name for name in _CERTIFICATE if name in told.columns])
    return {"残疾证新发": new.height, "换证": renewed.height, "注销": cancelled.height}


def check_assets(life: Life) -> dict[str, Any]:
    """Means checked anew from time to time, and for the first time of households that sign for it because income alone would do."""
    people = living(life.month.first_day, "household_id").filter(pl.col("household_id").is_not_null())
    homes = people.group_by("household_id").agg(pl.col("key").min())
    known = facts(_ASSETS, life.month.last_day, "household_id").join(homes, on="household_id")
    again = known.filter(luck(life, "check") < rate("health.checked"))
    more = 0.6 + 0.9 * luck(life, "means")
    again = again.with_columns(
        money_assets_fen=(pl.col("money_assets_fen") * more / 100).round().cast(pl.Int64) * 100,
        vehicles=pl.when(luck(life, "car") < 0.03)
        .then(1 - pl.col("vehicles").clip(0, 1))
        .otherwise("vehicles"),
    )
    asking = read_frame(_ASKING, schema={"household_id": pl.Int64}).join(homes, on="household_id")
    first = asking.join(known, on="household_id", how="anti").filter(
        luck(life, "signs") < rate("health.signs")
    )
    is_poor = luck(life, "poor") < rate("health.found_poor")
    first = first.with_columns(
        money_assets_fen=(
            pl.when(is_poor).then(rate("health.savings_of_the_poor")).otherwise(rate("health.savings"))
            * luck(life, "means")
        )
        .round()
        .cast(pl.Int64)
        * 100,
        homes=pl.lit(1, dtype=pl.Int64),
        non_residential_properties=pl.lit(0, dtype=pl.Int64),
        vehicles=pl.when(is_poor)
        .then(0)
        .otherwise((luck(life, "car") < rate("health.has_car")).cast(pl.Int64))
        .cast(pl.Int64),
    )
    columns = ["household_id", *_ASSETS]
    written = tell(
        life, pl.concat([again.select(columns), first.select(columns)]), source=CHECKS, values=_ASSETS, subject="household_id"
    )  # fmt: skip
    return {"核对家庭": again.height, "首次核对": first.height, "核对事实": written}


def _of(shares: list[float], chance: pl.Expr) -> pl.Expr:
    """1, 2, … by their shares."""
    found, reached = pl.lit(1, dtype=pl.Int64), 0.0
    for value, share in enumerate(shares, 1):
        found = pl.when(chance >= reached / sum(shares)).then(pl.lit(value, dtype=pl.Int64)).otherwise(found)
        reached += share
    return found


def _in_ten_years(day: date) -> date:
    return day.replace(year=day.year + 10)
