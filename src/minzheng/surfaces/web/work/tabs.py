"""The pages of an area beside each other, as tabs."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from minzheng.kernel.access import may
from minzheng.kernel.ui.frame import NavItem


def payment_tabs(current: str) -> list[NavItem]:
    entries = [
        ("work_payments", _("批次"), "payments.look"),
        ("work_returns", _("银行回盘"), "payments.look"),
        ("work_payments_held", _("暂缓"), "payments.look"),
        ("work_overpaid", _("多发处理"), "payments.look"),
        ("work_ledger", _("账目"), "ledger.look"),
        ("city_prices", _("物价联动"), "grants.look"),
        ("city_one_off", _("一次性补贴"), "grants.look"),
    ]
    return [NavItem(label, reverse(name), name == current) for name, label, needs in entries if may(needs)]


def lead_tabs(current: str) -> list[NavItem]:
    entries = [("work_leads", _("线索")), ("work_leads_map", _("分布")), ("work_notices", _("告知与异议"))]
    return [NavItem(label, reverse(name), name == current) for name, label in entries]
