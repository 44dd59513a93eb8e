"""What every page of marriage registration shows on the workbench: its tabs, its frame, a refusal said in words."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy

from minzheng.kernel.access import Actor, NotPermitted, current_actor, may
from minzheng.kernel.audit import look
from minzheng.kernel.people.models import Person
from minzheng.kernel.ui.frame import NavItem

# The area's pages → a permission that opens each.
_TABS: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("marriage_desk", gettext_lazy("登记台"), ("marriage.look",)),
    ("marriage_calendar", gettext_lazy("预约"), ("bookings.look",)),
    ("marriage_register", gettext_lazy("登记档案"), ("marriage.look",)),
    ("marriage_archive", gettext_lazy("历史档案"), ("marriage.look",)),
    ("marriage_manage", gettext_lazy("登记处管理"), ("marriage.look",)),
    ("marriage_statistics", gettext_lazy("登记统计"), ("marriage.look", "statistics.look")),
    ("marriage_agencies", gettext_lazy("婚介机构"), ("marriage.look", "inspections.look")),
)


def me() -> Actor:
    """The official who acts; these pages are closed to residents.

    Raises:
        NotPermitted: nobody acts, or a resident does.
    """
    actor = current_actor()
    if actor is None or actor.post_id is None:
        raise NotPermitted("仅限工作人员 / for officials only")
    return actor


def require_any(*permissions: str) -> Actor:
    """The acting official, where the post carries one of the permissions.

    Raises:
        NotPermitted.
    """
    actor = me()
    if not any(may(one) for one in permissions):
        raise NotPermitted(f"需要权限 {'、'.join(permissions)} 之一 / needs one of {', '.join(permissions)}")
    return actor


def tabs(current: str) -> list[NavItem]:
    """The pages of the area, as far as the post may open them."""
    return [
        NavItem(str(label), reverse(name), name == current)
        for name, label, needs in _TABS
        if any(may(one) for one in needs)
    ]


def show(
    request: HttpRequest, template: str, context: dict[str, Any], *, tab: str = "", status: int = 200
) -> HttpResponse:
    """A page of the area."""
    return render(request, f"marriage/{template}.html", {"tabs": tabs(tab), **context}, status=status)


def look_at_parties(row: Any, purpose: str, reason: str = "") -> None:
    """Both parties of a row with the columns of a `Pair` can see who read it."""
    people = [pk for pk in (row.man_person_id, row.woman_person_id) if pk]
    for pk, division in Person.objects.filter(pk__in=people).values_list("pk", "division_code"):
        look(pk, purpose=purpose, reason=reason, division_code=division)
