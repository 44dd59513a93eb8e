"""Figures of the elder-care workforce: who works, who is certified, who was trained, institutions recognised, contests."""

from __future__ import annotations

from minzheng.domains.eldercare_workforce import kinds
from minzheng.kernel.indicators.model import Dimension, Identity, Indicator, Kind, Measure, Ratio

_SOURCE = "养老护理队伍登记：用工、证书、培训、认定、竞赛各表"
_POST = Dimension(
    "post", "岗位", "Post",
    ((kinds.CARE, "养老护理员", "Care worker"), ("nurse", "护士", "Nurse"), ("doctor", "医师", "Doctor"),
     ("therapist", "康复治疗师", "Therapist"), ("social", "社会工作者", "Social worker"), ("manager", "管理人员", "Manager"),
     ("other", "其他人员", "Other")),
)  # fmt: skip
_LEVEL = Dimension(
    "level", "技能等级", "Skill level",
    tuple((str(level), f"{word}级", f"Level {level}") for level, word in zip((5, 4, 3, 2, 1), "五四三二一", strict=True)),
)  # fmt: skip
_CONTEST = Dimension(
    "level", "竞赛级别", "Level of the contest",
    (("district", "区级", "District"), ("city", "市级", "City"), ("national", "全国", "National")),
)  # fmt: skip
_EMPLOYED = """
    SELECT e.id, lower(e.during) AS on_day, e.division_code, e.post, e.worker_id AS counted
    FROM eldercare_workforce_employment e JOIN facilities_facility f ON f.id = e.facility_id
    WHERE f.kind = 'eldercare_home' AND e.during @> %(on)s::date
"""
_CERTIFIED = """ AND EXISTS (SELECT 1 FROM eldercare_workforce_certificate c
    WHERE c.worker_id = e.worker_id AND c.issued_on <= %(on)s)"""
_EMPLOYMENTS = ("eldercare_workforce_employment", "facilities_facility")
_PASSED = "n.is_passed AND n.examined_on BETWEEN %(first)s AND %(last)s"

INDICATORS = (
    Indicator(
        id="eldercare.staff", name="养老院从业人员", name_en="Staff of homes", unit="persons", kind=Kind.STOCK, rows=_EMPLOYED,
        source=_SOURCE, tables=_EMPLOYMENTS, dimensions=(_POST,), measure=Measure.DISTINCT, names_people=True,
    ),
    Indicator(
        id="eldercare.care_workers", name="养老护理员", name_en="Care workers of homes", unit="persons", kind=Kind.STOCK,
        rows=f"{_EMPLOYED} AND e.post = 'care'", source=_SOURCE, tables=_EMPLOYMENTS, measure=Measure.DISTINCT,
        names_people=True,
    ),
    Indicator(
        id="eldercare.care_workers_certified", name="持证养老护理员", name_en="Care workers with a certificate", unit="persons",
        kind=Kind.STOCK, rows=f"{_EMPLOYED} AND e.post = 'care' {_CERTIFIED}", source=_SOURCE,
        tables=(*_EMPLOYMENTS, "eldercare_workforce_certificate"), measure=Measure.DISTINCT, names_people=True,
    ),
    Indicator(
        id="eldercare.trained", name="培训合格人次", name_en="Workers who passed a course", unit="persons", kind=Kind.FLOW,
        rows=f"""SELECT n.id, n.examined_on AS on_day, n.division_code, c.level::text AS level
                 FROM eldercare_workforce_enrolment n JOIN eldercare_workforce_course c ON c.id = n.course_id
                 WHERE {_PASSED}""",
        source=_SOURCE, tables=("eldercare_workforce_enrolment", "eldercare_workforce_course"), dimensions=(_LEVEL,),
        names_people=True,
    ),
    Indicator(
        id="eldercare.trained_subsidised", name="获培训补贴人次", name_en="Workers trained with a subsidy", unit="persons",
        kind=Kind.FLOW,
        rows="""SELECT s.id, s.on_day, s.division_code, s.level::text AS level FROM eldercare_workforce_trainingsubsidy s
                WHERE s.on_day BETWEEN %(first)s AND %(last)s""",
        source=_SOURCE, tables=("eldercare_workforce_trainingsubsidy",), dimensions=(_LEVEL,), names_people=True,
    ),
    Indicator(
        id="eldercare.entry_instalments_paid", name="拨付入职补贴期数", name_en="Instalments of the entry subsidy paid",
        unit="payments", kind=Kind.FLOW,
        rows="""SELECT s.id, s.paid_on AS on_day, s.division_code FROM eldercare_workforce_entrysubsidy s
                WHERE s.paid_on BETWEEN %(first)s AND %(last)s""",
        source=_SOURCE, tables=("eldercare_workforce_entrysubsidy",), names_people=True,
    ),
    Indicator(
        id="eldercare.key_institutions", name="人才引进重点机构", name_en="Key institutions for talent", unit="organisations",
        kind=Kind.STOCK,
        rows="""SELECT r.id, lower(r.during) AS on_day, r.division_code, r.facility_id AS facility
                FROM eldercare_workforce_recognition r WHERE r.during @> %(on)s::date""",
        source=_SOURCE, tables=("eldercare_workforce_recognition",), opens="workforce_facility", opens_by="facility",
    ),
    Indicator(
        id="eldercare.contest_places", name="职业技能竞赛获名次人次", name_en="Places in skill contests", unit="persons",
        kind=Kind.FLOW,
        rows="""SELECT r.id, c.held_on AS on_day, r.division_code, c.level FROM eldercare_workforce_contestresult r
                JOIN eldercare_workforce_contest c ON c.id = r.contest_id
                WHERE c.held_on BETWEEN %(first)s AND %(last)s""",
        source=_SOURCE, tables=("eldercare_workforce_contestresult", "eldercare_workforce_contest"), dimensions=(_CONTEST,),
        names_people=True,
    ),
    Indicator(
        id="eldercare.national_contest_round", name="全国民政行业职业技能竞赛届次", name_en="Rounds of the national skill contest",
        unit="rounds", kind=Kind.STOCK,
        rows="""SELECT c.id, c.held_on AS on_day, c.division_code, c.round::bigint AS amount FROM eldercare_workforce_contest c
                WHERE c.level = 'national' AND c.round IS NOT NULL AND c.held_on <= %(on)s
                ORDER BY c.held_on DESC, c.id DESC LIMIT 1""",
        source=_SOURCE, tables=("eldercare_workforce_contest",), measure=Measure.SUM,
        seed_id="workforce.national_contest_round",
    ),
)  # fmt: skip
RATIOS = (
    Ratio(
        id="eldercare.care_certified_share", name="养老护理员持证率", name_en="Care workers certified, share",
        numerator="eldercare.care_workers_certified", denominator="eldercare.care_workers", source=_SOURCE,
    ),
    Ratio(
        id="eldercare.staff_per_bed", name="每百张入住床位从业人员", name_en="Staff per hundred occupied beds",
        numerator="eldercare.staff", denominator="eldercare.beds_taken", source=_SOURCE,
    ),
)  # fmt: skip
IDENTITIES = (
    Identity(
        "持证护理员不超过护理员", "Certified care workers are care workers", ("eldercare.care_workers_certified",),
        ("eldercare.care_workers",), "<=",
    ),
    Identity(
        "培训补贴不超过培训合格", "A subsidy rests on a course passed", ("eldercare.trained_subsidised",),
        ("eldercare.trained",), "<=",
    ),
)  # fmt: skip
