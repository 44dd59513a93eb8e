"""The figures of a cash programme (现金待遇指标): who receives, what was due and what reached accounts.

A programme names itself and its benefits; the rows are the kernel's own records of awards and payments. It needs nothing
else to be counted, as it needs nothing else to be paid.
"""

from __future__ import annotations

from collections.abc import Mapping

from minzheng.kernel.indicators.model import Dimension, Indicator, Kind, Measure
from minzheng.kernel.programmes import Benefit, Grant, Programme, Unit

SEX = Dimension("sex", "性别", "Sex", (("1", "男", "Male"), ("2", "女", "Female"), ("9", "不详", "Unknown")))
AGE = Dimension(
    "age",
    "年龄",
    "Age",
    (
        ("0-17", "不满18周岁", "Under 18"),
        ("18-59", "18至59周岁", "18 to 59"),
        ("60-79", "60至79周岁", "60 to 79"),
        ("80+", "80周岁以上", "80 and over"),
        ("", "不详", "Unknown"),
    ),
)
_SEX = "CASE p.sex WHEN 1 THEN '1' WHEN 2 THEN '2' ELSE '9' END AS sex"
# An age is reached on the birthday; born on 29 February, on 1 March of a year without one.
_AGE = """CASE WHEN p.birth_date IS NULL THEN ''
      WHEN p.birth_date > {day} - interval '18 years' THEN '0-17'
      WHEN p.birth_date > {day} - interval '60 years' THEN '18-59'
      WHEN p.birth_date > {day} - interval '80 years' THEN '60-79' ELSE '80+' END AS age"""


def people_columns(day: str) -> str:
    """The columns of `SEX` and `AGE` on a day, of a person called `p`."""
    return f"{_SEX}, {_AGE.format(day=day)}"


MERGED = "people_merge"
"""The table that changes when records are merged: a figure that counts people once names it among its own."""


def one_person(column: str) -> tuple[str, str]:
    """How rows count a person once whose records were merged (档案合并): a join, and the column `counted`.

    >>> one_person("s.person_id")[1]
    'coalesce(merged.merged_into_id, s.person_id) AS counted'
    """
    join = f"LEFT JOIN people_person merged ON merged.id = {column} AND merged.merged_into_id IS NOT NULL"
    return join, f"coalesce(merged.merged_into_id, {column}) AS counted"


_JOIN, _COUNTED = one_person("o.person_id")
# A record that was merged into another counts only where the other does not stand here itself.
_RECEIVING = """
    SELECT a.id, %(on)s::date AS on_day, a.division_code, a.person_id, {people}
    FROM awards_awardperiod t JOIN awards_award a ON a.id = t.award_id JOIN people_person p ON p.id = a.person_id
    WHERE a.benefit = '{benefit}' AND a.programme = '{programme}' AND t.during @> %(on)s::date
      AND (p.merged_into_id IS NULL OR NOT EXISTS (
        SELECT 1 FROM awards_award b JOIN awards_awardperiod u ON u.award_id = b.id AND u.during @> %(on)s::date
        WHERE b.person_id = p.merged_into_id AND b.benefit = a.benefit AND b.programme = a.programme))
"""
_DUE = """
    SELECT o.id, o.accounting_month AS on_day, o.division_code, o.kind, o.amount_fen AS amount
    FROM payments_order o
    WHERE o.programme = '{programme}' AND o.benefit = '{benefit}' AND o.state NOT IN ('cancelled', 'returned', 'reissued')
      AND o.accounting_month BETWEEN %(first)s AND %(last)s
"""
# What came back is not paid; what was sent again counts by the order that was settled.
_PAID = """
    SELECT o.id, t.on AS on_day, o.division_code, o.kind, {counted}o.amount_fen AS amount
    FROM payments_transfer t JOIN payments_order o ON o.id = t.order_id {join}
    WHERE t.kind = 'settle' AND t.programme = '{programme}' AND o.benefit = '{benefit}' AND o.state = 'paid'
      AND t.on BETWEEN %(first)s AND %(last)s
"""
KIND = Dimension(
    "kind",
    "发放类别",
    "Kind of payment",
    (
        ("regular", "当月发放", "Regular"),
        ("arrears", "补发", "Arrears"),
        ("correction", "差额补发", "Correction"),
        ("reissue", "退票重发", "Sent again"),
    ),
)
_PAYMENT_TABLES = ("payments_transfer", "payments_order")


def cash_figures(programme: Programme, seed_ids: Mapping[str, str] | None = None) -> tuple[Indicator, ...]:
    """Receiving, due, paid and people paid, for every benefit of a programme.

    Args:
        seed_ids: `<benefit>.<receiving|due|paid|people>` → name in the list of the summary's figures.
    """
    named = seed_ids or {}
    return tuple(
        figure for benefit in programme.benefits for figure in _of_benefit(programme, benefit, named)
    )


def _of_benefit(programme: Programme, benefit: Benefit, named: Mapping[str, str]) -> list[Indicator]:
    words = {"programme": programme.code, "benefit": benefit.code}
    per_person = benefit.unit is Unit.PERSON
    receiving = Indicator(
        id=f"{benefit.code}.receiving",
        name=f"{benefit.name}在享{'人数' if per_person else '户数'}",
        name_en=f"{benefit.name_en}: {'people' if per_person else 'households'} receiving",
        unit="persons" if per_person else "households",
        kind=Kind.STOCK,
        rows=_RECEIVING.format(people=people_columns("%(on)s::date"), **words),
        source=programme.statute,
        tables=("awards_award", "awards_awardperiod", "people_person", MERGED),
        dimensions=(SEX, AGE) if per_person else (),
        seed_id=named.get(f"{benefit.code}.receiving", ""),
        opens="work_person",
        opens_by="person_id",
        names_people=True,
    )
    due, paid = (
        Indicator(
            id=f"{benefit.code}.{code}",
            name=f"{benefit.name}{word}",
            name_en=f"{benefit.name_en}: {word_en}",
            unit="fen",
            kind=Kind.FLOW,
            rows=rows.format(counted="", join="", **words),
            source=programme.statute,
            tables=tables,
            dimensions=(KIND,),
            measure=Measure.SUM,
            seed_id=named.get(f"{benefit.code}.{code}", ""),
            opens="work_order",
            names_people=True,
        )
        for code, word, word_en, rows, tables in (
            ("due", "应发金额", "due", _DUE, ("payments_order",)),
            ("paid", "已发金额", "paid", _PAID, _PAYMENT_TABLES),
        )
    )
    people = Indicator(
        id=f"{benefit.code}.people",
        name=f"{benefit.name}累计发放人数",
        name_en=f"{benefit.name_en}: different people paid",
        unit="persons",
        kind=Kind.FLOW,
        rows=_PAID.format(counted=f"{_COUNTED}, ", join=_JOIN, **words),
        source=programme.statute,
        tables=(*_PAYMENT_TABLES, MERGED),
        dimensions=(KIND,),
        measure=Measure.DISTINCT,
        seed_id=named.get(f"{benefit.code}.people", ""),
        opens="work_order",
        names_people=True,
    )
    return [due, paid, people] if benefit.grant is Grant.BY_EVENT else [receiving, due, paid, people]
