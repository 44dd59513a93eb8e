"""Figures of the document itself (文号、成文日期、印发日期): told by the issued summary of the year and place; none before it is issued."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from minzheng.domains.annual_summary.actions import issued
from minzheng.kernel.indicators.model import Entry, Fact, Told


def _document(start: date, until: date, place: str) -> Mapping[str, Told]:
    """The summary of the year in which the period lies; one query."""
    kept = issued(until.year, place)
    if kept is None:
        return {}
    record = Entry(str(kept.number), kept.number.title, opens="summary_year", key=kept.year)
    # The document bears one day: it is signed and printed when it is issued (paper.py).
    values: dict[str, int | str | date] = {
        "serial": kept.number.number,
        "report_year": str(kept.year),
        "signed_on": kept.issued_on,
        "printed_on": kept.issued_on,
    }
    return {f"document.{code}": Told(value, records=(record,)) for code, value in values.items()}


def _fact(code: str, name: str, name_en: str, unit: str) -> Fact:
    code = f"document.{code}"
    return Fact(code, name, name_en, unit, _document, "annual_summary_issued", seed_id=code)


FACTS = (
    _fact("serial", "年度总结文号序号", "Number of the annual summary in its year", "serial_in_year"),
    _fact("report_year", "年度总结所属年份", "Year that the annual summary reports", "year"),
    _fact("signed_on", "年度总结成文日期", "Day the annual summary bears", "date"),
    _fact("printed_on", "年度总结印发日期", "Day the annual summary was issued", "date"),
)
