"""The letters of a case (文书): composed once as data, kept, and shown on screen, as PDF and as DOCX from that same data.

Each says in plain words what happened, by which article, what comes next, and how to object.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from django.db import connection

from minzheng.kernel.cases.clocks import due_after
from minzheng.kernel.cases.jurisdiction import CITY
from minzheng.kernel.cases.models import Case, Decision, Letter, Review
from minzheng.kernel.cases.moving import item_of
from minzheng.kernel.cases.papers import PaperView, papers_of
from minzheng.kernel.documents import (
    Amount,
    Certificate,
    Condition,
    Document,
    Objection,
    Paper,
    Receipt,
    sealed,
)
from minzheng.kernel.documents import Letter as Reasons
from minzheng.kernel.documents.model import ReceiptKind
from minzheng.kernel.items.model import Item, StepKind
from minzheng.kernel.money import format_yuan
from minzheng.kernel.periods import Month
from minzheng.kernel.places.queries import path_names

_TYPES = {"letter": Reasons, "receipt": Receipt, "certificate": Certificate}
_DATES = ("date", "due_on", "received_on", "valid_from", "valid_until")
_PARTS: dict[str, type] = {
    "conditions": Condition,
    "amounts": Amount,
    "objections": Objection,
    "papers": Paper,
}
RECEIPTS: dict[str, ReceiptKind] = {
    Letter.Kind.RECEIPT: "receipt",
    Letter.Kind.ACCEPTED: "acceptance",
    Letter.Kind.CORRECTION: "correction",
    Letter.Kind.NOT_ACCEPTED: "refusal",
}


_KNOWN: ContextVar[dict[str, str] | None] = ContextVar("names of places at hand", default=None)


@contextmanager
def names_at_hand(codes: Iterable[str]) -> Iterator[None]:
    """Within the block letters to many people name these places and their districts without asking for each of them."""
    wanted = {CITY, *(part for code in codes for part in (code, code[:9], code[:6]))}
    token = _KNOWN.set(path_names(wanted))
    try:
        yield
    finally:
        _KNOWN.reset(token)


def _names(codes: Collection[str]) -> dict[str, str]:
    known = _KNOWN.get()
    if known is not None and all(code in known for code in codes):
        return known
    return path_names(codes)


def issue(
    case: Case,
    kind: Letter.Kind,
    *,
    on: date,
    missing: list[str] | None = None,
    note: str = "",
    decision: Decision | None = None,
    review: Review | None = None,
    still_open: Collection[str] = (),
) -> Letter:
    """Writes and keeps one letter of a case.

    Args:
        still_open: of a review that was withdrawn, the kinds that may still be filed.
    """
    item = item_of(case)
    views = papers_of(case, item) if kind in RECEIPTS else ()
    written = compose(
        case, item, kind, on=on, missing=missing, note=note, decision=decision, review=review, still_open=still_open,
        views=views,
    )  # fmt: skip
    written.save(force_insert=True)
    return written


def compose(
    case: Case,
    item: Item,
    kind: Letter.Kind,
    *,
    on: date,
    missing: list[str] | None = None,
    note: str = "",
    decision: Decision | None = None,
    review: Review | None = None,
    still_open: Collection[str] = (),
    views: Sequence[PaperView] = (),
) -> Letter:
    """One letter of a case, sealed and not saved yet.

    Args:
        views: the case's papers, for receipts.
    """
    number = number_of(case, on, kind)
    if kind in RECEIPTS:
        paper: Document = _receipt(case, item, kind, on, missing or [], note, views)
    elif kind is Letter.Kind.CERTIFICATE:
        paper = _certificate(case, item, on)
    elif review is not None and decision is None:
        withdrawn = review.state == Review.State.WITHDRAWN
        paper = (
            _withdrawn(case, item, review, on, still_open) if withdrawn else _review(case, item, review, on)
        )
    elif decision is not None:
        paper = _decision(case, item, decision, on, review)
    else:
        paper = _notice(case, item, kind, on, note)
    paper = sealed(paper, number)
    return Letter(
        case_id=case.pk,
        kind=kind,
        number=number,
        title=paper.title or kind.label,
        content=_as_data(paper),
        code=paper.code,
        issued_on=on,
    )


def document_of(letter: Letter) -> Document:
    """The letter as a value that `documents` renders."""
    content = dict(letter.content)
    made = _TYPES[content.pop("type")]
    for name in _DATES:
        if content.get(name):
            content[name] = date.fromisoformat(content[name])
    for name, part in _PARTS.items():
        if name in content:
            content[name] = tuple(part(**row) for row in content[name])
    for name, value in content.items():
        if isinstance(value, list):
            content[name] = tuple(tuple(one) if isinstance(one, list) else one for one in value)
    document: Document = made(**content)
    return document


def number_of(case: Case, on: date, kind: Letter.Kind | None = None) -> str:
    """A letter's number (文号): office, year and the case's number, so that it is found again by it."""
    street = _names([case.deciding_division]).get(case.deciding_division, "")
    word = (street[:1] or "沪") + "民"
    mark = (
        {Letter.Kind.CORRECTION: "补", Letter.Kind.DECISION: "决", Letter.Kind.REVIEW: "复"}.get(kind, "")
        if kind
        else "决"
    )  # type: ignore[call-overload]
    return f"{word}{mark}〔{on.year}〕{case.pk % 10_000_000_000}号"


def office_of(case: Case, division: str = "") -> str:
    """Who signs: the street's office, the town's government, the district's or the city's civil-affairs bureau."""
    code = division or case.deciding_division
    return _office(code, _names({code[:9], code[:6]}))


def offices_of(cases: list[Case]) -> dict[int, str]:
    """The deciding office of each of some cases by the case's number, with one query."""
    codes = {case.deciding_division for case in cases}
    names = _names({code[:9] for code in codes} | {code[:6] for code in codes})
    return {case.pk: _office(case.deciding_division, names) for case in cases}


def reviewing_office(case: Case, kind: str, place: str) -> str:
    """Who looks at a decision again at a place: the bureau for 复核, the government for 行政复议."""
    if kind == Review.Kind.REVIEW:
        return office_of(case, place)
    return "上海市人民政府" if place == "310000" else f"{_names([place]).get(place, '')}人民政府"


def _office(code: str, names: dict[str, str]) -> str:
    name = names.get(code[:9], "")
    if len(code) >= 9 and name:
        return name + (
            "办事处" if name.endswith("街道") else "人民政府" if name.endswith(("镇", "乡")) else ""
        )
    if code.startswith("31") and len(code) == 6 and code != "310000":
        return names.get(code, "") + "民政局"
    return "上海市民政局"


def _as_data(paper: Document) -> dict[str, Any]:
    kind = next(name for name, made in _TYPES.items() if isinstance(paper, made))
    return {"type": kind, **{one.name: _plain(getattr(paper, one.name)) for one in fields(paper)}}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return type(value)(_plain(part) for part in value)
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    return value


def _receipt(
    case: Case,
    item: Item,
    kind: Letter.Kind,
    on: date,
    missing: list[str],
    note: str,
    views: Sequence[PaperView],
) -> Receipt:
    states = {"fetched": "fetched", "submitted": "received", "promised": "received", "later": "received"}
    papers = [
        Paper(
            name=view.paper.name,
            state=states.get(view.row.state, "missing"),  # type: ignore[arg-type]
            note=f"由{view.row.issuer or view.row.source}数据免交"
            if view.row.state == "fetched"
            else view.row.note,
        )
        for view in views
        if view.row is not None and (kind is not Letter.Kind.CORRECTION or not view.is_settled)
    ]
    named = {paper.name for paper in papers}
    papers += [Paper(name=word, state="missing") for word in missing if word not in named]
    due, basis = case.due_on, "办理时限，按工作日计算"
    if kind is Letter.Kind.CORRECTION:
        due, basis = (
            due_after(on, item.correction_days, in_workdays=False),
            "请在此日前补齐；补正期间不计入办理时限",
        )
    elif kind is Letter.Kind.RECEIPT:
        step = item.step(StepKind.ACCEPT)
        due = due_after(on, step.days, in_workdays=step.in_workdays) if step and step.days else None
        basis = "是否受理的答复期限"
    elif kind is Letter.Kind.NOT_ACCEPTED:
        due = None
    return Receipt(
        kind=RECEIPTS[kind],
        office=office_of(case, case.accepting_division),
        item=item.name,
        applicant=case.applicant_name,
        date=on,
        title=kind.label,
        papers=tuple(papers),
        received_on=case.submitted_on or on,
        due_on=due,
        due_basis=basis if due else "",
        notes=tuple(filter(None, [note, f"办件编号 {case.number}，网上和任一受理中心均可查询。"])),
        objections=_objections(case, item) if kind is Letter.Kind.NOT_ACCEPTED else (),
        signed_by=office_of(case, case.accepting_division),
        illustrative=_assumed(item),
    )


def _decision(case: Case, item: Item, decision: Decision, on: date, review: Review | None) -> Reasons:
    granted = decision.outcome == Decision.Outcome.GRANTED
    found = decision.finding
    basis = _basis(item)
    opening = [
        f"您于{_day(case.submitted_on or on)}提出的“{item.name}”申请（办件编号 {case.number}），"
        f"经审查，决定{'准予' if granted else '不予批准'}。",
    ]
    if basis:
        opening.append(f"依据：{basis}。")
    if review is not None:
        opening.insert(0, f"您对原决定提出的{review.get_kind_display()}已审结，原决定予以改变。")
    office = office_of(case) if review is None else _signs(case, review)
    amounts = []
    closing = []
    if granted and decision.amount_fen:
        amounts = [Amount(label=one["label"], value=one["value"]) for one in found.get("amounts", [])]
        amounts.append(Amount(label="每月发放", value=decision.amount_fen, is_total=True))
        if decision.start_month:
            closing.append(
                f"自{Month.of(decision.start_month).chinese}起每月发放{format_yuan(decision.amount_fen)}元，"
                "打入您登记的账户。家庭情况变化时，请及时告诉街镇。"
            )
    if decision.reason and (not granted or decision.departs):
        closing.append(f"理由：{decision.reason}")
    closing += [sentence for sentence in found.get("sentences", []) if not found.get("conditions")]
    return Reasons(
        office=office,
        title=f"{item.name}{'准予' if granted else '不予'}决定书",
        addressee=case.applicant_name,
        date=on,
        opening=tuple(opening),
        conditions=tuple(
            Condition(label=one["label"], met=one["met"], value=one["value"], threshold=one["threshold"],
                      article=one["article"], provenance=one["provenance"])
            for one in found.get("conditions", [])
        ),
        amounts=tuple(amounts),
        closing=tuple(closing),
        objections=_objections(case, item) if review is None else _objections_after(case, item, review),
        signed_by=office,
        illustrative=(*_assumed(item), *found.get("illustrative", [])),
    )  # fmt: skip


def _review(case: Case, item: Item, review: Review, on: date) -> Reasons:
    """Tells that a decision stays, or that the review is not accepted."""
    kept = review.state == Review.State.DISMISSED
    office = _signs(case, review)
    return Reasons(
        office=office,
        title=f"{review.get_kind_display()}{'决定书' if kept else '不予受理决定书'}",
        addressee=case.applicant_name,
        date=on,
        opening=(
            f"您于{_day(review.filed_on)}对“{item.name}”的决定（{review.decision.number}）提出的{review.get_kind_display()}，"
            + ("经审理，决定维持原决定。" if kept else "经审查，决定不予受理。"),
            f"办件编号 {case.number}。",
        ),
        closing=(f"理由：{review.outcome}",),
        objections=_objections_after(case, item, review),
        signed_by=office,
        illustrative=_assumed(item),
    )


def withdrawal_line(case: Case, review: Review) -> str:
    """The line by which the letter about a withdrawn review names it."""
    return f"办件编号 {case.number}，申请编号 {review.pk}。"


def _withdrawn(case: Case, item: Item, review: Review, on: date, still_open: Collection[str]) -> Reasons:
    """Tells that a review ended because it was withdrawn (终止).

    Sources: 行政复议法 (2017修正) 第二十五条; 行政复议法实施条例 第三十八条 (not again on the same facts and grounds).
    """
    office, appeal = _signs(case, review), review.kind == Review.Kind.RECONSIDERATION
    name, decision = review.get_kind_display(), review.decision
    ways = {f"申请{Review.Kind(kind).label}" for kind in still_open} | {"提起行政诉讼"}
    closing = [
        f"原决定（{decision.number}）继续有效。下列期限自原决定作出之日（{_day(decision.on)}）起算，不因撤回而延长。"
    ]
    if appeal:
        closing.append(
            "撤回后不得再以同一事实和理由申请行政复议，但能够证明撤回违背您真实意思的除外（行政复议法实施条例 第三十八条）。"
        )
    return Reasons(
        office=office,
        title=f"{name}终止{'决定' if appeal else '通知'}书",
        addressee=case.applicant_name,
        date=on,
        opening=(
            f"您于{_day(review.filed_on)}对“{item.name}”的决定提出的{name}，已于{_day(review.decided_on or on)}撤回，"
            f"{name}终止{'（行政复议法 第二十五条）' if appeal else ''}。",
            withdrawal_line(case, review),
        ),
        closing=tuple(closing),
        objections=tuple(one for one in _objections(case, item) if one.way in ways),
        signed_by=office,
        illustrative=_assumed(item),
    )


def _notice(case: Case, item: Item, kind: Letter.Kind, on: date, note: str) -> Reasons:
    passed = item.step(StepKind.PASS_ON)
    words = {
        Letter.Kind.PASSED_ON: f"您申请的“{item.name}”由{passed.department if passed else item.department}办理，"
        f"我们已为您转送，请您不必再跑一次。",
        Letter.Kind.LAPSED: f"您申请的“{item.name}”在补正期限内没有补齐，按规定终止办理。您可以随时重新申请，已有的材料不用重交。",
        Letter.Kind.PAUSED: f"您申请的“{item.name}”暂停计算办理时限：{note}。",
    }
    return Reasons(
        office=office_of(case, case.accepting_division),
        title=kind.label,
        addressee=case.applicant_name,
        date=on,
        opening=(words.get(kind, note), f"办件编号 {case.number}。"),
        closing=(note,) if note and kind is not Letter.Kind.PAUSED else (),
        signed_by=office_of(case, case.accepting_division),
        illustrative=_assumed(item),
    )


def _certificate(case: Case, item: Item, on: date) -> Certificate:
    until = None
    if item.result.valid_months:
        until = (Month.of(on) + item.result.valid_months).first_day
    return Certificate(
        office=office_of(case),
        title=item.result.name,
        holder=case.person_name,
        date=on,
        statement=f"经办理“{item.name}”，予以确认。",
        rows=(("办件编号", case.number),),
        basis=_basis(item),
        valid_from=on,
        valid_until=until,
        signed_by=office_of(case),
        illustrative=_assumed(item),
    )


def _objections(case: Case, item: Item) -> tuple[Objection, ...]:
    """How to object. Sources: 行政复议法 (2017) 第九条, 行政诉讼法 第四十六条."""
    ways = []
    if item.may_review:
        ways.append(
            Objection(
                way="申请复核",
                where=office_of(case, case.deciding_division[:6]),
                within=f"{item.review_days}日内",
            )
        )
    if item.may_appeal:
        district = _names([case.deciding_division[:6]]).get(case.deciding_division[:6], "")
        ways.append(
            Objection(
                way="申请行政复议", where=f"{district}人民政府", within="60日内", article="行政复议法 第九条"
            )
        )
        ways.append(
            Objection(
                way="提起行政诉讼",
                where="有管辖权的人民法院",
                within="6个月内",
                article="行政诉讼法 第四十六条",
            )
        )
    return tuple(ways)


def _objections_after(case: Case, item: Item, review: Review) -> tuple[Objection, ...]:
    """What is left after a review: the other way, and the court. Source: 行政诉讼法 第四十五条."""
    if review.kind == Review.Kind.REVIEW:
        return tuple(one for one in _objections(case, item) if one.way != "申请复核")
    return (
        Objection(
            way="提起行政诉讼", where="有管辖权的人民法院", within="15日内", article="行政诉讼法 第四十五条"
        ),
    )


def _signs(case: Case, review: Review) -> str:
    return reviewing_office(case, review.kind, review.reviewing_division)


def _basis(item: Item) -> str:
    """The papers that an item rests on; what is only assumed is no ground for a decision."""
    return "、".join(one.text for one in item.basis if one.provenance != "illustrative")


def _assumed(item: Item) -> tuple[str, ...]:
    return (
        ("本事项的材料、环节与时限为示意，待与主管部门核对。",) if item.provenance == "illustrative" else ()
    )


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def mark_read(letter: Letter) -> None:
    """Keeps when the applicant opened it; the first time counts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_letter SET read_at = now() WHERE id = %s AND read_at IS NULL", [letter.pk]
        )
