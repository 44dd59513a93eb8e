"""What each figure means (指标口径): numerator, denominator, unit, and the day that puts a case into a period."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minzheng.kernel.access import require
from minzheng.kernel.cases.figures import FIGURES
from minzheng.kernel.ui.formats import DASH
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.city.words import BASIS, UNITS, WORDS


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The definitions, from the same declarations that the figures are computed by."""
    require("statistics.look")
    rows = [
        {
            "label": WORDS[code].label,
            "above": WORDS[code].above,
            "below": WORDS[code].below or DASH,
            "unit": UNITS[figure.unit],
            "basis": BASIS[figure.basis],
        }
        for code, figure in FIGURES.items()
    ]
    table = Table(
        [
            Column("label", _("指标"), is_heading=True),
            Column("above", _("分子")),
            Column("below", _("分母")),
            Column("unit", _("单位")),
            Column("basis", _("计入期间的日期")),
        ],
        rows, request, caption=_("指标口径"), is_exportable=False,
    )  # fmt: skip
    return render(request, "city/terms.html", {"table": table})
