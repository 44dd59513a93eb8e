"""Finding the place a file means by a code: as it stands, padded, abolished, too deep, or not at all.

Files carry codes of 6, 9 or 12 digits, shorter ones often padded with zeros, and codes of districts that were merged
years ago. The answer always says how it was reached, so that a feed's report can name it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from minzheng.kernel.places.models import AbolishedCode, Division

_NOT_DIGITS = re.compile(r"[^0-9]")
CITY = "310000"


class Match(StrEnum):
    """How a code was resolved."""

    EXACT = "exact"
    PADDED = "padded"
    MAPPED = "mapped"
    ANCESTOR = "ancestor"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Resolution:
    """The division a code means, or None, with a sentence saying why it is not simply the code."""

    code: str | None
    match: Match
    note: str = ""

    @property
    def is_certain(self) -> bool:
        """Whether the answer is as deep as the question."""
        return self.match in (Match.EXACT, Match.PADDED)


@dataclass(frozen=True, slots=True)
class Successor:
    """What became of an abolished code."""

    prefix: str
    since: date
    name: str


def clean_code(text: str) -> str:
    """Digits of a code as files write it: full-width, spaced, or turned into a number by a spreadsheet.

    >>> clean_code(" ３１０１０７ 014.0")
    '310107014'
    """
    plain = unicodedata.normalize("NFKC", str(text)).strip().removesuffix(".0")
    return _NOT_DIGITS.sub("", plain)


def trim_code(code: str) -> str:
    """A code without the zeros that pad it to 9 or 12 digits; the city's two codes become one.

    >>> trim_code("310107014000"), trim_code("310107000000"), trim_code("310100")
    ('310107014', '310107', '310000')
    """
    if len(code) == 12 and code.endswith("000"):
        code = code[:9]
    if len(code) == 9 and code.endswith("000"):
        code = code[:6]
    return CITY if code in ("310100", "31") else code


def ancestors(code: str) -> list[str]:
    """The code and the codes above it, deepest first.

    >>> ancestors("310107014029")
    ['310107014029', '310107014', '310107', '310000']
    """
    return [code[:size] for size in (12, 9, 6) if len(code) >= size and code[:size] != CITY] + [CITY]


def resolve(text: str, on: date, *, known: Container[str], successors: Mapping[str, Successor]) -> Resolution:
    """Resolves one code against the codes in force on a day; pure, so that sets and single codes agree."""
    digits = clean_code(text)
    if len(digits) not in (2, 6, 9, 12):
        return Resolution(None, Match.MALFORMED, f"区划代码 {text!r} 不是 6、9 或 12 位数字")
    code = trim_code(digits)
    if not code.startswith("31"):
        return Resolution(None, Match.OUTSIDE, f"区划代码 {code} 不在本市")
    if code in known:
        return Resolution(code, Match.EXACT if code == digits else Match.PADDED)
    for size in (12, 9, 6):
        successor = successors.get(code[:size]) if len(code) >= size else None
        if successor and successor.since <= on:
            # A merged district's streets were numbered anew, so below the mapped prefix the old serials mean
            # other streets today; only the mapped prefix itself is certain.
            note = (
                f"{code[:size]}（{successor.name}）已于 {successor.since} 撤销，现为 {successor.prefix}"
                + ("；其下级编码已重编，归入上级" if code != code[:size] else "")
            )
            return Resolution(successor.prefix, Match.MAPPED, note)
    for above in ancestors(code)[1:]:
        if above in known and above != CITY:
            return Resolution(above, Match.ANCESTOR, f"区划代码 {code} 不存在，归入上级 {above}")
    return Resolution(None, Match.UNKNOWN, f"区划代码 {code} 不存在，区县亦无法确定")


def resolve_divisions(codes: Iterable[str], on: date) -> dict[str, Resolution]:
    """Resolves many codes at once: two queries, whatever their number; keys are the codes as given."""
    wanted = set(codes)
    known = set(Division.objects.filter(during__contains=on).values_list("code", flat=True))
    successors = _successors()
    return {text: resolve(text, on, known=known, successors=successors) for text in wanted}


def resolve_division(code: str, on: date) -> Resolution:
    """The division a code of 6, 9 or 12 digits means on a day."""
    candidates = ancestors(trim_code(clean_code(code)))
    known = set(
        Division.objects.filter(code__in=candidates, during__contains=on).values_list("code", flat=True)
    )
    return resolve(code, on, known=known, successors=_successors())


def _successors() -> dict[str, Successor]:
    return {
        row.old_prefix: Successor(row.new_prefix, row.since, row.name) for row in AbolishedCode.objects.all()
    }
