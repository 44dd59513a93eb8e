"""Verbs of a visit: begin, answer clause by clause, finish; findings come out of the finished answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import connection, transaction

from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.cases.models import Upload
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.inspections.checklists import CheckList, Clause, checklists
from minzheng.kernel.inspections.errors import InspectionRefused, NotYourVisit
from minzheng.kernel.inspections.models import (
    Answer,
    AreaResult,
    Assignment,
    Complaint,
    Finding,
    Inspector,
    Result,
    Visit,
)
from minzheng.kernel.inspections.states import VisitState, move
from minzheng.kernel.inspections.working_rules import working_rules
from minzheng.kernel.periods import Month, add_workdays


def lists_of(visit: Visit) -> list[CheckList]:
    """The check lists of a visit, in the order of its areas."""
    known = checklists(visit.facility.kind)
    return [known[area] for area in visit.areas if area in known]


@transaction.atomic
def order_visit(
    *, facility: Facility, kind: str, title: str, areas: Sequence[str], inspectors: Sequence[Inspector], due_from: date,
    due_to: date,
) -> Visit:  # fmt: skip
    """A visit outside of any draw, because of a complaint or a campaign (指定检查); who ordered it stands in the trace.

    Raises:
        NotPermitted, InspectionRefused: no inspector, two of one department, an area without a list, a conflict of interest.
    """
    require("inspections.plan")
    known = checklists(facility.kind)
    if not inspectors or len({one.department for one in inspectors}) != len(inspectors):
        raise InspectionRefused("请从每个部门选一名检查人员 / choose one inspector of each department")
    if not areas or any(area not in known for area in areas):
        raise InspectionRefused(f"检查领域须为 {'、'.join(known)} / areas must be among these")
    barred = Inspector.objects.filter(
        pk__in=[one.pk for one in inspectors], conflicts__facility=facility
    ).first()
    if barred:
        raise InspectionRefused(
            f"{barred.name} 应回避该机构，请另选 / {barred.code} must keep away; choose another"
        )
    visit = Visit.objects.create(
        title=title, kind=kind, facility=facility, division_code=facility.division_code, areas=list(areas),
        due_from=due_from, due_to=due_to,
    )  # fmt: skip
    Assignment.objects.bulk_create(
        Assignment(
            visit=visit, facility=facility, division_code=visit.division_code, inspector=one, department=one.department
        )
        for one in inspectors
    )  # fmt: skip
    record(
        "inspections.visit_ordered",
        subject=f"inspections.visit:{visit.pk}",
        division_code=visit.division_code,
    )
    return visit


def _mine(visit: Visit | int) -> Visit:
    """The visit, locked, where the acting inspector was drawn for it.

    Raises:
        NotPermitted, NotYourVisit, InspectionRefused.
    """
    actor = require("inspections.inspect")
    pk = visit if isinstance(visit, int) else visit.pk
    found = Visit.objects.select_for_update(of=("self",)).select_related("facility").filter(pk=pk).first()
    if found is None:
        raise InspectionRefused(f"没有检查 {pk}，或不在可见范围内 / no such visit in your sight")
    if not Assignment.objects.filter(visit=found, inspector__official_id=actor.official).exists():
        raise NotYourVisit("您不是这次检查的检查人员 / you were not drawn for this visit")
    return found


@transaction.atomic
def begin_visit(*, visit: Visit | int, on: date) -> Visit:
    """Begins it on the spot (开始检查); beginning twice changes nothing."""
    found = _mine(visit)
    if found.state == VisitState.UNDER_WAY:
        return found
    if on < found.due_from:
        raise InspectionRefused(f"检查窗口自 {found.due_from} 起 / the visit is due from {found.due_from}")
    move(found, "visit", VisitState.UNDER_WAY, on=on, began_on=on)
    return found


@transaction.atomic
def answer_clause(
    *, visit: Visit | int, clause: str, result: str, text: str = "", photo: Upload | None = None
) -> Answer:
    """Keeps what was seen of one clause, at once (逐条记录). The same again adds nothing, another answer stands above the first.

    A text or photo given before stays where the new answer of the same result brings none.

    Raises:
        NotPermitted, NotYourVisit, InspectionRefused: not under way, or no such clause.
    """
    found = _mine(visit)
    if found.state != VisitState.UNDER_WAY:
        raise InspectionRefused(
            f"检查{VisitState(found.state).label}，开始之后、完成之前方可记录 / answers are kept while the visit is under way"
        )
    listed, wanted = _clause(found, clause)
    if result not in Result.values:
        raise InspectionRefused(
            f"结果须为 {'、'.join(Result.labels)} / result must be one of {', '.join(Result.values)}"
        )
    before = Answer.objects.filter(visit=found, clause=clause).order_by("-id").first()
    if before is not None and before.result == result:
        text, photo = text.strip() or before.text, photo or before.photo
        if (text, photo) == (before.text, before.photo):
            return before
    return Answer.objects.create(
        visit=found, facility=found.facility, division_code=found.division_code, area=listed.area, clause=wanted.code,
        version=listed.version, result=result, text=text.strip(), photo=photo,
        by_id=require("inspections.inspect").official,
    )  # fmt: skip


def _clause(visit: Visit, code: str) -> tuple[CheckList, Clause]:
    for one in lists_of(visit):
        found = one.clause(code)
        if found is not None:
            return one, found
    raise InspectionRefused(f"检查表里没有条款 {code} / no clause {code} in the visit's lists")


def latest_answers(visit: Visit) -> dict[str, Answer]:
    """The answer that counts, by clause; one query."""
    rows = (
        Answer.objects.filter(visit=visit)
        .select_related("photo")
        .order_by("clause", "-id")
        .distinct("clause")
    )
    return {row.clause: row for row in rows}


def what_lacks(visit: Visit) -> list[str]:
    """What keeps a visit from being finished, clause by clause; empty where nothing does."""
    answers, faults = latest_answers(visit), []
    for listed in lists_of(visit):
        for clause in listed.clauses:
            answer = answers.get(clause.code)
            if answer is None:
                faults.append(f"{clause.code} 未填写 / not answered")
            elif answer.result == Result.NOT_MET and not (answer.text and answer.photo_id):
                faults.append(f"{clause.code} 不符合，须写明情况并拍照 / not met: say what and take a photo")
    return faults


@transaction.atomic
def finish_visit(*, visit: Visit | int, on: date) -> Visit:
    """Ends a visit (完成检查): each clause not met becomes a finding with its deadline, each area gets its result.

    Raises:
        NotPermitted, NotYourVisit, InspectionRefused: a clause has no answer, or a fault no words or no photo.
    """
    found = _mine(visit)
    if found.state == VisitState.DONE:
        return found
    lacks = what_lacks(found)
    if lacks:
        more = f" …（共 {len(lacks)} 条）" if len(lacks) > 5 else ""
        raise InspectionRefused("；".join(lacks[:5]) + more)
    answers = latest_answers(found)
    move(found, "visit", VisitState.DONE, on=on, done_on=on)
    deadlines = deadlines_from(on)
    Finding.objects.bulk_create(
        Finding(
            visit=found, facility=found.facility, division_code=found.division_code, kind=found.kind, area=listed.area,
            clause=clause.code, clause_text=clause.text, source=clause.source, severity=clause.severity,
            points=clause.points, department=listed.department, text=answers[clause.code].text,
            photo=answers[clause.code].photo, found_on=on, deadline=deadlines[clause.severity],
        )
        for listed in lists_of(found)
        for clause in listed.clauses
        if answers[clause.code].result == Result.NOT_MET
    )  # fmt: skip
    _results(found, on)
    return found


def deadlines_from(on: date) -> dict[str, date]:
    """The last day to put a fault right, by severity: working days by the working rules, the day itself not counted."""
    rules = working_rules().at(Month.of(on))
    return {
        "minor": add_workdays(on, int(rules.days_minor)),
        "serious": add_workdays(on, int(rules.days_serious)),
        "major": add_workdays(on, int(rules.days_major)),
    }


def _results(visit: Visit, on: date) -> None:
    """The results of the areas, counted from the answers that stand."""
    departments = {one.area: one.department for one in lists_of(visit)}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT area, count(*) FILTER (WHERE result = 'met'), count(*) FILTER (WHERE result = 'not_met'),
                   count(*) FILTER (WHERE result = 'not_applicable')
            FROM (SELECT DISTINCT ON (clause) clause, area, result FROM inspections_answer WHERE visit_id = %s
                  ORDER BY clause, id DESC) latest
            GROUP BY area
            """,
            [visit.pk],
        )
        rows = cursor.fetchall()
    AreaResult.objects.bulk_create(
        AreaResult(
            visit=visit, facility=visit.facility, division_code=visit.division_code, kind=visit.kind, area=area,
            department=departments[area], met=met, not_met=not_met, not_applicable=other, done_on=on,
        )
        for area, met, not_met, other in rows
    )  # fmt: skip


@transaction.atomic
def record_complaint(
    *, facility: Facility, received_on: date, channel: str, area: str, text: str
) -> Complaint:
    """Enters a complaint about a facility, without who complained (登记投诉举报)."""
    require("inspections.plan")
    made = Complaint.objects.create(
        facility=facility, division_code=facility.division_code, received_on=received_on, channel=channel, area=area,
        text=text,
    )  # fmt: skip
    record(
        "inspections.complaint", subject=f"inspections.complaint:{made.pk}", division_code=made.division_code
    )
    return made


@transaction.atomic
def verify_complaint(*, complaint: Complaint, is_verified: bool, on: date) -> Complaint:
    """Says whether a complaint was true (核实投诉), once."""
    require("inspections.plan")
    found = Complaint.objects.select_for_update().get(pk=complaint.pk)
    if found.is_verified is not None:
        raise InspectionRefused("该投诉已核实 / the complaint was settled already")
    found.is_verified, found.verified_on = is_verified, on
    found.save(update_fields=["is_verified", "verified_on"])
    record(
        "inspections.complaint_verified",
        subject=f"inspections.complaint:{found.pk}",
        detail={"true": is_verified},
    )
    return found
