"""Reading the bank's answer: our CSV contract and ISO 20022 `pain.002.001.10`. Both give the same rows.

CSV: UTF-8 (with or without a byte order mark) or GB18030; first line `回执号,<number>`; then the header
`付款指令号,金额（元）,结果,原因码,说明` in any order of columns; result `成功` or `退票`.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from dataclasses import dataclass
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from minzheng.kernel.money import NotAnAmount, parse_yuan
from minzheng.kernel.payments.errors import UnreadableAnswer

SETTLED, RETURNED, UNREADABLE = "settled", "returned", "unreadable"
COLUMNS = ("付款指令号", "金额（元）", "结果", "原因码", "说明")
_RESULTS = {"成功": SETTLED, "到账": SETTLED, "退票": RETURNED, "失败": RETURNED}
# ISO 20022 transaction statuses: settled on the creditor's account; rejected. Others (pending) say nothing final yet.
_STATUSES = {"ACCC": SETTLED, "ACSC": SETTLED, "RJCT": RETURNED}
_LENGTH = 200


class Answer(NamedTuple):
    """One row of the bank's answer as read; `fen` is None where the amount is no amount."""

    row_number: int
    end_to_end_id: str
    amount_text: str
    fen: int | None
    result: str
    reason_code: str
    message: str


@dataclass(frozen=True, slots=True)
class Answers:
    """A whole answer."""

    message_id: str
    format: str
    rows: list[Answer]


def parse(content: bytes) -> Answers:
    """Read an answer in either format.

    Raises:
        UnreadableAnswer: the file follows neither contract; says what was expected.
    """
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _pain002(content)
    return _csv(content)


def _decode(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableAnswer("文件编码无法识别，应为 UTF-8 或 GB18030 / the file is neither UTF-8 nor GB18030")


def _csv(content: bytes) -> Answers:
    try:
        table = list(csv.reader(io.StringIO(_decode(content).replace("\0", ""), newline="")))
    except csv.Error as error:
        raise UnreadableAnswer(f"不是可读的 CSV：{error} / not a readable CSV") from error
    lines = [(number, row) for number, row in enumerate(table, 1) if any(cell.strip() for cell in row)]
    if (
        len(lines) < 2
        or _plain(lines[0][1][0]) != "回执号"
        or len(lines[0][1]) < 2
        or not _plain(lines[0][1][1])
    ):
        raise UnreadableAnswer(
            "第一行应为“回执号,<银行回执编号>” / the first line must be 回执号,<the bank's number>"
        )
    message_id = _plain(lines[0][1][1])[:_LENGTH]
    header = [_plain(cell) for cell in lines[1][1]]
    missing = [column for column in COLUMNS[:3] if _plain(column) not in header]
    if missing:
        raise UnreadableAnswer(
            f"缺少列：{'、'.join(missing)} / columns missing; expected {', '.join(COLUMNS)}"
        )
    places = {column: header.index(_plain(column)) for column in COLUMNS if _plain(column) in header}

    def cell(row: list[str], column: str) -> str:
        place = places.get(column)
        return _plain(row[place])[:_LENGTH] if place is not None and place < len(row) else ""

    rows = [
        _answer(number, *(cell(row, column) for column in COLUMNS), results=_RESULTS)
        for number, row in lines[2:]
    ]
    return Answers(message_id, "csv", rows)


def _pain002(content: bytes) -> Answers:
    message_id = ""
    rows: list[Answer] = []
    try:
        for _, element in iterparse(io.BytesIO(content), events=("end",), forbid_dtd=True):
            name = _local(element)
            if name == "GrpHdr":
                message_id = _find(element, "MsgId")
            elif name == "TxInfAndSts":
                rows.append(
                    _answer(
                        len(rows) + 1,
                        _find(element, "OrgnlEndToEndId"),
                        _find(element, "InstdAmt"),
                        _find(element, "TxSts"),
                        _find(element, "Cd"),
                        _find(element, "AddtlInf"),
                        results=_STATUSES,
                    )
                )
                element.clear()
    except (ParseError, DefusedXmlException) as error:
        raise UnreadableAnswer(f"不是可读的 pain.002：{error} / not a readable pain.002 message") from error
    if not message_id:
        raise UnreadableAnswer("报文缺少 GrpHdr/MsgId / the message has no GrpHdr/MsgId")
    return Answers(message_id[:_LENGTH], "pain.002", rows)


def _answer(
    number: int,
    end_to_end_id: str,
    amount: str,
    result: str,
    reason: str,
    message: str,
    *,
    results: dict[str, str],
) -> Answer:
    fen: int | None
    try:
        fen = parse_yuan(amount)
    except NotAnAmount:
        fen = None
    if fen is not None and fen >= 2**62:
        fen = None
    return Answer(number, end_to_end_id, amount, fen, results.get(result, UNREADABLE), reason[:35], message)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lstrip("'")


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _find(element: Element, name: str) -> str:
    for child in element.iter():
        if _local(child) == name:
            return _plain((child.text or "").replace("\0", ""))[:_LENGTH]
    return ""
