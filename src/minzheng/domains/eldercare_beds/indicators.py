"""Figures of assessment and of the queue for beds (需求评估与床位轮候统计)."""

from __future__ import annotations

from minzheng.kernel.indicators.model import Dimension, Identity, Indicator, Kind, Measure, Ratio

SOURCE = "老年照护统一需求评估与养老床位轮候登记"
_GRADE = Dimension(
    "grade", "照护等级", "Care grade", tuple((str(g), f"{g} 级", f"Grade {g}") for g in range(7))
)
_CLASS = Dimension(
    "class", "轮候类别", "Class of the queue",
    (
        ("replacement", "机构关停转移安置", "Re-placed"), ("extreme_poverty", "特困供养老人", "Supported as extremely poor"),
        ("preferential", "优抚老人", "Preferential treatment"), ("special_family", "计划生育特殊家庭老人", "Lost their only child"),
        ("cognitive", "确诊认知障碍老人", "Cognitive impairment"), ("low_income", "低保低收入家庭老人", "Low income"),
        ("general", "照护等级三级及以上老人", "Grade three or more"),
    ),
)  # fmt: skip
_ASSESSMENT, _WAITING, _OFFER = "eldercare_beds_assessment", "stays_waiting", "stays_offer"
_DECIDED = """SELECT a.id, a.decided_on AS on_day, a.division_code, a.grade::text AS grade FROM eldercare_beds_assessment a
              WHERE a.state = 'decided' AND a.decided_on BETWEEN %(first)s AND %(last)s"""
# A stock of a past day counts who had applied and had not left by then.
_WAITS = """SELECT w.id, w.since AS on_day, w.division_code, w.class_code AS class{amount} FROM stays_waiting w
            WHERE w.submitted_on <= %(on)s AND (w.ended_on IS NULL OR w.ended_on > %(on)s) AND w.state <> 'submitted'
              AND w.state <> 'placed'"""
_MEDIAN = """SELECT min(w.id) AS id, %(on)s::date AS on_day, left(w.division_code, 6) AS division_code,
               (%(on)s::date - percentile_disc(0.5) WITHIN GROUP (ORDER BY w.since))::bigint AS amount
             FROM stays_waiting w
             WHERE w.submitted_on <= %(on)s AND (w.ended_on IS NULL OR w.ended_on > %(on)s)
               AND w.state NOT IN ('submitted', 'placed') GROUP BY left(w.division_code, 6)"""
_GIVEN = """SELECT o.id, o.replied_on AS on_day, o.person_division_code AS division_code, o.class_code AS class
            FROM stays_offer o WHERE o.state = 'accepted' AND o.replied_on BETWEEN %(first)s AND %(last)s"""
_OFFERED = """SELECT o.id, o.offered_on AS on_day, o.person_division_code AS division_code, o.state AS state
              FROM stays_offer o WHERE o.offered_on BETWEEN %(first)s AND %(last)s"""
_LET_GO = """SELECT o.id, o.replied_on AS on_day, o.person_division_code AS division_code FROM stays_offer o
             WHERE o.state IN ('refused', 'expired') AND o.replied_on BETWEEN %(first)s AND %(last)s"""
_AT_HOME = """SELECT b.id, lower(b.during) AS on_day, b.division_code FROM eldercare_beds_familybed b
              WHERE b.during @> %(on)s::date"""

INDICATORS: tuple[Indicator, ...] = (
    Indicator("eldercare.assessed", "统一需求评估人次", "Assessments decided", "assessments", Kind.FLOW, _DECIDED, SOURCE,
              (_ASSESSMENT,), dimensions=(_GRADE,), opens="assessment", names_people=True),
    Indicator("eldercare.waiting", "轮候床位人数", "People waiting for a bed", "people", Kind.STOCK,
              _WAITS.format(amount=""), SOURCE, (_WAITING,), dimensions=(_CLASS,), opens="bed_waiting", names_people=True),
    Indicator("eldercare.waiting_days", "轮候人累计等候天数", "Days waited by those who wait", "days", Kind.STOCK,
              _WAITS.format(amount=", (%(on)s::date - w.since)::bigint AS amount"), SOURCE, (_WAITING,),
              dimensions=(_CLASS,), measure=Measure.SUM, names_people=True),
    Indicator("eldercare.waiting_median_days", "轮候中位天数（按区）", "Median days waiting, by district", "days", Kind.STOCK,
              _MEDIAN, SOURCE, (_WAITING,), measure=Measure.SUM),
    Indicator("eldercare.beds_offered", "床位配位次数", "Beds offered", "offers", Kind.FLOW, _OFFERED, SOURCE, (_OFFER,),
              dimensions=(Dimension("state", "结果", "Outcome", (
                  ("open", "待答复", "Awaiting an answer"), ("accepted", "已接受", "Accepted"), ("refused", "已放弃", "Declined"),
                  ("expired", "逾期未答复", "Not answered"), ("withdrawn", "已撤回", "Taken back"))),), names_people=True),
    Indicator("eldercare.beds_allocated", "接受配位人数", "Beds accepted", "people", Kind.FLOW, _GIVEN, SOURCE, (_OFFER,),
              dimensions=(_CLASS,), names_people=True),
    Indicator("eldercare.beds_let_go", "放弃或逾期配位", "Offers let go", "offers", Kind.FLOW, _LET_GO, SOURCE, (_OFFER,),
              names_people=True),
    Indicator("eldercare.family_beds", "家庭照护床位数", "Beds at home", "beds", Kind.STOCK, _AT_HOME, SOURCE,
              ("eldercare_beds_familybed",), opens="family_bed", names_people=True),
)  # fmt: skip
RATIOS: tuple[Ratio, ...] = (
    Ratio("eldercare.mean_waiting_days", "平均轮候天数", "Mean days waiting", "eldercare.waiting_days", "eldercare.waiting",
          SOURCE, unit="days"),
    Ratio("eldercare.offers_let_go_share", "配位放弃率", "Share of offers let go", "eldercare.beds_let_go",
          "eldercare.beds_offered", SOURCE),
)  # fmt: skip
IDENTITIES: tuple[Identity, ...] = ()
