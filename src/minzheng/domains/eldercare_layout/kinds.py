"""Words that the layout plan shares: which facilities it speaks of, what a plan may ask for."""

from __future__ import annotations

from enum import StrEnum

CENTRE = "eldercare_centre"
"""A community service centre for elders (社区综合为老服务中心): what people should be able to walk to."""


class Model(StrEnum):
    """What a plan asks for."""

    P_MEDIAN = "p_median"  # the least mean distance
    COVERAGE = "coverage"  # the most people within reach
