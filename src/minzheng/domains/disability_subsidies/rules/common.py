"""What both subsidies ask."""

from typing import Any

from minzheng.kernel.rules import Person, rule

INSTRUMENT = "沪府规〔2020〕28号；沪民规〔2020〕21号"


@rule(
    entity=Person,
    source="死亡次月起停发（示例，正式文件待查）",
    provenance="illustrative",
    label="当月在世",
    label_en="Living in the month",
)
def is_living(person: Person, m: Any) -> Any:
    """Alive when the month began."""
    return person.is_alive


@rule(entity=Person, source=INSTRUMENT, label="具有本市户籍", label_en="Local hukou")
def has_local_hukou(person: Person, m: Any) -> Any:
    """Local hukou in the month."""
    return person.hukou_is_local


@rule(
    entity=Person,
    source=INSTRUMENT,
    label="持有有效的残疾人证",
    label_en="Holds a valid disability certificate",
)
def has_certificate(person: Person, m: Any) -> Any:
    """A certificate valid in the month; one that has run out or was cancelled no longer shows as a grade."""
    return person.disability_grade > 0
