"""One household before and after a reform, each with every value and its paper."""

from __future__ import annotations

from dataclasses import dataclass

from minzheng.kernel.monthend.folders import snapshot_folder
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import compile_law, load_programmes
from minzheng.kernel.reforms.changes import from_json, reformed_law
from minzheng.kernel.reforms.errors import ReformRefused
from minzheng.kernel.reforms.models import Reform
from minzheng.kernel.rules import HouseholdInputs, HouseholdTrace, Law, evaluate_household, read_household


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """The same facts under both laws."""

    month: Month
    inputs: HouseholdInputs
    law: Law
    reform: Law
    before: HouseholdTrace
    after: HouseholdTrace


def household_under_both(reform: Reform, household_id: int) -> BeforeAfter:
    """A household of the reform's snapshot, as both laws decide about it.

    Raises:
        ReformRefused: the snapshot is gone, does not hold the household, or the law was changed since.
    """
    folder = snapshot_folder(str(reform.when), reform.snapshot_identity)
    try:
        inputs = read_household(folder, household_id)
    except (KeyError, FileNotFoundError) as error:
        raise ReformRefused(
            "试算所用的人口快照已不在，请重新试算 / the snapshot is gone; compute the reform anew"
        ) from error
    programmes = [p for p in load_programmes() if p.in_force(reform.when)]
    law = compile_law(programmes, reform.when)
    other = reformed_law(programmes, from_json(reform.changes), reform.when)
    if (law.identity, other.identity) != (reform.law_identity, reform.reform_identity):
        raise ReformRefused(
            "政策参数或规则在试算后已更新，请重新试算 / the law was changed since; compute the reform anew"
        )
    return BeforeAfter(
        reform.when, inputs, law, other, evaluate_household(law, inputs), evaluate_household(other, inputs)
    )
