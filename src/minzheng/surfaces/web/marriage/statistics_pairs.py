"""How many pairs were registered (婚姻登记统计): by month and by office; every figure opens the list of entries behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from minzheng.domains.marriage_registration.pairs import KINDS, Pairs, pairs_of_year
from minzheng.kernel.access import may
from minzheng.kernel.periods import Month
from minzheng.kernel.ui.charts import Chart, Series
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.marriage.desk_pages import require_any, show
from minzheng.surfaces.web.marriage.desk_words import KINDS as KIND_WORDS
from minzheng.surfaces.web.marriage.register import offices
from minzheng.surfaces.web.work.day import working_day

LOOKS = ("marriage.look", "statistics.look")
EARLIEST = 1950


class YearForm(forms.Form):
    year = forms.IntegerField(label=gettext_lazy("年份"), min_value=EARLIEST, max_value=2100)


# Column of a table → what it counts.
_CELLS: dict[str, dict[str, Any]] = {
    "marriage": {"kind": "marriage"},
    "divorce": {"kind": "divorce"},
    "pairs": {},
    "marriage_cross": {"kind": "marriage", "cross": True},
    "divorce_cross": {"kind": "divorce", "cross": True},
    "cross": {"cross": True},
}


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """A year's pairs; whoever may see no entry gets the figures without their lists."""
    actor = require_any(*LOOKS)
    form = YearForm(request.GET if request.GET.get("year") else None, initial={"year": working_day().year})
    year = form.cleaned_data["year"] if form.is_bound and form.is_valid() else working_day().year
    opens = may("marriage.look")
    pairs = pairs_of_year(year, actor.division_code, totals_only=not opens)
    names = offices()
    months = [_row(pairs, str(Month(year, at)), opens, month=at) for at in range(1, 13)]
    by_office = [_row(pairs, names.get(pk, str(pk)), opens, office=pk) for pk in pairs.offices]
    tables = [
        _table(request, months, _("月份"), _("按月"), "months", pairs),
        _table(request, by_office, _("登记处"), _("按登记处"), "offices", pairs),
    ]
    for table in tables:
        if table.wants_export:
            return table.excel_response()
    return show(
        request, "statistics",
        {"form": form, "year": year, "tables": tables, "tiles": _tiles(pairs, opens), "opens": opens,
         "chart": _chart(pairs) if pairs.counts else None},
        tab="marriage_statistics",
    )  # fmt: skip


def _row(pairs: Pairs, name: str, opens: bool, **of: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"name": name}
    for key, told in _CELLS.items():
        row[key] = pairs.count(**of, **told)
        row[f"{key}_href"] = behind(pairs.year, **of, **told) if opens and row[key] else ""
    return row


def behind(
    year: int, *, month: int | None = None, office: int | None = None, kind: str = "", cross: bool = False
) -> str:
    """The address of the list of entries behind a figure."""
    first = Month(year, month or 1)
    last = Month(year, month or 12)
    told: dict[str, Any] = {
        "place": "here",
        "kind": kind or "pairs",
        "first": first.first_day,
        "last": last.last_day,
    }
    told |= {"office": office} if office else {}
    told |= {"cross": "1"} if cross else {}
    return f"{reverse('marriage_register')}?{urlencode(told)}"


def _table(
    request: HttpRequest, rows: list[dict[str, Any]], first: str, caption: str, name: str, pairs: Pairs
) -> Table:
    words = {
        "marriage": KIND_WORDS["marriage"], "divorce": KIND_WORDS["divorce"], "pairs": _("合计（对）"),
        "marriage_cross": _("跨区结婚"), "divorce_cross": _("跨区离婚"), "cross": _("跨区合计"),
    }  # fmt: skip
    return Table(
        columns=[
            Column("name", first, is_heading=True),
            *(Column(key, str(words[key]), kind="count", href=_href(key)) for key in _CELLS),
        ],
        source=rows, request=request, caption=f"{caption} {pairs.year}", name=name, page_size=40,
        export_name=f"marriage-{name}-{pairs.year}",
        totals={key: pairs.count(**told) for key, told in _CELLS.items()},
        empty_title=_("这一年没有登记"),
    )  # fmt: skip


def _href(key: str) -> Callable[[dict[str, Any]], str]:
    return lambda row: str(row[f"{key}_href"])


def _tiles(pairs: Pairs, opens: bool) -> list[dict[str, Any]]:
    words = {
        "pairs": _("登记总量（对）"),
        "marriage": _("结婚登记"),
        "divorce": _("离婚登记"),
        "cross": _("其中跨区办理"),
    }
    return [
        {"label": label, "value": pairs.count(**_CELLS[key]),
         "href": behind(pairs.year, **_CELLS[key]) if opens and pairs.count(**_CELLS[key]) else ""}
        for key, label in words.items()
    ]  # fmt: skip


def _chart(pairs: Pairs) -> Chart:
    return Chart(
        id="chart-pairs", title=_("每月登记（对）"), category_label=_("月份"),
        categories=[str(Month(pairs.year, at)) for at in range(1, 13)],
        series=[
            Series(str(KIND_WORDS[kind]), [pairs.count(kind=kind, month=at) for at in range(1, 13)]) for kind in KINDS
        ],
    )  # fmt: skip
