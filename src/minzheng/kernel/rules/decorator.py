"""`@rule`: a small function of a person or a household and the month's parameters, with its paper."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from minzheng.kernel.periods import Month
from minzheng.kernel.rules.errors import RuleError
from minzheng.kernel.rules.graph import HOUSEHOLD, PERSON
from minzheng.kernel.rules.operations import BOOL, INT

PROVENANCES = ("seed", "public", "illustrative")
_YES_NO = ("is_", "has_", "meets_", "may_", "pays_", "can_")


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A rule of law as written: the function and what an auditor asks about it."""

    function: Callable[..., Any]
    name: str
    module: str
    entity: str
    dtype: str
    label: str
    label_en: str
    source: str
    provenance: str
    unit: str
    from_: Month | None
    until: Month | None
    file: str
    line: int

    def in_force(self, month: Month) -> bool:
        return (self.from_ is None or self.from_ <= month) and (self.until is None or month <= self.until)

    def __call__(self, subject: Any) -> Any:
        """Read this rule's value for a person or household inside another rule."""
        read = getattr(subject, "_read_rule", None)
        if read is None:
            raise RuleError(
                f"规则 {self.name} 只能在另一条规则中对 person 或 household 调用",
                f"call rule {self.name} inside another rule, on a person or household",
                rule=self.name,
                file=self.file,
                line=self.line,
            )
        return read(self)

    @property
    def text(self) -> str:
        """First line of the docstring."""
        return (inspect.getdoc(self.function) or "").split("\n")[0]


#: Rules by module, in the order written. A rule that changed shape stands beside the new one under the same name.
_WRITTEN: dict[str, dict[tuple[str, Month | None], Rule]] = {}


def rules_in(package: str) -> list[Rule]:
    """Every rule written in a package and the modules below it, in order of file and line."""
    found = [
        r
        for module, rules in _WRITTEN.items()
        if module == package or module.startswith(package + ".")
        for r in rules.values()
    ]
    return sorted(found, key=lambda r: (r.module, r.line))


def rule(
    *,
    entity: Any,
    source: str,
    label: str,
    label_en: str = "",
    provenance: str = "public",
    unit: str = "",
    dtype: str = "",
    from_: str | None = None,
    until: str | None = None,
) -> Callable[[Callable[..., Any]], Rule]:
    """Declare a rule of `Person` or `Household`.

    `label` reads as a statement fit for a letter; names beginning is_, has_, meets_ are yes or no, all
    others whole numbers, unless `dtype` says otherwise. `from_` and `until` are the first and last month in
    force.
    """

    def declare(function: Callable[..., Any]) -> Rule:
        code = function.__code__
        place: dict[str, Any] = {
            "rule": function.__name__,
            "file": code.co_filename,
            "line": code.co_firstlineno,
        }
        kind = getattr(entity, "entity", None)
        if kind not in (PERSON, HOUSEHOLD):
            raise RuleError("entity 须为 Person 或 Household", "entity must be Person or Household", **place)
        if provenance not in PROVENANCES:
            raise RuleError(
                f"provenance 须为 {'、'.join(PROVENANCES)}",
                f"provenance must be one of {PROVENANCES}",
                **place,
            )
        if not source or not label:
            raise RuleError("规则须写明依据与名称", "a rule needs its source in law and a label", **place)
        if len(inspect.signature(function).parameters) != 2:
            raise RuleError(
                "规则须有两个参数：person 或 household，以及 m（当月参数）",
                "a rule takes two arguments: person or household, and m, the month's parameters",
                **place,
            )
        made = Rule(
            function=function,
            name=function.__name__,
            module=function.__module__,
            entity=kind,
            dtype=dtype or (BOOL if function.__name__.startswith(_YES_NO) else INT),
            label=label,
            label_en=label_en or function.__name__.replace("_", " "),
            source=source,
            provenance=provenance,
            unit=unit,
            from_=Month.parse(from_) if from_ else None,
            until=Month.parse(until) if until else None,
            file=code.co_filename,
            line=code.co_firstlineno,
        )
        _WRITTEN.setdefault(made.module, {})[made.name, made.from_] = made
        return made

    return declare
