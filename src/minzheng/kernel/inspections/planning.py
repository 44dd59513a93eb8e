"""Verbs of plans: announce the seed's hash, freeze the list, draw, publish the file (编制、锁定、抽取、公开)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction

from minzheng.kernel.access import current_actor, require, scope_of
from minzheng.kernel.audit import record
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.inspections.checklists import checklists
from minzheng.kernel.inspections.drawing import DrawnVisit, canonical, digest, draw, draw_file
from minzheng.kernel.inspections.errors import InspectionRefused
from minzheng.kernel.inspections.models import (
    Assignment,
    Conflict,
    Inspector,
    Plan,
    PlanSeed,
    Publication,
    Visit,
)
from minzheng.kernel.inspections.states import PlanState, move


@dataclass(frozen=True, slots=True)
class TargetIn:
    """A facility for the list, its class of risk and why it is in it."""

    facility: Facility
    risk: str
    reason: str


@transaction.atomic
def draft_plan(
    *, title: str, kind: str, facility_kind: str, division_code: str, first_day: date, last_day: date,
    areas: Sequence[str], rule: Sequence[dict[str, Any]], on: date, reasons: str = "", seed: str = "",
) -> Plan:  # fmt: skip
    """Opens a plan and announces the hash of its seed, before there is a list (编制计划并公布种子摘要).

    Args:
        rule: [{risk, share (percent), visits, source, provenance}], one row a class of risk.
        seed: 64 hexadecimal digits; drawn from the system's own chance where empty. Only tests and simulations give one.

    Raises:
        NotPermitted, InspectionRefused: an area without a check list, a rule out of its bounds, a place not the post's.
    """
    actor = require("inspections.plan")
    known = checklists(facility_kind)
    unknown = [area for area in areas if area not in known]
    if not areas or unknown:
        raise InspectionRefused(
            f"检查领域{'、'.join(unknown) or '未填'}没有检查表，可选：{'、'.join(known)} / no check list for these areas; there are {', '.join(known)}"
        )
    if not actor.reaches(division_code):
        raise InspectionRefused(f"区划 {division_code} 不在本岗位范围内 / the place is not your post's")
    if last_day < first_day:
        raise InspectionRefused("结束日期不能早于开始日期 / the last day is before the first")
    for row in rule:
        if not (0 < row["share"] <= 100 and 0 <= row["visits"] <= 12):
            raise InspectionRefused(
                f"风险等级 {row['risk']}：抽取比例须为 1—100，次数须为 0—12 / class {row['risk']}: share 1–100, visits 0–12"
            )
    seed = seed or secrets.token_hex(32)
    plan = Plan.objects.create(
        title=title, kind=kind, facility_kind=facility_kind, division_code=division_code, first_day=first_day,
        last_day=last_day, areas=list(areas), rule=list(rule), reasons=reasons, seed_sha256=digest(seed), committed_on=on,
        made_by_id=actor.official,
    )  # fmt: skip
    with connection.cursor() as cursor:
        # Without RETURNING, which would read what nobody may read yet.
        cursor.execute(
            "INSERT INTO inspections_planseed (plan_id, division_code, seed) VALUES (%s, %s, %s)",
            [plan.pk, division_code, seed],
        )
    _announce(plan, {"seed_sha256": plan.seed_sha256}, on, "种子摘要")
    record(
        "inspections.plan_committed",
        subject=f"inspections.plan:{plan.pk}",
        division_code=division_code,
        detail={"seed_sha256": plan.seed_sha256, "on": on},
    )
    return plan


def _announce(plan: Plan, detail: dict[str, str], on: date, what: str) -> None:
    actor = current_actor()
    Publication.objects.create(
        kind="draw",
        subject=f"plan:{plan.pk}:{next(iter(detail))}",
        division_code=plan.division_code,
        title=f"{plan.title}：{what}",
        detail=detail | {"plan": plan.pk},
        published_on=on,
        published_by=actor.label if actor else "",
    )


def _locked(plan: Plan | int) -> Plan:
    pk = plan if isinstance(plan, int) else plan.pk
    found = Plan.objects.select_for_update().filter(pk=pk).first()
    if found is None:
        raise InspectionRefused(f"没有检查计划 {pk}，或不在可见范围内 / no such plan in your sight")
    return found


@transaction.atomic
def freeze_plan(*, plan: Plan | int, targets: Sequence[TargetIn], on: date) -> Plan:
    """Fixes what the draw will be taken from: facilities, inspectors, conflicts, who went last (锁定名单).

    Raises:
        NotPermitted, InspectionRefused: nothing to inspect, a facility twice or outside the place, a class without a rule, or a
        department of the areas without any inspector.
    """
    require("inspections.plan")
    locked = _locked(plan)
    low, high = scope_of(locked.division_code)
    rules = {row["risk"] for row in locked.rule}
    codes = [one.facility.code for one in targets]
    if not codes or len(codes) != len(set(codes)):
        raise InspectionRefused("名单为空或有重复 / the list is empty or names a facility twice")
    for one in targets:
        if one.risk not in rules or not low <= one.facility.division_code < high:
            raise InspectionRefused(
                f"{one.facility.name}（{one.facility.code}）：风险等级 {one.risk} 没有频次，或不在计划区划内 / class without a rule, or outside the plan's place"
            )
    lists = checklists(locked.facility_kind)
    departments = sorted({lists[area].department for area in locked.areas} | {"civil_affairs"})
    inspectors = list(
        Inspector.objects.filter(during__contains=on, department__in=departments).order_by("code")
    )
    lacking = sorted(set(departments) - {one.department for one in inspectors})
    if lacking:
        raise InspectionRefused(
            f"部门 {'、'.join(lacking)} 没有在册检查人员，请先登记 / no inspectors of {', '.join(lacking)}; enter them first"
        )
    by_id = {one.facility.pk: one.facility.code for one in targets}
    frozen = {
        "plan": locked.title,
        "first_day": locked.first_day.isoformat(),
        "last_day": locked.last_day.isoformat(),
        "departments": departments,
        "rule": [{key: row[key] for key in ("risk", "share", "visits")} for row in locked.rule],
        "targets": [
            {"subject": one.facility.code, "name": one.facility.name, "place": one.facility.division_code,
             "risk": one.risk, "reason": one.reason}
            for one in sorted(targets, key=lambda one: one.facility.code)
        ],
        "inspectors": [
            {"code": one.code, "department": one.department, "place": scope_of(one.division_code)[0]}
            for one in inspectors
        ],
        "conflicts": sorted(
            [by_id[facility], code]
            for facility, code in Conflict.objects.filter(facility__in=by_id).values_list(
                "facility_id", "inspector__code"
            )
        ),
        "last": _last_inspectors(by_id),
    }  # fmt: skip
    sha = digest(canonical(frozen))
    move(locked, "plan", PlanState.FROZEN, on=on, frozen=frozen, frozen_sha256=sha, frozen_on=on)
    _announce(locked, {"frozen_sha256": sha}, on, "名单摘要")
    return locked


def _last_inspectors(by_id: dict[int, str]) -> dict[str, dict[str, str]]:
    """Who went to each facility last, by department; one query."""
    found: dict[str, dict[str, str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT ON (a.facility_id, a.department) a.facility_id, a.department, i.code
            FROM inspections_assignment a JOIN inspections_visit v ON v.id = a.visit_id
              JOIN inspections_inspector i ON i.id = a.inspector_id
            WHERE a.facility_id = ANY(%s) AND v.state <> 'cancelled'
            ORDER BY a.facility_id, a.department, coalesce(v.done_on, v.due_to) DESC, v.id DESC
            """,
            [list(by_id)],
        )
        for facility, department, code in cursor.fetchall():
            found.setdefault(by_id[facility], {})[department] = code
    return found


@transaction.atomic
def draw_plan(*, plan: Plan | int, on: date) -> Plan:
    """Opens the seed and makes the visits (抽取). The file stays with officials, because it tells when whom is visited.

    Raises:
        NotPermitted, InspectionRefused: the list is not frozen, or it was drawn already.
    """
    require("inspections.plan")
    locked = _locked(plan)
    sealed = PlanSeed.objects.filter(plan=locked).first()
    if locked.state != PlanState.FROZEN or sealed is None or locked.frozen is None:
        raise InspectionRefused(
            f"“{locked.title}”{PlanState(locked.state).label}，锁定名单之后抽取一次 / the list is frozen first, and drawn from once"
        )
    drawn = draw(locked.frozen, sealed.seed)
    gaps = [[one.subject, one.round, department] for one in drawn for department in one.gaps]
    move(locked, "plan", PlanState.DRAWN, on=on, seed=sealed.seed, drawn_on=on, gaps=gaps)
    _make_visits(locked, drawn)
    return locked


def _make_visits(plan: Plan, drawn: Sequence[DrawnVisit]) -> None:
    facilities = {one.code: one for one in Facility.objects.filter(code__in={one.subject for one in drawn})}
    visits = Visit.objects.bulk_create(
        Visit(
            plan=plan, title=plan.title, kind=plan.kind, facility=facilities[one.subject],
            division_code=facilities[one.subject].division_code, areas=plan.areas, risk=one.risk, position=one.position,
            round=one.round, digest=one.digest, due_from=one.due_from, due_to=one.due_to,
        )
        for one in drawn
    )  # fmt: skip
    inspectors = dict(Inspector.objects.values_list("code", "pk"))
    seed = plan.seed
    Assignment.objects.bulk_create(
        Assignment(
            visit=visit, facility=visit.facility, division_code=visit.division_code, inspector_id=inspectors[code],
            department=department, digest=digest(seed, f"{one.subject}#{one.round}", code),
        )
        for visit, one in zip(visits, drawn, strict=True)
        for department, code in one.inspectors.items()
    )  # fmt: skip


@transaction.atomic
def publish_draw(*, plan: Plan | int, on: date) -> Plan:
    """Gives everybody the seed and the file (公开验证文件), once no visit of the plan is still to come.

    Raises:
        NotPermitted, InspectionRefused: visits are still planned; whoever computes the draw would know their day.
    """
    require("inspections.publish")
    locked = _locked(plan)
    waiting = Visit.objects.filter(plan=locked, state__in=("planned", "under_way")).count()
    if waiting:
        raise InspectionRefused(
            f"还有 {waiting} 次检查未完成；提前公开种子会泄露检查时间 / {waiting} visits are still to come; the seed would tell when"
        )
    move(locked, "plan", PlanState.PUBLISHED, on=on, published_on=on)
    return locked


def file_of(plan: Plan) -> dict[str, Any]:
    """The file of a drawn plan, as `drawing.verify` takes it.

    Raises:
        InspectionRefused: nothing was drawn yet.
    """
    if plan.frozen is None or not plan.seed:
        raise InspectionRefused("尚未抽取 / nothing was drawn yet")
    return draw_file(title=plan.title, frozen=plan.frozen, seed=plan.seed)


@transaction.atomic
def enter_inspector(
    *, code: str, name: str, department: str, division_code: str, during: Any, official_id: int | None = None
) -> Inspector:
    """Enters an inspector who may be drawn, or brings the entry up to date (登记检查人员)."""
    require("inspections.plan")
    made, _ = Inspector.objects.update_or_create(
        code=code,
        defaults={
            "name": name, "department": department, "division_code": division_code, "during": during,
            "official_id": official_id,
        },
    )  # fmt: skip
    record("inspections.inspector", subject=f"inspections.inspector:{made.pk}", detail={"code": code})
    return made


@transaction.atomic
def declare_conflict(*, inspector: Inspector, facility: Facility, reason: str, on: date) -> Conflict:
    """Keeps an inspector away from a facility from the next draw on (申报回避); repeating it changes nothing."""
    require("inspections.plan")
    if not reason.strip():
        raise InspectionRefused("请写明回避原因 / say why")
    made, _ = Conflict.objects.get_or_create(
        inspector=inspector,
        facility=facility,
        defaults={"division_code": facility.division_code, "reason": reason.strip(), "declared_on": on},
    )
    record(
        "inspections.conflict",
        subject=f"inspections.inspector:{inspector.pk}",
        detail={"facility": facility.pk},
    )
    return made
