"""How far a hidden number can be narrowed down from those that are published: exact, by the greatest flow.

A number counted once in the sum of a column and once in that of a row is a pipe between the two lines: people flow from totals
into columns and from columns into rows, and as many leave a line as enter it. What is published is known and stays as it is.
Through the hidden pipes people may have gone another way: any number more along a pipe, and as many fewer as truly went.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping

Line = tuple[str, str, str]
"""Table, row or column, and its name."""
Pipe = tuple[Line, Line]
"""From the line of the sum to that of which it is a part."""

_ANY = 10**15


class Pipes:
    """The hidden numbers with their true values.

    >>> a, b = ("t", "column", "a"), ("t", "column", "b")
    >>> one, two = ("t", "row", "1"), ("t", "row", "2")
    >>> hidden = Pipes({(a, one): 3, (a, two): 30, (b, two): 2})
    >>> hidden.room((a, one), enough=100)
    0
    >>> hidden.joined({(b, one): 20}).room((a, one), enough=100)  # twenty more, taken from (b, one); two fewer, from (b, two)
    22
    """

    def __init__(self, values: Mapping[Pipe, int]) -> None:
        self.values = dict(values)
        self._lines: dict[Line, dict[Line, int]] = {}
        self._lay(values)

    def joined(self, more: Mapping[Pipe, int]) -> Pipes:
        """These and more."""
        both = Pipes({})
        both.values = {**self.values, **more}
        both._lines = self._lines | {line: dict(self._lines.get(line, {})) for pipe in more for line in pipe}
        both._lay(more)
        return both

    def room(self, pipe: Pipe, *, enough: int) -> int:
        """How far apart the lowest and the highest value of a hidden number are; stops looking where it is enough."""
        upper, lower = pipe
        rises = self._greatest_flow(lower, upper, enough)
        return rises + self._greatest_flow(upper, lower, min(self.values[pipe], enough - rises))

    def _lay(self, pipes: Mapping[Pipe, int]) -> None:
        for (upper, lower), value in pipes.items():
            self._lines.setdefault(upper, {})[lower] = _ANY
            self._lines.setdefault(lower, {})[upper] = value

    def _greatest_flow(self, start: Line, end: Line, enough: int) -> int:
        """What can go from one end of a pipe to the other by all other pipes (Edmonds and Karp)."""
        moved: defaultdict[tuple[Line, Line], int] = defaultdict(int)
        total = 0
        while total < enough and (way := self._shortest_way(start, end, moved)):
            step = min(enough - total, *(self._lines[one][other] - moved[one, other] for one, other in way))
            for one, other in way:
                moved[one, other] += step
                moved[other, one] -= step
            total += step
        return total

    def _shortest_way(
        self, start: Line, end: Line, moved: Mapping[tuple[Line, Line], int]
    ) -> list[tuple[Line, Line]]:
        came = {start: start}
        queue = deque([start])
        while queue and end not in came:
            here = queue.popleft()
            for there, amount in self._lines.get(here, {}).items():
                is_itself = here == start and there == end
                if there not in came and not is_itself and amount > moved.get((here, there), 0):
                    came[there] = here
                    queue.append(there)
        way, here = [], end
        while here in came and here != start:
            way.append((came[here], here))
            here = came[here]
        return way
