"""All steps of a month in their order: people first, then what they come for, then what is paid."""

from __future__ import annotations

from minzheng.simulation.year import money, people, services

STEPS = (*people.STEPS, *services.STEPS, *money.STEPS)
