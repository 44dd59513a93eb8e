"""Calling each rule once with symbols, and keeping what it says as a graph."""

from __future__ import annotations

import ast
import difflib
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any, NoReturn

from minzheng.kernel.parameters import MonthParameters, ParameterError
from minzheng.kernel.periods import Month
from minzheng.kernel.rules.decorator import Rule
from minzheng.kernel.rules.errors import CycleError, LawError, RuleError
from minzheng.kernel.rules.graph import HOUSEHOLD, PERSON, Graph, Node
from minzheng.kernel.rules.hints import hint_for
from minzheng.kernel.rules.inputs import Input, catalogue
from minzheng.kernel.rules.operations import BOOL, INT
from minzheng.kernel.rules.symbols import Household, Maybe, Person, Symbol

_CURRENT: ContextVar[Tracer | None] = ContextVar("minzheng_tracer", default=None)


def current() -> Tracer:
    """The tracer at work; the words of the language mean nothing outside a rule."""
    tracer = _CURRENT.get()
    if tracer is None:
        raise RuleError("只能在规则中使用", "this word is for rules; it was called outside of one")
    return tracer


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The rules and parameters of one programme, as the tracer needs them."""

    code: str
    package: str
    rules: dict[str, Rule]
    parameters: MonthParameters


class Tracer:
    """Builds one month's graph out of the rules of several programmes."""

    def __init__(self, month: Month, books: Iterable[RuleBook]) -> None:
        self.month = month
        self.graph = Graph()
        self.books = {b.code: b for b in books}
        #: Node of each rule by "programme.rule".
        self.rule_nodes: dict[str, int] = {}
        self.rule_of: dict[str, Rule] = {}
        #: The parameter that a banded look-up reads, by node.
        self.table_names: dict[int, str] = {}
        #: Builds each benefit's status before stacking, and its entity, by the benefit's code.
        self.statuses: dict[str, tuple[str, Callable[[], Symbol]]] = {}
        self._stack: list[tuple[str, Rule]] = []
        self._columns = catalogue()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Let the words of the language mean this tracer."""
        token = _CURRENT.set(self)
        try:
            yield
        finally:
            _CURRENT.reset(token)

    # Errors
    def _where(self) -> dict[str, Any]:
        """The rule being traced and the line it has reached."""
        if not self._stack:
            return {}
        name, rule = self._stack[-1]
        frame = sys._getframe(1)
        line = rule.line
        step: Any = frame
        while step is not None:
            if step.f_code.co_filename == rule.file:
                line = step.f_lineno
                break
            step = step.f_back
        return {"rule": name, "file": rule.file, "line": line}

    def refuse(self, chinese: str, english: str) -> NoReturn:
        raise RuleError(chinese, english, **self._where())

    def refuse_truth(self) -> NoReturn:
        place = self._where()
        chinese, english = (
            hint_for(self._stack[-1][1].function, place["line"]) if place else hint_for(None, 0)
        )
        raise RuleError(chinese, english, **place)

    # Values
    def lift(self, value: Any) -> Symbol:
        """A symbol of a symbol or a plain whole number; everything else is refused."""
        if isinstance(value, Symbol):
            if value._tracer is not self:
                self.refuse(
                    "符号不能带出规则之外",
                    "a symbol of another tracing was used; do not keep symbols outside a rule",
                )
            return value
        if isinstance(value, Maybe):
            value._unknown()
        if isinstance(value, bool | int):
            return Symbol(self, self.graph.constant(value if isinstance(value, bool) else int(value),
                                                    getattr(value, "parameter", "")))  # fmt: skip
        if isinstance(value, float):
            self.refuse(
                f"规则中不能有小数 {value!r}：金额以分计，比例写成先乘后 floor_div",
                f"no fractions in rules ({value!r}): money is whole fen; write a share as floor_div(x * 6, 10)",
            )
        if value is None:
            self.refuse(
                "规则中没有 None，请用 .is_known 与 .or_", "no None in rules; write .is_known and .or_(value)"
            )
        if isinstance(value, Person | Household):
            self.refuse(
                "请写出要读取的值，例如 person.wage_fen", "name the value to read, such as person.wage_fen"
            )
        self.refuse(
            f"不能使用 {type(value).__name__}",
            f"a {type(value).__name__} cannot be used here; use symbols and whole numbers",
        )

    def _entity(self, symbols: Iterable[Symbol]) -> str:
        kinds = {s._node.entity for s in symbols} - {""}
        if len(kinds) > 1:
            self.refuse(
                "不能把个人的值与家庭的值直接放在一起：在个人规则中写 person.household.x，"
                "在家庭规则中用 total(h.person.x)、count、any_、all_ 汇总",
                "a person's value meets a household's: in a person rule write person.household.x; in a household rule "
                "sum with total(h.person.x), count, any_ or all_, and inside them write h.person.household.x",
            )
        return kinds.pop() if kinds else ""

    def apply(self, op: str, *parts: Symbol, dtype: str, value: Any = None) -> Symbol:
        entity = self._entity(parts)
        return Symbol(
            self, self.graph.apply(op, *(p._number for p in parts), dtype=dtype, entity=entity, value=value)
        )

    def _numbers(self, op: str, values: tuple[Any, ...]) -> list[Symbol]:
        parts = [self.lift(v) for v in values]
        if any(p._node.dtype != INT for p in parts):
            self.refuse(
                "是否判断不能参与计算或比较大小：请用 where(条件, 1, 0)、count(条件)，或直接用条件本身",
                "yes or no is not a number: write where(condition, 1, 0), count(condition), or the condition itself",
            )
        return parts

    def arithmetic(self, op: str, *values: Any) -> Symbol:
        return self.apply(op, *self._numbers(op, values), dtype=INT)

    def divide(self, op: str, a: Any, b: Any, if_zero: int | None) -> Symbol:
        parts = self._numbers(op, (a, b))
        divisor = parts[1]._node
        if divisor.op == "const" and divisor.value == 0:
            self.refuse("除数为零", "the divisor is zero")
        if divisor.op != "const" and if_zero is None:
            self.refuse(
                "除数可能为零，请写 floor_div(a, b, if_zero=…)",
                "the divisor may be zero: write floor_div(a, b, if_zero=…) and say what counts then",
            )
        # A constant divisor needs no answer for zero, so equal divisions stay equal nodes.
        return self.apply(op, *parts, dtype=INT, value=None if divisor.op == "const" else if_zero)

    def compare(self, op: str, a: Any, b: Any) -> Symbol:
        return self.apply(op, *self._numbers(op, (a, b)), dtype=BOOL)

    def logic(self, op: str, *values: Any) -> Symbol:
        parts = [self.lift(v) for v in values]
        if any(p._node.dtype != BOOL for p in parts):
            self.refuse(
                "& | ~ 与 all_of、any_of 只用于是否判断",
                "& | ~ and all_of, any_of join yes-or-no values only",
            )
        return self.apply(op, *parts, dtype=BOOL)

    def reduce(self, op: str, value: Any, dtype: str) -> Symbol:
        symbol = self.lift(value)
        node = symbol._node
        if node.entity == HOUSEHOLD:
            self.refuse(
                "total、count、any_、all_ 汇总家庭成员的值，请写 h.person.x",
                "total, count, any_ and all_ gather the values of a household's people; write h.person.x",
            )
        if node.dtype != dtype:
            self.refuse(
                "total 须为整数，any_ 与 all_ 须为是否判断",
                "total takes numbers; any_ and all_ take yes or no",
            )
        if node.op == "const" and op != "sum":
            return symbol
        return Symbol(self, self.graph.add(Node(op, HOUSEHOLD, dtype, (symbol._number,))))

    def project(self, value: Any) -> Any:
        """A household's value as each of its people sees it."""
        if isinstance(value, Maybe):
            inner = value
            return Maybe(self, inner._label, self.project(inner._known), lambda v: self._project_or(inner, v))
        node = value._node
        if node.entity != HOUSEHOLD:
            return value
        return Symbol(self, self.graph.add(Node("project", PERSON, node.dtype, (value._number,))))

    def _project_or(self, inner: Maybe, value: Any) -> Symbol:
        lifted = self.lift(value)
        if lifted._node.op == "const":
            made: Symbol = self.project(inner.or_(lifted._node.value))
            return made
        zero: int | bool = False if lifted._node.dtype == BOOL else 0
        known = self.project(inner._known)
        return self.apply("where", known, self.project(inner.or_(zero)), lifted, dtype=lifted._node.dtype)

    # Names
    def attribute(self, entity: str, name: str, programme: str) -> Any:
        column = self._columns.get((entity, name))
        if column is not None:
            return self._input(column)
        if entity == PERSON and name in ("age_months", "age_years"):
            return self._age(name)
        book = self.books[programme]
        found = book.rules.get(name)
        if found is not None:
            if found.entity != entity:
                self.refuse(
                    f"{name} 是{'个人' if found.entity == PERSON else '家庭'}的规则",
                    f"{name} is a rule of {found.entity}s: in a person rule write person.household.{name}, "
                    f"in a household rule total(h.person.{name})",
                )
            return self.read_rule(found)
        names = [n for (kind, n) in self._columns if kind == entity] + [
            n for n, r in book.rules.items() if r.entity == entity
        ]
        near = difflib.get_close_matches(name, [*names, "age_years", "age_months"], 3)
        self.refuse(
            f"{entity} 没有 {name}" + (f"，是否指 {'、'.join(near)}？" if near else ""),
            f"no input or rule {name} of a {entity}" + (f"; did you mean {', '.join(near)}?" if near else ""),
        )

    def _input(self, column: Input) -> Symbol | Maybe:
        if column.missing is not None:
            node = Node("input", column.entity, column.dtype, (), column.missing, column.name)
            return Symbol(self, self.graph.add(node))
        known = Symbol(self, self.graph.add(Node("known", column.entity, BOOL, (), None, column.name)))

        def read(value: Any) -> Symbol:
            instead = self.lift(value)
            if instead._node.dtype != column.dtype:
                self.refuse(f"{column.label} 的替代值类型不符", f"the value in .or_() must be {column.dtype}")
            plain = (
                instead._node.value if instead._node.op == "const" else (False if column.dtype == BOOL else 0)
            )
            held = Symbol(
                self, self.graph.add(Node("input_or", column.entity, column.dtype, (), plain, column.name))
            )
            if instead._node.op == "const":
                return held
            return self.apply("where", known, held, instead, dtype=column.dtype)

        return Maybe(self, column.label, known, read)

    def _age(self, name: str) -> Maybe:
        """Age at the month: whole months since the month of birth, or full years of them."""
        born = self._input(self._columns[PERSON, "birth_month"])
        assert isinstance(born, Maybe)

        def read(value: Any) -> Symbol:
            months = self.arithmetic("sub", self.month.index, born.or_(self.month.index))
            age = months if name == "age_months" else self.divide("floor_div", months, 12, None)
            return self.apply("where", born._known, age, self._numbers("where", (value,))[0], dtype=INT)

        return Maybe(self, "年龄", born._known, read)

    # Rules
    def programme_of(self, rule: Rule) -> RuleBook:
        for book in self.books.values():
            if rule.module == book.package or rule.module.startswith(book.package + "."):
                return book
        self.refuse(
            f"规则 {rule.module}.{rule.name} 所属的项目未列入或当月未施行",
            f"the programme of rule {rule.module}.{rule.name} is not listed, or not in force in {self.month}",
        )

    def read_rule(self, rule: Rule) -> Symbol:
        """The value of a rule; where it is a constant, the constant itself."""
        book = self.programme_of(rule)
        in_force = book.rules.get(rule.name)
        if in_force is None:
            self.refuse(
                f"规则 {rule.name} 在 {self.month} 不施行",
                f"rule {rule.name} is not in force in {self.month}",
            )
        number = self.trace(book, in_force)
        inner = self.graph.nodes[number].args[0]
        return Symbol(self, inner if self.graph.is_constant(inner) else number)

    def benefit_status(self, code: str, subject: Person | Household) -> Symbol:
        """A benefit's status before stacking, as another programme's rule sees it."""
        if code not in self.statuses:
            self.refuse(
                f"待遇 {code} 未列入或在 {self.month} 未施行",
                f"benefit {code} is not listed, or not in force in {self.month}",
            )
        entity, build = self.statuses[code]
        if subject.entity != entity:
            self.refuse(
                f"待遇 {code} 以{'个人' if entity == PERSON else '家庭'}为单位",
                f"benefit {code} is one of a {entity}: give it person.household or household.person",
            )
        symbol = build()
        made: Symbol = subject._seen(symbol) if isinstance(subject, Household) else symbol
        return made

    def trace(self, book: RuleBook, rule: Rule) -> int:
        """Call a rule once and keep its node."""
        name = f"{book.code}.{rule.name}"
        if name in self.rule_nodes:
            return self.rule_nodes[name]
        path = [n for n, _ in self._stack]
        if name in path:
            place = self._where()
            raise CycleError([*path[path.index(name) :], name], file=place["file"], line=place["line"])
        self._stack.append((name, rule))
        token = _CURRENT.set(self)
        try:
            refuse_identity_tests(rule)
            subject = (Person if rule.entity == PERSON else Household)(self, book.code)
            try:
                value = rule.function(subject, book.parameters)
            except (ParameterError, LawError) as error:
                if isinstance(error, RuleError):
                    raise
                raise RuleError(str(error), "see the parameter named above", **self._where()) from error
            result = self.lift(value)
            node = result._node
            if node.entity not in ("", rule.entity):
                self.refuse(
                    f"{rule.name} 应得出{'个人' if rule.entity == PERSON else '家庭'}的值",
                    f"{rule.name} must give a value of a {rule.entity}, got one of a {node.entity}",
                )
            if node.dtype != rule.dtype:
                self.refuse(
                    f"{rule.name} 应得出 {rule.dtype}，实得 {node.dtype}（是否类规则以 is_、has_、meets_ 开头）",
                    f"{rule.name} must give {rule.dtype}, got {node.dtype} (yes-or-no names begin is_, has_, meets_)",
                )
        finally:
            _CURRENT.reset(token)
            self._stack.pop()
        number = self.graph.add(Node("rule", rule.entity, rule.dtype, (result._number,), None, name))
        self.rule_nodes[name] = number
        self.rule_of[name] = rule
        return number


@cache
def refuse_identity_tests(rule: Rule) -> None:
    """Refuse `is` by reading the text: it never asks the symbol, so it would silently be false."""
    try:
        lines, first = inspect.getsourcelines(rule.function)
    except OSError:
        return
    for node in ast.walk(ast.parse(textwrap.dedent("".join(lines)))):
        if isinstance(node, ast.Compare) and any(isinstance(o, ast.Is | ast.IsNot) for o in node.ops):
            raise RuleError(
                "不能用 is 判断，请用 ==，是否已知用 .is_known",
                "write == instead of `is`, and .is_known to ask whether a value is known",
                rule=rule.name,
                file=rule.file,
                line=first + node.lineno - 1,
            )
