"""The page of casework's figures: of a place, by month, item, place below, channel and issuer (办件统计)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minzheng.kernel.access import current_actor, may, require
from minzheng.kernel.cases import figures
from minzheng.kernel.cases.figures import FIGURES, Figure, Question, Sums
from minzheng.kernel.periods import iter_months
from minzheng.kernel.places.queries import names, path_names
from minzheng.kernel.places.resolution import CITY
from minzheng.kernel.ui import formats
from minzheng.kernel.ui.charts import Chart, Series
from minzheng.kernel.ui.maps import DistrictMap
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.city.asking import above, address, asked, item_name
from minzheng.surfaces.web.city.words import CHANNELS, WORDS, write

_TILES = ("submitted", "decided", "in_time", "grant_rate", "exemption", "papers_saved", "online", "crossed", "handover",
          "departs", "rating", "rated_low")  # fmt: skip
_COUNTS = ("submitted", "accepted", "granted", "refused", "withdrawn")
_SHARES = ("in_time", "exemption", "online", "crossed", "departs", "rating")


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """A fixed number of queries, all of them over totals."""
    require("statistics.look")
    question, form = asked(request)
    whole = figures.sums(question)
    days = figures.days_by(question).get("", {})
    items, places = _items(request, question), _places(request, question)
    tables = [items, places["table"], _channels(request, question), _issuers(request, question)]
    exported = next((table.excel_response() for table in tables if table.wants_export), None)
    if exported is not None:
        return exported
    up = above(question.place)
    return render(
        request,
        "city/overview.html",
        {
            "form": form,
            "active": sum(bool(one) for one in (question.item, question.channel)),
            "place": path_names([question.place])[question.place],
            "up": address(question, place=up) if up and _reaches(up) else "",
            "item": item_name(question.item) if question.item else "",
            "without_item": address(question, item=""),
            "tiles": [_tile(FIGURES[code], whole, question) for code in _TILES],
            "days": _days(days, whole),
            "months": _months(question),
            "map": places["map"],
            "tables": tables,
            "counted_until": figures.counted_until(),
            "may_prices": may("grants.look"),
            "may_law": may("law.look"),
        },
    )


def _reaches(place: str) -> bool:
    actor = current_actor()
    return actor is not None and actor.reaches(place)


def _tile(figure: Figure, sums: Sums, question: Question) -> dict[str, str]:
    below = figure.below(sums)
    return {
        "label": str(WORDS[figure.code].label),
        "value": write(figure, figure.value(sums)),
        "hint": "" if below is None else f"{formats.count(figure.above(sums))} / {formats.count(below)}",
        "href": rows_href(figure, question),
    }


def rows_href(figure: Figure, question: Question, part: str = figures.ABOVE, **changes: str) -> str:
    """Where the rows of a figure are; empty for posts that see totals only."""
    if not may("cases.look"):
        return ""
    return reverse("city_rows", args=[figure.code, part]) + address(question, **changes)


def _days(spread: dict[int, int], sums: Sums) -> dict[str, str]:
    """Median and 90th percentile against the mean limit of the decided cases that have one."""
    limit = f"{sums['limit_days'] / sums['limited']:.1f}" if sums["limited"] else formats.DASH
    return {
        "median": _percentile(spread, 50),
        "ninety": _percentile(spread, 90),
        "limit": _("平均时限 %(days)s") % {"days": limit},
    }


def _months(question: Question) -> Chart:
    found = figures.sums_by(question, "month")
    months = list(iter_months(question.first, question.last))
    empty = dict.fromkeys(figures.MEASURES, 0)

    def series(code: str) -> Series:
        figure = FIGURES[code]
        return Series(str(WORDS[code].label), [figure.above(found.get(m.first_day, empty)) for m in months])

    return Chart(
        id="chart-city-months",
        title=_("逐月办件"),
        kind="bar" if len(months) < 3 else "line",
        categories=[str(month) for month in months],
        series=[series(code) for code in ("submitted", "accepted", "decided")],
        category_label=_("月份"),
    )


def _count(code: str, href: Callable[[Any], str] | None = None) -> Column:
    figure = FIGURES[code]
    return Column(
        code,
        str(WORDS[code].label),
        kind="count",
        value=lambda row: figure.above(row["sums"]),
        href=href,
        order_by=code,
    )


def _share(code: str) -> Column:
    figure = FIGURES[code]
    kind = "percent" if figure.unit == "percent" else "decimal"
    return Column(code, str(WORDS[code].label), kind=kind, value=lambda row: figure.value(row["sums"]),
                  hint=lambda row: f"{figure.above(row['sums']):,} / {figure.below(row['sums']):,}")  # fmt: skip


def _counts(question: Question, change: str) -> list[Column]:
    """The counts of a row, each opening to its cases."""
    if not may("cases.look"):
        return [_count(code) for code in _COUNTS]

    def opens(code: str) -> Callable[[Any], str]:
        return lambda row: rows_href(FIGURES[code], question, **{change: row["code"]})

    return [_count(code, opens(code)) for code in _COUNTS]


def _items(request: HttpRequest, question: Question) -> Table:
    days = figures.days_by(question, "item")
    rows = [
        {"code": code, "name": item_name(code), "sums": sums, "days": days.get(code, {})}
        for code, sums in figures.sums_by(question, "item").items()
    ]
    rows.sort(key=lambda row: (-row["sums"]["submitted"], row["code"]))

    def limit(row: dict[str, Any]) -> float | None:
        sums = row["sums"]
        return sums["limit_days"] / sums["limited"] if sums["limited"] else None

    return Table(
        [
            Column("name", _("事项"), is_heading=True, href=lambda row: address(question, item=row["code"])),
            *_counts(question, "item"),
            Column("median", _("用时中位数"), kind="count", value=lambda row: figures.percentile(row["days"], 50)),
            Column("ninety", _("九成用时"), kind="count", value=lambda row: figures.percentile(row["days"], 90)),
            Column("limit", _("时限"), kind="decimal", value=limit),
            *(_share(code) for code in _SHARES),
        ],
        rows, request, caption=_("按事项"), name="items", export_name="cases-by-item", page_size=25,
    )  # fmt: skip


def _percentile(spread: dict[int, int], percent: int) -> str:
    found = figures.percentile(spread, percent)
    return formats.DASH if found is None else str(found)


def _places(request: HttpRequest, question: Question) -> dict[str, Any]:
    """The places below; for the city a map as well. A street has none below it and stands for itself."""
    is_street = len(question.place) == 9
    found = {question.place: figures.sums(question)} if is_street else figures.sums_by_place(question)
    named = names(found)
    rest = _("市级直接办理") if question.place == CITY else _("区级直接办理")
    rows: list[dict[str, Any]] = [
        {"code": code, "sums": sums, "name": rest if code == question.place and not is_street else named.get(code, code)}
        for code, sums in sorted(found.items())
    ]  # fmt: skip
    rows.sort(key=lambda row: -row["sums"]["submitted"])

    def deeper(row: dict[str, Any]) -> str:
        return "" if row["code"] == question.place else address(question, place=row["code"])

    table = Table(
        [
            Column("name", _("区划"), is_heading=True, href=deeper),
            *_counts(question, "place"),
            *(_share(code) for code in (*_SHARES, "handover")),
        ],
        rows, request, caption=_("按街镇") if question.place != CITY else _("按区"), name="places",
        export_name="cases-by-place", page_size=25,
    )  # fmt: skip
    shown = None
    if question.place == CITY and len(found) > 1:
        shown = DistrictMap(
            id="map-city",
            title=_("各区按期办结率"),
            values={code: round(value, 1) for code, sums in found.items()
                    if code != CITY and (value := FIGURES["in_time"].value(sums)) is not None},
            unit="percent",
            value_label=_("按期办结率"),
            href=lambda code: address(question, place=code),
            note=_("区界为示意轮廓，不作测绘依据。"),
        )  # fmt: skip
    return {"table": table, "map": shown}


def _channels(request: HttpRequest, question: Question) -> Table:
    rows = [
        {"code": code, "name": str(CHANNELS.get(code, code)), "sums": sums}
        for code, sums in sorted(figures.sums_by(question, "channel").items())
    ]
    rows.sort(key=lambda row: -row["sums"]["submitted"])
    return Table(
        [
            Column("name", _("渠道"), is_heading=True, href=lambda row: address(question, channel=row["code"])),
            *_counts(question, "channel"),
            *(_share(code) for code in ("in_time", "exemption", "rating")),
        ],
        rows, request, caption=_("按渠道"), name="channels", export_name="cases-by-channel",
    )  # fmt: skip


def _issuers(request: HttpRequest, question: Question) -> Table:
    rows = [
        {"issuer": issuer or _("未注明"), "fetched": fetched, "failed": failed,
         "share": f"{100 * failed / (fetched + failed):.1f}%" if fetched + failed else formats.DASH}
        for issuer, fetched, failed in figures.by_issuer(question)
    ]  # fmt: skip
    return Table(
        [
            Column("issuer", _("出具单位"), is_heading=True),
            Column("fetched", _("免交材料"), kind="count", order_by="fetched"),
            Column("failed", _("调取失败"), kind="count", order_by="failed"),
            Column("share", _("失败率")),
        ],
        rows, request, caption=_("免交材料按出具单位"), name="issuers", export_name="papers-by-issuer",
    )  # fmt: skip
