"""Hiding small cells in tables that are published (统计保密): so that nobody can be found, or reckoned back, from what is left.

A cell of one to below the threshold is hidden (一次隐藏), and further cells with it (补充隐藏), until every small cell could, by
all that is published, have values at least as far apart as the threshold itself leaves open.

A figure is published by each of its dimensions, and these tables share the totals of places. A total hidden here and shown
there would be given back, so totals of places are never hidden by a table: places whose total is small stand in one row
together with others (合并公布), the same ones whatever the dimension, and every total that is left is shown. Given them, the
tables tell nothing of each other, and each is made safe by itself. Inside the joined row anything may belong to any of its places.

The table of a place's own parts takes over what the table above hides of it: the columns hidden there are hidden throughout.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from minzheng.kernel.indicators.pipes import Line, Pipe, Pipes

TOTAL = "__total__"
"""The key of the totals of rows and columns."""
TOGETHER = "__together__"
"""The key of the row that stands for all places not shown by themselves."""

Cell = tuple[str, str]


@dataclass(frozen=True)
class Published:
    """A table as it may be published: every cell with its value or, where hidden, None; totals stand under `TOTAL`."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: dict[Cell, int | None]
    small: frozenset[Cell]
    place: str
    pipes: Pipes
    """The hidden cells by the lines they stand between; those of the tables above too."""

    @property
    def hidden(self) -> frozenset[Cell]:
        return frozenset(cell for cell, value in self.cells.items() if value is None)


def publish(rows: Sequence[str], columns: Sequence[str], inner: Mapping[Cell, int], *, threshold: int,
            above: Published | None = None, place: str = "") -> Published:  # fmt: skip
    """A table with its totals, small cells hidden and what would give them back.

    Args:
        inner: (row, column) → how many; a missing cell is zero.
        threshold: from one to below it is small; zero and one hide nothing.
        above: the published table of which `place` is a row, with the same columns; none for the highest.

    Raises:
        ValueError: a cell is negative.

    >>> shown = publish(["a", "b", "c"], ["x"], {("a", "x"): 2, ("b", "x"): 9, ("c", "x"): 40}, threshold=5)
    >>> [shown.cells[row, "x"] for row in ("a", "b", "c", TOGETHER, TOTAL)]
    [None, None, 40, 11, 51]
    """
    values = with_totals(rows, columns, inner)
    small = frozenset(cell for cell, value in values.items() if 0 < value < threshold)
    is_hidden_above = above is not None and above.cells.get((place, TOTAL), 0) is None
    if (TOTAL, TOTAL) in small or is_hidden_above:
        nothing = dict.fromkeys(values)
        return Published(tuple(rows), tuple(columns), nothing, small, place, Pipes({}))
    joined = _joined({row: values[row, TOTAL] for row in rows}, threshold)
    if joined:
        rows = [*rows, TOGETHER]
        values |= {(TOGETHER, at): sum(values[row, at] for row in joined) for at in (*columns, TOTAL)}
    table = _Table(
        place, [row for row in rows if row not in joined and values[row, TOTAL]], columns, values, above
    )
    table.hide_small_cells(threshold)
    cells = {
        cell: None if cell in table.hidden or cell[0] in joined else value for cell, value in values.items()
    }
    return Published(tuple(rows), tuple(columns), cells, small, place, table.pipes)


def with_totals(rows: Sequence[str], columns: Sequence[str], inner: Mapping[Cell, int]) -> dict[Cell, int]:
    """Every cell of a table and its totals."""
    if any(value < 0 for value in inner.values()):
        raise ValueError("单元值不能为负 / a cell counts people and is not negative")
    values = {(row, column): inner.get((row, column), 0) for row in rows for column in columns}
    for row in rows:
        values[row, TOTAL] = sum(values[row, column] for column in columns)
    for column in (*columns, TOTAL):
        values[TOTAL, column] = sum(values[row, column] for row in rows)
    return values


def _joined(totals: Mapping[str, int], threshold: int) -> frozenset[str]:
    """The places not shown by themselves: those with a small total, and the least of the others until nobody stands out.

    It looks at totals alone, which are the same in every dimension.
    """
    joined: list[str] = []
    for row in sorted((row for row in totals if totals[row]), key=lambda row: (totals[row], row)):
        if totals[row] >= threshold and (not joined or sum(totals[one] for one in joined) >= threshold):
            break
        joined.append(row)
    return frozenset(joined)


class _Table:
    """Rows whose totals are all shown, by columns; what it hides grows until no small cell can be reckoned back.

    Columns' totals are the highest table's own and may be hidden, at the last. In a lower table they are cells of the one above.
    """

    def __init__(self, place: str, rows: Sequence[str], columns: Sequence[str], values: Mapping[Cell, int],
                 above: Published | None) -> None:  # fmt: skip
        self.place, self.rows, self.columns, self.values = place, rows, columns, values
        self.lines = [*rows, *([TOTAL] if above is None else [])]
        self.hidden: set[Cell] = set()
        self.pipes = Pipes({})
        if above is not None:
            self._take_over(above)

    def hide_small_cells(self, threshold: int) -> None:
        """Hides small cells, and others until each has the room that the threshold leaves open."""
        needed = threshold - 1
        cells = [(row, column) for row in self.lines for column in self.columns]
        small = sorted(cell for cell in cells if 0 < self.values[cell] < threshold)
        self._hide(small)
        for cell in small:
            # Each turn hides at least one more cell, and what is hidden later only gives the cells before more room.
            while self.pipes.room(self._pipe(cell), enough=needed) < needed:
                more = self._cheapest_loop(cell, needed) or [one for one in cells if one not in self.hidden]
                assert more, (
                    "with everything hidden but the totals of rows, each cell has room (decision 0031)"
                )
                self._hide(more)

    def _take_over(self, above: Published) -> None:
        own_row = _line(above.place, "row", self.place)
        # What flowed into the place as a row of the table above is told apart here: each column by itself.
        self.pipes = Pipes({
            (upper, _line(self.place, "column", upper[2]) if lower == own_row else lower): value
            for (upper, lower), value in above.pipes.values.items()
        })  # fmt: skip
        taken = [column for column in self.columns if above.cells.get((self.place, column), 0) is None]
        self.hidden = {(TOTAL, column) for column in taken}
        self._hide([(row, column) for row in self.rows for column in taken])

    def _hide(self, cells: Sequence[Cell]) -> None:
        self.hidden |= set(cells)
        self.pipes = self._pipes_with(cells)

    def _pipes_with(self, cells: Sequence[Cell]) -> Pipes:
        return self.pipes.joined({self._pipe(cell): self.values[cell] for cell in cells})

    def _pipe(self, cell: Cell) -> Pipe:
        row, column = cell
        middle = _line(self.place, "column", column)
        if row == TOTAL:
            return _line(self.place, "column", TOTAL), middle
        return middle, _line(self.place, "row", row)

    def _cheapest_loop(self, cell: Cell, needed: int) -> list[Cell]:
        """The cells to hide next: three that close a loop with the given one, leaving room at the least that is lost.

        A column's total weighs more than any cell, being asked for most.
        """
        loops = sorted(
            (sum(row == TOTAL for row, _column in more), sum(self.values[one] for one in more), more)
            for more in self._loops(cell)
        )
        pipe = self._pipe(cell)
        enough = (
            more
            for _totals, _lost, more in loops
            if self._pipes_with(more).room(pipe, enough=needed) >= needed
        )
        # Where no loop is enough by itself, the fullest one brings the next turn closest.
        return next(enough, loops[-1][2] if loops else [])

    def _loops(self, cell: Cell) -> Iterator[list[Cell]]:
        row, column = cell
        for other_row in self.lines:
            for other_column in self.columns:
                if other_row != row and other_column != column:
                    corners = {(row, other_column), (other_row, column), (other_row, other_column)}
                    if more := corners - self.hidden:
                        yield sorted(more)


def _line(place: str, kind: str, name: str) -> Line:
    return place, kind, name
