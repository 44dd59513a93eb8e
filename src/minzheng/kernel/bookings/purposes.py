"""What places are booked for: a domain declares its purpose once, when its app is ready."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from minzheng.kernel.bookings.errors import BookingRefused


@dataclass(frozen=True, slots=True)
class Item:
    """What people come for (事项), and how many of them are named in the booking at least and at most."""

    code: str
    name: str
    name_en: str
    least: int = 1
    most: int = 1


@dataclass(frozen=True, slots=True)
class Purpose:
    """A use of calendars, e.g. marriage; who holds one open booking of it holds no other."""

    code: str
    name: str
    name_en: str
    items: Sequence[Item]

    def item(self, code: str) -> Item:
        """The item of this code.

        Raises:
            BookingRefused: there is none.
        """
        for item in self.items:
            if item.code == code:
                return item
        known = "、".join(f"{item.name}（{item.code}）" for item in self.items)
        raise BookingRefused(
            f"没有事项 {code}，可预约：{known} / there is no item {code} to book; there are "
            + ", ".join(item.code for item in self.items)
        )


_PURPOSES: dict[str, Purpose] = {}


def register_purpose(purpose: Purpose) -> None:
    """Lets a domain's purpose be booked; repeating it changes nothing."""
    _PURPOSES[purpose.code] = purpose


def purpose_of(code: str) -> Purpose:
    """The purpose of this code.

    Raises:
        BookingRefused: no domain declared it.
    """
    if code not in _PURPOSES:
        raise BookingRefused(f"没有登记用途 {code} / no domain declared the purpose {code}")
    return _PURPOSES[code]
