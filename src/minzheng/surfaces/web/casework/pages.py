"""What every page of casework shows: the client whom I attend to now, and the tabs of the area."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from minzheng.kernel.access import Actor, NotPermitted, current_actor, may
from minzheng.kernel.people.models import Attendance
from minzheng.kernel.ui.frame import NavItem


@dataclass(frozen=True, slots=True)
class Attended:
    """The client at the counter: whom, since when, for what; `members` of the household are seen as well."""

    person_id: int
    name: str
    since: datetime
    until: datetime
    purpose: str
    members: int


def me() -> Actor:
    """The official who acts; these pages are closed to residents.

    Raises:
        NotPermitted: nobody acts, or a resident does.
    """
    actor = current_actor()
    if actor is None or actor.post_id is None:
        raise NotPermitted("仅限工作人员 / for officials only")
    return actor


def attending() -> Attended | None:
    """Whom the acting post attends to now; one query."""
    actor = me()
    rows = list(
        Attendance.objects.filter(post_id=actor.post_id, closed_at=None, until__gt=timezone.now())
        .select_related("person")
        .order_by("id")[:40]
    )
    client = next((row for row in rows if row.way == Attendance.Way.IDENTIFIED), None)
    if client is None:
        return None
    return Attended(
        client.person_id, client.person.name, client.since, client.until, client.purpose, len(rows) - 1
    )


def show(
    request: HttpRequest, template: str, context: dict[str, Any], *, status: int | None = None
) -> HttpResponse:
    """A page of the area, with the banner of whom I attend to."""
    return render(
        request, f"casework/{template}.html", {"attended": attending(), **context}, status=status or 200
    )


def tabs(current: str) -> list[NavItem]:
    """The lists beside the queue, as far as the post may open them."""
    entries = [
        ("case_queue", _("办件"), "cases.look"),
        ("case_publications", _("公示期满"), "cases.examine"),
        ("case_reviews", _("复核与复议"), "cases.look"),
        ("case_sampled", _("抽查决定"), "cases.review"),
        ("case_disputes", _("数据异议"), "sources.review"),
        ("case_ratings", _("好差评回访"), "cases.look"),
        ("case_help", _("在线帮办"), "cases.help"),
        ("case_automatic", _("免申即享"), "outreach.look"),
        ("case_items", _("事项目录"), "items.look"),
    ]
    return [NavItem(label, reverse(name), name == current) for name, label, needs in entries if may(needs)]
