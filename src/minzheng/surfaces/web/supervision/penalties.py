"""A penalty: told, heard, decided by somebody else."""

from __future__ import annotations

from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minzheng.kernel.access import current_actor, may, require
from minzheng.kernel.inspections.models import Penalty
from minzheng.kernel.inspections.penalties import decide_penalty, state_case
from minzheng.surfaces.web.supervision.words import PENALTIES, ReportForm, WordsForm, asked, tabs
from minzheng.surfaces.web.work.acts import attempt
from minzheng.surfaces.web.work.day import working_day


@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """What is intended, what the facility said, and the decision."""
    require("inspections.look")
    row = asked(Penalty, pk, "facility", "finding", "proposed_by", "decided_by")
    on, actor = working_day(), current_actor()
    is_told = row.state == "told"
    return render(
        request,
        "supervision/penalty.html",
        {
            "tabs": tabs("supervision_findings"),
            "row": row,
            "state_code": f"penalty_{row.state}",
            "kind": PENALTIES[row.kind],
            "statement": ReportForm(),
            "words": WordsForm(),
            "may_state": is_told and may("inspections.rectify") and row.stated_on is None and on <= row.hear_until,
            "may_decide": is_told and may("inspections.decide") and actor is not None
            and row.proposed_by_id != actor.official_id,
            "is_waiting": is_told and row.stated_on is None and on <= row.hear_until,
            "may_publish": row.state == "decided" and may("inspections.publish"),
        },
    )  # fmt: skip


@require_POST
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Takes in the statement, or the decision."""
    row, on = asked(Penalty, pk), working_day()
    if act == "state":
        text = request.POST.get("text", "")[:1000]
        attempt(request, partial(state_case, penalty=row, text=text, on=on), done=_("陈述申辩已提交。"))
    elif act in ("impose", "drop"):
        words = request.POST.get("words", "")[:1000]
        attempt(
            request,
            partial(decide_penalty, penalty=row, is_imposed=act == "impose", words=words, on=on),
            done=_("已作出决定。"),
        )
    else:
        raise Http404
    return redirect("supervision_penalty", pk)
