"""What a plan of siting may ask for."""

from __future__ import annotations

from enum import StrEnum


class Model(StrEnum):
    """What a plan asks for."""

    P_MEDIAN = "p_median"  # the least mean distance
    COVERAGE = "coverage"  # the most people within reach
