"""What a month pays: applications and their decisions, the month end, notices, batches, returns, grants by event."""

from __future__ import annotations

from minzheng.simulation.year.engine import Step

STEPS: tuple[Step, ...] = ()
