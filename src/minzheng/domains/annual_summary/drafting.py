"""Filling the sentences with counted figures (成文): what cannot be derived is left out and named, never typed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from minzheng.domains.annual_summary.formatting import Form, write
from minzheng.domains.annual_summary.template import (
    Binding,
    Paragraph,
    Section,
    Template,
    Word,
    bound,
    template,
)
from minzheng.kernel.indicators import identities
from minzheng.kernel.indicators.identities import Broken, Checked
from minzheng.kernel.indicators.models import Span
from minzheng.kernel.indicators.reading import Answer, Asked, answers
from minzheng.kernel.indicators.registry import Figure, registry
from minzheng.kernel.indicators.summary import summary
from minzheng.kernel.money import format_yuan
from minzheng.kernel.places.queries import names
from minzheng.kernel.places.resolution import CITY


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure in its sentence: what is printed, of which value, in which form."""

    figure: Figure
    form: Form
    value: int | float | date | str
    text: str
    rows: int | None = None
    is_assumed: bool = False
    """It rests on a legal value that no published paper gives."""

    @property
    def kept(self) -> int | str:
        """The value as a frozen summary keeps it: whole numbers as they are, everything else as text."""
        return self.value if isinstance(self.value, int) else str(self.value)


Part = str | Shown


@dataclass(frozen=True, slots=True)
class Drafted:
    """One paragraph of a summary: its sentences that could be written."""

    key: str
    sentences: tuple[tuple[Part, ...], ...]

    @property
    def parts(self) -> list[Part]:
        return [part for sentence in self.sentences for part in sentence]


@dataclass(frozen=True, slots=True)
class Refused:
    """A figure that cannot be derived, and the domain that will bring it; `is_bound` where a sentence was left out for it."""

    id: str
    name: str
    domain: str
    reason: str
    is_bound: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """The summary of one year and place."""

    asked: Asked
    place: str
    text: Template
    title: str
    sections: tuple[tuple[Section, tuple[Drafted, ...]], ...]
    refused: tuple[Refused, ...]
    broken: tuple[tuple[Checked, Broken], ...]
    checked: int
    place_names: Mapping[str, str]
    counted_to: date | None
    """The last day that any figure was counted to."""

    @property
    def year(self) -> int:
        return self.asked.first.year

    @property
    def shown(self) -> list[Shown]:
        """Every printed figure in the order of the text."""
        return [
            part
            for _section, paragraphs in self.sections
            for one in paragraphs
            for part in one.parts
            if isinstance(part, Shown)
        ]


NOT_YET, NOT_COUNTED = "待该领域提供", "本期没有可计算的记录"


def draft(year: int, place: str = CITY, *, edited: Mapping[str, Paragraph] | None = None) -> Draft:
    """The summary of a year and place from the totals as they stand; a fixed number of queries.

    Args:
        edited: paragraphs by key that an official wrote in place of the template's.

    Raises:
        TemplateRefused: the template is not in order.
        NotPermitted: without statistics.look.
    """
    written = template()
    edited = edited or {}
    asked = Asked.year(year, place)
    sections = [
        (section, [edited.get(one.key, one) for one in section.paragraphs]) for section in written.sections
    ]
    wanted = list(bound(one for _section, paragraphs in sections for one in paragraphs))
    found = registry()
    stated = summary().figures
    known = {
        name for name in (*(one.figure for one in wanted), *(one.id for one in stated)) if found.knows(name)
    }
    answered = answers(asked, {found.figure(name).id: found.figure(name) for name in sorted(known)}.values())
    by_name = {name: answered[found.figure(name).id] for name in known}
    place_name = names([place]).get(place, place)
    asked_for = {"year": str(year), "place": place_name}
    filled = tuple(
        (
            section,
            tuple(drafted for one in paragraphs if (drafted := _filled(one, by_name, asked_for)).sentences),
        )
        for section, paragraphs in sections
    )
    checked = identities.check(year=year)
    broken = tuple(
        (one, line)
        for one in checked
        for line in one.broken
        if line.span == Span.YEAR and place in (CITY, line.place)
    )
    return Draft(
        asked,
        place_name,
        written,
        written.title.format(**asked_for),
        tuple((section, paragraphs) for section, paragraphs in filled if paragraphs),
        tuple(_refused(wanted, by_name)),
        broken,
        len(checked),
        names({line.place for _one, line in broken}),
        max((one.day for one in answered.values() if one.day), default=None),
    )


@dataclass(frozen=True, slots=True)
class Beside:
    """Another year or place that a summary is set beside, with the values of its figures there."""

    asked: Asked
    place: str
    lines: tuple[tuple[Shown, int | float | date | str | None], ...]

    def is_same_place(self, made: Draft) -> bool:
        """Only then is a difference a growth: a district beside the city is a part of it."""
        return self.asked.place == made.asked.place


def beside(made: Draft, asked: Asked) -> Beside:
    """Every figure of the text, once, as it was counted for another year or place, whatever sentences stand there."""
    shown = {one.figure.id: one for one in made.shown}
    found = answers(asked, [one.figure for one in shown.values()])
    return Beside(
        asked,
        names([asked.place]).get(asked.place, asked.place),
        tuple((one, found[code].value) for code, one in shown.items()),
    )


def side_text(unit: str, value: int) -> str:
    """One side of an identity in words: money in yuan to the fen, else the bare count."""
    return f"{format_yuan(value, grouped=True)}元" if unit.startswith("fen") else f"{value:,}"


def _filled(paragraph: Paragraph, by_name: Mapping[str, Answer], asked_for: Mapping[str, str]) -> Drafted:
    sentences = []
    for sentence in paragraph.sentences:
        bindings = [piece for piece in sentence if isinstance(piece, Binding)]
        if any(piece.figure not in by_name or by_name[piece.figure].value is None for piece in bindings):
            continue
        sentences.append(tuple(_part(piece, by_name, asked_for) for piece in sentence))
    return Drafted(paragraph.key, tuple(sentences))


def _part(piece: str | Binding | Word, by_name: Mapping[str, Answer], asked_for: Mapping[str, str]) -> Part:
    if isinstance(piece, str):
        return piece
    if isinstance(piece, Word):
        return asked_for[piece.text] if piece.is_asked else piece.text
    found = by_name[piece.figure]
    assert found.value is not None
    return Shown(
        found.figure,
        piece.form,
        found.value,
        write(piece.form, found.value).text,
        found.rows,
        found.is_assumed,
    )


def _refused(wanted: list[Binding], by_name: Mapping[str, Answer]) -> list[Refused]:
    """Figures of the summary's list without a value, then those bound by their own name; each once."""
    in_text = {one.figure for one in wanted}
    listed = {one.id: one for one in summary().figures}
    refused = []
    for one in summary().figures:
        found = by_name.get(one.id)
        is_own = found is not None and registry().domains[found.figure.id] == "annual_summary"
        if is_own and one.id not in in_text:
            continue  # Number, year and days of the document itself come with issuing it.
        if found is None or found.value is None:
            reason = NOT_YET if found is None else NOT_COUNTED
            refused.append(Refused(one.id, one.name, one.domain, reason, one.id in in_text))
    domains = registry().domains
    for name in dict.fromkeys(one.figure for one in wanted):
        if name not in listed and by_name[name].value is None:
            figure = by_name[name].figure
            refused.append(Refused(name, figure.name, domains[figure.id], NOT_COUNTED, True))
    return refused
