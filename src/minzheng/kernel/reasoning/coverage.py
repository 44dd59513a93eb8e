"""Which branches and answers of a programme's rules its written cases never reach (未被用例覆盖)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import Programme
from minzheng.kernel.rules import Law, evaluate_household
from minzheng.kernel.rules.cases import Case, load_cases
from minzheng.kernel.rules.operations import BOOL


@dataclass(frozen=True, slots=True)
class Unreached:
    """A rule's answer (`what` is `answer`) or the branch of its n-th choice that no case reaches.

    `value` is the truth that never came up: of a yes-or-no rule itself, or of the condition of a `where`.
    """

    rule: str
    what: str
    number: int
    value: bool
    file: str
    line: int


def load_programme_cases(programme: Programme) -> list[Case]:
    """The written cases of a programme, in its folder under tests/cases."""
    return [
        c for path in sorted((programme.folder / "tests" / "cases").glob("*.yaml")) for c in load_cases(path)
    ]


def _choices(law: Law, root: int) -> list[int]:
    """The `where` nodes of a rule's own text: what lies behind another rule belongs to that one."""
    found, stack, seen = [], [*law.graph.nodes[root].args], set()
    while stack:
        number = stack.pop()
        node = law.graph.nodes[number]
        if number in seen or node.op == "rule":
            continue
        seen.add(number)
        if node.op == "where":
            found.append(number)
        stack.extend(node.args)
    return sorted(found)


def _said(values: Any) -> set[bool]:
    return {bool(v) for v in (values if isinstance(values, list) else [values])}


def unreached(programme: Programme, law_of: Callable[[Month], Law]) -> list[Unreached]:
    """What the programme's cases never reach, over all its rules that some case's month has in force.

    A rule that the month's parameters made a constant, and the condition of a choice that is one, cannot be reached
    and are left out. `law_of` compiles the law of a month.
    """
    seen: dict[tuple[str, str, int], set[bool]] = defaultdict(set)
    places: dict[str, tuple[str, int]] = {}
    for case in load_programme_cases(programme):
        law = law_of(case.month)
        trace = evaluate_household(law, case.inputs)
        for rule in law.rules.values():
            if not rule.name.startswith(f"{programme.code}."):
                continue
            places[rule.name] = (rule.file, rule.line)
            inner = law.graph.nodes[rule.node].args[0]
            if rule.dtype == BOOL and not law.graph.is_constant(inner):
                seen[rule.name, "answer", 0] |= _said(trace.values[rule.node])
            for at, number in enumerate(_choices(law, rule.node), 1):
                seen[rule.name, "choice", at] |= _said(trace.values[law.graph.nodes[number].args[0]])
    return [
        Unreached(rule, what, at, value, *places[rule])
        for (rule, what, at), values in seen.items()
        for value in (True, False)
        if value not in values
    ]
