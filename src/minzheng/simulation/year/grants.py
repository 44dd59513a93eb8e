"""Grants by event in the year (按事件发放): the index of the month before, and a start where it calls for one; one-off notices.

The readings are the illustrative ones of `domains/price_linkage/data`; which months start, and what is paid, follows from
them by the law of the mechanism. The notices of one-off subsidies are those of `data/money.yaml`, our assumption too; whom they
pay follows from the registers and from the list that the employment office sends.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from minzheng.domains.one_off_subsidies import actions as one_off
from minzheng.domains.one_off_subsidies.lists import COLUMNS, take_list
from minzheng.domains.one_off_subsidies.notice import Notice
from minzheng.domains.one_off_subsidies.programme import PROGRAMME as ONE_OFF
from minzheng.domains.price_linkage import actions
from minzheng.domains.price_linkage.importing import DEMONSTRATION, readings_of
from minzheng.domains.price_linkage.programme import PROGRAMME
from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.eventgrants.errors import EmptyList, NotTriggered
from minzheng.kernel.eventgrants.models import Activation
from minzheng.kernel.payments.actions import draft_orders
from minzheng.kernel.payments.schedule import Schedule
from minzheng.kernel.storage.bulk import read_frame
from minzheng.simulation.year.desk import PROPOSER, STARTER, post, workday
from minzheng.simulation.year.draw import pick
from minzheng.simulation.year.engine import SERVICE, Life
from minzheng.simulation.year.payments import open_accounts, settle_batches
from minzheng.simulation.year.rates import rate
from minzheng.simulation.year.register import facts, living
from minzheng.simulation.year.work import UNEMPLOYED

_LISTED = """
    SELECT e.person_id FROM eventgrants_entry e JOIN eventgrants_activation a ON a.id = e.activation_id
    WHERE a.state = 'approved'
"""
_NUMBERS = """
    SELECT person_id, min(value) FROM people_identifier
    WHERE kind = 'citizen' AND is_primary AND person_id = ANY(%s) GROUP BY 1
"""


def follow_prices(life: Life) -> dict[str, Any]:
    """Enters the reading of the month before; where it reaches a line, two officials start the mechanism and it is paid.

    The money goes within the days of the law, apart from the month's other batches.
    """
    told = {"readings": 0, "starts": 0, "listed": 0, "letters": 0, "batches": 0, "paid": 0, "returned": 0}
    index = life.month - 1
    read_on, propose_on, approve_on = (workday(life.month, number) for number in (7, 8, 9))
    with acting(post(PROPOSER)):
        for reading in readings_of(DEMONSTRATION):
            if reading.month == index:
                actions.enter_reading(
                    series=reading.series,
                    month=index,
                    rise_permille=reading.rise_permille,
                    source=reading.source,
                    provenance=reading.provenance,
                    on=read_on,
                )
                told["readings"] += 1
        try:
            started = actions.propose(month=index, on=propose_on)
        except (NotTriggered, EmptyList):
            return told
    told["starts"], told["listed"] = 1, started.list_count
    with acting(post(STARTER)):
        if started.state == Activation.State.PROPOSED:
            actions.approve(activation_id=started.pk, on=approve_on)
        told["letters"] = actions.tell(activation_id=started.pk, on=approve_on)
    _pay_list(life, PROGRAMME.code, [actions.schedule()], told)
    return told


def pay_one_offs(life: Life) -> dict[str, Any]:
    """The month's notices, if it has any: two officials start each as of the month's first day, and it is paid."""
    told = {"starts": 0, "listed": 0, "letters": 0, "batches": 0, "paid": 0, "returned": 0}
    list_on, propose_on, approve_on = (workday(life.month, number) for number in (7, 8, 9))
    stated = [one for one in rate("one_off.notices") if one["month"] == str(life.month)]
    for one in stated:
        notice = Notice(
            benefit=one["benefit"],
            cutoff_on=life.month.first_day,
            amounts={group: yuan * 100 for group, yuan in one["amounts"].items()},
            source=one["paper"],
            provenance="illustrative",
            pay_days=rate("one_off.pay_days"),
        )
        file = _unemployed_in_difficulty(life) if "unemployed" in notice.amounts else b""
        with acting(post(PROPOSER)):
            if file:
                take_list(
                    benefit=notice.benefit,
                    month=life.month,
                    file_name="困难失业人员.csv",
                    content=file,
                    on=list_on,
                )
            try:
                started = one_off.propose(notice=notice, on=propose_on)
            except EmptyList:
                continue
        told["starts"] += 1
        told["listed"] += started.list_count
        with acting(post(STARTER)):
            if started.state == Activation.State.PROPOSED:
                one_off.approve(activation_id=started.pk, on=approve_on)
            told["letters"] += one_off.tell(activation_id=started.pk, on=approve_on)
    if told["starts"]:
        _pay_list(life, ONE_OFF.code, one_off.schedules(), told)
    return told


def _pay_list(life: Life, programme: str, schedules: list[Schedule], told: dict[str, int]) -> None:
    """Drafts and settles what was started; who lacks an account reads in the letter how to name one, as members of a household
    paid through its head do."""
    open_accounts(life, waiting=_LISTED, on=workday(life.month, 9))
    with acting_as_service(SERVICE):
        draft_orders(month=life.month, benefits=schedules, on=workday(life.month, 10))
    settle_batches(life, programme, first=10, told=told)


def _unemployed_in_difficulty(life: Life) -> bytes:
    """The employment office's list (困难失业人员名单): some of the local people without work, with the numbers it knows them by."""
    with acting_as_service(SERVICE):
        people = living(life.month.first_day, "name", "is_local")
        jobless = facts(["employment"], life.month.first_day).filter(pl.col("employment") == UNEMPLOYED)
        listed = pick(
            people.filter("is_local").join(jobless, on="person_id").with_columns(weight=pl.lit(1.0)),
            expected=life.share(rate("one_off.unemployed_listed")),
            seed=life.seed,
            month=life.month,
            purpose="unemployed listed",
        )
        numbers = read_frame(
            _NUMBERS, [listed["person_id"].to_list()], schema={"person_id": pl.Int64, "value": pl.String}
        )
    rows = listed.join(numbers, on="person_id").sort("key").select("value", "name").iter_rows()
    return "\n".join([",".join(COLUMNS), *(",".join(row) for row in rows)]).encode()
