"""Figures of social relief as a whole (社会救助指标): people covered and money paid, of the schemes that exist so far."""

from __future__ import annotations

from minzheng.domains.one_off_subsidies.programme import PROGRAMME as ONE_OFF
from minzheng.domains.price_linkage.programme import PROGRAMME as PRICE_LINKAGE
from minzheng.domains.subsistence_allowance import SUBSISTENCE_ALLOWANCE
from minzheng.kernel.indicators.cash import AGE, SEX, people_columns
from minzheng.kernel.indicators.model import Dimension, Indicator, Kind, Measure

_SOURCE = "上海市社会救助条例"
COVERED = Indicator(
    id="social_relief.people_covered",
    name="社会救助保障人数（目前计最低生活保障家庭成员）",
    name_en="People covered by social relief (so far: members of households on the subsistence allowance)",
    unit="persons",
    kind=Kind.STOCK,
    # Distinct people: somebody in two households, or on two schemes, counts once.
    rows=f"""
        SELECT p.id, %(on)s::date AS on_day, p.id AS counted, a.division_code, {people_columns("%(on)s::date")}
        FROM awards_awardperiod t JOIN awards_award a ON a.id = t.award_id
        JOIN people_membership m ON m.household_id = a.household_id AND m.during @> %(on)s::date
        JOIN people_person p ON p.id = m.person_id
        WHERE a.benefit = '{SUBSISTENCE_ALLOWANCE.code}' AND t.during @> %(on)s::date
          AND (p.death_date IS NULL OR p.death_date > %(on)s::date)
    """,
    source=_SOURCE,
    tables=("awards_award", "awards_awardperiod", "people_membership", "people_person"),
    dimensions=(SEX, AGE),
    measure=Measure.DISTINCT,
    seed_id="relief.people_covered",
    opens="work_person",
    names_people=True,
)
PAID = Indicator(
    id="social_relief.funds_paid",
    name="社会救助资金（目前计最低生活保障金、价格临时补贴和一次性补贴）",
    name_en="Social relief paid (so far: subsistence allowance, price subsidy and one-off subsidies)",
    unit="fen",
    kind=Kind.FLOW,
    # As everywhere: what the bank confirmed and did not send back, on the day of its answer.
    rows=f"""
        SELECT o.id, t.on AS on_day, o.division_code, o.programme AS scheme, o.amount_fen AS amount
        FROM payments_transfer t JOIN payments_order o ON o.id = t.order_id
        WHERE t.kind = 'settle' AND o.state = 'paid' AND t.on BETWEEN %(first)s AND %(last)s
          AND t.programme IN ('{SUBSISTENCE_ALLOWANCE.code}', '{PRICE_LINKAGE.code}', '{ONE_OFF.code}')
    """,
    source=_SOURCE,
    tables=("payments_transfer", "payments_order"),
    dimensions=(
        Dimension(
            "scheme",
            "救助项目",
            "Scheme",
            (
                (SUBSISTENCE_ALLOWANCE.code, "最低生活保障金", "Subsistence allowance"),
                (PRICE_LINKAGE.code, "价格临时补贴", "Price subsidy"),
                (ONE_OFF.code, "一次性补贴", "One-off subsidies"),
            ),
        ),
    ),
    measure=Measure.SUM,
    seed_id="relief.funds_paid",
    opens="work_order",
    names_people=True,
)
INDICATORS = (COVERED, PAID)
RATIOS = ()
IDENTITIES = ()
