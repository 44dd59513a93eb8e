"""For other departments: the cases passed on to mine, read, answered, given back (部门接口)."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Header, Path, Query, Router

from minzheng.kernel.access import Actor, NotPermitted, require
from minzheng.kernel.audit import look
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.errors import CaseNotFound
from minzheng.kernel.cases.models import Case
from minzheng.kernel.cases.moving import item_of
from minzheng.kernel.cases.papers import PaperView, papers_of
from minzheng.kernel.cases.states import State
from minzheng.kernel.items.model import Item
from minzheng.surfaces.api.partner import Partner, as_partner, once
from minzheng.surfaces.api.problems import Problem
from minzheng.surfaces.api.schemas import (
    AnswerLine,
    CaseDetail,
    CaseLine,
    CasesOut,
    DecisionIn,
    GiveBackIn,
    MovedOut,
    PaperLine,
)
from minzheng.surfaces.web.work.day import working_day

router = Router(tags=["partners"], auth=Partner())
CaseId = Annotated[int, Path(ge=1, lt=10**14, description="A case's `id`: its number without the dash.")]
Key = Annotated[str, Header(alias="Idempotency-Key", pattern=r"^[\x21-\x7e]{8,64}$", min_length=8, max_length=64,
                            description="One for each message; sent again, the first answer is given again.")]  # fmt: skip
_REFUSED = dict.fromkeys((400, 401, 403, 422, 429), Problem)
_ONE = _REFUSED | {404: Problem}
_ACT = _ONE | {409: Problem}


@router.get("/cases", response={200: CasesOut, **_REFUSED}, summary="Cases passed on to my department")
def cases(
    request: HttpRequest,
    after: Annotated[int, Query(ge=0, lt=10**14, description="`next_after` of the page before.")] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> CasesOut:
    """What waits for an answer, the oldest first. A case that was answered or given back is no longer listed."""
    with as_partner(request) as actor:
        require("cases.answer")
        found = list(_passed_on(actor).filter(pk__gt=after).order_by("pk")[: limit + 1])
        shown = found[:limit]
        return CasesOut(
            cases=[CaseLine(**_line(case, item_of(case))) for case in shown],
            next_after=shown[-1].pk if len(found) > limit else None,
        )


@router.get(
    "/cases/{case_id}", response={200: CaseDetail, **_ONE}, summary="One case with what its decision needs"
)
def case(request: HttpRequest, case_id: CaseId) -> CaseDetail:
    """Answers, papers and data fetched. Reading it is recorded with your post; the person concerned can see that."""
    with as_partner(request):
        require("cases.answer")
        found = Case.objects.filter(pk=case_id).first()
        if found is None:
            raise CaseNotFound(
                f"没有办件 {case_id}，或未转送本部门 / no such case was passed on to your department"
            )
        item = item_of(found)
        look(
            found.person_id,
            purpose="部门接口查看办件",
            fields=sorted(found.answers),
            division_code=found.deciding_division,
        )
        return CaseDetail(
            **_line(found, item),
            person_name=found.person_name,
            applicant_name=found.applicant_name,
            relation=found.relation,
            answers=_answers(found, item),
            papers=[_paper(view) for view in papers_of(found, item)],
        )


@router.post("/cases/{case_id}/answer", response={200: MovedOut, **_ACT}, summary="Answer a case")
def answer(
    request: HttpRequest, case_id: CaseId, message: DecisionIn, idempotency_key: Key
) -> dict[str, Any]:
    """Grants or refuses what was applied for. The answer is the decision: the letter is written and the clock ends."""

    def act() -> MovedOut:
        actions.answer(case=case_id, on=working_day(), **message.model_dump())
        return _moved(case_id)

    with as_partner(request):
        return once(idempotency_key, {"answer": case_id, **message.model_dump()}, act)


@router.post("/cases/{case_id}/give-back", response={200: MovedOut, **_ACT}, summary="Give a case back")
def give_back(
    request: HttpRequest, case_id: CaseId, message: GiveBackIn, idempotency_key: Key
) -> dict[str, Any]:
    """Hands a case back to the centre that took it in, because it is not this department's or lacks something."""

    def act() -> MovedOut:
        actions.give_back(case=case_id, on=working_day(), **message.model_dump())
        return _moved(case_id)

    with as_partner(request):
        return once(idempotency_key, {"give_back": case_id, **message.model_dump()}, act)


def _passed_on(actor: Actor) -> Any:
    if "*" in actor.domains:
        raise NotPermitted(
            "岗位须限于本部门的业务领域 / the post must be limited to the department's own domains"
        )
    # Named here as well as in the policy, so that the index of waiting cases gives them in order.
    return Case.objects.filter(state=State.PASSED_ON, domain__in=actor.domains)


def _moved(case_id: int) -> MovedOut:
    moved = Case.objects.get(pk=case_id)
    return MovedOut(id=moved.pk, number=moved.number, state=moved.state, version=moved.version)


def _line(case: Case, item: Item) -> dict[str, Any]:
    names = ("item", "state", "accepted_on", "due_on", "accepting_division", "deciding_division", "version")
    return {"id": case.pk, "number": case.number, "item_name": item.name} | {
        name: getattr(case, name) for name in names
    }


def _answers(case: Case, item: Item) -> list[AnswerLine]:
    return [
        AnswerLine(
            name=field.name,
            label=field.label,
            value=case.answers[field.name].get("value"),
            origin=str(case.answers[field.name].get("origin", "told")),
        )
        for field in item.fields
        if field.name in case.answers
    ]


def _paper(view: PaperView) -> PaperLine:
    row = view.row
    return PaperLine(
        code=view.paper.code,
        name=view.paper.name,
        state=row.state if row else "wanted",
        issuer=(row.issuer if row else "") or view.paper.issuer,
        value=row.value if row else "",
        observed_on=row.observed_on if row else None,
        file_name=row.file_name if row else "",
    )
