"""Identifiers that look right and belong to nobody.

Citizen numbers use area codes that no place ever had (310198 and its neighbours), with a right check digit. Employers'
codes use the same area. Account numbers begin with digits that no issuer in China has.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from random import Random

RESERVED_AREAS = ("310198", "310197", "310196", "310195")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def check_digit(first17: str) -> str:
    """The last character of a citizen number (GB 11643)."""
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True)) % 11]


class CitizenNumbers:
    """Hands out citizen numbers, none twice: the serial counts up by birth date, odd for men."""

    def __init__(self) -> None:
        self._next: dict[tuple[date, int], int] = defaultdict(int)

    def take(self, born: date, sex: int) -> str:
        """`sex`: 1 male, 2 female."""
        taken = self._next[born, sex]
        self._next[born, sex] += 1
        area, place = divmod(taken, 500)
        first = f"{RESERVED_AREAS[area]}{born:%Y%m%d}{place * 2 + (sex == 1):03d}"
        return first + check_digit(first)


def employer_code(rng: Random) -> str:
    """A unified social credit code (GB 32100) of a company in the reserved area."""
    body = "MA" + "".join(rng.choice(_USCC) for _ in range(6))
    known = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    own = 11 - sum(known.index(c) * w for c, w in zip(body, _ORGANISATION_WEIGHTS, strict=True)) % 11
    first = f"91{RESERVED_AREAS[0]}{body}{'X' if own == 10 else own % 11}"
    total = sum(_USCC.index(c) * w for c, w in zip(first, _USCC_WEIGHTS, strict=True))
    return first + _USCC[(31 - total % 31) % 31]


def account_number(rng: Random) -> str:
    """Nineteen digits under a prefix that no Chinese issuer has (theirs begin with 62)."""
    return "9999" + "".join(str(rng.randrange(10)) for _ in range(15))
