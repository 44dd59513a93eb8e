"""What a rule rests on: inputs, parameters, other rules, papers; and what nobody reads (依据关系)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from minzheng.kernel.parameters import names_a_paper
from minzheng.kernel.programmes import Programme
from minzheng.kernel.rules import Law
from minzheng.kernel.rules.graph import INPUTS


@dataclass(frozen=True, slots=True)
class Grounds:
    """One rule and all that its value can depend on in the month, itself or through other rules.

    `parameters` are those still to be seen in the graph: a value computed from parameters alone has become a number.
    """

    rule: str
    label: str
    label_en: str
    source: str
    provenance: str
    has_paper: bool
    inputs: tuple[str, ...]
    parameters: tuple[str, ...]
    rules: tuple[str, ...]
    file: str
    line: int


def grounds_of(law: Law) -> list[Grounds]:
    """Every rule of the law with its grounds, in the law's order."""
    found = []
    for rule in law.rules.values():
        inputs, parameters, rules = set(), set(), set()
        for number in law.graph.reachable([rule.node]):
            node = law.graph.nodes[number]
            if node.op in INPUTS:
                inputs.add(f"{node.entity}.{node.name}")
            elif node.op == "const" and node.name:
                parameters.add(node.name)
            elif node.op == "rule" and number != rule.node:
                rules.add(node.name)
            if number in law.table_names:
                parameters.add(law.table_names[number])
        found.append(
            Grounds(
                rule.name, rule.label, rule.label_en, rule.source, rule.provenance,
                rule.provenance != "illustrative" and names_a_paper(rule.source),
                tuple(sorted(inputs)), tuple(sorted(parameters)), tuple(sorted(rules)), rule.file, rule.line,
            )
        )  # fmt: skip
    return found


def unread_parameters(programmes: Iterable[Programme], law: Law) -> list[str]:
    """Parameters in force that no rule read when the month was traced and no manifest names.

    Programmes without rules of a month are left out: their parameters are read where their event is decided.
    """
    unread = []
    for programme in programmes:
        if not programme.rules or programme.code not in law.programmes:
            continue
        named = {n for b in programme.benefits for n in (b.pay_months, b.objection_days) if n}
        for parameter in programme.parameters:
            name = f"{programme.code}.{parameter.key}"
            if parameter.key not in named and name not in law.parameters and parameter.entry_at(law.month):
                unread.append(name)
    return unread
