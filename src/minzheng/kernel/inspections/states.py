"""How plans, visits, findings and penalties move: one table each, and nothing moves beside it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models

from minzheng.kernel.access import current_actor
from minzheng.kernel.audit import record
from minzheng.kernel.inspections.errors import InspectionRefused


class PlanState(models.TextChoices):
    COMMITTED = "committed", "已公布种子摘要"
    FROZEN = "frozen", "名单已锁定"
    DRAWN = "drawn", "已抽取"
    PUBLISHED = "published", "已公开验证文件"


class VisitState(models.TextChoices):
    PLANNED = "planned", "待检查"
    UNDER_WAY = "under_way", "检查中"
    DONE = "done", "已完成"
    CANCELLED = "cancelled", "已取消"


class FindingState(models.TextChoices):
    OPEN = "open", "待整改"
    ANSWERED = "answered", "已整改待复查"
    CLOSED = "closed", "复查合格"


class PenaltyState(models.TextChoices):
    TOLD = "told", "已告知，可陈述申辩"
    DECIDED = "decided", "已处罚"
    DROPPED = "dropped", "不予处罚"


MOVES: dict[str, frozenset[str]] = {
    "plan": frozenset({"committed>frozen", "frozen>drawn", "drawn>published"}),
    "visit": frozenset({"planned>under_way", "under_way>done", "planned>cancelled"}),
    # Only a re-check closes a finding; one that fails opens it again under its first deadline.
    "finding": frozenset({"open>answered", "answered>closed", "answered>open", "open>closed"}),
    "penalty": frozenset({"told>decided", "told>dropped"}),
}


def move(
    row: Any, kind: str, state: str, *, on: date, note: str = "", moves: frozenset[str] | None = None, **changed: Any
) -> None:  # fmt: skip
    """Moves a locked row by its table, keeps an event and an entry in the trace.

    Args:
        moves: a domain's own table, for rows that the kernel does not know.
        changed: further columns that change with the state.

    Raises:
        InspectionRefused: the table does not hold the move.
    """
    # The models' columns name these states, so they come first.
    from minzheng.kernel.inspections.models import Event

    before = row.state
    if f"{before}>{state}" not in (MOVES[kind] if moves is None else moves):
        label = type(row)._meta.get_field("state").choices or []
        names = dict(label)
        raise InspectionRefused(
            f"“{names.get(before, before)}”不能变为“{names.get(state, state)}” / {kind} {row.pk} is {before} and cannot become {state}"
        )
    row.state = state
    for field, value in changed.items():
        setattr(row, field, value)
    row.save(update_fields=["state", *changed])
    actor = current_actor()
    Event.objects.create(
        subject=f"{kind}:{row.pk}",
        facility_id=getattr(row, "facility_id", None),
        division_code=row.division_code,
        before=before,
        after=state,
        on=on,
        by=actor.label if actor else "",
        note=note,
    )
    record(
        f"inspections.{kind}_{state}",
        subject=f"inspections.{kind}:{row.pk}",
        division_code=row.division_code,
        detail={"before": before, "on": on.isoformat()},
    )
