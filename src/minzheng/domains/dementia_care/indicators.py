"""Figures of dementia care: beds of a day, beds rebuilt, streets taking part, persons screened and what followed."""

from __future__ import annotations

from minzheng.domains.eldercare_facilities import HOME
from minzheng.domains.eldercare_facilities.kinds import DEMENTIA
from minzheng.kernel.indicators.cash import MERGED, one_person
from minzheng.kernel.indicators.model import Dimension, Identity, Indicator, Kind, Measure

_BEDS = "床位登记：认知障碍照护床位与照护单元"
_STREETS = "友好社区建设登记"
_PEOPLE = "社区筛查与转介登记"
_TABLES = ("stays_bed", "facilities_facility", "dementia_care_unitbed", "dementia_care_unit")
_IN_UNIT = Dimension("in_unit", "照护单元", "Unit", (("yes", "已验收单元内", "In an accepted unit"), ("no", "未编入单元", "In no unit")))  # fmt: skip
_BATCH = Dimension("batch", "批次", "Batch")
_JOIN, _COUNTED = one_person("s.person_id")
_SCREENED = "s.screened_on BETWEEN %(first)s AND %(last)s"


def _people(id_: str, name: str, name_en: str, where: str) -> Indicator:
    return Indicator(
        id=id_, name=name, name_en=name_en, unit="persons", kind=Kind.FLOW, measure=Measure.DISTINCT, names_people=True,
        rows=f"""
            SELECT s.id, s.screened_on AS on_day, s.division_code, {_COUNTED}
            FROM dementia_care_screening s {_JOIN} LEFT JOIN dementia_care_referral r ON r.screening_id = s.id
            WHERE {_SCREENED}{where}
        """,
        source=_PEOPLE, tables=("dementia_care_screening", "dementia_care_referral", MERGED), opens="dementia_screened",
    )  # fmt: skip


INDICATORS = (
    Indicator(
        id="dementia.beds", name="认知障碍照护床位数", name_en="Dementia-care beds", unit="beds", kind=Kind.STOCK,
        rows=f"""
            SELECT b.id, lower(b.during) AS on_day, b.division_code, b.facility_id AS facility,
                   CASE WHEN u.id IS NULL THEN 'no' ELSE 'yes' END AS in_unit
            FROM stays_bed b JOIN facilities_facility f ON f.id = b.facility_id AND f.kind = '{HOME}'
              LEFT JOIN dementia_care_unitbed x ON x.bed_id = b.id
              LEFT JOIN dementia_care_unit u ON u.id = x.unit_id AND u.accepted_on <= %(on)s
            WHERE b.kind = '{DEMENTIA}' AND b.during @> %(on)s::date
        """,
        source=_BEDS, tables=_TABLES, dimensions=(_IN_UNIT,), seed_id="elder_care.dementia_beds_total",
        opens="dementia_facility", opens_by="facility",
    ),
    Indicator(
        id="dementia.beds_rebuilt", name="改建认知障碍照护床位", name_en="Beds rebuilt for dementia care", unit="beds",
        kind=Kind.FLOW,
        rows="""
            SELECT x.id, lower(b.during) AS on_day, x.division_code, x.facility_id AS facility
            FROM dementia_care_unitbed x JOIN stays_bed b ON b.id = x.bed_id
            WHERE x.was_id IS NOT NULL AND lower(b.during) BETWEEN %(first)s AND %(last)s
        """,
        source=_BEDS, tables=_TABLES, seed_id="elder_care.dementia_beds_converted", opens="dementia_facility",
        opens_by="facility",
    ),
    Indicator(
        id="dementia.units", name="认知障碍照护单元数", name_en="Dementia-care units", unit="units", kind=Kind.STOCK,
        rows="""
            SELECT u.id, u.accepted_on AS on_day, u.division_code, u.facility_id AS facility
            FROM dementia_care_unit u WHERE u.accepted_on <= %(on)s
        """,
        source="照护单元验收登记", tables=("dementia_care_unit",), opens="dementia_facility", opens_by="facility",
    ),
    Indicator(
        id="dementia.friendly_streets", name="开展老年认知障碍友好社区建设的街镇", name_en="Streets building dementia-friendly communities",
        unit="streets_and_towns", kind=Kind.STOCK,
        rows="""
            SELECT c.id, c.started_on AS on_day, c.division_code, c.batch::text AS batch
            FROM dementia_care_community c WHERE c.started_on <= %(on)s
        """,
        source=_STREETS, tables=("dementia_care_community",), dimensions=(_BATCH,),
        seed_id="elder_care.dementia_friendly_streets", opens="dementia_community",
    ),
    _people("dementia.screened", "认知障碍社区筛查人数", "Persons screened for dementia", ""),
    _people("dementia.positive", "筛查阳性人数", "Persons screened positive", " AND s.score < s.cut_off"),
    _people("dementia.referred", "转介诊断人数", "Persons referred", " AND r.is_consented"),
    _people("dementia.diagnosed", "确诊人数", "Persons diagnosed", " AND r.is_diagnosed"),
)  # fmt: skip
RATIOS = ()
IDENTITIES = tuple(
    Identity(f"{name}不超过{than}", f"{name_en} no more than {than_en}", (left,), (right,), relation="<=")
    for name, name_en, left, than, than_en, right in (
        (
            "筛查阳性人数",
            "Positive are",
            "dementia.positive",
            "筛查人数",
            "those screened",
            "dementia.screened",
        ),
        (
            "转介人数",
            "Referred are",
            "dementia.referred",
            "筛查阳性人数",
            "those positive",
            "dementia.positive",
        ),
        (
            "确诊人数",
            "Diagnosed are",
            "dementia.diagnosed",
            "转介人数",
            "those referred",
            "dementia.referred",
        ),
    )
)
