"""Today's bookings of an office, as the desk needs them: in their order, the next one, done when the act is (预约)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from minzheng.kernel.facilities.models import Facility


@dataclass(frozen=True, slots=True)
class Waiting:
    """One booking of today."""

    pk: int
    clock: str
    names: str
    item: str
    state: str
    queue_number: int | None
    may_call: bool
    is_next: bool = False


def today(office: Facility, on: date) -> list[Waiting]:
    return []


def call_next(office: Facility, on: date) -> Waiting | None:
    return None


def prefilled(asked: str, waiting: list[Waiting]) -> dict[str, Any]:
    return {}


def done(pk: int) -> None:
    return None
