"""Finding the programmes: each package of the list is read once and held against what the kernel expects."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from minzheng.kernel.parameters import ParameterSet, load_folder
from minzheng.kernel.programmes.manifest import Benefit, Programme
from minzheng.kernel.rules import LawError, rules_in


def listed_packages() -> tuple[str, ...]:
    """The packages that the setting MINZHENG_DOMAINS names."""
    from django.conf import (
        settings,
    )  # Only where no list is given; the kernel's law core runs without Django.

    domains = getattr(settings, "MINZHENG_DOMAINS", None)
    if domains is None:
        raise LawError(
            "设置 MINZHENG_DOMAINS 未列出领域包 / the setting MINZHENG_DOMAINS lists no domain packages"
        )
    return tuple(domains)


@cache
def load_programme(package: str) -> Programme:
    """Read one domain package: its manifest, parameters and rules.

    Raises:
        LawError: names the package and what is missing or wrong.
    """
    try:
        module = importlib.import_module(f"{package}.programme")
    except ModuleNotFoundError as error:
        raise LawError(f"{package}: 缺少 programme.py / a domain needs programme.py: {error}") from error
    manifest = getattr(module, "PROGRAMME", None)
    if not isinstance(manifest, Programme):
        raise LawError(
            f"{package}/programme.py: 须有 PROGRAMME = Programme(…) / it must hold PROGRAMME = Programme(…)"
        )
    folder = Path(str(module.__file__)).parent
    rules_package = importlib.import_module(f"{package}.rules")
    for found in pkgutil.walk_packages(rules_package.__path__, f"{package}.rules."):
        importlib.import_module(found.name)
    rules = tuple(rules_in(f"{package}.rules"))
    names = {r.name for r in rules}
    for benefit in manifest.benefits:
        wanted = [benefit.amount, benefit.share, *(n for c in benefit.conditions for n in (c.rule, c.known))]
        for name in filter(None, wanted):
            if name not in names:
                raise LawError(
                    f"{package}: 待遇 {benefit.code} 引用了不存在的规则 {name} / names no rule {name}"
                )
    parameters = ParameterSet(manifest.code, load_folder(folder / "parameters"))
    for benefit in manifest.benefits:
        for key in filter(None, (benefit.pay_months, benefit.objection_days)):
            if key not in parameters.parameters:
                raise LawError(
                    f"{package}: 待遇 {benefit.code} 引用了不存在的参数 {key} / no parameters/{key}.yaml"
                )
    return replace(manifest, package=package, folder=folder, parameters=parameters, rules=rules)


def load_programmes(packages: Sequence[str] | None = None) -> list[Programme]:
    """The programmes of the given packages, or of the setting MINZHENG_DOMAINS, in order.

    Raises:
        LawError: two programmes or benefits share a code or a roster name.
    """
    programmes = [load_programme(p) for p in (listed_packages() if packages is None else packages)]
    seen: dict[str, str] = {}
    for programme in programmes:
        keys = [f"项目 {programme.code}", *(f"待遇 {b.code}" for b in programme.benefits)]
        keys += [f"名册 {name}" for b in programme.benefits for name in b.roster_names]
        for key in keys:
            if key in seen:
                raise LawError(f"{key} 同时见于 {seen[key]} 与 {programme.package} / listed twice")
            seen[key] = programme.package
    return programmes


def all_benefits(programmes: Iterable[Programme] | None = None) -> list[tuple[Programme, Benefit]]:
    """Every benefit with its programme."""
    chosen = load_programmes() if programmes is None else programmes
    return [(p, b) for p in chosen for b in p.benefits]


def benefit_by_code(code: str, programmes: Iterable[Programme] | None = None) -> tuple[Programme, Benefit]:
    """The benefit of this code with its programme; KeyError where there is none."""
    for programme, benefit in all_benefits(programmes):
        if benefit.code == code:
            return programme, benefit
    raise KeyError(code)


def benefit_by_roster_name(
    name: str, programmes: Iterable[Programme] | None = None
) -> tuple[Programme, Benefit] | None:
    """The benefit that offices call by this name in their rosters, or None."""
    for programme, benefit in all_benefits(programmes):
        if name.strip() in (*benefit.roster_names, benefit.name):
            return programme, benefit
    return None


def parameter_sets(programmes: Iterable[Programme] | None = None) -> list[ParameterSet]:
    """The parameters of every programme, for the report on the standing of the law."""
    return [p.parameters for p in (load_programmes() if programmes is None else programmes)]
