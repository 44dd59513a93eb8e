"""Readings of the register of facilities: those open on a day, those near a point."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import cos, radians

from django.db import connection
from django.db.models import F, FloatField, Q, QuerySet, Value
from django.db.models.functions import ASin, Cos, Power, Radians, Sin, Sqrt

from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.places.queries import scope

EARTH_KM = 6371.0
_KM_PER_DEGREE = 111.19


def facilities_open(*, on: date, kinds: Sequence[str] = (), within: str = "") -> QuerySet[Facility]:
    """The facilities that exist on a day, by code; `within` is a division whose subtree they lie in."""
    found = Facility.objects.filter(during__contains=on).order_by("code")
    if kinds:
        found = found.filter(kind__in=kinds)
    if within:
        low, high = scope(within)
        found = found.filter(division_code__gte=low, division_code__lt=high)
    return found


def near(
    found: QuerySet[Facility], *, longitude: float, latitude: float, within_km: float | None = None
) -> QuerySet[Facility]:
    """The nearest first, each with `km` on the ground; those without a place on the map are left out.

    Args:
        longitude, latitude: degrees, WGS 84.
        within_km: none farther away; a box around the point is looked at first.

    Raises:
        ValueError: the point does not lie on the earth.
    """
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise ValueError(
            f"经纬度 {longitude}, {latitude} 不在范围内 / longitude and latitude are degrees within ±180 and ±90"
        )
    half = Power(Sin((Radians("latitude") - radians(latitude)) / 2), 2) + Cos(Radians("latitude")) * cos(
        radians(latitude)
    ) * Power(Sin((Radians("longitude") - radians(longitude)) / 2), 2)
    placed = found.filter(longitude__isnull=False)
    if within_km is not None:
        north = within_km / _KM_PER_DEGREE
        east = north / max(cos(radians(latitude)), 0.01)
        placed = placed.filter(
            Q(latitude__range=(latitude - north, latitude + north)),
            Q(longitude__range=(longitude - east, longitude + east)),
        )
    ranked = placed.annotate(km=Value(2 * EARTH_KM, FloatField()) * ASin(Sqrt(half)))
    if within_km is not None:
        ranked = ranked.filter(km__lte=within_km)
    return ranked.order_by(F("km"), "code")


def my_facility() -> int | None:
    """The facility that the acting post works for, if it works for one alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT facilities_mine()")
        return cursor.fetchone()[0]
