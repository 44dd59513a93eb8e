"""Walking distances: the great circle between two points times a detour factor (步行距离 = 球面距离 × 绕行系数)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
EARTH_METRES = 6_371_008.8
"""Mean radius (IUGG)."""


def walking_metres(here: Floats, there: Floats, *, detour_percent: int = 100) -> Floats:
    """Distances from each point of `here` to each of `there`.

    Shape: (len(here), len(there)), metres; the points are rows of (longitude, latitude) in degrees.

    >>> walking_metres(np.array([[121.0, 31.0]]), np.array([[121.0, 32.0]])).round().tolist()
    [[111195.0]]
    """
    a, b = (
        np.radians(np.asarray(here, float).reshape(-1, 2)),
        np.radians(np.asarray(there, float).reshape(-1, 2)),
    )
    longitude = b[None, :, 0] - a[:, None, 0]
    latitude = b[None, :, 1] - a[:, None, 1]
    half = (
        np.sin(latitude / 2) ** 2 + np.cos(a[:, None, 1]) * np.cos(b[None, :, 1]) * np.sin(longitude / 2) ** 2
    )
    metres: Floats = 2 * EARTH_METRES * np.arcsin(np.sqrt(np.clip(half, 0, 1))) * detour_percent / 100
    return metres


def nearest_metres(here: Floats, there: Floats, *, detour_percent: int = 100, block: int = 1000) -> Floats:
    """The distance from each point of `here` to the nearest of `there`; infinite where there is none.

    Shape: (len(here),), metres. A block of points at a time, so a whole city needs no more memory than one of its parts.
    """
    nearest = np.full(len(here), np.inf)
    if len(there):
        for at in range(0, len(here), block):
            part = slice(at, at + block)
            nearest[part] = walking_metres(here[part], there, detour_percent=detour_percent).min(axis=1)
    return nearest
