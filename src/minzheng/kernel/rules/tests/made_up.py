"""Made-up law for tests of the engine: rules of a test module, traced and run in both ways."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from minzheng.kernel.parameters import Entry, Parameter, ParameterSet
from minzheng.kernel.periods import Month
from minzheng.kernel.rules import (
    HouseholdInputs,
    Law,
    LawBenefit,
    LawRule,
    Rule,
    evaluate_frames,
    evaluate_household,
    rule_values,
)
from minzheng.kernel.rules.cases import frames_of
from minzheng.kernel.rules.tracing import RuleBook, Tracer

JULY = Month(2022, 7)


def parameters(**values: Any) -> ParameterSet:
    """Parameters in force since 2000; a list of pairs is bands."""
    made = {}
    for key, value in values.items():
        banded = isinstance(value, tuple) and isinstance(value[0], tuple)
        entry = Entry(date(2000, 1, 1), value, "某文件 第一条", "public", date(2026, 1, 1))
        made[key] = Parameter(key, key, key, "fen/month", (entry,), Path(f"{key}.yaml"), banded)
    return ParameterSet("made_up", made)


def law_of(*rules: Rule, month: Month = JULY, **values: Any) -> Law:
    """Trace rules as one programme and wrap them as a law without benefits."""
    module = rules[0].module
    book = RuleBook("made_up", module, {r.name: r for r in rules}, parameters(**values).at(month))
    tracer = Tracer(month, [book])
    for rule in rules:
        tracer.trace(book, rule)
    listed = {
        name: LawRule(
            name, node, tracer.rule_of[name].entity, tracer.rule_of[name].dtype, "", "", "", "", "", "", 0
        )
        for name, node in tracer.rule_nodes.items()
    }
    return Law(month, tracer.graph, listed, {}, {})


def value_of(
    *rules: Rule,
    persons: list[dict[str, Any]] | None = None,
    household: dict[str, Any] | None = None,
    month: Month = JULY,
    **values: Any,
) -> Any:
    """The last rule's value for one household, after making sure that every way to evaluate says the same."""
    law = law_of(*rules, month=month, **values)
    people = [{"person_id": n, "household_id": 1, **p} for n, p in enumerate(persons or [{}], 1)]
    inputs = HouseholdInputs({"household_id": 1, **(household or {})}, people)
    name = f"made_up.{rules[-1].name}"
    single = evaluate_household(law, inputs).rule(name)
    columns = rule_values(law, *frames_of([inputs]))[name].to_list()
    assert columns == (single if isinstance(single, list) else [single])
    assert compiled(law, name, inputs) == [int(v) for v in columns]
    return single


def compiled(law: Law, name: str, inputs: HouseholdInputs) -> list[int]:
    """A rule's values by the compiled engine, which knows findings only: a benefit that pays everybody the value."""
    graph, wanted = law.graph, law.rules[name]
    sure, net = graph.constant(2), wanted.node
    if wanted.dtype == "bool":
        net = graph.apply(
            "where", net, graph.constant(1), graph.constant(0), dtype="int", entity=wanted.entity
        )
    benefit = LawBenefit("made_up", "all", "", "", wanted.entity, (), sure, net, sure, net, name)
    paying = Law(law.month, graph, {}, {"all": benefit}, {})
    return evaluate_frames(paying, *frames_of([inputs]), engine="kernel")["amount_fen"].to_list()
