"""The workforce of a place: staff and beds by district and home, courses, entry subsidies, key institutions, contests."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from minzheng.domains.eldercare_workforce import contests, entry, kinds, recognition, training
from minzheng.domains.eldercare_workforce.models import (
    Contest,
    ContestResult,
    Employment,
    Enrolment,
    EntrySubsidy,
    Recognition,
)
from minzheng.domains.eldercare_workforce.staffing import by_district, staffing
from minzheng.domains.eldercare_workforce.working_rules import rules_on
from minzheng.kernel.access import may, require
from minzheng.kernel.access.middleware import open_to_all
from minzheng.kernel.facilities.queries import my_facility
from minzheng.kernel.places.queries import names
from minzheng.kernel.ui.frame import NavItem
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.eldercare import workforce_words as words
from minzheng.surfaces.web.eldercare.forms import with_choices
from minzheng.surfaces.web.eldercare.tabs import eldercare_tabs
from minzheng.surfaces.web.eldercare.words import Act, NothingForm, carry_out
from minzheng.surfaces.web.work.day import working_day
from minzheng.surfaces.web.work.words import is_english

_PAGES = (
    ("workforce", gettext_noop("人员配备")),
    ("workforce_training", gettext_noop("技能培训")),
    ("workforce_entry", gettext_noop("入职补贴")),
    ("workforce_recognition", gettext_noop("重点机构")),
    ("workforce_contests", gettext_noop("技能竞赛")),
)


def _show(
    request: HttpRequest, current: str, title: str, lead: str, tables: list[Table], acts: dict[str, Act] | None = None, **more: Any
) -> HttpResponse:  # fmt: skip
    """A page of the workforce, or the Excel copy of one of its tables."""
    for table in tables:
        if table.wants_export:
            return table.excel_response()
    pages = [NavItem(_(label), reverse(name), name == current) for name, label in _PAGES]
    return render(
        request, "web_eldercare/workforce.html",
        {"tabs": eldercare_tabs("workforce"), "pages": pages, "title": title, "lead": lead, "tables": tables,
         "acts": acts or {}, "rules": _rules(current), **more},
    )  # fmt: skip


def _rules(current: str) -> list[dict[str, Any]]:
    """The parameters a page goes by, with their paper; assumptions are marked."""
    keys = {
        "workforce_training": ("training_fen", "pass_score", "attendance_share"),
        "workforce_entry": ("entry_terms", "entry_shares", "entry_fen"),
        "workforce_recognition": ("points_credit", "points_grade", "size_beds", "size_points", "recognition_score", "recognition_months"),
    }.get(current, ())  # fmt: skip
    rules = rules_on(working_day())
    found = []
    for key in keys:
        value, parameter, line = getattr(rules, key), rules.parameter(key), rules.entry(key)
        each = list(value) if isinstance(value, (list, tuple)) else [int(value)]
        if parameter.unit.startswith("fen"):
            each = [one // 100 for one in each]
        found.append(
            {"name": parameter.name_en if is_english() else parameter.name, "value": " / ".join(f"{one:,}" for one in each), "is_money": parameter.unit.startswith("fen"),
             "source": line.source, "provenance": line.provenance}
        )  # fmt: skip
    return found


def page(request: HttpRequest) -> HttpResponse:
    """Staff per occupied bed and share certified, by district and home."""
    actor = require("workforce.look")
    mine = my_facility()
    if mine is not None:
        return redirect("workforce_facility", mine)
    rows = staffing(on=working_day(), within=actor.division_code or "310000")
    districts = by_district(rows, names({row.division_code[:6] for row in rows}))
    counts = [
        ("staff", _("从业人员"), "count"), ("care", _("护理员"), "count"), ("certified", _("持证护理员"), "count"),
        ("taken", _("入住床位"), "count"),
    ]  # fmt: skip
    ratios = [
        Column("staff_per_bed", _("每床从业人员"), value=lambda r: _two(r.staff_per_bed)),
        Column("care_per_bed", _("每床护理员"), value=lambda r: _two(r.care_per_bed)),
        Column("certified_percent", _("持证率"), kind="percent", order_by="certified_percent"),
    ]
    numbers = [Column(key, label, kind=kind, order_by=key) for key, label, kind in counts]  # type: ignore[arg-type]
    totals = {key: sum(getattr(row, key) for row in districts) for key, _label, _kind in counts}
    return _show(
        request, "workforce", _("护理队伍"), _("每张入住床位配备的人员和护理员持证率，按机构登记的在职人员计算。"),
        [
            Table([Column("name", _("区"), is_heading=True), *numbers, *ratios], districts, request, name="districts",
                  caption=_("各区"), export_name="workforce-districts", page_size=20, totals=totals),
            Table([Column("name", _("机构"), is_heading=True, href=lambda r: reverse("workforce_facility", args=[r.code])), *numbers, *ratios],
                  rows, request, name="homes", caption=_("各机构"), export_name="workforce-homes", page_size=30),
        ],
    )  # fmt: skip


def _two(value: float | None) -> str:
    return "—" if value is None else f"{value:.2f}"


def training_page(request: HttpRequest) -> HttpResponse:
    """Courses' workers with attendance, result and subsidy; officials open courses and book exams."""
    actor = require("workforce.look")
    on = working_day()
    found = Enrolment.objects.select_related("course", "worker", "facility", "subsidy").order_by(
        "-enrolled_on", "-pk"
    )
    acts: dict[str, Act] = {}
    if may("workforce.decide"):
        acts["open"] = Act(words.CourseForm, lambda told: training.open_course(division_code=actor.division_code or "310000", **told), _("开设"), _("已开设"), _("开设培训班"))  # fmt: skip
        waiting = {row.pk: row for row in found.filter(score=None)[:200]}
        if waiting:
            offered = [(pk, f"{row.worker.name} {row.course} {row.hours_attended}/{row.course.hours}") for pk, row in waiting.items()]  # fmt: skip
            acts["result"] = Act(
                with_choices(words.ResultForm, enrolment=offered),
                lambda told: training.book_result(enrolment=waiting[told["enrolment"]], score=told["score"], certificate=told["certificate"], on=on),
                _("登记成绩"), _("已登记成绩"), _("考试结果"),
            )  # fmt: skip
    if carry_out(request, acts):
        return redirect("workforce_training")
    table = Table(
        [
            Column("worker.name", _("姓名"), is_heading=True), Column("facility.name", _("机构")), Column("course.title", _("培训班")),
            Column("level", _("技能等级"), value=lambda r: kinds.LEVELS[r.course.level]),
            Column("hours_attended", _("出勤课时"), kind="count"), Column("score", _("成绩"), kind="count"),
            Column("is_passed", _("合格"), kind="yes_no"),
            Column("fen", _("补贴"), kind="money", value=lambda r: r.subsidy.sum_fen if hasattr(r, "subsidy") else None),
        ],
        found, request, caption=_("参训人员"), export_name="training", page_size=30, empty_title=_("没有参训人员"),
    )  # fmt: skip
    return _show(
        request,
        "workforce_training",
        _("技能培训"),
        _("出勤、成绩和证书记入个人档案；补贴每人每级一次。"),
        [table],
        acts,
    )


def entry_page(request: HttpRequest) -> HttpResponse:
    """Instalments claimed; the district decides and notes the payment."""
    require("workforce.look")
    on = working_day()
    found = EntrySubsidy.objects.select_related("worker", "facility").order_by("-claimed_on", "-pk")
    acts: dict[str, Act] = {}
    if may("workforce.decide"):
        waiting = {row.pk: row for row in found.filter(state__in=("claimed", "approved"))[:300]}

        def offered(state: str) -> list[tuple[int, str]]:
            return [
                (pk, f"{row.worker.name} {row.facility} #{row.instalment}")
                for pk, row in waiting.items()
                if row.state == state
            ]

        if offered("claimed"):
            acts["decide"] = Act(with_choices(words.DecideForm, claim=offered("claimed")), lambda told: entry.decide(claim=waiting[told["claim"]], is_granted=not told["words"].strip(), words=told["words"], on=on), _("审核"), _("已审核"), _("审核申领"))  # fmt: skip
        if offered("approved"):
            acts["pay"] = Act(with_choices(words.ClaimForm, claim=offered("approved")), lambda told: entry.pay(claim=waiting[told["claim"]], on=on), _("登记拨付"), _("已登记拨付"), _("拨付"))  # fmt: skip
    if carry_out(request, acts):
        return redirect("workforce_entry")
    table = Table(
        [
            Column("worker.name", _("姓名"), is_heading=True),
            Column("facility.name", _("机构"), href=lambda r: reverse("workforce_facility", args=[r.facility_id])),
            Column("degree", _("学历"), value=lambda r: kinds.DEGREES[r.degree]), Column("months", _("在岗月数"), kind="count"),
            Column("instalment", _("期次"), kind="count"), Column("sum_fen", _("金额"), kind="money", order_by="sum_fen"),
            Column("state", _("状态"), kind="status", value=lambda r: f"entry_{r.state}", order_by="state"),
            Column("words", _("理由"), is_wide=True),
        ],
        found, request, caption=_("入职补贴申领"), export_name="entry-subsidies", page_size=30, empty_title=_("没有申领"),
    )  # fmt: skip
    return _show(request, "workforce_entry", _("入职补贴"), _("在岗月数按用工和社保缴费记录计算；满期按学历逐期发放，离职停发下一期。"), [table], acts)  # fmt: skip


def recognition_page(request: HttpRequest) -> HttpResponse:
    """Applications with their points, the list; the district recognises, checks and takes off."""
    require("workforce.look")
    on = working_day()
    found = Recognition.objects.select_related("facility").order_by("-applied_on", "-pk")
    acts: dict[str, Act] = {}
    if may("workforce.decide"):
        filed = {row.pk: row for row in found.filter(state="filed")[:200]}
        stands = {row.pk: row for row in recognition.listed(on=on)[:300]}
        if filed:
            acts["decide"] = Act(with_choices(words.RecogniseForm, application=[(pk, f"{row.facility} {row.points}") for pk, row in filed.items()]), lambda told: recognition.decide(application=filed[told["application"]], on=on, why_not=told["why_not"]), _("审核"), _("已审核"), _("审核申请"))  # fmt: skip
        if stands:
            acts["check"] = Act(NothingForm, lambda _told: recognition.take_off_breached(on=on), _("核查"), _("已核查，不再符合的已移出"), _("核查名单"))  # fmt: skip
            acts["off"] = Act(with_choices(words.TakeOffForm, application=[(pk, str(row.facility)) for pk, row in stands.items()]), lambda told: recognition.take_off(recognition=stands[told["application"]], because=told["because"], on=on), _("移出名单"), _("已移出"), _("移出名单"), tone="warning")  # fmt: skip
    if carry_out(request, acts):
        return redirect("workforce_recognition")
    table = Table(
        [
            Column("facility.name", _("机构"), is_heading=True), Column("points", _("得分"), kind="count", order_by="points"),
            Column("conditions", _("各项条件"), value=_conditions, is_wide=True),
            Column("state", _("状态"), kind="status", value=lambda r: f"recognition_{r.state}", order_by="state"),
            Column("from", _("有效期自"), kind="date", value=lambda r: r.during.lower if r.during else None),
            Column("until", _("有效期至"), kind="date", value=lambda r: r.during.upper if r.during else None),
            Column("words", _("理由"), is_wide=True),
        ],
        found, request, caption=_("人才引进重点机构"), export_name="key-institutions", page_size=30, empty_title=_("没有申请"),
    )  # fmt: skip
    return _show(request, "workforce_recognition", _("人才引进重点机构"), _("按登记的信用等级、等级评定和规模计分；名单公开并注明有效期。"), [table], acts)  # fmt: skip


def _conditions(row: Recognition) -> str:
    return "；".join(
        f"{words.CONDITIONS[one['code']]} {one['read']}（{one['points']}）" for one in row.conditions
    )


def contests_page(request: HttpRequest) -> HttpResponse:
    """Contests and the places of workers."""
    actor = require("workforce.look")
    acts: dict[str, Act] = {}
    held = {row.pk: row for row in Contest.objects.order_by("-held_on")[:50]}
    if may("workforce.decide"):
        acts["hold"] = Act(words.ContestForm, lambda told: contests.hold_contest(division_code=actor.division_code or "310000", **told), _("登记"), _("已登记竞赛"), _("登记竞赛"))  # fmt: skip
        staff = {row.pk: row for row in Employment.objects.select_related("worker", "facility").order_by("worker__name")[:500]} if held else {}  # fmt: skip
        if staff:
            acts["place"] = Act(
                with_choices(words.PlaceForm, contest=[(pk, str(row)) for pk, row in held.items()],
                             employment=[(pk, f"{row.worker.name} {row.facility}") for pk, row in staff.items()]),
                lambda told: contests.book_place(contest=held[told["contest"]], employment=staff[told["employment"]], place=told["place"], award=told["award"]),
                _("登记名次"), _("已登记名次"), _("登记名次"),
            )  # fmt: skip
    if carry_out(request, acts):
        return redirect("workforce_contests")
    places = Table(
        [
            Column("contest.title", _("竞赛名称"), is_heading=True), Column("level", _("级别"), value=lambda r: kinds.CONTESTS[r.contest.level]),
            Column("contest.held_on", _("举办日期"), kind="date"), Column("worker.name", _("姓名")), Column("facility.name", _("机构")),
            Column("place", _("名次"), kind="count", order_by="place"), Column("award", _("奖项")),
        ],
        ContestResult.objects.select_related("contest", "worker", "facility").order_by("-contest__held_on", "place"),
        request, caption=_("竞赛名次"), export_name="contest-places", page_size=30, empty_title=_("没有名次"),
    )  # fmt: skip
    return _show(request, "workforce_contests", _("技能竞赛"), _("各级职业技能竞赛和获得名次的护理人员。"), [places], acts, held=[(kinds.CONTESTS[row.level], row) for row in held.values()])  # fmt: skip


@open_to_all
@require_safe
def public_list(request: HttpRequest) -> HttpResponse:
    """The published list with validity, and who was taken off with the reason; no account needed."""
    on = working_day()
    return render(
        request, "web_eldercare/workforce_public.html",
        {"on": on, "listed": list(recognition.listed(on=on)[:500]),
         "removed": list(Recognition.objects.filter(state="removed").select_related("facility").order_by("-removed_on")[:100])},
    )  # fmt: skip
