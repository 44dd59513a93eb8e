"""Notices to a resident, and their answer: no objection, an objection, or not wanting it (告知书、异议、放弃)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minzheng.kernel.outreach.models import Notice, NoticeState
from minzheng.kernel.outreach.queries import notices_of_person
from minzheng.kernel.programmes import load_programmes
from minzheng.surfaces.web.jobs import answer_notice, waiting_answer
from minzheng.surfaces.web.letters import issuing_office
from minzheng.surfaces.web.resident.oneself import oneself
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import benefit_name


class AnswerForm(forms.Form):
    """What the resident wants to say to the notice."""

    answer = forms.ChoiceField(
        label=gettext_lazy("您的意见"),
        choices=[
            ("object", gettext_lazy("我认为告知书上的情况有误")),
            ("opt_out", gettext_lazy("情况没有错，但我不想领取")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择您的意见")},
    )
    words = forms.CharField(
        label=gettext_lazy("说明"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("认为有误的，请写明哪里不对。"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("answer") == "object" and len(cleaned.get("words", "").strip()) < 4:
            self.add_error("words", _("请写明哪里不对，至少四个字"))
        return cleaned


def listed(notice: Notice) -> dict[str, Any]:
    """A notice in a list: what it is about, where it stands, whether an answer is still possible."""
    waiting = waiting_answer(notice.pk)
    return {
        "notice": notice,
        "name": benefit_name(notice.benefit),
        "status": f"notice_{notice.state}",
        "waiting": waiting,
        "is_open": not waiting and may_answer(notice),
    }


def may_answer(notice: Notice) -> bool:
    """Whether the window for an answer is open: a grant that was announced, until its last day."""
    return (
        notice.about == Notice.About.GRANT
        and notice.state == NoticeState.ISSUED
        and notice.window_until is not None
        and working_day() <= notice.window_until
    )


@require_http_methods(["GET", "POST"])
def notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """One notice sent to me, with the day until which I may object or say that I do not want it."""
    who = oneself(request)
    found = notices_of_person(who.pk).filter(pk=notice_id).first()
    if found is None:
        raise Http404
    told = listed(found)
    form = AnswerForm(request.POST or None) if told["is_open"] else None
    if request.method == "POST":
        if form is None:
            messages.warning(request, _("这份告知书现在不能再提出意见。"))
            return redirect("my_notice", notice_id)
        if form.is_valid():
            answer_notice(
                notice_id=found.pk,
                person_id=who.pk,
                answer=form.cleaned_data["answer"],
                words=form.cleaned_data["words"].strip(),
                on=working_day(),
            )
            messages.success(request, _("已收到您的意见，正在登记。"))
            return redirect("my_notice", notice_id)
    programme = next((p for p in load_programmes() if p.code == found.programme), None)
    greeting, _mark, body = found.letter.partition("\n")
    return render(
        request,
        "web/resident/notice.html",
        {
            **told,
            "form": form,
            "paragraphs": [line for line in (body or greeting).splitlines() if line.strip()],
            "letter": {
                "office": issuing_office(programme, who.division_code) if programme else "",
                "number": "",
                "title": _("%(name)s告知书") % {"name": told["name"]},
                "to": who.name,
                "on": found.issued_on,
            },
        },
    )


urls = [path("notices/<int:notice_id>/", notice, name="my_notice")]
