"""One target: its districts, months, yearly values, and the evidence that counts towards it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from minzheng.kernel.access import current_actor, may, require
from minzheng.kernel.places.queries import names, path_names
from minzheng.kernel.targets.counts import COUNTS
from minzheng.kernel.targets.models import Evidence, Target
from minzheng.kernel.targets.queries import by_district, monthly, standings, yearly
from minzheng.kernel.targets.records import KINDS
from minzheng.kernel.ui.charts import Chart, Series
from minzheng.kernel.ui.forms import DayInput
from minzheng.kernel.ui.frame import NavItem
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.targets.words import STATUSES, mark_of, title_of
from minzheng.surfaces.web.work.choices import offer
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import is_english

PICKED = "evidence"


class RecordForm(forms.Form):
    """One record as evidence; with an expected day it is under way."""

    kind = forms.ChoiceField(label=gettext_lazy("记录类别"))
    pk = forms.IntegerField(label=gettext_lazy("记录编号"), min_value=1)
    expected_on = forms.DateField(
        label=gettext_lazy("预计完成日期"),
        required=False,
        widget=DayInput(),
        help_text=gettext_lazy("在建的填写；已完成的留空"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(
            self,
            "kind",
            [(code, kind.name_en if is_english() else kind.name) for code, kind in KINDS.items()],
        )


class PaperForm(forms.Form):
    """A paper as evidence."""

    title = forms.CharField(label=gettext_lazy("文件名称"), max_length=200)
    amount = forms.IntegerField(label=gettext_lazy("证明的数量"), min_value=1, max_value=1_000_000)
    happened_on = forms.DateField(label=gettext_lazy("完成日期"), widget=DayInput())
    file = forms.FileField(label=gettext_lazy("文件"), help_text=gettext_lazy("PDF、图片、DOCX 或 XLSX"))


def asked_target(number: int) -> Target:
    """A target by its number.

    Raises:
        Http404: there is none.
    """
    require("targets.look")
    found = Target.objects.filter(pk=number).first()
    if found is None:
        raise Http404("no such target")
    return found


@require_safe
def page(request: HttpRequest, number: int) -> HttpResponse:
    """Who is behind, which number is missing, and what proves the rest."""
    target, day = asked_target(number), working_day()
    return show(
        request, target, RecordForm(prefix="record"), PaperForm(prefix="paper", initial={"happened_on": day})
    )


def show(
    request: HttpRequest, target: Target, record_form: RecordForm, paper_form: PaperForm
) -> HttpResponse:
    """The page with its two forms, as they are or as they were sent wrongly."""
    day = working_day()
    districts, evidence = _districts(request, target), _evidence(request, target)
    exported = next((t.excel_response() for t in (districts, evidence) if t.wants_export), None)
    if exported is not None:
        return exported
    count = COUNTS.get(target.count)
    actor = current_actor()
    return render(
        request,
        "targets/target.html",
        {
            "target": target, "title": title_of(target), "standing": standings([target], on=day)[target.pk], "day": day,
            "mark": mark_of(standings([target], on=day)[target.pk], target), "districts": districts, "evidence": evidence,
            "months": _months(target) if not target.count else None, "years": _years(target), "count": count,
            "count_name": count and (count.name_en if is_english() else count.name),
            "may_report": may("targets.report") and not target.closed_on and not target.count,
            "may_decide": may("targets.manage") and not target.closed_on,
            "is_deciding": request.GET.get("state") == Evidence.State.REPORTED, "states": _state_tabs(request, target),
            "record_form": record_form, "paper_form": paper_form, "is_project": target.kind == Target.Kind.PROJECT,
            "place": path_names([actor.division_code])[actor.division_code] if actor else "",
        },
    )  # fmt: skip


def _districts(request: HttpRequest, target: Target) -> Table:
    rows = by_district(target, on=working_day())
    known = names({row.code for row in rows})
    is_project = target.kind == Target.Kind.PROJECT
    columns = [
        Column("name", _("区"), is_heading=True, value=lambda r: known.get(r.code, r.code)),
        Column("value", _("目标"), kind="count", order_by="value"),
        Column("done", _("已完成"), kind="count", order_by="done"),
        Column("share", _("完成比例"), kind="percent", value=lambda r: r.share, order_by="share"),
    ]
    if is_project:
        columns += [
            Column("waiting", _("待核定"), kind="count", order_by="waiting"),
            Column("under_way", _("在建"), kind="count", order_by="under_way"),
            Column("due", _("序时应完成"), kind="count", value=lambda r: r.due),
        ]
    columns += [
        Column(
            "missing",
            _("落后") if is_project else _("差"),
            kind="count",
            value=lambda r: r.missing,
            order_by="missing",
        )
    ]
    if is_project:
        columns += [
            Column("at_this_pace", _("按序时推算全年"), kind="count", value=lambda r: r.at_this_pace),
            Column("with_under_way", _("按在建推算全年"), kind="count", value=lambda r: r.with_under_way),
        ]
    columns += [Column("state", _("进展"), kind="status", value=lambda r: mark_of(r, Target()))]
    return Table(
        columns, rows, request, caption=_("分区进展"), name="districts", export_name=f"target-{target.code}-districts",
        page_size=20, empty_title=_("没有分区目标"),
    )  # fmt: skip


def _evidence(request: HttpRequest, target: Target) -> Table:
    rows = (
        Evidence.objects.filter(target=target)
        .select_related("reported_by", "decided_by")
        .order_by("-happened_on", "-pk")
    )
    state = request.GET.get("state", "")
    if state in Evidence.State.values:
        rows = rows.filter(state=state)
    can_pick = may("targets.manage") and not target.closed_on and state == Evidence.State.REPORTED
    return Table(
        [
            Column("title", _("佐证"), is_heading=True, hint=_what, href=_opens),
            Column("division_code", _("区划")),
            Column("amount", _("数量"), kind="count"),
            Column("happened_on", _("日期"), kind="date", order_by="happened_on"),
            Column("state", _("状态"), kind="status", value=lambda e: f"evidence_{e.state}", order_by="state",
                   hint=lambda e: e.words),
            Column("reported_by", _("上报"), value=lambda e: e.reported_by.name),
            Column("decided_by", _("核定"), value=lambda e: e.decided_by.name if e.decided_by else ""),
        ],
        rows, request, caption=_("佐证清单"), name="evidence", export_name=f"target-{target.code}", page_size=25,
        empty_title=_("还没有佐证"), empty_text=_("没有佐证的完成不计数。"),
        select_name=PICKED if can_pick else "", select_value=lambda e: str(e.pk),
        form_id="decide" if can_pick else "",
    )  # fmt: skip


def _state_tabs(request: HttpRequest, target: Target) -> list[NavItem]:
    """The list as a whole, and by state with how many there are."""
    found = dict(
        Evidence.objects.filter(target=target).values_list("state").annotate(n=Count("pk")).order_by("state")
    )
    now = request.GET.get("state", "")
    words = {state: str(STATUSES[f"evidence_{state}"].label) for state in Evidence.State.values}
    return [
        NavItem(_("全部佐证"), "?#evidence-list", now == "", sum(found.values())),
        *(NavItem(words[s], f"?state={s}#evidence-list", now == s, n) for s, n in found.items()),
    ]


def _what(one: Evidence) -> str:
    if one.record_kind == Evidence.PAPER:
        return _("文件 %(hash)s…") % {"hash": one.paper_sha256[:12]}
    kind = KINDS.get(one.record_kind)
    label = (kind.name_en if is_english() else kind.name) if kind else one.record_kind
    return f"{label} {one.record_id}"


def _opens(one: Evidence) -> str:
    return reverse("target_paper", args=[one.paper_sha256]) if one.paper_sha256 else ""


def _months(target: Target) -> Chart:
    found, total, sums = monthly(target), 0, []
    for month in range(1, 13):
        total += found[month]
        sums.append(total)
    return Chart(
        id="chart-target-months", title=_("逐月完成（已核定）"), kind="bar", category_label=_("月份"),
        categories=[_("%(n)s月") % {"n": month} for month in range(1, 13)],
        series=[Series(_("当月"), [found[month] for month in range(1, 13)]), Series(_("累计"), sums)],
    )  # fmt: skip


def _years(target: Target) -> list[dict[str, Any]]:
    """The value of each year for the whole, where the target asks more than one."""
    asked = yearly(target)
    if target.kind == Target.Kind.PROJECT:
        return []
    return [{"year": year, "value": values.get(target.division_code)} for year, values in asked.items()]
