"""From a what-if to the parameter files: the paper is named, another officer confirms, the files are handed out."""

from __future__ import annotations

import difflib
from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from minzheng.kernel.access import current_actor, may, require
from minzheng.kernel.audit import record
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import load_programmes
from minzheng.kernel.reforms import promotion as promoting
from minzheng.kernel.reforms.changes import from_json
from minzheng.kernel.reforms.errors import ReformRefused
from minzheng.kernel.reforms.models import Promotion, PromotionState, Reform
from minzheng.kernel.reforms.parameter_files import ProposedFile, later_values
from minzheng.kernel.reforms.queries import open_promotion
from minzheng.kernel.ui.forms import DayInput
from minzheng.surfaces.web.reforms.words import asked_reform, change_views
from minzheng.surfaces.web.work.acts import attempt, said
from minzheng.surfaces.web.work.day import working_day


class PaperForm(forms.Form):
    """The notice that makes the what-if law."""

    number = forms.CharField(
        label=gettext_lazy("文号"), max_length=60, help_text=gettext_lazy("例如：沪民规〔2022〕10号")
    )
    title = forms.CharField(label=gettext_lazy("文件名称"), max_length=120)
    on = forms.DateField(label=gettext_lazy("印发日期"), widget=DayInput())
    effective_on = forms.DateField(
        label=gettext_lazy("施行日期"),
        widget=DayInput(),
        help_text=gettext_lazy("待遇按自然月计发：施行日不是一日的，从次月起按新标准发放。"),
    )


class DecisionForm(forms.Form):
    words = forms.CharField(
        label=gettext_lazy("复核意见"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def page(request: HttpRequest, number: int) -> HttpResponse:
    """The form for the paper; once written, the proposal with its files and what happens next."""
    reform = asked_reform(number)
    found = open_promotion(reform)
    if found is None:
        return _write(request, reform)
    actor = current_actor()
    return render(
        request,
        "reforms/promotion.html",
        {
            "reform": reform,
            "changes": change_views(reform),
            "promotion": found,
            "files": [{"file": f.file, "diff": _diff(f)} for f in promoting.files_of(found)],
            "first_month": found.first_month.first_day,
            "state": _state(found),
            "obstacle": _obstacle(found),
            "later": later_values(load_programmes(), from_json(reform.changes), found.effective_on),
            "is_own": actor is not None and found.proposed_by_id == actor.official_id,
            "may_decide": may("reforms.promote") and found.state == PromotionState.PROPOSED,
            "form": DecisionForm(),
        },
    )


def _write(request: HttpRequest, reform: Reform) -> HttpResponse:
    require("reforms.promote")
    form = PaperForm(
        request.POST if request.method == "POST" else None, initial={"effective_on": _next_month()}
    )
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        paper = promoting.Paper(
            told["number"].strip(), told["title"].strip(), told["on"], told["effective_on"]
        )
        try:
            promoting.propose(reform=reform, paper=paper, on=working_day())
            return redirect("reform_promotion", reform.pk)
        except ReformRefused as refusal:
            form.add_error(None, said(refusal))
    rejected = reform.promotions.filter(state=PromotionState.REJECTED).order_by("-id").first()
    return render(
        request,
        "reforms/propose.html",
        {"reform": reform, "changes": change_views(reform), "form": form, "rejected": rejected},
    )


def _next_month() -> date:
    return (Month.of(working_day()) + 1).first_day


def _state(found: Promotion) -> str:
    return "adopted" if promoting.is_adopted(found) else found.state


def _obstacle(found: Promotion) -> str:
    """What stands in the way of adoption now; nothing once it is adopted."""
    if promoting.is_adopted(found):
        return ""
    try:
        promoting.check(found)
    except ReformRefused as refusal:
        return said(refusal)
    return ""


def _diff(file: ProposedFile) -> str:
    """The change as a patch against the present file, for `git apply` in a checkout's src folder."""
    parameter = next(p for p in load_programmes() if p.code == file.programme).parameters.parameters[file.key]
    before = parameter.path.read_text(encoding="utf-8").splitlines(keepends=True)
    after = file.text.splitlines(keepends=True)
    return "".join(difflib.unified_diff(before, after, f"a/{file.file}", f"b/{file.file}"))


@require_POST
def decide(request: HttpRequest, number: int) -> HttpResponse:
    """Confirmed or sent back by another officer."""
    reform = asked_reform(number)
    found = open_promotion(reform)
    if found is None:
        raise Http404("nothing to decide")
    confirm = request.POST.get("decision") == "confirm"
    form = DecisionForm(request.POST)
    words = form.cleaned_data["words"] if form.is_valid() else ""
    attempt(
        request,
        lambda: promoting.decide(promotion=found, confirm=confirm, words=words, on=working_day()),
        done=_("已复核，参数文件可以下载和写入。") if confirm else _("已退回拟稿人。"),
    )
    return redirect("reform_promotion" if confirm else "reform", number)


@require_safe
def download(request: HttpRequest, number: int, at: int) -> HttpResponse:
    """One parameter file of a confirmed proposal."""
    found = _confirmed(number)
    files = promoting.files_of(found)
    if at >= len(files):
        raise Http404("no such file")
    _trace(found, files[at].file)
    return _file(files[at].text, files[at].file.rsplit("/", 1)[-1], "application/yaml")


@require_safe
def patch(request: HttpRequest, number: int) -> HttpResponse:
    """All files of a confirmed proposal as one patch."""
    found = _confirmed(number)
    _trace(found, "patch")
    text = "".join(_diff(file) for file in promoting.files_of(found))
    return _file(text, f"parameters-{found.pk}.patch", "text/x-diff")


def _confirmed(number: int) -> Promotion:
    found = open_promotion(asked_reform(number))
    if found is None or found.state != PromotionState.CONFIRMED:
        raise Http404("not confirmed")
    return found


def _trace(found: Promotion, what: str) -> None:
    record("reforms.download", subject=f"reforms.promotion:{found.pk}", detail={"file": what})


def _file(text: str, name: str, kind: str) -> HttpResponse:
    answer: Any = HttpResponse(text.encode(), content_type=f"{kind}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
