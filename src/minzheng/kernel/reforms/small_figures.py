"""Small figures, hidden from those who may not see people (小数抑制).

A line in which a change concerns fewer than the smallest figure, but somebody, is shown without its counts and amounts.
Where one line of a breakdown alone would be hidden, the total would give it away; the line nearest in size goes too.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from minzheng.kernel.reforms.comparing import AMOUNTS, COUNTS, Figure

#: What stays in a hidden line: how many live there is no secret of the reform.
OPEN = ("households", "people")
_TELLING = tuple(name for name in COUNTS if name not in OPEN)

Masked = tuple[str, str, dict[str, int | None]]


def masked(figures: Sequence[Figure], smallest: int) -> list[Masked]:
    """The figures as (dimension, key, values), hidden values None."""
    shown: list[Masked] = []
    for _dimension, group in groupby(figures, key=lambda f: f.dimension):
        lines = list(group)
        hidden = {f.key for f in lines if _is_small(f, smallest)}
        if len(hidden) == 1 and len(lines) > 1:
            others = [f for f in lines if f.key not in hidden and _size(f)]
            if others:
                hidden.add(min(others, key=lambda f: (_size(f), f.key)).key)
        shown += [
            (f.dimension, f.key, _hide(f, smallest) if f.key in hidden else dict(f.values)) for f in lines
        ]
    return shown


def _is_small(figure: Figure, smallest: int) -> bool:
    return any(0 < figure.values[name] < smallest for name in (*_TELLING, "households"))


def _size(figure: Figure) -> int:
    return figure.values["gainers"] + figure.values["losers"] + figure.values["covered_after"]


def _hide(figure: Figure, smallest: int) -> dict[str, int | None]:
    values: dict[str, int | None] = dict(figure.values)
    for name in (*_TELLING, *AMOUNTS):
        values[name] = None
    for name in OPEN:
        if 0 < figure.values[name] < smallest:
            values[name] = None
    return values
