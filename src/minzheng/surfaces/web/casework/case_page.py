"""One case on one page: everything needed to decide it, the step in hand with its form first (办件)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minzheng.kernel.access import NotPermitted, may, require
from minzheng.kernel.audit import look
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.errors import CaseChanged, CaseError
from minzheng.kernel.cases.finding import propose
from minzheng.kernel.cases.jurisdiction import place_of_step
from minzheng.kernel.cases.models import Case, Material
from minzheng.kernel.cases.moving import item_of
from minzheng.kernel.cases.states import State
from minzheng.kernel.cases.uploads import download_of
from minzheng.kernel.items.model import StepKind
from minzheng.kernel.people.models import Person
from minzheng.surfaces.web.casework import case_parts as parts
from minzheng.surfaces.web.casework.alike import open_alike
from minzheng.surfaces.web.casework.case_acts import ACTS, Now, blank_form, moment, offers
from minzheng.surfaces.web.casework.form_page import FILLING
from minzheng.surfaces.web.casework.pages import me, show
from minzheng.surfaces.web.casework.queue_queries import Mark
from minzheng.surfaces.web.casework.reviews import filing_form
from minzheng.surfaces.web.casework.stale import since_seen
from minzheng.surfaces.web.casework.words import case_title, place_words
from minzheng.surfaces.web.work.acts import attempt, said
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import role_word

_EXPLAINED = (State.ACCEPTED, State.CHECKING, State.EXAMINED, State.PUBLICISED, State.PROPOSED)


def sees_inside(case: Case) -> bool:
    """Whether what the deciding office found, checked and thinks is for this post: it decides there, or it audits."""
    if may("audit.look"):
        return True
    works_on_it = any(may(f"cases.{verb}", case.domain) for verb in ("check", "examine", "decide", "review"))
    return works_on_it and me().reaches(case.deciding_division)


def _found(pk: int) -> Case:
    case = Case.objects.filter(pk=pk).first()
    if case is None:
        raise Http404
    return case


@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """The case, as far as the post's role lets it see; the look at the person is recorded."""
    if not may("cases.look"):
        require("cases.help")
    case = _found(pk)
    look(case.person_id, purpose=_("办件"), division_code=case.deciding_division)
    return _show(request, case)


@require_POST
def act(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Does one act of the table; a refusal keeps what was written, and a page that is out of date is told what happened."""
    case = _found(pk)
    chosen = ACTS.get(code)
    if chosen is None:
        raise Http404
    on = working_day()
    version = request.POST.get("version", "")
    seen = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else -1
    now = moment(case, item_of(case), me(), on)
    form = blank_form(chosen, now, data=request.POST)
    if seen != case.version:
        return _stale(request, case, {code: form})
    if not chosen.may(now):
        raise NotPermitted(
            f"办件 {case.number} 现在不能由您办理此项 / this is not yours to do now with case {case.number}"
        )
    if not form.is_valid():
        return _show(request, case, bound={code: form})
    try:
        chosen.run(case, form.cleaned_data, on, seen)
    except CaseChanged:
        return _stale(request, _found(pk), {code: form})
    except CaseError as refusal:
        form.add_error(_field_of(form), said(refusal))
        return _show(request, _found(pk), bound={code: form})
    messages.success(request, str(chosen.done))
    # A case handed to another place may be out of this post's sight now.
    return redirect("case", pk) if Case.objects.filter(pk=pk).exists() else redirect("case_queue")


def _field_of(form: Any) -> str | None:
    """Where a refusal is said: at the words it asks for."""
    return next((name for name in ("reason", "opinion", "note", "words") if name in form.fields), None)


def _stale(request: HttpRequest, case: Case, bound: dict[str, Any]) -> HttpResponse:
    news = since_seen(case, request.POST.get("seen", ""))
    words = _("您打开本页之后，这一件已有变化，刚才的操作没有生效。")
    return _show(request, case, bound=bound, stale=(words, news), status=409)


@require_POST
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    """Says that a paper handed in does not serve, and why."""
    case = _found(pk)
    if not _may_judge_papers(case):
        raise NotPermitted("材料由审核或受理的岗位审查 / papers are judged by whoever examines or accepts")
    why = request.POST.get("why", "").strip()
    if len(why) < 4:
        messages.error(request, _("请写明哪里不合格（至少四个字）。"))
    else:
        attempt(
            request,
            lambda: actions.reject_paper(case=case, code=request.POST.get("code", ""), why=why[:500], on=working_day()),
            done=_("已登记材料不合格，告知补正时会一并列出。"),
        )  # fmt: skip
    return redirect("case", pk)


@require_safe
def paper_file(request: HttpRequest, pk: int, code: str) -> FileResponse:
    """A file that was handed in, always as a download."""
    require("cases.look")
    case = _found(pk)
    row = Material.objects.select_related("upload").filter(case=case, code=code).first()
    if row is None or row.upload is None:
        raise Http404
    look(case.person_id, purpose=_("办件材料"), division_code=case.deciding_division)
    given = download_of(row.upload, name=row.file_name)
    return FileResponse(
        given.path.open("rb"), as_attachment=True, filename=given.name, content_type=given.content_type
    )


def _may_judge_papers(case: Case) -> bool:
    actor = me()
    return case.is_open and (
        (may("cases.examine", case.domain) and actor.reaches(case.deciding_division))
        or (may("cases.accept", case.domain) and case.accepted_on is None and actor.reaches(case.accepting_division))
    )  # fmt: skip


def _show(
    request: HttpRequest,
    case: Case,
    *,
    bound: dict[str, Any] | None = None,
    stale: tuple[str, list[dict[str, Any]]] | None = None,
    status: int = 200,
) -> HttpResponse:
    item, on, actor = item_of(case), working_day(), me()
    now = moment(case, item, actor, on)
    inside = sees_inside(case)
    person = Person.objects.filter(pk=case.person_id).first()
    step_place = place_of_step(now.step, case) if now.step else ""
    places = place_words(
        {case.accepting_division, case.deciding_division, step_place}
        | ({person.division_code, person.hukou_division_code or ""} if person else set())
    )
    proposal = propose(case, on) if inside and case.state in _EXPLAINED and may("rules.explain") else None
    if proposal is not None and now.kind is StepKind.ACCEPT:
        proposal = None
    proposed = proposal.outcome if proposal else ""
    disputes = list(case.disputes.order_by("-id")[:50])
    due, tone, due_day = parts.due_of(case, on)
    available = offers(now)
    mains = [_offer(act, now, proposed, bound) for act in available if act.is_main]
    sides = [_offer(act, now, proposed, bound) for act in available if not act.is_main]
    filing, ways = filing_form(case)
    checks = list(case.checks.order_by("-id")[:10]) if inside else []
    return show(
        request,
        "case",
        {
            "case": case,
            "item": item,
            "title": case_title(case),
            "state": f"case_{case.state}",
            "due": due,
            "due_tone": tone,
            "due_day": due_day,
            "holder": _holder(case, now, places, step_place),
            "now": now,
            "mains": mains,
            "sides": sides,
            "form_link": _form_link(case, now),
            "waiting": _waiting(now),
            "steps": parts.route_steps(case, item, now.kind),
            "stale": stale,
            "seen": case.events.order_by("-id").values_list("pk", flat=True).first() or 0,
            "faulty": list((bound or {}).values()),
            "person": parts.person_rows(case, person, places, on),
            "answers": parts.answer_rows(case, item, disputes),
            "papers": parts.paper_rows(case, item, on),
            "may_reject": _may_judge_papers(case),
            "disputes": [{"one": one, "state": f"dispute_{one.state}"} for one in disputes],
            "authorisations": list(case.authorisations.order_by("id")[:50]) if inside or now.is_mine else [],
            "checks": parts.check_rows(checks),
            "finding": parts.told_of(proposal, case, item, on) if proposal else None,
            "decisions": parts.decision_rows(case, sees_inside=inside),
            "publications": list(case.publications.order_by("-id")[:5]),
            "clocks": parts.clock_rows(case, on),
            "letters": parts.letter_rows(case),
            "history": parts.history_rows(case, sees_inside=inside),
            "reviews": [
                {"one": one, "state": f"review_{one.state}"} for one in case.reviews.order_by("-id")[:10]
            ],
            "alike": open_alike(case) if inside else [],
            "filing": filing,
            "ways": ways,
            "others": parts.other_cases(case),
            "inside": inside,
            "mark": str(Mark(case.due_on, case.pk)),
            "may_queue": may("cases.look"),
        },
        status=status,
    )


def _offer(act: Any, now: Now, proposed: str, bound: dict[str, Any] | None) -> dict[str, Any]:
    sent = (bound or {}).get(act.code)
    return {
        "act": act,
        "form": sent or blank_form(act, now, proposed),
        "is_open": sent is not None,
    }


def _holder(case: Case, now: Now, places: dict[str, str], step_place: str) -> str:
    """Who has the case now, in words."""
    if not case.is_open:
        return _("已办结")
    if case.state in (State.DRAFT, State.CORRECTING):
        return _("申请人")
    if now.step is None:
        return "—"
    return f"{places.get(step_place, step_place)} · {role_word(now.step.role)}"


def _form_link(case: Case, now: Now) -> str:
    """What the link to the form says, where there is still something to fill in or to accept."""
    if case.state not in FILLING or not may("cases.help", case.domain) or not now.reaches:
        return ""
    if case.state == State.SUBMITTED:
        return _("打开表单，审查受理") if now.is_mine else _("查看填写内容")
    return _("登记补正材料") if case.state == State.CORRECTING else _("继续填写")


def _waiting(now: Now) -> str:
    """What is being waited for, where nothing is to be done by this post."""
    if now.case.state == State.PROPOSED and now.is_own_proposal:
        return _("决定由您提出，须由另一人复核。")
    if now.case.state == State.PUBLICISED and now.publication is not None:
        return _("公示至 %(day)s。") % {"day": now.publication.until_on}
    if now.case.state == State.CHECKING:
        return _("等待核对结果，办理时限暂停；各来源反馈后报告会出现在本页。")
    if now.case.state == State.CORRECTING:
        return _("等待申请人补正，办理时限暂停。")
    return ""


urls = [
    path("cases/<int:pk>/", page, name="case"),
    path("cases/<int:pk>/act/<slug:code>/", act, name="case_act"),
    path("cases/<int:pk>/papers/<slug:code>/file/", paper_file, name="case_paper_file"),
    path("cases/<int:pk>/papers/reject/", reject, name="case_reject_paper"),
]
