"""Where linking by itself begins and where an official's look is no longer worth its cost (阈值由代价算出).

Three costs decide: joining two people by mistake, missing that two records are one, and an official's look. A look is
worth it where leaving the pair alone would cost more on average, and it can be spared where linking without it costs
less. The costs are our assumption and marked so; the arithmetic is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from minzheng.kernel.parameters import MonthParameters, ParameterSet, load_folder
from minzheng.kernel.periods import Month


@cache
def working_rules() -> ParameterSet:
    return ParameterSet("linkage", load_folder(Path(__file__).parent / "parameters"))


def rules_on(day: date) -> MonthParameters:
    return working_rules().at(Month.of(day))


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Probabilities that two records are one person: `look` sends a pair to the queue, `link` may link it unseen."""

    look: float
    link: float

    def of(self, probability: float) -> str:
        """`link`, `look` or `leave`.

        >>> [Thresholds(look=0.03, link=0.9995).of(p) for p in (0.0299, 0.03, 0.9994, 0.9995)]
        ['leave', 'look', 'look', 'link']
        """
        return "link" if probability >= self.link else "look" if probability >= self.look else "leave"


def thresholds_of(*, false_link_fen: int, missed_link_fen: int, look_fen: int) -> Thresholds:
    """The two lines that three costs draw, in whole fen.

    Linking unseen costs (1 - p) x false link, leaving alone costs p x missed link, a look costs a look.

    >>> thresholds_of(false_link_fen=3_000_000, missed_link_fen=50_000, look_fen=1_500)
    Thresholds(look=0.03, link=0.9995)

    Raises:
        ValueError: a cost is not positive, or a look costs more than what it prevents.
    """
    if min(false_link_fen, missed_link_fen, look_fen) <= 0:
        raise ValueError("三项代价都须大于零 / the three costs have to be positive")
    look, link = look_fen / missed_link_fen, 1 - look_fen / false_link_fen
    if look > link:
        raise ValueError(
            f"核对一次的代价 {look_fen} 分高于它能避免的损失，没有可核对的区间 / a look costs more than what it prevents"
        )
    return Thresholds(look, link)


def thresholds_on(day: date) -> Thresholds:
    """The thresholds by the costs in force."""
    rules = rules_on(day)
    return thresholds_of(
        false_link_fen=int(rules.false_link_fen),
        missed_link_fen=int(rules.missed_link_fen),
        look_fen=int(rules.look_fen),
    )
