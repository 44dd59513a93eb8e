"""Values and formulas of the graph in words that a resident can read."""

from __future__ import annotations

from typing import Any

from minzheng.kernel.money import format_yuan
from minzheng.kernel.periods import Month
from minzheng.kernel.rules.graph import HOUSEHOLD, PERSON
from minzheng.kernel.rules.inputs import Input, catalogue
from minzheng.kernel.rules.law import Law
from minzheng.kernel.rules.single import HouseholdTrace

COMPARISONS = {"lt": "<", "le": "≤", "gt": ">", "ge": "≥", "eq": "=", "ne": "≠"}
FLIPPED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "eq": "eq", "ne": "ne"}
_SIGNS = {"add": " + ", "sub": " − ", "mul": " × ", "floor_div": " ÷ ", "floor_mod": " mod "}
_UNITS_ZH = {"persons": "人", "person": "人", "years": "岁", "months": "个月"}
_UNITS_EN = {"人": "persons", "套": "homes", "处": "properties", "辆": "vehicles"}


def in_words(value: Any, unit: str, column: Input | None = None, *, english: bool = False) -> str:
    """A value with its unit: 142000 fen/month → 1,420.00元; yes and no as words; codes by their label.

    >>> in_words(142000, "fen/month"), in_words(True, ""), in_words(65, "years", english=True)
    ('1,420.00元', '是', '65 years')
    """
    if value is None:
        return "unknown" if english else "未知"
    if isinstance(value, bool):
        return ("yes" if value else "no") if english else ("是" if value else "否")
    if unit.startswith("fen"):
        amount = format_yuan(value, grouped=True)
        return f"{amount} yuan" if english else f"{amount}元"
    if unit == "month":
        return str(Month.from_index(value)) if english else Month.from_index(value).chinese
    if column is not None and column.codes:
        return str(value) if english else column.code_label(value)
    if unit:
        return f"{value} {_UNITS_EN.get(unit, unit)}" if english else f"{value}{_UNITS_ZH.get(unit, unit)}"
    return str(value)


class Words:
    """Names, units and formulas of one trace."""

    def __init__(self, trace: HouseholdTrace) -> None:
        self.trace = trace
        self.law: Law = trace.law
        self.nodes = trace.law.graph.nodes

    def unwrap(self, number: int) -> int:
        """Past projections to the node that holds the meaning."""
        while self.nodes[number].op == "project":
            number = self.nodes[number].args[0]
        return number

    def column(self, number: int) -> Input | None:
        node = self.nodes[self.unwrap(number)]
        if node.op in ("input", "input_or", "known"):
            return catalogue().get((node.entity, node.name))
        return None

    def unit(self, number: int) -> str:
        """The unit of a node: its own, or that of what it is made of."""
        node = self.nodes[number]
        if node.op == "rule" and self.law.rules[node.name].unit:
            return self.law.rules[node.name].unit
        if node.op == "const":
            return self.law.parameters[node.name].unit if node.name in self.law.parameters else ""
        column = self.column(number)
        if column is not None:
            return column.unit
        if node.op == "bands" and number in self.law.table_names:
            return self.law.parameters[self.law.table_names[number]].unit
        if node.dtype == "bool":
            return ""
        args = node.args[1:] if node.op == "where" else node.args
        units = [u for u in map(self.unit, args) if u]
        money = next((u for u in units if u.startswith("fen")), None)
        if node.op == "mul" and money:
            return money
        return units[0] if units else ""

    def label(self, number: int, *, english: bool = False) -> str:
        """What a node is called, or how it is made of what is."""
        node = self.nodes[self.unwrap(number)]
        if node.op == "rule":
            rule = self.law.rules[node.name]
            return rule.label_en if english else rule.label
        column = self.column(number)
        if column is not None:
            return column.label_en if english else column.label
        if node.op == "const" and node.name in self.law.parameters:
            parameter = self.law.parameters[node.name]
            return parameter.label_en if english else parameter.label
        if node.op == "const":
            return str(node.value)
        names = [self.label(a, english=english) for a in node.args]
        if node.op in _SIGNS:
            return _SIGNS[node.op].join(names)
        if node.op in COMPARISONS:
            return f" {COMPARISONS[node.op]} ".join(names)
        if node.op == "not":
            return f"not {names[0]}" if english else f"非{names[0]}"
        if node.op in ("and", "or"):
            join = {"and": (" and ", "且"), "or": (" or ", "或")}[node.op]
            return join[0 if english else 1].join(names)
        if node.op == "one_of":
            column = self.column(node.args[0])
            choices = [
                column.code_label(v) if column and column.codes and not english else str(v)
                for v in node.value
            ]
            return f"{names[0]}: {', '.join(choices)}" if english else f"{names[0]}为{'、'.join(choices)}"
        if node.op in ("sum", "any", "all"):
            words = {"sum": ("sum of", "合计"), "any": ("any:", "有成员"), "all": ("all:", "全体")}[node.op]
            return f"{words[0]} {names[0]}" if english else f"{words[1]}{names[0]}"
        return names[-1] if names else node.op

    def text(self, number: int, place: int | None, *, english: bool = False, unit: str = "") -> str:
        """A node's value in words; an unknown input says so."""
        meaning = self.unwrap(number)
        node = self.nodes[meaning]
        where = place if node.entity == PERSON else None
        if node.op in ("input", "input_or"):
            row = (
                self.trace.inputs.household
                if node.entity == HOUSEHOLD
                else self.trace.inputs.persons[where or 0]
            )
            if row.get(node.name) is None and node.op == "input_or":
                return in_words(None, "", english=english)
        value = self.trace.value(meaning, where)
        return in_words(value, unit or self.unit(meaning), self.column(meaning), english=english)

    def formula(
        self, number: int, place: int | None, *, unit: str = "", top: bool = True, english: bool = False
    ) -> str:
        """How a value is made of figures, down to named rules, parameters and inputs; the branch taken
        only."""

        def say(value: Any, kind: str) -> str:
            return in_words(value, kind, english=english)

        def inner(arg: int, kind: str, *, top: bool = False) -> str:
            where = place if self.nodes[arg].entity == PERSON else None
            return self.formula(arg, where, unit=kind, top=top, english=english)

        node = self.nodes[number]
        value = self.trace.value(number, place)
        if not node.args or (not top and node.op in ("rule", "project", "bands")):
            return say(value, self.unit(number) or ("" if isinstance(value, bool) else unit))
        if node.op in ("rule", "project"):
            return inner(node.args[0], unit, top=top)
        if node.op == "where":
            return inner(node.args[1] if self.trace.value(node.args[0], place) else node.args[2], unit)
        if node.op == "sum":
            parts = [self.trace.value(node.args[0], p) for p in range(len(self.trace.inputs.persons))]
            kind = self.unit(node.args[0]) or unit
            return " + ".join(say(p, kind) for p in parts if p) or say(0, kind)
        if node.op in ("most", "least"):
            words = {"most": ("较高者", "the higher of"), "least": ("较低者", "the lower of")}[node.op]
            inside = [inner(a, unit) for a in node.args]
            return f"{words[1]} ({', '.join(inside)})" if english else f"{words[0]}（{'，'.join(inside)}）"
        if node.op == "sub" and self.unit(node.args[1]) == "month":
            start, end = (in_words(self.trace.value(a, place if self.nodes[a].entity == PERSON else None), "month",
                                   english=english) for a in reversed(node.args))  # fmt: skip
            return f"months from {start} to {end}" if english else f"{start}至{end}的月数"
        if node.op in _SIGNS:
            # Only + and − share their unit with both sides; a factor or divisor is a bare number.
            inherited = unit if node.op in ("add", "sub") else ""
            texts = [inner(a, inherited) for a in node.args]
            open_, close = ("(", ")") if english else ("（", "）")
            return _SIGNS[node.op].join(
                f"{open_}{t}{close}" if self.nodes[a].op in _SIGNS else t
                for a, t in zip(node.args, texts, strict=True)
            )
        return say(value, self.unit(number) or unit)
