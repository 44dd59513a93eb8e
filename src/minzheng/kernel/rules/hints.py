"""What to write instead, read from the line that asked a symbol for its truth."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import Any

_GENERAL = (
    "符号没有真假，不能用于 if、and、or、not、in、min、max 或连续比较",
    "a symbol is neither true nor false: no if, and, or, not, in, min, max or chained comparison; "
    "write where, all_of, any_of, ~, one_of, least, most",
)
#: Most particular first: on one line `if a < b < c and d` is best told about its chain.
_HINTS: tuple[tuple[str, tuple[str, str]], ...] = (
    (
        "min",
        ("不能用 min()，请用 least(a, b)", "write least(a, b) instead of min(a, b)"),
    ),
    (
        "max",
        ("不能用 max()，请用 most(a, b)", "write most(a, b) instead of max(a, b)"),
    ),
    (
        "in",
        ("不能用 in，请用 one_of(值, (1, 2))", "write one_of(value, (1, 2)) instead of `in`"),
    ),
    (
        "chain",
        (
            "不能连续比较 a < b < c，请用 all_of(a < b, b < c)",
            "write all_of(a < b, b < c) instead of the chained comparison a < b < c",
        ),
    ),
    (
        "bool",
        (
            "不能用 and / or，请用 all_of(…) / any_of(…)（或 & |）",
            "write all_of(…) for `and`, any_of(…) for `or` (or & and |)",
        ),
    ),
    ("not", ("不能用 not，请用 ~", "write ~condition instead of `not condition`")),
    (
        "if",
        (
            "不能用 if，请用 where(条件, 是, 否)",
            "write where(condition, then, otherwise) instead of `if`: a rule is called once for everybody",
        ),
    ),
)


def _marks(node: ast.AST) -> set[str]:
    found: set[str] = set()
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("min", "max"):
        found.add(node.func.id)
    if isinstance(node, ast.Compare):
        if any(isinstance(o, ast.In | ast.NotIn) for o in node.ops):
            found.add("in")
        if len(node.ops) > 1:
            found.add("chain")
    if isinstance(node, ast.BoolOp):
        found.add("bool")
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        found.add("not")
    if isinstance(node, ast.If | ast.IfExp | ast.While | ast.Assert | ast.Match | ast.comprehension):
        found.add("if")
    return found


def hint_for(function: Callable[..., Any] | None, line: int) -> tuple[str, str]:
    """(Chinese, English) advice for what stands on this line of the function."""
    if function is None:
        return _GENERAL
    try:
        lines, first = inspect.getsourcelines(function)
    except OSError:
        return _GENERAL
    marks: set[str] = set()
    for node in ast.walk(ast.parse(textwrap.dedent("".join(lines)))):
        start = getattr(node, "lineno", None)
        if start is not None and start <= line - first + 1 <= (getattr(node, "end_lineno", start) or start):
            # A whole function or a long if covers many lines; only its own condition is asked for truth.
            if isinstance(node, ast.If | ast.While) and not (
                node.test.lineno <= line - first + 1 <= (node.test.end_lineno or node.test.lineno)
            ):
                continue
            marks |= _marks(node)
    for mark, advice in _HINTS:
        if mark in marks:
            return advice
    return _GENERAL
