"""The pages of elder care beside each other; each part adds its own lines to `TABS`."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minzheng.domains.eldercare_facilities import HOME
from minzheng.kernel.access import may
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.ui.frame import NavItem

# Address, label, permission.
TABS: list[tuple[str, str, str]] = [
    ("eldercare_work", gettext_noop("总览"), "facilities.look"),
    ("eldercare_register", gettext_noop("设施名册"), "facilities.look"),
    ("eldercare_filings", gettext_noop("备案"), "facilities.look"),
    ("eldercare_basic_beds", gettext_noop("保基本床位"), "stays.look"),
    ("assessments", gettext_noop("需求评估"), "assessments.look"),
    ("bed_queue", gettext_noop("床位轮候"), "stays.allocate"),
    ("bed_pool", gettext_noop("床位池"), "stays.look"),
    ("family_beds", gettext_noop("家庭照护床位"), "stays.look"),
    ("eldercare_expiring", gettext_noop("证照到期"), "facilities.look"),
    ("eldercare_relief", gettext_noop("纾困扶持"), "facilities.look"),
    ("supervision", gettext_noop("监督检查"), "inspections.look"),
    ("dementia", gettext_noop("认知障碍照护"), "dementia.look"),
    ("workforce", gettext_noop("护理队伍"), "workforce.look"),
]
# The pages of one facility.
FACILITY_TABS: list[tuple[str, str, str]] = [
    ("eldercare_facility", gettext_noop("床位与入住"), "facilities.look"),
    ("eldercare_papers", gettext_noop("收费与证照"), "facilities.look"),
    ("eldercare_incidents", gettext_noop("突发事件"), "stays.look"),
    ("eldercare_medical", gettext_noop("医养结合"), "facilities.look"),
    ("eldercare_filing", gettext_noop("备案与停业"), "facilities.look"),
    ("supervision_facility", gettext_noop("监督检查"), "inspections.look"),
    ("dementia_facility", gettext_noop("认知障碍照护"), "dementia.look"),
    ("workforce_facility", gettext_noop("护理队伍"), "workforce.look"),
]


def eldercare_tabs(current: str) -> list[NavItem]:
    return [NavItem(_(label), reverse(name), name == current) for name, label, needs in TABS if may(needs)]


def facility_tabs(facility: Facility, current: str) -> list[NavItem]:
    return [
        NavItem(_(label), reverse(name, args=[facility.pk]), name == current)
        for name, label, needs in FACILITY_TABS
        if may(needs) and (name != "dementia_facility" or facility.kind == HOME)
    ]
