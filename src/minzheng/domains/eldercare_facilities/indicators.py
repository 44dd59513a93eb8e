"""Figures of elder-care facilities (养老服务设施统计): what stands on a day, what was added in a period."""

from __future__ import annotations

from minzheng.domains.eldercare_facilities import kinds
from minzheng.kernel.indicators.model import Dimension, Indicator, Kind, Measure, Ratio

SOURCE = "养老服务设施登记"
_KIND = Dimension(
    "kind", "设施类型", "Kind of facility",
    (
        (kinds.HOME, "养老院", "Home"), (kinds.CENTRE, "社区综合为老服务中心", "Community centre"),
        (kinds.MEAL_SITE, "助餐点", "Meal site"), (kinds.DAY_CARE, "日间照护机构", "Day care"),
        (kinds.FAMILY_BED, "家庭照护床位服务机构", "Care at home"),
    ),
)  # fmt: skip
_BED = Dimension(
    "kind", "床位类型", "Kind of bed",
    ((kinds.BASIC, "保基本床位", "Basic"), (kinds.MARKET, "市场床位", "Market"), (kinds.DEMENTIA, "认知障碍照护床位", "Dementia care")),
)  # fmt: skip
_EVERY = ", ".join(f"'{kind}'" for kind in kinds.KINDS)
_OPEN = f"""SELECT f.id, lower(f.during) AS on_day, f.division_code, f.kind FROM facilities_facility f
            WHERE f.kind IN ({_EVERY}) AND f.during @> %(on)s::date"""
_OPENED = """SELECT f.id, lower(f.during) AS on_day, f.division_code, f.kind FROM facilities_facility f
             WHERE f.kind = '{kind}' AND lower(f.during) BETWEEN %(first)s AND %(last)s"""
_BEDS = """SELECT b.id, lower(b.during) AS on_day, b.division_code, b.kind FROM stays_bed b
           JOIN facilities_facility f ON f.id = b.facility_id
           WHERE f.kind = 'eldercare_home' AND b.during @> %(on)s::date"""
_TAKEN = """SELECT s.id, lower(s.during) AS on_day, s.division_code, b.kind FROM stays_stay s
            JOIN stays_bed b ON b.id = s.bed_id JOIN facilities_facility f ON f.id = s.facility_id
            WHERE f.kind = 'eldercare_home' AND s.during @> %(on)s::date AND s.state IN ('present', 'away', 'ended')"""
_BATCHES = """SELECT c.id, c.on_day, c.division_code, c.kind, c.change::bigint AS amount
              FROM eldercare_facilities_bedbatch c
              WHERE c.because = 'built' AND c.on_day BETWEEN %(first)s AND %(last)s"""
_MEDICAL = """SELECT f.id, lower(f.during) AS on_day, f.division_code, h.medical_form AS kind FROM facilities_facility f
              JOIN eldercare_facilities_home h ON h.facility_id = f.id
              WHERE f.kind = 'eldercare_home' AND f.during @> %(on)s::date
                AND h.medical_form <> 'none' AND h.medical_until >= %(on)s"""
_HOMES = """SELECT f.id, lower(f.during) AS on_day, f.division_code FROM facilities_facility f
            WHERE f.kind = 'eldercare_home' AND f.during @> %(on)s::date"""
_PAGE = "eldercare_facility"


def _stock(
    id_: str, name: str, name_en: str, unit: str, rows: str, *tables: str, **more: object
) -> Indicator:
    return Indicator(id_, name, name_en, unit, Kind.STOCK, rows, SOURCE, tables, **more)  # type: ignore[arg-type]


def _flow(id_: str, name: str, name_en: str, unit: str, rows: str, *tables: str, **more: object) -> Indicator:
    return Indicator(id_, name, name_en, unit, Kind.FLOW, rows, SOURCE, tables, **more)  # type: ignore[arg-type]


INDICATORS: tuple[Indicator, ...] = (
    _stock("eldercare.facilities", "养老服务设施数", "Elder-care facilities", "facilities", _OPEN, "facilities_facility",
           dimensions=(_KIND,), opens=_PAGE),
    _stock("eldercare.homes", "养老院数", "Elder-care homes", "facilities", _HOMES, "facilities_facility", opens=_PAGE),
    _flow("eldercare.centres_added", "新增社区综合为老服务中心", "Community centres opened", "facilities",
          _OPENED.format(kind=kinds.CENTRE), "facilities_facility", seed_id="elder_care.centres_added", opens=_PAGE),
    _flow("eldercare.meal_sites_added", "新增社区老年助餐场所", "Meal sites opened", "facilities",
          _OPENED.format(kind=kinds.MEAL_SITE), "facilities_facility", seed_id="elder_care.meal_sites_added", opens=_PAGE),
    _stock("eldercare.beds", "养老床位数", "Elder-care beds", "beds", _BEDS, "stays_bed", "facilities_facility",
           dimensions=(_BED,)),
    _flow("eldercare.beds_added", "新增养老床位", "Elder-care beds put into use", "beds", _BATCHES,
          "eldercare_facilities_bedbatch", dimensions=(_BED,), measure=Measure.SUM, seed_id="elder_care.beds_added"),
    _stock("eldercare.beds_taken", "已入住床位", "Beds taken", "beds", _TAKEN, "stays_stay", "stays_bed",
           dimensions=(_BED,), names_people=True),
    _stock("eldercare.homes_with_medical", "有医疗服务的养老院", "Homes with medical cover", "facilities", _MEDICAL,
           "eldercare_facilities_home", "facilities_facility",
           dimensions=(Dimension("kind", "医养结合形式", "Form", (("own", "内设", "Own clinic"), ("contracted", "签约", "Contracted"))),),
           opens=_PAGE),
)  # fmt: skip

RATIOS: tuple[Ratio, ...] = (
    Ratio(
        "eldercare.occupancy", "床位入住率", "Occupancy", "eldercare.beds_taken", "eldercare.beds", SOURCE
    ),
    Ratio(
        "eldercare.medical_cover", "医养结合覆盖率", "Homes with medical cover, share", "eldercare.homes_with_medical",
        "eldercare.homes", SOURCE,
    ),
)  # fmt: skip
IDENTITIES = ()
