"""Friendly communities on the workbench: the streets taking part, and one street's year."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.domains.dementia_care import communities as acts_of
from minzheng.domains.dementia_care.models import Community, CommunityTask, SelfCheck
from minzheng.kernel.access import may, require
from minzheng.kernel.facilities.queries import my_facility
from minzheng.kernel.places.models import Division
from minzheng.kernel.places.queries import names, scope
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.eldercare.dementia import dementia_tabs, word
from minzheng.surfaces.web.eldercare.forms import with_choices
from minzheng.surfaces.web.eldercare.words import Act, NothingForm, carry_out
from minzheng.surfaces.web.work.day import working_day


class JoinForm(forms.Form):
    division_code = forms.ChoiceField(label=gettext_lazy("街镇"))
    batch = forms.IntegerField(label=gettext_lazy("批次"), min_value=1, max_value=50)
    document = forms.CharField(label=gettext_lazy("文件"), max_length=60)


class EvidenceForm(forms.Form):
    task = forms.TypedChoiceField(label=gettext_lazy("任务"), coerce=int)
    text = forms.CharField(
        label=gettext_lazy("完成情况和佐证材料"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class CheckForm(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("自查情况"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class AssessForm(forms.Form):
    has_passed = forms.TypedChoiceField(
        label=gettext_lazy("评估结论"), choices=[("1", gettext_lazy("通过")), ("0", gettext_lazy("不通过"))],
        coerce=lambda value: value == "1", widget=forms.RadioSelect,
    )  # fmt: skip
    opinion = forms.CharField(
        label=gettext_lazy("评估意见"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


def _state(check: SelfCheck | None) -> str:
    if check is None:
        return "check_none"
    return {None: "check_waiting", True: "check_passed", False: "check_failed"}[check.has_passed]


def listing(request: HttpRequest) -> HttpResponse:
    """The streets taking part with this year's tasks and self-check; the district takes in another."""
    actor = require("dementia.look")
    if my_facility() is not None:
        return redirect("dementia")
    on, place = working_day(), actor.division_code or "310000"
    rows = list(acts_of.communities_of(on.year)[:400])
    checks = acts_of.checks_of(on.year, [row.pk for row in rows])
    known = names({row.division_code for row in rows} | {row.division_code[:6] for row in rows})
    table = Table(
        [
            Column("place", _("街镇"), is_heading=True, value=lambda r: known.get(r.division_code, r.division_code),
                   href=lambda r: reverse("dementia_community", args=[r.pk])),
            Column("district", _("区"), value=lambda r: known.get(r.division_code[:6], "")),
            Column("batch", _("批次"), kind="count", order_by="batch"),
            Column("started_on", _("开始日期"), kind="date", order_by="started_on"),
            Column("tasks", _("已有佐证的任务"), value=lambda r: f"{r.tasks_shown} / {r.tasks_all}"),
            Column("evidence", _("佐证"), kind="status",
                   value=lambda r: "tasks_shown" if r.tasks_all and r.tasks_shown == r.tasks_all else "tasks_lacking"),
            Column("check", _("年度自查"), kind="status", value=lambda r: _state(checks.get(r.pk))),
        ],
        rows, request, caption=_("参与建设的街镇"), export_name=f"dementia-streets-{on}", page_size=30,
        empty_title=_("还没有街镇参与"),
    )  # fmt: skip
    if table.wants_export:
        return table.excel_response()
    acts: dict[str, Act] = {}
    if may("dementia.decide"):
        low, high = scope(place)
        streets = [
            (one.code, one.name)
            for one in Division.objects.filter(
                code__gte=low, code__lt=high, code__regex=r"^[0-9]{9}$", during__contains=on
            ).exclude(code__in=[row.division_code for row in rows]).order_by("code")[:400]
        ]  # fmt: skip
        acts["join"] = Act(
            with_choices(JoinForm, division_code=streets), lambda told: acts_of.join_street(on=on, **told), _("纳入"),
            _("街镇已纳入，任务已下达"), _("纳入街镇"),
        )  # fmt: skip
    if carry_out(request, acts):
        return redirect("dementia_communities")
    passed = sum(one.has_passed is True for one in checks.values())
    return render(
        request, "web_eldercare/dementia_communities.html",
        {"tabs": dementia_tabs("dementia_communities"), "table": table, "acts": acts, "count": len(rows), "year": on.year,
         "checked": len(checks), "passed": passed,
         "lacking": sum(row.tasks_shown < row.tasks_all for row in rows)},
    )  # fmt: skip


def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One street's year: which tasks lack evidence, its self-check, its assessment."""
    require("dementia.look")
    found = get_object_or_404(Community, pk=pk)
    on = working_day()
    year = on.year
    tasks = list(CommunityTask.objects.filter(community=found, year=year).order_by("pk"))
    check = SelfCheck.objects.filter(community=found, year=year).first()
    acts = _acts(found, tasks, check, year)
    if carry_out(request, acts):
        return redirect("dementia_community", pk)
    return render(
        request, "web_eldercare/dementia_community.html",
        {
            "tabs": dementia_tabs("dementia_communities"), "row": found, "place": names([found.division_code]).get(found.division_code),
            "tasks": [(word(one), one, "tasks_shown" if one.evidence else "tasks_lacking") for one in tasks],
            "lacking": [word(one) for one in tasks if not one.evidence], "check": check, "state": _state(check),
            "acts": acts, "year": year,
        },
    )  # fmt: skip


def _acts(found: Community, tasks: list[CommunityTask], check: SelfCheck | None, year: int) -> dict[str, Act]:
    on, acts = working_day(), {}
    is_done = check is not None and check.has_passed is True
    if not tasks and may("dementia.decide"):
        acts["year"] = Act(NothingForm, lambda _told: acts_of.open_year(community=found, year=year), _("下达本年任务"), _("任务已下达"))  # fmt: skip
    if tasks and not is_done and may("dementia.report"):
        by_pk: dict[int, Any] = {one.pk: one for one in tasks}
        offered = [(one.pk, word(one)) for one in sorted(tasks, key=lambda one: (bool(one.evidence), one.pk))]
        acts["evidence"] = Act(
            with_choices(EvidenceForm, task=offered), lambda told: acts_of.give_evidence(task=by_pk[told["task"]], text=told["text"], on=on),
            _("提交佐证"), _("佐证已提交"), _("提交佐证"),
        )  # fmt: skip
        acts["check"] = Act(
            CheckForm, lambda told: acts_of.check_itself(community=found, year=year, words=told["words"], on=on),
            _("提交自查"), _("自查已提交"), _("年度自查"),
        )  # fmt: skip
    if check is not None and check.has_passed is None and may("dementia.decide"):
        acts["assess"] = Act(
            AssessForm, lambda told: acts_of.assess(check=check, on=on, **told), _("评估"), _("评估已登记"), _("评估"), tone=""
        )  # fmt: skip
    return acts
