"""Rules: law as code.

A rule is a small function of a person or household and the month's parameters. It is called once with
symbols and traced into a graph free of any engine; the columnar evaluator runs the graph over a snapshot,
the single one over one household and keeps every value, which is the explanation. Compiling programmes into
a `Law` is `kernel.programmes`.
"""

from minzheng.kernel.rules.columns import evaluate_frames, rule_values
from minzheng.kernel.rules.decorator import Rule, rule, rules_in
from minzheng.kernel.rules.engines import ENGINES, BenefitRoll, evaluate_part
from minzheng.kernel.rules.errors import CycleError, LawError, RuleError, SnapshotDamaged
from minzheng.kernel.rules.explanation import explain
from minzheng.kernel.rules.findings import BenefitTotal, RunRecord, read_findings
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
from minzheng.kernel.rules.population import engine_for, evaluate_population, evaluate_snapshot
from minzheng.kernel.rules.single import (
    Finding,
    HouseholdInputs,
    HouseholdTrace,
    Provenance,
    evaluate_household,
)
from minzheng.kernel.rules.snapshot import (
    SnapshotRecord,
    SnapshotWriter,
    find_household_of,
    read_household,
    read_snapshot_record,
    snapshot_schema,
    write_snapshot,
)
from minzheng.kernel.rules.symbols import Household, Maybe, Person, Symbol
from minzheng.kernel.rules.views import (
    ConditionView,
    Explanation,
    InputView,
    PaperView,
    RivalView,
    SumStep,
)

__all__ = [
    "CHILD",
    "ELIGIBLE",
    "ENGINES",
    "HEAD",
    "MAY_QUALIFY",
    "NOT_ELIGIBLE",
    "OTHER_RELATION",
    "PARENT",
    "SPOUSE",
    "STATUS_LABELS",
    "STATUS_WORDS",
    "BenefitRoll",
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
    "PaperView",
    "Person",
    "Provenance",
    "RivalView",
    "Rule",
    "RuleError",
    "RunRecord",
    "SnapshotDamaged",
    "SnapshotRecord",
    "SnapshotWriter",
    "SumStep",
    "Symbol",
    "all_",
    "all_of",
    "any_",
    "any_of",
    "bands",
    "catalogue",
    "count",
    "engine_for",
    "evaluate_frames",
    "evaluate_household",
    "evaluate_part",
    "evaluate_population",
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
    "snapshot_schema",
    "total",
    "where",
    "write_snapshot",
]
