"""Verbs of a credit sheet: object to an item, settle it, decide, publish, put right (异议、审定、公布、修复)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from minzheng.domains.eldercare_supervision.levels import LEVELS
from minzheng.domains.eldercare_supervision.models import (
    Objection,
    Repair,
    ScoreItem,
    ScoreSheet,
    SheetState,
)
from minzheng.domains.eldercare_supervision.scoring import rescored
from minzheng.domains.eldercare_supervision.working_rules import working_rules
from minzheng.kernel.access import current_actor, require, scope_of
from minzheng.kernel.audit import record
from minzheng.kernel.cases.models import Upload
from minzheng.kernel.inspections.errors import InspectionRefused
from minzheng.kernel.inspections.models import Finding, Publication
from minzheng.kernel.inspections.publishing import month_later, publish, take_down
from minzheng.kernel.inspections.states import move
from minzheng.kernel.periods import Month

MOVES = frozenset({"told>decided"})


def _trace(act: str, row: Any, on: date, **detail: Any) -> None:
    record(
        f"supervision.{act}",
        subject=f"supervision.{type(row).__name__.lower()}:{row.pk}",
        division_code=row.division_code,
        detail={"on": on, **detail},
    )


def _locked(sheet: ScoreSheet | int) -> ScoreSheet:
    pk = sheet if isinstance(sheet, int) else sheet.pk
    found = ScoreSheet.objects.select_for_update().filter(pk=pk).first()
    if found is None:
        raise InspectionRefused(f"没有评价表 {pk}，或不在可见范围内 / no such sheet in your sight")
    return found


@transaction.atomic
def object_to_item(*, item: ScoreItem, text: str, on: date, upload: Upload | None = None) -> Objection:
    """The institution objects to one item (提出异议), once, up to the last day for it.

    Raises:
        NotPermitted, InspectionRefused: no reason, too late, decided, or objected to already.
    """
    require("ratings.object")
    sheet = ScoreSheet.objects.get(pk=item.sheet_id)
    if not text.strip():
        raise InspectionRefused("请写明异议理由 / say why")
    if sheet.state != SheetState.TOLD or on > sheet.object_until:
        raise InspectionRefused(
            f"异议期至 {sheet.object_until}，已过期或已审定 / objections were taken until {sheet.object_until}"
        )
    if Objection.objects.filter(item=item).exists():
        raise InspectionRefused("该项目已提出过异议 / this item was objected to already")
    actor = current_actor()
    made = Objection.objects.create(
        item=item, facility_id=item.facility_id, division_code=item.division_code, text=text.strip(), upload=upload, on=on,
        by=actor.label if actor else "",
    )  # fmt: skip
    _trace("object", made, on)
    return made


@transaction.atomic
def settle_objection(*, objection: Objection, is_upheld: bool, words: str, on: date) -> Objection:
    """Upholds it, and the item is struck out; or rejects it (处理异议), with reasons.

    Raises:
        NotPermitted, InspectionRefused.
    """
    actor = require("ratings.decide")
    item = ScoreItem.objects.get(pk=objection.item_id)
    sheet = _locked(item.sheet_id)
    found = Objection.objects.select_for_update().get(pk=objection.pk)
    if found.is_upheld is not None or not words.strip():
        raise InspectionRefused("异议已处理，或未写明理由 / it was settled already, or no reasons were given")
    found.is_upheld, found.words, found.decided_on, found.decided_by_id = (
        is_upheld,
        words.strip(),
        on,
        actor.official,
    )
    found.save(update_fields=["is_upheld", "words", "decided_on", "decided_by"])
    if is_upheld:
        item.is_struck = True
        item.save(update_fields=["is_struck"])
        rescored(sheet, on=on)
    _trace("settle_objection", found, on, upheld=is_upheld)
    return found


@transaction.atomic
def decide_sheet(*, sheet: ScoreSheet | int, on: date) -> ScoreSheet:
    """Decides the level (审定): after the time to object, and when every objection is settled.

    Raises:
        NotPermitted, InspectionRefused.
    """
    actor = require("ratings.decide")
    found = _locked(sheet)
    waiting = Objection.objects.filter(item__sheet=found, is_upheld=None).count()
    if on <= found.object_until or waiting:
        raise InspectionRefused(
            f"异议期至 {found.object_until}，待处理异议 {waiting} 件；期满且全部处理后审定 / objections until {found.object_until}, {waiting} to be settled"
        )
    move(
        found, "sheet", SheetState.DECIDED, on=on, moves=MOVES, note=found.level, decided_on=on,
        decided_by_id=actor.official,
    )  # fmt: skip
    return found


@transaction.atomic
def publish_sheet(*, sheet: ScoreSheet, on: date) -> Publication:
    """Publishes a decided level (公布等级); what stood before for the institution is taken down.

    Raises:
        NotPermitted, InspectionRefused: not decided.
    """
    if sheet.state != SheetState.DECIDED:
        raise InspectionRefused("审定后方可公布 / a level is published after the decision")
    return _publish_level(sheet, sheet.level, on)


def _publish_level(sheet: ScoreSheet, level: str, on: date) -> Publication:
    subject = f"rating:{sheet.pk}:{level}"
    for earlier in Publication.objects.filter(
        facility=sheet.facility_id, kind="rating", withdrawn_on=None
    ).exclude(subject=subject):
        take_down(publication=earlier, because="新的信用等级已公布", on=on)
    return publish(
        kind="rating", subject=subject, facility=sheet.facility, title=f"{sheet.year} 年信用评价", on=on,
        detail={"year": sheet.year, "level": level, "score": sheet.score},
    )  # fmt: skip


def repair_conditions(sheet: ScoreSheet, *, on: date) -> list[tuple[str, bool]]:
    """What must hold before a level may be put right, and whether it does (信用修复条件)."""
    months = int(working_rules().at(Month.of(on)).repair_months)
    earliest = month_later(sheet.decided_on, months) if sheet.decided_on else None
    is_closed = not Finding.objects.filter(facility=sheet.facility_id).exclude(state="closed").exists()
    return [
        ("等级为 C 级或 D 级 / the level is C or D", sheet.level in ("C", "D")),
        (
            f"审定满 {months} 个月 / {months} months since the decision",
            earliest is not None and on >= earliest,
        ),
        ("全部问题复查合格 / every fault is closed by a re-check", is_closed),
    ]


@transaction.atomic
def ask_repair(*, sheet: ScoreSheet | int, text: str, on: date) -> Repair:
    """The institution asks to have its level put right (申请信用修复), once a sheet.

    Raises:
        NotPermitted, InspectionRefused: the condition that does not hold.
    """
    require("ratings.object")
    pk = sheet if isinstance(sheet, int) else sheet.pk
    found = ScoreSheet.objects.filter(pk=pk).first()
    if found is None or not text.strip():
        raise InspectionRefused("没有这份评价表，或未写明理由 / no such sheet, or no reasons")
    _require_conditions(found, on)
    if Repair.objects.filter(sheet=found).exists():
        raise InspectionRefused("本年度已申请过信用修复 / a repair was asked for already")
    actor = current_actor()
    made = Repair.objects.create(
        sheet=found, facility_id=found.facility_id, division_code=found.division_code, text=text.strip(), asked_on=on,
        asked_by=actor.label if actor else "",
    )  # fmt: skip
    _trace("ask_repair", made, on)
    return made


def _require_conditions(sheet: ScoreSheet, on: date) -> None:
    failing = [words for words, holds in repair_conditions(sheet, on=on) if not holds]
    if failing:
        chinese = "、".join(words.split(" / ")[0] for words in failing)
        english = "; ".join(words.split(" / ")[1] for words in failing)
        raise InspectionRefused(f"尚不具备信用修复条件：{chinese} / not yet: {english}")


@transaction.atomic
def decide_repair(*, repair: Repair, is_granted: bool, words: str, on: date) -> Repair:
    """Grants it, and the level rises by one, to B at most; or refuses it (信用修复决定). A public level is replaced.

    Raises:
        NotPermitted, InspectionRefused: settled, no reasons, or a condition that holds no longer.
    """
    actor = require("ratings.decide")
    sheet = _locked(repair.sheet_id)
    found = Repair.objects.select_for_update().get(pk=repair.pk)
    if found.is_granted is not None or not words.strip():
        raise InspectionRefused("已处理，或未写明理由 / settled already, or no reasons")
    if is_granted:
        _require_conditions(sheet, on)
        found.level_after = LEVELS[max(1, LEVELS.index(sheet.level) - 1)]
    found.is_granted, found.words, found.decided_on, found.decided_by_id = (
        is_granted,
        words.strip(),
        on,
        actor.official,
    )
    found.save(update_fields=["is_granted", "level_after", "words", "decided_on", "decided_by"])
    _trace("decide_repair", found, on, granted=is_granted)
    if (
        is_granted
        and Publication.objects.filter(facility=sheet.facility_id, kind="rating", withdrawn_on=None).exists()
    ):
        _publish_level(sheet, found.level_after, on)
    return found


@transaction.atomic
def decide_due(*, division_code: str, on: date) -> int:
    """Decides every sheet of a place whose time to object ran out with nothing open (批量审定). Returns how many."""
    actor = require("ratings.decide")
    if not actor.reaches(division_code):
        raise InspectionRefused("区划不在本岗位范围内 / the place is not your post's")
    low, high = scope_of(division_code)
    due = ScoreSheet.objects.filter(
        state=SheetState.TOLD, object_until__lt=on, division_code__gte=low, division_code__lt=high
    )
    waiting = Objection.objects.filter(is_upheld=None).values("item__sheet_id")
    ready = list(due.exclude(pk__in=waiting).values_list("pk", flat=True)[:1000])
    for pk in ready:
        decide_sheet(sheet=pk, on=on)
    return len(ready)
