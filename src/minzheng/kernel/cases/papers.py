"""Papers (材料) under the two exemptions: what the city holds is fetched, only the rest is asked for, all at once.

A paper with a source is fetched at the moment of need, with purpose and authority in the trace. It is asked for only
where the fetch failed, and then the reason is kept by issuer. Source: 上海市人大常委会关于进一步促进和保障“一网通办”改革的决定
第四项、第七项.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from minzheng.kernel.access import RESIDENT, NotPermitted
from minzheng.kernel.access.permissions import permissions_of
from minzheng.kernel.audit import record
from minzheng.kernel.cases.answers import known_values
from minzheng.kernel.cases.errors import CaseError, MoveRefused
from minzheng.kernel.cases.licences import offered
from minzheng.kernel.cases.models import Case, Dispute, Material, Upload
from minzheng.kernel.cases.moving import add_event, item_of, locked, who_acts
from minzheng.kernel.cases.states import OPEN, State
from minzheng.kernel.items.model import IfDown, Item
from minzheng.kernel.items.model import Material as Paper

AUTHORITY = "上海市人大常委会关于进一步促进和保障“一网通办”改革的决定（2021）第四项"
_READY = (Material.State.FETCHED, Material.State.SUBMITTED, Material.State.PROMISED, Material.State.LATER,
          Material.State.NOT_NEEDED)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PaperView:
    """One declared paper with what became of it in a case; `row` is None where nothing happened yet."""

    paper: Paper
    row: Material | None

    @property
    def is_settled(self) -> bool:
        return self.row is not None and self.row.state in _READY

    @property
    def may_be_asked(self) -> bool:
        """Whether anybody may ask the applicant for it: not while the city can fetch it."""
        return not self.paper.source or bool(self.row and self.row.failed_why)


def papers_of(case: Case, item: Item | None = None) -> list[PaperView]:
    """Every paper that the item asks for, given the answers; one query."""
    item = item or item_of(case)
    rows = {row.code: row for row in Material.objects.filter(case=case).select_related("upload")}
    return views_of(case, item, rows)


def views_of(case: Case, item: Item, rows: Mapping[str, Material]) -> list[PaperView]:
    """The same over rows that are at hand already."""
    return [PaperView(paper, rows.get(paper.code)) for paper in item.materials if applies(paper, case)]


def applies(paper: Paper, case: Case) -> bool:
    """Whether a paper is asked for, given the answers."""
    if paper.when is None:
        return True
    name, values = paper.when
    return case.answers.get(name, {}).get("value") in values


def missing_papers(case: Case, item: Item | None = None) -> list[Paper]:
    """The required papers that are neither fetched, handed in, promised nor put off."""
    return missing_of(papers_of(case, item))


def missing_of(views: Iterable[PaperView]) -> list[Paper]:
    return [view.paper for view in views if view.paper.is_required and not view.is_settled]


@transaction.atomic
def fetch_papers(*, case: Case | int, on: date) -> Case:
    """Fetches every paper that has a source (材料免交调取); counts what was saved, keeps why others failed.

    Data of a household that whoever acts may not read counts as unavailable. Again changes nothing that is settled.
    """
    found = locked(case)
    item = item_of(found)
    views = [view for view in papers_of(found, item) if view.paper.source and is_wanted(view)]
    if not views:
        return found
    known = known_values(found.person_id, {view.paper.source for view in views})
    for view in views:
        _fetch_one(found, view, known.get(view.paper.source), on)
    rows = Material.objects.filter(case=found)
    found.papers_saved = rows.filter(state=Material.State.FETCHED).count()
    found.save(update_fields=["papers_saved"])
    record(
        "cases.fetch",
        subject=f"case:{found.pk}",
        detail={
            "papers": [view.paper.code for view in views],
            "saved": found.papers_saved,
            "authority": AUTHORITY,
        },
        reason=f"办理“{item.name}”",
        person_id=found.person_id,
        division_code=found.deciding_division,
    )
    return found


def is_wanted(view: PaperView) -> bool:
    """What was put off at acceptance is fetched again before the decision (容缺后补)."""
    return not view.is_settled or (view.row is not None and view.row.state == Material.State.LATER)


def _fetch_one(case: Case, view: PaperView, answer: dict | None, on: date) -> None:
    paper = view.paper
    row = view.row or Material(case=case, code=paper.code, on=on)
    settle_fetched(row, paper, answer, on)
    row.save()


def settle_fetched(row: Material, paper: Paper, answer: dict | None, on: date) -> None:
    """What a fetch makes of a paper, not saved yet: fetched, or wanted with the reason why it failed."""
    row.source, row.issuer = paper.source, paper.issuer
    why = ""
    if answer is None:
        kind = paper.source.removeprefix("licence.")
        offline = paper.source.startswith("licence.") and kind not in offered()
        why = "该电子证照尚未接入" if offline else "本市数据中没有查到"
    elif paper.fresh_days and answer["on"]:
        observed = date.fromisoformat(answer["on"][:10])
        if (on - observed).days > paper.fresh_days:
            why = f"数据日期 {observed}，超过 {paper.fresh_days} 天"
    if why or answer is None:
        row.failed_why = why
        row.state = {
            IfDown.SUBMIT: Material.State.WANTED,
            IfDown.PROMISE: Material.State.WANTED,
            IfDown.LATER: Material.State.LATER,
        }[paper.if_down]
    else:
        row.state, row.failed_why = Material.State.FETCHED, ""
        row.value, row.fetched_on = str(answer["value"])[:500], on
        row.issuer = paper.issuer or answer["source"]
        row.observed_on = date.fromisoformat(answer["on"][:10]) if answer["on"] else None


@transaction.atomic
def hand_in(
    *,
    case: Case | int,
    code: str,
    on: date,
    upload: Upload | None = None,
    file_name: str = "",
    note: str = "",
) -> Material:
    """Takes in one paper, as a file or seen at the counter (提交材料).

    Raises:
        CaseError: the item does not ask for it, or the city has it already and may not ask for it.
    """
    found = _open(case)
    view = next((v for v in papers_of(found) if v.paper.code == code), None)
    if view is None:
        raise CaseError(f"事项不需要材料 {code} / the item does not ask for {code}")
    if view.row is not None and view.row.state == Material.State.FETCHED:
        raise CaseError(
            f"“{view.paper.name}”已由本市数据免交，无需提交 / the city has {view.paper.name_en} already; it need not be handed in"
        )
    _may_bring(found, view)
    row = view.row or Material(case=found, code=code)
    row.state, row.upload, row.file_name, row.note, row.on = (
        Material.State.SUBMITTED,
        upload,
        file_name,
        note,
        on,
    )
    row.save()
    actor = who_acts()
    if actor.kind != RESIDENT:
        found.papers_asked = Material.objects.filter(case=found, state=Material.State.SUBMITTED).count()
        found.save(update_fields=["papers_asked"])
    add_event(found, "hand_in", on=on, detail={"paper": code, "file": bool(upload)})
    return row


@transaction.atomic
def promise(*, case: Case | int, code: str, on: date) -> Material:
    """Takes the applicant's signed promise in a paper's place where the item allows it (告知承诺).

    Raises:
        CaseError: the item does not allow a promise for this paper.
    """
    found = _open(case)
    view = next((v for v in papers_of(found) if v.paper.code == code), None)
    if view is None or view.paper.if_down is not IfDown.PROMISE:
        raise CaseError(f"材料 {code} 不适用告知承诺 / no promise may take the place of {code}")
    _may_bring(found, view)
    row = view.row or Material(case=found, code=code)
    row.state, row.on = Material.State.PROMISED, on
    row.save()
    add_event(found, "promise", on=on, detail={"paper": code})
    return row


@transaction.atomic
def reject_paper(*, case: Case | int, code: str, why: str, on: date) -> Material:
    """Says that a paper handed in does not serve, and why; it is asked for with everything else that is missing.

    Raises:
        NotPermitted: a resident, or a post that neither accepts nor examines cases.
    """
    actor = who_acts()
    if actor.kind == RESIDENT or not permissions_of(actor.role) & {
        "cases.accept",
        "cases.examine",
        "cases.decide",
    }:
        raise NotPermitted("材料是否合格由受理、审核人员认定 / offices say whether a paper serves")
    found = _open(case)
    row = Material.objects.select_for_update().get(case=found, code=code)
    if row.state not in (Material.State.SUBMITTED, Material.State.PROMISED):
        raise MoveRefused(f"材料 {code} 尚未提交 / {code} has not been handed in")
    row.state, row.note, row.on = Material.State.REJECTED, why, on
    row.save()
    add_event(found, "reject_paper", on=on, note=why, detail={"paper": code})
    return row


def _open(case: Case | int) -> Case:
    found = locked(case)
    if found.state not in OPEN:
        raise MoveRefused(f"办件 {found.number} 已办结，不能再提交材料 / case {found.number} is closed")
    return found


def _may_bring(case: Case, view: PaperView) -> None:
    """An applicant brings papers while the form is theirs, and later what was put off."""
    put_off = view.row is not None and view.row.state == Material.State.LATER
    if who_acts().kind == RESIDENT and case.state not in (State.DRAFT, State.CORRECTING) and not put_off:
        raise MoveRefused(
            f"办件 {case.number} 已提交，需要补充的材料会一次性告知您 / "
            f"case {case.number} was sent in; whatever is missing will be told at once"
        )


@transaction.atomic
def confirm_known(*, case: Case | int, field: str, agrees: bool, told: object = None, on: date) -> Case:
    """Records that the applicant agrees with what the city knows, or disputes it (确认或提出数据异议).

    A dispute goes to the source; the case goes on with what was told, marked as disputed.
    """
    found = locked(case)
    item = item_of(found)
    answer = found.answers.get(field)
    if answer is None or answer.get("origin") != "registry":
        raise CaseError(f"{field} 不是本市已有信息 / {field} is nothing the city knew")
    if found.state not in (State.DRAFT, State.CORRECTING, State.SUBMITTED) or (
        who_acts().kind == RESIDENT and found.state == State.SUBMITTED
    ):
        raise MoveRefused("提交后不能再改填写内容 / answers cannot be changed any more")
    if agrees:
        found.answers = {**found.answers, field: {**answer, "confirmed": True}}
    else:
        known = str(answer["value"])
        found.answers = {
            **found.answers,
            field: {**answer, "confirmed": False, "value": told, "known": answer["value"], "origin": "told"},
        }
        Dispute.objects.get_or_create(
            case=found,
            field=field,
            state=Dispute.State.OPEN,
            defaults={
                "person_id": found.person_id,
                "known": known,
                "told": str(told),
                "label": item.field(field).label,
                "known_from": item.field(field).known_from,
                "source": answer.get("source", ""),
                "opened_on": on,
            },
        )
        add_event(
            found,
            "dispute",
            on=on,
            detail={"field": item.field(field).label, "source": answer.get("source", "")},
        )
    found.version += 1
    found.save(update_fields=["answers", "version"])
    return found
