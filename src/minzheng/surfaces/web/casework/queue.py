"""My queue (我的办件): by deadline and place, the next case one press away, safe things done together."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from minzheng.kernel.access import may, require
from minzheng.kernel.audit import record
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.errors import CaseError
from minzheng.kernel.cases.models import Case
from minzheng.kernel.cases.queries import find_by_number
from minzheng.kernel.cases.states import State
from minzheng.kernel.items import catalogue, groups
from minzheng.kernel.places.queries import children
from minzheng.kernel.ui.frame import NavItem
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.casework import queue_queries as queries
from minzheng.surfaces.web.casework.pages import me, show, tabs
from minzheng.surfaces.web.casework.queue_queries import Mark
from minzheng.surfaces.web.casework.words import CHANNELS, case_title, item_name, place_words
from minzheng.surfaces.web.work.choices import offer
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import due_words, is_english

TAB_WORDS = {
    "mine": gettext_lazy("待我办"),
    "accept": gettext_lazy("待受理"),
    "confirm": gettext_lazy("待复核"),
    "correcting": gettext_lazy("补正中"),
    "passed": gettext_lazy("转送"),
    "late": gettext_lazy("已超期"),
    "all": gettext_lazy("全部在办"),
}


class FilterForm(forms.Form):
    item = forms.ChoiceField(label=gettext_lazy("事项"), required=False)
    group = forms.ChoiceField(label=gettext_lazy("类别"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("渠道"), required=False)
    due = forms.ChoiceField(label=gettext_lazy("期限"), required=False)
    place = forms.ChoiceField(label=gettext_lazy("办理地"), required=False)

    def __init__(self, *args: Any, places: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = [("", _("全部"))]
        names = sorted(
            ((code, item_name(item)) for code, item in catalogue().items()), key=lambda one: one[1]
        )
        offer(self, "item", [*every, *names])
        offer(self, "group", [*every, *((g.name, g.name_en if is_english() else g.name) for g in groups())])
        offer(self, "channel", [*every, *CHANNELS.items()])
        offer(
            self,
            "due",
            [*every, ("overdue", _("已超期")), ("soon", _("七天内到期")), ("none", _("无期限在走"))],
        )
        offer(self, "place", [*every, *places])


def _places(division: str, on: date) -> list[tuple[str, str]]:
    """The places one level below the post's own; a street has none."""
    if len(division) >= 9:
        return []
    return [(row.code, row.name) for row in children(division, on)[:60]]


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """One tab of the queue, the nearest deadline first; a number in the search opens its case."""
    require("cases.look")
    if request.GET.get("number", "").strip():
        return _by_number(request)
    actor, on = me(), working_day()
    tab = request.GET.get("tab", "mine")
    tab = tab if tab in queries.TABS else "mine"
    form = FilterForm(request.GET, places=_places(actor.division_code, on), auto_id="filter_%s")
    chosen = {name: form[name].value() or "" for name in form.fields} if form.is_valid() else {}
    rows = queries.narrowed(queries.of_tab(actor, tab, on), **chosen, on=on)
    mark = Mark.parse(request.GET.get("after", ""))
    wants_export = request.GET.get("export") == "xlsx"
    found = queries.page_after(
        rows,
        None if wants_export else mark,
        queries.EXPORTED if wants_export else queries.PAGE + 1,
    )
    is_more = not wants_export and len(found) > queries.PAGE
    found = found if wants_export else found[: queries.PAGE]
    table = _table(request, found, on)
    if table.wants_export:
        record("cases.export_list", detail={"cases": len(found), "tab": tab, "filters": _used(chosen)})
        return table.excel_response()
    counts, is_capped = queries.counts(actor, on)
    return show(
        request,
        "queue",
        {
            "table": table,
            "form": form,
            "tab": tab,
            "active": len(_used(chosen)),
            "areas": tabs("case_queue"),
            "tabs": [
                NavItem(str(TAB_WORDS[one]), f"?tab={one}", one == tab, counts.get(one, 0))
                for one in queries.TABS
            ],
            "is_capped": is_capped,
            "counted": queries.COUNTED,
            "first_href": _href(request, after=None) if mark else "",
            "next_href": _href(request, after=str(Mark(found[-1].due_on, found[-1].pk))) if is_more else "",
            "may_move": counts.get("mine", 0) > 0,
        },
    )


def _used(chosen: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in chosen.items() if value}


def _href(request: HttpRequest, **changes: str | None) -> str:
    query = request.GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    return f"?{query.urlencode()}"


def _table(request: HttpRequest, rows: list[Case], on: date) -> Table:
    places = place_words(
        {code for case in rows for code in (case.deciding_division, case.accepting_division)}
    )
    return Table(
        columns=[
            Column("title", _("事项"), is_heading=True, value=case_title, href=_address, hint=lambda case: case.number),
            Column("person_name", _("受益人"), hint=lambda case: _("申请人 %(name)s") % {"name": case.applicant_name}
                   if case.applicant_name != case.person_name else ""),
            Column("state", _("状态"), kind="status", value=lambda case: f"case_{case.state}"),
            Column("due_on", _("期限"), kind="date", hint=lambda case: due_words(case.due_on, on)[0] if case.due_on else ""),
            Column("channel", _("渠道"), value=lambda case: str(CHANNELS.get(case.channel, case.channel))),
            Column("accepting_division", _("受理地"), value=lambda case: places.get(case.accepting_division, "")),
            Column("deciding_division", _("办理地"), value=lambda case: places.get(case.deciding_division, "")),
            Column("submitted_on", _("提交日期"), kind="date"),
        ],
        source=rows, request=request, caption=_("办件"), export_name="cases", page_size=max(len(rows), 1),
        is_counted=False, empty_title=_("没有这样的办件"), empty_text=_("换一个标签，或清除筛选。"),
    )  # fmt: skip


def _address(case: Case) -> str:
    return reverse("case", args=[case.pk])


def _by_number(request: HttpRequest) -> HttpResponse:
    found = find_by_number(request.GET["number"][:40])
    if found is None:
        messages.error(request, _("没有这个编号的办件，或不在可见范围内。"))
        return redirect("case_queue")
    return redirect("case", found.pk)


@require_safe
def next_case(request: HttpRequest) -> HttpResponse:
    """Opens the most urgent case that I can move, past the one just seen."""
    require("cases.look")
    found = queries.next_for(me(), working_day(), Mark.parse(request.GET.get("after", "")))
    if found is None:
        messages.success(request, _("没有等您办理的办件了。"))
        return redirect("case_queue")
    if found.state == State.SUBMITTED and may("cases.help", found.domain):
        return redirect("case_form", found.pk)
    return redirect("case", found.pk)


@require_safe
def publications(request: HttpRequest) -> HttpResponse:
    """Publications whose days are over without any objection; they may be ended together."""
    require("cases.examine")
    actor, on = me(), working_day()
    rows = list(queries.publications_over(actor, on)[: queries.PAGE * 2])
    places = place_words({one.place for one in rows})
    table = Table(
        columns=[
            Column("title", _("事项"), is_heading=True, value=lambda one: case_title(one.case),
                   href=lambda one: _address(one.case), hint=lambda one: one.case.number),
            Column("words", _("公示内容")),
            Column("place", _("公示地点"), value=lambda one: places.get(one.place, one.place)),
            Column("from_on", _("自"), kind="date"),
            Column("until_on", _("至"), kind="date"),
        ],
        source=rows, request=request, caption=_("公示期满、无异议"), is_exportable=False, is_counted=False,
        page_size=max(len(rows), 1), select_name="case", select_value=lambda one: one.case_id, form_id="bulk",
        empty_title=_("没有期满的公示"), empty_text=_("公示期满且无人提出异议的，会列在这里。"),
    )  # fmt: skip
    return show(request, "publications", {"table": table, "areas": tabs("case_publications")})


@require_POST
def close_publications(request: HttpRequest) -> HttpResponse:
    """Ends the chosen publications; each in its own step, so that one refusal does not keep the rest from ending."""
    require("cases.examine")
    on, done, refused = working_day(), 0, 0
    chosen = {int(v) for v in request.POST.getlist("case") if v.isascii() and v.isdigit() and len(v) < 19}
    allowed = set(
        queries.publications_over(me(), on).filter(case_id__in=chosen).values_list("case_id", flat=True)
    )
    for pk in sorted(allowed):
        try:
            actions.close_publication(case=pk, on=on)
            done += 1
        except CaseError:
            refused += 1
    if done:
        messages.success(request, _("%(count)s 件公示已结束，进入决定环节。") % {"count": done})
    if refused or not chosen:
        messages.error(
            request,
            _("%(count)s 件没有结束，请逐件打开办理。") % {"count": refused} if chosen else _("请先选择。"),
        )
    return redirect("case_publications")


urls = [
    path("cases/", overview, name="case_queue"),
    path("cases/next/", next_case, name="case_next"),
    path("cases/publications/", publications, name="case_publications"),
    path("cases/publications/close/", close_publications, name="case_publications_close"),
]
