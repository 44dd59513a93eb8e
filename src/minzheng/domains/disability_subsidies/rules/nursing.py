"""Nursing subsidy: the severely disabled."""

from typing import Any

from minzheng.kernel.rules import Person, one_of, rule, where

TABLE = "嘉定区重度残疾人护理补贴发放情况（沪民规〔2020〕21号、〔2022〕11号）"
INTELLECTUAL, MENTAL = 5, 6


@rule(entity=Person, source=TABLE, label="残疾等级为一级", label_en="Disability of the first grade")
def is_first_grade(person: Person, m: Any) -> Any:
    """First grade of any kind."""
    return person.disability_grade == 1


@rule(
    entity=Person,
    source=TABLE,
    label="残疾等级为二级，或智力、精神残疾三级",
    label_en="Disability of the second grade, or of the third if intellectual or mental",
)
def is_other_severe(person: Person, m: Any) -> Any:
    """Second grade of any kind, or third grade of an intellectual or mental disability."""
    is_third = (person.disability_grade == 3) & one_of(person.disability_kind, (INTELLECTUAL, MENTAL))
    return (person.disability_grade == 2) | is_third


@rule(entity=Person, source=TABLE, label="重度残疾", label_en="Severe disability")
def has_severe_disability(person: Person, m: Any) -> Any:
    """Either of the two."""
    return person.is_first_grade | person.is_other_severe


@rule(
    entity=Person, source=TABLE, label="护理补贴月标准", label_en="Monthly nursing subsidy", unit="fen/month"
)
def nursing_subsidy_fen(person: Person, m: Any) -> Any:
    """By grade."""
    return where(person.is_first_grade, m.nursing_amount_first, m.nursing_amount_other)
