"""One facility's workers: the list it keeps current, courses, instalments that are due, recognition."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from minzheng.domains.eldercare_workforce import employment as staff
from minzheng.domains.eldercare_workforce import entry, kinds, recognition, training
from minzheng.domains.eldercare_workforce.models import (
    Course,
    Employment,
    Enrolment,
    EntrySubsidy,
    Recognition,
)
from minzheng.domains.eldercare_workforce.staffing import employed, levels_of, staffing
from minzheng.kernel.access import require
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.eldercare import workforce_words as words
from minzheng.surfaces.web.eldercare.forms import starting, with_choices
from minzheng.surfaces.web.eldercare.home import base, facility_or_404
from minzheng.surfaces.web.eldercare.words import Act, NothingForm, carry_out, may_run
from minzheng.surfaces.web.work.day import working_day


def page(request: HttpRequest, pk: int) -> HttpResponse:
    """Who works here with level and certificate, how each stands with the entry subsidy; what the home may do."""
    facility, mine = facility_or_404(pk)
    require("workforce.look")
    on = working_day()
    rows = employed(pk, on=on)
    levels = levels_of(row.worker_id for row in rows)
    care = [row for row in rows if row.post == kinds.CARE and row.is_full]
    # Whoever left lately may have finished a term before.
    left = list(
        Employment.objects.filter(facility=facility, post=kinds.CARE, is_full=True, during__endswith__lte=on)
        .select_related("worker")
        .order_by("-during")[:50]
    )
    due = entry.standings([row.worker for row in [*care, *left]], on=on)
    enrolments = list(
        Enrolment.objects.filter(facility=facility)
        .select_related("course", "worker")
        .order_by("-enrolled_on", "-pk")[:50]
    )
    acts: dict[str, Act] = {}
    if may_run(pk, mine, "workforce.edit"):
        acts = _staff_acts(facility, rows, on) | _further_acts(
            facility, rows, [*care, *left], due, enrolments, on
        )
    if carry_out(request, acts):
        return redirect("workforce_facility", pk)
    table = Table(
        [
            Column("name", _("姓名"), is_heading=True, value=lambda r: r.worker.name),
            Column("number", _("证件号码"), value=lambda r: r.worker.number_masked),
            Column("post", _("岗位"), value=lambda r: kinds.POSTS[r.post]),
            Column("is_full", _("全日制"), kind="yes_no"),
            Column("level", _("技能等级"), value=lambda r: kinds.LEVELS.get(levels.get(r.worker_id, (0, ""))[0], "—")),
            Column("certificate", _("证书编号"), value=lambda r: levels.get(r.worker_id, (0, ""))[1] or "—"),
            Column("since", _("入职"), kind="date", value=lambda r: r.during.lower),
            Column("until", _("离职"), kind="date", value=lambda r: r.during.upper),
        ],
        rows, request, name="staff", caption=_("在职人员"), export_name=f"staff-{facility.code}-{on}", page_size=30,
        empty_title=_("没有在职登记"),
    )  # fmt: skip
    instalments = Table(
        [
            Column("name", _("姓名"), is_heading=True, value=lambda r: r.worker.name),
            Column("degree", _("学历"), value=lambda r: kinds.DEGREES[r.worker.degree]),
            Column("months", _("在岗月数"), kind="count", value=lambda r: due[r.worker_id].months),
            Column("instalment", _("下一期"), kind="count", value=lambda r: due[r.worker_id].instalment if due[r.worker_id].sum_fen else None),
            Column("needs", _("须满月数"), kind="count", value=lambda r: due[r.worker_id].needs or None),
            Column("fen", _("金额"), kind="money", value=lambda r: due[r.worker_id].sum_fen or None),
            Column("why", _("情况"), kind="status", value=lambda r: f"standing_{due[r.worker_id].why}"),
        ],
        [*care, *left], request, name="entry", caption=_("入职补贴"), export_name=f"entry-{facility.code}-{on}", page_size=30,
        empty_title=_("没有护理员"),
    )  # fmt: skip
    for one in (table, instalments):
        if one.wants_export:
            return one.excel_response()
    counted = staffing(on=on, within=facility.division_code, facility_id=pk)
    return render(
        request, "web_eldercare/workforce_home.html",
        base(facility, mine, "workforce_facility") | {
            "acts": acts, "table": table, "instalments": instalments, "counted": counted[0] if counted else None,
            "enrolments": enrolments, "levels": kinds.LEVELS,
            "claims": [(f"entry_{row.state}", row) for row in EntrySubsidy.objects.filter(facility=facility).select_related("worker").order_by("-claimed_on", "-pk")[:30]],
            "recognitions": [(f"recognition_{row.state}", row, [(words.CONDITIONS[one["code"]], one) for one in row.conditions])
                             for row in Recognition.objects.filter(facility=facility).order_by("-applied_on", "-pk")[:5]],
        },
    )  # fmt: skip


def _label(row: Employment) -> tuple[int, str]:
    return row.pk, f"{row.worker.name} {row.worker.number_masked[-4:]}"


def _staff_acts(facility: Facility, rows: list[Employment], on: date) -> dict[str, Act]:
    """Hiring, leaving, certificates."""

    def hire(told: dict[str, Any]) -> Employment:
        return staff.hire(
            facility=facility, name=told["name"], number=told["number"], on=told["day"], degree=told["degree"],
            job=staff.Job(told["post"], told["contract"], told["is_full"]), degree_paper=told["degree_paper"],
        )  # fmt: skip

    acts = {
        "hire": Act(
            starting(words.HireForm, day=on, is_full=True), hire, _("登记入职"), _("已登记入职"), _("入职")
        )
    }
    if rows:
        named, offered = {row.pk: row for row in rows}, [_label(row) for row in rows]
        acts["end"] = Act(with_choices(words.EndForm, employment=offered), lambda told: staff.end_employment(employment=named[told["employment"]], on=told["day"], because=told["because"]), _("登记离职"), _("已登记离职"), _("离职"), tone="warning")  # fmt: skip
        acts["certificate"] = Act(
            with_choices(words.CertificateForm, employment=offered),
            lambda told: staff.record_certificate(employment=named[told["employment"]], level=told["level"], number=told["number"], issued_on=told["issued_on"], on=on),
            _("登记证书"), _("已登记证书"), _("技能等级证书"),
        )  # fmt: skip
    return acts


def _further_acts(
    facility: Facility, rows: list[Employment], care: list[Employment], due: dict[int, entry.Standing],
    enrolments: list[Enrolment], on: date,
) -> dict[str, Act]:  # fmt: skip
    """Courses, instalments, recognition."""
    acts: dict[str, Act] = {}
    named, sent = {row.pk: row for row in [*rows, *care]}, {row.pk: row for row in enrolments}
    courses = {row.pk: row for row in Course.objects.filter(first_day__gte=on).order_by("first_day")[:50]}
    if courses and rows:
        acts["enrol"] = Act(
            with_choices(words.EnrolForm, employment=[_label(row) for row in rows], course=[(one.pk, one.title) for one in courses.values()]),
            lambda told: training.enrol(employment=named[told["employment"]], course=courses[told["course"]], on=on),
            _("报名"), _("已报名"), _("参加培训"),
        )  # fmt: skip
    learning = [(row.pk, f"{row.worker.name} {row.course}") for row in enrolments if row.score is None]
    if learning:
        acts["attendance"] = Act(with_choices(words.AttendanceForm, enrolment=learning), lambda told: training.book_attendance(enrolment=sent[told["enrolment"]], hours=told["hours"]), _("登记出勤"), _("已登记出勤"), _("培训出勤"))  # fmt: skip
    claimable = [_label(row) for row in care if due[row.worker_id].is_due]
    if claimable:
        acts["claim"] = Act(with_choices(words.OfWorkerForm, employment=claimable), lambda told: entry.claim(employment=named[told["employment"]], on=on), _("申领"), _("已申领"), _("申领入职补贴"))  # fmt: skip
    standing = Recognition.objects.filter(facility=facility, state="filed") | Recognition.objects.filter(
        facility=facility, state="recognised", during__contains=on
    )
    if not standing.exists():
        acts["apply"] = Act(NothingForm, lambda _told: recognition.apply(facility=facility, on=on), _("申请认定"), _("已提交申请"), _("人才引进重点机构"))  # fmt: skip
    return acts
