"""The words items share: patterns of routes, departments, headings, licences, usual conditions, questions and papers.

They stand in `vocabulary.yaml`. Files of items may add patterns of their own; everything else has one list, so that
the same paper is called the same and replaced by the same source in every item.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from minzheng.kernel.items.faults import Fault, ItemsError
from minzheng.kernel.items.marked import Table, read_marked

#: Where the city knows an answer; `fact.<kind>` (kernel/people/facts.yaml) comes on top.
KNOWN_FROM = (
    "person.name",
    "person.identifier",
    "person.birth_date",
    "person.sex",
    "person.residence",
    "person.residence_place",
    "person.hukou_place",
    "person.phone",
    "person.account",
    "household.members",
)
FILE = "kernel/items/vocabulary.yaml"


@dataclass(frozen=True, slots=True)
class Heading:
    """A department or a heading of the catalogue, in both languages."""

    name: str
    name_en: str
    title: str = ""
    """A department's full name."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The file as read; conditions, fields, materials and patterns stay as written until an item uses them."""

    patterns: Table
    conditions: Table
    fields: Table
    materials: Table
    departments: dict[str, Heading]
    groups: dict[str, Heading]
    licences: dict[str, Heading]


@cache
def vocabulary() -> Vocabulary:
    """The shared words.

    Raises:
        ItemsError: the file is no YAML.
    """
    faults: list[Fault] = []
    raw = read_marked(Path(__file__).parent / "vocabulary.yaml", FILE, faults)
    if faults:
        raise ItemsError(faults)

    def pairs(key: str) -> dict[str, tuple[str, str]]:
        return {name: split_languages(text) for name, text in raw[key].items()}

    return Vocabulary(
        patterns=raw["patterns"],
        conditions=raw["conditions"],
        fields=raw["fields"],
        materials=raw["materials"],
        departments={
            name: Heading(name, english, full) for name, (full, english) in pairs("departments").items()
        },
        groups={name: Heading(name, text) for name, text in raw["groups"].items()},
        licences={name: Heading(*both) for name, both in pairs("licences").items()},
    )


def split_languages(text: str) -> tuple[str, str]:
    """Chinese and English of one line; the second is empty where it was not written.

    >>> split_languages("居住证 / Residence permit"), split_languages("居住证")
    (('居住证', 'Residence permit'), ('居住证', ''))
    """
    chinese, _, english = text.partition(" / ")
    return chinese.strip(), english.strip()
