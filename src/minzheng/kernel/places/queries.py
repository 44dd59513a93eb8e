"""Readings of the division tree: children, subtrees, names and paths."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from minzheng.kernel.places.models import Division
from minzheng.kernel.places.resolution import CITY, ancestors, trim_code


def scope(code: str) -> tuple[str, str]:
    """The half-open range of codes in a division's subtree, itself included.

    >>> scope("310107"), scope("310000")
    (('310107', '310107:'), ('31', '31:'))
    """
    low = "31" if trim_code(code) == CITY else trim_code(code)
    return low, low + ":"


def contains(code: str, inner: str) -> bool:
    """Whether a division lies in another's subtree.

    >>> contains("310107", "310107014029"), contains("310107014", "310107"), contains("310000", "310107")
    (True, False, True)
    """
    low, high = scope(code)
    return low <= inner < high


def outline_code(code: str) -> str:
    """The district whose outline a map draws for a place; the city itself for places known no closer.

    >>> outline_code("310107014029"), outline_code("310000")
    ('310107', '310000')
    """
    return code[:6] if len(code) >= 6 else CITY


def children(code: str, on: date) -> QuerySet[Division]:
    """The divisions directly below one, in force on a day, by code."""
    return Division.objects.filter(parent_id=code, during__contains=on)


def subtree(code: str, on: date) -> QuerySet[Division]:
    """A division and everything below it, in force on a day, by code."""
    low, high = scope(code)
    return Division.objects.filter(code__gte=low, code__lt=high, during__contains=on)


def path(code: str) -> list[Division]:
    """The divisions from the city down to one, whether in force or not; as deep as the code is known."""
    found = {row.code: row for row in Division.objects.filter(code__in=ancestors(code))}
    return [found[step] for step in reversed(ancestors(code)) if step in found]


def path_name(code: str) -> str:
    """The full name of a place below the city: 普陀区长风新村街道…居委会; the city's own name for the city."""
    return path_names([code])[code]


def path_names(codes: Iterable[str]) -> dict[str, str]:
    """Full names of many places with one query; an unknown code stands for itself."""
    wanted = set(codes)
    steps = {code: list(reversed(ancestors(code))) for code in wanted}
    every = {step for chain in steps.values() for step in chain}
    known = dict(Division.objects.filter(code__in=every).values_list("code", "name"))
    names = {}
    for code, chain in steps.items():
        below = [known[step] for step in chain if step != CITY and step in known]
        names[code] = "".join(below) or (known.get(CITY, code) if code == CITY else code)
    return names


def names(codes: Iterable[str]) -> dict[str, str]:
    """Own names of many places; unknown codes are absent."""
    return dict(Division.objects.filter(code__in=set(codes)).values_list("code", "name"))


def find_by_name(name: str, *, within: str = CITY, on: date) -> list[Division]:
    """Divisions of a name inside a subtree: the exact name first, else names that begin with it, at most 20."""
    low, high = scope(within)
    inside = Division.objects.filter(code__gte=low, code__lt=high, during__contains=on)
    wanted = name.strip()
    return list(inside.filter(name=wanted)[:20]) or list(inside.filter(name__startswith=wanted)[:20])
