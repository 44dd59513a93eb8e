"""Figures in words: names in the reader's language, units, the rule a figure follows, and values as screens write them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.kernel.indicators import summary
from minzheng.kernel.indicators.model import Dimension, Fact, Indicator, Kind, Listing, Measure, Ratio
from minzheng.kernel.indicators.registry import Figure, registry
from minzheng.kernel.ui import formats
from minzheng.surfaces.web.city.asking import item_name
from minzheng.surfaces.web.work.words import is_english

UNITS = {
    "fen": gettext_lazy("元"),
    "fen_per_month": gettext_lazy("元/人·月"),
    "%": "%",
    "persons": gettext_lazy("人"),
    "people": gettext_lazy("人"),
    "households": gettext_lazy("户"),
    "cases": gettext_lazy("件"),
    "facilities": gettext_lazy("个"),
    "items": gettext_lazy("项"),
    "schemes": gettext_lazy("项"),
    "times": gettext_lazy("次"),
    "offers": gettext_lazy("次"),
    "assessments": gettext_lazy("人次"),
    "streets": gettext_lazy("个"),
    "towns": gettext_lazy("个"),
    "townships": gettext_lazy("个"),
    "committees": gettext_lazy("个"),
    "pairs": gettext_lazy("对"),
    "beds": gettext_lazy("张"),
    "days": gettext_lazy("天"),
    "organisations": gettext_lazy("家"),
    "payments": gettext_lazy("笔"),
    "rounds": gettext_lazy("轮"),
    "streets_and_towns": gettext_lazy("个"),
    "units": gettext_lazy("个"),
    # Registers that write the unit as it is printed.
    "个": gettext_lazy("个"),
    "对": gettext_lazy("对"),
    "次": gettext_lazy("次"),
    "家": gettext_lazy("家"),
    "处": gettext_lazy("处"),
    "张": gettext_lazy("张"),
    "人": gettext_lazy("人"),
    "各项目单位": gettext_lazy("各项目单位"),
    "districts": gettext_lazy("个"),
    "actions": gettext_lazy("项"),
    "kinds_of_material": gettext_lazy("类"),
    "serial_in_year": gettext_lazy("号"),
    "date": "",
    "year": "",
    "year_range": "",
}
KINDS = {Kind.FLOW: gettext_lazy("期间数"), Kind.STOCK: gettext_lazy("时点数（期末日）")}
MEASURES = {
    Measure.COUNT: gettext_lazy("逐条计数"),
    Measure.SUM: gettext_lazy("金额或数量相加"),
    Measure.DISTINCT: gettext_lazy("去重计数：同一人在本期只计一次"),
}


def name_of(figure: Figure) -> str:
    """A figure's official name, or its English one."""
    return figure.name_en if is_english() else figure.name


def unit_of(figure: Figure) -> str:
    """A unit in words; one that nobody translated stands as it was declared."""
    return str(UNITS.get(figure.unit, figure.unit))


def domain_name(code: str) -> str:
    """A domain's name in the reader's language."""
    return summary.domain_name(code, is_english=is_english())


def domains() -> dict[str, str]:
    """Every domain that brings figures, by code, in the order of the screens."""
    return {code: domain_name(code) for code in dict.fromkeys(registry().domains.values())}


def dimension_name(dimension: Dimension) -> str:
    return dimension.name_en if is_english() else dimension.name


def part_name(dimension: Dimension, code: str) -> str:
    """A part of a dimension in words."""
    for value, chinese, english in dimension.words:
        if value == code:
            return english if is_english() else chinese
    if dimension.column == "item":
        return item_name(code)
    if dimension.column == "programme":
        return domain_name(code)
    return code or _("未注明")


def write(figure: Figure, value: Any) -> str:
    """A value in its figure's unit.

    >>> from minzheng.kernel.indicators.model import Ratio
    >>> write(Ratio("a", "率", "Rate", "b", "c", "s"), 97.254), write(Ratio("a", "率", "Rate", "b", "c", "s"), None)
    ('97.25%', '—')
    """
    if value is None:
        return formats.DASH
    if isinstance(value, date):
        return formats.day(value)
    if isinstance(value, str):
        return value.replace("/", "—")  # Years from the first to the last: 2022—2035.
    if figure.unit.startswith("fen"):
        return formats.fen(int(value))
    if figure.unit == "%":
        return f"{value:.2f}%"
    return formats.count(int(value))


def chart_unit(figure: Figure) -> str:
    """The unit as charts and maps know it."""
    if figure.unit.startswith("fen"):
        return "fen"
    return "percent" if figure.unit == "%" else "count"


def rule_of(figure: Figure) -> list[tuple[str, str]]:
    """The rule a figure follows, as label and text."""
    if isinstance(figure, Indicator):
        return [
            (_("性质"), str(KINDS[figure.kind])),
            (_("计量"), str(MEASURES[figure.measure])),
            (_("来源记录"), "、".join(figure.tables)),
            (_("依据"), figure.source),
            *(
                [(_("前提：须有记录"), name_of(registry().indicators[figure.rests_on]))]
                if figure.rests_on
                else []
            ),
        ]
    if isinstance(figure, Ratio):
        found = registry()
        return [
            (_("分子"), name_of(found.indicators[figure.numerator])),
            (_("分母"), name_of(found.indicators[figure.denominator])),
            (_("依据"), figure.source),
        ]
    if isinstance(figure, Listing):
        return [(_("性质"), _("按平台所列逐项计数（期末日）")), (_("依据"), figure.source)]
    assert isinstance(figure, Fact)
    return [(_("性质"), _("由一项现行标准或一件记录写明")), (_("参数或记录"), figure.source)]
