"""Cliffs (悬崖): where one more fen of income costs a household more than the fen.

Along one line, all of one household but one person's income standing still, every step of one fen is either
shown to lose no more than `tolerance`, or looked at by itself. So the list is complete for that line, to the
fen; it says nothing of households that differ in anything else.
"""

from __future__ import annotations

from dataclasses import dataclass

from minzheng.kernel.reasoning.spans import Line, Spans
from minzheng.kernel.rules import LawError

#: Stretches looked at before we say that the law is too broken up for this way of looking.
MOST_STRETCHES = 200_000


@dataclass(frozen=True, slots=True)
class Cliff:
    """At `at_fen` of income one more fen leaves the household `loss_fen` poorer; `lost` says of which
    benefits."""

    at_fen: int
    loss_fen: int
    lost: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Point:
    """What a household is paid at one income, by benefit and together, in fen a month."""

    income_fen: int
    benefits_fen: int
    by_benefit: tuple[tuple[str, int], ...]

    @property
    def together_fen(self) -> int:
        return self.income_fen + self.benefits_fen


@dataclass(frozen=True, slots=True)
class CliffReport:
    """Every cliff of a line from `low_fen` to `high_fen`. `elsewhere_fen` bounds what any other single fen
    can cost: it is what rounding down takes, and never more than `tolerance_fen`."""

    low_fen: int
    high_fen: int
    tolerance_fen: int
    cliffs: tuple[Cliff, ...]
    elsewhere_fen: int
    stretches: int


def _point(spans: Spans, income: int) -> Point:
    parts = tuple((code, spans.benefit(code)) for code in spans.law.benefits)
    unsettled = [code for code, span in parts if not span.is_settled]
    if unsettled:
        raise LawError(f"待遇 {unsettled} 在收入 {income} 处不定 / not settled at one income")
    return Point(income, sum(s.low for _, s in parts), tuple((code, s.low) for code, s in parts))


def point(line: Line, income_fen: int) -> Point:
    """The household at one income."""
    return _point(line.over(income_fen, income_fen), income_fen)


def find_cliffs(line: Line, low_fen: int, high_fen: int, *, tolerance_fen: int = 100) -> CliffReport:
    """Every step of one fen between two incomes that leaves the household more than `tolerance_fen` poorer.

    Raises:
        LawError: the stretch is empty, or the law is too broken up along this line to be settled.
    """
    if not 0 <= low_fen < high_fen:
        raise LawError(f"收入区间 {low_fen}–{high_fen} 无效 / give an income range that rises, in fen")
    cliffs: list[Cliff] = []
    # Shares rounded down cost up to a fen a person; what may cost more is looked at down to the single step.
    rounding = min(tolerance_fen, len(line.inputs.persons))
    elsewhere = looked_at = 0
    open_: list[tuple[int, int]] = [(low_fen, high_fen)]
    while open_:
        low, high = open_.pop()
        looked_at += 1
        if looked_at > MOST_STRETCHES:
            raise LawError(
                f"法规在 {low}–{high} 分之间断点过多，请缩小区间 / too many breaks near {low} fen; narrow the range"
            )
        if high == low + 1:
            before, after = point(line, low), point(line, high)
            loss = before.together_fen - after.together_fen
            if loss > tolerance_fen:
                lost = tuple(
                    (code, was, now)
                    for (code, was), (_, now) in zip(before.by_benefit, after.by_benefit, strict=True)
                    if was != now
                )
                cliffs.append(Cliff(low, loss, lost))
            else:
                elsewhere = max(elsewhere, loss)
            continue
        loss = -(1 + line.over(low, high).benefits().down)
        if loss <= rounding:
            elsewhere = max(elsewhere, loss)
            continue
        middle = (low + high) // 2
        # Both halves hold the middle: the step from it belongs to the second, the step to it to the first.
        open_ += [(middle, high), (low, middle)]
    return CliffReport(low_fen, high_fen, tolerance_fen, tuple(cliffs), elsewhere, looked_at)


def curve(line: Line, report: CliffReport, *, step_fen: int = 10_000) -> list[Point]:
    """Points for a chart: evenly spread, and both sides of every cliff."""
    incomes = {*range(report.low_fen, report.high_fen + 1, step_fen), report.high_fen}
    for cliff in report.cliffs:
        incomes |= {cliff.at_fen, cliff.at_fen + 1}
    return [point(line, income) for income in sorted(incomes)]
