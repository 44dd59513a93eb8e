"""Reading a file of items: defaults of the file, patterns and earlier versions are laid under what each entry says.

What an entry says stands above everything else; below it the pattern it is `like`, then the version it `amends`, then
the file's defaults. So a version of an item states only what the law changed, and the older entry stays untouched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from minzheng.kernel.items.faults import Fault
from minzheng.kernel.items.marked import Series, Table, read_marked
from minzheng.kernel.items.model import (
    Channel,
    Field,
    Item,
    JoinedItem,
    JoinedPart,
    Jurisdiction,
    Material,
    Requirement,
    Result,
    ResultKind,
    Step,
)
from minzheng.kernel.items.parts import (
    PROVENANCES,
    moved,
    read_basis,
    read_field,
    read_material,
    read_requirement,
    read_result,
    read_step,
)
from minzheng.kernel.items.reading import NO_DAY, Place, Reader, read_days, words
from minzheng.kernel.items.vocabulary import Vocabulary

Part = TypeVar("Part")
_FILE_KEYS = ("defaults", "patterns", "items", "joined")
_ITEM_KEYS = (
    "code", "since", "until", "amends", "like", "name", "domain", "department", "group", "group_en", "basis",
    "source", "provenance", "who", "who_text", "fields", "materials", "route", "within", "at", "result", "channels",
    "citywide", "local_because", "on_the_spot", "assisted", "correction_days", "fee", "review", "appeal",
    "review_days", "words", "summary",
)  # fmt: skip
_OWN = {"code", "since", "amends", "like"}
_JOINED_KEYS = (
    "code", "name", "basis", "source", "provenance", "fields", "parts", "words", "summary",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """One version of an item with the lines of its parts, for checks that look at several parts or items."""

    item: Item
    place: Place
    table: Table

    def line(self, key: str, index: int | None = None) -> int:
        """The line of a key, or of the numbered entry of its list."""
        if index is not None:
            lines = getattr(self.table.get(key), "lines", ())
            if index < len(lines):
                return int(lines[index])
        return self.table.line_of(key)

    def fault(self, text: str, key: str = "code", index: int | None = None) -> None:
        """Tell a fault on a line of this entry."""
        self.place.fault(self.line(key, index), text)


@dataclass(frozen=True, slots=True)
class JoinedEntry:
    """A joined item with the lines of its parts."""

    item: JoinedItem
    place: Place
    table: Table

    def fault(self, text: str, index: int | None = None) -> None:
        """Tell a fault on the line of the numbered part, or of the entry."""
        lines = getattr(self.table.get("parts"), "lines", ())
        self.place.fault(lines[index] if index is not None and index < len(lines) else self.table.line, text)


@dataclass(frozen=True, slots=True)
class FileOfItems:
    """What one file declares."""

    entries: tuple[Entry, ...]
    joined: tuple[JoinedEntry, ...]


def read_file(path: Path, name: str, domain: str, vocabulary: Vocabulary, faults: list[Fault]) -> FileOfItems:
    """One file of items; `name` is how faults call it, `domain` whose posts handle its items unless they say it."""
    place = Place(name, faults)
    reader = Reader(read_marked(path, name, faults), 1, place, "文件 / file")
    reader.only(_FILE_KEYS)
    patterns = Table()
    for source in (vocabulary.patterns, reader.table.get("patterns") or Table()):
        for key, pattern in source.items():
            patterns.put(key, pattern, source.lines[key])
    for key, pattern in (reader.table.get("patterns") or Table()).items():
        one = Reader(pattern, reader.table["patterns"].line_of(key), place, f"样式 {key} / pattern {key}")
        one.only(k for k in _ITEM_KEYS if k not in _OWN)
    defaults = Reader(reader.table.get("defaults", Table()), 1, place, "defaults")
    defaults.only(k for k in _ITEM_KEYS if k not in _OWN)
    defaults.table.setdefault("domain", domain)
    defaults.table.lines.setdefault("domain", 1)
    layered = _Layers(defaults.table, patterns)
    entries, joined = [], []
    for raw, line in reader.entries("items"):
        code = str(raw.get("code", "")) if isinstance(raw, Table) else ""
        own = Place(name, faults, code)
        item = Reader(raw, line, own, "事项 / item")
        item.only(_ITEM_KEYS)
        table = layered.table(item)
        entries.append(Entry(_item(Reader(table, line, own, "事项 / item"), vocabulary), own, table))
    for raw, line in reader.entries("joined"):
        own = Place(name, faults, str(raw.get("code", "")) if isinstance(raw, Table) else "")
        one = Reader(raw, line, own, "一件事 / joined item")
        one.only(_JOINED_KEYS)
        joined.append(JoinedEntry(_joined(one, vocabulary), own, one.table))
    return FileOfItems(tuple(entries), tuple(joined))


class _Layers:
    """Lays defaults, the amended version and the pattern under an entry."""

    def __init__(self, defaults: Table, patterns: Table) -> None:
        self.defaults, self.patterns = defaults, patterns
        self.versions: dict[tuple[str, date], Table] = {}

    def table(self, item: Reader) -> Table:
        under = self.defaults
        amends = item.day("amends") if "amends" in item.table else None
        if amends:
            earlier = self.versions.get((item.text("code"), amends))
            if earlier is None:
                item.fault(
                    "amends",
                    f"本文件前面没有 {amends} 起施行的版本 / no version since {amends} stands above in this file",
                )
            else:
                # How long the earlier version stood is its own matter.
                under = earlier.over(self.defaults)
                under.pop("until", None)
        pattern = item.text("like") if "like" in item.table else ""
        if pattern and pattern not in self.patterns:
            known = "、".join(self.patterns)
            item.fault("like", f"没有样式 {pattern} / no pattern {pattern}; there are {known}")
        elif pattern:
            line = item.table.line_of("like")
            under = moved(self.patterns[pattern], line).over(under)
        made = item.table.over(under)
        if type(item.table.get("since")) is date:
            self.versions[item.text("code"), item.table["since"]] = made
        return made


def _item(reader: Reader, vocabulary: Vocabulary) -> Item:
    place = reader.place
    name, name_en = reader.both("name", needed=True)
    summary, summary_en = reader.both("summary")
    who_text, who_text_en = reader.both("who_text")
    because, because_en = reader.both("local_because")
    department = reader.text("department", needed=True)
    group = reader.text("group", needed=True)
    heading = vocabulary.groups.get(group)
    source, provenance = reader.text("source"), reader.text("provenance")
    if "basis" not in reader.table:
        reader.fault("code", "缺少依据 basis / basis is missing: name the papers the item rests on")
    basis = tuple(read_basis(v, line, place, source, provenance) for v, line in reader.entries("basis"))
    if "basis" in reader.table and not basis:
        reader.fault("basis", "依据 basis 为空 / basis is empty: name the papers the item rests on")
    return Item(
        code=reader.text("code", needed=True),
        since=reader.day("since", needed=True) or NO_DAY,
        until=reader.day("until"),
        name=name,
        name_en=name_en,
        domain=reader.text("domain", needed=True),
        department=department,
        group=group,
        group_en=reader.text("group_en") or (heading.name_en if heading else ""),
        basis=basis,
        route=tuple(_route(reader, department)),
        result=_result(reader),
        fields=_fields(reader, vocabulary),
        materials=_materials(reader, vocabulary),
        who=_conditions(reader, vocabulary),
        who_text=who_text,
        who_text_en=who_text_en,
        channels=_channels(reader),
        is_citywide=reader.flag("citywide", True),
        local_because=because,
        local_because_en=because_en,
        is_on_the_spot=reader.flag("on_the_spot", False),
        is_assisted=reader.flag("assisted", False),
        correction_days=reader.whole("correction_days", 10),
        fee_fen=reader.whole("fee", 0),
        may_review=reader.flag("review", True),
        may_appeal=reader.flag("appeal", True),
        review_days=reader.whole("review_days", 20),
        words=reader.texts("words"),
        summary=summary,
        summary_en=summary_en,
        provenance=_weakest([b.provenance for b in basis]),
        file=place.file,
        line=reader.line,
    )


def _parts(reader: Reader, key: str, read: Callable[[Any, int], Part | None]) -> list[Part]:
    """The parts of a list that could be read; the list keeps just these, so that later faults find their lines."""
    found: list[Part] = []
    kept = Series(reader.table.line_of(key))
    for value, line in reader.entries(key):
        part = read(value, line)
        if part is not None:
            found.append(part)
            kept.append(value)
            kept.lines.append(line)
    if key in reader.table:
        reader.table.put(key, kept, kept.line)
    return found


def _conditions(reader: Reader, vocabulary: Vocabulary) -> tuple[Requirement, ...]:
    words_of = vocabulary.conditions
    return tuple(_parts(reader, "who", lambda v, line: read_requirement(v, line, reader.place, words_of)))


def _fields(reader: Reader, vocabulary: Vocabulary) -> tuple[Field, ...]:
    words_of = vocabulary.fields
    return tuple(_parts(reader, "fields", lambda v, line: read_field(v, line, reader.place, words_of)))


def _materials(reader: Reader, vocabulary: Vocabulary) -> tuple[Material, ...]:
    words_of = vocabulary.materials
    return tuple(_parts(reader, "materials", lambda v, line: read_material(v, line, reader.place, words_of)))


def _weakest(provenances: list[str]) -> str:
    """An item stands as firmly as the weakest paper it rests on."""
    known = [p for p in provenances if p in PROVENANCES]
    return max(known, key=PROVENANCES.index, default="illustrative")


def _result(reader: Reader) -> Result:
    if "result" not in reader.table:
        reader.fault("code", "缺少结果 result / result is missing: what does a granted case leave behind")
        return Result(ResultKind.ANSWER, "", "")
    return read_result(reader.table["result"], reader.table.line_of("result"), reader.place)


def _channels(reader: Reader) -> frozenset[Channel]:
    if "channels" not in reader.table:
        return frozenset({Channel.COUNTER, Channel.ONLINE})
    found = set()
    for value, line in reader.entries("channels"):
        if isinstance(value, str) and value in {str(c) for c in Channel}:
            found.add(Channel(value))
        else:
            reader.place.fault(line, f"没有办理渠道 {value!r} / no such channel; one of {words(Channel)}")
    if not found:
        reader.fault("channels", "办理渠道为空 / channels are empty: a case can come in by none")
    return frozenset(found)


def _route(reader: Reader, department: str) -> Iterator[Step]:
    """The steps, with the clocks (`within`) and places (`at`) that the entry sets for a pattern's steps."""
    steps = _parts(reader, "route", lambda v, line: read_step(v, line, reader.place, department))
    kinds = {str(step.kind) for step in steps}
    changes: dict[str, dict[str, Any]] = {}
    for key in ("within", "at"):
        raw = reader.table.get(key, Table())
        if not isinstance(raw, Table):
            reader.fault(key, f"{key} 写作 {{环节: 值}} / write {key} as {{step: value}}")
            continue
        for kind, value in raw.items():
            line = raw.line_of(kind)
            if kind not in kinds:
                reader.place.fault(line, f"{key}：办理环节中没有 {kind} / the route has no step {kind}")
                continue
            change = changes.setdefault(kind, {})
            if key == "within":
                days = read_days(value)
                if days is None or days[0] < 0:
                    reader.place.fault(
                        line,
                        f"{kind} 的期限 {value!r} 不对，写作 20 working days / write a clock such as 20 working days",
                    )
                else:
                    change["days"], change["in_workdays"] = days
            elif value not in {str(j) for j in Jurisdiction}:
                reader.place.fault(line, f"没有管辖 {value!r} / no such place; one of {words(Jurisdiction)}")
            else:
                change["place"] = Jurisdiction(value)
    for step in steps:
        yield replace(step, **changes.get(str(step.kind), {}))


def _joined(reader: Reader, vocabulary: Vocabulary) -> JoinedItem:
    place = reader.place
    name, name_en = reader.both("name", needed=True)
    summary, summary_en = reader.both("summary")
    source, provenance = reader.text("source"), reader.text("provenance")
    basis = tuple(read_basis(v, line, place, source, provenance) for v, line in reader.entries("basis"))
    if not basis:
        reader.fault("basis", "缺少依据 basis / basis is missing: name the papers the item rests on")
    return JoinedItem(
        code=reader.text("code", needed=True),
        name=name,
        name_en=name_en,
        basis=basis,
        fields=_fields(reader, vocabulary),
        parts=tuple(_part(v, line, place) for v, line in reader.entries("parts")),
        words=reader.texts("words"),
        summary=summary,
        summary_en=summary_en,
        provenance=_weakest([b.provenance for b in basis]),
    )


def _part(value: Any, line: int, place: Place) -> JoinedPart:
    reader = Reader(value, line, place, "一件事的事项 / part")
    reader.only(("item", "shares", "optional", "after"))
    shares = reader.table.get("shares", Table())
    if not isinstance(shares, Table) or not all(isinstance(v, str) for v in shares.values()):
        reader.fault(
            "shares", "shares 写作 {事项的表单项: 共用表单项} / write {the item's field: shared field}"
        )
        shares = Table()
    return JoinedPart(
        item=reader.text("item", needed=True),
        shares={str(k): v for k, v in shares.items()},
        is_optional=reader.flag("optional", False),
        after=reader.text("after"),
    )
