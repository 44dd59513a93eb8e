"""Early screening on the workbench: the street's own people by name, everybody else's as counts."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.domains.dementia_care.catalogue import rules_on, screening_form
from minzheng.domains.dementia_care.errors import DementiaRefused
from minzheng.domains.dementia_care.models import Referral, Screening
from minzheng.domains.dementia_care.screening import (
    STREET_DIGITS,
    counts_by_street,
    record_result,
    screen,
    settle_consent,
)
from minzheng.kernel.access import Actor, may, require
from minzheng.kernel.audit import look
from minzheng.kernel.facilities.queries import my_facility
from minzheng.kernel.people.models import Person
from minzheng.kernel.people.queries import people_by_identifier
from minzheng.kernel.places.queries import names
from minzheng.kernel.ui.formats import masked_name
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.eldercare.dementia import dementia_tabs, word
from minzheng.surfaces.web.eldercare.words import Act, carry_out
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import is_english

_CONSENT = [("1", gettext_lazy("同意转介")), ("0", gettext_lazy("不同意转介"))]
_YES_NO = [("1", gettext_lazy("确诊")), ("0", gettext_lazy("排除"))]


def _is_one(value: str) -> bool:
    return value == "1"


class ScreeningForm(forms.Form):
    """Whose form it is, the questions of the form in force, and what was said to being referred."""

    name = forms.CharField(label=gettext_lazy("姓名"), max_length=50)
    number = forms.CharField(
        label=gettext_lazy("身份证号码"), max_length=18, min_length=15,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in screening_form().questions:
            self.fields[one.code] = forms.TypedChoiceField(
                label=word(one), coerce=int, widget=forms.RadioSelect,
                choices=[(points, en if is_english() else zh) for points, zh, en in one.options],
            )  # fmt: skip
        self.fields["consent"] = forms.TypedChoiceField(
            label=_("如低于分界分，是否同意转介诊断"), choices=[("", _("稍后征求")), *_CONSENT], coerce=_is_one,
            empty_value=None, required=False,
        )  # fmt: skip
        self.fields["consent_by"] = forms.CharField(label=_("由谁答复（本人或监护人）"), max_length=50, required=False)  # fmt: skip


class ConsentForm(forms.Form):
    is_given = forms.TypedChoiceField(
        label=gettext_lazy("答复"), choices=_CONSENT, coerce=_is_one, widget=forms.RadioSelect
    )
    by = forms.CharField(label=gettext_lazy("由谁答复（本人或监护人）"), max_length=50)


class ResultForm(forms.Form):
    is_diagnosed = forms.TypedChoiceField(
        label=gettext_lazy("诊断结果"), choices=_YES_NO, coerce=_is_one, widget=forms.RadioSelect
    )
    hospital = forms.CharField(label=gettext_lazy("医疗机构"), max_length=100)


def _is_street(actor: Actor) -> bool:
    return actor.role in ("street_officer", "neighbourhood_worker") and len(actor.division_code) >= STREET_DIGITS  # fmt: skip


def _state(row: Screening, referral: Referral | None, on: date) -> str:
    if referral is None:
        return "screen_negative"
    if referral.state == "referred" and referral.due_on < on:
        return "screen_overdue"
    return f"screen_{referral.state}"


def listing(request: HttpRequest) -> HttpResponse:
    """Counts of the year by street; a street's own posts have the persons too."""
    actor = require("dementia.look")
    if my_facility() is not None:
        return redirect("dementia")
    on = working_day()
    counts = counts_by_street(date(on.year, 1, 1), on)
    known = names({one.street for one in counts})
    keys = (
        ("screened", _("筛查人数")), ("positive", _("阳性人数")), ("referred", _("转介人数")), ("diagnosed", _("确诊人数")),
    )  # fmt: skip
    totals = {key: sum(getattr(one, key) for one in counts) for key, _label in keys}
    tables = [
        Table(
            [Column("place", _("街镇"), is_heading=True, value=lambda r: known.get(r.street, r.street)),
             *(Column(key, label, kind="count") for key, label in keys)],
            counts, request, name="counts", caption=_("各街镇筛查（只计人数）"), export_name=f"dementia-screening-{on}",
            page_size=30, totals=totals, empty_title=_("本年还没有筛查"),
        )
    ]  # fmt: skip
    if _is_street(actor):
        tables.append(_people(request, on))
    for table in tables:
        if table.wants_export:
            return table.excel_response()
    return render(
        request, "web_eldercare/dementia_screening.html",
        {"tabs": dementia_tabs("dementia_screening"), "tables": tables, "totals": totals, "is_street": _is_street(actor),
         "may_screen": _is_street(actor) and may("dementia.report"), "year": on.year},
    )  # fmt: skip


def _people(request: HttpRequest, on: date) -> Table:
    rows = Screening.objects.select_related("person", "referral").order_by("-screened_on", "-pk")
    return Table(
        [
            Column("person", _("老人"), is_heading=True, value=lambda r: masked_name(r.person.name),
                   href=lambda r: reverse("dementia_screened", args=[r.pk])),
            Column("screened_on", _("筛查日期"), kind="date", order_by="screened_on"),
            Column("score", _("得分"), kind="count", order_by="score"), Column("cut_off", _("分界分"), kind="count"),
            Column("due", _("转介期限"), kind="date", value=lambda r: r.referral.due_on if hasattr(r, "referral") else None),
            Column("state", _("状态"), kind="status", value=lambda r: _state(r, getattr(r, "referral", None), on)),
        ],
        rows, request, name="people", caption=_("本街镇筛查"), is_exportable=False, page_size=30, empty_title=_("还没有登记筛查"),
    )  # fmt: skip


def new(request: HttpRequest) -> HttpResponse:
    """The form is filled and scores itself; a positive one leads to its referral."""
    actor = require("dementia.report")
    if not _is_street(actor):
        return redirect("dementia_screening")
    on = working_day()
    made: list[Screening] = []

    def run(told: dict[str, Any]) -> None:
        number, name = told.pop("number").strip().upper(), told.pop("name").strip()
        person = Person.objects.filter(pk=people_by_identifier([number]).get(number, 0), name=name).first()
        if person is None:
            raise DementiaRefused(
                "姓名与身份证号码不一致，或不是本街镇居民，请核对 / name and number do not agree, or they live elsewhere; check them"
            )
        consent, by = told.pop("consent"), told.pop("consent_by")
        made.append(screen(person=person, answers=told, on=on, consent=consent, consent_by=by))

    acts = {"screen": Act(ScreeningForm, run, _("计分并保存"), _("筛查已登记"), _("筛查表"), tone="")}
    if carry_out(request, acts):
        return redirect("dementia_screened", made[0].pk)
    return render(
        request, "web_eldercare/dementia_new.html",
        {"tabs": dementia_tabs("dementia_screening"), "acts": acts, "act": acts["screen"], "form": screening_form(),
         "cut_off": rules_on(on).entry("cut_off")},
    )  # fmt: skip


def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One screening: answers, score against the cut-off, and the referral with consent, due day and result."""
    require("dementia.look")
    found = get_object_or_404(Screening.objects.select_related("person"), pk=pk)
    look(found.person_id, purpose=_("认知障碍筛查记录"), division_code=found.division_code)
    referral = Referral.objects.filter(screening=found).first()
    on, acts = working_day(), {}
    if referral is not None and may("dementia.report"):
        if referral.is_consented is None:
            acts["consent"] = Act(ConsentForm, lambda told: settle_consent(referral=referral, on=on, **told), _("登记答复"), _("答复已登记"), _("征求同意"))  # fmt: skip
        elif referral.is_consented and referral.is_diagnosed is None:
            acts["result"] = Act(ResultForm, lambda told: record_result(referral=referral, on=on, **told), _("登记结果"), _("结果已登记"), _("诊断结果"))  # fmt: skip
    if carry_out(request, acts):
        return redirect("dementia_screened", pk)
    form = screening_form()
    answers = [
        (word(one), next((en if is_english() else zh for points, zh, en in one.options if points == found.answers.get(one.code)), "—"),
         found.answers.get(one.code))
        for one in form.questions
    ]  # fmt: skip
    return render(
        request, "web_eldercare/dementia_screened.html",
        {"tabs": dementia_tabs("dementia_screening"), "row": found, "answers": answers, "referral": referral,
         "state": _state(found, referral, on), "acts": acts, "form": form},
    )  # fmt: skip
