"""Figures of the subsistence allowance (最低生活保障指标): households and people covered, money, and the standard in force."""

from minzheng.domains.subsistence_allowance.programme import PROGRAMME
from minzheng.kernel.indicators.cash import AGE, MERGED, SEX, cash_figures, people_columns
from minzheng.kernel.indicators.model import Fact, Identity, Indicator, Kind
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
INDICATORS = (*cash_figures(PROGRAMME), PEOPLE)

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
