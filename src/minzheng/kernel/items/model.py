"""What a service item (政务服务事项) declares: who may apply, what is asked, which papers, who decides, by when.

An item is data. Casework runs whatever is declared here, so a domain that adds an item writes no workflow.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any


class Channel(StrEnum):
    """How a case may come in (办理渠道)."""

    COUNTER = "counter"
    ONLINE = "online"
    PHONE = "phone"
    AUTOMATIC = "automatic"


class FieldType(StrEnum):
    """How an answer is written; values in a case are JSON: text, int, ISO date, bool, list of codes."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    MONEY = "money"  # whole fen
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes_no"
    IDENTIFIER = "identifier"
    PHONE = "phone"
    ACCOUNT = "account"
    PLACE = "place"  # a division code


class IfDown(StrEnum):
    """What happens when a paper's source cannot be asked (数据源不可用时)."""

    SUBMIT = "submit"  # the applicant hands it in
    PROMISE = "promise"  # a signed promise takes its place (告知承诺)
    LATER = "later"  # accepted without it; fetched again before the decision


class StepKind(StrEnum):
    """The kinds of steps a route is made of, in the order in which they may stand."""

    ACCEPT = "accept"  # 受理
    CHECK = "check"  # 核对、调查: an outside check that stops the decision clock
    EXAMINE = "examine"  # 审核
    PUBLICISE = "publicise"  # 公示
    PASS_ON = "pass_on"  # 转送其他部门
    DECIDE = "decide"  # 确认、决定


class Jurisdiction(StrEnum):
    """Whose place does a step (管辖)."""

    ACCEPTING = "accepting"  # the centre that took the case
    HUKOU_STREET = "hukou_street"
    HUKOU_DISTRICT = "hukou_district"
    RESIDENCE_STREET = "residence_street"
    RESIDENCE_DISTRICT = "residence_district"
    INSTITUTION = "institution"  # the place named in the answer `institution_place`
    CITY = "city"


class ResultKind(StrEnum):
    """What a granted case leaves behind (结果)."""

    AWARD = "award"
    CERTIFICATE = "certificate"
    REGISTRATION = "registration"
    STATUS = "status"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Basis:
    """One paper the item rests on (设定依据)."""

    text: str
    source: str
    provenance: str  # seed, public, illustrative


@dataclass(frozen=True, slots=True)
class Requirement:
    """One condition on the beneficiary (申请条件), over what the registers know; unknown is neither yes nor no.

    `fact` is a column of the rules' inputs, or age_years, sex, hukou_is_local, is_alive. Exactly one of `at_least`,
    `at_most`, `equals`, `one_of` is set; none of them makes it a condition that an officer checks.
    """

    text: str
    text_en: str
    fact: str = ""
    at_least: int | None = None
    at_most: int | None = None
    equals: Any = None
    one_of: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One question of the form (表单项).

    `known_from` says where the city already knows the answer: `person.name`, `person.identifier`, `person.birth_date`,
    `person.sex`, `person.residence` (address), `person.residence_place` (division code), `person.hukou_place`,
    `person.phone`, `person.account`, `household.members` (names), `fact.<kind>`. Empty: the applicant tells it.
    `when` shows the field only where another field has one of the values: ("has_job", (True,)).
    """

    name: str
    label: str
    label_en: str
    type: FieldType = FieldType.TEXT
    is_required: bool = True
    known_from: str = ""
    choices: tuple[tuple[str, str, str], ...] = ()  # code, label, label_en
    when: tuple[str, tuple[Any, ...]] | None = None
    help: str = ""
    help_en: str = ""
    fact: str = ""  # a verified answer is written to the registers as this kind of fact


@dataclass(frozen=True, slots=True)
class Material:
    """One paper (申请材料), and what replaces it (两个免于提交).

    `source`: what the city holds instead: a `known_from` value, or `licence.<kind>` for an electronic licence. Empty
    means that only the applicant has it. `fresh_days`: how old the data may be; 0 is any age.
    """

    code: str
    name: str
    name_en: str
    issuer: str = ""
    source: str = ""
    fresh_days: int = 0
    if_down: IfDown = IfDown.SUBMIT
    is_required: bool = True
    when: tuple[str, tuple[Any, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the route (办理环节): who, where, within how long.

    `days` counts working days, or calendar days where `in_workdays` is False. `on_the_spot` (即办): accepting and
    deciding are one act at the counter.
    """

    kind: StepKind
    role: str  # a role of kernel/access/permissions.yaml
    place: Jurisdiction
    days: int
    in_workdays: bool = True
    department: str = ""  # for PASS_ON: who answers
    needs_second: bool = False  # four eyes: another official confirms
    what: str = ""  # for CHECK: means (经济状况核对) or a word for another outside check


@dataclass(frozen=True, slots=True)
class Result:
    """What is granted; an award names its benefit, whose amount the law computes."""

    kind: ResultKind
    name: str
    name_en: str
    benefit: str = ""
    valid_months: int = 0


@dataclass(frozen=True, slots=True)
class Item:
    """One version of a service item, in force from a day until the next version's."""

    code: str
    since: date
    name: str
    name_en: str
    domain: str  # programme or block whose posts handle it
    department: str  # who owns it (主管部门): 民政, 公安, 人社 …
    group: str  # the heading it stands under in the catalogue and the queue
    group_en: str
    basis: tuple[Basis, ...]
    route: tuple[Step, ...]
    result: Result
    fields: tuple[Field, ...] = ()
    materials: tuple[Material, ...] = ()
    who: tuple[Requirement, ...] = ()
    who_text: str = ""
    who_text_en: str = ""
    channels: frozenset[Channel] = frozenset({Channel.COUNTER, Channel.ONLINE})
    is_citywide: bool = True  # any centre may take it (全市通办)
    local_because: str = ""  # why another centre may not, where it is not city-wide
    local_because_en: str = ""
    is_on_the_spot: bool = False
    is_assisted: bool = False  # online human help is offered (人工在线帮办)
    until: date | None = None
    correction_days: int = 10  # calendar days to hand in what is missing
    fee_fen: int = 0
    may_review: bool = True  # 复核
    may_appeal: bool = True  # 行政复议
    review_days: int = 20
    words: tuple[str, ...] = ()  # everyday words people search by
    summary: str = ""
    summary_en: str = ""
    provenance: str = "public"
    #: Where it was declared, for errors and for opening the file.
    file: str = ""
    line: int = 0

    @property
    def version(self) -> str:
        """The version's name: its first day in force."""
        return self.since.isoformat()

    def step(self, kind: StepKind) -> Step | None:
        """The route's step of a kind, or None where the route has none."""
        return next((step for step in self.route if step.kind is kind), None)

    def field(self, name: str) -> Field:
        """The field of this name; KeyError where the form has none."""
        for found in self.fields:
            if found.name == name:
                return found
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class JoinedPart:
    """One item within a joined case; `shares` maps the part's field to a shared field of the joined form."""

    item: str
    shares: dict[str, str] = field(default_factory=dict)
    is_optional: bool = False
    after: str = ""  # another part that must have ended well first


@dataclass(frozen=True, slots=True)
class JoinedItem:
    """Several departments' items applied for at once (一件事一次办)."""

    code: str
    name: str
    name_en: str
    basis: tuple[Basis, ...]
    fields: tuple[Field, ...]
    parts: tuple[JoinedPart, ...]
    words: tuple[str, ...] = ()
    summary: str = ""
    summary_en: str = ""
    provenance: str = "public"
