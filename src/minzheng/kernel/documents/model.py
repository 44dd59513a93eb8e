"""What a paper says, apart from how it looks.

A decision, a receipt or a certificate is first a value: text, conditions, amounts and dates, frozen once issued. The
layouts turn the same value into PDF and DOCX, so both say the same, and a later domain only fills in one of these.
Text passes as given; nothing in it is ever read as markup.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as Date
from typing import Literal

Provenance = Literal["seed", "public", "illustrative", ""]


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One condition of the law and how it came out (条件).

    `met` is None while it is still being verified. `value` and `threshold` are words with their unit ("每人每月1,200元").
    """

    label: str
    met: bool | None
    value: str = ""
    threshold: str = ""
    article: str = ""
    provenance: Provenance = ""


@dataclass(frozen=True, kw_only=True)
class Amount:
    """One line of what is paid (金额). `value` is whole fen, or words where it is no sum of money."""

    label: str
    value: int | str
    is_total: bool = False


@dataclass(frozen=True, kw_only=True)
class Objection:
    """One way to object (救济途径): a complaint at the office, 行政复议, 行政诉讼.

    `way` names it, `where` is the office, authority or court, `within` the time limit in words ("60日内").
    """

    way: str
    where: str
    within: str = ""
    article: str = ""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A letter that tells a resident a decision and its reasons (告知书、决定书).

    `kind` "letter" is laid out for reading at the kitchen table; "official" is the same text as 公文 of GB/T 9704.
    `code` is the verification code and `check_at` where to check it. `illustrative` lists what in this letter rests on
    an assumption; `is_synthetic` marks every page as being about nobody.
    """

    office: str
    title: str
    addressee: str
    date: Date
    number: str = ""
    opening: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    amounts: tuple[Amount, ...] = ()
    closing: tuple[str, ...] = ()
    objections: tuple[Objection, ...] = ()
    attachments: tuple[str, ...] = ()
    signed_by: str = ""
    disclosure: str = ""
    copies: tuple[str, ...] = ()
    contact: str = ""
    code: str = ""
    check_at: str = ""
    illustrative: tuple[str, ...] = ()
    is_synthetic: bool = False
    kind: Literal["letter", "official"] = "letter"


@dataclass(frozen=True, kw_only=True)
class Heading:
    """A heading in an official document: level 1 一、 (黑体), 2 （一） (楷体), 3 1. (仿宋). The text holds its number."""

    text: str
    level: Literal[1, 2, 3] = 1


@dataclass(frozen=True, kw_only=True)
class OfficialDocument:
    """A paper between offices or to the public (公文), laid out as GB/T 9704-2012 says.

    `head` is the red issuer mark (发文机关标志); left empty it is the office's name and 文件. `printed_by` and `printed_on`
    stand in the block at the foot (版记) with `copies` (抄送).
    """

    office: str
    number: str
    title: str
    addressee: str
    date: Date
    body: tuple[str | Heading, ...] = ()
    head: str = ""
    attachments: tuple[str, ...] = ()
    signed_by: str = ""
    disclosure: str = ""
    copies: tuple[str, ...] = ()
    printed_by: str = ""
    printed_on: Date | None = None
    code: str = ""
    check_at: str = ""
    illustrative: tuple[str, ...] = ()
    is_synthetic: bool = False


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A paper named on a receipt (材料).

    `state`: "received" (已收), "fetched" (免于提交, the city's own record was used), "missing" (需补正).
    """

    name: str
    state: Literal["received", "fetched", "missing"] = "received"
    count: int | None = None
    note: str = ""


ReceiptKind = Literal["receipt", "acceptance", "correction", "refusal"]


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What a counter hands over (收件凭证、受理通知书、补正通知书、不予受理通知书).

    `due_on` is the day by which the office must answer, on a correction the day by which the resident must;
    `due_basis` says in words where that day comes from. `ask_at` lists where to ask: counter, telephone, hours.
    """

    kind: ReceiptKind
    office: str
    item: str
    applicant: str
    date: Date
    number: str = ""
    title: str = ""
    handled_by: str = ""
    papers: tuple[Paper, ...] = ()
    received_on: Date | None = None
    due_on: Date | None = None
    due_basis: str = ""
    notes: tuple[str, ...] = ()
    ask_at: tuple[str, ...] = ()
    objections: tuple[Objection, ...] = ()
    signed_by: str = ""
    code: str = ""
    check_at: str = ""
    illustrative: tuple[str, ...] = ()
    is_synthetic: bool = False


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A certificate or a result of status (证明、登记结果). Bears no state emblem and no seal: those are the issuer's to add.

    `rows` are label and text. `valid_until` None together with `valid_from` means valid without end.
    """

    office: str
    title: str
    holder: str
    date: Date
    number: str = ""
    statement: str = ""
    rows: tuple[tuple[str, str], ...] = ()
    basis: str = ""
    valid_from: Date | None = None
    valid_until: Date | None = None
    signed_by: str = ""
    code: str = ""
    check_at: str = ""
    illustrative: tuple[str, ...] = ()
    is_synthetic: bool = False


Document = Letter | OfficialDocument | Receipt | Certificate
