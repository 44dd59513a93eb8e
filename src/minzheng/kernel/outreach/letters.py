"""Letters in plain Chinese for what happens without an application (告知书正文)."""

from __future__ import annotations

from datetime import date

from minzheng.kernel.money import format_yuan
from minzheng.kernel.periods import Month

_REASONS = {
    "hukou_not_local": "您的户籍已不在本市",
    "deregistered": "您的户籍已经注销",
    "conditions_not_met": "您已不符合规定的条件",
    "facts_changed": "您的年龄档次或登记情况有变化",
    "facts_and_standard_changed": "发放标准和您的登记情况都有变化",
}


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def grant_letter(
    *, name: str, benefit: str, statute: str, since: Month, monthly_fen: int, until: date
) -> str:
    """Tells somebody that an award will start, since when, how much, and how to object or opt out."""
    return (
        f"{name}：\n"
        f"根据{statute}，您自{since.chinese}起符合{benefit}的条件，现在每月为{format_yuan(monthly_fen)}元。"
        f"这项待遇不需要您申请。\n"
        f"如果您认为情况有误，或者不愿意享受，请在{_day(until)}前告诉居住地的居（村）民委员会或街道（乡镇）社区事务受理服务中心。"
        f"到期没有异议的，将自动发放，并补发自{since.chinese}起的金额。\n"
    )


def change_letter(
    *, name: str, benefit: str, since: Month, before_fen: int, after_fen: int, reason: str
) -> str:
    """Tells somebody that the monthly amount changes."""
    return (
        f"{name}：\n"
        f"因{_REASONS.get(reason, reason)}，您的{benefit}自{since.chinese}起由每月{format_yuan(before_fen)}元"
        f"调整为每月{format_yuan(after_fen)}元。\n"
        "如有疑问，可以向街道（乡镇）社区事务受理服务中心查询，也可以提出异议。\n"
    )


def standard_letter(
    *, name: str, benefit: str, since: Month, before_fen: int, after_fen: int, paper: str
) -> str:
    """Tells somebody that the standard changed, by which paper."""
    return (
        f"{name}：\n"
        f"发放标准已经调整（{paper}）。您的{benefit}自{since.chinese}起由每月{format_yuan(before_fen)}元"
        f"调整为每月{format_yuan(after_fen)}元，不需要您办理手续。\n"
    )


def end_letter(*, name: str, benefit: str, last: Month, reason: str) -> str:
    """Tells somebody that an award ends, why, and that they may object."""
    return (
        f"{name}：\n"
        f"因{_REASONS.get(reason, reason)}，您的{benefit}发放至{last.chinese}为止。\n"
        "如果您认为情况有误，可以向街道（乡镇）社区事务受理服务中心提出异议，也可以依法申请行政复议。\n"
    )
