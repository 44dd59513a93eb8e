"""Money as whole fen (分).

A float cannot hold 0.10 yuan, and a benefit that is wrong by a fen is wrong. Text from offices becomes an
integer number of fen here and nowhere else, exactly or not at all.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

__all__ = ["NotAnAmount", "format_yuan", "parse_yuan", "yuan_in_chinese"]

_AMOUNT = re.compile(r"^[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?$")


class NotAnAmount(ValueError):
    """The text is not an amount of yuan with at most two decimals."""


def parse_yuan(text: str | int | Decimal) -> int:
    """Yuan as written → whole fen, exactly.

    Takes thousands separators, full-width digits, a currency sign before and 元 after. Numbers that a
    spreadsheet keeps as a float must be passed as their text (`repr`), so that nothing is rounded unseen.

    >>> parse_yuan("6,378.00"), parse_yuan("￥１２.5元"), parse_yuan("-0.01")
    (637800, 1250, -1)

    Raises:
        NotAnAmount: not a number, or finer than a fen.
    """
    if isinstance(text, bool) or not isinstance(text, str | int | Decimal):
        raise NotAnAmount(
            f"金额须以文字或整数给出：{text!r} / give amounts as text or integer, not {type(text).__name__}"
        )
    plain = unicodedata.normalize("NFKC", str(text)).strip()
    plain = plain.removesuffix("元").strip()
    sign = ""
    if plain[:1] in "+-" and plain[1:2] in "¥$":
        sign, plain = plain[:1], plain[1:]
    plain = sign + plain.removeprefix("¥").strip()
    if not _AMOUNT.match(plain):
        raise NotAnAmount(f"不是金额：{text!r}，应写作 1234.56 / not an amount of yuan, write it as 1234.56")
    fen = Decimal(plain.replace(",", "")) * 100
    if fen != fen.to_integral_value():
        raise NotAnAmount(f"金额细于一分：{text!r} / finer than one fen")
    return int(fen)


def format_yuan(fen: int, *, grouped: bool = False) -> str:
    """Whole fen → yuan with two decimals.

    >>> format_yuan(12345), format_yuan(-5), format_yuan(123456789, grouped=True)
    ('123.45', '-0.05', '1,234,567.89')
    """
    sign = "-" if fen < 0 else ""
    yuan, rest = divmod(abs(int(fen)), 100)
    return f"{sign}{yuan:,}.{rest:02d}" if grouped else f"{sign}{yuan}.{rest:02d}"


_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def yuan_in_chinese(fen: int) -> str:
    """Whole fen in the capital characters of cheques and payment lists (大写金额).

    >>> yuan_in_chinese(12345), yuan_in_chinese(142000), yuan_in_chinese(100000500), yuan_in_chinese(5)
    ('壹佰贰拾叁元肆角伍分', '壹仟肆佰贰拾元整', '壹佰万零伍元整', '伍分')
    """
    yuan, rest = divmod(abs(int(fen)), 100)
    groups: list[int] = []
    while yuan:
        yuan, low = divmod(yuan, 10_000)
        groups.append(low)
    text = ""
    gap = False
    for place in range(len(groups) - 1, -1, -1):
        value = groups[place]
        if not value:
            gap = bool(text)
            continue
        for power in range(3, -1, -1):
            digit = value // 10**power % 10
            if digit:
                text += ("零" if gap else "") + _DIGITS[digit] + _PLACES[power]
                gap = False
            else:
                gap = bool(text)
        text += _GROUPS[place]
        # A zero at the end of a group is spoken only if a digit follows in the next group.
    jiao, low_fen = divmod(rest, 10)
    if text:
        text += "元"
    if not rest:
        return ("负" if fen < 0 else "") + (text or "零元") + "整"
    if jiao:
        text += _DIGITS[jiao] + "角"
    elif text:
        text += "零"
    if low_fen:
        text += _DIGITS[low_fen] + "分"
    return ("负" if fen < 0 else "") + text
