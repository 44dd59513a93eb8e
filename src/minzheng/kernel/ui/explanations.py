"""The shape in which a reason is shown: each condition beside its value, its threshold and the law.

Templates accept any object or mapping with these names, so the rules' own explanation may be passed as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class InputFact:
    """One input of a condition with the paper it came from."""

    label: str
    value: str
    source: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a decision; `met` None means that a check is still missing."""

    label: str
    met: bool | None
    value: str = ""
    threshold: str = ""
    article: str = ""
    provenance: str = ""
    note: str = ""
    inputs: Sequence[InputFact] = ()


@dataclass(frozen=True, slots=True)
class AmountStep:
    """One line of how an amount was reckoned, ending in the amount itself."""

    label: str
    value: str
    article: str = ""
    is_total: bool = False
