"""When a benefit is paid (发放周期): which months of benefit are due when an accounting month is run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import all_benefits


@dataclass(frozen=True, slots=True)
class Schedule:
    """How one benefit is paid: in which calendar months, and which months of benefit a payment covers.

    >>> Schedule("p", "b").covered(Month(2022, 7))
    (Month(2022, 7),)
    >>> quarterly = Schedule("p", "b", pay_months=(1, 4, 7, 10), covers=(-3, -2, -1))
    >>> quarterly.covered(Month(2022, 7))
    (Month(2022, 4), Month(2022, 5), Month(2022, 6))
    >>> quarterly.covered(Month(2022, 8))
    ()
    """

    programme: str
    benefit: str
    budget_line: str = ""
    pay_months: Sequence[int] = tuple(range(1, 13))
    covers: Sequence[int] = (0,)

    def covered(self, month: Month) -> tuple[Month, ...]:
        """The months of benefit that are regularly paid in a month; none in a month without payment.

        Everything due before them and not yet paid goes with the payment as arrears.
        """
        if month.number not in self.pay_months:
            return ()
        return tuple(month + step for step in sorted(self.covers))


def schedules(month: Month) -> list[Schedule]:
    """The schedule of every benefit of this installation, by the law of a month."""
    return [
        Schedule(
            programme.code,
            benefit.code,
            benefit.budget_line,
            programme.pay_months(benefit, month),
            tuple(benefit.covers),
        )
        for programme, benefit in all_benefits()
    ]
