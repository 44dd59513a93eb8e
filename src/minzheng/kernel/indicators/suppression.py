"""Hiding small cells in tables that are published (统计保密): so that nobody can be found, or reckoned back, from what is left.

A table has inner cells, the total of each row and column, and the grand total. A cell of one to below the threshold is hidden
(一次隐藏). That alone hides nothing where a total less its other cells gives it back, so further cells are hidden (补充隐藏) until
every small cell could, by all that is published, have values at least as far apart as the threshold itself leaves open. How
far apart they may be is exact: hidden cells and totals form a network, and the room of a cell is the greatest flow through it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

TOTAL = "__total__"
"""The key of the totals of rows and columns."""

Cell = tuple[str, str]
_FAR = 10**15


@dataclass(frozen=True)
class Published:
    """A table as it may be published: every cell with its value or, where hidden, None; totals stand under `TOTAL`."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: dict[Cell, int | None]
    small: frozenset[Cell]

    @property
    def hidden(self) -> frozenset[Cell]:
        return frozenset(cell for cell, value in self.cells.items() if value is None)


def publish(
    rows: Sequence[str], columns: Sequence[str], inner: Mapping[Cell, int], *, threshold: int
) -> Published:
    """A table with its totals, small cells hidden and what would give them back.

    Args:
        inner: (row, column) → how many; a missing cell is zero.
        threshold: from one to below it is small; zero and one hide nothing.

    Raises:
        ValueError: a cell is negative.

    >>> shown = publish(["a", "b", "c"], ["x"], {("a", "x"): 2, ("b", "x"): 9, ("c", "x"): 40}, threshold=5)
    >>> [shown.cells[row, "x"] for row in ("a", "b", "c", TOTAL)]
    [None, None, 40, 51]
    """
    values = with_totals(rows, columns, inner)
    small = frozenset(cell for cell, value in values.items() if 0 < value < threshold)
    hidden = set(small)
    table = _Table((*rows, TOTAL), (*columns, TOTAL), values)
    needed = threshold - 1
    for cell in sorted(small):
        # Each turn hides at least one more cell, so it ends; what is hidden later only gives the cells before more room.
        while table.room(cell, hidden) < needed:
            hidden |= table.cheapest_loop(cell, hidden, needed) or set(values)
    cells = {cell: None if cell in hidden else value for cell, value in values.items()}
    return Published(tuple(rows), tuple(columns), cells, small)


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


@dataclass(frozen=True)
class _Table:
    """The cells as a network between lines: rows on one side, columns on the other, each cell an edge.

    Every line adds up to zero if totals are taken with the other sign (and the grand total with its own). A cell can rise as far
    as others on its lines can give way: inner cells and the grand total may fall to zero, totals taken negatively may rise to it.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: dict[Cell, int]

    def room(self, cell: Cell, hidden: set[Cell]) -> int:
        """How far apart the lowest and the highest value are that the published cells leave a hidden one."""
        return self._rises(cell, hidden) + self._falls(cell, hidden)

    def cheapest_loop(self, cell: Cell, hidden: set[Cell], needed: int) -> set[Cell]:
        """The cells to hide next: three that close a loop with the given one, leaving room at the least that is lost.

        Totals weigh more than any cell, since other tables show them too.
        """
        row, column = cell
        loops = []
        for other_row in self.rows:
            for other_column in self.columns:
                if other_row != row and other_column != column:
                    more = {(row, other_column), (other_row, column), (other_row, other_column)} - hidden
                    if more:
                        lost = sum(self.values[one] for one in more)
                        loops.append((sum(TOTAL in one for one in more), lost, sorted(more)))
        loops.sort()
        enough = (more for _totals, _lost, more in loops if self.room(cell, hidden | set(more)) >= needed)
        # Where no loop is enough by itself, the fullest one brings the next turn closest.
        return set(next(enough, loops[-1][2] if loops else ()))

    def _sign(self, cell: Cell) -> int:
        return -1 if (cell[0] == TOTAL) != (cell[1] == TOTAL) else 1

    def _rises(self, cell: Cell, hidden: set[Cell]) -> int:
        """By how much the signed cell can rise: the flow from its row to its column through the other hidden cells."""
        return self._flow(cell, hidden, rising=True)

    def _falls(self, cell: Cell, hidden: set[Cell]) -> int:
        return self._flow(cell, hidden, rising=False)

    def _flow(self, cell: Cell, hidden: set[Cell], *, rising: bool) -> int:
        row, column = ("row", cell[0]), ("column", cell[1])
        room: dict[tuple[tuple[str, str], tuple[str, str]], int] = {}
        for one in hidden:
            if one == cell:
                continue
            left, right = ("row", one[0]), ("column", one[1])
            value = self.values[one]
            up, down = (_FAR, value) if self._sign(one) > 0 else (value, _FAR)
            # If the cell rises, its row's other cells fall, their columns' others rise, and so on round to its own column.
            room[left, right], room[right, left] = (down, up) if rising else (up, down)
        # The cell itself has an end too: an inner cell falls to zero at the most, a negative total rises to it.
        own = self.values[cell]
        limit = _FAR if rising == (self._sign(cell) > 0) else own
        return min(limit, _greatest_flow(room, row, column, limit))


def _greatest_flow(room: dict[tuple[tuple[str, str], tuple[str, str]], int], start: tuple[str, str], end: tuple[str, str],
                   enough: int) -> int:  # fmt: skip
    """The greatest flow between two lines (Edmonds and Karp); stops where it is enough."""
    neighbours: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for one, other in room:
        neighbours.setdefault(one, []).append(other)
    total = 0
    while total < min(enough, _FAR):
        came = {start: start}
        queue = deque([start])
        while queue and end not in came:
            here = queue.popleft()
            for there in neighbours.get(here, ()):
                if there not in came and room[here, there] > 0:
                    came[there] = here
                    queue.append(there)
        if end not in came:
            return total
        path, here = [], end
        while here != start:
            path.append((came[here], here))
            here = came[here]
        step = min(room[edge] for edge in path)
        for one, other in path:
            room[one, other] -= step
            room[other, one] += step
        total += step
    return total
