"""Days and months as offices write them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from minzheng.kernel.periods import Month
from minzheng.kernel.sources.normalise.values import (
    EMPTY,
    SCIENTIFIC,
    Settings,
    Value,
    bad,
    is_spreadsheet_error,
    tidy,
)

_PACKED = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:\d{6})?$")
_YEAR_FIRST = re.compile(r"^(\d{4})\s*[-/.年_]\s*(\d{1,2})\s*[-/.月_]\s*(\d{1,2})\s*[日号]?(?P<rest>.*)$")
_TIME = re.compile(
    r"^(?:T|\s)?\s*(?:星期.|周.)?\s*(?:(?:凌晨|早上|上午|中午|下午|晚上|AM|PM)?\s*\d{1,2}\s*[:时点]\s*[\d:.时分秒\s]*(?:AM|PM)?)?$"
)
_ZONED = re.compile(
    r"^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})[\d:.]*\s*(?:(?P<utc>Z|UTC|GMT)|(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2}))$"
)
_SHANGHAI = ZoneInfo("Asia/Shanghai")
_REPUBLIC = re.compile(r"^民国\s*(\d{1,3})\s*年")
_FIRST_YEAR_BEFORE = 1911
_YEAR_LAST = re.compile(r"^(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4})$")
_NO_DAY = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?$")
_RANGE = re.compile(r"^\d{4}.*?\d\s*日?\s*(?:至|到|~|—|–|-{2,}|-(?=\d{4}))\s*(.+)$")
_SERIAL = re.compile(r"^\d{5}(\.\d+)?$")
_PLACEHOLDERS = frozenset(
    {"00000000", "0000-00-00", "0000/00/00", "19000101", "1900-01-01", "1900/1/1", "1900/01/01", "0"}
)
_OPEN = frozenset(
    {
        "长期",
        "永久",
        "长期有效",
        "永久有效",
        "无期限",
        "99991231",
        "9999-12-31",
        "9999/12/31",
        "2099-12-31",
        "20991231",
    }
)
_MONTH_PATTERNS = (
    re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*(?:月份?)?$"),
    re.compile(r"^(\d{4})(\d{2})$"),
    re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*\d{1,2}\s*日?(?:[T ]\s*[\d:.]+)?$"),
    re.compile(r"^(\d{4})(\d{2})\d{2}$"),
)
_SINCE = re.compile(r"\s*(?:起|开始|以来|至今)$")
# The number 2022.1 may be all that a spreadsheet left of 2022.10.
_LOST_ZERO = re.compile(r"^\d{4}\.1$")
_LONGEST = 60
_EXCEL_EPOCH = date(1899, 12, 30)


def _day(year: str, month: str, day: str, *codes: str) -> Value:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return bad("impossible_date")
    if found.year < 1900:
        return bad("before_1900")
    return Value(found, codes)


def _common_era(text: str) -> tuple[str, tuple[str, ...]]:
    """元月 is January; a year of the Republic is told by its word and never guessed from three digits."""
    text = text.replace("元月", "1月")
    year = _REPUBLIC.match(text)
    if not year:
        return text, ()
    return f"{int(year[1]) + _FIRST_YEAR_BEFORE}年{text[year.end() :]}", ("roc_year",)


def _in_shanghai(found: re.Match[str]) -> Value:
    """Programs write midnight in Shanghai as 16:00Z of the day before; the day meant is Shanghai's."""
    try:
        away = timedelta(hours=int(found["hours"] or 0), minutes=int(found["minutes"] or 0))
        zone = timezone(-away if found["sign"] == "-" else away)
        moment = datetime(*(int(found[at]) for at in range(1, 6)), tzinfo=zone)  # type: ignore[misc, arg-type]
        day = moment.astimezone(_SHANGHAI).date()
    except (ValueError, OverflowError):
        return bad("impossible_date")
    if day.year < 1900:
        return bad("before_1900")
    return Value(day, ("time_zone_converted",) if day != moment.date() else ())


def normalise_date(cell: Any, settings: Settings = Settings()) -> Value:
    """A day (日期): 20220413, 2022-4-13, 2022年4月13日, a spreadsheet's day number, 13/04/2022 where it has one reading.

    >>> normalise_date("2022年4月13日").value, normalise_date(44664).value, normalise_date("19780230").codes
    (datetime.date(2022, 4, 13), datetime.date(2022, 4, 13), ('impossible_date',))
    """
    text = tidy(cell)
    if not text:
        return EMPTY
    if is_spreadsheet_error(text):
        return bad("spreadsheet_error")
    if text in _OPEN:
        return Value(None, ("open_end",)) if settings.is_open_allowed else bad("not_a_date")
    if text in _PLACEHOLDERS:
        return Value(None, ("placeholder_date",))
    if len(text) > _LONGEST:
        return bad("not_a_date")
    text = text.removesuffix(".0") if text.count(".") == 1 else text
    text, codes = _common_era(text)
    if zoned := _ZONED.match(text):
        return _in_shanghai(zoned)
    found = _PACKED.match(text) or _YEAR_FIRST.match(text)
    if found and _TIME.match(found.groupdict().get("rest") or ""):
        return _day(found[1], found[2], found[3], *codes)
    if settings.is_open_allowed and (ends := _RANGE.match(text)):
        # A validity written as a range ends with its second day.
        return normalise_date(ends[1], settings)
    if _SERIAL.match(text) and 10_000 <= int(text[:5]) <= 80_000:
        return Value(_EXCEL_EPOCH + timedelta(days=int(text[:5])), ("spreadsheet_day_number",))
    found = _YEAR_LAST.match(text)
    if found:
        first, second = int(found[1]), int(found[2])
        if first > 12 >= second:
            return _day(found[3], found[2], found[1], "day_before_month")
        if second > 12 >= first or first == second:
            return _day(found[3], found[1], found[2], "day_before_month")
        return bad("ambiguous_date")
    if _NO_DAY.match(text):
        return bad("date_without_day")
    return bad("scientific_number" if SCIENTIFIC.match(text) else "not_a_date")


def normalise_month(cell: Any, settings: Settings = Settings()) -> Value:
    """A month (月份): 2022年5月, 202205, 2022-05, 2022/5, or any day in it.

    >>> normalise_month("2022年5月").value, normalise_month("202205").value, normalise_month("2022-05-01T00:00:00").value
    (Month(2022, 5), Month(2022, 5), Month(2022, 5))
    """
    if isinstance(cell, Month):
        return Value(cell)
    text = tidy(cell)
    if not text:
        return EMPTY
    if is_spreadsheet_error(text):
        return bad("spreadsheet_error")
    if len(text) > _LONGEST:
        return bad("not_a_month")
    text, _ = _common_era(text.removesuffix(".0"))
    if zoned := _ZONED.match(text):
        day = _in_shanghai(zoned)
        return Value(Month.of(day.value), day.codes) if day.value else bad("impossible_month")
    text = _SINCE.sub("", text)
    if _LOST_ZERO.match(text):
        return bad("ambiguous_month")
    for pattern in _MONTH_PATTERNS:
        found = pattern.match(text)
        if found:
            try:
                month = Month(int(found[1]), int(found[2]))
            except ValueError:
                return bad("impossible_month")
            return Value(month) if 1900 <= month.year <= 2200 else bad("impossible_month")
    if _SERIAL.match(text) and 10_000 <= int(text[:5]) <= 80_000:
        return Value(Month.of(_EXCEL_EPOCH + timedelta(days=int(text[:5]))), ("spreadsheet_day_number",))
    return bad("not_a_month")
