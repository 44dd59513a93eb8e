"""What a grade opens, and in which class of the queue somebody stands (照护等级对应待遇、轮候类别)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from minzheng.domains.eldercare_beds.catalogue import EntitlementClass, classes, rules_on
from minzheng.domains.eldercare_beds.models import Assessment
from minzheng.kernel.people.models import Fact, Membership, Person

LOW_INCOME_FACTS = ("is_low_income_recognised",)


@dataclass(frozen=True, slots=True)
class Opened:
    """One thing a grade opens or does not, with the paper behind it."""

    code: str
    name: str
    name_en: str
    met: bool
    threshold: str
    source: str
    provenance: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody would stand in the queue: their class, or why there is none."""

    entitlement: EntitlementClass | None
    needs_paper: bool
    because: str


def opened(assessment: Assessment, *, person: Person, on: date) -> list[Opened]:
    """What a grade opens (等级对应待遇), each with its threshold and paper."""
    rules = rules_on(on)
    grade = assessment.grade or 0
    insurance, basic, at_home = (
        rules.entry("insurance_grade"), rules.entry("basic_bed_grade"), rules.entry("family_bed_grade")
    )  # fmt: skip
    return [
        Opened(
            "insurance", "长期护理保险", "Long-term-care insurance", grade >= int(insurance.value),  # type: ignore[arg-type]
            f"{insurance.value}—6", insurance.source, insurance.provenance,
        ),
        Opened(
            "basic_bed", "保基本养老床位", "A basic-guarantee bed",
            standing(person, assessment, claimed="", on=on).entitlement is not None,
            f"≥ {basic.value}", basic.source, basic.provenance,
        ),
        Opened(
            "family_bed", "家庭照护床位", "A bed at home", grade >= int(at_home.value),  # type: ignore[arg-type]
            f"≥ {at_home.value}", at_home.source, at_home.provenance,
        ),
    ]  # fmt: skip


def standing(person: Person, assessment: Assessment | None, *, claimed: str, on: date) -> Standing:
    """The best class the person shows (核定轮候类别); a class by paper needs an official who has seen it."""
    if assessment is None:
        return Standing(
            None, False, "尚无有效的评估等级，请先申请评估 / no grade in force; ask for an assessment first"
        )
    if not person.hukou_is_local:
        return Standing(
            None, False, "保基本床位面向本市户籍老人 / basic beds are for people registered in Shanghai"
        )
    every = classes()
    shown = {"general"} if (assessment.grade or 0) >= int(rules_on(on).basic_bed_grade) else set()
    if assessment.has_cognitive_diagnosis:
        shown.add("cognitive")
    shown |= _by_facts(person, on, may_be_low_income="general" in shown)
    by_paper = claimed in every and every[claimed].needs == "paper"
    best = min((every[code] for code in shown), key=lambda one: one.rank, default=None)
    if by_paper and (best is None or every[claimed].rank < best.rank):
        return Standing(every[claimed], True, "")
    if best is None:
        return Standing(
            None, False,
            f"照护等级 {assessment.grade} 级未达到 {rules_on(on).basic_bed_grade} 级，也不属于其他保障对象 / grade "
            f"{assessment.grade} is below {rules_on(on).basic_bed_grade}, and no other class is shown",
        )  # fmt: skip
    return Standing(best, False, "")


def _by_facts(person: Person, on: date, *, may_be_low_income: bool) -> set[str]:
    told = Fact.objects.filter(during__contains=on, superseded_at=None, int_value=1)
    shown = set()
    if told.filter(person=person, kind="is_extreme_poverty_supported").exists():
        shown.add("extreme_poverty")
    home = Membership.objects.filter(person=person, during__contains=on).values("household_id")
    # Low income moves somebody forward in the queue; it does not open it.
    if may_be_low_income and told.filter(household__in=home, kind__in=LOW_INCOME_FACTS).exists():
        shown.add("low_income")
    return shown
