"""The catalogue (事项目录): every item of the listed packages, by code, by day and by version."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from importlib.util import find_spec
from pathlib import Path

from minzheng.kernel.items.checking import check_item, check_joined, check_together
from minzheng.kernel.items.faults import Fault, ItemNotInForce, ItemsError
from minzheng.kernel.items.model import Item, JoinedItem
from minzheng.kernel.items.parsing import Entry, JoinedEntry, read_file
from minzheng.kernel.items.search import Index, SearchHit, Synonym
from minzheng.kernel.items.synonyms import check_synonyms, read_synonyms
from minzheng.kernel.items.vocabulary import Heading, vocabulary
from minzheng.kernel.programmes import all_benefits


@dataclass(frozen=True)
class Catalogue:
    """The items of some packages; `versions` holds each item's versions, the earliest first."""

    versions: dict[str, tuple[Item, ...]]
    joined: dict[str, JoinedItem] = field(default_factory=dict)
    synonyms: tuple[Synonym, ...] = ()

    @cached_property
    def latest(self) -> dict[str, Item]:
        """Each item's latest version, in the order of the files."""
        return {code: versions[-1] for code, versions in self.versions.items()}

    def on(self, day: date) -> list[Item]:
        """The version of each item in force on a day, in the order of the files."""
        return [item for versions in self.versions.values() if (item := _in_force(versions, day))]

    def item_on(self, code: str, day: date) -> Item:
        """The version of an item in force on a day.

        Raises:
            KeyError: there is no such item.
            ItemNotInForce: no version of it is in force on that day.
        """
        versions = self._versions(code)
        item = _in_force(versions, day)
        if item is None:
            told = "、".join(f"{v.since} 至 {v.until or '今'}" for v in versions)
            raise ItemNotInForce(
                f"事项“{versions[0].name}”（{code}）在 {day} 未施行，施行期：{told} / "
                f"not in force on {day}; its versions begin on {', '.join(v.version for v in versions)}"
            )
        return item

    def item_version(self, code: str, version: str) -> Item:
        """One version of an item, named by its first day; KeyError where there is none."""
        for item in self._versions(code):
            if item.version == version:
                return item
        known = "、".join(v.version for v in self._versions(code))
        raise KeyError(f"事项 {code} 没有版本 {version} / no version {version} of {code}; there are {known}")

    def _versions(self, code: str) -> tuple[Item, ...]:
        try:
            return self.versions[code]
        except KeyError:
            raise KeyError(
                f"没有事项 {code} / no service item {code}; `minzheng items list` shows them"
            ) from None

    @cached_property
    def _index(self) -> Index[Item]:
        return Index(self.latest.values(), self.synonyms)

    @cached_property
    def _joined_index(self) -> Index[JoinedItem]:
        return Index(self.joined.values(), self.synonyms)

    def search(self, text: str, *, limit: int = 20, on: date | None = None) -> list[SearchHit[Item]]:
        """Items by everyday words, the best first; `on` keeps those in force that day, in the version of that day."""
        if on is None:
            return self._index.search(text, limit=limit)
        hits = []
        for hit in self._index.search(text, limit=len(self.versions)):
            item = _in_force(self.versions[hit.item.code], on)
            if item:
                hits.append(replace(hit, item=item))
        return hits[:limit]

    def search_joined(self, text: str, *, limit: int = 5) -> list[SearchHit[JoinedItem]]:
        """Joined items by everyday words, the best first."""
        return self._joined_index.search(text, limit=limit)

    def departments(self) -> list[Heading]:
        """The departments that own items, in the vocabulary's order."""
        used = {item.department for item in self.latest.values()}
        return [heading for name, heading in vocabulary().departments.items() if name in used]

    def groups(self) -> list[Heading]:
        """The headings that hold items, in the order in which screens show them; a file's own come last."""
        used = {item.group: Heading(item.group, item.group_en) for item in self.latest.values()}
        known = vocabulary().groups
        return [h for name, h in known.items() if name in used] + [
            h for n, h in used.items() if n not in known
        ]


def _in_force(versions: tuple[Item, ...], day: date) -> Item | None:
    """The latest version that has begun; it stands until its own last day, which counts."""
    begun = [item for item in versions if item.since <= day]
    if not begun or (begun[-1].until and day > begun[-1].until):
        return None
    return begun[-1]


def listed_item_packages() -> tuple[str, ...]:
    """The packages that hold items: every domain, then those of the setting MINZHENG_ITEMS."""
    from django.conf import settings  # Only where no list is given.

    named = [*getattr(settings, "MINZHENG_DOMAINS", ()), *getattr(settings, "MINZHENG_ITEMS", ())]
    return tuple(dict.fromkeys(named))


def load_items(packages: Sequence[str] | None = None) -> Catalogue:
    """The items of these packages, or of the settings' packages; read once for each list.

    Raises:
        ItemsError: something is declared wrongly; the message tells every fault with its file and line.
    """
    chosen = listed_item_packages() if packages is None else tuple(packages)
    found, faults = _loaded(chosen)
    if faults:
        raise ItemsError(faults)
    return found


def check_items(packages: Sequence[str] | None = None) -> list[Fault]:
    """Every fault in the packages' files, by file and line."""
    return sorted(_loaded(listed_item_packages() if packages is None else tuple(packages))[1])


@lru_cache(maxsize=16)
def _loaded(packages: tuple[str, ...]) -> tuple[Catalogue, tuple[Fault, ...]]:
    faults: list[Fault] = []
    entries: list[Entry] = []
    joined: list[JoinedEntry] = []
    words = vocabulary()
    for path, name, domain in _files(packages, faults):
        found = read_file(path, name, domain, words, faults)
        entries.extend(found.entries)
        joined.extend(found.joined)
    benefits = {benefit.code: None for _, benefit in all_benefits()}
    for entry in entries:
        check_item(entry, words, benefits)
    check_together(entries)
    versions: dict[str, list[Item]] = {}
    for entry in entries:
        versions.setdefault(entry.item.code, []).append(entry.item)
    synonyms = [s for folder, name in _folders(packages, []) for s in read_synonyms(folder, name, faults)]
    made = Catalogue(
        {code: tuple(sorted(all_, key=lambda i: i.since)) for code, all_ in versions.items()},
        {entry.item.code: entry.item for entry in joined},
        tuple(s.synonym for s in synonyms),
    )
    check_joined(joined, made.latest)
    check_synonyms(synonyms, made.latest.values())
    return made, tuple(dict.fromkeys(faults))


def forget_items() -> None:
    """Read the files again at the next question, after they were changed."""
    _loaded.cache_clear()


def _folders(packages: Iterable[str], faults: list[Fault]) -> list[tuple[Path, str]]:
    """Each package's folder, with the name that faults give it."""
    found = []
    for package in packages:
        spec = find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            told = "设置所列的事项包不存在 / the settings list no such package of items"
            faults.append(Fault(package, 1, "", told))
            continue
        found.append(
            (Path(spec.submodule_search_locations[0]), "/".join(package.split(".")[1:] or [package]))
        )
    return found


def _files(packages: Iterable[str], faults: list[Fault]) -> Iterator[tuple[Path, str, str]]:
    """Each file of items with its name in faults and the domain whose posts handle its items.

    `service_items.yaml` belongs to the package; a file of the folder `service_items/` to a domain of its own name.
    """
    for folder, name in _folders(packages, faults):
        single = folder / "service_items.yaml"
        if single.is_file():
            yield single, f"{name}/{single.name}", folder.name
        for path in sorted((folder / "service_items").glob("*.yaml")):
            yield path, f"{name}/service_items/{path.name}", path.stem
