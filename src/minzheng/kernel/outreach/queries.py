"""Named readings of leads and notices for screens and reports."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet

from minzheng.kernel.outreach.models import PENDING, Lead, Notice


def pending_leads() -> QuerySet[Lead]:
    """Leads still to be settled in the acting post's scope, the nearest deadline first."""
    return (
        Lead.objects.filter(state__in=PENDING).select_related("person", "household").order_by("due_on", "id")
    )


def leads_by_kind() -> dict[str, int]:
    """How many leads of each kind are pending."""
    rows = Lead.objects.filter(state__in=PENDING).values("kind").annotate(count=Count("id")).order_by("kind")
    return {row["kind"]: row["count"] for row in rows}


def leads_by_place(prefix_length: int = 6) -> list[dict[str, Any]]:
    """Pending leads by district (6), street (9) or committee (12), by kind: what the map shows."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT left(division_code, %s), kind, count(*) FROM outreach_lead
               WHERE state IN ('open', 'visited', 'not_found', 'applied') GROUP BY 1, 2 ORDER BY 1, 2""",
            [prefix_length],
        )
        return [{"division_code": code, "kind": kind, "count": n} for code, kind, n in cursor.fetchall()]


def notices_of_person(person_id: int) -> QuerySet[Notice]:
    """Every notice a person was sent, the newest first."""
    return Notice.objects.filter(person_id=person_id).order_by("-issued_on", "-id")


def open_notices() -> QuerySet[Notice]:
    """Notices whose objection window is running or whose objection waits."""
    return (
        Notice.objects.filter(about="grant", state__in=["issued", "objected"])
        .select_related("person")
        .order_by("window_until", "id")
    )
