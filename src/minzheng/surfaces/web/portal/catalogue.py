"""The door and the catalogue (服务大厅、事项目录): find a service by everyday words, read what it asks and gives.

Open to everybody; nothing here asks the registers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minzheng.kernel import items
from minzheng.kernel.access.actor import RESIDENT
from minzheng.kernel.access.middleware import open_to_all
from minzheng.kernel.items import Heading, Item, ItemNotInForce
from minzheng.kernel.items.model import Channel
from minzheng.surfaces.web.portal import item_words
from minzheng.surfaces.web.portal.language import said
from minzheng.surfaces.web.portal.reading import wants_large_text
from minzheng.surfaces.web.work.day import working_day

PAGE = 20
FOUND = 20
USUAL = ("subsistence_allowance_apply", "old_age_allowance", "disability_nursing")


@dataclass(frozen=True, slots=True)
class Group:
    """A heading of the catalogue with how many items stand under it, and a few of them."""

    heading: Heading
    count: int
    examples: list[Item]


def groups_on_show() -> list[Group]:
    """Every heading with its items of today, in the catalogue's order."""
    by_group: dict[str, list[Item]] = {}
    for item in items.items_on(working_day()):
        by_group.setdefault(item.group, []).append(item)
    return [
        Group(heading, len(by_group[heading.name]), by_group[heading.name][:3])
        for heading in items.groups()
        if heading.name in by_group
    ]


def front(request: HttpRequest) -> HttpResponse:
    """The front door: a search box, the usual services, every heading."""
    large = wants_large_text(request)
    shown = items.catalogue()
    return render(
        request,
        "portal/front_large.html" if large else "web/front.html",
        {
            "groups": groups_on_show(),
            "usual": [shown[code] for code in USUAL if code in shown],
            "joined": list(items.joined().values()),
            "total": len(shown),
        },
    )


@open_to_all
@require_safe
def services(request: HttpRequest) -> HttpResponse:
    """The catalogue by heading and department, and what a search finds in it."""
    asked = request.GET.get("q", "").strip()[:80]
    group, department = request.GET.get("group", ""), request.GET.get("department", "")
    online = request.GET.get("online") == "1"
    day = working_day()
    found = [hit.item for hit in items.search(asked, limit=FOUND, on=day)] if asked else items.items_on(day)
    chosen = [
        item
        for item in found
        if (not group or item.group == group)
        and (not department or item.department == department)
        and (not online or Channel.ONLINE in item.channels)
    ]
    pages = Paginator(chosen, PAGE)
    page = pages.get_page(request.GET.get("page"))
    return render(
        request,
        "portal/services.html",
        {
            "asked": asked,
            "group": group,
            "department": department,
            "online": online,
            "groups": items.groups(),
            "departments": items.departments(),
            "page": page,
            "rows": [_listed(item) for item in page],
            "joined": [hit.item for hit in items.search_joined(asked)] if asked else [],
            "query": _query(request),
        },
    )


def _query(request: HttpRequest) -> str:
    """The present choice without the page, to put before another page's number."""
    kept = request.GET.copy()
    kept.pop("page", None)
    return kept.urlencode()


def _listed(item: Item) -> dict[str, Any]:
    return {
        "item": item,
        "group": item_words.group_of(item),
        "department": item_words.department_of(item),
        "online": Channel.ONLINE in item.channels,
        "days": item_words.total_workdays(item),
    }


@open_to_all
@require_safe
def service(request: HttpRequest, code: str) -> HttpResponse:
    """One item: who may apply, what it takes, how long, what it gives, on which paper, and how to object."""
    item = item_today(code)
    actor = getattr(request, "actor", None)
    return render(
        request,
        "portal/service.html",
        {
            "item": item,
            "group": item_words.group_of(item),
            "department": item_words.department_of(item),
            "bring": item_words.papers_to_bring(item),
            "not_bring": item_words.papers_not_to_bring(item),
            "timeline": item_words.timeline_of(item),
            "days": item_words.total_workdays(item),
            "channels": item_words.channels_of(item),
            "online": Channel.ONLINE in item.channels,
            "automatic": Channel.AUTOMATIC in item.channels,
            "result_kind": str(item_words.RESULTS[item.result.kind]),
            "is_resident": actor is not None and actor.kind == RESIDENT,
            "objections": objections(item),
        },
    )


def item_today(code: str) -> Item:
    """The version of an item in force today; 404 where there is none."""
    try:
        return items.item_on(code, working_day())
    except (KeyError, ItemNotInForce) as missing:
        raise Http404 from missing


def objections(item: Item) -> list[str]:
    """How to object to a decision, in words. Sources: 行政复议法 (2017) 第九条, 行政诉讼法 第四十六条."""
    ways = []
    if item.may_review:
        ways.append(
            _("收到决定书之日起 %(days)s 日内，可以向作出决定的机关申请复核。") % {"days": item.review_days}
        )
    if item.may_appeal:
        ways.append(_("收到决定书之日起 60 日内，可以向区人民政府申请行政复议（行政复议法 第九条）。"))
        ways.append(_("收到决定书之日起 6 个月内，可以向人民法院提起行政诉讼（行政诉讼法 第四十六条）。"))
    return ways


def title_of(code: str, version: str = "") -> str:
    """An item's name in the reader's language; the code itself where it was taken out of the catalogue."""
    try:
        return said(items.item_version(code, version) if version else items.catalogue()[code])
    except KeyError:
        return code
