"""Identifiers that look right and belong to nobody.

Citizen numbers use area codes that no place ever had (310198 and its neighbours), with a right check digit. Employers'
codes use the same area. Account numbers begin with 9999, digits that no issuer in China has.
"""

from __future__ import annotations

from random import Random

import polars as pl

#: Of the people a city is drawn with, one after the other; of those born in its year; of those who come in it.
RESERVED_AREAS = ("310198", "310197", "310196", "310195")
BIRTHS_AREA, COMERS_AREA = "310192", "310191"
#: All of them, and the one of the written examples.
SYNTHETIC_AREAS = (*RESERVED_AREAS, BIRTHS_AREA, COMERS_AREA, "310199")
ACCOUNTS = "9999"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def check_digit(first17: str) -> str:
    """The last character of a citizen number (GB 11643)."""
    return CHECKS[sum(int(digit) * weight for digit, weight in zip(first17, WEIGHTS, strict=True)) % 11]


def citizen_number(*, area: pl.Expr, born: pl.Expr, place: pl.Expr, is_man: pl.Expr) -> pl.Expr:
    """Citizen numbers: `place` counts up within area, birth date and sex, from 0 to 499; odd serials are men's (GB 11643)."""
    day = born.dt.year().cast(pl.Int64) * 10_000 + born.dt.month().cast(pl.Int64) * 100 + born.dt.day()
    whole = (area.cast(pl.Int64) * 10**8 + day) * 1000 + place * 2 + is_man.cast(pl.Int64)
    total = pl.sum_horizontal(whole // 10 ** (16 - at) % 10 * weight for at, weight in enumerate(WEIGHTS))
    return whole.cast(pl.String) + (total % 11).replace_strict(
        dict(enumerate(CHECKS)), return_dtype=pl.String
    )


def employer_code(rng: Random) -> str:
    """A unified social credit code (GB 32100) of a company in the reserved area."""
    body = "MA" + "".join(rng.choice(_USCC) for _ in range(6))
    known = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    own = 11 - sum(known.index(c) * w for c, w in zip(body, _ORGANISATION_WEIGHTS, strict=True)) % 11
    first = f"91{RESERVED_AREAS[0]}{body}{'X' if own == 10 else own % 11}"
    total = sum(_USCC.index(c) * w for c, w in zip(first, _USCC_WEIGHTS, strict=True))
    return first + _USCC[(31 - total % 31) % 31]
