"""Every declared figure of the platform: those of the kernel's own records, and those of each domain's `indicators.py`.

A package without such a file brings none. What is declared is checked as a whole when it is first read, so a figure with a
fault stops the platform at its start and not a page in December.
"""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from importlib.util import find_spec
from types import ModuleType

from minzheng.kernel.indicators.errors import IndicatorsError, NoSuchFigure
from minzheng.kernel.indicators.model import Fact, Identity, Indicator, Kind, Listing, Measure, Ratio

OWN = "minzheng.kernel.indicators.records"
Figure = Indicator | Ratio | Fact | Listing
_RELATIONS = ("==", "<=")


@dataclass(frozen=True)
class Registry:
    """The figures by id, in the order in which they were declared."""

    indicators: dict[str, Indicator] = field(default_factory=dict)
    ratios: dict[str, Ratio] = field(default_factory=dict)
    facts: dict[str, Fact] = field(default_factory=dict)
    listings: dict[str, Listing] = field(default_factory=dict)
    identities: tuple[Identity, ...] = ()
    domains: dict[str, str] = field(default_factory=dict)
    """Figure → the domain it belongs to."""

    @cached_property
    def figures(self) -> dict[str, Figure]:
        """Every figure by id, a domain's together."""
        every: dict[str, Figure] = {**self.indicators, **self.ratios, **self.facts, **self.listings}
        order = list(dict.fromkeys(self.domains.values()))
        return dict(sorted(every.items(), key=lambda one: order.index(self.domains[one[0]])))

    @cached_property
    def by_seed_id(self) -> dict[str, Figure]:
        """Figures by their name in the list of the annual summary."""
        return {figure.seed_id: figure for figure in self.figures.values() if figure.seed_id}

    def figure(self, name: str) -> Figure:
        """A figure by its id, or by that of the summary's list.

        Raises:
            NoSuchFigure: nothing is declared under the name.
        """
        found = self.figures.get(name) or self.by_seed_id.get(name)
        if found is None:
            raise NoSuchFigure(f"没有指标 {name} / no figure {name}; `minzheng figures list` shows them")
        return found

    def knows(self, name: str) -> bool:
        return name in self.figures or name in self.by_seed_id


def listed_packages() -> tuple[str, ...]:
    """The kernel's own records, then the packages of the settings MINZHENG_DOMAINS and MINZHENG_REGISTERS."""
    from django.conf import settings  # Only where no list is given.

    named = [*getattr(settings, "MINZHENG_DOMAINS", ()), *getattr(settings, "MINZHENG_REGISTERS", ())]
    return tuple(dict.fromkeys(named))


def registry(packages: Sequence[str] | None = None) -> Registry:
    """Every figure of these packages, or of the settings' packages; read once for each list.

    Raises:
        IndicatorsError: something is declared wrongly; the message tells every fault.
    """
    return _loaded(listed_packages() if packages is None else tuple(packages))


@lru_cache(maxsize=8)
def _loaded(packages: tuple[str, ...]) -> Registry:
    found = Registry()
    identities: list[Identity] = []
    faults: list[str] = []
    for domain, module in _modules(packages):
        declared: list[Figure] = [
            *getattr(module, "INDICATORS", ()),
            *getattr(module, "RATIOS", ()),
            *getattr(module, "FACTS", ()),
            *getattr(module, "LISTINGS", ()),
        ]
        identities += getattr(module, "IDENTITIES", ())
        for one in declared:
            if one.id in found.domains:
                faults.append(f"指标 {one.id} 重复 / declared twice: {found.domains[one.id]}, {domain}")
                continue
            figure = replace(one, domain=one.domain or domain) if isinstance(one, Indicator) else one
            found.domains[figure.id] = figure.domain if isinstance(figure, Indicator) else domain
            _shelf(found, figure)[figure.id] = figure
    made = replace(found, identities=tuple(identities))
    faults += [*_faults_of_indicators(made), *_faults_of_relations(made)]
    if faults:
        raise IndicatorsError(faults)
    return made


def _modules(packages: tuple[str, ...]) -> Iterable[tuple[str, ModuleType]]:
    own = importlib.import_module(OWN)
    yield from ((domain, own_part) for domain, own_part in own.PARTS.items())
    for package in packages:
        if find_spec(f"{package}.indicators") is not None:
            yield package.rpartition(".")[2], importlib.import_module(f"{package}.indicators")


def _shelf(found: Registry, figure: Figure) -> dict[str, Figure]:
    shelf = {
        Indicator: found.indicators,
        Ratio: found.ratios,
        Fact: found.facts,
        Listing: found.listings,
    }
    return shelf[type(figure)]  # type: ignore[return-value]


def _faults_of_indicators(found: Registry) -> Iterable[str]:
    for one in found.indicators.values():
        wanted = ("%(on)s",) if one.kind is Kind.STOCK else ("%(first)s", "%(last)s")
        for place in wanted:
            if place not in one.rows:
                yield f"{one.id}: {one.kind} 的 rows 须使用 {place} / rows of this kind must use it"
        if one.rests_on and one.rests_on not in found.indicators:
            yield f"{one.id}: 没有指标 {one.rests_on} / no indicator of this id to rest on"
        if not one.tables:
            yield f"{one.id}: tables 未列出来源表 / name the tables the rows come from"
        columns = [dimension.column for dimension in one.dimensions]
        for column in columns:
            if not column.isidentifier() or column in ("id", "on_day", "division_code", "amount", "counted"):
                yield f"{one.id}: 分组列名 {column!r} 不可用 / not usable as a dimension's column"
        if len(set(columns)) < len(columns):
            yield f"{one.id}: 分组列重复 / a dimension is named twice"
        if one.unit == "fen" and one.measure is not Measure.SUM:
            yield f"{one.id}: 单位为 fen 的指标须为 SUM / money is added up"


def _faults_of_relations(found: Registry) -> Iterable[str]:
    for ratio in found.ratios.values():
        for side in (ratio.numerator, ratio.denominator):
            if side not in found.indicators:
                yield f"{ratio.id}: 没有指标 {side} / no indicator of this id to divide"
    for identity in found.identities:
        if identity.relation not in _RELATIONS:
            yield f"{identity.name}: relation 须为 == 或 <= / not {identity.relation!r}"
    seeds = Counter(figure.seed_id for figure in found.figures.values() if figure.seed_id)
    for name, times in seeds.items():
        if times > 1:
            yield f"{name}: 有 {times} 个指标同称 / {times} figures claim this name of the summary"


def names_of(identity: Identity) -> tuple[str, ...]:
    """Every figure an identity speaks of."""
    return (*identity.left, *identity.right)
