"""What a month serves: cases at the centres and online, facilities and beds opened, people moving in, inspections."""

from __future__ import annotations

from minzheng.simulation.year.engine import Step

STEPS: tuple[Step, ...] = ()
