"""What goes in and out, field by field; the OpenAPI document is made from these."""

from __future__ import annotations

from datetime import date
from typing import Literal

from ninja import Schema
from pydantic import Field


class PaperOut(Schema):
    """A paper that an item asks for."""

    code: str
    name: str
    name_en: str
    issuer: str = Field(description="Office that issues it; empty where only the applicant has it.")
    is_fetched: bool = Field(description="The city fetches it itself (免交).")
    is_required: bool


class StepOut(Schema):
    """One step of an item's route and its time limit."""

    kind: str
    days: int
    in_workdays: bool
    department: str


class ItemOut(Schema):
    """One service item (政务服务事项)."""

    code: str
    name: str
    name_en: str
    department: str
    group: str
    summary: str
    channels: list[str]
    is_citywide: bool = Field(description="Taken at any service centre (全市通办).")
    is_on_the_spot: bool
    fee_fen: int
    provenance: str = Field(description="seed, public or illustrative: how far the declaration is attested.")


class ItemDetail(ItemOut):
    """An item with its papers, steps and legal basis."""

    version: str
    papers: list[PaperOut]
    steps: list[StepOut]
    basis: list[str]
    correction_days: int


class ItemsOut(Schema):
    count: int
    items: list[ItemOut]


class LetterOut(Schema):
    """A letter that was issued here; it names nobody."""

    is_genuine: Literal[True] = True
    title: str
    number: str
    issued_on: date


class CaseLine(Schema):
    """A case passed on, as a list shows it: nobody's name."""

    id: int
    number: str
    item: str
    item_name: str
    state: str
    accepted_on: date | None
    due_on: date | None = Field(description="Last day for the department's answer.")
    accepting_division: str
    deciding_division: str
    version: int


class CasesOut(Schema):
    cases: list[CaseLine]
    next_after: int | None = Field(description="Send it as `after` for the next page; null at the end.")


class AnswerLine(Schema):
    """One answer of the form."""

    name: str
    label: str
    value: str | int | float | bool | list[str] | None
    origin: str = Field(description="told, registry or document.")


class PaperLine(Schema):
    """One paper of a case and how the city came to have it."""

    code: str
    name: str
    state: str
    issuer: str
    value: str
    observed_on: date | None
    file_name: str


class CaseDetail(CaseLine):
    """A case with what its decision needs; reading it is recorded, and the person concerned can see that."""

    person_name: str
    applicant_name: str
    relation: str
    answers: list[AnswerLine]
    papers: list[PaperLine]


class DecisionIn(Schema):
    """The department's answer."""

    outcome: Literal["granted", "refused"]
    reason: str = Field("", max_length=2000, description="Needed where refused: four characters or more.")
    result: str = Field(
        "", max_length=500, description="What was issued or registered, in a sentence for the letter."
    )
    version: int | None = Field(None, ge=1, le=2**31 - 1, description="Of the case as it was read.")


class GiveBackIn(Schema):
    """Why the case is not this department's, or what it lacks."""

    reason: str = Field(min_length=4, max_length=2000)
    version: int | None = Field(None, ge=1, le=2**31 - 1, description="Of the case as it was read.")


class MovedOut(Schema):
    """Where the case stands after the act."""

    id: int
    number: str
    state: str
    version: int
