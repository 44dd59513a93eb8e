"""Readings of the trace; row-level security decides which entries are there to read."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from minzheng.kernel.audit.models import Entry
from minzheng.kernel.audit.recording import LOOK, UNMASK


def looks_at(person_id: int) -> QuerySet[Entry]:
    """Who looked at a person's record, latest first (谁看过我的档案).

    The resident sees role, place (`detail["post_division"]`) and reason; `actor_label` names the official and is for auditors.
    """
    return Entry.objects.filter(person_id=person_id, act__in=[LOOK, UNMASK]).order_by("-at", "-id")


def entries(
    *,
    act: str = "",
    person_id: int | None = None,
    official_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[Entry]:
    """Entries by what, about whom, by whom and when, latest first; `act` may end in `.` for a whole block."""
    found = Entry.objects.all()
    if act:
        found = found.filter(act__startswith=act) if act.endswith(".") else found.filter(act=act)
    if person_id is not None:
        found = found.filter(person_id=person_id)
    if official_id is not None:
        found = found.filter(official_id=official_id)
    if since is not None:
        found = found.filter(at__gte=since)
    if until is not None:
        found = found.filter(at__lt=until)
    return found.order_by("-at", "-id")
