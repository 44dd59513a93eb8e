"""The figures of the register of people: who lives in the city, who was born and who died, by place, sex and age."""

from __future__ import annotations

from minzheng.kernel.indicators.cash import AGE, SEX, people_columns
from minzheng.kernel.indicators.model import Dimension, Indicator, Kind

_HUKOU = Dimension(
    "hukou", "户籍", "Hukou", (("local", "本市", "Shanghai"), ("other", "外省市", "Elsewhere"))
)
_RESIDENTS = f"""
    SELECT p.id, %(on)s::date AS on_day, r.division_code, {people_columns("%(on)s::date")},
      CASE WHEN p.hukou_is_local THEN 'local' ELSE 'other' END AS hukou
    FROM people_residence r JOIN people_person p ON p.id = r.person_id
    WHERE r.during @> %(on)s::date AND p.merged_into_id IS NULL AND (p.birth_date IS NULL OR p.birth_date <= %(on)s::date)
"""
# Of whoever came as a child, the place of birth is elsewhere: no residence here holds the day.
_BIRTHS = f"""
    SELECT p.id, p.birth_date AS on_day, r.division_code, {people_columns("p.birth_date")}
    FROM people_person p JOIN people_residence r ON r.person_id = p.id AND r.during @> p.birth_date
    WHERE p.birth_date BETWEEN %(first)s AND %(last)s AND p.merged_into_id IS NULL
"""
_DEATHS = f"""
    SELECT p.id, p.death_date AS on_day, p.division_code, {people_columns("p.death_date")}
    FROM people_person p WHERE p.death_date BETWEEN %(first)s AND %(last)s AND p.merged_into_id IS NULL
"""

INDICATORS = (
    Indicator("people.residents", "居住人口", "Residents", "people", Kind.STOCK, _RESIDENTS, "实有人口登记",
              ("people_residence", "people_person"), (SEX, AGE, _HUKOU), opens="work_person", names_people=True),
    Indicator("people.births", "出生人数", "Births", "people", Kind.FLOW, _BIRTHS, "实有人口登记（按出生时居住地）",
              ("people_person", "people_residence"), (SEX,), opens="work_person", names_people=True),
    Indicator("people.deaths", "死亡人数", "Deaths", "people", Kind.FLOW, _DEATHS, "死亡登记（按最后居住地）",
              ("people_person",), (SEX, AGE), opens="work_person", names_people=True),
)  # fmt: skip
