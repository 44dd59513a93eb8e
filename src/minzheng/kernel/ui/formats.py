"""How values are written on screens and in letters.

One place for it: an amount, a month or a masked number must look the same in a list, a letter and an Excel file.
"""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import get_language

from minzheng.kernel.money import format_yuan
from minzheng.kernel.people.identifiers import mask_name
from minzheng.kernel.periods import SHANGHAI, Month

DASH = "—"
_STAR = "*"


def fen(amount: int | None, *, signed: bool = False) -> str:
    """Whole fen as yuan with sign and thousands separators; nothing known is a dash.

    >>> fen(123450), fen(-5), fen(None), fen(0), fen(100, signed=True)
    ('¥1,234.50', '−¥0.05', '—', '¥0.00', '+¥1.00')
    """
    if amount is None or amount == "":
        return DASH
    amount = int(amount)
    # The true minus sign lines up with digits and is read aloud as minus; a hyphen is neither.
    sign = "−" if amount < 0 else "+" if signed and amount > 0 else ""
    return f"{sign}¥{format_yuan(abs(amount), grouped=True)}"


def count(number: int | None, *, signed: bool = False) -> str:
    """A count with thousands separators.

    >>> count(1234567), count(-3, signed=True), count(None)
    ('1,234,567', '−3', '—')
    """
    if number is None or number == "":
        return DASH
    number = int(number)
    sign = "−" if number < 0 else "+" if signed and number > 0 else ""
    return f"{sign}{abs(number):,}"


def percent(value: float | None) -> str:
    """A share from 0 to 100, to one decimal.

    >>> percent(97.25), percent(0), percent(None)
    ('97.2%', '0.0%', '—')
    """
    return DASH if value is None or value == "" else f"{value:.1f}%"


def decimal(value: float | None) -> str:
    """A mean or a score, to one decimal.

    >>> decimal(4.25), decimal(None)
    ('4.2', '—')
    """
    return DASH if value is None or value == "" else f"{value:.1f}"


def day(value: date | datetime | None) -> str:
    """A date as people read it: 2022年7月15日, or 2022-07-15 on English pages; times are read in Shanghai."""
    if not value:
        return DASH
    if isinstance(value, datetime):
        value = _shanghai(value).date()
    if _is_english():
        return value.isoformat()
    return f"{value.year}年{value.month}月{value.day}日"


def short_day(value: date | datetime | None) -> str:
    """A date for dense tables: 2022-07-15."""
    if not value:
        return DASH
    if isinstance(value, datetime):
        value = _shanghai(value).date()
    return value.isoformat()


def moment(value: datetime | None) -> str:
    """A time for tables and traces, in Shanghai: 2022-07-15 09:30."""
    return _shanghai(value).strftime("%Y-%m-%d %H:%M") if value else DASH


def month(value: Month | date | str | None) -> str:
    """A month as people read it: 2022年7月, or 2022-07 on English pages."""
    if not value:
        return DASH
    parsed = Month.parse(value)
    return str(parsed) if _is_english() else parsed.chinese


def masked(value: str | None, kind: str = "") -> str:
    """A number with its telling part hidden.

    An identity number keeps its province and county start and its last four, so that two papers can be compared
    without showing the birthday; an account keeps only its last four; a short value keeps its last character.

    >>> masked("310101196507281234"), masked("6222021001112223334", "account"), masked("13800138000"), masked("")
    ('310***********1234', '****3334', '138****8000', '—')
    """
    if not value:
        return DASH
    value = str(value)
    if kind == "account":
        return _STAR * 4 + value[-4:] if len(value) > 8 else _STAR * max(len(value) - 1, 1) + value[-1:]
    if len(value) > 9:
        return value[:3] + _STAR * (len(value) - 7) + value[-4:]
    return _STAR * max(len(value) - 1, 1) + (value[-1:] if len(value) > 1 else "")


def masked_name(name: str | None) -> str:
    """A name for published lists: the first character stays.

    >>> masked_name("欧阳文华"), masked_name("张三")
    ('欧***', '张*')
    """
    if not name:
        return DASH
    return mask_name(name)


def _shanghai(value: datetime) -> datetime:
    return timezone.localtime(value, SHANGHAI) if timezone.is_aware(value) else value


def _is_english() -> bool:
    return (get_language() or "zh").startswith("en")
