"""Figures of the subsistence allowance (最低生活保障指标): households and people covered, money, and the standard in force."""

from minzheng.domains.subsistence_allowance.programme import PROGRAMME
from minzheng.kernel.indicators.cash import AGE, MERGED, SEX, cash_figures, one_person, people_columns
from minzheng.kernel.indicators.model import Fact, Identity, Indicator, Kind, Measure
from minzheng.kernel.indicators.standards import Reads, standard

# The award is the household's; whoever belonged to it on the day is covered, once where their records were merged.
PEOPLE = Indicator(
    id="subsistence_allowance.covered",
    name="最低生活保障金在享人数",
    name_en="Subsistence allowance: people covered",
    unit="persons",
    kind=Kind.STOCK,
    rows=f"""
        SELECT p.id, %(on)s::date AS on_day, a.division_code, {people_columns("%(on)s::date")}
        FROM awards_awardperiod t JOIN awards_award a ON a.id = t.award_id
        JOIN people_membership m ON m.household_id = a.household_id AND m.during @> %(on)s::date
        JOIN people_person p ON p.id = m.person_id
        WHERE a.benefit = 'subsistence_allowance' AND t.during @> %(on)s::date
          AND (p.death_date IS NULL OR p.death_date > %(on)s::date)
          AND (p.merged_into_id IS NULL OR NOT EXISTS (
            SELECT 1 FROM people_membership n JOIN awards_award b ON b.household_id = n.household_id AND b.benefit = a.benefit
            JOIN awards_awardperiod u ON u.award_id = b.id AND u.during @> %(on)s::date
            WHERE n.person_id = p.merged_into_id AND n.during @> %(on)s::date))
    """,
    source=PROGRAMME.statute,
    tables=("awards_award", "awards_awardperiod", "people_membership", "people_person", MERGED),
    dimensions=(SEX, AGE),
    opens="work_person",
    names_people=True,
)
# The month-end's findings of the day's month, or of the month before it while that one is still to be computed.
_FOUND = """outreach_finding f WHERE f.benefit = 'subsistence_allowance' AND f.status = 2 AND f.month = (
          SELECT max(c.month) FROM outreach_findingcount c WHERE c.benefit = 'subsistence_allowance' AND c.eligible > 0
            AND c.month <= %(on)s::date AND c.month > %(on)s::date - interval '2 months')"""
ENTITLED = Indicator(
    id="subsistence_allowance.entitled",
    name="符合低保条件的家庭",
    name_en="Households that qualify for the allowance",
    unit="households",
    kind=Kind.STOCK,
    rows=f"SELECT f.id, %(on)s::date AS on_day, f.division_code FROM {_FOUND}",
    source=f"{PROGRAMME.statute}；月末认定结果",
    tables=("outreach_finding",),
    names_people=True,
)
_ONE, _COUNTED = one_person("p.id")
# A refusal stands until the household is found again and a new lead is raised; an award counts from the day it was granted, though
# its first month be the next one. Whoever is registered alone has no household on record, but the negative of their own number.
LEFT_OUT = Indicator(
    id="subsistence_allowance.left_out",
    name="低保应保未保人数",
    name_en="Subsistence allowance: people who qualify, receive nothing and refused nothing",
    unit="persons",
    kind=Kind.STOCK,
    rows=f"""
        SELECT p.id, %(on)s::date AS on_day, f.division_code, {_COUNTED}, {people_columns("%(on)s::date")}
        FROM (SELECT f.household_id, f.division_code FROM {_FOUND}) f
        CROSS JOIN LATERAL (
          SELECT m.person_id FROM people_membership m WHERE m.household_id = f.household_id AND m.during @> %(on)s::date
          UNION ALL SELECT -f.household_id WHERE f.household_id < 0) home
        JOIN people_person p ON p.id = home.person_id AND (p.death_date IS NULL OR p.death_date > %(on)s::date) {_ONE}
        WHERE NOT EXISTS (
          SELECT 1 FROM awards_award a WHERE a.benefit = 'subsistence_allowance' AND a.household_id = f.household_id
            AND a.granted_on <= %(on)s::date AND (a.end_month IS NULL OR a.end_month >= date_trunc('month', %(on)s::date)))
          AND NOT EXISTS (
            SELECT 1 FROM outreach_optout o WHERE o.programme = 'subsistence_allowance' AND o.person_id = p.id
              AND o.since <= %(on)s::date AND (o.withdrawn_on IS NULL OR o.withdrawn_on > %(on)s::date))
          AND coalesce((
            SELECT e.to_state FROM outreach_lead l JOIN outreach_leadevent e ON e.lead_id = l.id
            WHERE l.benefit = 'subsistence_allowance' AND l.household_id = f.household_id AND e.on <= %(on)s::date
              AND NOT EXISTS (
                SELECT 1 FROM outreach_lead n WHERE n.benefit = l.benefit AND n.household_id = l.household_id AND n.id > l.id
                  AND n.month <= %(on)s::date)
            ORDER BY e.id DESC LIMIT 1), '') NOT IN ('declined', 'refused', 'opted_out')
    """,
    source=f"{PROGRAMME.statute}；月末认定结果、工作线索办理记录",
    tables=(
        "outreach_finding",
        "outreach_lead",
        "outreach_leadevent",
        "outreach_optout",
        "awards_award",
        "people_membership",
        "people_person",
        MERGED,
    ),
    measure=Measure.DISTINCT,
    dimensions=(SEX, AGE),
    seed_id="relief.nobody_left_out",
    opens="work_person",
    names_people=True,
    rests_on=ENTITLED.id,
)
INDICATORS = (*cash_figures(PROGRAMME), PEOPLE, ENTITLED, LEFT_OUT)

IDENTITIES = (
    Identity(
        "低保户数 ≤ 低保人数",
        "Households on the allowance ≤ people covered",
        ("subsistence_allowance.receiving",),
        ("subsistence_allowance.covered",),
        relation="<=",
    ),
)


def _standard(code: str, name: str, name_en: str, unit: str, reads: Reads, seed_id: str) -> Fact:
    return standard(f"subsistence_allowance.{code}", name, name_en, unit, programme=PROGRAMME.code, parameter="standard",
                    reads=reads, seed_id=seed_id)  # fmt: skip


FACTS = (
    _standard("standard", "最低生活保障标准", "Subsistence standard", "fen_per_month", Reads.LAST, "dibao.standard_new"),
    _standard("standard_before", "期初最低生活保障标准", "Subsistence standard before", "fen_per_month", Reads.FIRST,
              "dibao.standard_old"),
    _standard("standard_changed_on", "最低生活保障标准调整日期", "Day the standard changed", "date", Reads.CHANGED_ON,
              "dibao.adjusted_on"),
    _standard("standard_increase", "最低生活保障标准提高", "Increase of the standard", "fen_per_month", Reads.DIFFERENCE,
              "dibao.increase"),
    _standard("standard_growth", "最低生活保障标准增幅", "Growth of the standard", "%", Reads.GROWTH, "dibao.growth"),
)  # fmt: skip
