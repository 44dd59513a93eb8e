"""Symbols: what a rule holds in its hands while it is traced.

A symbol stands for a value that each person or household will have. Adding, comparing and choosing build
the graph; anything that would need the value now (if, and, in, min, float…) raises with the rule's line and
what to write instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from minzheng.kernel.rules.graph import HOUSEHOLD, PERSON, Node
from minzheng.kernel.rules.operations import BOOL, INT

if TYPE_CHECKING:
    from minzheng.kernel.rules.tracing import Tracer

_NAMES = {PERSON: "person", HOUSEHOLD: "household", "": "常数"}


class Symbol:
    """A value of each person or household, a node of the graph."""

    __slots__ = ("_number", "_tracer")

    def __init__(self, tracer: Tracer, number: int) -> None:
        self._tracer, self._number = tracer, number

    @property
    def _node(self) -> Node:
        return self._tracer.graph.nodes[self._number]

    def __repr__(self) -> str:
        return f"<{self._node.dtype} of {_NAMES[self._node.entity]}>"

    # Arithmetic and comparison
    def __add__(self, other: Any) -> Symbol:
        return self._tracer.arithmetic("add", self, other)

    def __radd__(self, other: Any) -> Symbol:
        return self._tracer.arithmetic("add", other, self)

    def __sub__(self, other: Any) -> Symbol:
        return self._tracer.arithmetic("sub", self, other)

    def __rsub__(self, other: Any) -> Symbol:
        return self._tracer.arithmetic("sub", other, self)

    def __mul__(self, other: Any) -> Symbol:
        return self._tracer.arithmetic("mul", self, other)

    def __rmul__(self, other: Any) -> Symbol:
        return self._tracer.arithmetic("mul", other, self)

    def __neg__(self) -> Symbol:
        return self._tracer.arithmetic("neg", self)

    def __floordiv__(self, other: Any) -> Symbol:
        return self._tracer.divide("floor_div", self, other, None)

    def __rfloordiv__(self, other: Any) -> Symbol:
        return self._tracer.divide("floor_div", other, self, None)

    def __mod__(self, other: Any) -> Symbol:
        return self._tracer.divide("floor_mod", self, other, None)

    def __rmod__(self, other: Any) -> Symbol:
        return self._tracer.divide("floor_mod", other, self, None)

    def __lt__(self, other: Any) -> Symbol:
        return self._tracer.compare("lt", self, other)

    def __le__(self, other: Any) -> Symbol:
        return self._tracer.compare("le", self, other)

    def __gt__(self, other: Any) -> Symbol:
        return self._tracer.compare("gt", self, other)

    def __ge__(self, other: Any) -> Symbol:
        return self._tracer.compare("ge", self, other)

    def __eq__(self, other: object) -> Symbol:  # type: ignore[override]
        return self._tracer.compare("eq", self, other)

    def __ne__(self, other: object) -> Symbol:  # type: ignore[override]
        return self._tracer.compare("ne", self, other)

    def __and__(self, other: Any) -> Symbol:
        return self._tracer.logic("and", self, other)

    __rand__ = __and__

    def __or__(self, other: Any) -> Symbol:
        return self._tracer.logic("or", self, other)

    __ror__ = __or__

    def __invert__(self) -> Symbol:
        return self._tracer.logic("not", self)

    # What would need the value now
    def __bool__(self) -> NoReturn:
        self._tracer.refuse_truth()

    def __contains__(self, item: object) -> NoReturn:
        self._tracer.refuse("不能用 in 判断", "write one_of(value, (1, 2)) instead of `in`")

    def __hash__(self) -> int:
        self._tracer.refuse(
            "不能把符号放进集合或用作字典的键，请用 one_of 或 bands",
            "a symbol cannot be in a set or be a dictionary's key; write one_of(value, (1, 2)) or bands(value, m.table)",
        )

    def __iter__(self) -> NoReturn:
        self._tracer.refuse(
            "不能逐个遍历，请用 total、count、any_、all_",
            "cannot loop; write total(…), count(…), any_(…) or all_(…)",
        )

    def __len__(self) -> NoReturn:
        self._tracer.refuse("不能用 len，请用 count", "write count(…) instead of len")

    def _no_number(self, *_: object) -> NoReturn:
        self._tracer.refuse(
            "规则中只有整数（金额以分计），不能转成数、取整或用作下标",
            "rules hold whole numbers only (money in fen): no int(), float(), round(), range() or index; "
            "write floor_div(a, b) to divide and bands(value, m.table) to look up",
        )

    __int__ = __float__ = __index__ = __round__ = __trunc__ = __complex__ = _no_number
    __ceil__ = __floor__ = _no_number

    def __truediv__(self, other: object) -> NoReturn:
        self._tracer.refuse(
            "不能用 /，请用 floor_div(a, b)（向下取整）",
            "write floor_div(a, b), which rounds down, instead of /",
        )

    __rtruediv__ = __truediv__

    def __abs__(self) -> NoReturn:
        self._tracer.refuse("不能用 abs，请写 most(x, -x)", "write most(x, -x) instead of abs(x)")

    def __pow__(self, other: object) -> NoReturn:
        self._tracer.refuse("不能用 **，请写成相乘", "write a multiplication instead of **")

    def __format__(self, spec: str) -> NoReturn:
        self._tracer.refuse("规则中不能生成文字", "a rule cannot make text of a symbol")

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in ("is_known", "or_"):
            self._tracer.refuse(
                f"这个值总是已知，不需要 .{name}", f"this value is always known and needs no .{name}"
            )
        self._tracer.refuse(
            f"值没有 .{name}", f"a value has no attribute .{name}; read it from person or household"
        )


class Maybe:
    """A value nobody may have told us. A rule says what then: `.is_known`, or `.or_(value)`."""

    __slots__ = ("_known", "_label", "_read", "_tracer")

    def __init__(self, tracer: Tracer, label: str, known: Symbol, read: Any) -> None:
        self._tracer, self._label, self._known, self._read = tracer, label, known, read

    @property
    def is_known(self) -> Symbol:
        """Yes where somebody told us."""
        return self._known

    def or_(self, value: int | bool | Symbol) -> Symbol:
        """The value, or this one where nobody told us."""
        made: Symbol = self._read(value)
        return made

    def _unknown(self, *_: object) -> NoReturn:
        self._tracer.refuse(
            f"{self._label} 可能未知：请写 .is_known 判断是否已知，或用 .or_(值) 说明未知时按什么计",
            f"{self._label} may be unknown: write .is_known to ask, or .or_(value) to say what counts then",
        )

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __neg__ = _unknown
    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __truediv__ = __rtruediv__ = _unknown
    __lt__ = __le__ = __gt__ = __ge__ = _unknown
    __eq__ = __ne__ = _unknown
    __and__ = __rand__ = __or__ = __ror__ = __invert__ = _unknown
    __bool__ = __contains__ = __iter__ = __len__ = __int__ = __float__ = __index__ = _unknown
    __hash__ = _unknown
    __abs__ = __round__ = __pow__ = __format__ = _unknown


class Person:
    """A person (个人) in a rule: inputs, the programme's other rules, and `person.household`."""

    entity = PERSON

    def __init__(self, tracer: Tracer, programme: str) -> None:
        self._tracer, self._programme = tracer, programme

    @property
    def household(self) -> Household:
        """The household's values as this person sees them."""
        return Household(self._tracer, self._programme, projected=True)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._tracer.attribute(PERSON, name, self._programme)

    def _read_rule(self, rule: Any) -> Symbol:
        if rule.entity != PERSON:
            self._tracer.refuse(
                f"{rule.name} 是家庭的规则，请写 {rule.name}(person.household)",
                f"{rule.name} is a rule of households; write {rule.name}(person.household)",
            )
        return self._tracer.read_rule(rule)


class Household:
    """A household (家庭) in a rule: its own values, and `household.person` for sums over its people."""

    entity = HOUSEHOLD

    def __init__(self, tracer: Tracer, programme: str, *, projected: bool = False) -> None:
        self._tracer, self._programme, self._projected = tracer, programme, projected

    @property
    def person(self) -> Person:
        """Each person of the household, for total, count, any_ and all_."""
        return Person(self._tracer, self._programme)

    def _seen(self, value: Any) -> Any:
        return self._tracer.project(value) if self._projected else value

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self._seen(self._tracer.attribute(HOUSEHOLD, name, self._programme))

    def _read_rule(self, rule: Any) -> Symbol:
        if rule.entity != HOUSEHOLD:
            self._tracer.refuse(
                f"{rule.name} 是个人的规则，请写 {rule.name}(household.person) 并用 total、count 等汇总",
                f"{rule.name} is a rule of persons; write {rule.name}(household.person) inside total, count, any_, all_",
            )
        made: Symbol = self._seen(self._tracer.read_rule(rule))
        return made


__all__ = ["BOOL", "INT", "Household", "Maybe", "Person", "Symbol"]
