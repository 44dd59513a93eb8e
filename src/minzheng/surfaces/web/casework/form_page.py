"""The form of a case on one page for whoever serves the client (窗口办理表单): what is known, what is asked, papers, act.

Each button keeps what was filled in first and then acts, in one transaction; where the act is refused, what was filled in
stays, and everything that is missing is told at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minzheng.kernel.access import may, require
from minzheng.kernel.audit import look
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.answers import faults
from minzheng.kernel.cases.authorising import in_force, is_means_tested
from minzheng.kernel.cases.errors import CaseChanged, CaseError, StillMissing
from minzheng.kernel.cases.finding import propose
from minzheng.kernel.cases.models import Authorisation, Case
from minzheng.kernel.cases.moving import item_of, may_do
from minzheng.kernel.cases.papers import missing_papers, papers_of
from minzheng.kernel.cases.states import State
from minzheng.kernel.cases.uploads import MOST_BYTES
from minzheng.kernel.items.model import Item, StepKind
from minzheng.kernel.ui.explanations import Condition
from minzheng.surfaces.web.casework.case_form import (
    FILE,
    PROMISED,
    SEEN,
    SIGNED,
    CaseForm,
    NoteForm,
    paper_line,
)
from minzheng.surfaces.web.casework.pages import me, show
from minzheng.surfaces.web.casework.stale import since_seen
from minzheng.surfaces.web.casework.words import CHANNELS, case_title, item_name, place_word, who_has
from minzheng.surfaces.web.work.acts import said
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import is_english

FILLING = (State.DRAFT, State.SUBMITTED, State.CORRECTING)


@dataclass(frozen=True, slots=True)
class Button:
    """One way to end the page."""

    act: str
    label: Promise
    done: Promise
    tone: str = "secondary"


BUTTONS: dict[str, Button] = {
    one.act: one
    for one in (
        Button("finish", gettext_lazy("即办办结"), gettext_lazy("已办结，文书已生成。"), ""),
        Button("accept", gettext_lazy("受理"), gettext_lazy("已受理，受理通知书已生成。"), ""),
        Button("submit", gettext_lazy("提交申请"), gettext_lazy("已代为提交，等待受理。"), ""),
        Button("resubmit", gettext_lazy("补正完成"), gettext_lazy("补正完成，时限恢复计算。"), ""),
        Button("ask", gettext_lazy("一次性告知补正"), gettext_lazy("已告知补正，补正通知书已生成。")),
        Button("refuse", gettext_lazy("不予受理"), gettext_lazy("已作出不予受理，通知书已生成。"), "warning"),
        Button("save", gettext_lazy("保存"), gettext_lazy("已保存。")),
    )
}


def buttons_for(case: Case, item: Item) -> list[Button]:
    """What the acting post may do with the form now."""
    actor = me()
    step = item.step(StepKind.ACCEPT)
    may_accept = step is not None and may("cases.accept", case.domain) and may_do(case, step, actor)
    names: list[str] = []
    if case.state == State.CORRECTING:
        names = ["resubmit"]
    elif may_accept:
        decides = item.step(StepKind.DECIDE)
        on_the_spot = (
            item.is_on_the_spot
            and decides is not None
            and may("cases.decide", case.domain)
            and may_do(case, decides, actor)
        )
        names = ["finish" if on_the_spot else "accept", "ask", "refuse"]
    elif case.state == State.DRAFT:
        names = ["submit"]
    return [BUTTONS[name] for name in [*names, "save"]]


def _found(pk: int) -> Case:
    # Without the person's record, which stays closed to whoever acts by a mandate alone.
    case = Case.objects.filter(pk=pk).first()
    if case is None:
        raise Http404
    return case


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The form; a case that is no longer being filled in is shown on its own page."""
    require("cases.help")
    case = _found(pk)
    if case.state not in FILLING:
        return redirect("case", pk)
    item, on = item_of(case), working_day()
    if request.method != "POST":
        look(case.person_id, purpose=_("办理表单"), division_code=case.deciding_division)
        return _show(request, case, item, CaseForm(item, case, on))
    return _post(request, case, item, on)


def _post(request: HttpRequest, case: Case, item: Item, on: date) -> HttpResponse:
    form = CaseForm(item, case, on, data=request.POST)
    note = NoteForm(request.POST, auto_id="note_%s")
    act = request.POST.get("act", "save")
    button = next((one for one in buttons_for(case, item) if one.act == act), None)
    if button is None:
        raise Http404
    if not form.read() or not note.is_valid():
        return _show(request, case, item, form, note=note)
    version = request.POST.get("version", "")
    words = note.cleaned_data["note"].strip()
    try:
        kept = _keep(
            request, case, item, form, on, int(version) if version.isascii() and version.isdigit() else -1
        )
    except CaseChanged as refusal:
        news = since_seen(case, request.POST.get("seen", ""))
        case.refresh_from_db()
        return _show(request, case, item, form, note=note, stale=(said(refusal), news), status=409)
    except CaseError as refusal:
        messages.error(request, said(refusal))
        return _show(request, _found(case.pk), item, form, note=note)
    try:
        _ACTS[act](kept, words, on)
    except StillMissing:
        return _missing(request, kept, item, on, note)
    except CaseError as refusal:
        messages.error(request, said(refusal))
        fresh = _found(kept.pk)
        return _show(request, fresh, item, CaseForm(item, fresh, on), note=note)
    messages.success(request, str(button.done))
    return redirect("case_form" if act == "save" else "case", kept.pk)


def _keep(request: HttpRequest, case: Case, item: Item, form: CaseForm, on: date, version: int) -> Case:
    """Keeps answers, agreements, disputes, authorisations and papers; only what changed."""
    kept = actions.save_answers(case=case, values=form.changed(), on=on, version=version)
    disputed = form.disputed()
    for name, value in disputed.items():
        kept = actions.confirm_known(case=kept, field=name, agrees=False, told=value, on=on)
    if request.POST.get("agree") == "1":
        for name in form.unconfirmed():
            if name not in disputed:
                kept = actions.confirm_known(case=kept, field=name, agrees=True, on=on)
    for row in authorisations_of(kept, item):
        if not in_force(row, on) and request.POST.get(f"{SIGNED}{row.person_id}") == "1":
            actions.give_authorisation(
                case=kept, person=row.person_id, on=on, paper=_("窗口当面签署《家庭经济状况核对授权书》")
            )
    for view in papers_of(kept, item):
        code = view.paper.code
        if view.row is not None and view.row.state == "fetched":
            continue
        upload = request.FILES.get(FILE + code)
        if upload is not None and upload.size is not None and upload.size <= MOST_BYTES:
            stored = actions.keep_upload(content=upload.read(), name=upload.name or code, on=on)
            actions.hand_in(case=kept, code=code, on=on, upload=stored, file_name=stored.name)
        elif upload is not None:
            raise CaseError("文件超过 15 MB，请压缩后再传 / the file is larger than 15 MB; make it smaller")
        elif not view.is_settled and request.POST.get(SEEN + code) == "1":
            actions.hand_in(case=kept, code=code, on=on, note=_("原件已核验"))
        elif not view.is_settled and request.POST.get(PROMISED + code) == "1":
            actions.promise(case=kept, code=code, on=on)
    kept = _found(kept.pk)
    # An answer may ask for papers of its own; those that the city holds are fetched at once.
    if any(view.paper.source and view.row is None for view in papers_of(kept, item)):
        kept = actions.fetch_papers(case=kept, on=on)
    return kept


def _finish(case: Case, words: str, on: date) -> None:
    actions.accept_and_decide(case=case, outcome="granted", reason=words, on=on)


def _accept(case: Case, words: str, on: date) -> None:
    actions.accept(case=case, on=on, note=words)


def _ask(case: Case, words: str, on: date) -> None:
    sent = actions.submit(case=case, on=on) if case.state == State.DRAFT else case
    actions.ask_correction(case=sent, on=on, note=words)


def _refuse(case: Case, words: str, on: date) -> None:
    sent = actions.submit(case=case, on=on) if case.state == State.DRAFT else case
    actions.refuse_acceptance(case=sent, on=on, reason=words)


def _submit(case: Case, words: str, on: date) -> None:
    actions.submit(case=case, on=on)


def _resubmit(case: Case, words: str, on: date) -> None:
    actions.resubmit(case=case, on=on)


def _save(case: Case, words: str, on: date) -> None:
    """Everything was kept already."""


_ACTS: dict[str, Callable[[Case, str, date], None]] = {
    "finish": _finish,
    "accept": _accept,
    "ask": _ask,
    "refuse": _refuse,
    "submit": _submit,
    "resubmit": _resubmit,
    "save": _save,
}


def _missing(request: HttpRequest, kept: Case, item: Item, on: date, note: NoteForm) -> HttpResponse:
    """What was filled in is kept; everything missing is told at once, each at its place."""
    fresh = _found(kept.pk)
    form = CaseForm(item, fresh, on)
    form.show_faults(faults(item, fresh.answers))
    papers = [paper.name_en if is_english() else paper.name for paper in missing_papers(fresh, item)]
    return _show(request, fresh, item, form, note=note, missing=papers)


def _show(
    request: HttpRequest,
    case: Case,
    item: Item,
    form: CaseForm,
    *,
    note: NoteForm | None = None,
    missing: list[str] | None = None,
    stale: tuple[str, list[dict[str, Any]]] | None = None,
    status: int = 200,
) -> HttpResponse:
    step = item.step(StepKind.ACCEPT)
    on = working_day()
    signers = authorisations_of(case, item)
    papers = [paper_line(view, by_signing=bool(signers)) for view in papers_of(case, item)]
    known = form.known
    return show(
        request,
        "form",
        {
            "case": case,
            "item": item,
            "title": case_title(case),
            "state": f"case_{case.state}",
            "form": form.form,
            "known": known,
            "is_agreed": all(one.is_confirmed for one in known),
            "asked": form.asked,
            "papers": papers,
            "exempt": [paper for paper in papers if paper["is_exempt"]],
            "wanted": [paper for paper in papers if not paper["is_exempt"]],
            "signers": [
                {"row": row, "is_given": in_force(row, on), "name": f"{SIGNED}{row.person_id}"}
                for row in signers
            ],
            "note": note or NoteForm(auto_id="note_%s"),
            "missing": missing or [],
            "buttons": buttons_for(case, item),
            "stale": stale,
            "seen": case.events.order_by("-id").values_list("pk", flat=True).first() or 0,
            "place": place_word(case.deciding_division),
            "channel": CHANNELS.get(case.channel, case.channel),
            "acceptor": who_has(step, case) if step else "",
            "conditions": _conditions(case, item) if item.is_on_the_spot else [],
            "item_name": item_name(item),
        },
        status=status,
    )


def authorisations_of(case: Case, item: Item) -> list[Authorisation]:
    """Everybody who was asked to authorise the economic check; none where the item has no such check."""
    return list(case.authorisations.order_by("id")[:50]) if is_means_tested(item) else []


def _conditions(case: Case, item: Item) -> list[Condition]:
    """What the requirements say of the client, where the counter decides at once."""
    return [
        Condition(
            label=one["label_en"] if is_english() else one["label"],
            met=one["met"],
            provenance=one["provenance"],
        )
        for one in propose(case, working_day()).data["conditions"]
    ]


urls = [path("counter/cases/<int:pk>/", page, name="case_form")]
