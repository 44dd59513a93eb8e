"""Figures of marriage registration (婚姻登记统计): counted from acts, each cell down to them.

The total is of marriages and divorces; reissues, corrections and certificates are no registrations (the summary of 2022: 72,048
+ 24,991 = 97,039).
"""

from __future__ import annotations

from minzheng.kernel.indicators.model import Dimension, Identity, Indicator, Kind, Ratio

_SOURCE = "《婚姻登记条例》；上海市民政局2022年度工作总结二/五"
_TABLES = ("marriage_registration_registration",)
_WHERE = (
    Dimension("kind", "登记类型", "Kind", (("marriage", "结婚", "Marriage"), ("divorce", "离婚", "Divorce"))),
    Dimension("office", "登记处", "Office"),
    Dimension("crossing", "是否跨区", "Across districts", (("yes", "跨区", "Across"), ("no", "本区", "Own district"))),
)  # fmt: skip


def _rows(condition: str) -> str:
    return f"""
        SELECT r.id, r."on" AS on_day, r.division_code, r.kind::text AS kind, f.name AS office,
          CASE WHEN r.is_cross_district THEN 'yes' ELSE 'no' END AS crossing
        FROM marriage_registration_registration r JOIN facilities_facility f ON f.id = r.office_id
        WHERE r."on" BETWEEN %(first)s AND %(last)s AND {condition}
    """


def _figure(code: str, name: str, name_en: str, condition: str, seed_id: str) -> Indicator:
    return Indicator(
        id=f"marriage.{code}",
        name=name,
        name_en=name_en,
        unit="对",
        kind=Kind.FLOW,
        rows=_rows(condition),
        source=_SOURCE,
        tables=_TABLES,
        dimensions=_WHERE,
        seed_id=seed_id,
        opens="marriage_entry",
        names_people=True,
    )


INDICATORS = (
    _figure("marriages", "结婚登记", "Marriages registered", "r.kind = 'marriage'", "marriage.marriages"),
    _figure("divorces", "离婚登记", "Divorces registered", "r.kind = 'divorce'", "marriage.divorces"),
    _figure(
        "pairs_total",
        "婚姻登记总量",
        "Registrations in all",
        "r.kind IN ('marriage', 'divorce')",
        "marriage.pairs_total",
    ),
    _figure(
        "cross_district_pairs",
        "跨区登记",
        "Registered in a district that is home to neither",
        "r.kind IN ('marriage', 'divorce') AND r.is_cross_district",
        "marriage.cross_district_pairs",
    ),
)

RATIOS = (
    Ratio(
        "marriage.cross_district_share",
        "跨区登记占比",
        "Share registered across districts",
        "marriage.cross_district_pairs",
        "marriage.pairs_total",
        _SOURCE,
    ),
)

IDENTITIES = (
    Identity(
        "结婚登记＋离婚登记＝婚姻登记总量",
        "marriages + divorces = registrations in all",
        ("marriage.marriages", "marriage.divorces"),
        ("marriage.pairs_total",),
    ),
)
