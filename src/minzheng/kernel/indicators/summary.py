"""The list of figures that the annual summary states (年度总结指标清单), and which of them the platform can derive so far.

The list stands as data beside the domains (setting MINZHENG_SUMMARY): names and relations, no values. A figure claims its
name there by `seed_id`; the others are told with the domain that will bring them, by the name that the list has for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

import yaml

from minzheng.kernel.indicators.errors import IndicatorsError
from minzheng.kernel.indicators.model import Identity
from minzheng.kernel.indicators.reading import Answer, Asked, answers
from minzheng.kernel.indicators.registry import registry
from minzheng.kernel.places.resolution import CITY
from minzheng.kernel.programmes import load_programmes

_KEYS = {"id", "name", "unit", "kind", "period", "domain"}


@dataclass(frozen=True, slots=True)
class Stated:
    """One figure of the list."""

    id: str
    name: str
    unit: str
    kind: str
    period: str
    domain: str


@dataclass(frozen=True, slots=True)
class Derived:
    """A figure of the list with its answer; None where no domain brings it yet."""

    stated: Stated
    answer: Answer | None

    @property
    def value(self) -> int | float | str | None:
        """The value in the list's unit: yuan where the platform keeps fen, to the fen; a day as ISO text, years as 2022/2035."""
        value = self.answer.value if self.answer else None
        if isinstance(value, date):
            return value.isoformat()
        if value is None or isinstance(value, str):
            return value
        if self.stated.unit.startswith("yuan"):
            return value // 100 if value % 100 == 0 else round(value / 100, 2)
        return round(value, 2) if isinstance(value, float) else value


@dataclass(frozen=True, slots=True)
class Summary:
    """The list in its order, with the relations between its figures."""

    figures: tuple[Stated, ...]
    identities: tuple[Identity, ...]
    domains: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Code → 中文, English; without the programmes, which name themselves."""


def summary() -> Summary:
    """The list that the setting MINZHENG_SUMMARY names; empty where none is named.

    Raises:
        IndicatorsError: the file is wrong; the message tells every fault.
    """
    from django.conf import settings  # The path belongs to the installation.

    path = getattr(settings, "MINZHENG_SUMMARY", None)
    return _read(Path(path)) if path else Summary((), ())


def domain_name(code: str, *, is_english: bool = False) -> str:
    """What a domain is called, one that is still to come too: a programme's own name, or the list's."""
    own = next(((one.name, one.name_en) for one in load_programmes() if one.code == code), None)
    chinese, english = own or summary().domains.get(code, (code, code))
    return english if is_english else chinese


def derive(year: int, place: str = CITY) -> list[Derived]:
    """Every figure of the list for a year and place; as many queries as `answers`."""
    found = registry()
    stated = summary().figures
    known = {one.id: found.by_seed_id[one.id] for one in stated if one.id in found.by_seed_id}
    answered = answers(Asked.year(year, place), known.values())
    return [Derived(one, answered[known[one.id].id] if one.id in known else None) for one in stated]


@lru_cache(maxsize=2)
def _read(path: Path) -> Summary:
    told = yaml.safe_load(path.read_text(encoding="utf-8"))
    faults: list[str] = []
    stated = []
    for at, entry in enumerate(told["figures"], 1):
        if set(entry) != _KEYS:
            faults.append(
                f"{path.name} 第 {at} 项 {entry.get('id')}: 应有且仅有 {sorted(_KEYS)} / exactly these keys"
            )
            continue
        stated.append(Stated(**{key: str(value) for key, value in entry.items()}))
    names = {one.id: one.name for one in stated}
    identities = []
    for entry in told["identities"]:
        unknown = [name for name in (*entry["left"], *entry["right"]) if name not in names]
        if unknown or entry["relation"] not in ("==", "<="):
            faults.append(f"{path.name}: 勾稽关系 {entry} 有误 / unknown figures {unknown} or relation")
            continue
        sign = "=" if entry["relation"] == "==" else "≤"
        words, ids = (
            f" {sign} ".join(" + ".join(of(name) for name in entry[side]) for side in ("left", "right"))
            for of in (names.__getitem__, str)
        )
        identities.append(
            Identity(words, ids, tuple(entry["left"]), tuple(entry["right"]), entry["relation"])
        )
    if faults:
        raise IndicatorsError(faults)
    domains = {code: (chinese, english) for code, (chinese, english) in told["domains"].items()}
    return Summary(tuple(stated), tuple(identities), domains)
