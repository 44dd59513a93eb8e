"""One pair: both sides beside each other, why they may be one, and the decision."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_http_methods

from minzheng.kernel.access import may, require
from minzheng.kernel.audit import look
from minzheng.kernel.linkage import queries
from minzheng.kernel.linkage.actions import CannotLink, decide, usual_survivor
from minzheng.kernel.linkage.models import Proposal
from minzheng.kernel.linkage.thresholds import thresholds_on
from minzheng.surfaces.web.linkage import sides, words
from minzheng.surfaces.web.linkage.queue import names_of, source_of
from minzheng.surfaces.web.work.acts import said
from minzheng.surfaces.web.work.choices import offer
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import place_names

DECISIONS = {
    "same": gettext_lazy("同一人"),
    "different": gettext_lazy("不是同一人"),
    "visit": gettext_lazy("需要走访核实"),
}


class KeyedRadios(forms.RadioSelect):
    """Radio buttons that a key with the browser's modifier (Alt, Ctrl+Option) chooses: 1, 2, 3."""

    def create_option(self, *told: Any, **rest: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(*told, **rest)
        option["attrs"]["accesskey"] = str(int(option["index"]) + 1)
        return option


class DecisionForm(forms.Form):
    """What the official decides, with the reason that stays in the trace."""

    decision = forms.ChoiceField(
        label=gettext_lazy("您的判断"),
        widget=KeyedRadios,
        error_messages={"required": gettext_lazy("请选择判断")},
        help_text=gettext_lazy("键盘：Alt+1、2、3 选择，Alt+0 提交（部分浏览器为 Alt+Shift）。"),
    )
    survivor = forms.ChoiceField(
        label=gettext_lazy("合并后保留的档案"),
        widget=forms.RadioSelect,
        required=False,
        help_text=gettext_lazy("另一份并入其中，可以撤销。"),
    )
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        min_length=4,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("写明核对了什么，至少四个字。"),
        error_messages={"required": gettext_lazy("请写明理由"), "min_length": gettext_lazy("理由至少四个字")},
    )

    def __init__(self, data: Any, proposal: Proposal) -> None:
        initial = {"survivor": str(usual_survivor(proposal))} if proposal.other else {}
        super().__init__(data, initial=initial)
        offer(self, "decision", [(code, str(label)) for code, label in DECISIONS.items()])
        if proposal.other is None:
            del self.fields["survivor"]
        else:
            people = (proposal.other, proposal.person)
            offer(
                self, "survivor", [(str(one.pk), f"{one.name}（{_('人员编号')} {one.pk}）") for one in people]
            )


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Who decides sees both numbers whole, because the number is the evidence; the look is recorded."""
    require("sources.look")
    proposal = (
        Proposal.objects.select_related("review__row__file", "person", "other", "model").filter(pk=pk).first()
    )
    if proposal is None:
        raise Http404
    needs = "people.merge" if proposal.other_id else "sources.review"
    waits = queries.waiting().filter(pk=pk).exists()
    form = DecisionForm(request.POST or None, proposal) if waits and may(needs) else None
    if request.method == "POST":
        require(needs)
        if form is None:
            messages.error(request, _("这一对已经处理过了。"))
            return redirect("linkage_pair", pk)
        if form.is_valid():
            try:
                decide(
                    proposal_id=pk,
                    decision=form.cleaned_data["decision"],
                    reason=form.cleaned_data["reason"],
                    on=working_day(),
                    survivor_id=int(form.cleaned_data.get("survivor") or 0) or None,
                )
            except CannotLink as refusal:
                form.add_error(None, said(refusal))
            else:
                messages.success(request, _("已处理，可在“比对处理记录”中撤销。"))
                return redirect(_next(proposal))
    else:
        for person in filter(None, (proposal.person, proposal.other)):
            look(person.pk, purpose=gettext_noop("比对疑似同一人"), division_code=person.division_code)
    lines, zero = sides.lines_of(proposal, is_masked=form is None)
    limits = thresholds_on(working_day())
    return render(
        request,
        "web_linkage/pair.html",
        {
            "proposal": proposal, "names": names_of(proposal), "source": source_of(proposal), "form": form,
            "lines": lines, "zero": zero, "certainty": words.certainty(proposal.probability),
            "link_line": words.certainty(limits.link), "look_line": words.certainty(limits.look),
            "place": place_names([proposal.division_code]).get(proposal.division_code, ""),
            "state": f"linkage_{proposal.state}",
            "first": sides.beside(proposal.other) if proposal.other else [],
            "second": sides.beside(proposal.person), "needs_merge": bool(proposal.other_id), "waits": waits,
            "first_title": _("档案 %(pk)s") % {"pk": proposal.other_id} if proposal.other_id else _("来文数据"),
        },
    )  # fmt: skip


def _next(proposal: Proposal) -> str:
    """The next pair that waits, so that an official works through the queue without going back to it."""
    following = (
        queries.queue(state="open").filter(weight__lte=proposal.weight).exclude(pk=proposal.pk).first()
    )
    following = following or queries.queue(state="open").first()
    return reverse("linkage_pair", args=[following.pk]) if following else reverse("linkage")
