"""Tables, charts and the map of a what-if's figures."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from minzheng.kernel.reforms import comparing
from minzheng.kernel.reforms.queries import Line
from minzheng.kernel.ui.charts import Chart, Series
from minzheng.kernel.ui.maps import DistrictMap
from minzheng.kernel.ui.tables import Column, Table
from minzheng.surfaces.web.reforms.words import line_labels


def captions() -> dict[str, str]:
    """What each breakdown is called."""
    return {
        comparing.BENEFIT: _("按待遇（领取人或户）"),
        comparing.PROGRAMME: _("按项目（户）"),
        comparing.DISTRICT: _("按区（户）"),
        comparing.SIZE: _("按家庭人数（户）"),
        comparing.MEMBERS: _("按家庭成员（户，可重复）"),
        comparing.TENTH: _("按收入十等分（户）"),
    }


def tables(request: HttpRequest, lines: dict[str, list[Line]]) -> list[Table]:
    """One table a breakdown, each with its Excel copy."""
    return [
        _table(request, dimension, caption, lines.get(dimension, []))
        for dimension, caption in captions().items()
    ]


def _table(request: HttpRequest, dimension: str, caption: str, lines: list[Line]) -> Table:
    labels = line_labels(lines)

    def amount(name: str) -> Any:
        return lambda line: line.values[name]

    columns = [
        Column("key", _("组别"), is_heading=True, value=lambda line: labels.get(line.key, line.key)),
        Column("households", _("户数") if dimension != comparing.BENEFIT else _("涉及数"), kind="count", value=amount("households"), order_by="households"),
        Column("covered_before", _("现行享受"), kind="count", value=amount("covered_before"), order_by="covered_before"),
        Column("gainers", _("增加"), kind="count", value=amount("gainers"), order_by="gainers"),
        Column("started", _("其中新增"), kind="count", value=amount("started"), order_by="started"),
        Column("losers", _("减少"), kind="count", value=amount("losers"), order_by="losers"),
        Column("ended", _("其中不再享受"), kind="count", value=amount("ended"), order_by="ended"),
        Column("cost", _("每月增支"), kind="money", value=lambda line: line.change_fen, order_by="cost"),
    ]  # fmt: skip
    if dimension == comparing.BENEFIT:
        columns.append(Column("may", _("可能符合的增减"), kind="count", value=_may))
    return Table(
        columns,
        lines,
        request,
        caption=caption,
        name=dimension,
        export_name=f"reform-{dimension}",
        page_size=30,
    )


def _may(line: Line) -> int | None:
    before, after = line.values["may_before"], line.values["may_after"]
    return None if before is None or after is None else after - before


def charts(lines: dict[str, list[Line]]) -> list[Chart]:
    """Gainers and losers by tenth and size; what it costs by district."""
    made = []
    for dimension, title, label in (
        (comparing.TENTH, _("按收入十等分：增加和减少的户数"), _("收入组（1 最低，10 最高）")),
        (comparing.SIZE, _("按家庭人数：增加和减少的户数"), _("家庭人数")),
        (comparing.MEMBERS, _("按家庭成员：增加和减少的户数"), _("家庭成员")),
    ):
        group = lines.get(dimension, [])
        names = line_labels(group)
        if group:
            made.append(
                Chart(
                    id=f"chart-{dimension}",
                    title=title,
                    categories=[
                        line.key if dimension == comparing.TENTH else names[line.key] for line in group
                    ],
                    series=[
                        Series(_("增加"), [line.values["gainers"] for line in group]),
                        Series(_("减少"), [line.values["losers"] for line in group]),
                    ],
                    category_label=label,
                )
            )
    return made


def district_map(lines: dict[str, list[Line]]) -> DistrictMap | None:
    """Cost by district; hidden ones stay blank."""
    group = lines.get(comparing.DISTRICT, [])
    if len(group) < 2:
        return None
    return DistrictMap(
        id="map-reform",
        title=_("各区每月增支"),
        values={line.key: line.change_fen for line in group if line.key != "310000"},
        unit="fen",
        value_label=_("每月增支"),
        note=_("区界为示意轮廓，不作测绘依据。"),
    )
