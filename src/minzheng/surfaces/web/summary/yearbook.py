"""The tables of a statistical yearbook kind as one Excel file (统计表): all figures, by district, by month, by kind, with notes."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from minzheng.domains.annual_summary.drafting import Beside, Draft, Shown
from minzheng.kernel.indicators import reading
from minzheng.kernel.indicators.model import Indicator
from minzheng.kernel.indicators.reading import growth
from minzheng.kernel.periods import Month, iter_months
from minzheng.kernel.places.queries import names
from minzheng.kernel.storage.excel import write_workbook
from minzheng.surfaces.web.figures.exporting import plain
from minzheng.surfaces.web.figures.words import (
    dimension_name,
    domain_name,
    name_of,
    part_name,
    rule_of,
    unit_of,
)

Rows = list[Sequence[Any]]


def workbook(made: Draft, other: Beside | None = None) -> bytes:
    """The file of a year and place, with another year or district beside it where one is asked for; a fixed number of queries for each figure of the text, over totals alone."""
    shown = list({one.figure.id: one for one in made.shown}.values())
    counted = [one for one in shown if isinstance(one.figure, Indicator)]
    months = list(iter_months(Month(made.year, 1), Month(made.year, 12)))
    districts, places = _by_place(made, counted)
    buffer = io.BytesIO()
    write_workbook(
        buffer,
        {
            _("总表"): (
                [_("编号"), _("指标"), _("数值"), _("单位"), _("文中写法"), _("写法说明"), _("明细行数")],
                [[one.figure.id, name_of(one.figure), plain(one.figure, one.value), unit_of(one.figure), one.text,
                  one.form.declared, one.rows] for one in shown],
            ),
            **({_("对照"): _comparison(made, other)} if other else {}),
            _("分区"): ([_("指标"), _("单位"), *places], districts),
            _("分月"): (
                [_("指标"), _("单位"), *(str(month) for month in months)],
                [[name_of(one.figure), unit_of(one.figure),
                  *(plain(one.figure, value) for value in reading.by_month(one.figure, made.asked, months))] for one in counted],
            ),
            _("分类"): ([_("指标"), _("分组"), _("类别"), _("数值"), _("单位"), _("上年")], list(_by_kind(made, counted))),
            _("口径与来源"): ([_("指标"), _("项目"), _("内容")],
                           [[name_of(one.figure), label, text] for one in shown for label, text in rule_of(one.figure)]),
            _("勾稽核对"): (
                [_("勾稽关系"), _("区划"), _("左边"), _("右边"), _("相差")],
                [[one.identity.name, line.place, line.left, line.right, line.difference] for one, line in made.broken]
                or [[_("均成立"), None, None, None, None]],
            ),
            _("未能推得"): (
                [_("编号"), _("指标"), _("领域"), _("原因")],
                [[one.id, one.name, domain_name(one.domain), one.reason] for one in made.refused],
            ),
        },
    )  # fmt: skip
    return buffer.getvalue()


def _comparison(made: Draft, other: Beside) -> tuple[list[str], Rows]:
    """Value by value, with difference; growth only where a year stands beside another of the same place."""
    rows: Rows = []
    for one, value in other.lines:
        here, there = plain(one.figure, one.value), plain(one.figure, value)
        is_number = there is not None and not isinstance(there, str)
        grows = reading.grows(one.figure) and other.is_same_place(made)
        rows.append([name_of(one.figure), unit_of(one.figure), here, there, here - there if is_number else None,
                     _rounded(growth(one.value, value)) if grows else None])  # fmt: skip
    labels = [f"{made.place} {made.year}", f"{other.place} {other.asked.text}"]
    return [_("指标"), _("单位"), *labels, _("相差"), _("增长（%）")], rows


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 2)


def _by_place(made: Draft, counted: list[Shown]) -> tuple[Rows, list[str]]:
    found = {
        one.figure.id: {part.code: part.value for part in reading.by_place(one.figure, made.asked)}
        for one in counted
    }
    codes = sorted({code for parts in found.values() for code in parts})
    named = names(codes)
    rows: Rows = [
        [
            name_of(one.figure),
            unit_of(one.figure),
            *(plain(one.figure, found[one.figure.id].get(code)) for code in codes),
        ]
        for one in counted
    ]
    return rows, [named.get(code, code) for code in codes]


def _by_kind(made: Draft, counted: list[Shown]) -> Iterator[Sequence[Any]]:
    for one in counted:
        assert isinstance(one.figure, Indicator)
        parts = reading.by_part(one.figure, made.asked)
        for dimension in one.figure.dimensions:
            for part in parts.get(dimension.column, []):
                yield [
                    name_of(one.figure), dimension_name(dimension), part_name(dimension, part.code),
                    plain(one.figure, part.value), unit_of(one.figure), plain(one.figure, part.before),
                ]  # fmt: skip
