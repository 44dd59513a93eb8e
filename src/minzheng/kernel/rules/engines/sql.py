"""The graph as one SQL statement, for tables that are not laid out by household.

A household's sum is a window over household_id, so the database brings a household's people together itself:
the one shuffle that a snapshot's layout saves. Windows cannot stand inside one another, and a statement that
repeated a value wherever it is used would grow without end; so a value used twice becomes a column of a stage
(a common table expression), and each stage reads the one before. The text is the same everywhere but for the
sign of whole division, which a `Dialect` names.

Traps settled here, once: SQL's division and remainder cut towards zero, ours round down (`_floor_mod`); whole
literals are narrow and sums are wide or decimal unless told otherwise, so both are cast to BIGINT; there is
no fraction anywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from minzheng.kernel.rules.graph import INPUTS, PERSON, REDUCTIONS, Node
from minzheng.kernel.rules.law import Law
from minzheng.kernel.rules.operations import BOOL

OVER = "OVER (PARTITION BY household_id)"
#: How deep an expression may nest before a part of it becomes a column: parsers slow down with depth.
DEPTH = 6


@dataclass(frozen=True, slots=True)
class Dialect:
    """What differs between databases: `divide` is whole division that cuts off, of BIGINT by BIGINT."""

    name: str
    divide: str


SPARK = Dialect("spark", "DIV")
DUCKDB = Dialect("duckdb", "//")


def literal(value: int | bool) -> str:
    """A constant; a whole one is as wide as every other value, so that no product overflows early."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return f"CAST({value} AS BIGINT)"


def _floor_mod(a: str, b: str) -> str:
    """The remainder with the divisor's sign. SQL's has the dividend's: -7 % 2 is -1 there and 1 here."""
    return f"((({a} % {b}) + {b}) % {b})"


def _divided(text: Callable[[str, str], str]) -> Callable[..., str]:
    def write(a: str, b: str, if_zero: int | None) -> str:
        if if_zero is None:
            return text(a, b)
        return f"COALESCE({text(a, f'NULLIF({b}, 0)')}, {literal(if_zero)})"

    return write


def _bands(x: str, value: tuple[tuple[tuple[int, int], ...], int]) -> str:
    table, below = value
    # The last band that begins at or under x decides, so the last is asked first.
    steps = " ".join(f"WHEN {x} >= {literal(start)} THEN {literal(v)}" for start, v in reversed(table))
    return f"CASE {steps} ELSE {literal(below)} END"


def _infix(sign: str) -> Callable[[str, str], str]:
    return lambda a, b: f"({a} {sign} {b})"


def operations(dialect: Dialect) -> dict[str, Callable[..., str]]:
    """The text of each operation; those that take the node's value take it last, as in `OPERATIONS`."""

    def floor_div(a: str, b: str) -> str:
        # What is left of a is a multiple of b, so it does not matter where the division cuts.
        return f"(({a} - {_floor_mod(a, b)}) {dialect.divide} {b})"

    signs = {"add": "+", "sub": "-", "mul": "*", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "=",
             "ne": "<>", "and": "AND", "or": "OR"}  # fmt: skip
    return {name: _infix(sign) for name, sign in signs.items()} | {
        "neg": lambda a: f"(- {a})",
        "not": lambda a: f"(NOT {a})",
        "floor_div": _divided(floor_div),
        "floor_mod": _divided(_floor_mod),
        "where": lambda c, a, b: f"CASE WHEN {c} THEN {a} ELSE {b} END",
        "most": lambda a, b: f"GREATEST({a}, {b})",
        "least": lambda a, b: f"LEAST({a}, {b})",
        "one_of": lambda a, values: f"({a} IN ({', '.join(literal(v) for v in values)}))",
        "bands": _bands,
        "sum": lambda a: f"CAST(SUM({a}) {OVER} AS BIGINT)",
        "any": lambda a: f"(MAX(CASE WHEN {a} THEN 1 ELSE 0 END) {OVER} = 1)",
        "all": lambda a: f"(MIN(CASE WHEN {a} THEN 1 ELSE 0 END) {OVER} = 1)",
    }


#: Operations whose text names an operand more than once.
_REPEAT = frozenset({"floor_div", "floor_mod", "bands"})
_WITH_VALUE = frozenset({"floor_div", "floor_mod", "one_of", "bands"})


def _input(node: Node) -> str:
    column = f"{'p' if node.entity == PERSON else 'h'}.{node.name}"
    if node.op == "known":
        return f"({column} IS NOT NULL)"
    if node.dtype == BOOL:
        return f"COALESCE(CAST({column} AS BOOLEAN), {literal(bool(node.value))})"
    return f"COALESCE(CAST({column} AS BIGINT), {literal(node.value)})"


@dataclass(slots=True)
class _Stages:
    """The columns of each stage, and each node's text with the stage that it can be computed in."""

    columns: list[list[str]] = field(default_factory=lambda: [[]])
    text: dict[int, str] = field(default_factory=dict)
    stage: dict[int, int] = field(default_factory=dict)
    depth: dict[int, int] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)

    def keep(self, number: int) -> None:
        """Make a node a column of the stage that computes it; later stages name it."""
        if self.text[number] in self.named:
            return
        here = self.stage[number]
        while len(self.columns) <= here:
            self.columns.append([])
        self.columns[here].append(f"{self.text[number]} AS n{number}")
        self.text[number], self.stage[number], self.depth[number] = f"n{number}", here + 1, 0
        self.named.add(self.text[number])

    def copy(self, number: int, alias: int) -> None:
        self.text[alias] = self.text[number]
        self.stage[alias], self.depth[alias] = self.stage[number], self.depth[number]


def _staged(law: Law, roots: list[int], dialect: Dialect) -> _Stages:
    nodes, words, stages = law.graph.nodes, operations(dialect), _Stages()
    order = law.graph.reachable(roots)
    uses = Counter(arg for number in order for arg in nodes[number].args) + Counter(roots)
    for number in order:
        node = nodes[number]
        if node.op == "const":
            stages.text[number] = literal(node.value)
            stages.stage[number] = stages.depth[number] = 0
            continue
        if node.op in INPUTS:
            stages.text[number], stages.stage[number], stages.depth[number] = _input(node), 0, 0
            stages.keep(number)
            continue
        if node.op in ("rule", "project"):
            # Another name of the same value; a row already is a person with the household beside it.
            (arg,) = node.args
            if uses[number] > 1 and nodes[arg].op != "const":
                stages.keep(arg)
            stages.copy(arg, number)
            continue
        changing = [a for a in node.args if nodes[a].op != "const"]
        for arg in changing:
            if node.op in _REPEAT or stages.depth[arg] >= DEPTH:
                stages.keep(arg)
        extra: list[Any] = [node.value] if node.op in _WITH_VALUE else []
        stages.text[number] = words[node.op](*(stages.text[a] for a in node.args), *extra)
        stages.stage[number] = max([stages.stage[a] for a in changing], default=1)
        stages.depth[number] = 1 + max([stages.depth[a] for a in changing], default=0)
        # What is used twice is computed once, and a window stands in no other expression.
        if node.op in REDUCTIONS or uses[number] > 1:
            stages.keep(number)
    for number in roots:
        if nodes[number].op != "const":
            stages.keep(number)
    return stages


def _with_stages(stages: _Stages, persons: str, households: str) -> str:
    first = ",\n    ".join(
        [
            "p.household_id",
            "p.person_id",
            # One row speaks for the household.
            "p.person_id = MIN(p.person_id) OVER (PARTITION BY p.household_id) AS is_first",
            *stages.columns[0],
        ]
    )
    parts = [
        f"stage_0 AS (\n  SELECT\n    {first}\n  FROM {persons} p JOIN {households} h ON h.household_id = p.household_id\n)"
    ]
    for at, columns in enumerate(stages.columns[1:], 1):
        added = ",\n    ".join(["*", *columns])
        parts.append(f"stage_{at} AS (\n  SELECT\n    {added}\n  FROM stage_{at - 1}\n)")
    return "WITH\n" + ",\n".join(parts)


def findings_sql(
    law: Law, dialect: Dialect = SPARK, *, persons: str = "persons", households: str = "households"
) -> str:
    """The statement whose rows are the law's findings over two tables with the columns of a snapshot.

    Columns: place (of the benefit in the law), household_id, person_id (null for a household's benefit),
    status (1 or 2), amount_fen; in no particular order. People stand in any order; each has a household, and
    no person or household stands twice.
    """
    stages = _staged(law, law.roots(), dialect)
    benefits = list(law.benefits.values())

    def by_place(values: list[str]) -> str:
        return "CASE place " + " ".join(f"WHEN {at} THEN {v}" for at, v in enumerate(values)) + " END"

    status = [
        stages.text[b.status]
        if b.unit == PERSON
        else f"CASE WHEN is_first THEN {stages.text[b.status]} ELSE {literal(0)} END"
        for b in benefits
    ]
    whom = ["person_id" if b.unit == PERSON else "CAST(NULL AS BIGINT)" for b in benefits]
    places = " UNION ALL ".join(f"SELECT {at} AS place" for at in range(len(benefits)))
    return f"""{_with_stages(stages, persons, households)},
found AS (
  SELECT
    place,
    household_id,
    {by_place(whom)} AS person_id,
    {by_place(status)} AS status,
    {by_place([stages.text[b.net] for b in benefits])} AS amount_fen
  FROM stage_{len(stages.columns) - 1} CROSS JOIN ({places}) places
)
SELECT place, household_id, person_id, status, amount_fen FROM found WHERE status > 0"""


def rules_sql(
    law: Law, dialect: Dialect = SPARK, *, persons: str = "persons", households: str = "households"
) -> str:
    """The statement that gives every rule's value for every person, the household's for each of its people.

    Columns: household_id, person_id, is_first, and one for each rule in the law's order, named r0, r1, …
    """
    roots = [rule.node for rule in law.rules.values()]
    stages = _staged(law, roots, dialect)
    shown = ", ".join(f"{stages.text[n]} AS r{at}" for at, n in enumerate(roots))
    return (
        f"{_with_stages(stages, persons, households)}\n"
        f"SELECT household_id, person_id, is_first, {shown} FROM stage_{len(stages.columns) - 1}"
    )


__all__ = ["DUCKDB", "SPARK", "Dialect", "findings_sql", "literal", "operations", "rules_sql"]
