"""Readings of leads for the list, the map and the home page: grouped counts and filtered rows in the acting post's scope."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import Left

from minzheng.kernel.outreach.models import PENDING, Lead, Notice

PENDING_STATES = tuple(str(state) for state in PENDING)
SOON = timedelta(days=7)


def filtered(
    *, kind: str = "", programme: str = "", state: str = "", place: str = "", due: str = "", on: date
) -> QuerySet[Lead]:
    """Leads as the filters of the list ask; pending ones where no state is asked for."""
    found = Lead.objects.select_related("person").order_by("due_on", "id")
    if state == "all":
        pass
    elif state:
        found = found.filter(state=state)
    else:
        found = found.filter(state__in=PENDING_STATES)
    if kind:
        found = found.filter(kind=kind)
    if programme:
        found = found.filter(programme=programme)
    if place:
        found = found.filter(division_code__gte=place, division_code__lt=place + ":")
    if due == "overdue":
        found = found.filter(due_on__lt=on)
    elif due == "soon":
        found = found.filter(due_on__gte=on, due_on__lte=on + SOON)
    return found


def pending_by_kind(on: date) -> list[dict[str, Any]]:
    """Pending leads by kind: how many, how many are late, the nearest deadline."""
    return list(
        Lead.objects.filter(state__in=PENDING_STATES)
        .values("kind")
        .annotate(count=Count("id"), late=Count("id", filter=Q(due_on__lt=on)), due=Min("due_on"))
        .order_by("due", "kind")
    )


def waiting_decisions() -> dict[str, Any]:
    """Leads whose person applied and who wait for the decision."""
    return Lead.objects.filter(state="applied").aggregate(count=Count("id"), due=Min("due_on"))


def by_place(length: int, *, place: str = "", kind: str = "") -> dict[str, dict[str, int]]:
    """Pending leads by a prefix of the place: all, and those that are late to be told apart by kind."""
    rows = Lead.objects.filter(state__in=PENDING_STATES)
    if place:
        rows = rows.filter(division_code__gte=place, division_code__lt=place + ":")
    if kind:
        rows = rows.filter(kind=kind)
    found: dict[str, dict[str, int]] = {}
    grouped = (
        rows.annotate(place=Left("division_code", length)).values("place", "kind").annotate(n=Count("id"))
    )
    for row in grouped.order_by("place", "kind"):
        found.setdefault(row["place"], {})[row["kind"]] = row["n"]
    return found


def places_with_leads(length: int) -> list[str]:
    """The districts (6), streets (9) or committees (12) that have pending leads, for the filter."""
    return list(
        Lead.objects.filter(state__in=PENDING_STATES)
        .annotate(place=Left("division_code", length))
        .values_list("place", flat=True)
        .distinct()
        .order_by("place")[:400]
    )


def places_of(rows: QuerySet[Lead] | QuerySet[Notice]) -> list[str]:
    """Every place that occurs in a list, to name them with one query; the tree has some six thousand at most."""
    return list(rows.order_by().values_list("division_code", flat=True).distinct()[:8000])


def notices(*, state: str = "", programme: str = "") -> QuerySet[Notice]:
    """Notices of awards that start by themselves; those still open where no state is asked for."""
    found = Notice.objects.filter(about="grant").select_related("person").order_by("window_until", "id")
    found = found.filter(state=state) if state else found.filter(state__in=["issued", "objected"])
    return found.filter(programme=programme) if programme else found


def notices_waiting() -> dict[str, Any]:
    """Open notices and objections, with the nearest end of a window."""
    return Notice.objects.filter(about="grant", state__in=["issued", "objected"]).aggregate(
        issued=Count("id", filter=Q(state="issued")),
        objected=Count("id", filter=Q(state="objected")),
        until=Min("window_until", filter=Q(state="issued")),
    )


def changes(ids: list[int]) -> list[Lead]:
    """Chosen leads in order of their numbers, at most as many as a page shows."""
    return list(Lead.objects.filter(pk__in=ids[:200]).select_related("person").order_by("id"))
