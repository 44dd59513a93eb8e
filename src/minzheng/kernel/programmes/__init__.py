"""Programmes: what a domain says of itself, and the law of a month compiled from all of them.

A domain is a package with `programme.py` (holding `PROGRAMME = Programme(...)`), `parameters/*.yaml` and
`rules/`. The kernel knows no domain by name: the list of packages comes from the setting MINZHENG_DOMAINS
or an argument.
"""

from minzheng.kernel.programmes.compilation import compile_law, law_as_known, law_for
from minzheng.kernel.programmes.manifest import (
    Benefit,
    Condition,
    Frequency,
    Grant,
    Programme,
    Route,
    Unit,
)
from minzheng.kernel.programmes.registry import (
    all_benefits,
    benefit_by_code,
    benefit_by_roster_name,
    load_programme,
    load_programmes,
    parameter_sets,
)
from minzheng.kernel.programmes.stacking import Pair, StackingError, StackingMatrix, load_stacking

__all__ = [
    "Benefit",
    "Condition",
    "Frequency",
    "Grant",
    "Pair",
    "Programme",
    "Route",
    "StackingError",
    "StackingMatrix",
    "Unit",
    "all_benefits",
    "benefit_by_code",
    "benefit_by_roster_name",
    "compile_law",
    "law_as_known",
    "law_for",
    "load_programme",
    "load_programmes",
    "load_stacking",
    "parameter_sets",
]
