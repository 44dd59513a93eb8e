"""The normaliser of each type a contract may give a field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from minzheng.kernel.sources.normalise.amounts import normalise_count, normalise_money
from minzheng.kernel.sources.normalise.dates import normalise_date, normalise_month
from minzheng.kernel.sources.normalise.texts import (
    normalise_account,
    normalise_citizen,
    normalise_code,
    normalise_disability,
    normalise_name,
    normalise_number,
    normalise_text,
)
from minzheng.kernel.sources.normalise.values import Settings, Value

NORMALISERS: dict[str, Callable[[Any, Settings], Value]] = {
    "text": normalise_text,
    "name": normalise_name,
    "citizen_number": normalise_citizen,
    "disability_number": normalise_disability,
    "number": normalise_number,
    "account": normalise_account,
    "date": normalise_date,
    "month": normalise_month,
    "money": normalise_money,
    "count": normalise_count,
    "code": normalise_code,
    # Resolved against the tree of divisions for the whole file at once; reading a cell only tidies it.
    "division": normalise_number,
}


def normaliser(kind: str, settings: Settings) -> Callable[[Any], Value]:
    """A function of one cell that remembers its answers: columns of files repeat themselves."""
    function = NORMALISERS[kind]
    known: dict[tuple[type, Any], Value] = {}

    def normalise(cell: Any) -> Value:
        key = (type(cell), cell)
        answer = known.get(key)
        if answer is None:
            answer = known[key] = function(cell, settings)
        return answer

    return normalise
