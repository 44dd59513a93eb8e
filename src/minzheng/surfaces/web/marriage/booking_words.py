"""What the booking pages share: the moment in hand, names in the reader's language, how an act is tried."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from minzheng.domains.marriage_registration.booking import MARRIAGE
from minzheng.kernel.access.limits import limit
from minzheng.kernel.people.models import Identifier
from minzheng.kernel.periods import SHANGHAI, now_utc
from minzheng.kernel.ui.statuses import Status, register_statuses
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import day_words, is_english

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
CARDS = [
    (Identifier.Kind.CITIZEN, gettext_lazy("居民身份证")),
    (Identifier.Kind.HK_MACAO, gettext_lazy("港澳居民证件")),
    (Identifier.Kind.TAIWAN, gettext_lazy("台湾居民证件")),
    (Identifier.Kind.PASSPORT, gettext_lazy("护照")),
]


def instant() -> datetime:
    """The moment in hand: the working day at the clock's time, so that a demonstration lives in its own year."""
    return datetime.combine(working_day(), now_utc().astimezone(SHANGHAI).timetz())


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


def limit_public(request: HttpRequest) -> None:
    """Counts a request to a page that needs no account, by address."""
    limit(f"marriage:{request.META.get('REMOTE_ADDR', '')}", REQUESTS_A_MINUTE)
