"""What happens to people in a month: births, deaths, moves, work, illness and disability, marriages and divorces."""

from __future__ import annotations

from minzheng.simulation.year.engine import Step

STEPS: tuple[Step, ...] = ()
