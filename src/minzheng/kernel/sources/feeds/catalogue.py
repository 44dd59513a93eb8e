"""Which module takes which contract's rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, cast

from minzheng.kernel.sources.contract import Contract
from minzheng.kernel.sources.feeds import (
    deaths,
    disability,
    enrolment,
    income,
    means,
    person_facts,
    population,
    roster,
)
from minzheng.kernel.sources.rows import Context, Row

_FEEDS = {
    "population": population,
    "deaths": deaths,
    "income": income,
    "person_facts": person_facts,
    "enrolment": enrolment,
    "disability": disability,
    "means": means,
    "roster": roster,
}


class Feed(Protocol):
    def check(self, rows: Sequence[Row], context: Context) -> None: ...

    def apply(self, rows: Sequence[Row], context: Context) -> None: ...


def feed_of(contract: Contract) -> Feed:
    return cast("Feed", _FEEDS[contract.feed])
