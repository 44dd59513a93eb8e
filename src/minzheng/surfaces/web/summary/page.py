"""The year's summary: each number opens, beside another year or district, to be edited until it is issued (年度总结)."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django.db.models import Window
from django.db.models.functions import Lag
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minzheng.domains.annual_summary.actions import changed_since, current, issued
from minzheng.domains.annual_summary.drafting import Beside, Draft, beside
from minzheng.domains.annual_summary.errors import SummaryRefused
from minzheng.domains.annual_summary.freezing import frozen
from minzheng.domains.annual_summary.models import Check, Issued, ParagraphVersion
from minzheng.domains.annual_summary.paper import annex_lines, document
from minzheng.domains.annual_summary.template import template
from minzheng.kernel.access import current_actor, may, require
from minzheng.kernel.documents import render_docx, render_pdf
from minzheng.kernel.indicators.reading import Asked, grows, growth, kept_years
from minzheng.kernel.places.models import Division
from minzheng.kernel.places.queries import children, names
from minzheng.kernel.places.resolution import CITY
from minzheng.kernel.ui.exports import XLSX, attachment
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.figures.words import name_of, unit_of, write
from minzheng.surfaces.web.summary.standalone import page as standalone
from minzheng.surfaces.web.summary.words import marked, sections_of
from minzheng.surfaces.web.summary.yearbook import workbook
from minzheng.surfaces.web.work.day import working_day

FILES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
    "xlsx": XLSX,
}


@require_safe
def latest(request: HttpRequest) -> HttpResponse:
    """The summary of the latest year that was counted."""
    require("statistics.look")
    today = working_day().year
    years = kept_years() or [today]
    return redirect("summary_year", today if today in years else years[0])


@require_safe
def page(request: HttpRequest, year: int) -> HttpResponse:
    """The text as it stands, or as it was issued; `?format=` gives the file."""
    require("statistics.look")
    place = place_of(request, request.GET.get("place", ""))
    made, kept = current(year, place), issued(year, place)
    content = kept.content if kept else frozen(made)
    against, other = _other(request, made)
    if (form := request.GET.get("format")) in FILES:
        return _file(form, made, content, kept, other)
    writes = may("summary.draft") and kept is None
    return render(
        request,
        "web_summary/page.html",
        {
            "year": year,
            "years": kept_years(),
            "content": content,
            "sections": sections_of(content, year),
            "annex": annex_lines(content),
            "broken": content["identities"] if content["is_broken"] else [],
            "identities_text": content["identities"][0],
            "count": len(made.shown),
            "refused": len(content["refused"]),
            "issued": kept,
            "changed": _changes(request, kept, made) if kept else None,
            "checked": Check.objects.select_related("checked_by").filter(year=year, division_code=place).order_by("-pk").first(),
            "versions": _versions(request, year, place),
            "writes": writes,
            "unwritten": _unwritten(made) if writes else [],
            "may_issue": may("summary.issue") and kept is None,
            "place": place,
            "places": _places(place),
            "query": urlencode({"place": place}),
            "tables_query": urlencode({"place": place, "against": against}) if against else urlencode({"place": place}),
            "against": against,
            "choices": _choices(made),
            "comparison": _comparison(request, made, other) if other else None,
        },
    )  # fmt: skip


def place_of(request: HttpRequest, asked: str) -> str:
    """The city or a district within the post's place.

    Raises:
        Http404: another place, or none.
    """
    actor = current_actor()
    assert actor is not None
    place = asked or actor.division_code[:6]
    is_there = re.fullmatch(r"[0-9]{6}", place) and Division.objects.filter(code=place).exists()
    if not is_there or not (actor.reaches(place) or actor.division_code[:6] == place):
        raise Http404("outside the post's place")
    return place


def _file(
    form: str, made: Draft, content: dict[str, Any], kept: Issued | None, other: Beside | None
) -> HttpResponse:
    if form == "xlsx":
        written = workbook(made, other)
    elif form == "html":
        written = standalone(content, made.year).encode()
    else:
        on = kept.issued_on if kept else working_day()
        paper = document(content, on=on, number=str(kept.number) if kept else "")
        written = render_pdf(paper, on_missing="mark") if form == "pdf" else render_docx(paper)
    name, plain = f"{content['title']}.{form}", f"summary-{made.year}.{form}"
    return attachment(written, content_type=FILES[form], name=name, plain=plain)


def _other(request: HttpRequest, made: Draft) -> tuple[str, Beside | None]:
    """The year or district that the summary is set beside: four digits or six."""
    against = request.GET.get("against", "")
    if re.fullmatch(r"20[0-9]{2}", against):
        return against, beside(made, Asked.year(int(against), made.asked.place))
    if re.fullmatch(r"[0-9]{6}", against):
        return against, beside(made, Asked.year(made.year, place_of(request, against)))
    return "", None


def _comparison(request: HttpRequest, made: Draft, other: Beside) -> Table:
    here, there = f"{made.place} {made.year}", f"{other.place} {other.asked.text}"

    def change(line: Any) -> float | None:
        one, value = line
        return growth(one.value, value) if grows(one.figure) else None

    return Table(
        [
            Column("name", _("指标"), is_heading=True, is_wide=True, value=lambda line: name_of(line[0].figure)),
            Column("here", here, value=lambda line: write(line[0].figure, line[0].value)),
            Column("beside", there, value=lambda line: write(line[0].figure, line[1])),
            Column("unit", _("单位"), value=lambda line: unit_of(line[0].figure)),
            *([Column("change", _("增长"), kind="percent", value=change)] if other.is_same_place(made) else []),
        ],
        list(other.lines), request, caption=_("对照：%(here)s 与 %(beside)s") % {"here": here, "beside": there}, name="comparison",
        page_size=100, is_exportable=False,
    )  # fmt: skip


def _changes(request: HttpRequest, kept: Issued, made: Draft) -> Table | None:
    changes = changed_since(kept, made)
    if not changes:
        return None
    return Table(
        [
            Column("name", _("指标"), is_heading=True, is_wide=True),
            Column("then", _("印发时")),
            Column("now", _("现在"), value=lambda one: one.now or _("不再推得")),
        ],
        changes, request, caption=_("印发之后的变动"), name="changed", page_size=50, is_exportable=False,
    )  # fmt: skip


def _versions(request: HttpRequest, year: int, place: str) -> Table | None:
    rows = ParagraphVersion.objects.select_related("written_by").filter(year=year, division_code=place)
    if not rows.exists():
        return None
    return Table(
        [
            Column("key", _("段落"), is_heading=True),
            Column("number", _("版本"), kind="count"),
            Column("by", _("起草人"), value=lambda row: row.written_by.name),
            Column("written_at", _("时间"), kind="time"),
            Column("text", _("文字与改动"), is_wide=True, value=_change_of),
        ],
        rows.annotate(before=Window(Lag("text"), partition_by="key", order_by="number")).order_by("-pk"), request, caption=_("段落版本"), name="versions", page_size=20, is_exportable=False,
    )  # fmt: skip


def _change_of(row: Any) -> str:
    """A version beside the one before; the first beside the text that everybody starts from."""
    try:
        return marked(row.before if row.before is not None else template().paragraph(row.key).text, row.text)
    except SummaryRefused:
        return str(row.text)  # The paragraph is no longer in the text that everybody starts from.


def _unwritten(made: Draft) -> list[str]:
    """Paragraphs none of whose sentences could be written: they too can be edited."""
    there = {one.key for _section, paragraphs in made.sections for one in paragraphs}
    return [one.key for section in made.text.sections for one in section.paragraphs if one.key not in there]


def _places(place: str) -> list[tuple[str, str]]:
    """The city and its districts as far as the post reaches."""
    actor = current_actor()
    assert actor is not None
    if not actor.reaches(CITY):
        return [(place, names([place]).get(place, place))]
    return [(CITY, names([CITY]).get(CITY, CITY)), *children(CITY, working_day()).values_list("code", "name")]


def _choices(made: Draft) -> list[tuple[str, str]]:
    """What the summary may be set beside."""
    years = [(str(year), str(year)) for year in kept_years() if year != made.year]
    return [*years, *((code, name) for code, name in _places(made.asked.place) if code != made.asked.place)]
