"""Verbs of the summary: write a paragraph, check the whole, issue it under a number; and what changed since (起草、核对、印发)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction

from minzheng.domains.annual_summary.drafting import Draft, draft
from minzheng.domains.annual_summary.errors import SummaryRefused
from minzheng.domains.annual_summary.freezing import figures_of, frozen, seal
from minzheng.domains.annual_summary.models import Check, DocumentNumber, Issued, ParagraphVersion
from minzheng.domains.annual_summary.template import Paragraph, parse_paragraph, template
from minzheng.kernel.access import require
from minzheng.kernel.access.actor import Actor
from minzheng.kernel.audit import record
from minzheng.kernel.places.resolution import CITY

WORD = "沪民总结发"


@transaction.atomic
def write_paragraph(*, year: int, key: str, text: str, place: str = CITY) -> ParagraphVersion:
    """Keeps one paragraph as a new version; its figures stay bound (修改段落).

    Raises:
        TemplateRefused: a typed number, a figure nobody knows, or no text.
        SummaryRefused: no such paragraph, or the summary is issued.
    """
    actor = _reaching("summary.draft", place)
    _hold(year, place)
    _refuse_issued(year, place)
    template().paragraph(key)
    parse_paragraph(key, text)
    found = ParagraphVersion.objects.filter(year=year, division_code=place, key=key)
    last = found.order_by("-number").values_list("number", flat=True).first() or 0
    made = ParagraphVersion.objects.create(
        year=year,
        division_code=place,
        key=key,
        number=last + 1,
        text=text.strip(),
        written_by_id=actor.official,
    )
    record("summary.write", subject=_subject(year, place), detail={"key": key, "number": made.number})
    return made


def current(year: int, place: str = CITY) -> Draft:
    """The summary as it stands: edited paragraphs in place of the template's, figures as counted now."""
    return draft(year, place, edited=edited(year, place))


def edited(year: int, place: str = CITY) -> dict[str, Paragraph]:
    """The version in force of every edited paragraph, by key. One query."""
    rows = ParagraphVersion.objects.filter(year=year, division_code=place).order_by("key", "-number")
    return {row.key: parse_paragraph(row.key, row.text) for row in rows.distinct("key")}


@transaction.atomic
def check_summary(*, year: int, place: str = CITY) -> Check:
    """One official holds the text with its present figures to be right (核对).

    Raises:
        SummaryRefused: the year is not over, an identity is broken, or it is issued already.
    """
    actor = _reaching("summary.draft", place)
    _refuse_issued(year, place)
    made = current(year, place)
    content = frozen(made)
    if content["counted_to"]:
        raise SummaryRefused(
            f"{content['counted_to']}：年末计数之后再核对 / the year is not over; check it when its last day is counted"
        )
    if made.broken:
        raise SummaryRefused(
            f"勾稽关系不成立 {len(made.broken)} 处，先查清再核对 / identities are broken; clear them up before the summary is checked"
        )
    checked = Check.objects.create(
        year=year, division_code=place, sha256=seal(content), checked_by_id=actor.official
    )
    record("summary.check", subject=_subject(year, place), detail={"sha256": checked.sha256})
    return checked


@transaction.atomic
def issue_summary(*, year: int, on: date, place: str = CITY) -> Issued:
    """Freezes the checked text with its values under the next number (印发).

    Raises:
        SummaryRefused: not checked as it stands, checked or written by the same official, or issued already.
    """
    actor = _reaching("summary.issue", place)
    _hold(year, place)
    _refuse_issued(year, place)
    content = frozen(current(year, place))
    sha256 = seal(content)
    checked = Check.objects.filter(year=year, division_code=place).order_by("-pk").first()
    if checked is None or checked.sha256 != sha256:
        raise SummaryRefused(
            "现稿未经核对，或核对之后文字、数字有变动：请重新核对 / the text as it stands was not checked; have it checked again"
        )
    if checked.checked_by_id == actor.official:
        raise SummaryRefused(
            "核对人不能印发：请另一名经办印发 / who checked it does not issue it; ask another officer"
        )
    if ParagraphVersion.objects.filter(year=year, division_code=place, written_by_id=actor.official).exists():
        raise SummaryRefused(
            "起草人不能印发：请另一名经办印发 / who wrote it does not issue it; ask another officer"
        )
    number = _next_number(on, content, actor)
    made = Issued.objects.create(
        year=year, division_code=place, number=number, content=content, sha256=sha256,
        checked_by_id=checked.checked_by_id, issued_by_id=actor.official, issued_on=on,
    )  # fmt: skip
    record("summary.issue", subject=_subject(year, place), detail={"number": str(number), "sha256": sha256})
    return made


def issued(year: int, place: str = CITY) -> Issued | None:
    """The issued summary of a year and place, if there is one."""
    found = Issued.objects.select_related("number", "checked_by", "issued_by")
    return found.filter(year=year, division_code=place).first()


@dataclass(frozen=True, slots=True)
class Changed:
    """A figure whose value is no longer what was issued; `now` is empty where it is not in the text any more."""

    figure: str
    name: str
    then: str
    now: str


def changed_since(one: Issued, made: Draft) -> list[Changed]:
    """What changed after issuing, figure by figure, by value and not by what is printed."""
    now = {(shown.figure.id, shown.form.declared): shown for shown in made.shown}
    changes = []
    for kept in figures_of(one.content):
        shown = now.get((kept["figure"], kept["form"]))
        if shown is None or shown.kept != kept["value"]:
            changes.append(Changed(kept["figure"], kept["name"], _exact(kept["value"], kept["text"]),
                                   _exact(shown.kept, shown.text) if shown else ""))  # fmt: skip
    return list(dict.fromkeys(changes))


def _exact(value: int | str, text: str) -> str:
    return f"{text}（{value}）" if str(value) not in text else text


def _reaching(permission: str, place: str) -> Actor:
    actor = require(permission)
    if not actor.reaches(place):
        raise SummaryRefused(f"{place} 不在本岗位范围内 / the place lies outside the post's")
    return actor


def _refuse_issued(year: int, place: str) -> None:
    if Issued.objects.filter(year=year, division_code=place).exists():
        raise SummaryRefused(
            f"{year} 年总结已印发，不能再改；变动见“印发之后的变动” / it is issued and stays as it is"
        )


def _next_number(on: date, content: dict[str, Any], actor: Actor) -> DocumentNumber:
    """The next number under the office's own word."""
    word = WORD if content["division_code"] == CITY else f"{content['place'].removesuffix('区')}民总结发"
    _hold(on.year, word)
    taken = DocumentNumber.objects.filter(word=word, year=on.year)
    last = taken.order_by("-number").values_list("number", flat=True).first() or 0
    return DocumentNumber.objects.create(
        word=word,
        year=on.year,
        number=last + 1,
        title=content["title"],
        taken_by_id=actor.official,
        taken_on=on,
    )


def _hold(year: int, what: str) -> None:
    """One at a time for a year and place, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"annual_summary {year} {what}"])


def _subject(year: int, place: str) -> str:
    return f"annual_summary.summary:{year}-{place}"
