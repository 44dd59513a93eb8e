"""What an explanation holds: plain data for a page, a letter or a program."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class InputView:
    """A fact the answer rests on, with the office that told us and when."""

    entity: str
    name: str
    label: str
    label_en: str
    person_id: int | None
    value: int | bool | None
    text: str
    known: bool
    source: str
    authority: str
    on: str


@dataclass(frozen=True, slots=True)
class ConditionView:
    """A condition: met (True), not met (False) or not known (None); what was found against what was asked."""

    rule: str
    label: str
    label_en: str
    met: bool | None
    comparison: str
    unit: str
    value_label: str
    value_label_en: str
    value: int | bool | None
    value_text: str
    value_text_en: str
    threshold_label: str
    threshold: int | bool | None
    threshold_text: str
    threshold_text_en: str
    source: str
    provenance: str
    threshold_source: str
    threshold_provenance: str
    parts: tuple[ConditionView, ...]
    inputs: tuple[InputView, ...]


@dataclass(frozen=True, slots=True)
class SumStep:
    """One line of the sum: a rule's value and the figures it is made of."""

    rule: str
    label: str
    label_en: str
    person_id: int | None
    formula: str
    formula_en: str
    value: int
    text: str
    text_en: str
    source: str
    provenance: str


@dataclass(frozen=True, slots=True)
class RivalView:
    """Another support that takes this one's place, wholly or for one member."""

    rival: str
    label: str
    label_en: str
    rule: str
    person_id: int | None
    source: str
    provenance: str


@dataclass(frozen=True, slots=True)
class PaperView:
    """A legal value used, with its paper."""

    name: str
    label: str
    label_en: str
    text: str
    source: str
    provenance: str
    from_: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer for one household or person, one benefit and one month."""

    month: str
    law: str
    programme: str
    benefit: str
    name: str
    name_en: str
    unit: str
    household_id: int
    person_id: int | None
    status: str
    status_label: str
    gross_status: str
    gross_fen: int
    amount_fen: int
    conditions: tuple[ConditionView, ...]
    steps: tuple[SumStep, ...]
    rivals: tuple[RivalView, ...]
    papers: tuple[PaperView, ...]
    illustrative: tuple[str, ...]
    illustrative_en: tuple[str, ...]
    sentences: tuple[str, ...] = ()
    sentences_en: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain dictionaries, lists, numbers and text."""
        return asdict(self)

    def letter(self, *, english: bool = False) -> str:
        """The answer as a letter in plain words, one sentence a line."""
        return "\n".join(self.sentences_en if english else self.sentences)
