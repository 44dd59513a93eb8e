"""Figures of supervision: visits, coverage, faults found and put right, institutions by credit level."""

from __future__ import annotations

from dataclasses import replace

from minzheng.domains.eldercare_supervision import KIND
from minzheng.kernel.indicators.model import Dimension, Identity, Indicator, Kind, Ratio

_SOURCE = "监督检查记录：检查、问题、复查、信用评价各表"
_OF_HOMES = f"JOIN facilities_facility f ON f.id = x.facility_id AND f.kind = '{KIND}'"
_SEVERITY = Dimension(
    "severity", "程度", "Severity",
    (("minor", "一般", "Minor"), ("serious", "较重", "Serious"), ("major", "重大", "Major")),
)  # fmt: skip
_AREA = Dimension(
    "area", "领域", "Area",
    (("fire", "消防安全", "Fire safety"), ("food", "食品安全", "Food safety"), ("building", "建筑安全", "Building safety"),
     ("medical", "医疗行为", "Medical activity"), ("fraud", "防范诈骗", "Fraud prevention"), ("sixth", "第六领域", "Sixth area")),
)  # fmt: skip
_LEVEL = Dimension(
    "level", "信用等级", "Credit level", tuple((one, f"{one} 级", f"Level {one}") for one in "ABCD")
)


def _found(where: str, day: str = "x.found_on") -> str:
    return f"""
        SELECT x.id, {day} AS on_day, x.division_code, x.severity, x.area
        FROM inspections_finding x {_OF_HOMES} WHERE {where}
    """


_FOUND = "x.found_on BETWEEN %(first)s AND %(last)s"
INDICATORS = (
    # The “1” is not named in the summary: here it is the campaign as a whole, and each of its areas is one more.
    Indicator(
        id="eldercare.campaign_actions", name="监管专项行动（行动及其领域）", name_en="Campaigns of supervision with their areas",
        unit="actions", kind=Kind.FLOW,
        rows="""
            SELECT c.id, c.first_day AS on_day, c.division_code, part.area
            FROM eldercare_supervision_campaign c CROSS JOIN LATERAL (
              SELECT 'whole' AS area UNION ALL SELECT jsonb_array_elements_text(c.areas)) part
            WHERE c.first_day BETWEEN %(first)s AND %(last)s
        """,
        source="专项行动登记：行动本身计一项，所列领域各计一项", tables=("eldercare_supervision_campaign",),
        dimensions=(replace(_AREA, words=(("whole", "专项行动", "Campaign"), *_AREA.words)),),
        seed_id="elder_care.supervision_1_plus_6", opens="supervision_campaign",
    ),
    Indicator(
        id="eldercare.inspections_done", name="完成检查次数", name_en="Inspections made", unit="次", kind=Kind.FLOW,
        rows=f"""
            SELECT x.id, x.done_on AS on_day, x.division_code
            FROM inspections_visit x {_OF_HOMES}
            WHERE x.state = 'done' AND x.done_on BETWEEN %(first)s AND %(last)s
        """,
        source=_SOURCE, tables=("inspections_visit", "facilities_facility"), opens="supervision_visit",
    ),
    Indicator(
        id="eldercare.homes_inspected", name="受检养老院", name_en="Homes inspected", unit="家", kind=Kind.FLOW,
        rows=f"""
            SELECT DISTINCT ON (x.facility_id) x.facility_id AS id, x.done_on AS on_day, x.division_code
            FROM inspections_visit x {_OF_HOMES}
            WHERE x.state = 'done' AND x.done_on BETWEEN %(first)s AND %(last)s AND f.during @> %(last)s::date
            ORDER BY x.facility_id, x.done_on
        """,
        source=_SOURCE, tables=("inspections_visit", "facilities_facility"), opens="supervision_facility",
    ),
    Indicator(
        id="eldercare.homes_to_inspect", name="应检养老院", name_en="Homes to be inspected", unit="家", kind=Kind.FLOW,
        rows=f"""
            SELECT id, %(last)s::date AS on_day, division_code FROM facilities_facility
            WHERE kind = '{KIND}' AND during && daterange(%(first)s::date, %(last)s::date, '[]')
        """,
        source="设施登记", tables=("facilities_facility",), opens="supervision_facility",
    ),
    Indicator(
        id="eldercare.faults_found", name="发现问题", name_en="Faults found", unit="个", kind=Kind.FLOW,
        rows=_found(_FOUND), source=_SOURCE, tables=("inspections_finding", "facilities_facility"),
        dimensions=(_SEVERITY, _AREA), opens="supervision_finding",
    ),
    Indicator(
        id="eldercare.faults_closed", name="其中已销号", name_en="Of these closed", unit="个", kind=Kind.FLOW,
        rows=_found(f"{_FOUND} AND x.state = 'closed'"), source=_SOURCE,
        tables=("inspections_finding", "facilities_facility"), dimensions=(_SEVERITY, _AREA), opens="supervision_finding",
    ),
    Indicator(
        id="eldercare.faults_open", name="其中未销号", name_en="Of these open", unit="个", kind=Kind.FLOW,
        rows=_found(f"{_FOUND} AND x.state <> 'closed'"), source=_SOURCE,
        tables=("inspections_finding", "facilities_facility"), dimensions=(_SEVERITY, _AREA), opens="supervision_finding",
    ),
    Indicator(
        id="eldercare.homes_rated", name="已评信用等级养老院", name_en="Homes with a credit level", unit="家", kind=Kind.STOCK,
        rows=f"""
            SELECT DISTINCT ON (x.facility_id) x.id, x.decided_on AS on_day, x.division_code,
                   CASE WHEN r.is_granted AND r.decided_on <= %(on)s THEN r.level_after ELSE x.level END AS level
            FROM eldercare_supervision_scoresheet x {_OF_HOMES}
              LEFT JOIN eldercare_supervision_repair r ON r.sheet_id = x.id
            WHERE x.state = 'decided' AND x.decided_on <= %(on)s
            ORDER BY x.facility_id, x.year DESC
        """,
        source=_SOURCE, tables=("eldercare_supervision_scoresheet", "eldercare_supervision_repair", "facilities_facility"),
        dimensions=(_LEVEL,), opens="supervision_sheet",
    ),
)  # fmt: skip
RATIOS = (
    Ratio(
        id="eldercare.inspection_coverage", name="检查覆盖率", name_en="Homes inspected", source=_SOURCE,
        numerator="eldercare.homes_inspected", denominator="eldercare.homes_to_inspect",
    ),
    Ratio(
        id="eldercare.faults_closed_share", name="问题整改率", name_en="Faults closed", source=_SOURCE,
        numerator="eldercare.faults_closed", denominator="eldercare.faults_found",
    ),
)  # fmt: skip
IDENTITIES = (
    Identity(
        "发现问题等于已销号加未销号", "Faults found are those closed and those open",
        ("eldercare.faults_found",), ("eldercare.faults_closed", "eldercare.faults_open"),
    ),
)  # fmt: skip
