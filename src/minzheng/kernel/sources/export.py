"""The report of a file as an Excel workbook for the office that sent it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from minzheng.kernel.audit import recording
from minzheng.kernel.sources import queries
from minzheng.kernel.sources.models import FeedFile
from minzheng.kernel.storage.excel import write_workbook


def write_report(file: FeedFile, target: Path | str | IO[bytes]) -> None:
    """Writes three sheets: the counts, what to correct field by field, and every row with its outcome."""
    told = queries.summary(file)
    names = dict(queries.FeedRow.Outcome.choices)
    counts: list[tuple[Any, ...]] = [
        (_("文件"), file.name),
        (_("SHA-256"), file.sha256),
        (_("行数"), told["lines"]),
        *((str(names[outcome]), count) for outcome, count in told["outcomes"].items()),
        *((f"{note['what']} {note['found']}".strip(), note["done"]) for note in told["notes"]),
        *((one["what"], one["count"]) for one in told["codes"]),
    ]
    headings = [_("工作表"), _("行"), _("结果"), _("字段"), _("问题"), _("见到"), _("应为"), _("处理")]
    raw = max((len(column["headings"]) for column in file.columns), default=0)
    columns = max(file.columns, key=lambda one: len(one["headings"]))["headings"] if raw else []
    write_workbook(
        target,
        {
            _("概况"): ([_("项目"), _("数量")], counts),
            _("问题"): (headings, _problems(file)),
            _("全部行"): ([_("工作表"), _("行"), _("类别"), _("结果"), *columns], _rows(file)),
        },
    )
    recording.record("sources.export", subject=f"sources.file:{file.pk}", detail={"name": file.name})


def _problems(file: FeedFile) -> Iterator[tuple[Any, ...]]:
    for row in queries.every_row(file):
        for message in row["messages"]:
            yield (
                row["sheet"],
                row["line"],
                row["outcome_label"],
                message["field"],
                message["what"],
                message["found"],
                message["expected"],
                message["done"],
            )


def _rows(file: FeedFile) -> Iterator[tuple[Any, ...]]:
    for row in queries.every_row(file):
        yield (row["sheet"], row["line"], row["kind_label"], row["outcome_label"], *row["raw"])
