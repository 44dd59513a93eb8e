"""Figures of marriage registration (婚姻登记统计): counted from acts, each cell down to them.

The total is of marriages and divorces; reissues, corrections and certificates are no registrations (the summary of 2022: 72,048
+ 24,991 = 97,039).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from minzheng.domains.marriage_registration.working_rules import working_rules
from minzheng.kernel.indicators.model import Dimension, Fact, Identity, Indicator, Kind, Ratio, Told
from minzheng.kernel.places.models import Division

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


def _across_districts(start: date, until: date, place: str) -> Mapping[str, Told]:
    """Where registration goes across districts (跨区通办), by the dated list of districts; one query for the register of them.

    A first day is told in the period in which it falls, the pilot's districts in each period that the pilot touched, the share of
    districts from the first day on. The law is the same everywhere. It is a pilot where the list begins without some district.
    """
    districts = list(Division.objects.filter(level=Division.Level.DISTRICT).values_list("code", "during"))
    entries = working_rules().parameters["cross_district"].entries
    told: dict[str, Told] = {}
    for entry, later in zip(entries, (*entries[1:], None), strict=True):
        last = min(until, later.from_ - timedelta(days=1)) if later else until
        first, at_last = (
            {code for code, during in districts if day in during} for day in (entry.from_, last)
        )
        if last < max(start, entry.from_) or not at_last:
            continue
        assert isinstance(entry.value, tuple)
        listed = {str(code) for code in entry.value}
        stage = "citywide" if first <= listed else "pilot"
        if stage == "pilot":
            told["marriage.cross_district_pilot_districts"] = Told(len(listed & at_last), (entry,))
        if start <= entry.from_:
            told.setdefault(f"marriage.cross_district_{stage}_start", Told(entry.from_, (entry,)))
        told["marriage.cross_district_coverage"] = Told(100 * len(listed & at_last) / len(at_last), (entry,))
    return told


def _fact(code: str, name: str, name_en: str, unit: str) -> Fact:
    code = f"marriage.cross_district_{code}"
    return Fact(
        code, name, name_en, unit, _across_districts, "marriage_registration.cross_district", seed_id=code
    )


FACTS = (
    _fact("pilot_start", "跨区通办试点起始日", "First day of the pilot across districts", "date"),
    _fact("pilot_districts", "跨区通办试点区", "Districts of the pilot across districts", "districts"),
    _fact("citywide_start", "跨区通办全市起始日", "First day across all districts", "date"),
    _fact("coverage", "跨区通办覆盖率", "Share of districts between which couples register", "%"),
)

IDENTITIES = (
    Identity(
        "结婚登记＋离婚登记＝婚姻登记总量",
        "marriages + divorces = registrations in all",
        ("marriage.marriages", "marriage.divorces"),
        ("marriage.pairs_total",),
    ),
)
