"""Other texts of rules for the tests of replacement."""

from __future__ import annotations

from typing import Any

from minzheng.kernel.rules import Household, rule


def meets_income_test(household: Any, m: Any) -> Any:
    """At the standard still passes."""
    return household.income_per_member_fen <= m.standard


def allowance_fen(household: Any, month: Any) -> Any:
    """The second argument has another name."""
    return household.members


@rule(entity=Household, source="测试", label="测试", unit="persons")
def income_per_member_fen(household: Household, m: Any) -> Any:
    """Another unit than the rule in force."""
    return household.members


NUMBER = 3
