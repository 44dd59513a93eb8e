"""The law as one loop over households, made from the graph for the compiler.

A household's people are met together, so a sum over them, and what each then learns of it, stay in the processor:
no column is written between two rules. The loop goes over the people in rounds: round k knows what the household knew
by then, and the household's next round knows the sums over it. The law of three programmes takes three rounds.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from llvmlite import ir

from minzheng.kernel.rules.engines.machine import I1, I8, I64, PLAIN, WITH_VALUE, number
from minzheng.kernel.rules.graph import HOUSEHOLD, INPUTS, PERSON, REDUCTIONS, Node
from minzheng.kernel.rules.inputs import catalogue
from minzheng.kernel.rules.law import Law, LawBenefit
from minzheng.kernel.rules.operations import BOOL

STORED = {"Int64": I64, "Int32": ir.IntType(32), "Int8": I8}
SLOT = 8
#: What the loop is called with: one table of 64-bit slots, first these, then RESULT_SLOTS for each benefit (where it puts
#: homes, people, statuses, amounts), then COLUMN_SLOTS for each column (values, their first bit, bits of what is known,
#: their first bit, a mask that is zero where everything is known).
HEAD_SLOTS = ("households", "person_id", "sizes", "household_id", "scratch")
RESULT_SLOTS, COLUMN_SLOTS = 4, 5


@dataclass(frozen=True, slots=True)
class Column:
    """An input as the loop reads it: whose it is, its name, and how it is stored."""

    entity: str
    name: str
    storage: str


@dataclass(frozen=True, slots=True)
class FusedLaw:
    """The loop for the compiler, the columns in their order, and the slots of scratch it needs for each person.

    It leaves the number of findings of each benefit in the first of that benefit's slots.
    """

    text: str
    columns: tuple[Column, ...]
    kept: int


class _Fusing:
    """Sorts the nodes into rounds, then writes the loop."""

    def __init__(self, law: Law) -> None:
        self.nodes = law.graph.nodes
        self.order = law.graph.reachable(law.roots())
        self.benefits = list(law.benefits.values())
        self.rounds: dict[int, int] = {}
        for at in self.order:
            node = self.nodes[at]
            latest = max((self.rounds[a] for a in node.args), default=0)
            self.rounds[at] = latest + 1 if node.op in REDUCTIONS else latest
        self.columns = self._columns()
        self.kept = self._kept()
        self.values: dict[int, Any] = {}

    def _columns(self) -> list[Column]:
        found: dict[Column, None] = {}
        for at in self.order:
            node = self.nodes[at]
            if node.op in INPUTS:
                storage = catalogue()[node.entity, node.name].storage
                found[Column(node.entity, node.name, storage)] = None
        return list(found)

    def _settled(self, benefit: LawBenefit) -> int:
        """The round in which a benefit's status and amount are both known."""
        return max(self.rounds[benefit.status], self.rounds[benefit.net])

    def _kept(self) -> dict[int, int]:
        """People's values that a later round reads, with their place in a person's scratch; sums read their own round's."""
        reads = [(a, self.rounds[n]) for n in self.order if self._is_person(n) for a in self.nodes[n].args]
        reads += [(n, self._settled(b)) for b in self.benefits for n in (b.status, b.net)]
        kept = sorted({a for a, when in reads if self._is_person(a) and self.rounds[a] < when})
        return {a: place for place, a in enumerate(kept)}

    def _is_person(self, at: int) -> bool:
        return self.nodes[at].entity == PERSON

    # The text
    def fuse(self) -> FusedLaw:
        module = ir.Module("law")
        function = ir.Function(module, ir.FunctionType(ir.VoidType(), [I64.as_pointer()]), "evaluate")
        self.b = b = ir.IRBuilder(function.append_basic_block("entry"))
        self.table = function.args[0]
        head = {name: self._slot(at) for at, name in enumerate(HEAD_SLOTS)}
        self.person_id, self.sizes, self.home_id, self.scratch = (
            b.inttoptr(head[n], I64.as_pointer()) for n in HEAD_SLOTS[1:]
        )
        first = len(HEAD_SLOTS)
        self.results = [
            [self._slot(first + RESULT_SLOTS * at + k) for k in range(RESULT_SLOTS)]
            for at in range(len(self.benefits))
        ]
        first += RESULT_SLOTS * len(self.benefits)
        self.sources = [
            [self._slot(first + COLUMN_SLOTS * at + k) for k in range(COLUMN_SLOTS)]
            for at in range(len(self.columns))
        ]
        self.found = [self._variable(number(0)) for _ in self.benefits]
        self.sums = {at: b.alloca(self._kind(at)) for at in self.order if self.nodes[at].op in REDUCTIONS}
        end = self._variable(number(0))
        for at in self.order:
            if self.nodes[at].op == "const":
                self.values[at] = self._constant(self.nodes[at])
        with self._each(number(0), head["households"]) as self.h:
            start = b.load(end)
            b.store(b.add(start, b.load(b.gep(self.sizes, [self.h]))), end)
            self._rounds(start, b.load(end))
        for at, found in enumerate(self.found):
            b.store(b.load(found), b.gep(self.table, [number(len(HEAD_SLOTS) + RESULT_SLOTS * at)]))
        b.ret_void()
        return FusedLaw(str(module), tuple(self.columns), len(self.kept))

    def _rounds(self, start: Any, end: Any) -> None:
        for k in range(max(self.rounds.values(), default=0) + 1):
            self._household_round(k)
            sums = [n for n in self.sums if self.rounds[n] == k + 1]
            benefits = [
                (at, x) for at, x in enumerate(self.benefits) if x.unit == PERSON and self._settled(x) == k
            ]
            own = [n for n in self.order if self._is_person(n) and self.rounds[n] == k]
            if not (sums or benefits or own):
                continue
            for n in sums:
                self.b.store(I1(1) if self.nodes[n].op == "all" else self._kind(n)(0), self.sums[n])
            with self._each(start, end) as self.i:
                self._person_round(k, own, start)
                for n in sums:
                    self._add_up(n)
                for at, benefit in benefits:
                    self._put(at, benefit)
            self._forget_people()

    def _household_round(self, k: int) -> None:
        for n in self.order:
            node = self.nodes[n]
            if node.entity == HOUSEHOLD and self.rounds[n] == k:
                self.values[n] = self.b.load(self.sums[n]) if node.op in REDUCTIONS else self._value(node)
        for at, benefit in enumerate(self.benefits):
            if benefit.unit == HOUSEHOLD and self._settled(benefit) == k:
                self._put(at, benefit)

    def _person_round(self, k: int, own: list[int], start: Any) -> None:
        b = self.b
        row = b.mul(b.sub(self.i, start), number(len(self.kept)))

        def place(n: int) -> Any:
            slot = b.gep(self.scratch, [b.add(row, number(self.kept[n]))])
            return slot if self._kind(n) is I64 else b.bitcast(slot, I8.as_pointer())

        for n in self.kept:
            if self.rounds[n] < k:
                held = b.load(place(n))
                self.values[n] = held if self._kind(n) is I64 else b.trunc(held, I1)
        for n in own:
            self.values[n] = self._value(self.nodes[n])
            if n in self.kept:
                value = self.values[n]
                b.store(value if self._kind(n) is I64 else b.zext(value, I8), place(n))

    def _add_up(self, n: int) -> None:
        b, total = self.b, self.sums[n]
        join = {"sum": b.add, "any": b.or_, "all": b.and_}[self.nodes[n].op]
        b.store(join(b.load(total), self.values[self.nodes[n].args[0]]), total)

    def _forget_people(self) -> None:
        for n in [n for n in self.values if self._is_person(n)]:
            del self.values[n]

    def _put(self, at: int, benefit: LawBenefit) -> None:
        """Adds a finding where the status is not zero."""
        b, (homes, people, statuses, amounts) = self.b, self.results[at]
        is_person = benefit.unit == PERSON
        status = self.values[benefit.status]
        with b.if_then(b.icmp_signed(">", status, number(0)), likely=False):
            n = b.load(self.found[at])

            def put(where: Any, value: Any) -> None:
                b.store(value, b.gep(b.inttoptr(where, value.type.as_pointer()), [n]))

            put(homes, b.load(b.gep(self.home_id, [self.h])))
            if is_person:
                put(people, b.load(b.gep(self.person_id, [self.i])))
            put(statuses, b.trunc(status, I8))
            put(amounts, self.values[benefit.net])
            b.store(b.add(n, number(1)), self.found[at])

    # Pieces
    def _slot(self, at: int) -> Any:
        return self.b.load(self.b.gep(self.table, [number(at)]))

    def _variable(self, value: Any) -> Any:
        made = self.b.alloca(value.type)
        self.b.store(value, made)
        return made

    def _kind(self, n: int) -> Any:
        return I1 if self.nodes[n].dtype == BOOL else I64

    def _constant(self, node: Node) -> Any:
        return I1(int(node.value)) if node.dtype == BOOL else number(int(node.value))

    @contextmanager
    def _each(self, start: Any, end: Any) -> Iterator[Any]:
        """A loop over numbers from start up to, not including, end; the variable lives outside of all loops."""
        b = self.b
        with b.goto_entry_block():
            counter = b.alloca(I64)
        b.store(start, counter)
        head, body, after = (b.append_basic_block(name) for name in ("head", "body", "after"))
        b.branch(head)
        b.position_at_end(head)
        at = b.load(counter)
        b.cbranch(b.icmp_signed("<", at, end), body, after)
        b.position_at_end(body)
        yield at
        b.store(b.add(at, number(1)), counter)
        b.branch(head)
        b.position_at_end(after)

    def _bit(self, source: Any, first: Any, row: Any, mask: Any = None) -> Any:
        b = self.b
        at = b.add(row, first)
        if mask is not None:
            at = b.and_(at, mask)
        byte = b.load(b.gep(b.inttoptr(source, I8.as_pointer()), [b.lshr(at, number(3))]))
        return b.trunc(b.lshr(byte, b.trunc(b.and_(at, number(7)), I8)), I1)

    def _read(self, node: Node) -> Any:
        b = self.b
        storage = catalogue()[node.entity, node.name].storage
        source = self.sources[self.columns.index(Column(node.entity, node.name, storage))]
        values, first, bits, first_known, mask = source
        row = self.i if node.entity == PERSON else self.h
        known = self._bit(bits, first_known, row, mask)
        if node.op == "known":
            return known
        if storage == "Boolean":
            held = self._bit(values, first, row)
        else:
            held = b.load(b.gep(b.inttoptr(values, STORED[storage].as_pointer()), [row]))
            held = held if storage == "Int64" else b.sext(held, I64)
        return b.select(known, held, self._constant(node))

    def _value(self, node: Node) -> Any:
        if node.op in INPUTS:
            return self._read(node)
        args = [self.values[a] for a in node.args]
        if node.op in WITH_VALUE:
            return WITH_VALUE[node.op](self.b, *args, node.value)
        return PLAIN[node.op](self.b, *args)


def fuse(law: Law) -> FusedLaw:
    """One loop that computes what the findings of this law need, and nothing else."""
    return _Fusing(law).fuse()
