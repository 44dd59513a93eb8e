"""Who comes to the service centres or applies online in a month, for what, where and when (办件), drawn over the register."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import polars as pl
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q

from minzheng.kernel.access import acting_as_resident
from minzheng.kernel.cases.actions import rate as give_rating
from minzheng.kernel.cases.bulk import CASE_SCHEMA, go_on_many, take_in_many
from minzheng.kernel.cases.counting import refresh_totals
from minzheng.kernel.cases.models import Case
from minzheng.kernel.cases.states import IN_HAND
from minzheng.kernel.centres.actions import close_many, load_centres
from minzheng.kernel.centres.models import Centre
from minzheng.kernel.centres.opening import spans_of
from minzheng.kernel.items.model import Field, FieldType, Item
from minzheng.kernel.people.staging import read_frame
from minzheng.kernel.periods import Month
from minzheng.kernel.periods.workdays import is_workday
from minzheng.simulation.calibration import entry
from minzheng.simulation.identifiers import ACCOUNTS, RESERVED_AREAS, check_digit
from minzheng.simulation.year.courses import Course, item_frame, served_items
from minzheng.simulation.year.draw import chance
from minzheng.simulation.year.engine import Life
from minzheng.simulation.year.rates import in_month, rate, rates

BATCH = 4_000
TRIES = 3
_ADULT = """
    SELECT id, division_code, sex, hukou_is_local, birth_date FROM people_person
    WHERE death_date IS NULL AND merged_into_id IS NULL AND deregistered_on IS NULL AND birth_date <= %s
"""
_PERSON = {"person_id": pl.Int64, "division_code": pl.String, "sex": pl.Int64, "hukou_is_local": pl.Boolean,
           "birth_date": pl.Date}  # fmt: skip


def close_counters(life: Life) -> dict[str, Any]:
    """Declares the days on which counters stay closed, in the month in which the first of them lies (疫情封控)."""
    load_centres()
    told = entry("casework.closed", rates())
    closed: dict[tuple[date, ...], list[int]] = {}
    for pk, code in Centre.objects.order_by("pk").values_list("pk", "division_code"):
        first, last = (
            date.fromisoformat(day) for day in told["values"].get(code[:6], told["values"]["rest"])
        )
        if Month.of(first) == life.month:
            days = tuple(first + timedelta(days=step) for step in range((last - first).days + 1))
            closed.setdefault(days, []).append(pk)
    before = life.month.first_day - timedelta(days=1)
    count = sum(close_many(centres=pks, days=days, reason=told["reason"], on=before) for days, pks in closed.items())  # fmt: skip
    return {"闭门日": count} if count else {}


def serve_cases(life: Life) -> dict[str, Any]:
    """A month of casework: what is in hand goes on, who comes is served, some rate it; totals are counted."""
    days = _open_days(life.month)
    went_on = _go_on(life, days)
    came = _come(life, days)
    rated = _rate(life)
    refresh_totals()
    return {"续办": went_on, "收件": came, "评价": rated}


def _open_days(month: Month) -> pl.DataFrame:
    """Each day on which each centre is open in a month, more often where more people come: Mondays twice as often."""
    found = Centre.objects.filter(during__overlap=_span(month)).order_by("pk")
    centres = dict(found.values_list("pk", "division_code"))
    rows: list[tuple[int, str, date]] = []
    for step in range((month.last_day - month.first_day).days + 1):
        day = month.first_day + timedelta(days=step)
        times = 2 if day.weekday() == 0 else 1
        rows += [(pk, centres[pk][:9], day) for pk, spans in spans_of(centres, day).items() if spans] * times
    frame = pl.DataFrame(
        rows, schema={"centre_id": pl.Int64, "street": pl.String, "on": pl.Date}, orient="row"
    )
    return frame.sort("centre_id", "on").with_columns(at=pl.int_range(pl.len()).over("centre_id"))


def _span(month: Month) -> Any:
    return DateRange(month.first_day, month.last_day + timedelta(days=1))


def _come(life: Life, days: pl.DataFrame) -> int:
    """Exactly the month's share of cases, each by another adult; returns how many came in."""
    weights = rate("casework.months")
    wanted = in_month(
        life.share(rate("casework.accepted") * rate("casework.submitted_per_accepted")), weights, life.month
    )
    adults = read_frame(_ADULT, [date(life.month.year - 18, life.month.number, 1)], schema=_PERSON)
    if not wanted or adults.is_empty():
        return 0
    drawn = adults.with_columns(_chance(life, "comes").alias("u")).bottom_k(
        min(wanted, adults.height), by=["u", "person_id"]
    )
    cases = _when(life, _where(life, _what(life, drawn.sort("person_id")), days), days)
    cases = cases.sort("on", "person_id").with_columns(row=pl.int_range(1, pl.len() + 1), key="person_id")
    answers = {item.code: told_answers(item) for item in served_items(life.month)}
    cases = cases.with_columns(
        answers=pl.col("item").replace_strict(answers, return_dtype=pl.String)
        .str.replace_all("@place", pl.col("street"), literal=True)
        .str.replace_all("@account", pl.format(ACCOUNTS + "{}", pl.col("person_id").cast(pl.String).str.zfill(12)), literal=True),
    )  # fmt: skip
    acts = Course(life, cases.with_columns(since=pl.col("on"))).acts(new=True)
    frame = cases.select(
        "row", pl.format("year-{}-{}", pl.lit(str(life.month)), "person_id").alias("key"), "item", "person_id",
        pl.when("is_online").then(pl.lit("online")).otherwise(pl.lit("counter")).alias("channel"),
        pl.col("street").alias("accepting_division"), "centre_id", "on", "answers",
    ).select(list(CASE_SCHEMA))  # fmt: skip
    count = 0
    for part in frame.iter_slices(BATCH):
        told = take_in_many(part, acts.join(part.select("row"), on="row", how="semi"))
        count += told["case_id"].count()
        life.watch(f"{life.month} 办件", f"{count:,}/{frame.height:,}")
    return count


def _chance(life: Life, purpose: str, key: str = "person_id") -> pl.Expr:
    return chance(pl.col(key), seed=life.seed, month=life.month, purpose=f"counter {purpose}")


def _what(life: Life, people: pl.DataFrame) -> pl.DataFrame:
    """An item for each, the popular ones more often; most who do not meet what is plain to see come for something else."""
    items = item_frame(life.month)
    # Which item is popular is the same all year, and for any number of cases.
    order = items.with_columns(
        chance(pl.col("place"), seed=life.seed, month=Month(life.month.year, 1), purpose="popularity").alias(
            "u"
        )
    ).sort(~pl.col("at_once") & (pl.col("u") < 0.6), "u")
    weights = [1 / (1 + rank) ** rate("casework.popularity") for rank in range(order.height)]
    total, upto, limits = sum(weights), 0.0, []
    for weight in weights:
        upto += weight / total
        limits.append(upto)
    limits[-1] = 1.0
    order = order.drop("u").with_columns(limit=pl.Series(limits))
    plain = _plain_conditions(life.month)
    people = people.with_columns(
        age=(pl.lit(life.month.first_day) - pl.col("birth_date")).dt.total_days() // 365
    )
    found, left = [], people
    for attempt in range(TRIES):
        drawn = left.with_columns(_chance(life, f"item {attempt}").alias("u")).sort("u")
        drawn = drawn.join_asof(order.sort("limit"), left_on="u", right_on="limit", strategy="forward")
        drawn = drawn.join(plain, on="item", how="left")
        insists = _chance(life, "insists") < rate("casework.unmet")
        fits = (
            pl.col("age").is_between(pl.col("from_age"), pl.col("to_age"))
            & (pl.col("local").is_null() | (pl.col("local") == pl.col("hukou_is_local")))
            & (pl.col("of_sex").is_null() | (pl.col("of_sex") == pl.col("sex")))
        )  # fmt: skip
        good = fits | insists | pl.lit(attempt == TRIES - 1)
        found.append(drawn.filter(good))
        left = drawn.filter(~good).select(people.columns)
    return pl.concat(found).drop("u", "limit", "from_age", "to_age", "local", "of_sex")


def _plain_conditions(month: Month) -> pl.DataFrame:
    """Age, hukou and sex that an item asks for, which nobody has to look up."""
    rows = []
    for item in served_items(month):
        by = {one.fact: one for one in item.who}
        age, local, sex = by.get("age_years"), by.get("hukou_is_local"), by.get("sex")
        rows.append((item.code, age.at_least or 0 if age else 0, (age.at_most or 200) if age else 200,
                     bool(local.equals) if local and local.equals is not None else None,
                     int(sex.equals) if sex and sex.equals is not None else None))  # fmt: skip
    schema = {
        "item": pl.String,
        "from_age": pl.Int64,
        "to_age": pl.Int64,
        "local": pl.Boolean,
        "of_sex": pl.Int64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _where(life: Life, people: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    """Online, or the centre of the own street, another one of the district, or one anywhere; closed ones send online."""
    online = pl.col("may_be_online") & (_chance(life, "online") < rate("casework.online"))
    centres = pl.DataFrame(
        list(Centre.objects.filter(during__overlap=_span(life.month)).order_by("pk").values_list("pk", "division_code")),
        schema={"centre_id": pl.Int64, "street": pl.String}, orient="row",
    ).with_columns(pl.col("street").str.slice(0, 9))  # fmt: skip
    u = _chance(life, "centre")
    own, district = rate("casework.own_centre"), rate("casework.own_district")
    scope = pl.when(~pl.col("is_citywide") | (u < own)).then(9).when(u < own + district).then(6).otherwise(2)
    people = people.with_columns(is_online=online, scope=scope)
    parts = []
    for length in (9, 6, 2):
        near = centres.sort("centre_id").with_columns(area=pl.col("street").str.slice(0, length))
        near = near.with_columns(at=pl.int_range(pl.len()).over("area"), many=pl.len().over("area"))
        here = people.filter(pl.col("scope") == length).with_columns(
            area=pl.col("division_code").str.slice(0, length)
        )
        many = near.select("area", "many").unique()
        here = here.join(many, on="area", how="left", maintain_order="left").with_columns(
            at=(_chance(life, "which") * pl.col("many")).floor().cast(pl.Int64)
        )
        found = here.join(near.drop("many"), on=["area", "at"], how="left", maintain_order="left")
        parts.append(found.drop("area", "at", "many", "scope"))
    found = pl.concat(parts)
    # Where the register knows no street, whose centre nobody can tell, the district's first one serves.
    anywhere = centres.sort("centre_id").group_by(district=pl.col("street").str.slice(0, 6), maintain_order=True).first()  # fmt: skip
    found = found.with_columns(district=pl.col("division_code").str.slice(0, 6)).join(
        anywhere.rename({"centre_id": "any_id", "street": "any_street"}),
        on="district",
        how="left",
        maintain_order="left",
    )
    found = found.with_columns(
        centre_id=pl.coalesce("centre_id", "any_id"), street=pl.coalesce("street", "any_street")
    ).filter(pl.col("centre_id").is_not_null())
    opened = days.group_by("centre_id").agg(times=pl.len(), counter_until=pl.col("on").max())
    found = found.join(opened, on="centre_id", how="left", maintain_order="left")
    closed = pl.col("times").is_null()
    return found.with_columns(is_online=pl.col("is_online") | (closed & pl.col("may_be_online"))).filter(
        pl.col("is_online") | ~closed
    ).drop("district", "any_id", "any_street")  # fmt: skip


def _when(life: Life, cases: pl.DataFrame, days: pl.DataFrame) -> pl.DataFrame:
    """An open day of the centre; online any day of the month."""
    length = (life.month.last_day - life.month.first_day).days + 1
    at = (_chance(life, "day") * pl.col("times").fill_null(1)).floor().cast(pl.Int64)
    cases = cases.with_columns(at=at).join(
        days.select("centre_id", "at", pl.col("on").alias("open_on")), on=["centre_id", "at"], how="left",
        maintain_order="left",
    )  # fmt: skip
    any_day = pl.lit(life.month.first_day) + pl.duration(days=(_chance(life, "day") * length).floor())
    return cases.with_columns(on=pl.when("is_online").then(any_day.cast(pl.Date)).otherwise("open_on")).with_columns(
        # Online nothing closes; a centre closed for good in the month takes nothing in afterwards.
        counter_until=pl.when(pl.col("is_online")).then(pl.lit(life.month.last_day)).otherwise("counter_until")
    ).drop("at", "times", "open_on")  # fmt: skip


def _go_on(life: Life, days: pl.DataFrame) -> int:
    """What is in hand from the months before goes on its course; returns how many cases."""
    items = item_frame(life.month)
    held = Case.objects.filter(
        state__in=IN_HAND, item__in=items["item"].to_list(), channel__in=("counter", "online")
    )
    rows = list(
        held.filter(Q(bundle_id=None), opened_on__lt=life.month.first_day)
        .order_by("pk")
        .values_list("pk", "person_id", "opened_on", "item", "channel", "centre_id")
    )
    if not rows:
        return 0
    workdays = [
        day
        for step in range((life.month.last_day - life.month.first_day).days + 1)
        if is_workday(day := life.month.first_day + timedelta(days=step))
    ]
    schema = {
        "row": pl.Int64,
        "person_id": pl.Int64,
        "opened_on": pl.Date,
        "item": pl.String,
        "channel": pl.String,
        "centre_id": pl.Int64,
    }
    opened = days.group_by("centre_id").agg(counter_until=pl.col("on").max())
    cases = (
        pl.DataFrame(rows, schema=schema, orient="row")
        .join(items, on="item", maintain_order="left")
        .join(opened, on="centre_id", how="left", maintain_order="left")
        # Not by the case's number: one that a killed month gave out is not given again.
        .with_columns(key=_key("opened_on"), is_online=pl.col("channel") == "online")
    )
    first = (_chance(life, "goes on", "key") * min(2, len(workdays))).floor().cast(pl.Int64)
    cases = cases.with_columns(since=first.replace_strict(dict(enumerate(workdays)), return_dtype=pl.Date))
    acts = Course(life, cases).acts(new=False)
    for part in cases.select("row").iter_slices(BATCH):
        go_on_many(acts.join(part, on="row", how="semi"))
    return len(rows)


def _key(day: str) -> pl.Expr:
    """A person's case of a day, whatever its number."""
    return pl.col("person_id") * 1000 + pl.col(day).dt.ordinal_day()


def _rate(life: Life) -> int:
    """Some applicants rate what ended in the month, each as the resident they are."""
    ended = Case.objects.filter(
        state__in=("granted", "refused"), decided_on__range=(life.month.first_day, life.month.last_day), rating=None,
    ).order_by("pk")  # fmt: skip
    frame = pl.DataFrame(
        list(ended.values_list("pk", "person_id", "decided_on", "is_late", "state")),
        schema={"case_id": pl.Int64, "person_id": pl.Int64, "on": pl.Date, "is_late": pl.Boolean, "state": pl.String},
        orient="row",
    ).with_columns(key=_key("on"))  # fmt: skip
    chosen = frame.filter(_chance(life, "rates", "key") < rate("casework.rated")).with_columns(
        u=_chance(life, "score", "key") - 0.2 * (pl.col("is_late") | (pl.col("state") == "refused"))
    )
    for row in chosen.iter_rows(named=True):
        score = (
            1
            if row["u"] < -0.1
            else 2
            if row["u"] < 0.01
            else 3
            if row["u"] < 0.04
            else 4
            if row["u"] < 0.15
            else 5
        )
        with acting_as_resident(row["person_id"]):
            give_rating(case=row["case_id"], score=score, on=row["on"])
    return chosen.height


def told_answers(item: Item) -> str:
    """What a client writes where the city does not know it, as JSON; @place and @account stand for their own."""
    return json.dumps({one.name: _value(one) for one in item.fields}, ensure_ascii=False)


def _value(asked: Field) -> Any:
    first = f"{RESERVED_AREAS[-1]}19880101123"
    told: dict[FieldType, Any] = {
        FieldType.YES_NO: False, FieldType.NUMBER: 1, FieldType.MONEY: 100_000, FieldType.DATE: "2021-06-01",
        FieldType.PHONE: "13800000000", FieldType.PLACE: "@place", FieldType.ACCOUNT: "@account",
        FieldType.IDENTIFIER: first + check_digit(first), FieldType.LONG_TEXT: "办理登记，情况属实",
    }  # fmt: skip
    return asked.choices[0][0] if asked.type is FieldType.CHOICE else told.get(asked.type, "办理登记")
