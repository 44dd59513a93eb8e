"""Siting as a durable job: the web starts it, a worker solves it, a killed worker's job is taken up again."""

from __future__ import annotations

from procrastinate.contrib.django import app


@app.task(name="eldercare_layout.solve", queue="reforms", lock="eldercare_layout")
def solve_job(*, plan_id: int) -> None:
    """Solves one plan."""
    # This module is read at every start of Django; the solver is loaded only where a plan is solved.
    from minzheng.domains.eldercare_layout.actions import solve_plan

    solve_plan(plan_id)
