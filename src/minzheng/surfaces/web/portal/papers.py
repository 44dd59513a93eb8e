"""The papers of an application: what the city has is not asked for, the rest is photographed with the phone.

A file is kept by its content and given back as a download only.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from minzheng.kernel.cases import actions
from minzheng.kernel.cases.authorising import PAPER, in_force, is_means_tested
from minzheng.kernel.cases.models import Case, Material
from minzheng.kernel.cases.moving import item_of
from minzheng.kernel.cases.papers import PaperView, papers_of
from minzheng.kernel.cases.uploads import keep_upload
from minzheng.kernel.items.model import IfDown, Item
from minzheng.kernel.ui.formats import short_day
from minzheng.surfaces.web.portal import item_words
from minzheng.surfaces.web.portal.language import said
from minzheng.surfaces.web.portal.mine import attempt, my_form
from minzheng.surfaces.web.portal.stages import stages
from minzheng.surfaces.web.resident.oneself import oneself
from minzheng.surfaces.web.work.day import working_day


def paper_rows(case: Case, item: Item) -> list[dict[str, Any]]:
    """Every paper that applies, with what became of it and what the applicant may do; a fixed number of queries."""
    held = item_words.what_the_city_has(item, case.person_id)
    return [_row(item, view, held.get(view.paper.code)) for view in papers_of(case, item)]


def _row(item: Item, view: PaperView, held: dict[str, Any] | None) -> dict[str, Any]:
    paper, row = view.paper, view.row
    state = Material.State(row.state) if row else None
    word, tone = (
        {
            Material.State.FETCHED: (_("免交：本市已有"), "good"),
            Material.State.SUBMITTED: (_("已提交"), "good"),
            Material.State.PROMISED: (_("已书面承诺"), "good"),
            Material.State.LATER: (_("先受理，我们继续查"), "info"),
            Material.State.NOT_NEEDED: (_("无需提交"), "neutral"),
            Material.State.REJECTED: (_("不合格，请重新提交"), "bad"),
        }.get(state, ("", "neutral"))
        if state
        else ("", "neutral")
    )
    if not word and paper.source:
        word, tone = (_("免交：本市已有"), "good") if held else (_("由我们去查"), "info")
        if view.may_be_asked:
            word, tone = _("本市没有查到，请您提供"), "warn"
    if not word:
        word, tone = (_("请您提供"), "warn") if paper.is_required else (_("可以不交"), "neutral")
    is_asked = not view.is_settled and not (paper.source and held and not view.may_be_asked)
    return {
        "paper": paper,
        "name": said(paper),
        "when": item_words.when_words(item, paper.when),
        "word": word,
        "tone": tone,
        "note": row.note if row and state == Material.State.REJECTED else "",
        "why": row.failed_why if row else "",
        "held": _("%(office)s %(day)s")
        % {"office": item_words.held_by(paper.source, paper.issuer), "day": held["on"][:10]}
        if held
        else (
            f"{row.issuer} {short_day(row.observed_on)}" if row and state == Material.State.FETCHED else ""
        ),
        "office": item_words.held_by(paper.source, paper.issuer) if paper.source else "",
        "is_asked": is_asked,
        "is_needed": is_asked and paper.is_required and (not paper.source or view.may_be_asked),
        "file": row.file_name if row and row.upload_id else "",
        "may_promise": paper.if_down is IfDown.PROMISE and is_asked,
        "may_replace": state == Material.State.SUBMITTED,
    }


@require_http_methods(["GET", "POST"])
def papers(request: HttpRequest, pk: int) -> HttpResponse:
    """The papers page: held already, to be looked up by us, to be photographed."""
    case = my_form(request, pk)
    item = item_of(case)
    rows, means = paper_rows(case, item), means_rows(case, item)
    asked = [row for row in rows if row["is_asked"] and (row["is_needed"] or not row["paper"].source)]
    return render(
        request,
        "portal/apply_papers.html",
        {
            "case": case,
            "item": item,
            "authorisation": next((row for row in asked if means and row["paper"].code == PAPER), None),
            "asked": [row for row in asked if not (means and row["paper"].code == PAPER)],
            "given": [row for row in rows if row["may_replace"] or row["word"] == _("已书面承诺")],
            "held": [
                row for row in rows if row["paper"].source and not row["is_needed"] and not row["may_replace"]
            ],
            "means": means,
            "still": sum(1 for row in rows if row["is_needed"]),
            "stages": stages(case, 3),
        },
    )


def means_rows(case: Case, item: Item) -> dict[str, Any] | None:
    """Whose authorisation the economic check waits for; None where the item has no such check."""
    if not is_means_tested(item):
        return None
    on = working_day()
    rows = list(case.authorisations.order_by("id")[:30])
    return {
        "rows": [{"name": row.person_name, "is_given": in_force(row, on)} for row in rows],
        "is_asked": bool(rows),
        "is_whole": bool(rows) and all(in_force(row, on) for row in rows),
    }


@require_POST
def ask_household(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks every adult of the household for their authorisation of the economic check, and gives one's own at once."""
    case, me, on = my_form(request, pk), oneself(request), working_day()

    def ask() -> bool:
        asked = actions.ask_authorisations(case=case.pk, on=on)
        if any(row.person_id == me.pk and not in_force(row, on) for row in asked):
            actions.give_authorisation(case=case.pk, person=me, on=on)
        return True

    attempt(request, ask, done=_("您已授权；家里其他成年人登录后，在“授权与委托”里逐一授权。"))
    return redirect("portal_papers", pk)


@require_POST
def hand_in(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Takes in one photographed paper, or a promise in its place."""
    case = my_form(request, pk)
    item = item_of(case)
    paper = next((one for one in item.materials if one.code == code), None)
    if paper is None:
        raise Http404
    on = working_day()
    if "promise" in request.POST:
        attempt(request, lambda: actions.promise(case=case.pk, code=code, on=on), done=_("已记下您的承诺。"))
        return redirect("portal_papers", pk)
    given = request.FILES.get("photo") or request.FILES.get("file")
    if given is None:
        messages.error(request, _("请先拍照或选择文件，再点“提交这份材料”。"))
        return redirect("portal_papers", pk)
    attempt(
        request,
        lambda: _keep(case, code, given),
        done=_("已收到“%(paper)s”。") % {"paper": said(paper)},
    )
    return redirect("portal_papers", pk)


def _keep(case: Case, code: str, given: UploadedFile) -> Material:
    on = working_day()
    upload = keep_upload(content=given.read(), name=given.name or "", on=on)
    return actions.hand_in(case=case.pk, code=code, on=on, upload=upload, file_name=(given.name or "")[:200])
