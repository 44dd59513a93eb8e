"""Benefits granted without an application (免申即享): month by month who was found, told, objected, opted out, took effect, was paid.

Every number opens to its rows. Before an item goes live, a dry run shows whom the month's findings would reach; it reads
and sends nothing.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.awards.models import Award
from minzheng.kernel.items import catalogue
from minzheng.kernel.items.model import Channel
from minzheng.kernel.outreach.models import Finding, FindingCount, Notice, OptOut
from minzheng.kernel.payments.models import Order
from minzheng.kernel.people.models import Person
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import Grant, all_benefits, benefit_by_code
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.casework.pages import show, tabs
from minzheng.surfaces.web.casework.words import item_name
from minzheng.surfaces.web.work.words import benefit_name, place_names

MONTHS_SHOWN = 12
PAGE = 25
PLACES = 8000
#: What is counted of the notices of a month, and how; `told` is every one of them.
KINDS: dict[str, tuple[Any, Q]] = {
    "told": (gettext_lazy("已告知"), Q()),
    "objected": (gettext_lazy("提出异议"), ~Q(objection="")),
    "opted_out": (gettext_lazy("本人放弃"), Q(state="opted_out")),
    "withdrawn": (gettext_lazy("已撤回"), Q(state="withdrawn")),
    "effective": (gettext_lazy("已生效"), Q(state="effective")),
}


def _paid() -> Exists:
    """The award that the notice announced has had a payment arrive."""
    return Exists(Order.objects.filter(award_id=OuterRef("award_id"), state="paid"))


def _benefits() -> list[str]:
    return [
        benefit.code for _programme, benefit in all_benefits() if benefit.grant is Grant.WITHOUT_APPLICATION
    ]


def _notices(benefit: str) -> QuerySet[Notice]:
    return Notice.objects.filter(about="grant", benefit=benefit)


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Each benefit by month; grouped counts, three queries a benefit whatever the number of people."""
    require("outreach.look")
    blocks = []
    for code in _benefits():
        item = next(
            (
                one
                for one in catalogue().values()
                if one.result.benefit == code and Channel.AUTOMATIC in one.channels
            ),
            None,
        )
        blocks.append(
            {
                "benefit": code,
                "name": benefit_name(code),
                "item": item,
                "item_name": item_name(item) if item else "",
                "table": _months(request, code),
                "dry_run": reverse("case_automatic_dry_run", args=[code]),
            }
        )
    return show(request, "automatic", {"blocks": blocks, "areas": tabs("case_automatic")})


def _months(request: HttpRequest, code: str) -> Table:
    told: dict[date, dict[str, Any]] = {
        row["month"]: row
        for row in _notices(code)
        .values("month")
        .annotate(**{kind: Count("id", filter=rule) if rule else Count("id") for kind, (_label, rule) in KINDS.items()})
        .order_by("-month")[:MONTHS_SHOWN]
    }  # fmt: skip
    for row in (
        _notices(code)
        .filter(month__in=list(told), state="effective")
        .annotate(is_paid=_paid())
        .filter(is_paid=True)
        .values("month")
        .annotate(n=Count("id"))
    ):
        told[row["month"]]["paid"] = row["n"]
    found = (
        FindingCount.objects.filter(benefit=code, eligible__gt=0)
        .values("month")
        .annotate(n=Sum("eligible"))
        .order_by("-month")[:MONTHS_SHOWN]
    )
    for row in found:
        told.setdefault(row["month"], {"month": row["month"]})["found"] = row["n"]
    rows = [
        {
            "month": month,
            "found": row.get("found", 0),
            "paid": row.get("paid", 0),
            **{kind: row.get(kind, 0) for kind in KINDS},
        }
        for month, row in sorted(told.items(), reverse=True)[:MONTHS_SHOWN]
    ]

    def address(kind: str) -> Any:
        return lambda row: (
            reverse("case_automatic_rows", args=[code, str(Month.of(row["month"])), kind])
            if row[kind]
            else ""
        )

    columns = [
        Column("month", _("月份"), kind="month", is_heading=True),
        Column("found", _("认定符合"), kind="count", href=address("found")),
        *(Column(kind, str(label), kind="count", href=address(kind)) for kind, (label, _rule) in KINDS.items()),
        Column("paid", _("已到账"), kind="count", href=address("paid")),
    ]  # fmt: skip
    return Table(
        columns=columns, source=rows, request=request, caption=_("各月情况"), name=code, page_size=MONTHS_SHOWN,
        is_exportable=False, is_counted=False, empty_title=_("还没有月结"),
    )  # fmt: skip


def _month(text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError as wrong:
        raise Http404 from wrong


@require_safe
def rows(request: HttpRequest, benefit: str, month: str, kind: str) -> HttpResponse:
    """The rows behind one number."""
    require("outreach.look")
    if benefit not in _benefits():
        raise Http404
    of = _month(month)
    if kind == "found":
        found = Finding.objects.filter(benefit=benefit, month=of.first_day, status=Finding.ELIGIBLE)
        table, label = _finding_table(request, found, benefit), _("认定符合")
    elif kind == "paid":
        notices = _notices(benefit).filter(month=of.first_day, state="effective")
        paid = notices.annotate(is_paid=_paid()).filter(is_paid=True)
        table, label = _notice_table(request, paid, benefit), _("已到账")
    elif kind in KINDS:
        words, rule = KINDS[kind]
        label = str(words)
        table = _notice_table(request, _notices(benefit).filter(rule, month=of.first_day), benefit)
    else:
        raise Http404
    if table.wants_export:
        record("outreach.export_list", detail={"benefit": benefit, "month": month, "kind": kind})
        return table.excel_response()
    return show(
        request,
        "automatic_rows",
        {"table": table, "name": benefit_name(benefit), "month": of, "label": label},
    )


def _notice_table(request: HttpRequest, found: QuerySet[Notice], benefit: str) -> Table:
    found = found.select_related("person").order_by("id")
    return Table(
        columns=[
            Column("person.name", _("姓名"), is_heading=True, href=lambda one: reverse("work_notice", args=[one.pk])),
            Column("amount_fen", _("月标准"), kind="money", order_by="amount_fen"),
            Column("start_month", _("起始月份"), kind="month"),
            Column("issued_on", _("告知日期"), kind="date", order_by="issued_on"),
            Column("window_until", _("异议期至"), kind="date"),
            Column("state", _("状态"), kind="status", value=lambda one: f"notice_{one.state}"),
            Column("objection", _("异议内容"), is_wide=True),
        ],
        source=found, request=request, caption=_("告知书"), export_name=f"automatic-{benefit}", page_size=PAGE,
    )  # fmt: skip


def _finding_table(request: HttpRequest, found: QuerySet[Finding], benefit: str) -> Table:
    named = Person.objects.filter(pk=OuterRef("person_id")).values("name")[:1]
    found = found.annotate(name=Subquery(named)).order_by("division_code", "id")
    places = place_names(found.order_by().values_list("division_code", flat=True).distinct()[:PLACES])
    return Table(
        columns=[
            Column("name", _("姓名"), is_heading=True,
                   href=lambda one: reverse("work_explain", args=[one.person_id, one.benefit, Month.of(one.month)])),
            Column("amount_fen", _("月标准"), kind="money", order_by="amount_fen"),
            Column("division_code", _("居住地"), value=lambda one: places.get(one.division_code, one.division_code), order_by="division_code"),
        ],
        source=found, request=request, caption=_("认定结果"), export_name=f"found-{benefit}", page_size=PAGE,
        empty_title=_("没有这样的人"),
    )  # fmt: skip


@require_safe
def dry_run(request: HttpRequest, benefit: str) -> HttpResponse:
    """Whom the latest month's findings would reach who has no award yet; nothing is sent, nothing is written."""
    require("outreach.look")
    if benefit not in _benefits():
        raise Http404
    programme, declared = benefit_by_code(benefit)
    latest = (
        Finding.objects.filter(benefit=benefit).order_by("-month").values_list("month", flat=True).first()
    )
    found = _not_awarded(benefit, programme.code, latest)
    totals = found.aggregate(people=Count("id"), fen=Sum("amount_fen"))
    told = Notice.objects.filter(
        about="grant", benefit=benefit, state__in=["issued", "objected"], person_id=OuterRef("person_id")
    )
    by_told = found.annotate(is_told=Exists(told))
    return show(
        request,
        "automatic_dry_run",
        {
            "name": benefit_name(benefit),
            "month": Month.of(latest) if latest else None,
            "people": totals["people"],
            "fen": totals["fen"] or 0,
            "told": by_told.filter(is_told=True).count(),
            "days": programme.objection_days(declared, Month.of(latest)) if latest else 0,
            "table": _finding_table(request, found, benefit),
        },
    )


def _not_awarded(benefit: str, programme: str, month: date | None) -> QuerySet[Finding]:
    """The month's findings of people who neither receive the benefit nor gave it up."""
    running = Award.objects.filter(benefit=benefit, person_id=OuterRef("person_id"), end_month=None)
    gave_up = OptOut.objects.filter(programme=programme, person_id=OuterRef("person_id"), withdrawn_on=None)
    found = Finding.objects.filter(
        ~Exists(running), ~Exists(gave_up), benefit=benefit, status=Finding.ELIGIBLE
    )
    return found.filter(month=month) if month else found.none()


urls = [
    path("cases/automatic/", overview, name="case_automatic"),
    path("cases/automatic/<slug:benefit>/dry-run/", dry_run, name="case_automatic_dry_run"),
    path("cases/automatic/<slug:benefit>/<str:month>/<slug:kind>/", rows, name="case_automatic_rows"),
]
