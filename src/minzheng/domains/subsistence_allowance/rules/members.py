"""Who counts as a member of the household (共同生活的家庭成员)."""

from typing import Any

from minzheng.kernel.rules import CHILD, HEAD, SPOUSE, Household, Person, all_of, any_, count, one_of, rule

ARTICLE = "上海市社会救助条例 第五十五条"


@rule(
    entity=Household,
    source=ARTICLE,
    label="户主或其配偶有本市户籍",
    label_en="Head or spouse has local hukou",
)
def is_local_couple(household: Household, m: Any) -> Any:
    """Whether the head or the head's spouse has local hukou, so that their spouse and children count too."""
    person = household.person
    return any_(all_of(person.is_alive, person.hukou_is_local, one_of(person.relation, (HEAD, SPOUSE))))


@rule(entity=Person, source=ARTICLE, label="计入家庭成员", label_en="Counts as a household member")
def is_member(person: Person, m: Any) -> Any:
    """Whether somebody counts: local hukou, or the spouse or child without it who lives with them.

    A head without local hukou counts as the spouse of one who has it.
    """
    is_family = one_of(person.relation, (HEAD, SPOUSE, CHILD)) & person.household.is_local_couple
    return person.is_alive & (person.hukou_is_local | is_family)


@rule(entity=Household, source=ARTICLE, label="家庭成员人数", label_en="Members", unit="persons")
def members(household: Household, m: Any) -> Any:
    """How many members the household has."""
    return count(household.person.is_member)


@rule(entity=Household, source=ARTICLE, label="至少一名成员有本市户籍", label_en="A member has local hukou")
def has_local_member(household: Household, m: Any) -> Any:
    """Whether anybody living has local hukou; without one the household is not Shanghai's to support."""
    return any_(household.person.is_alive & household.person.hukou_is_local)
