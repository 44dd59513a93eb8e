"""What is published of a year's promises (公示): accepted numbers only, by project and district, on one printable page."""

from __future__ import annotations

from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minzheng.kernel.access import acting_as_service, require
from minzheng.kernel.access.middleware import open_to_all
from minzheng.kernel.places.queries import names
from minzheng.kernel.targets.models import Target
from minzheng.kernel.targets.queries import by_districts, standings
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.targets.words import MOST_TARGETS, mark_of, title_of
from minzheng.surfaces.web.work.day import working_day


@require_safe
def page(request: HttpRequest, year: int) -> HttpResponse:
    """The page as an office prepares it."""
    require("targets.look")
    return _show(request, year, "targets/publication.html")


@open_to_all
@require_safe
def public(request: HttpRequest, year: int) -> HttpResponse:
    """The same for everybody, without sign-in: accepted sums, which name nobody; read by the platform, since no post acts."""
    with acting_as_service("publication of promises"):
        return _show(request, year, "targets/public.html")


def _show(request: HttpRequest, year: int, template: str) -> HttpResponse:
    """Projects down, districts across."""
    targets = list(Target.objects.filter(kind=Target.Kind.PROJECT, year=year).order_by("pk")[:MOST_TARGETS])
    if not targets:
        raise Http404("no promises of this year")
    day = working_day()
    whole = standings(targets, on=day)
    number = {t.pk: at for at, t in enumerate(targets, 1)}
    parts = {pk: {row.code: row for row in rows} for pk, rows in by_districts(targets, on=day).items()}
    codes = sorted({code for rows in parts.values() for code in rows})
    known = names(codes)
    main = Table(
        [
            Column("number", _("序号"), value=lambda t: number[t.pk]),
            Column("title", _("项目"), is_heading=True, value=title_of),
            Column("unit", _("单位")),
            Column("value", _("目标"), kind="count"),
            Column("done", _("已完成"), kind="count", value=lambda t: whole[t.pk].done),
            Column("share", _("完成比例"), kind="percent", value=lambda t: whole[t.pk].share),
            Column("state", _("进展"), kind="status", value=lambda t: mark_of(whole[t.pk], t)),
        ],
        targets, request, caption=_("完成情况"), name="whole", export_name=f"publication-{year}", page_size=200,
    )  # fmt: skip

    def cell(pk: int, code: str) -> str:
        row = parts[pk].get(code)
        return "—" if row is None else f"{row.done or 0:,} / {row.value or 0:,}"

    districts = Table(
        [
            Column("name", _("区"), is_heading=True, value=lambda code: known.get(code, code)),
            *(
                Column(f"t{t.pk}", _("项目%(n)s") % {"n": number[t.pk]}, value=partial(cell, t.pk))
                for t in targets
            ),
        ],
        codes, request, caption=_("分区完成／目标"), name="parts", export_name=f"publication-{year}-districts", page_size=30,
    )  # fmt: skip
    exported = next((t.excel_response() for t in (main, districts) if t.wants_export), None)
    if exported is not None:
        return exported
    return render(request, template, {"year": year, "day": day, "main": main, "districts": districts})
