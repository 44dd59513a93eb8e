"""Holding an item's conditions against what is known of a person: met, not met, or not known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from minzheng.kernel.items.model import Item, Requirement
from minzheng.kernel.people.facts import catalogue as fact_kinds

UNKNOWN_CODE = "未知"


@dataclass(frozen=True, slots=True)
class RequirementAnswer:
    """One condition and its answer; None is unknown, or for an officer to check."""

    requirement: Requirement
    is_met: bool | None
    value: Any = None


def meets(item: Item, known: Mapping[str, Any]) -> list[RequirementAnswer]:
    """Each condition of an item over what is known of the beneficiary, by the facts' names.

    A fact that is absent or None is unknown, and so is a code that says so (employment 0, sex 0): nobody is turned away
    for what nobody asked.
    """
    return [_answer(requirement, known) for requirement in item.who]


def _answer(requirement: Requirement, known: Mapping[str, Any]) -> RequirementAnswer:
    value = known.get(requirement.fact) if requirement.fact else None
    if value is None or _says_unknown(requirement.fact, value):
        return RequirementAnswer(requirement, None, value)
    return RequirementAnswer(requirement, _holds(requirement, value), value)


def _holds(requirement: Requirement, value: Any) -> bool | None:
    if requirement.at_least is not None:
        return bool(value >= requirement.at_least)
    if requirement.at_most is not None:
        return bool(value <= requirement.at_most)
    if requirement.one_of:
        return value in requirement.one_of
    if requirement.equals is not None:
        return bool(value == requirement.equals)
    return None


def _says_unknown(fact: str, value: Any) -> bool:
    if fact == "sex":
        return bool(value == 0)
    kind = fact_kinds().get(fact)
    return kind is not None and kind.codes.get(value) == UNKNOWN_CODE
