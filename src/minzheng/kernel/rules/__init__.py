"""Rules: law as code.

A rule is a small function of a person or household and the month's parameters. It is called once with symbols and
traced into a graph free of any engine; the columnar evaluator runs the graph over a snapshot, the single one over one
household and keeps every value, which is the explanation. Compiling programmes into a `Law` is `kernel.programmes`.
"""

from minzheng.kernel.rules.columns import (
    BenefitTotal,
    RunRecord,
    evaluate_frames,
    evaluate_snapshot,
    read_findings,
    rule_values,
)
from minzheng.kernel.rules.decorator import Rule, rule, rules_in
from minzheng.kernel.rules.errors import CycleError, LawError, RuleError, SnapshotDamaged
from minzheng.kernel.rules.explanation import ConditionView, Explanation, InputView, SumStep, explain
from minzheng.kernel.rules.graph import Graph, Node
from minzheng.kernel.rules.inputs import (
    CHILD,
    HEAD,
    OTHER_RELATION,
    PARENT,
    SPOUSE,
    Input,
    catalogue,
    inputs_of,
)
from minzheng.kernel.rules.language import (
    all_,
    all_of,
    any_,
    any_of,
    bands,
    count,
    floor_div,
    least,
    most,
    one_of,
    total,
    where,
)
from minzheng.kernel.rules.law import (
    ELIGIBLE,
    MAY_QUALIFY,
    NOT_ELIGIBLE,
    STATUS_LABELS,
    STATUS_WORDS,
    Law,
    LawBenefit,
    LawCondition,
    LawParameter,
    LawRival,
    LawRule,
)
from minzheng.kernel.rules.single import (
    Finding,
    HouseholdInputs,
    HouseholdTrace,
    Provenance,
    evaluate_household,
)
from minzheng.kernel.rules.snapshot import (
    SnapshotRecord,
    find_household_of,
    read_household,
    read_snapshot_record,
    write_snapshot,
)
from minzheng.kernel.rules.symbols import Household, Maybe, Person, Symbol

__all__ = [
    "CHILD",
    "ELIGIBLE",
    "HEAD",
    "MAY_QUALIFY",
    "NOT_ELIGIBLE",
    "OTHER_RELATION",
    "PARENT",
    "SPOUSE",
    "STATUS_LABELS",
    "STATUS_WORDS",
    "BenefitTotal",
    "ConditionView",
    "CycleError",
    "Explanation",
    "Finding",
    "Graph",
    "Household",
    "HouseholdInputs",
    "HouseholdTrace",
    "Input",
    "InputView",
    "Law",
    "LawBenefit",
    "LawCondition",
    "LawError",
    "LawParameter",
    "LawRival",
    "LawRule",
    "Maybe",
    "Node",
    "Person",
    "Provenance",
    "Rule",
    "RuleError",
    "RunRecord",
    "SnapshotDamaged",
    "SnapshotRecord",
    "SumStep",
    "Symbol",
    "all_",
    "all_of",
    "any_",
    "any_of",
    "bands",
    "catalogue",
    "count",
    "evaluate_frames",
    "evaluate_household",
    "evaluate_snapshot",
    "explain",
    "find_household_of",
    "floor_div",
    "inputs_of",
    "least",
    "most",
    "one_of",
    "read_findings",
    "read_household",
    "read_snapshot_record",
    "rule",
    "rule_values",
    "rules_in",
    "total",
    "where",
    "write_snapshot",
]
