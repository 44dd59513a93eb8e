"""Checking the citizen identity number (公民身份号码) by GB 11643-1999, and the numbers built on it.

What a file carries is read as it was meant: full-width digits, spaces and invisible signs, a lower-case x, the 15
digits of the old cards. What cannot be right is told as data, never as an exception, since one bad row must not stop a
file. The area code names the place of first registration, often abolished since, so it is a hint and never a reason.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
# Spaces of every kind, zero-width signs, hyphens, dots, and the quotes that spreadsheets put before long numbers.
_NOISE = re.compile("[\\s\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad\\-_.·'\"`’‘]")
# What a spreadsheet or a data frame adds to a number; a birth date set off by dots is longer than a decimal part.
_DECIMALS = re.compile(r"(?<=[0-9]{15})\.0+\s*$")
# A Cyrillic Х, a Greek Χ and a multiplication sign look like the check X and are typed for it.
_LOOKALIKES = str.maketrans({"\u0425": "X", "\u0445": "X", "\u03a7": "X", "\u03c7": "X", "\u00d7": "X"})
_CITIZEN = re.compile(r"^[0-9]{17}[0-9X]$")
_OLD_CITIZEN = re.compile(r"^[0-9]{15}$")
# GB 11643 keeps serials 996 to 999 of 15-digit numbers for people born before 1900.
_CENTENARIAN_SERIALS = range(996, 1000)

DISABILITY_KINDS = {1: "视力", 2: "听力", 3: "言语", 4: "肢体", 5: "智力", 6: "精神", 7: "多重"}


@dataclass(frozen=True, slots=True)
class IdentifierError:
    """Why a number cannot be right, in words for whoever has to correct it."""

    code: str
    found: str
    expected: str
    advice: str

    def __str__(self) -> str:
        return f"{self.advice}（见到 {self.found or '空白'}，应为 {self.expected}）"


@dataclass(frozen=True, slots=True)
class CitizenNumber:
    """A number read from a file: its normal form of 18 characters, what it says, what is wrong with it."""

    value: str
    birth_date: date | None = None
    sex: int = 0
    area: str = ""
    errors: tuple[IdentifierError, ...] = ()
    was_old_form: bool = False

    @property
    def is_valid(self) -> bool:
        return not self.errors


@dataclass(frozen=True, slots=True)
class DisabilityNumber:
    """A disability certificate's number (残疾人证号): identity number, kind and grade."""

    value: str
    citizen: CitizenNumber
    kind: int = 0
    grade: int = 0
    errors: tuple[IdentifierError, ...] = ()

    @property
    def is_valid(self) -> bool:
        return not self.errors


def normalise(text: object) -> str:
    """Half-width, without spaces and invisible signs, X in capitals; a number spoilt by a spreadsheet stays spoilt.

    >>> normalise(" ３１０１０１ 19000101 000３ "), normalise("31019919881231001x")
    ('310101190001010003', '31019919881231001X')
    """
    plain = unicodedata.normalize("NFKC", "" if text is None else str(text))
    plain = _DECIMALS.sub("", plain)
    return _NOISE.sub("", plain).translate(_LOOKALIKES).upper()


def check_character(first_seventeen: str) -> str:
    """The 18th character that GB 11643 demands for the first seventeen digits.

    >>> check_character("31010119000101000")
    '3'
    """
    total = sum(int(digit) * weight for digit, weight in zip(first_seventeen, _WEIGHTS, strict=True))
    return _CHECKS[total % 11]


def to_eighteen(fifteen: str) -> str:
    """The 18-character form of a 15-digit number of the old cards; the year lacked its century.

    >>> to_eighteen("310101000101000")[:14]
    '31010119000101'
    """
    century = "18" if int(fifteen[12:]) in _CENTENARIAN_SERIALS else "19"
    seventeen = fifteen[:6] + century + fifteen[6:]
    return seventeen + check_character(seventeen)


def parse_citizen(text: object, *, on: date | None = None) -> CitizenNumber:
    """Reads an identity number; never raises.

    Args:
        on: the day of the file; nobody in it is born later.
    """
    # The same numbers stand in the files of many offices.
    return _parse_citizen("" if text is None else str(text), on)


@lru_cache(maxsize=100_000)
def _parse_citizen(text: str, on: date | None) -> CitizenNumber:
    value = normalise(text)
    if not value:
        return _refused(value, "missing", "", "18 位公民身份号码", "缺少证件号码，请补填")
    if re.fullmatch(r"[0-9.]+E\+?[0-9]+", value):
        return _refused(
            value,
            "spreadsheet",
            value,
            "18 位文本",
            "号码被电子表格转成了数值，后几位已丢失，请以文本格式重新导出",
        )
    old = bool(_OLD_CITIZEN.match(value))
    if old:
        value = to_eighteen(value)
    if len(value) != 18:
        return _refused(value, "length", f"{len(value)} 位", "18 位（或旧证 15 位）", "位数不对，请核对证件")
    if not _CITIZEN.match(value):
        strange = "".join(
            sorted({s for i, s in enumerate(value) if not (s.isdigit() or (s == "X" and i == 17))})
        )
        return _refused(value, "alphabet", strange, "数字，末位可为 X", "含有不应出现的字符，请核对证件")
    errors = []
    born = _date(value[6:14])
    if born is None:
        errors.append(
            IdentifierError("birth_date", value[6:14], "存在的日期", "号码中的出生日期不存在，请核对证件")
        )
    elif on is not None and born > on:
        errors.append(
            IdentifierError("birth_date", str(born), f"不晚于 {on}", "号码中的出生日期晚于填报日期")
        )
    expected = check_character(value[:17])
    if value[17] != expected:
        errors.append(IdentifierError("check", value[17], expected, "校验位不符，请核对是否抄错一位"))
    return CitizenNumber(
        value=value,
        birth_date=born,
        sex=1 if int(value[16]) % 2 else 2,
        area=value[:6],
        errors=tuple(errors),
        was_old_form=old,
    )


def parse_disability(text: object, *, on: date | None = None) -> DisabilityNumber:
    """Reads a disability certificate's number of 20 characters; never raises.

    A 21st or 22nd character marks a replaced card (补办 B1, B2 …) and is read past.
    """
    value = normalise(text)
    replaced = re.fullmatch(r"([0-9X]{20})B[0-9]", value)
    value = replaced[1] if replaced else value
    if len(value) != 20:
        error = IdentifierError(
            "length", f"{len(value)} 位", "20 位", "残疾人证号为公民身份号码加类别、等级各一位，请核对"
        )
        return DisabilityNumber(value, parse_citizen(value[:18], on=on), errors=(error,))
    citizen = parse_citizen(value[:18], on=on)
    errors = list(citizen.errors)
    kind = int(value[18]) if value[18] in "1234567" else 0
    grade = int(value[19]) if value[19] in "1234" else 0
    if not kind:
        errors.append(IdentifierError("kind", value[18], "1 至 7", "残疾类别代码不存在"))
    if not grade:
        errors.append(IdentifierError("grade", value[19], "1 至 4", "残疾等级代码不存在"))
    return DisabilityNumber(value, citizen, kind, grade, tuple(errors))


def mask(value: str) -> str:
    """A number as screens and letters show it: the first three and the last four characters.

    >>> mask("310101190001010013"), mask("12345"), mask("")
    ('310***********0013', '*****', '')
    """
    if len(value) <= 7:
        return "*" * len(value)
    return value[:3] + "*" * (len(value) - 7) + value[-4:]


def mask_account(number: str) -> str:
    """A bank account as screens show it: the last four digits."""
    return "*" * max(len(number) - 4, 0) + number[-4:] if len(number) > 4 else "*" * len(number)


def mask_name(name: str) -> str:
    """A name for published lists: the first character stays.

    >>> mask_name("欧阳文华"), mask_name("张三")
    ('欧***', '张*')
    """
    return name[:1] + "*" * max(len(name) - 1, 1)


def _date(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def _refused(value: str, code: str, found: str, expected: str, advice: str) -> CitizenNumber:
    return CitizenNumber(value, errors=(IdentifierError(code, found, expected, advice),))
