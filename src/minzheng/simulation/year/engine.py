"""Lives months one after the other (逐月模拟): every step once, in its order, taken up where a killed run left off.

A step's writing and the note that it is lived stand in one transaction where the step is `atomic`. A step that commits by itself,
such as the month end, is one that may be called again after a kill and then goes on; its note follows it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.periods import Month
from minzheng.simulation.models import LivedStep, SimulatedCity

SERVICE = "simulation"
Watcher = Callable[[str, str], None]


class NoCity(RuntimeError):
    """There is no city to live; the message says how to build one."""


@dataclass(frozen=True, slots=True)
class Life:
    """What a step is given: the month it lives, and how small and by which seed the city was drawn."""

    month: Month
    scale: int
    seed: int
    watch: Watcher

    def share(self, of_the_city: float) -> float:
        """What a number of the whole city is in this one: 5,781 beds are 57.81 in a city of 1:100."""
        return of_the_city / self.scale


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a month: its name, the words for it, and what lives it; it returns what it tells (counts, no figures)."""

    name: str
    words: str
    live: Callable[[Life], dict[str, Any]]
    atomic: bool = True
    """Written whole or not at all, as the simulation's service. Others act as whom they like and may be called again."""


def city() -> SimulatedCity:
    """The city of this installation.

    Raises:
        NoCity: none was built.
    """
    with acting_as_service(SERVICE):
        found = SimulatedCity.objects.order_by("pk").first()
    if found is None:
        raise NoCity(
            "还没有模拟城市，请先运行 minzheng city build / no simulated city yet: run minzheng city build first"
        )
    return found


def live(first: Month, until: Month, steps: Sequence[Step], watch: Watcher) -> int:
    """Lives the months from `first` to `until`, both included; returns how many steps were lived now.

    Raises:
        NoCity: none was built.
    """
    built, lived = city(), 0
    month = first
    while month <= until:
        with acting_as_service(SERVICE):
            done = set(LivedStep.objects.filter(month=month.first_day).values_list("step", flat=True))
        life = Life(month, built.scale, built.seed, watch)
        for step in steps:
            if step.name in done:
                continue
            watch(f"{month} {step.words}", "")
            with transaction.atomic() if step.atomic else nullcontext():
                with acting_as_service(SERVICE) if step.atomic else nullcontext():
                    told = step.live(life)
                with acting_as_service(SERVICE):
                    LivedStep.objects.create(month=month.first_day, step=step.name, told=told)
            lived += 1
            watch(f"{month} {step.words}", "，".join(f"{name} {count}" for name, count in told.items()))
        month = month + 1
    return lived
