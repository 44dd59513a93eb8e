"""Marriages and divorces of a month (婚姻登记): by season and special days, in the office of a hukou or across districts."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import polars as pl

from minzheng.domains.marriage_registration import actions
from minzheng.domains.marriage_registration.jurisdiction import CITY
from minzheng.domains.marriage_registration.models import Kind, Registration
from minzheng.domains.marriage_registration.offices import load_offices
from minzheng.domains.marriage_registration.periods import divorce_periods
from minzheng.domains.marriage_registration.working_rules import districts_at
from minzheng.kernel.periods import SHANGHAI, Month, is_workday
from minzheng.kernel.storage.bulk import read_frame
from minzheng.simulation.marriages import enter_old_records, open_offices
from minzheng.simulation.year.deaths import name_heads, regroup
from minzheng.simulation.year.draw import pick
from minzheng.simulation.year.engine import Life
from minzheng.simulation.year.rates import by_age, rate, season
from minzheng.simulation.year.register import living, luck

_TIED = """
    SELECT man.person_id, man.spouse_person_id, man.registration_id FROM marriage_registration_maritaltie man
    WHERE man.side = 'man' AND upper_inf(man.during) AND NOT man.is_void AND man.person_id IS NOT NULL
      AND man.spouse_person_id IS NOT NULL AND lower(man.during) < %s
"""
_BOUND = "SELECT DISTINCT person_id FROM marriage_registration_maritaltie WHERE person_id IS NOT NULL AND upper_inf(during)"
_NOT_BEFORE = date(2021, 9, 1)  # Nobody who collects in 2022 applied earlier.


def open_registries(life: Life) -> dict[str, Any]:
    """Opens the offices with papers enough for the city's size, and enters the old records of couples; once is enough."""
    at = datetime.combine(life.month.first_day, time(8), SHANGHAI)
    load_offices(at=at)
    papers = max(500, round(life.share(rate("weddings.marriages"))))
    offices = open_offices(papers=papers)
    if not Registration.objects.exists():
        enter_old_records(offices, before=life.month.first_day)
        _tell_all()
    return {"登记处": len(offices), "登记和历史档案": Registration.objects.count()}


def open_days(month: Month) -> pl.DataFrame:
    """The days on which offices register, each with its weight: working days and special days, none while the city is closed."""
    first, last = rate("weddings.closed")
    special = rate("weddings.special")
    days = [month.first_day + timedelta(days=n) for n in range(month.last_day.day)]
    rows = [
        (day, float(special.get(day, 1.0)))
        for day in days
        if (is_workday(day) or day in special) and not first <= day <= last
    ]
    return pl.DataFrame(rows, schema={"on": pl.Date, "weight": pl.Float64}, orient="row")


def marry(life: Life) -> dict[str, Any]:
    """Couples register; some of them in a district that is home to neither, where the law of the day lets them."""
    month, days = life.month, open_days(life.month)
    if days.is_empty():
        return {"结婚": 0}
    number = life.share(rate("weddings.marriages")) * season("weddings.months", month)
    bound = read_frame(_BOUND, schema={"person_id": pl.Int64})
    people = living(
        month.first_day, "sex", "age", "is_local", "hukou", "place", "household_id", "role"
    ).with_columns(
        is_paired=(pl.col("role").is_in([1, 2]) & (pl.col("role") == 2).any().over("household_id")).fill_null(
            False
        )
    )
    free = people.filter(~pl.col("is_paired")).join(bound, on="person_id", how="anti").with_columns(
        weight=by_age("weddings.ages", pl.col("age"))
    )  # fmt: skip
    lawful = pl.when(pl.col("sex") == 1).then(pl.col("age") >= 22).otherwise(pl.col("age") >= 20)
    free = free.filter(lawful & pl.col("sex").is_in([1, 2]))
    by_man = rate("weddings.local_man")
    men, women = free.filter(pl.col("sex") == 1), free.filter(pl.col("sex") == 2)
    local, other = pl.col("is_local") & (pl.col("hukou") != ""), ~pl.col("is_local")

    def some(group: pl.DataFrame, expected: float, purpose: str) -> pl.DataFrame:
        return pick(group, expected=expected, seed=life.seed, month=month, purpose=purpose)

    local_men, other_men = (
        some(men.filter(local), number * by_man, "grooms"),
        some(men.filter(other), number * (1 - by_man), "grooms from elsewhere"),
    )
    brides = some(women.filter(local), number * (1 - by_man), "brides of others")
    wives = some(women.join(brides, on="person_id", how="anti"), number * by_man, "brides")
    pairs = pl.concat([_paired(life, local_men, wives), _paired(life, other_men, brides)])
    pairs = _dated(life, pairs, days, "wedding day").with_columns(
        district=pl.when("man_local").then(pl.col("man_hukou")).otherwise("woman_hukou").str.slice(0, 6)
    ).with_row_index("row", 1)  # fmt: skip
    pairs = _crossed(life, pairs, Kind.MARRIAGE)
    told = _register(pairs, Kind.MARRIAGE)
    done = pairs.join(told.filter(pl.col("outcome") == "created").select("row"), on="row")
    together = done.filter(
        (luck(life, "one home") < rate("weddings.one_home")) & pl.col("man_movable") & pl.col("woman_movable")
    ).with_columns(
        number=pl.format(
            "N{}{}",
            pl.lit(str(month).replace("-", "")),
            pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(6),
        )
    )
    home = [pl.col("number"), pl.col("man_place").alias("place"), pl.col("on").alias("since")]
    both = pl.concat([
        together.select(pl.col("man_person_id").alias("person_id"), pl.lit(1, dtype=pl.Int8).alias("relation"), *home),
        together.select(pl.col("woman_person_id").alias("person_id"), pl.lit(2, dtype=pl.Int8).alias("relation"), *home),
    ])  # fmt: skip
    regroup(both, on=month.last_day)
    name_heads(month.last_day, since=month.first_day)
    _tell_all()
    return {
        "结婚": done.height,
        "其中跨区": _crossings(done),
        "未予登记": pairs.height - done.height,
        "合户": together.height,
    }


def divorce(life: Life) -> dict[str, Any]:
    """Couples collect their divorce after the first thirty days and within the second; who applied in no open day cannot yet."""
    month = life.month
    days = open_days(month).with_columns(
        received_on=pl.col("on").map_elements(_applied, return_dtype=pl.Date)
    ).drop_nulls("received_on")  # fmt: skip
    if days.is_empty():
        return {"离婚": 0}
    people = living(
        month.first_day, "age", "is_local", "hukou", "place", "household_id", "role", "number", "register"
    )
    tied = read_frame(
        _TIED,
        [_NOT_BEFORE],
        schema={"man_person_id": pl.Int64, "woman_person_id": pl.Int64, "marriage_id": pl.Int64},
    )
    for side in ("man", "woman"):
        named = {
            name: f"{side}_{name}"
            for name in (
                "person_id",
                "key",
                "age",
                "hukou",
                "is_local",
                "place",
                "role",
                "household_id",
                "number",
                "register",
            )
        }
        tied = tied.join(
            people.select(pl.col(old).alias(new) for old, new in named.items()), on=f"{side}_person_id"
        )
    has_hukou = pl.any_horizontal(
        *(pl.col(f"{side}_is_local") & (pl.col(f"{side}_hukou") != "") for side in ("man", "woman"))
    )
    couples = tied.filter(has_hukou).with_columns(
        key=pl.col("man_key"), weight=by_age("weddings.divorce_ages", pl.col("man_age"))
    )
    number = life.share(rate("weddings.divorces")) * season("weddings.divorce_months", month)
    couples = pick(
        couples.unique("key", keep="first"), expected=number, seed=life.seed, month=month, purpose="divorces"
    )
    pairs = _dated(life, couples, days, "divorce day").with_columns(
        district=pl.when("man_is_local").then(pl.col("man_hukou")).otherwise("woman_hukou").str.slice(0, 6)
    ).with_row_index("row", 1)  # fmt: skip
    pairs = _crossed(life, pairs, Kind.DIVORCE)
    told = _register(pairs, Kind.DIVORCE)
    done = pairs.join(told.filter(pl.col("outcome") == "created").select("row"), on="row")
    apart = done.filter(
        (pl.col("man_household_id") == pl.col("woman_household_id"))
        & (luck(life, "two homes") < rate("weddings.two_homes"))
    ).with_columns(
        number=pl.format(
            "D{}{}",
            pl.lit(str(month).replace("-", "")),
            pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(6),
        ),
        # Who is not the head goes.
        person_id=pl.when(pl.col("woman_role") == 1).then("man_person_id").otherwise("woman_person_id"),
    )
    regroup(
        apart.select("person_id", "number", relation=pl.lit(1, dtype=pl.Int8), place="man_place", since="on"),
        on=month.last_day,
    )
    _tell_all()
    return {
        "离婚": done.height,
        "其中跨区": _crossings(done),
        "未予登记": pairs.height - done.height,
        "分户": apart.height,
    }


def _paired(life: Life, men: pl.DataFrame, women: pl.DataFrame) -> pl.DataFrame:
    """Men and women in the order of their ages, some years apart: as many couples as both sides have."""
    sides = []
    for side, group in (("man", men), ("woman", women)):
        jitter = (luck(life, f"age of {side}") * 1400).cast(pl.Int64)
        may_move = pl.col("role").is_null() | (pl.col("role") != 1) | (pl.len().over("household_id") == 1)
        sides.append(
            group.with_columns(may_move=may_move).sort(pl.col("born") + pl.duration(days=jitter), "key").select(
                pl.col(old).alias(f"{side}_{new}")
                for old, new in (("person_id", "person_id"), ("key", "key"), ("hukou", "hukou"), ("is_local", "local"),
                                 ("place", "place"), ("may_move", "movable"))
            ).with_row_index("at")
        )  # fmt: skip
    return sides[0].join(sides[1], on="at").drop("at").with_columns(key=pl.col("man_key"))


def _dated(life: Life, pairs: pl.DataFrame, days: pl.DataFrame, purpose: str) -> pl.DataFrame:
    """Gives each couple a day, in proportion to the days' weights."""
    days = days.sort("on")
    reached = (days["weight"].cum_sum() / days["weight"].sum()).to_list()
    at = (
        pl.Series(reached)
        .search_sorted(pairs.select(luck(life, purpose)).to_series(), side="right")
        .clip(0, days.height - 1)
    )
    return pl.concat([pairs, days.drop("weight")[at.to_list()]], how="horizontal")


def _crossed(life: Life, pairs: pl.DataFrame, kind: Kind) -> pl.DataFrame:
    """Sends some couples to an office of neither's district, where the day's law lets them go."""
    number = life.share(rate("weddings.crossing")) * season("weddings.crossing_months", life.month)
    number *= rate(f"weddings.{kind}s") / (rate("weddings.marriages") + rate("weddings.divorces"))
    joined = sorted(districts_at(life.month.last_day))
    if number <= 0 or not joined:
        return pairs
    homes = pl.concat_list(pl.col("man_hukou").str.slice(0, 6), pl.col("woman_hukou").str.slice(0, 6))
    may = pairs.filter(pl.col("district").is_in(joined)).with_columns(weight=pl.lit(1.0))
    going = pick(may, expected=number, seed=life.seed, month=life.month, purpose=f"crossing {kind}")
    at = (luck(life, f"crossing {kind} office") * len(joined)).floor().cast(pl.Int64)

    def office(step: int) -> pl.Expr:
        return ((at + step) % len(joined)).replace_strict(dict(enumerate(joined)), return_dtype=pl.String)

    # The first of three offices in a row that is in neither's district: two homes cannot be all three.
    going = going.with_columns(homes=homes).with_columns(
        office=pl.coalesce(
            pl.when(~pl.col("homes").list.contains(office(step))).then(office(step)) for step in range(3)
        )
    )
    return pairs.join(
        going.select("row", "office"), on="row", how="left", maintain_order="left"
    ).with_columns(district=pl.coalesce("office", "district"))


def _register(pairs: pl.DataFrame, kind: Kind) -> pl.DataFrame:
    offices = {code: one.pk for code, one in open_offices().items() if code != CITY}
    acts = pairs.select(
        "row", "on", "man_person_id", "woman_person_id",
        received_on=pl.col("received_on") if "received_on" in pairs.columns else pl.lit(None, dtype=pl.Date),
        office_id=pl.col("district").replace_strict(offices, default=None, return_dtype=pl.Int64),
    ).drop_nulls("office_id")  # fmt: skip
    return actions.register_in_bulk(acts, kind=kind)


def _crossings(done: pl.DataFrame) -> int:
    return int(done["office"].is_not_null().sum()) if "office" in done.columns else 0


def _applied(on: date) -> date | None:
    """The latest open day on which a couple who collect on a day may have applied; none where all of them were closed."""
    first, last = rate("weddings.closed")
    for back in range(31, 90):
        day = on - timedelta(days=back)
        if not is_workday(day) or first <= day <= last:
            continue
        periods = divorce_periods(day)
        if periods.collect_first <= on <= periods.collect_last:
            return day
    return None


def _tell_all() -> None:
    while actions.tell_entries():
        pass


__all__ = ["divorce", "marry", "open_days", "open_registries"]
