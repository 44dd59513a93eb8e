"""The course that a case takes (办件经过): the acts of its route, each some working days after the one before, as drawn."""

from __future__ import annotations

import polars as pl

from minzheng.kernel.cases.bulk import ACT_SCHEMA
from minzheng.kernel.cases.clocks import ACCEPT_WORKDAYS
from minzheng.kernel.items import items_on
from minzheng.kernel.items.model import Channel, Item, Step, StepKind
from minzheng.kernel.periods import Month
from minzheng.simulation.year.draw import chance
from minzheng.simulation.year.engine import Life
from minzheng.simulation.year.rates import rate

REASON, FOUND = "材料核实，符合规定", "经核实登记信息，按本事项条件作出决定"
NO, ELSEWHERE = "经核实，不符合本事项的申请条件", "不属于本中心受理范围，请向主管部门申请"
SEEN = "核验原件"
_STEPS = (StepKind.CHECK, StepKind.EXAMINE, StepKind.PUBLICISE, StepKind.PASS_ON, StepKind.DECIDE)


def served_items(month: Month) -> list[Item]:
    """Items that people come for in a month and that award no money; awards have their own applications."""
    found = [item for item in items_on(month.last_day) if item.since <= month.first_day]
    return [
        item
        for item in found
        if not item.result.benefit and Channel.COUNTER in item.channels and _may_end(item)
    ]


def _may_end(item: Item) -> bool:
    # What is published has been examined before; a route that forgets it leads nowhere.
    return item.step(StepKind.PUBLICISE) is None or item.step(StepKind.EXAMINE) is not None


def item_frame(month: Month) -> pl.DataFrame:
    """What the draw asks of each item: its route's days by step, null where it has no such step."""
    rows = []
    for place, item in enumerate(served_items(month)):
        steps = {step.kind: step for step in item.route}
        rows.append(
            {"item": item.code, "place": place, "at_once": item.is_on_the_spot, "is_citywide": item.is_citywide,
             "may_be_online": Channel.ONLINE in item.channels, "accept_days": steps[StepKind.ACCEPT].days or ACCEPT_WORKDAYS}
            | {kind.value: _workdays(steps[kind]) if kind in steps else None for kind in _STEPS}
        )  # fmt: skip
    return pl.DataFrame(
        rows,
        schema={"item": pl.String, "place": pl.Int64, "at_once": pl.Boolean, "is_citywide": pl.Boolean,
                "may_be_online": pl.Boolean, "accept_days": pl.Int64} | {kind.value: pl.Int64 for kind in _STEPS},
    )  # fmt: skip


def _workdays(step: Step) -> int:
    """The working days in a step's time; calendar days hold fewer of them."""
    return step.days if step.in_workdays else step.days * 5 // 7


class Course:
    """Draws for cases, which a column `key` names, what is done with them and after how many working days.

    Args:
        cases: row, key, is_online, `counter_until` (the last day on which their counter is open in this month, null for none),
            `since` (no act before this day) and the columns of `item_frame`.
    """

    def __init__(self, life: Life, cases: pl.DataFrame) -> None:
        self.life, self.cases, self.parts = life, cases, list[pl.DataFrame]()
        self.last = pl.lit(life.month.last_day)
        self.is_open = pl.col("is_online") | pl.col("counter_until").is_not_null()

    def acts(self, *, new: bool) -> pl.DataFrame:
        """The acts of cases that come in now, or of those that are in hand already."""
        if new:
            self._come_in()
        self._accepted()
        self._handled()
        return pl.concat(self.parts).select(list(ACT_SCHEMA)).sort("row", "seq")

    def _chance(self, purpose: str) -> pl.Expr:
        return chance(pl.col("key"), seed=self.life.seed, month=self.life.month, purpose=f"case {purpose}")

    def _days(self, purpose: str, least: int, most: int | pl.Expr) -> pl.Expr:
        """Working days from `least` to `most`, both included."""
        return least + (self._chance(purpose) * (most - least + 1)).floor().cast(pl.Int64)

    def _act(self, act: str, where: pl.Expr | None = None, *, after: pl.Expr | int = 0, at_counter: bool = False,
             state: str = "", outcome: pl.Expr | str = "", words: pl.Expr | str = "", must: bool = False) -> None:  # fmt: skip
        """One act for the cases that `where` names; at a counter while it is open."""
        until = pl.when("is_online").then(self.last).otherwise("counter_until") if at_counter else self.last
        self.parts.append(
            (self.cases if where is None else self.cases.filter(where)).select(
                row="row", seq=pl.lit(len(self.parts), dtype=pl.Int64), act=pl.lit(act), on=pl.lit(None, dtype=pl.Date),
                after=_lit(after).cast(pl.Int64), since="since", until=until, if_state=pl.lit(state),
                is_optional=pl.lit(not must), outcome=_lit(outcome), words=_lit(words),
            )
        )  # fmt: skip

    def _come_in(self) -> None:
        """Handed in with all papers or without; some are nobody's duty here, some are taken back."""
        brings = self._chance("brings") < rate("casework.brings_papers")
        self._act("hand_in", brings, words=SEEN)
        self._act("submit", must=True)
        self._act("hand_in", brings & ~pl.col("is_online"), words=SEEN)
        waits = pl.col("is_online").cast(pl.Int64)
        elsewhere = self._chance("elsewhere") < rate("casework.not_accepted")
        self._act(
            "refuse_acceptance", elsewhere, after=waits * self._days("elsewhere in", 1, 4), words=ELSEWHERE
        )
        leaves = self._chance("withdraws") < rate("casework.withdraws")
        self._act("withdraw", leaves, after=waits * self._days("withdraw in", 1, 2), words="申请人不再需要")

    def _accepted(self) -> None:
        """Accepted as it is, on the spot decided as well; or completed first, which some never do."""
        in_time = pl.min_horizontal("accept_days", self._days("accept", 1, 3))
        first = pl.col("is_online").cast(pl.Int64) * in_time
        never = self._chance("never") < rate("casework.never_completes")
        self._accept(first)
        self._act("ask_correction", state="submitted", after=first)
        completes = ~never & self.is_open
        self._act(
            "hand_in",
            completes,
            state="correcting",
            after=self._days("complete", 1, 8),
            at_counter=True,
            words=SEEN,
        )
        self._act("resubmit", completes, state="correcting", at_counter=True)
        self._accept(0)
        # While the counters are closed nobody's time to complete a case runs out.
        self._act("lapse", never & self.is_open, state="correcting", after=15)

    def _accept(self, after: pl.Expr | int) -> None:
        self._act("accept_and_decide", pl.col("at_once"), state="submitted", after=after, words=FOUND)
        self._act("accept", ~pl.col("at_once"), state="submitted", after=after)

    def _handled(self) -> None:
        """The steps after acceptance, in working time but for a few."""

        def has(kind: StepKind) -> pl.Expr:
            return pl.col(kind.value).is_not_null() & ~pl.col("at_once")

        self._act("begin_check", has(StepKind.CHECK), state="accepted", after=self._days("check", 1, 2))
        self._act(
            "end_check",
            has(StepKind.CHECK),
            state="checking",
            after=self._days("checked", 2, 6),
            words="核对结果已反馈",
        )
        self._act(
            "examine",
            has(StepKind.EXAMINE),
            state="accepted",
            after=self._time(StepKind.EXAMINE),
            words="情况属实，提请决定",
        )
        self._act("publicise", has(StepKind.PUBLICISE), state="examined", after=1)
        self._act(
            "close_publication",
            has(StepKind.PUBLICISE),
            state="publicised",
            after=pl.col(StepKind.PUBLICISE.value) + 3,
        )
        put_off = pl.col("is_online") | (pl.col("counter_until") == self.last)
        self._act("hand_in", has(StepKind.DECIDE) & put_off, words=SEEN)
        self._act("decide", has(StepKind.DECIDE), after=self._time(StepKind.DECIDE), words=FOUND)
        refuses = self._chance("refused") < rate("casework.refused_by_department")
        self._act(
            "answer", has(StepKind.PASS_ON), state="passed_on", after=self._time(StepKind.PASS_ON),
            outcome=pl.when(refuses).then(pl.lit("refused")).otherwise(pl.lit("granted")),
            words=pl.when(refuses).then(pl.lit(NO)).otherwise(pl.lit(REASON)),
        )  # fmt: skip

    def _time(self, kind: StepKind) -> pl.Expr:
        """Within the step's days, mostly well within; a few are late."""
        limit = pl.col(kind.value).fill_null(1)
        late = self._chance(f"late {kind.value}") < rate("casework.late")
        most = pl.min_horizontal(pl.max_horizontal(limit - 1, 1), 9)
        usual = pl.min_horizontal(limit, self._days(f"in {kind.value}", 1, most))
        return pl.when(late).then(limit + self._days(f"by {kind.value}", 1, 5)).otherwise(usual)


def _lit(value: pl.Expr | int | str) -> pl.Expr:
    return value if isinstance(value, pl.Expr) else pl.lit(value)
