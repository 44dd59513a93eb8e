"""The law of one month, ready to be evaluated: the graph and what each benefit reads of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date

from minzheng.kernel.periods import Month
from minzheng.kernel.rules.graph import Graph

ELIGIBLE, MAY_QUALIFY, NOT_ELIGIBLE = 2, 1, 0
STATUS_WORDS = {ELIGIBLE: "eligible", MAY_QUALIFY: "may_qualify", NOT_ELIGIBLE: "not_eligible"}
STATUS_LABELS = {ELIGIBLE: "符合", MAY_QUALIFY: "可能符合（待核查）", NOT_ELIGIBLE: "不符合"}


@dataclass(frozen=True, slots=True)
class LawRule:
    """A rule of the graph with its paper."""

    name: str
    node: int
    entity: str
    dtype: str
    label: str
    label_en: str
    source: str
    provenance: str
    unit: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class LawParameter:
    """A parameter's value in the month with its paper."""

    name: str
    label: str
    label_en: str
    unit: str
    value: object
    source: str
    provenance: str
    from_: date
    checked: date


@dataclass(frozen=True, slots=True)
class LawCondition:
    """A condition of a benefit: the nodes that say whether it is met, and whether that is known at all."""

    rule: str
    met: int
    known: int


@dataclass(frozen=True, slots=True)
class LawRival:
    """One line of the stacking matrix as it bears on a benefit: `excluded` says where the rival takes its
    place."""

    rival: str
    rival_label: str
    rival_label_en: str
    rule: str
    excluded: int
    source: str
    provenance: str


@dataclass(frozen=True, slots=True)
class LawBenefit:
    """A benefit in the month: nodes of its status and amounts, before and after the stacking matrix."""

    programme: str
    code: str
    name: str
    name_en: str
    unit: str
    conditions: tuple[LawCondition, ...]
    gross_status: int
    gross: int
    status: int
    net: int
    amount_rule: str
    rivals: tuple[LawRival, ...] = ()
    #: Of a household's benefit with shares: each person's part of `net`.
    share: int | None = None


@dataclass(frozen=True, slots=True)
class Law:
    """Everything an evaluator or an explanation needs, and nothing of any engine."""

    month: Month
    graph: Graph
    rules: dict[str, LawRule]
    benefits: dict[str, LawBenefit]
    parameters: dict[str, LawParameter]
    table_names: dict[int, str] = field(default_factory=dict)
    programmes: tuple[str, ...] = ()
    #: A digest of the month, the graph, and every label and paper that an explanation would cite.
    identity: str = field(init=False, default="")

    def __post_init__(self) -> None:
        object.__setattr__(self, "identity", self._digest())

    def _digest(self) -> str:
        text = json.dumps(
            [
                str(self.month),
                self.graph.identity(),
                [[r.name, r.node, r.label, r.source, r.provenance, r.unit] for r in self.rules.values()],
                [[p.name, str(p.value), p.source, p.provenance, str(p.from_)] for p in self.parameters.values()],
                [
                    [b.programme, b.code, b.unit, b.status, b.net, [[c.met, c.known] for c in b.conditions],
                     [[r.rival, r.rule, r.excluded, r.source] for r in b.rivals]]
                    for b in self.benefits.values()
                ],
            ],
            ensure_ascii=False,
        )  # fmt: skip
        return hashlib.sha256(text.encode()).hexdigest()

    def roots(self) -> list[int]:
        """The nodes that findings are made of."""
        return sorted({n for b in self.benefits.values() for n in (b.status, b.net)})
