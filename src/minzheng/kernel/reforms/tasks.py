"""A what-if as a durable job: the web starts it, a worker computes it, a killed worker's job is taken up again."""

from __future__ import annotations

from procrastinate.contrib.django import app


@app.task(name="reforms.compute", queue="reforms", lock="reforms")
def compute_job(*, reform_id: int) -> None:
    """Computes one reform; one job per reform, never per household."""
    # This module is read at every start of Django; the engine of the rules is loaded only where one is computed.
    from minzheng.kernel.reforms.actions import compute_reform

    compute_reform(reform_id)
