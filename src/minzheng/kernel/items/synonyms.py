"""What people say for what the catalogue calls otherwise: `synonyms.yaml` beside a package's items."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from minzheng.kernel.items.faults import Fault
from minzheng.kernel.items.marked import read_marked
from minzheng.kernel.items.model import Item
from minzheng.kernel.items.reading import Place, Reader
from minzheng.kernel.items.search import Synonym, is_meant


@dataclass(frozen=True, slots=True)
class ReadSynonym:
    """A synonym and where it stands."""

    synonym: Synonym
    place: Place
    line: int


def read_synonyms(folder: Path, name: str, faults: list[Fault]) -> list[ReadSynonym]:
    """The synonyms of one package; none where it has no file of them."""
    path = folder / "synonyms.yaml"
    if not path.is_file():
        return []
    place = Place(f"{name}/{path.name}", faults)
    reader = Reader(read_marked(path, place.file, faults), 1, place, "文件 / file")
    reader.only(("synonyms",))
    found = []
    for value, line in reader.entries("synonyms"):
        one = Reader(value, line, place, "同义词 / synonym")
        one.only(("mean", "say"))
        found.append(ReadSynonym(Synonym(one.text("mean", needed=True), one.texts("say")), place, line))
    return found


def check_synonyms(synonyms: Iterable[ReadSynonym], items: Collection[Item]) -> None:
    """Every meaning leads to an item."""
    for one in synonyms:
        if not any(is_meant(one.synonym.mean, item) for item in items):
            one.place.fault(
                one.line,
                f"没有事项的名称或用语含“{one.synonym.mean}” / no item's name or words contain what is meant",
            )
