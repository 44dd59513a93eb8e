"""Starts of grants by event as a table (启动一览): list, sum, day to pay by, what was paid, who decided."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from django.utils.translation import gettext as _

from minzheng.kernel.eventgrants.queries import Row
from minzheng.kernel.ui import formats
from minzheng.kernel.ui.tables import Column, Table


def year_asked(request: HttpRequest, today: date) -> int:
    """The year of the address, or this one."""
    asked = request.GET.get("year", "")
    return int(asked) if asked.isdecimal() and 2020 <= int(asked) <= 2100 else today.year


def starts_table(
    request: HttpRequest,
    rows: list[Row],
    leading: list[Column],
    *,
    today: date,
    caption: str,
    name: str,
    empty: str,
) -> Table:
    """The starts with a page's own leading columns."""

    def paid(row: Row) -> str:
        if row.is_paid:
            words = _("%(day)s 按期付清") if row.is_in_time else _("%(day)s 付清，已过期限")
            return words % {"day": formats.day(row.paid_on)}
        return _("已超过期限") if row.is_overdue(today) else ""

    return Table(
        [
            *leading,
            Column("state", _("状态"), value=lambda r: r.activation.get_state_display()),
            Column("count", _("名单人数"), kind="count", value=lambda r: r.activation.list_count,
                   hint=lambda r: _("补列 %(late)s，剔除 %(struck)s") % {"late": r.late, "struck": r.struck}),
            Column("fen", _("名单金额"), kind="money", value=lambda r: r.activation.list_fen),
            Column("pay_by", _("须付至"), kind="date", value=lambda r: r.activation.pay_by, hint=paid),
            Column("paid_fen", _("已付"), kind="money",
                   hint=lambda r: _("暂缓 %(held)s 笔") % {"held": formats.count(r.held)} if r.held else ""),
            Column("officials", _("提出与审批"), value=lambda r: " · ".join(
                o.name for o in (r.activation.proposed_by, r.activation.approved_by) if o)),
            Column("digest", _("名单摘要"), value=lambda r: r.activation.list_sha256[:12]),
        ],
        rows, request, caption=caption, export_name=name, empty_text=empty,
    )  # fmt: skip
