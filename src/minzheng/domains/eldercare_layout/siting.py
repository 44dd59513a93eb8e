"""Where to build next, as integer programmes on HiGHS (选址): p-median and maximal covering, with a proved gap.

Both take a table of distances from places of demand (rows) to candidate sites (columns), the weight of each place, and
the distance from each place to the nearest site that stands already and stays. Numbers in, numbers out: nothing here knows
people, streets or the database.

The p-median keeps, for every place of demand, only its nearest candidates; going further costs the distance of the next
one, which is too little, so the bound stays a bound. Places that would go further get more candidates and the programme
is solved again, until none does or the time is up (0023).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from minzheng.domains.eldercare_layout.distances import Floats
from minzheng.domains.eldercare_layout.errors import SitingRefused
from minzheng.domains.eldercare_layout.kinds import Model

Ints = NDArray[np.int64]
Watch = Callable[["Progress"], None]
FIRST_NEAREST = 24
PROVED = 1e-6
"""A relative gap below this counts as proved; HiGHS is asked for a tenth of it."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of siting.

    Args:
        distances: metres from each place of demand to each candidate, (places, candidates).
        weights: people of each place, (places,), not negative.
        sites: how many candidates to choose.
        standing: metres from each place to the nearest site that stands already, (places,); infinite where there is none.
        reach: metres within which a place counts as covered.
    """

    distances: Floats
    weights: Floats
    sites: int
    standing: Floats
    reach: float

    def __post_init__(self) -> None:
        places, candidates = self.distances.shape
        if not places or not self.weights.sum() > 0:
            raise SitingRefused("范围内没有老年人口，无需选址 / nobody lives here who would be served")
        if not 1 <= self.sites <= candidates:
            raise SitingRefused(
                f"拟建数量须为 1 至 {candidates}（候选点数），填写的是 {self.sites} / "
                f"sites must be between 1 and the number of candidates, {candidates}; told {self.sites}"
            )
        if self.reach <= 0:
            raise SitingRefused(
                f"服务半径须大于零，填写的是 {self.reach:g} 米 / the reach must be more than zero metres"
            )
        if len(self.weights) != places or len(self.standing) != places or (self.weights < 0).any():
            raise ValueError("weights and standing need one number for each place, weights not below zero")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the solver is: seconds, the best answer so far and what no answer can beat."""

    seconds: float
    objective: float
    bound: float


@dataclass(frozen=True, slots=True)
class Answer:
    """The sites chosen, and how good the choice is.

    `objective` and `bound` are metres × people for the p-median (less is better), people for the coverage (more is
    better). `gap` is |objective - bound| / |objective|: 0 is proved best, 0.02 says that nothing is more than 2 % better.
    """

    chosen: Ints
    objective: float
    bound: float
    gap: float
    seconds: float
    covered: float
    mean_distance: float

    @property
    def is_proved(self) -> bool:
        return self.gap <= PROVED


def solve(question: Question, model: Model, *, seconds: float = 60, watch: Watch = lambda _: None) -> Answer:
    """Answers a question of siting within a time.

    Raises:
        SitingRefused: nobody to serve, or more sites than candidates.
    """
    began = time.monotonic()
    run = _p_median if model == Model.P_MEDIAN else _coverage
    chosen, bound = run(question, began, seconds, watch)
    objective = value_of(question, model, chosen)
    gap = abs(objective - bound) / abs(objective) if objective else abs(bound)
    return Answer(
        chosen=np.sort(chosen),
        objective=objective,
        bound=bound,
        gap=0.0 if gap < PROVED / 10 else gap,
        seconds=time.monotonic() - began,
        covered=value_of(question, Model.COVERAGE, chosen),
        mean_distance=value_of(question, Model.P_MEDIAN, chosen) / float(question.weights.sum()),
    )


def value_of(question: Question, model: Model, chosen: Ints) -> float:
    """What a choice is worth, reckoned from the distances alone."""
    metres = np.minimum(question.standing, question.distances[:, chosen].min(axis=1))
    if model == Model.P_MEDIAN:
        return float(question.weights @ metres)
    return float(question.weights[metres <= question.reach].sum())


def greedy(question: Question, model: Model) -> Ints:
    """A fair first choice: one site after another, each the best beside those before it."""
    metres = question.standing.copy()
    chosen: list[int] = []
    for _ in range(question.sites):
        both = np.minimum(metres[:, None], question.distances)
        if model == Model.P_MEDIAN:
            worth = -(question.weights @ np.where(np.isfinite(both), both, 1e9))
        else:
            worth = question.weights @ (both <= question.reach)
        worth[chosen] = -np.inf
        chosen.append(int(worth.argmax()))
        metres = np.minimum(metres, question.distances[:, chosen[-1]])
    return np.array(chosen)


def _coverage(question: Question, began: float, seconds: float, watch: Watch) -> tuple[Ints, float]:
    """max Σ w z with z ≤ Σ of the sites in reach; places that a standing site covers count beforehand."""
    candidates = question.distances.shape[1]
    covered = question.standing <= question.reach
    open_ = np.flatnonzero(~covered & (question.weights > 0))
    near = question.distances[open_] <= question.reach
    before = float(question.weights[covered].sum())
    programme = _Programme(-np.r_[np.zeros(candidates), question.weights[open_]], sites=candidates)
    programme.choose(question.sites)
    for at in range(len(open_)):
        inside = np.flatnonzero(near[at])
        programme.row(np.r_[candidates + at, inside], np.r_[1.0, -np.ones(len(inside))], high=0.0)
    start = greedy(question, Model.COVERAGE)
    known = np.r_[_marks(candidates, start), near[:, start].any(axis=1)]
    found, bound = programme.run(
        known,
        _left(began, seconds),
        lambda p: watch(Progress(time.monotonic() - began, before - p[0], before - p[1])),
    )
    return found, before - bound


def _p_median(question: Question, began: float, seconds: float, watch: Watch) -> tuple[Ints, float]:
    """min Σ w d x, each place at one open site, at the standing one, or further than its kept candidates."""
    weights, distances = question.weights, question.distances
    candidates = distances.shape[1]
    order = np.argsort(distances, axis=1, kind="stable")
    ranked = np.take_along_axis(distances, order, axis=1)
    # A site further than the standing one serves nobody, nor one that at least `sites - 1` closed ones are nearer than.
    most = np.minimum((ranked < question.standing[:, None]).sum(axis=1), candidates - question.sites + 1)
    kept = np.where(weights > 0, np.minimum(most, FIRST_NEAREST), 0)
    best, bound = greedy(question, Model.P_MEDIAN), 0.0
    while True:
        programme = _Programme(np.zeros(candidates), sites=candidates)
        programme.choose(question.sites)
        further = _assign(programme, question, order, ranked, kept, most)

        def told(p: tuple[float, float], best: Ints = best, bound: float = bound) -> None:
            value = value_of(question, Model.P_MEDIAN, best)
            watch(Progress(time.monotonic() - began, min(value, max(p[0], p[1])), max(bound, p[1])))

        found, low = programme.run(_marks(candidates, best), _left(began, seconds), told)
        bound = max(bound, low)
        best = min((best, found), key=lambda one: value_of(question, Model.P_MEDIAN, one))
        short = np.array([at for at, column in further.items() if programme.values[column] > 1e-7], dtype=int)
        value = value_of(question, Model.P_MEDIAN, best)
        if not len(short) or value - bound <= PROVED / 10 * value or time.monotonic() - began >= seconds:
            return best, min(bound, value)
        kept[short] = np.minimum(most[short], kept[short] * 2)


def _assign(
    programme: _Programme, question: Question, order: Ints, ranked: Floats, kept: Ints, most: Ints
) -> dict[int, int]:
    """Adds the assignments of every place; returns place → column of «further than its kept candidates»."""
    further: dict[int, int] = {}
    for at in np.flatnonzero(question.weights > 0):
        number, weight = int(kept[at]), float(question.weights[at])
        costs = weight * ranked[at, :number]
        is_short = number < most[at]
        last = ranked[at, number] if is_short else question.standing[at]
        columns = programme.columns(np.r_[costs, weight * last] if np.isfinite(last) else costs)
        if is_short:
            further[int(at)] = int(columns[number])
        programme.row(columns, np.ones(len(columns)), low=1.0, high=1.0)
        for column, site in zip(columns[:number], order[at, :number], strict=True):
            programme.row(np.array([column, site]), np.array([1.0, -1.0]), high=0.0)
    return further


def _marks(length: int, chosen: Ints) -> Floats:
    marks = np.zeros(length)
    marks[chosen] = 1.0
    return marks


def _left(began: float, seconds: float) -> float:
    return max(0.5, seconds - (time.monotonic() - began))


class _Programme:
    """A minimisation handed to HiGHS in one piece: the first `sites` columns are whole, all lie between 0 and 1."""

    def __init__(self, costs: Floats, *, sites: int) -> None:
        self.sites = sites
        self.costs = [np.asarray(costs, float)]
        self.width = len(costs)
        self.starts, self.indices, self.numbers = [0], [], []  # type: ignore[var-annotated]
        self.lows: list[float] = []
        self.highs: list[float] = []
        self.values: Floats = np.zeros(0)

    def columns(self, costs: Floats) -> Ints:
        """Adds columns and returns their numbers."""
        self.costs.append(costs)
        self.width += len(costs)
        return np.arange(self.width - len(costs), self.width)

    def row(self, columns: Ints, numbers: Floats, *, low: float = -highspy.kHighsInf, high: float) -> None:
        self.indices.append(columns)
        self.numbers.append(numbers)
        self.starts.append(self.starts[-1] + len(columns))
        self.lows.append(low)
        self.highs.append(high)

    def choose(self, sites: int) -> None:
        """So many of the sites are opened."""
        self.row(np.arange(self.sites), np.ones(self.sites), low=sites, high=sites)

    def run(
        self, known: Floats, seconds: float, told: Callable[[tuple[float, float]], None]
    ) -> tuple[Ints, float]:
        """Solves; returns the sites opened and the bound. `known` are the first columns of an answer that holds."""
        solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("time_limit", float(seconds))
        solver.setOptionValue("mip_rel_gap", PROVED / 10)
        solver.setOptionValue("threads", 1)
        solver.setOptionValue("random_seed", 0)
        solver.passModel(self._model())
        start = highspy.HighsSolution()
        start.col_value = list(known)
        if len(known) == self.width:
            solver.setSolution(start)
        else:  # HiGHS works the assignments out for itself.
            solver.setSolution(self.sites, np.arange(self.sites, dtype=np.int32), np.asarray(known, float))
        solver.cbMipInterrupt += lambda event: told(
            (event.data_out.mip_primal_bound, event.data_out.mip_dual_bound)
        )
        solver.solve()
        status = solver.getModelStatus()
        if status not in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kTimeLimit):
            raise RuntimeError(f"HiGHS: {solver.modelStatusToString(status)}")
        bound = float(solver.getInfo().mip_dual_bound)
        self.values = np.array(solver.getSolution().col_value)
        if not len(self.values):  # The time was up before an answer; the known one stands.
            self.values = np.r_[known, np.zeros(self.width - len(known))]
        return np.flatnonzero(self.values[: self.sites] > 0.5), bound

    def _model(self) -> highspy.HighsLp:
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = self.width, len(self.lows)
        model.col_cost_ = np.concatenate(self.costs)
        model.col_lower_, model.col_upper_ = np.zeros(self.width), np.ones(self.width)
        model.row_lower_, model.row_upper_ = np.array(self.lows), np.array(self.highs)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.array(self.starts, dtype=np.int32)
        model.a_matrix_.index_ = np.concatenate(self.indices).astype(np.int32)
        model.a_matrix_.value_ = np.concatenate(self.numbers).astype(float)
        whole, any_ = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
        model.integrality_ = [whole] * self.sites + [any_] * (self.width - self.sites)
        return model
