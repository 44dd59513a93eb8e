"""The manifest of a cash programme: data from which the kernel does the rest.

A programme with nothing special about it needs no models, no views and no workflow code; it says here how
it is granted, paid and objected to, and names its rules.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from minzheng.kernel.parameters import ParameterSet
from minzheng.kernel.periods import Month
from minzheng.kernel.rules import ELIGIBLE, MAY_QUALIFY, Rule, Symbol


class Unit(StrEnum):
    """Who holds the award."""

    PERSON = "person"
    HOUSEHOLD = "household"


class Frequency(StrEnum):
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


class Grant(StrEnum):
    """How a benefit begins: 依申请, 免申即享, or by an event such as a birth or a disaster."""

    ON_APPLICATION = "on_application"
    WITHOUT_APPLICATION = "without_application"
    BY_EVENT = "by_event"


class Route(StrEnum):
    """Who decides: the street confirms by itself, or the street reviews and the district confirms."""

    STREET = "street"
    STREET_THEN_DISTRICT = "street_then_district"
    AUTOMATIC = "automatic"


@dataclass(frozen=True, slots=True)
class Condition:
    """A yes-or-no rule that must hold. `known` names the rule saying whether the answer rests on checked
    facts;
    where it does not, the benefit is one somebody may qualify for."""

    rule: str
    known: str = ""


@dataclass(frozen=True, slots=True)
class Benefit:
    """One kind of money a programme pays (待遇).

    `amount` names an int rule of the unit: whole fen for one month, before stacking. For a household's
    benefit `share` may name the int rule of a person whose sum it is, so that the stacking matrix can leave
    one member's part out. `objection_days` and `pay_months` name parameters. `covers` are the benefit
    months that one payment covers, counted from the month of payment: (0,) the month itself, (-3, -2, -1)
    the three before. A benefit granted by event has neither amount nor conditions in a month's law: it is paid
    where an event was decided on (`kernel.eventgrants`), to the list of that event.
    """

    code: str
    name: str
    name_en: str
    unit: Unit
    amount: str
    conditions: tuple[Condition, ...]
    share: str = ""
    frequency: Frequency = Frequency.MONTHLY
    pay_months: str = ""
    covers: tuple[int, ...] = (0,)
    grant: Grant = Grant.ON_APPLICATION
    objection_days: str = ""
    route: Route = Route.STREET
    budget_line: str = ""
    roster_names: tuple[str, ...] = ()
    service_item: str = ""

    def status_of(self, subject: Any) -> Symbol:
        """This benefit's status (2, 1, 0) before stacking, inside another programme's rule."""
        made: Symbol = subject._tracer.benefit_status(self.code, subject)
        return made

    def is_eligible(self, subject: Any) -> Symbol:
        """Whether the household or person qualifies, before stacking, inside another programme's rule."""
        return self.status_of(subject) == ELIGIBLE

    def may_qualify(self, subject: Any) -> Symbol:
        """Whether a check is missing and nothing known speaks against, inside another programme's rule."""
        return self.status_of(subject) == MAY_QUALIFY


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme of cash benefits (项目)."""

    code: str
    name: str
    name_en: str
    authority: str
    statute: str
    benefits: tuple[Benefit, ...]
    since: Month
    until: Month | None = None
    summary: str = ""
    summary_en: str = ""
    #: Filled by the registry from the package the manifest was found in.
    package: str = ""
    folder: Path = Path()
    parameters: ParameterSet = field(default_factory=lambda: ParameterSet(""))
    rules: tuple[Rule, ...] = ()

    def in_force(self, month: Month) -> bool:
        return self.since <= month and (self.until is None or month <= self.until)

    def benefit(self, code: str) -> Benefit:
        """The benefit of this code; KeyError where the programme has none."""
        for benefit in self.benefits:
            if benefit.code == code:
                return benefit
        raise KeyError(code)

    def pay_months(self, benefit: Benefit, month: Month) -> tuple[int, ...]:
        """The calendar months (1 to 12) in which a benefit is paid, by the law of a month."""
        if benefit.frequency is Frequency.MONTHLY and not benefit.pay_months:
            return tuple(range(1, 13))
        return tuple(getattr(self.parameters.at(month), benefit.pay_months))

    def is_paid_in(self, benefit: Benefit, month: Month) -> bool:
        return month.number in self.pay_months(benefit, month)

    def covered_months(self, benefit: Benefit, month: Month) -> tuple[Month, ...]:
        """The benefit months that the payment of a month covers; none in a month without payment."""
        if not self.is_paid_in(benefit, month):
            return ()
        return tuple(month + step for step in sorted(benefit.covers))

    def objection_days(self, benefit: Benefit, month: Month) -> int:
        """Days in which a notified person may object or opt out; 0 where the benefit names none."""
        return (
            int(getattr(self.parameters.at(month), benefit.objection_days)) if benefit.objection_days else 0
        )
