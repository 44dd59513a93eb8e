"""Whether a month's index starts the mechanism, and how much it then pays (启动条件与补贴标准)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from minzheng.domains.subsistence_allowance import standard_fen
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import load_programme

PACKAGE = __name__.rpartition(".")[0]


def percent(permille: int | None, *, missing: str = "—") -> str:
    """A rise as people read it.

    >>> percent(28), percent(None)
    ('2.8%', '—')
    """
    return missing if permille is None else f"{permille / 10:.1f}%"


@dataclass(frozen=True, slots=True)
class Trigger:
    """A month held against its thresholds, in thousandths; None where no reading is on record.

    `met_by` names the series that reached their line: reaching it is enough.
    """

    month: Month
    cpi: int | None
    food: int | None
    cpi_threshold: int
    food_threshold: int
    is_measured_by_trigger: bool

    @property
    def met_by(self) -> tuple[str, ...]:
        lines = (("cpi", self.cpi, self.cpi_threshold), ("food", self.food, self.food_threshold))
        return tuple(name for name, rise, line in lines if rise is not None and rise >= line)

    @property
    def is_met(self) -> bool:
        return bool(self.met_by)

    @property
    def measure(self) -> int:
        """The rise that the sum is computed from, 0 where no line is reached (`measured_by_trigger.yaml`).

        Of the series that reached their line the highest or, in the other reading, consumer prices whatever reached it.
        """
        if not self.is_met:
            return 0
        rises = {"cpi": self.cpi or 0, "food": self.food or 0}
        return max(rises[name] for name in self.met_by) if self.is_measured_by_trigger else rises["cpi"]


def parameters(month: Month) -> Any:
    """The mechanism's parameters of an index month."""
    return load_programme(PACKAGE).parameters.at(month)


def trigger_of(month: Month, *, cpi: int | None, food: int | None) -> Trigger:
    """Hold a month's rises against the thresholds of that month."""
    m = parameters(month)
    return Trigger(month, cpi, food, int(m.cpi_threshold), int(m.food_threshold), bool(m.measured_by_trigger))


def whole_yuan(fen_thousandths: int) -> int:
    """Thousandths of a fen rounded to whole yuan, a half upwards, in fen.

    >>> whole_yuan(116_000 * 35), whole_yuan(4_100_000 // 2)
    (4100, 2100)
    """
    return (fen_thousandths + 50_000) // 100_000 * 100


def subsidy_fen(month: Month, rise: int) -> int:
    """The subsidy of an index month for each person: the subsistence standard times a rise (`measure`), in whole yuan.

    In a phase with a bonus the bonus is computed from the rounded sum and rounded itself (2020: 41 and 21).
    """
    if rise <= 0:
        return 0
    plain = whole_yuan(standard_fen(month) * rise)
    return plain + whole_yuan(plain * int(parameters(month).bonus_percent) * 10)
