"""Another text of a rule in place of the one in force: `--replace module:variable`."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterable, Sequence
from dataclasses import replace
from types import FunctionType

from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import Programme
from minzheng.kernel.reforms.changes import SOURCE
from minzheng.kernel.reforms.errors import ReformRefused
from minzheng.kernel.rules import Rule


def replaced(programmes: Iterable[Programme], texts: Sequence[str], month: Month) -> list[Programme]:
    """The programmes with rules replaced; each text is `module:variable` or `programme.rule=module:variable`.

    Without a rule's name the variable's own is meant, where one programme alone has such a rule.

    Raises:
        ReformRefused: no such module, variable or rule, or it does not fit the rule's signature.
    """
    listed = list(programmes)
    for text in texts:
        named, mark, where = text.rpartition("=")
        found = _load(where if mark else text)
        code, rule = _target(listed, named, found, month)
        made = _fitted(rule, found)
        listed = [
            replace(p, rules=tuple(made if r is rule else r for r in p.rules)) if p.code == code else p
            for p in listed
        ]
    return listed


def _load(where: str) -> Rule | FunctionType:
    module_name, mark, variable = where.strip().partition(":")
    if not mark or not variable:
        raise ReformRefused(f"“{where}”应写作 包.模块:变量 / write path.to.module:variable")
    try:
        found = getattr(importlib.import_module(module_name), variable)
    except ImportError as error:
        raise ReformRefused(f"不能导入 {module_name}：{error} / cannot import it") from error
    except AttributeError as error:
        raise ReformRefused(f"{module_name} 中没有 {variable} / the module has no such variable") from error
    if not isinstance(found, Rule | FunctionType):
        raise ReformRefused(f"{where} 不是规则或函数 / is neither a rule nor a function")
    return found


def _target(
    programmes: list[Programme], named: str, found: Rule | FunctionType, month: Month
) -> tuple[str, Rule]:
    code, _dot, name = named.strip().rpartition(".")
    name = name or (found.name if isinstance(found, Rule) else found.__name__)
    fitting = [
        (p.code, rule)
        for p in programmes
        for rule in p.rules
        if rule.name == name and rule.in_force(month) and (not code or p.code == code)
    ]
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        raise ReformRefused(
            f"{month} 没有规则 {named or name}；用 minzheng rules list 查看 / no such rule in force in {month}"
        )
    several = "、".join(f"{c}.{name}" for c, _ in fitting)
    raise ReformRefused(
        f"规则 {name} 不止一条，请写作 项目.规则=模块:变量：{several} / more than one rule has this name"
    )


def _fitted(rule: Rule, found: Rule | FunctionType) -> Rule:
    """The new text under the old rule's name; entity, type and unit stay."""
    if isinstance(found, Rule):
        for what, old, new in (
            ("entity", rule.entity, found.entity),
            ("dtype", rule.dtype, found.dtype),
            ("unit", rule.unit, found.unit),
        ):
            if old != new:
                raise ReformRefused(
                    f"{found.module}:{found.name} 的 {what} 为 {new!r}，{rule.name} 为 {old!r}，须相同 / "
                    f"its {what} is {new!r} where {rule.name} has {old!r}"
                )
    function = found.function if isinstance(found, Rule) else found
    wanted, given = (list(inspect.signature(f).parameters) for f in (rule.function, function))
    if given != wanted:
        raise ReformRefused(
            f"{function.__module__}:{function.__name__} 的参数为 {given}，须为 {wanted} / its arguments must be {wanted}"
        )
    code = function.__code__
    return replace(
        rule,
        function=function,
        source=SOURCE,
        provenance="illustrative",
        file=code.co_filename,
        line=code.co_firstlineno,
    )
