"""The law of one month as a graph of operations, free of any engine.

Tracing the rules yields nodes in an order in which each comes after what it reads. Equal nodes are one
node, constants are folded, and parameters are constants that remember their name. Evaluators walk the list;
nothing here knows how.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from minzheng.kernel.rules.operations import BOOL, INT, OPERATIONS

PERSON, HOUSEHOLD = "person", "household"
#: Operations that cross from one entity to the other.
REDUCTIONS = frozenset({"sum", "any", "all"})
#: Operations that read the snapshot.
INPUTS = frozenset({"input", "known", "input_or"})


@dataclass(frozen=True, slots=True)
class Node:
    """One operation. `entity` is empty for constants; `name` is an input's, a rule's or a parameter's
    name."""

    op: str
    entity: str
    dtype: str
    args: tuple[int, ...] = ()
    value: Any = None
    name: str = ""


@dataclass(slots=True)
class Graph:
    """Nodes in order, with equal nodes kept once."""

    nodes: list[Node] = field(default_factory=list)
    _index: dict[Node, int] = field(default_factory=dict)

    def add(self, node: Node) -> int:
        """The number of an equal node, adding it when there is none."""
        key = node
        if node.op == "const" and node.dtype == BOOL:
            # True equals 1 in Python; the two must stay different nodes.
            key = Node(node.op, node.entity, node.dtype, (), str(node.value), node.name)
        found = self._index.get(key)
        if found is None:
            found = len(self.nodes)
            self.nodes.append(node)
            self._index[key] = found
        return found

    def constant(self, value: int | bool, name: str = "") -> int:
        return self.add(Node("const", "", BOOL if isinstance(value, bool) else INT, (), value, name))

    def is_constant(self, number: int) -> bool:
        return self.nodes[number].op == "const"

    def apply(self, op: str, *args: int, dtype: str, entity: str, value: Any = None) -> int:
        """Add an operation, folding it where its operands are already known."""
        nodes = [self.nodes[a] for a in args]
        operation = OPERATIONS[op]
        if all(n.op == "const" for n in nodes):
            plain = [n.value for n in nodes]
            return self.constant(
                operation.python(*plain, value) if operation.extra else operation.python(*plain)
            )
        if op == "where" and nodes[0].op == "const":
            return args[1] if nodes[0].value else args[2]
        if op == "where" and args[1] == args[2]:
            return args[1]
        if op in ("and", "or"):
            for this, other in ((0, 1), (1, 0)):
                if nodes[this].op == "const":
                    keeps = nodes[this].value is (op == "and")
                    return args[other] if keeps else args[this]
            if args[0] == args[1]:
                return args[0]
        return self.add(Node(op, entity, dtype, args, value))

    def reachable(self, roots: list[int]) -> list[int]:
        """Every node the roots need, in order."""
        needed: set[int] = set()
        stack = list(roots)
        while stack:
            number = stack.pop()
            if number not in needed:
                needed.add(number)
                stack.extend(self.nodes[number].args)
        return sorted(needed)

    def identity(self) -> str:
        """A digest of every node in order."""
        text = json.dumps(
            [[n.op, n.entity, n.dtype, n.args, n.value, n.name] for n in self.nodes],
            ensure_ascii=False,
            separators=(",", ":"),
        )
        return hashlib.sha256(text.encode()).hexdigest()
