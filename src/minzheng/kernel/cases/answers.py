"""The form of a case: what the city knows already, what was told, and whether it is whole.

An answer is {value, origin, source, on, confirmed}: `origin` is told, registry or document; `confirmed` is True where
the applicant agreed with what the city knows, False where they dispute it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from minzheng.kernel.cases.known import Answer, known_of_many
from minzheng.kernel.items.model import Field, FieldType, Item
from minzheng.kernel.people.authority import offices
from minzheng.kernel.people.identifiers import parse_citizen

_LONGEST = {FieldType.TEXT: 200, FieldType.LONG_TEXT: 4000}


def told(value: Any, on: date) -> Answer:
    """An answer in the applicant's own words."""
    return {"value": value, "origin": "told", "source": "", "on": on.isoformat(), "confirmed": None}


def known_answers(item: Item, person_id: int) -> dict[str, Answer]:
    """What the registers know of the form's questions about a person, as far as whoever acts may read them.

    A fixed number of queries, whatever the form asks.
    """
    wanted = {field.name: field.known_from for field in item.fields if field.known_from}
    if not wanted:
        return {}
    found = known_values(person_id, set(wanted.values()))
    return {name: found[key] for name, key in wanted.items() if key in found}


def known_values(person_id: int, keys: set[str]) -> dict[str, Answer]:
    """Values of the registers by `known_from` key, each with its office and day; unknown ones are absent."""
    return known_of_many([person_id], keys).get(person_id, {})


def is_asked(field: Field, answers: Mapping[str, Answer]) -> bool:
    """Whether the form shows this question, given the other answers."""
    if field.when is None:
        return True
    name, values = field.when
    return answers.get(name, {}).get("value") in values


def faults(item: Item, answers: Mapping[str, Answer]) -> dict[str, str]:
    """What is missing or wrong, by field, all at once; empty where the form is whole."""
    found: dict[str, str] = {}
    for field in item.fields:
        if not is_asked(field, answers):
            continue
        value = answers.get(field.name, {}).get("value")
        if value in (None, "", []):
            if field.is_required:
                found[field.name] = f"请填写“{field.label}” / enter {field.label_en}"
            continue
        # What the register holds was checked there, and numbers are kept masked here.
        wrong = "" if answers[field.name].get("origin") == "registry" else value_fault(field, value)
        if wrong:
            found[field.name] = wrong
    return found


def value_fault(field: Field, value: Any) -> str:
    """What is wrong with one value; empty where nothing is."""
    wrong = ""
    match field.type:
        case FieldType.NUMBER:
            wrong = (
                ""
                if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**9
                else "须为整数 / give a whole number"
            )
        case FieldType.MONEY:
            fine = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**13
            wrong = "" if fine else "须为金额 / give an amount"
        case FieldType.DATE:
            wrong = "" if _is_date(value) else "须为日期，如 2022-07-01 / give a date such as 2022-07-01"
        case FieldType.CHOICE:
            codes = {code for code, _, _ in field.choices}
            wrong = "" if value in codes else "请从列出的选项中选择 / choose one of the options"
        case FieldType.YES_NO:
            wrong = "" if isinstance(value, bool) else "请选择是或否 / choose yes or no"
        case FieldType.IDENTIFIER:
            wrong = _identifier_fault(str(value))
        case FieldType.PHONE:
            fine = re.fullmatch(r"(1\d{10}|0\d{2,3}-?\d{7,8})", str(value)) is not None
            wrong = (
                ""
                if fine
                else "须为 11 位手机号码或带区号的固定电话 / a mobile number of 11 digits, or a landline with its area code"
            )
        case FieldType.ACCOUNT:
            fine = re.fullmatch(r"\d{8,30}", str(value).replace(" ", "")) is not None
            wrong = "" if fine else "须为 8 至 30 位数字的账号 / an account number of 8 to 30 digits"
        case FieldType.PLACE:
            wrong = (
                ""
                if re.fullmatch(r"\d{6}|\d{9}|\d{12}", str(value))
                else "须为区划代码 / give a division code"
            )
        case _:
            if not isinstance(value, str):
                wrong = "须为文字 / give text"
            elif len(value) > _LONGEST.get(field.type, 200):
                wrong = f"不超过 {_LONGEST[field.type]} 字 / at most {_LONGEST[field.type]} characters"
    return f"{field.label}：{wrong}" if wrong else ""


def _is_date(value: Any) -> bool:
    try:
        return 1850 <= date.fromisoformat(str(value)).year <= 2200
    except ValueError:
        return False


def _identifier_fault(value: str) -> str:
    parsed = parse_citizen(value)
    if parsed.is_valid:
        return ""
    return "身份证号码不正确，请逐位核对 / the identity number is not right; check every digit"


def origin_words(answer: Answer) -> str:
    """Where an answer comes from, in words: 公安 2022-06-30."""
    office = offices().get(answer.get("source", ""), {}).get("label", answer.get("source", ""))
    return f"{office} {answer.get('on', '')}".strip()
