"""What could I get? (我能得到什么): two minutes, no account, nothing kept.

Three short screens; the answers so far travel as hidden fields of the next screen's form. No row is written and no
session begun. Who has signed in is shown what the registers say instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from minzheng.kernel.access.actor import RESIDENT
from minzheng.kernel.access.middleware import open_to_all
from minzheng.kernel.periods import Month
from minzheng.kernel.rules import LawError
from minzheng.surfaces.web.portal import check_results
from minzheng.surfaces.web.portal.check_answers import (
    HomeForm,
    HowManyForm,
    MemberForm,
    inputs_from,
    names_of,
)
from minzheng.surfaces.web.work.day import working_day

Carried = dict[str, list[str]]
SCREENS = ("members", "people", "home", "result")


@open_to_all
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """One screen of the check, or its result; `screen` names the one that was just filled in, `back` the one to return to."""
    if request.method == "GET":
        return _screen(request, 1, [HowManyForm()], {})
    posted = request.POST
    how_many = HowManyForm(posted)
    if not how_many.is_valid():
        return _screen(request, 1, [how_many], {})
    count = how_many.cleaned_data["members"]
    said_before = {"members": [str(count)]}
    if posted.get("back") == "members":
        return _screen(
            request, 1, [HowManyForm(initial={"members": str(count)})], _carried(posted, "people", "home")
        )
    people = [MemberForm(posted, about=at) for at in range(count)]
    filled, back = posted.get("screen"), posted.get("back")
    if filled == "members" or back == "people":
        shown = [MemberForm(initial=_initial(posted, f"m{at}-"), about=at) for at in range(count)]
        return _screen(request, 2, shown, said_before | _carried(posted, "home"))
    if not all(one.is_valid() for one in people):
        return _screen(request, 2, people, said_before | _carried(posted, "home"))
    said_before |= _carried(posted, "people")
    if filled == "people" or back == "home":
        return _screen(request, 3, [HomeForm(initial=_initial(posted, ""))], said_before)
    home = HomeForm(posted)
    if not home.is_valid():
        return _screen(request, 3, [home], said_before)
    members = [one.cleaned_data for one in people]
    names = names_of(members)
    on = working_day()
    try:
        inputs = inputs_from(members, home.cleaned_data, Month.of(on))
        answers = check_results.answer(inputs, names, on)
    except LawError:
        answers = None
    carried = said_before | _carried(posted, "home")
    return render(request, "portal/check_result.html", {"answers": answers, "carried": _pairs(carried)})


def _screen(request: HttpRequest, number: int, forms: Sequence[Form], carried: Carried) -> HttpResponse:
    actor = getattr(request, "actor", None)
    return render(
        request,
        "portal/check.html",
        {
            "number": number,
            "screen": SCREENS[number - 1],
            "back": SCREENS[number - 2] if number > 1 else "",
            "forms": forms,
            "carried": _pairs(carried),
            "steps": [_("家里几个人"), _("每个人的情况"), _("家里的财产"), _("结果")],
            "is_resident": actor is not None and actor.kind == RESIDENT,
        },
    )


def _carried(posted: QueryDict, *screens: str) -> Carried:
    """The answers of these screens as they were posted, to travel on."""
    names = set(HomeForm.base_fields)
    kept: Carried = {}
    for key in posted:
        of_people = key[:1] == "m" and "-" in key
        if ("people" in screens and of_people) or ("home" in screens and key in names):
            kept[key] = [value[:200] for value in posted.getlist(key)]
    return dict(list(kept.items())[:80])


def _pairs(carried: Carried) -> list[tuple[str, str]]:
    """The same as hidden fields."""
    return [(name, value) for name, values in carried.items() for value in values]


def _initial(posted: QueryDict, prefix: str) -> dict[str, Any]:
    """What was posted for one form before, to show it again."""
    found: dict[str, Any] = {}
    for key in posted:
        if key.startswith(prefix):
            values = posted.getlist(key)
            found[key.removeprefix(prefix)] = values if key == "support" else values[-1]
    return found


@open_to_all
@require_safe
def how(request: HttpRequest) -> HttpResponse:
    """How the two-minute check works, and what becomes of the answers."""
    return render(request, "portal/how.html")
