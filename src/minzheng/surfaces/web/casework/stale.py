"""What happened to a case since a page was opened, told to whoever was overtaken by it."""

from __future__ import annotations

from typing import Any

from minzheng.kernel.cases.models import Case, Event
from minzheng.surfaces.web.casework.words import act_word

SHOWN = 10


def since_seen(case: Case, seen: str) -> list[dict[str, Any]]:
    """The events that the page had not shown yet, the latest first; `seen` is the number of the last one it had."""
    last = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 19 else 0
    rows = Event.objects.filter(case_id=case.pk, pk__gt=last).order_by("-id")[:SHOWN]
    return [
        {"when": event.at, "title": act_word(event.act), "text": event.note, "actor": event.actor_label}
        for event in rows
    ]
