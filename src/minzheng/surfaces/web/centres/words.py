"""Names of groups, states and waits in the reader's language."""

from __future__ import annotations

from datetime import time

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.kernel.access.limits import limit
from minzheng.kernel.centres.catalogue import item_groups, priorities
from minzheng.kernel.centres.opening import Span
from minzheng.surfaces.web.work.words import is_english

# A hall's telephones share one address, so the limit leaves room for a full hall.
REQUESTS_A_MINUTE = 240

TICKET_STATES = {
    "waiting": (gettext_lazy("等候"), "info"),
    "transferred": (gettext_lazy("转窗等候"), "special"),
    "called": (gettext_lazy("已叫号"), "warn"),
    "serving": (gettext_lazy("办理中"), "good"),
    "held": (gettext_lazy("暂挂"), "warn"),
    "done": (gettext_lazy("已办"), "neutral"),
    "left": (gettext_lazy("过号或离开"), "neutral"),
    "closed_out": (gettext_lazy("闭门未办"), "special"),
}
APPOINTMENT_STATES = {
    "booked": (gettext_lazy("已预约"), "good"),
    "arrived": (gettext_lazy("已到场"), "info"),
    "cancelled": (gettext_lazy("已取消"), "neutral"),
    "withdrawn": (gettext_lazy("中心取消"), "warn"),
    "no_show": (gettext_lazy("未到场"), "bad"),
}


def group_name(code: str) -> str:
    group = item_groups().get(code)
    if group is None:
        return code
    return group.name_en if is_english() else group.name


def priority_name(code: str) -> str:
    found = priorities().get(code)
    if found is None:
        return code
    return found.name_en if is_english() else found.name


def priority_proof(code: str) -> str:
    found = priorities()[code]
    return found.proof_en if is_english() else found.proof


def wait_words(wait: tuple[int, int] | None) -> str:
    """A range of minutes as people say it, in steps of five.

    Nobody is promised a minute: below five it is `5 分钟以内`.
    """
    if wait is None:
        return _("暂无窗口受理")
    low, high = wait[0] // 5 * 5, -(-wait[1] // 5) * 5
    if high == 0:
        return _("无需等候")
    if high <= 5:
        return _("5 分钟以内")
    if low == 0:
        return _("%(high)s 分钟以内") % {"high": high}
    return _("%(low)s–%(high)s 分钟") % {"low": low, "high": high}


def span_words(spans: list[Span]) -> str:
    return "、".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in spans) or _("不开放")


def clock(moment: time) -> str:
    return f"{moment:%H:%M}"


def limit_public(request: HttpRequest) -> None:
    """Counts a request to a page that needs no account, by address."""
    limit(f"centres:{request.META.get('REMOTE_ADDR', '')}", REQUESTS_A_MINUTE)
