"""Reading parameter files strictly: a slip in a legal value must not pass as a default."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from minzheng.kernel.periods import Month

PROVENANCES = ("seed", "public", "illustrative")
_FILE_KEYS = {"name", "name_en", "unit", "values", "note"}
_ENTRY_KEYS = {"from", "value", "source", "provenance", "checked", "place", "note", "published"}

Value = int | tuple[int, ...] | tuple[tuple[int, int], ...]


class ParameterError(ValueError):
    """A parameter file is wrong; the message names the file and the entry."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One dated value with its paper."""

    from_: date
    value: Value
    source: str
    provenance: str
    checked: date
    place: str = ""
    published: date | None = None

    def known_on(self, day: date) -> bool:
        """Whether the paper was out on a day; one whose publication nobody noted counts from its first day in force."""
        return (self.published or self.from_) <= day


@dataclass(frozen=True, slots=True)
class Parameter:
    """One legal value through time (参数)."""

    key: str
    name: str
    name_en: str
    unit: str
    entries: tuple[Entry, ...]
    path: Path
    banded: bool = False

    def entry_at(self, month: Month, place: str = "") -> Entry | None:
        """The entry in force on the month's first day, the most particular place first; None before the
        first.

        A value that changes inside a month takes effect with the next one, because benefits are paid by
        month.
        """
        best: Entry | None = None
        for entry in self.entries:
            if entry.from_ > month.first_day or not place.startswith(entry.place):
                continue
            if best is None or (len(entry.place), entry.from_) >= (len(best.place), best.from_):
                best = entry
        return best


def _value(raw: Any, where: str) -> tuple[Value, bool]:
    """A whole number, a list of whole numbers, or bands; and whether it is bands."""
    if type(raw) is int:
        return raw, False
    if isinstance(raw, list) and raw and all(type(x) is int for x in raw):
        return tuple(raw), False
    if isinstance(raw, list) and raw and all(isinstance(x, dict) for x in raw):
        bands: list[tuple[int, int]] = []
        for number, band in enumerate(raw, 1):
            if set(band) != {"from", "value"} or any(type(v) is not int for v in band.values()):
                raise ParameterError(
                    f"{where}, band {number}: write {{from: 65, value: 7500}} in whole numbers"
                )
            if bands and band["from"] <= bands[-1][0]:
                raise ParameterError(f"{where}, band {number}: bands must rise, {band['from']} does not")
            bands.append((band["from"], band["value"]))
        return tuple(bands), True
    raise ParameterError(
        f"{where}: value must be a whole number (money in fen), a list of them, or bands; got {raw!r}"
    )


def _entry(raw: Any, where: str) -> tuple[Entry, bool]:
    if not isinstance(raw, dict):
        raise ParameterError(f"{where}: an entry is a mapping with from, value, source, provenance, checked")
    unknown, missing = set(raw) - _ENTRY_KEYS, {"from", "value", "source", "provenance", "checked"} - set(raw)
    if unknown or missing:
        problem = f"unknown keys {sorted(unknown)}" if unknown else f"missing keys {sorted(missing)}"
        raise ParameterError(f"{where}: {problem}")
    for key in ("from", "checked"):
        if type(raw[key]) is not date:
            raise ParameterError(f"{where}: {key} must be a day such as 2022-07-01, got {raw[key]!r}")
    if "published" in raw and type(raw["published"]) is not date:
        raise ParameterError(f"{where}: published must be a day such as 2022-07-01, got {raw['published']!r}")
    if raw["provenance"] not in PROVENANCES:
        raise ParameterError(f"{where}: provenance must be one of {PROVENANCES}, got {raw['provenance']!r}")
    if not isinstance(raw["source"], str) or not raw["source"].strip():
        raise ParameterError(f"{where}: source must name the paper, or say what the assumption rests on")
    value, banded = _value(raw["value"], where)
    place = str(raw.get("place") or "")
    entry = Entry(
        raw["from"],
        value,
        raw["source"].strip(),
        raw["provenance"],
        raw["checked"],
        place,
        raw.get("published"),
    )
    return entry, banded


def load_parameter(path: Path) -> Parameter:
    """Read one file; its stem is the name rules use.

    Raises:
        ParameterError: names the file, the entry and what was expected.
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ParameterError(f"{path}: not YAML: {error}") from error
    if not isinstance(raw, dict) or not isinstance(raw.get("values"), list) or not raw["values"]:
        raise ParameterError(f"{path}: a parameter file has name, unit and a list of values")
    if not path.stem.isidentifier():
        raise ParameterError(f"{path}: the file's name must be usable as m.<name>, such as standard.yaml")
    unknown = set(raw) - _FILE_KEYS
    if unknown:
        raise ParameterError(f"{path}: unknown keys {sorted(unknown)}")
    for key in ("name", "unit"):
        if not isinstance(raw.get(key), str) or not raw[key].strip():
            raise ParameterError(f"{path}: {key} is missing")
    entries, kinds = [], set()
    for number, item in enumerate(raw["values"], 1):
        entry, banded = _entry(item, f"{path}, entry {number}")
        entries.append(entry)
        kinds.add("bands" if banded else type(entry.value).__name__)
    if len(kinds) > 1:
        raise ParameterError(f"{path}: entries must be of one kind, found {sorted(kinds)}")
    entries.sort(key=lambda e: (e.place, e.from_))
    for earlier, later in pairwise(entries):
        if (earlier.place, earlier.from_) == (later.place, later.from_):
            raise ParameterError(f"{path}: two entries from {later.from_} for the same place")
    name, name_en = raw["name"].strip(), raw.get("name_en") or path.stem.replace("_", " ")
    return Parameter(path.stem, name, name_en, raw["unit"].strip(), tuple(entries), path, kinds == {"bands"})


def load_folder(folder: Path) -> dict[str, Parameter]:
    """Every parameter of a folder by name; an absent folder holds none."""
    return {p.key: p for p in map(load_parameter, sorted(folder.glob("*.yaml")))} if folder.is_dir() else {}
