"""Money and counts. An amount becomes whole fen exactly, or it is no amount; nothing is rounded unseen."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from minzheng.kernel.sources.normalise.values import (
    EMPTY,
    SCIENTIFIC,
    Settings,
    Value,
    bad,
    is_spreadsheet_error,
    tidy,
)

FEN_PER = {
    "元": 100,
    "万元": 1_000_000,
    "千元": 100_000,
    "百元": 10_000,
    "角": 10,
    "分": 1,
    "亿元": 10_000_000_000,
}
_AMOUNT = re.compile(r"^([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?$")
# A space inside an amount may group thousands; anywhere else it may stand for a lost sign or join two amounts.
_SPACED = re.compile(r"\d [\d.,]|[.,] \d")
_GROUPED = re.compile(r"^\D*\d{1,3}(?: \d{3})+(?:\.\d+)?(?: ?\D*)$")
_PER_MONTH = re.compile(r"(?:/|每)?月$")
_PENDING = ("待核", "待定", "待查", "核实中", "不详", "未知", "暂缺", "保密", "未核", "未提供")
_SUFFIXES = sorted({*FEN_PER, "万", "亿", "千", "圆", "块"}, key=len, reverse=True)
_SAME = {"万": "万元", "亿": "亿元", "千": "千元", "圆": "元", "块": "元"}
_LARGEST_FEN = 10**15


def normalise_money(cell: Any, settings: Settings = Settings()) -> Value:
    """Money (金额) in whole fen; the unit comes from the cell, else from the header, else from the contract.

    >>> normalise_money("6,378.00").value, normalise_money("1.5万元").value, normalise_money(29079, Settings(unit="分")).value
    (637800, 1500000, 29079)
    >>> normalise_money("待核").codes, normalise_money("-1200").codes
    (('pending',), ('negative_amount',))
    """
    text = tidy(cell)
    if not text:
        return EMPTY
    if is_spreadsheet_error(text):
        return bad("spreadsheet_error")
    if any(word in text for word in _PENDING):
        return bad("pending")
    codes: list[str] = []
    if _SPACED.search(text) and not _GROUPED.match(text):
        return bad("not_an_amount")
    plain = text.replace(" ", "").replace("人民币", "").replace("RMB", "").replace("CNY", "")
    plain = _PER_MONTH.sub("", re.sub("^([+-]?)[¥￥]", r"\1", plain))
    # Accountants write a negative amount in brackets.
    if plain.startswith("(") and plain.endswith(")"):
        plain = "-" + plain[1:-1]
    unit = settings.unit or "元"
    for suffix in _SUFFIXES:
        if plain.endswith(suffix):
            unit, plain = _SAME.get(suffix, suffix), plain.removesuffix(suffix)
            codes.append("unit_in_cell")
            break
    if SCIENTIFIC.match(plain):
        return bad("scientific_number")
    found = _AMOUNT.match(plain)
    if not found:
        return bad("not_an_amount")
    try:
        fen = Decimal(plain.replace(",", "")) * FEN_PER.get(unit, 100)
    except InvalidOperation:
        return bad("not_an_amount")
    if fen != fen.to_integral_value():
        # A spreadsheet shows 0.1 + 0.2 with fifteen digits; anything coarser is a real fraction of a fen.
        nearest = fen.to_integral_value()
        if len(plain.partition(".")[2]) < 9 or abs(fen - nearest) > Decimal("0.0001"):
            return bad("finer_than_a_fen")
        fen = nearest
    if abs(fen) > _LARGEST_FEN:
        return bad("amount_too_large")
    if fen < 0 and not settings.is_negative_allowed:
        return Value(int(fen), ("negative_amount", *codes), is_bad=True)
    return Value(int(fen), tuple(codes))


def normalise_count(cell: Any, settings: Settings = Settings()) -> Value:
    """A number of things (数量), with or without its measure word.

    >>> normalise_count("2套").value, normalise_count("-1").codes, normalise_count("1.5").codes
    (2, ('negative_count',), ('not_a_count',))
    """
    text = tidy(cell)
    if not text:
        return EMPTY
    if is_spreadsheet_error(text):
        return bad("spreadsheet_error")
    if any(word in text for word in _PENDING):
        return bad("pending")
    if text in ("有", "是"):
        return bad("not_a_count")
    found = re.match(r"^([+-]?\d{1,9})(?:\.0+)?\s*(?:套|处|辆|间|个|人|户|台|件|年)?$", text)
    if not found:
        return bad("not_a_count")
    count = int(found[1])
    return bad("negative_count") if count < 0 else Value(count)
