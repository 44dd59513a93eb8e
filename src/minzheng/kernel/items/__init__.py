"""Service items (政务服务事项): declarations read from `service_items.yaml`, checked when they are loaded.

`catalogue()` gives every item by code; `item_on(code, day)` the version in force on a day; `search(text)` finds items by
everyday words, pinyin and initials. An item is data: casework runs whatever is declared here.
"""

from __future__ import annotations

from datetime import date

from minzheng.kernel.items.faults import Fault, ItemNotInForce, ItemsError
from minzheng.kernel.items.loading import (
    Catalogue,
    check_items,
    forget_items,
    listed_item_packages,
    load_items,
)
from minzheng.kernel.items.model import (
    Basis,
    Channel,
    Field,
    FieldType,
    IfDown,
    Item,
    JoinedItem,
    JoinedPart,
    Jurisdiction,
    Material,
    Requirement,
    Result,
    ResultKind,
    Step,
    StepKind,
)
from minzheng.kernel.items.requirements import RequirementAnswer, meets
from minzheng.kernel.items.search import Matched, SearchHit
from minzheng.kernel.items.vocabulary import KNOWN_FROM, Heading, Vocabulary, vocabulary

__all__ = [
    "KNOWN_FROM",
    "Basis",
    "Catalogue",
    "Channel",
    "Fault",
    "Field",
    "FieldType",
    "Heading",
    "IfDown",
    "Item",
    "ItemNotInForce",
    "ItemsError",
    "JoinedItem",
    "JoinedPart",
    "Jurisdiction",
    "Matched",
    "Material",
    "Requirement",
    "RequirementAnswer",
    "Result",
    "ResultKind",
    "SearchHit",
    "Step",
    "StepKind",
    "Vocabulary",
    "catalogue",
    "check",
    "departments",
    "forget_items",
    "groups",
    "item_on",
    "item_version",
    "items_on",
    "joined",
    "listed_item_packages",
    "load_items",
    "meets",
    "search",
    "search_joined",
    "vocabulary",
]


def catalogue() -> dict[str, Item]:
    """Each item's latest version by its code."""
    return load_items().latest


def items_on(day: date) -> list[Item]:
    """Every item in force on a day, in the version of that day."""
    return load_items().on(day)


def item_on(code: str, day: date) -> Item:
    """The version of an item in force on a day.

    Raises:
        KeyError: there is no such item.
        ItemNotInForce: no version of it is in force on that day.
    """
    return load_items().item_on(code, day)


def item_version(code: str, version: str) -> Item:
    """The version a case was accepted under, named by its first day; KeyError where there is none."""
    return load_items().item_version(code, version)


def joined() -> dict[str, JoinedItem]:
    """Joined items (一件事) by code."""
    return load_items().joined


def departments() -> list[Heading]:
    """The departments that own items."""
    return load_items().departments()


def groups() -> list[Heading]:
    """The headings of the catalogue that hold items, in the order of the screens."""
    return load_items().groups()


def search(text: str, *, limit: int = 20, on: date | None = None) -> list[SearchHit[Item]]:
    """Items by everyday words, pinyin, initials or English, the best first.

    `on` keeps the items in force that day, in the version of that day; without it the latest versions are searched.
    """
    return load_items().search(text, limit=limit, on=on)


def search_joined(text: str, *, limit: int = 5) -> list[SearchHit[JoinedItem]]:
    """Joined items (一件事) by everyday words, the best first."""
    return load_items().search_joined(text, limit=limit)


def check() -> list[Fault]:
    """Every fault in the declared items, by file and line; empty where all is well."""
    return check_items()
