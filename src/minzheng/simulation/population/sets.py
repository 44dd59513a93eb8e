"""Takes a drawn population into the registers by the actions that offices' files go through, as sets, without the files.

The population comes in parts of whole households, each in one transaction with the note that it is done, so a killed run
goes on with the part it was at and nothing comes twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl
from django.db import transaction

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.awards.roster import take_over_roster
from minzheng.kernel.people.actions import (
    ACCOUNT_SCHEMA,
    record_deaths,
    record_facts,
    register_people,
    set_accounts,
)
from minzheng.kernel.periods import Month
from minzheng.kernel.sources.registry import RosterRow
from minzheng.kernel.storage.bulk import read_frame, refresh_statistics
from minzheng.simulation.files import BANK
from minzheng.simulation.models import LivedStep
from minzheng.simulation.population.drawing import Population
from minzheng.simulation.population.rosters import LIVING
from minzheng.simulation.year.engine import SERVICE, Watcher

PART = 20_000
_FILLED = ("people_person", "people_identifier", "people_household", "people_membership", "people_residence",
           "people_hukourecord", "people_fact", "people_bankaccount", "awards_award", "awards_awardperiod")  # fmt: skip


class NotTaken(RuntimeError):
    """The registers did not take what was drawn; the message says what and why."""


def take_in(population: Population, *, watch: Watcher, part: int = PART) -> None:
    """Takes in everybody; what a killed run took in before stays and is not taken again.

    Raises:
        NotTaken: the registers hold somebody with a number that was drawn.
    """
    parts = list(_parts(population, part))
    taken = 0
    for number, (low, high) in enumerate(parts, 1):
        with transaction.atomic(), acting_as_service(SERVICE):
            if _once(population, f"人口 {number}/{len(parts)}"):
                _take_part(population, low, high)
        # The server needs new statistics as often as the tables have doubled.
        so_far = population.share * len(parts) + number
        if so_far & (so_far - 1) == 0:
            with acting_as_service(SERVICE):
                refresh_statistics(*_FILLED)
        taken += population.persons.filter(pl.col("household").is_between(low, high, closed="left")).height
        watch("写入人口", f"{taken:,}/{population.persons.height:,} 人")


def recognise_low_income(population: Population) -> None:
    """Civil affairs' own recognition of low income, which no office's file tells, and who is paid on that ground."""
    with transaction.atomic(), acting_as_service(SERVICE):
        if not _once(population, "低收入认定"):
            return
        recognised = population.households.filter("is_low_income").select("household", "household_number")
        homes = _household_ids(recognised)
        first = Month.of(population.on).first_day
        facts = homes.select(
            pl.col("household").alias("row"), "household_id", pl.lit("is_low_income_recognised").alias("kind"),
            pl.lit(1).alias("int_value"), pl.lit(first).alias("start"),
        )  # fmt: skip
        record_facts(facts, source="民政", observed_on=_as_of(population))
        members = population.persons.filter("is_low_income")
        listed = population.roster.filter(
            pl.col("sheet") == LIVING, pl.col("person").is_in(members["person"].implode())
        )
        ids = _person_ids(members)
        _take_roster(population, listed, ids, homes)
        _accounts(population, members, listed, ids)


def steps_of(scale: float, seed: int) -> str:
    """What the notes of this building begin with; notes of another one begin otherwise."""
    return f"1:{scale} 种子 {seed} "


def _once(population: Population, step: str) -> bool:
    """Notes a part as taken, in the transaction that takes it; False where it was taken before."""
    share = f"第 {population.share + 1}/{population.shares} 份 " if population.shares > 1 else ""
    _, made = LivedStep.objects.get_or_create(
        month=Month.of(population.on).first_day,
        step=steps_of(population.scale, population.seed) + share + step,
    )
    return made


def _parts(population: Population, size: int) -> Iterator[tuple[int, int]]:
    """Households from one number up to another, so many people at a time."""
    until = (
        population.persons.group_by("household", maintain_order=True)
        .len()
        .with_columns(part=(pl.col("len").cum_sum() - 1) // size)
    )
    bounds = until.group_by("part", maintain_order=True).agg(
        low=pl.col("household").min(), high=pl.col("household").max() + 1
    )
    yield from bounds.select("low", "high").iter_rows()


def _as_of(population: Population) -> date:
    return Month.of(population.on).last_day


def _take_part(population: Population, low: int, high: int) -> None:
    within = pl.col("household").is_between(low, high, closed="left")
    people = population.persons.filter(within)
    on = _as_of(population)
    outcomes = register_people(_registered(people), source="公安", observed_on=on)
    wrong = outcomes.filter(pl.col("outcome") != "created")
    if wrong.height:
        first = wrong.row(0, named=True)
        raise NotTaken(
            f"{wrong.height} 人未能登记，如第 {first['row']} 行：{first['outcome']} {first['note']} / "
            "not registered: the registers may hold another city"
        )
    ids = outcomes.select(pl.col("row").alias("person"), "person_id")
    people = people.join(ids, on="person", how="left", maintain_order="left")
    dead = people.filter(pl.col("died").is_not_null())
    record_deaths(
        dead.select(pl.col("person").alias("row"), "person_id", pl.col("died").alias("death_date")),
        source="卫健",
        observed_on=on,
    )
    for source, facts in _facts(people, Month.of(population.on)).items():
        record_facts(facts, source=source, observed_on=on)
    homes = population.households.filter(within)
    checked = homes.filter(pl.col("checked_on").is_not_null())
    numbers = _household_ids(checked)
    record_facts(_assets(checked, numbers), source="核对", observed_on=on)
    recognised = people.filter("is_low_income")["person"].implode()
    listed = population.roster.filter(within).filter(
        ~((pl.col("sheet") == LIVING) & pl.col("person").is_in(recognised))
    )
    _take_roster(population, listed, ids, _household_ids(homes.join(listed, on="household", how="semi")))
    _accounts(population, people.drop("person_id"), listed, ids)


def _registered(people: pl.DataFrame) -> pl.DataFrame:
    """The people as the police's file tells them."""
    return people.select(
        pl.col("person").alias("row"), pl.col("number").alias("identifier"), "name", "sex",
        pl.col("born").alias("birth_date"), "ethnicity", "household_number", "relation",
        pl.col("hukou").alias("hukou_division_code"), pl.col("is_local").alias("hukou_is_local"),
        pl.col("home").alias("division_code"), pl.col("moved_in").alias("since"),
        pl.col("struck_on").alias("deregistered_on"),
    )  # fmt: skip


def _facts(people: pl.DataFrame, month: Month) -> dict[str, pl.DataFrame]:
    """What each office tells of people: income of the last two months, certificates, spending, schooling."""
    first, before = month.first_day, (month - 1).first_day
    nobody = pl.lit(None, dtype=pl.Date)

    def told(
        value: str,
        kind: str,
        start: pl.Expr,
        end: pl.Expr,
        factor: int | pl.Expr = 1,
        only: pl.Expr | None = None,
    ) -> pl.DataFrame:
        amount = pl.col(value).cast(pl.Int64) * factor
        rows = people.filter(amount > 0) if only is None else people.filter(only)
        return rows.select(
            pl.col("person").alias("row"), "person_id", pl.lit(kind).alias("kind"), amount.alias("int_value"),
            start.alias("start"), end.alias("end"),
        )  # fmt: skip

    income = []
    for start in (before, first):
        # Whoever died before a month is not in it.
        here = (pl.col("employment") > 0) & (pl.col("died").is_null() | (pl.col("died") >= start))
        for value, kind, factor in (
            ("pension", "pension_fen", 100),
            ("wage", "wage_fen", 100),
            ("employment", "employment", 1),
        ):
            income.append(told(value, kind, pl.lit(start), nobody, factor, here & (pl.col(value) > 0)))
    # A certificate that was cancelled says nought from this month on.
    gone = pl.col("is_cancelled")
    issued = pl.when(gone).then(pl.lit(first)).otherwise("certificate_on")
    until = pl.when(~gone).then(pl.col("certificate_until") + pl.duration(days=1))
    holds = pl.col("disability_grade") > 0
    still = pl.when(gone).then(0).otherwise(1)
    papers = [
        told(name, name, issued, until, still, holds) for name in ("disability_kind", "disability_grade")
    ]
    return {
        "人社": pl.concat(income),
        "残联": pl.concat(papers),
        "医保": told("medical_spending", "medical_spending_fen", pl.lit(first), nobody, 100),
        "教育": told("school_stage", "school_stage", pl.lit(first), nobody),
    }


def _assets(checked: pl.DataFrame, ids: pl.DataFrame) -> pl.DataFrame:
    """What households own, from the month in which the check centre looked."""
    kinds = {"money_assets": "money_assets_fen", "non_residential": "non_residential_properties"}
    frame = checked.join(ids.select("household", "household_id"), on="household", maintain_order="left").select(
        pl.col("household").alias("row"), "household_id", pl.col("checked_on").dt.month_start().alias("start"),
        pl.col("money_assets") * 100, "homes", "non_residential", "vehicles",
    )  # fmt: skip
    values = ("money_assets", "homes", "non_residential", "vehicles")
    return frame.unpivot(
        values, index=("row", "household_id", "start"), variable_name="kind", value_name="int_value"
    ).with_columns(pl.col("kind").replace(kinds))


def _take_roster(
    population: Population, listed: pl.DataFrame, ids: pl.DataFrame, homes: pl.DataFrame
) -> None:
    rows = listed.join(ids, on="person", maintain_order="left").join(
        homes.select("household", "household_id"), on="household", how="left", maintain_order="left"
    )
    outcomes = take_over_roster(
        rows=[
            RosterRow(place, entry[0], entry[1], entry[2], entry[3], entry[4], "", "")
            for place, entry in enumerate(
                rows.select("person_id", "household_id", "sheet", "start", "fen").iter_rows(), 1
            )
        ],
        as_of=_as_of(population),
        file_id=0,
        authority="民政",
    )
    # A death known after the roster's month is known to the register at once; all else was drawn to be taken.
    refused = [one for one in outcomes if one.outcome not in ("taken", "unchanged")]
    if refused:
        raise NotTaken(
            f"{len(refused)} 行在享名册未能写入：{refused[0].messages} / roster rows were not taken"
        )


def _accounts(population: Population, people: pl.DataFrame, listed: pl.DataFrame, ids: pl.DataFrame) -> None:
    """One account for everybody who is paid."""
    paid = people.join(listed.select("person").unique(), on="person", how="semi").join(
        ids, on="person", maintain_order="left"
    )
    rows: dict[str, Any] = {
        "row": pl.col("person"), "person_id": pl.col("person_id"), "bank": pl.lit(BANK), "number": pl.col("account"),
        "holder": pl.col("name"),
    }  # fmt: skip
    set_accounts(
        paid.select(rows[name].alias(name) for name in ACCOUNT_SCHEMA),
        on=Month.of(population.on).first_day,
        source="民政",
    )


def _household_ids(homes: pl.DataFrame) -> pl.DataFrame:
    """The registers' numbers of households, beside `household`."""
    known = read_frame(
        "SELECT number, id FROM people_household WHERE register = '' AND number = ANY(%s)",
        [homes["household_number"].to_list()],
        schema={"household_number": pl.String, "household_id": pl.Int64},
    )
    return homes.select("household", "household_number").join(
        known, on="household_number", maintain_order="left"
    )


def _person_ids(people: pl.DataFrame) -> pl.DataFrame:
    """The registers' numbers of people, beside `person`."""
    known = read_frame(
        "SELECT value, person_id FROM people_identifier WHERE kind = 'citizen' AND value = ANY(%s)",
        [people["number"].to_list()],
        schema={"number": pl.String, "person_id": pl.Int64},
    )
    return people.select("person", "number").join(known, on="number", maintain_order="left").drop("number")
