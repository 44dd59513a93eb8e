"""Who receives the old-age allowance, and how much."""

from typing import Any

from minzheng.kernel.rules import Person, all_of, any_of, bands, rule

NOTICE = "沪府发〔2016〕24号"


@rule(
    entity=Person,
    source="死亡次月起停发（示例，正式文件待查）",
    provenance="illustrative",
    label="当月在世",
    label_en="Living in the month",
)
def is_living(person: Person, m: Any) -> Any:
    """Alive when the month began; the month of death itself is paid where the parameter says so."""
    dies_this_month = person.death_month.or_(0) == m.index
    return all_of(person.is_alive, any_of(~dies_this_month, m.pays_month_of_death > 0))


@rule(entity=Person, source=NOTICE, label="具有本市户籍", label_en="Local hukou")
def has_local_hukou(person: Person, m: Any) -> Any:
    """Local hukou in the month; a move out of the city ends it with the next month."""
    return person.hukou_is_local


@rule(
    entity=Person,
    source="自生日所在月起按周岁计（示例，正式文件待查）",
    provenance="illustrative",
    label="年龄",
    label_en="Age",
    unit="years",
)
def age(person: Person, m: Any) -> Any:
    """Full years counted by months: the month of the birthday already counts, whatever its day."""
    return person.age_years.or_(0)


@rule(entity=Person, source=NOTICE, label="达到享受年龄", label_en="Has reached the age")
def is_old_enough(person: Person, m: Any) -> Any:
    """The age at which the allowance begins."""
    return person.age >= m.age


@rule(entity=Person, source=NOTICE, label="出生日期已知", label_en="Birth date is known")
def is_age_known(person: Person, m: Any) -> Any:
    """Whether any office told us the birth date."""
    return person.birth_month.is_known


@rule(
    entity=Person, source=NOTICE, label="老年综合津贴月标准", label_en="Monthly allowance", unit="fen/month"
)
def allowance_fen(person: Person, m: Any) -> Any:
    """The amount of the age band; a new band begins in the month of the birthday."""
    return bands(person.age, m.amounts)
