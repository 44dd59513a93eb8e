"""Cases alike (同类案件): listed at the office that decided them, reopened or kept on the case's own page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from minzheng.kernel.cases import actions
from minzheng.kernel.cases.alike import may_settle
from minzheng.kernel.cases.models import AlikeCase, Case
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.casework.pages import me
from minzheng.surfaces.web.casework.words import OUTCOMES, case_title, place_words
from minzheng.surfaces.web.work.acts import attempt
from minzheng.surfaces.web.work.day import working_day

PAGE = 25
SHOWN = 10


class WordsForm(forms.Form):
    """Why something is done, in words."""

    words = forms.CharField(
        label=gettext_lazy("理由"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


def alike_table(request: HttpRequest, low: str, high: str) -> Table:
    """The cases alike that wait within a place, each leading to its own page: the review may be another office's."""
    rows = (
        AlikeCase.objects.filter(
            state="open", case__deciding_division__gte=low, case__deciding_division__lt=high
        )
        .select_related("case")
        .defer("case__answers")
        .order_by("id")
    )
    return Table(
        columns=[
            Column("title", _("事项"), is_heading=True, value=lambda one: case_title(one.case),
                   href=lambda one: reverse("case", args=[one.case_id]), hint=lambda one: one.case.number),
            Column("name", _("受益人"), value=lambda one: one.case.person_name),
            Column("before", _("原结果"), value=lambda one: str(OUTCOMES.get(one.before, one.before))),
            Column("now", _("重新认定"), value=lambda one: str(OUTCOMES.get(one.now, _("待核对")))),
            Column("amount_fen", _("月标准"), kind="money"),
        ],
        source=rows, request=request, caption=_("待处理的同类案件"), name="alike", page_size=PAGE, is_counted=False,
        is_exportable=False, empty_title=_("没有待处理的同类案件"),
        empty_text=_("复核改变了决定时，因同一条件被决定的其他办件会列在这里。"),
    )  # fmt: skip


def open_alike(case: Case) -> list[dict[str, Any]]:
    """What reviews found about a case that waits to be reopened or kept, the oldest first."""
    return alike_rows(
        AlikeCase.objects.filter(case=case, state="open").select_related("case").order_by("id")[:SHOWN]
    )


def alike_rows(found: Iterable[AlikeCase]) -> list[dict[str, Any]]:
    """Cases alike as the pages show them, each with its form where this post may settle it."""
    rows, actor = list(found), me()
    places = place_words({one.case.deciding_division for one in rows})
    return [
        {
            "one": one,
            "title": case_title(one.case),
            "place": places.get(one.case.deciding_division, ""),
            "before": OUTCOMES.get(one.before, one.before),
            "now": OUTCOMES.get(one.now, _("待核对")),
            "state": f"alike_{one.state}",
            "form": WordsForm(auto_id=f"alike{one.pk}_%s")
            if one.state == "open" and may_settle(one.case, actor)
            else None,
        }
        for one in rows
    ]


@require_POST
def settle_alike(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Reopens a case alike on the office's own motion, or keeps its decision with the reason."""
    one = AlikeCase.objects.filter(pk=pk).first()
    if one is None or verb not in ("reopen", "keep"):
        raise Http404
    words, on = request.POST.get("words", "").strip()[:2000], working_day()
    if verb == "reopen":
        attempt(
            request, lambda: actions.reopen_alike(alike=pk, words=words, on=on), done=_("已依职权启动复核。")
        )
    else:
        attempt(request, lambda: actions.keep_alike(alike=pk, reason=words, on=on), done=_("已维持原决定。"))
    return redirect("case", one.case_id)


urls = [path("cases/alike/<int:pk>/<slug:verb>/", settle_alike, name="case_alike_act")]
