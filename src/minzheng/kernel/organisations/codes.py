"""Checking the unified social credit code (统一社会信用代码) by GB 32100-2015 and its inner GB 11714 code.

A code that fails is data for a report and never an exception: what was found, what was expected, what to do.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# GB 32100-2015, 4: digits and capitals without I, O, S, V, Z, which are misread too easily.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUES = {sign: value for value, sign in enumerate(ALPHABET)}
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_MISREAD = str.maketrans({"I": "1", "O": "0", "S": "5", "V": "U", "Z": "2"})
_INVISIBLE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\-_]")


@dataclass(frozen=True, slots=True)
class CodeError:
    """Why a code cannot be right."""

    code: str
    found: str
    expected: str
    advice: str


@dataclass(frozen=True, slots=True)
class Uscc:
    """A code read from a file: its normal form, the parts, and what is wrong with it."""

    value: str
    errors: tuple[CodeError, ...] = ()

    @property
    def is_valid(self) -> bool:
        return not self.errors

    @property
    def department(self) -> str:
        """Registration authority and kind: 51 社会团体, 52 民办非企业单位, 53 基金会."""
        return self.value[:2]

    @property
    def area(self) -> str:
        """Division code of the registration authority."""
        return self.value[2:8]

    @property
    def organisation_code(self) -> str:
        """The nine characters of GB 11714 (组织机构代码)."""
        return self.value[8:17]


def normalise_uscc(text: object) -> str:
    """Half-width capitals without spaces, hyphens and invisible signs.

    >>> normalise_uscc(" ９１310000ma1fl0000x ")
    '91310000MA1FL0000X'
    """
    plain = unicodedata.normalize("NFKC", "" if text is None else str(text))
    return _INVISIBLE.sub("", plain).upper()


def check_character(first_seventeen: str) -> str:
    """The 18th character that GB 32100 demands for the first seventeen."""
    total = sum(_VALUES[sign] * weight for sign, weight in zip(first_seventeen, _WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def organisation_check_character(first_eight: str) -> str:
    """The ninth character that GB 11714 demands for the first eight of an organisation code.

    GB 11714 counts letters as 10 to 35 in the order of the alphabet, unlike GB 32100.
    """
    total = sum(
        int(sign, 36) * weight for sign, weight in zip(first_eight, _ORGANISATION_WEIGHTS, strict=True)
    )
    rest = 11 - total % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def parse_uscc(text: object) -> Uscc:
    """Reads a code: never raises, the errors say what is wrong.

    >>> parse_uscc("91310000MA1FL0000X").errors[0].code
    'organisation_check'
    """
    value = normalise_uscc(text)
    if len(value) != 18:
        return Uscc(
            value, (CodeError("length", f"{len(value)} 位", "18 位", "请核对登记证书上的统一社会信用代码"),)
        )
    strange = sorted({sign for sign in value if sign not in _VALUES})
    if strange:
        meant = value.translate(_MISREAD)
        advice = f"是否应为 {meant}" if set(meant) <= set(_VALUES) else "请核对登记证书"
        found = "".join(strange)
        return Uscc(value, (CodeError("alphabet", found, "数字和不含 I、O、S、V、Z 的大写字母", advice),))
    errors = []
    # A few early codes were issued without the inner check, so both parts are named apart.
    inner = organisation_check_character(value[8:16])
    if inner != value[16]:
        errors.append(
            CodeError(
                "organisation_check", value[16], inner, "第 17 位与组织机构代码不符，请核对第 9 至 17 位"
            )
        )
    last = check_character(value[:17])
    if last != value[17]:
        errors.append(CodeError("check", value[17], last, "校验位不符，请核对是否抄错一位"))
    return Uscc(value, tuple(errors))
