"""Words and tones for the states that records may be in.

A state has one word and one colour everywhere. Domains add theirs with `register_statuses` when their app starts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TONES = ("neutral", "info", "good", "warn", "bad", "special")


@dataclass(frozen=True, slots=True)
class Status:
    """A word fit for a letter and the tone of its tag."""

    label: str | Promise
    tone: str = "neutral"


_STATUSES: dict[str, Status] = {
    # awards (待遇)
    "in_force": Status(_("在发"), "good"),
    "suspended": Status(_("暂停"), "warn"),
    "ended": Status(_("已终止"), "neutral"),
    # payments (支付)
    "draft": Status(_("草稿"), "neutral"),
    "drafted": Status(_("已拟"), "neutral"),
    "prepared": Status(_("待审批"), "info"),
    "approved": Status(_("已审批"), "good"),
    "rejected": Status(_("已退回"), "bad"),
    "sent": Status(_("已送银行"), "info"),
    "paid": Status(_("已到账"), "good"),
    "returned": Status(_("银行退票"), "bad"),
    "reissued": Status(_("已重发"), "special"),
    "cancelled": Status(_("已撤销"), "neutral"),
    "closed": Status(_("已关账"), "neutral"),
    # outreach (主动发现)
    "new": Status(_("新线索"), "info"),
    "assigned": Status(_("已分派"), "info"),
    "visited": Status(_("已走访"), "good"),
    "declined": Status(_("本人放弃"), "neutral"),
    "applied": Status(_("已申请"), "good"),
    "not_found": Status(_("查无此人"), "warn"),
    "notified": Status(_("已告知"), "info"),
    "objected": Status(_("有异议"), "warn"),
    "opted_out": Status(_("选择不领"), "neutral"),
    # findings (认定结果)
    "eligible": Status(_("符合"), "good"),
    "may_qualify": Status(_("待核对"), "warn"),
    "not_eligible": Status(_("不符合"), "bad"),
    # jobs, feeds, reviews
    "waiting": Status(_("等待中"), "neutral"),
    "running": Status(_("进行中"), "info"),
    "done": Status(_("已完成"), "good"),
    "failed": Status(_("失败"), "bad"),
    "interrupted": Status(_("中断"), "warn"),
    "accepted": Status(_("已采用"), "good"),
    "corrected": Status(_("已规范"), "info"),
    "review": Status(_("待复核"), "warn"),
    "refused": Status(_("未采用"), "bad"),
    "open": Status(_("待处理"), "info"),
    "overdue": Status(_("已逾期"), "bad"),
}


def register_statuses(statuses: Mapping[str, Status]) -> None:
    """Add a domain's states. A code that exists with another meaning is refused, since one word has one colour."""
    for code, status in statuses.items():
        if status.tone not in TONES:
            raise ValueError(f"{code}: tone {status.tone!r} is not one of {', '.join(TONES)}")
        if code in _STATUSES and _STATUSES[code] != status:
            raise ValueError(f"status {code!r} is already known with another label or tone")
        _STATUSES[code] = status


def status_of(code: str) -> Status:
    """The word and tone of a state; an unknown code is shown as it is, so nothing is hidden."""
    return _STATUSES.get(str(code), Status(str(code)))
