"""What the booking pages share: the moment in hand, names in the reader's language, how an act is tried."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TypeVar
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.domains.marriage_registration.booking import MARRIAGE
from minzheng.kernel.access.limits import limit
from minzheng.kernel.bookings.errors import BookingRefused
from minzheng.kernel.people.models import Identifier
from minzheng.kernel.periods import SHANGHAI, now_utc
from minzheng.kernel.ui.statuses import Status, register_statuses
from minzheng.surfaces.web.work.acts import said
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import is_english

Result = TypeVar("Result")
REQUESTS_A_MINUTE = 240
STATES = {
    "entered": (gettext_lazy("已报名待抽签"), "info"),
    "waiting": (gettext_lazy("候补中"), "info"),
    "offered": (gettext_lazy("有名额待确认"), "warn"),
    "booked": (gettext_lazy("已预约"), "good"),
    "arrived": (gettext_lazy("已到场"), "info"),
    "done": (gettext_lazy("已办结"), "neutral"),
    "cancelled": (gettext_lazy("已取消"), "neutral"),
    "withdrawn": (gettext_lazy("登记处取消"), "warn"),
    "lapsed": (gettext_lazy("已失效"), "neutral"),
    "no_show": (gettext_lazy("未到场"), "bad"),
}
register_statuses({f"booking_{code}": Status(*state) for code, state in STATES.items()})
WEEKDAYS = [gettext_lazy("周一"), gettext_lazy("周二"), gettext_lazy("周三"), gettext_lazy("周四"),
            gettext_lazy("周五"), gettext_lazy("周六"), gettext_lazy("周日")]  # fmt: skip
CARDS = [
    (Identifier.Kind.CITIZEN, gettext_lazy("居民身份证")),
    (Identifier.Kind.HK_MACAO, gettext_lazy("港澳居民证件")),
    (Identifier.Kind.TAIWAN, gettext_lazy("台湾居民证件")),
    (Identifier.Kind.PASSPORT, gettext_lazy("护照")),
]


def instant() -> datetime:
    """The moment in hand: the working day at the clock's time, so that a demonstration lives in its own year."""
    return datetime.combine(working_day(), now_utc().astimezone(SHANGHAI).timetz())


def day_words(day: date) -> str:
    """A day with its weekday: 8月12日（周五）."""
    return _("%(month)s月%(day)s日（%(weekday)s）") % {
        "month": day.month,
        "day": day.day,
        "weekday": WEEKDAYS[day.weekday()],
    }


def moment_words(at: datetime | None) -> str:
    """An instant as people say it: 8月12日（周五）09:00."""
    if at is None:
        return ""
    local = at.astimezone(SHANGHAI)
    return f"{day_words(local.date())}{local:%H:%M}"


def item_name(code: str) -> str:
    for item in MARRIAGE.items:
        if item.code == code:
            return item.name_en if is_english() else item.name
    return code


def items() -> list[tuple[str, str]]:
    return [(item.code, item_name(item.code)) for item in MARRIAGE.items]


def code_words(code: str) -> str:
    return f"{code[:3]} {code[3:]}"


def new_key() -> str:
    """Names one press of a button; the form carries it, so that a double click acts once."""
    return uuid4().hex


def attempt(request: HttpRequest, act: Callable[[], Result], *, done: str = "") -> Result | None:
    """Runs an act; says `done` where it went well, and why not where it was refused (then None)."""
    try:
        result = act()
    except BookingRefused as refusal:
        messages.error(request, said(refusal))
        return None
    if done:
        messages.success(request, done)
    return result


def limit_public(request: HttpRequest) -> None:
    """Counts a request to a page that needs no account, by address."""
    limit(f"marriage:{request.META.get('REMOTE_ADDR', '')}", REQUESTS_A_MINUTE)


def number_of(text: object) -> int | None:
    """A record's number as a form sends it; None where it is none."""
    return (
        int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 19 else None
    )
