"""The verbs of the price linkage: enter a reading, propose and approve a start, tell, add late, pay."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from django.db import transaction

from minzheng.domains.price_linkage.letters import letter_of
from minzheng.domains.price_linkage.listing import entitled
from minzheng.domains.price_linkage.models import IndexReading
from minzheng.domains.price_linkage.programme import PRICE_SUBSIDY, PROGRAMME
from minzheng.domains.price_linkage.tasks import tell_job
from minzheng.domains.price_linkage.trigger import parameters, percent, subsidy_fen, trigger_of
from minzheng.kernel import audit
from minzheng.kernel.access import require
from minzheng.kernel.eventgrants import actions as grants
from minzheng.kernel.eventgrants import telling
from minzheng.kernel.eventgrants.errors import GrantRefused, NotTriggered
from minzheng.kernel.eventgrants.models import Activation
from minzheng.kernel.eventgrants.wording import Offices
from minzheng.kernel.payments.models import Batch
from minzheng.kernel.payments.schedule import Schedule
from minzheng.kernel.periods import Month

SERIES = tuple(IndexReading.Series.values)


@transaction.atomic
def enter_reading(
    *, series: str, month: Month, rise_permille: int, source: str, provenance: str = "public", on: date
) -> IndexReading:
    """Enters a month's index (登记指数); the same reading again adds nothing, another one corrects it.

    Raises:
        GrantRefused: the series is unknown, the value not within ±50 %, the paper missing, the month not over.
        NotPermitted: the acting post does not carry `grants.propose`.
    """
    actor = require("grants.propose", domain=PROGRAMME.code)
    if series not in SERIES or provenance not in IndexReading.Provenance.values:
        raise GrantRefused(f"序列须为 {'、'.join(SERIES)} / series must be one of {SERIES}; got {series}")
    if not -500 <= rise_permille <= 500:
        raise GrantRefused(
            f"涨幅 {rise_permille / 10}% 不合理，请以千分数填写，例如 28 表示2.8% / enter thousandths: 28 is 2.8 %"
        )
    if not source.strip():
        raise GrantRefused("请写明指数的发布文件 / name the publication the figure is from")
    if month.first_day >= Month.of(on).first_day:
        raise GrantRefused(f"{month.chinese}尚未结束，没有指数 / {month} is not over: it has no index yet")
    last = latest(series, month)
    if last and (last.rise_permille, last.source, last.provenance) == (rise_permille, source, provenance):
        return last
    reading = IndexReading.objects.create(
        series=series,
        month=month.first_day,
        rise_permille=rise_permille,
        source=source.strip(),
        provenance=provenance,
        entered_by_id=actor.official,
        entered_on=on,
    )
    audit.record(
        "price_linkage.enter_reading",
        subject=f"price_linkage.reading:{reading.pk}",
        detail={"series": series, "month": str(month), "rise_permille": rise_permille,
                "was": last.rise_permille if last else None},
    )  # fmt: skip
    return reading


def latest(series: str, month: Month) -> IndexReading | None:
    """The reading that holds for a series and month: the last one entered."""
    return IndexReading.objects.filter(series=series, month=month.first_day).order_by("-id").first()


def event_of(month: Month) -> grants.Event:
    """The event of an index month with its evidence.

    Raises:
        NotTriggered: the readings on record do not reach a threshold, or the sum cannot be computed.
    """
    readings = {series: latest(series, month) for series in SERIES}
    cpi, food = readings["cpi"], readings["food"]
    held = trigger_of(
        month, cpi=cpi.rise_permille if cpi else None, food=food.rise_permille if food else None
    )
    if not held.is_met:
        raise NotTriggered(
            f"{month.chinese}未达到启动条件：居民消费价格 {_percent(held.cpi)}（须达 {_percent(held.cpi_threshold)}），"
            f"食品 {_percent(held.food)}（须达 {_percent(held.food_threshold)}）/ {month} does not reach a threshold"
        )
    if not (amount := subsidy_fen(month, held.measure)):
        raise NotTriggered(
            f"{month.chinese}没有可据以计算标准的涨幅 / no rise on record to compute the sum from"
        )
    m = parameters(month)
    evidence: dict[str, Any] = {
        "readings": {
            series: {
                "rise_permille": r.rise_permille,
                "source": r.source,
                "provenance": r.provenance,
                "id": r.pk,
            }
            for series, r in readings.items()
            if r is not None
        },
        "thresholds": {
            key: {
                "value": m.entry(key).value,
                "source": m.entry(key).source,
                "provenance": m.entry(key).provenance,
            }
            for key in (
                "cpi_threshold",
                "food_threshold",
                "measured_by_trigger",
                "bonus_percent",
                "includes_low_income",
                "pay_days",
            )
        },
        "met_by": list(held.met_by),
        "amount_fen": amount,
    }
    return grants.Event(
        PROGRAMME.code, PRICE_SUBSIDY.code, month, entitled(month, amount), evidence, int(m.pay_days)
    )


_percent = partial(percent, missing="未登记")


def propose(*, month: Month, on: date) -> Activation:
    """Proposes to start the mechanism for an index month and freezes its list (提出启动).

    Raises:
        NotTriggered, EmptyList, NotReady, NotPermitted.
    """
    require("grants.propose", domain=PROGRAMME.code)
    return grants.propose(event=event_of(month), on=on)


@transaction.atomic
def approve(*, activation_id: int, on: date) -> Activation:
    """Approves a start proposed by somebody else (审批启动); a job then tells everybody on the list.

    Raises:
        SameOfficer, ListChanged, NotReady, NotPermitted.
    """
    activation = grants.approve(activation_id=activation_id, on=on)
    tell_job.defer(activation_id=activation.pk, on=on.isoformat())
    return activation


def tell(*, activation_id: int, on: date) -> int:
    """Sends the letters of an approved start (发出告知书); returns how many. Whoever was told is not told again.

    Raises:
        NotReady, NotPermitted.
    """
    write = partial(letter_of, offices=Offices.of_list(activation_id))
    return telling.tell(activation_id=activation_id, write=write, on=on)


@transaction.atomic
def add_late(*, activation_id: int, month: Month, on: date) -> int:
    """Adds whom the registers now show as entitled in the index month (补列), at the sum that was decided."""
    activation = grants.lock_activation(activation_id)
    event = grants.Event(
        PROGRAMME.code,
        PRICE_SUBSIDY.code,
        month,
        entitled(month, int(activation.evidence["amount_fen"])),
        activation.evidence,
        activation.pay_days,
    )
    added = grants.add_late(activation_id=activation_id, event=event, on=on)
    tell_job.defer(activation_id=activation_id, on=on.isoformat())
    return added


def schedule() -> Schedule:
    """How the subsidy is drafted: whatever was decided on and not yet paid."""
    return Schedule(
        PROGRAMME.code, PRICE_SUBSIDY.code, PRICE_SUBSIDY.budget_line, covers=PRICE_SUBSIDY.covers
    )


def pay(*, activation_id: int, month: Month, on: date) -> Batch:
    """Drafts and prepares the batch of an approved activation in an accounting month (生成发放批次)."""
    return grants.pay(activation_id=activation_id, schedules=[schedule()], month=month, on=on)
