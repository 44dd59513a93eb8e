"""Words of the elder-care pages, and how a page carries out an act."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.kernel.access import may
from minzheng.kernel.ui.statuses import Status
from minzheng.surfaces.web.work.acts import succeeded

STATUSES = {
    "stay_planned": Status(gettext_lazy("已预留"), "info"),
    "stay_present": Status(gettext_lazy("在住"), "good"),
    "stay_away": Status(gettext_lazy("外出"), "warn"),
    "stay_ended": Status(gettext_lazy("已离开"), "neutral"),
    "stay_cancelled": Status(gettext_lazy("已取消"), "neutral"),
    "filing_filed": Status(gettext_lazy("待审核"), "info"),
    "filing_approved": Status(gettext_lazy("已备案"), "good"),
    "filing_returned": Status(gettext_lazy("已退回"), "bad"),
    "relief_claimed": Status(gettext_lazy("待审核"), "info"),
    "relief_approved": Status(gettext_lazy("已批准"), "good"),
    "relief_refused": Status(gettext_lazy("未批准"), "bad"),
    "relief_paid": Status(gettext_lazy("已拨付"), "good"),
}
OWNERSHIP = {
    "public": gettext_lazy("公办公营"),
    "public_built": gettext_lazy("公建民营"),
    "private": gettext_lazy("民办"),
}
UNITS = {
    "month": gettext_lazy("元/月"),
    "day": gettext_lazy("元/日"),
    "meal": gettext_lazy("元/份"),
    "hour": gettext_lazy("元/小时"),
}
ENDS = {
    "left": gettext_lazy("离院"),
    "deceased": gettext_lazy("死亡"),
    "moved": gettext_lazy("换床"),
    "closed": gettext_lazy("机构停业"),
}


@dataclass(slots=True)
class Act:
    """Something a page can do: its form, what is run with the cleaned data, the button's and the answer's words."""

    form: Any
    run: Callable[[dict[str, Any]], Any]
    label: str
    done: str
    title: str = ""
    tone: str = "secondary"
    verb: str = ""


def carry_out(request: HttpRequest, acts: Mapping[str, Act]) -> bool:
    """Runs the act that was posted; True when it went well. Each act's `form` becomes a form to be shown."""
    posted = request.POST.get("verb", "") if request.method == "POST" else ""
    for verb, act in acts.items():
        act.verb = verb
        act.form = act.form(request.POST if verb == posted else None, auto_id=f"{verb}_%s")
    chosen = acts.get(posted)
    if chosen is None or not chosen.form.is_valid():
        return False
    return succeeded(request, lambda: chosen.run(chosen.form.cleaned_data), done=chosen.done)


class NothingForm(forms.Form):
    """An act that asks nothing."""


def may_run(facility_id: int, mine: int | None, permission: str) -> bool:
    """Whether the reader may change this facility: its own post, or an official of the place."""
    return may(permission) and mine in (None, facility_id)


def choose(words: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [("", _("请选择")), *words.items()]
