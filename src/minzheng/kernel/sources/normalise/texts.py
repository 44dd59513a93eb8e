"""Names, identifiers, codes of lists, account numbers, and plain text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from minzheng.kernel.people import identifiers, names
from minzheng.kernel.sources.normalise.values import (
    EMPTY,
    SCIENTIFIC,
    Settings,
    Value,
    bad,
    is_spreadsheet_error,
    tidy,
)

# Passports and the permits of Hong Kong, Macao and Taiwan residents; people's register identifies by citizen number.
_OTHER_DOCUMENT = re.compile(r"^(?:[A-Z]{1,3}[0-9]{6,12}|[0-9]{8})$")
_DECIMAL = re.compile(r"^(\d{16,})\.0+$")


def normalise_text(cell: Any, settings: Settings = Settings()) -> Value:
    """Text as it stands, tidied of invisible characters and doubled spaces."""
    text = tidy(cell)
    if is_spreadsheet_error(text):
        return bad("spreadsheet_error")
    return Value(text) if text else EMPTY


def normalise_name(cell: Any, settings: Settings = Settings()) -> Value:
    """A person's name (姓名) as people's register keeps it; never shortened.

    What no name has (markup, formulas) is kept as the text it is, and said.

    >>> normalise_name(" 刘　芳桂").value, normalise_name("迪丽努尔•阿卜杜拉").value, normalise_name("=cmd|x").codes
    ('刘芳桂', '迪丽努尔·阿卜杜拉', ('name_formula',))
    """
    if cell is None or isinstance(cell, bool) or not tidy(cell):
        return EMPTY
    if is_spreadsheet_error(tidy(cell)):
        return bad("spreadsheet_error")
    clean = names.clean_name(cell)
    name, remark = names.split_remark(clean.value)
    if not name:
        return EMPTY
    codes = [f"name_{flag.code}" for flag in clean.flags]
    if remark:
        codes.append("name_says_dead" if names.says_dead(remark) else "name_remark")
    if not codes and clean.value != unicodedata.normalize("NFC", str(cell)):
        codes.append("name_tidied")
    return Value(name, tuple(codes))


def normalise_citizen(cell: Any, settings: Settings = Settings()) -> Value:
    """An identity number (公民身份号码) in its form of 18 characters, if it can be right.

    >>> normalise_citizen("31019919881231001x").value, normalise_citizen("310199198005230010").codes
    ('31019919881231001X', ('identifier_check',))
    >>> normalise_citizen("H12345678").codes
    ('identifier_other_document',)
    """
    value = _identifier(cell, identifiers.parse_citizen)
    if value.is_bad and _OTHER_DOCUMENT.match(identifiers.normalise(tidy(cell))):
        return bad("identifier_other_document")
    return value


def normalise_disability(cell: Any, settings: Settings = Settings()) -> Value:
    """A disability certificate's number (残疾人证号): identity number, kind and grade; the identity number alone serves."""
    alone = _identifier(cell, identifiers.parse_citizen)
    if alone.value and not alone.is_bad:
        return Value(alone.value, (*alone.codes, "certificate_is_identity"))
    return _identifier(cell, identifiers.parse_disability)


def _identifier(
    cell: Any, parse: Callable[[object], identifiers.CitizenNumber | identifiers.DisabilityNumber]
) -> Value:
    text = tidy(cell)
    if not text:
        return EMPTY
    if is_spreadsheet_error(text):
        return bad("spreadsheet_error")
    if SCIENTIFIC.match(text) or _may_be_rounded(text):
        return bad("precision_lost")
    parsed = parse(text)
    if not parsed.value:
        return bad("identifier_alphabet")
    codes = ["identifier_tidied"] if parsed.value != str(cell) else []
    if isinstance(parsed, identifiers.CitizenNumber) and parsed.was_old_form:
        codes = ["identifier_old_form"]
    codes += dict.fromkeys(
        "precision_lost" if error.code == "spreadsheet" else f"identifier_{error.code}"
        for error in parsed.errors
    )
    return Value(parsed.value, tuple(codes), is_bad=bool(parsed.errors))


def _may_be_rounded(text: str) -> bool:
    """Whether a long number with a decimal part is one that a computer's number can hold, so that its end may be lost.

    Programs write 310101199001010123 read as a number as 310101199001010112.0; an end that such a number cannot hold
    shows that it was never one.
    """
    found = _DECIMAL.match(text)
    return found is not None and int(float(found[1])) == int(found[1])


def normalise_code(cell: Any, settings: Settings = Settings()) -> Value:
    """An entry of the contract's list (代码): the word, its code, or another way to write it."""
    text = tidy(cell)
    if not text:
        return EMPTY
    if is_spreadsheet_error(text):
        return bad("spreadsheet_error")
    plain = text.replace(" ", "").removesuffix(".0").upper()
    known = settings.codes
    if plain in known:
        return Value(known[plain])
    # 1-户主, 01|户主: code and word together.
    parts = [part for part in re.split(r"[-|:_.、()]|(?<=[0-9])(?=[一-鿿])", plain) if part]
    values = {known[part] for part in parts if part in known}
    if len(values) == 1 and len(parts) > 1:
        return Value(values.pop())
    return bad("unknown_code")


def normalise_account(cell: Any, settings: Settings = Settings()) -> Value:
    """A bank account or card number (银行账号): digits only; the check digit of cards is a hint and not a test.

    >>> normalise_account("6231 5103 0350 8250").value, normalise_account("6.23151E+15").codes
    ('6231510303508250', ('precision_lost',))
    """
    text = tidy(cell)
    if not text:
        return EMPTY
    if is_spreadsheet_error(text):
        return bad("spreadsheet_error")
    if SCIENTIFIC.match(text):
        return bad("precision_lost")
    plain = re.sub(r"[\s-]", "", text)
    if not plain.isascii() or not plain.isdigit():
        return bad("not_an_account")
    if not 8 <= len(plain) <= 32:
        return bad("not_an_account")
    codes = ("account_length_unusual",) if not 16 <= len(plain) <= 19 else ()
    return Value(plain, codes)


def normalise_number(cell: Any, settings: Settings = Settings()) -> Value:
    """A number that names something (编号, 户号): capital letters, no spaces; a spreadsheet's rounding is refused."""
    text = tidy(cell)
    if not text:
        return EMPTY
    if is_spreadsheet_error(text):
        return bad("spreadsheet_error")
    if SCIENTIFIC.match(text):
        return bad("precision_lost")
    # Taking a sign away can bring two others together that read as one, so this is done until nothing changes.
    while (plain := tidy(re.sub(r"[\s'`]", "", text).upper().removesuffix(".0"))) != text:
        text = plain
    return Value(text) if text else EMPTY
