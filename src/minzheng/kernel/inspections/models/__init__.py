"""What is remembered of inspections."""

from minzheng.kernel.inspections.models.findings import (
    Complaint,
    Event,
    Finding,
    Penalty,
    Publication,
    Recheck,
    Rectification,
)
from minzheng.kernel.inspections.models.plans import Conflict, Inspector, Plan, PlanSeed
from minzheng.kernel.inspections.models.visits import Answer, AreaResult, Assignment, Result, Visit

__all__ = [
    "Answer",
    "AreaResult",
    "Assignment",
    "Complaint",
    "Conflict",
    "Event",
    "Finding",
    "Inspector",
    "Penalty",
    "Plan",
    "PlanSeed",
    "Publication",
    "Recheck",
    "Rectification",
    "Result",
    "Visit",
]
