"""The figures of a month's run beside the month before: tables by benefit and place, the map, the chart."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from minzheng.kernel.access import current_actor
from minzheng.kernel.monthend.models import MonthRun
from minzheng.kernel.payments.models import Batch
from minzheng.kernel.places.models import Division
from minzheng.kernel.ui import formats
from minzheng.kernel.ui.charts import Chart, Series
from minzheng.kernel.ui.maps import DistrictMap
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.work.queries import months as queries
from minzheng.surfaces.web.work.words import benefit_name, place_names


def figures(request: HttpRequest, run: MonthRun) -> dict[str, Any]:
    """Tables, tiles and charts of a run beside the month before; `?place=` goes one level deeper."""
    actor = current_actor()
    assert actor is not None
    before = queries.earlier_run(run)
    now, then = queries.totals(run), queries.totals(before) if before else {}
    by_benefit = queries.sums(run, "benefit")
    earlier = queries.sums(before, "benefit") if before else {}
    rows = [
        _row(code, benefit_name(code), sums, earlier.get(code) if before else None)
        for code, sums in by_benefit.items()
    ]
    benefits = _table(request, rows, name="benefits", caption=_("按待遇"), export="month-benefits")
    place = request.GET.get("place", "")
    place = place if place.isascii() and place.isdigit() and len(place) == 6 and place != "310000" else ""
    own = actor.division_code.rstrip("0") if len(actor.division_code) == 6 else actor.division_code
    length = 9 if place or len(own) >= 6 else 6
    found = queries.sums(run, "place", place=place, length=length)
    past = queries.sums(before, "place", place=place, length=length) if before else {}
    named = place_names(found)
    placed = [
        _row(code, named[code], sums, past.get(code) if before else None) for code, sums in found.items()
    ]
    placed.sort(key=lambda row: (-row["ordered_fen"], row["code"]))
    deeper = (lambda row: f"?place={row['code']}#table-places") if length == 6 else None
    places = _table(
        request,
        placed,
        name="places",
        caption=_("按街镇") if length == 9 else _("按区"),
        export="month-places",
        href=deeper,
    )
    exported = next((t.excel_response() for t in (benefits, places) if t.wants_export), None)
    shown_map = None
    if length == 6 and len(found) > 1:
        shown_map = DistrictMap(
            id="map-month",
            title=_("各区应发金额"),
            values={code: sums["ordered_fen"] for code, sums in found.items() if code != "310000"},
            unit="fen",
            value_label=_("应发"),
            href=lambda code: f"?place={code}#table-places",
            note=_("区界为示意轮廓，不作测绘依据。"),
        )
    return {
        "export": exported,
        "now": now,
        "differences": {m: now[m] - then[m] if then else None for m in now},
        "benefits": benefits,
        "places": places,
        "map": shown_map,
        "place": Division.objects.filter(code=place).first() if place else None,
        "money_chart": Chart(
            id="chart-money",
            title=_("各待遇应发金额"),
            unit="fen",
            is_horizontal=True,
            categories=[row["name"] for row in rows],
            series=[
                *([Series(_("上月"), [row["before_fen"] for row in rows])] if before else []),
                Series(_("本月"), [row["ordered_fen"] for row in rows]),
            ],
            category_label=_("待遇"),
        ),
        "batches": list(
            Batch.objects.filter(accounting_month=run.month)
            .exclude(state="withdrawn")
            .order_by("programme", "number")[:30]
        ),
    }


def _row(code: str, name: str, figures: dict[str, int], before: dict[str, int] | None) -> dict[str, Any]:
    has_before = before is not None
    earlier = before or dict.fromkeys(figures, 0)
    return {
        "code": code,
        "name": name,
        **figures,
        "before_fen": earlier["ordered_fen"],
        "difference": figures["in_force"] - earlier["in_force"] if has_before else None,
        "difference_fen": figures["ordered_fen"] - earlier["ordered_fen"] if has_before else None,
    }


def _table(
    request: HttpRequest,
    rows: list[dict[str, Any]],
    *,
    name: str,
    caption: str,
    export: str,
    href: Any = None,
) -> Table:
    return Table(
        columns=[
            Column("name", _("待遇") if name == "benefits" else _("区划"), is_heading=True, href=href),
            Column("eligible", _("符合条件"), kind="count", order_by="eligible"),
            Column("in_force", _("在享"), kind="count", order_by="in_force",
                   hint=lambda row: formats.count(row["difference"], signed=True) if row["difference"] else ""),
            Column("leads", _("待办线索"), kind="count", order_by="leads"),
            Column("orders", _("发放笔数"), kind="count", order_by="orders"),
            Column("ordered_fen", _("应发金额"), kind="money", order_by="ordered_fen",
                   hint=lambda row: formats.fen(row["difference_fen"], signed=True) if row["difference_fen"] else ""),
        ],
        source=rows,
        request=request,
        name=name,
        caption=caption,
        export_name=export,
        page_size=30,
        totals={m: sum(row[m] for row in rows) for m in ("eligible", "in_force", "leads", "orders", "ordered_fen")},
    )  # fmt: skip
