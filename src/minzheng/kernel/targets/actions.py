"""Verbs of targets: set one, share it out, report evidence, accept or return it, close it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from minzheng.kernel.access import NotPermitted, require
from minzheng.kernel.audit import record
from minzheng.kernel.targets.errors import TargetRefused
from minzheng.kernel.targets.models import Evidence, Share, Target
from minzheng.kernel.targets.queries import reached
from minzheng.kernel.targets.records import KINDS, find


@transaction.atomic
def set_target(*, code: str, shares: Mapping[str, int] | None = None, **told: Any) -> Target:
    """Sets a target, or brings it up to date, with its breakdown by district (编制目标).

    Args:
        shares: value by division for the target's year; together they are the whole value.

    Raises:
        TargetRefused: the parts do not add up to the whole, or the target is closed.
    """
    require("targets.manage")
    known = Target.objects.filter(code=code).first()
    if known is not None and known.closed_on:
        raise TargetRefused(f"“{known.title}”已结项，不能再改 / it is closed and stays as it is")
    made, is_new = Target.objects.update_or_create(code=code, defaults=told)
    if shares is not None:
        if sum(shares.values()) != made.value:
            raise TargetRefused(
                f"“{made.title}”分区目标合计 {sum(shares.values()):,}，与总目标 {made.value:,} 不符 / "
                f"the shares add up to {sum(shares.values()):,}, the target is {made.value:,}; correct one of them"
            )
        set_shares(target=made, year=made.year, values=shares)
    record(
        "targets.set",
        subject=f"targets.target:{made.pk}",
        detail={"code": code, "value": made.value, "new": is_new},
    )
    return made


@transaction.atomic
def set_shares(
    *, target: Target, year: int, values: Mapping[str, int], provenance: str = "illustrative"
) -> None:
    """Sets what one year asks of each place, in the place of what it asked before (分年、分区目标)."""
    require("targets.manage")
    target.shares.filter(year=year).delete()
    Share.objects.bulk_create(
        Share(target=target, year=year, division_code=code, value=value, provenance=provenance)
        for code, value in values.items()
    )


@transaction.atomic
def report_record(*, target: Target, kind: str, pk: int, expected_on: date | None = None) -> Evidence:
    """Reports one record as evidence (上报佐证): place and day are the record's own.

    Args:
        expected_on: the work is under way and will be done by then; report it again without when it is done.

    Raises:
        TargetRefused: no such record, it counts already, it lies in another year, or the target is closed.
    """
    actor = require("targets.report")
    found = find(kind, pk)
    _require_open(target)
    _require_own(actor, found.division_code)
    day = expected_on or found.happened_on
    _require_year(target, day)
    values = {
        "division_code": found.division_code, "title": found.title, "happened_on": day, "reported_by_id": actor.official,
        "state": Evidence.State.UNDER_WAY if expected_on else Evidence.State.REPORTED, "decided_by_id": None, "decided_on": None,
    }  # fmt: skip
    known = Evidence.objects.filter(target=target, record_kind=kind, record_id=pk).first()
    if known is None:
        made = Evidence(target=target, record_kind=kind, record_id=pk)
    elif known.state in (Evidence.State.UNDER_WAY, Evidence.State.RETURNED):
        made = known
    else:
        raise TargetRefused(
            f"“{found.title}”已作为本项目的佐证上报，不能重复计数 / this record counts for the target already"
        )
    for name, value in values.items():
        setattr(made, name, value)
    made.save()
    _trace("targets.report", made)
    return made


@transaction.atomic
def report_paper(
    *, target: Target, division_code: str, title: str, amount: int, happened_on: date, sha256: str
) -> Evidence:
    """Reports a paper with the number it proves (上报佐证文件); the file is kept under its SHA-256 by who calls.

    Raises:
        TargetRefused: the same file counts already, a number below one, no title, another year, or the target is closed.
    """
    actor = require("targets.report")
    _require_open(target)
    _require_own(actor, division_code)
    _require_year(target, happened_on)
    if amount < 1 or not title.strip():
        raise TargetRefused(
            f"请写明文件名称，数量须为 1 以上，填写的是 {amount} / name the paper, with a number of at least 1"
        )
    try:
        with transaction.atomic():
            made = Evidence.objects.create(
                target=target, division_code=division_code, record_kind=Evidence.PAPER, paper_sha256=sha256,
                title=title.strip(), amount=amount, happened_on=happened_on, reported_by_id=actor.official,
            )  # fmt: skip
    except IntegrityError as error:
        raise TargetRefused(
            "这份文件已作为本项目的佐证上报，不能重复计数 / this paper counts already"
        ) from error
    _trace("targets.report", made)
    return made


@transaction.atomic
def report_records(*, target: Target, kind: str, records: Iterable[tuple[int, str, str, date]]) -> int:
    """Reports many records at once (批量上报): (number, place, title, day) of each; those that count already are left out.

    Returns how many were added.
    """
    actor = require("targets.report")
    _require_open(target)
    if kind not in KINDS:
        find(kind, 0)
    rows = [
        Evidence(target=target, record_kind=kind, record_id=pk, division_code=place, title=title, happened_on=day,
                 reported_by_id=actor.official)
        for pk, place, title, day in records
        if day.year == target.year and actor.reaches(place)
    ]  # fmt: skip
    before = target.evidence.count()
    Evidence.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    added = target.evidence.count() - before
    record(
        "targets.report_many", subject=f"targets.target:{target.pk}", detail={"kind": kind, "added": added}
    )
    return added


@transaction.atomic
def accept(*, evidence: Iterable[Evidence], on: date) -> int:
    """Accepts what was reported (核定); another official than the reporter does. Returns how many now count.

    Raises:
        TargetRefused: one's own report, one that was decided, one dated after today, or a closed target.
    """
    return _decide(evidence, Evidence.State.ACCEPTED, on, "")


@transaction.atomic
def send_back(*, evidence: Iterable[Evidence], on: date, words: str) -> int:
    """Returns what does not hold (退回), with the reason; it can be reported again."""
    if not words.strip():
        raise TargetRefused("请写明退回原因 / say why it is returned")
    return _decide(evidence, Evidence.State.RETURNED, on, words.strip())


def _decide(evidence: Iterable[Evidence], state: str, on: date, words: str) -> int:
    actor = require("targets.manage")
    rows = list(
        Evidence.objects.select_for_update().filter(pk__in=[e.pk for e in evidence]).select_related("target")
    )
    for row in rows:
        _require_open(row.target)
        if row.state != Evidence.State.REPORTED:
            raise TargetRefused(f"“{row.title}”不在待核定状态 / it does not wait for a decision")
        if row.reported_by_id == actor.official:
            raise TargetRefused(
                f"“{row.title}”由本人上报，须由他人核定 / another official decides what one reported"
            )
        if state == Evidence.State.ACCEPTED and row.happened_on > on:
            raise TargetRefused(
                f"“{row.title}”完成日期 {row.happened_on} 晚于今天 {on} / it is dated after today; "
                "report it as under way until it is done"
            )
    done = Evidence.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=state, decided_by=actor.official, decided_on=on, words=words
    )
    for target in {row.target_id for row in rows}:
        record(
            f"targets.{'accept' if state == Evidence.State.ACCEPTED else 'send_back'}",
            subject=f"targets.target:{target}", reason=words,
            detail={"count": sum(row.target_id == target for row in rows)},
        )  # fmt: skip
    return done


@transaction.atomic
def close_target(*, target: Target, is_met: bool, on: date) -> Target:
    """Closes a target with the number counted on that day (结项).

    Raises:
        TargetRefused: it is called met and the evidence counts less, or it is closed.
    """
    require("targets.manage")
    _require_open(target)
    value = reached(target, on=on)
    if value is None:
        raise TargetRefused(
            f"“{target.title}”的计数尚未接入登记，不能结项 / no register counts it yet, so it cannot be closed"
        )
    if is_met and value < target.value:
        raise TargetRefused(
            f"“{target.title}”目标 {target.value:,}{target.unit}，佐证合计 {value:,}{target.unit}，不能按完成结项 / "
            f"the evidence counts {value:,} of {target.value:,}: it cannot be closed as met"
        )
    Target.objects.filter(pk=target.pk).update(closed_on=on, closed_value=value, is_met=is_met)
    record("targets.close", subject=f"targets.target:{target.pk}", detail={"value": value, "is_met": is_met})
    return Target.objects.get(pk=target.pk)


def _require_open(target: Target) -> None:
    if target.closed_on:
        raise TargetRefused(f"“{target.title}”已于 {target.closed_on} 结项 / it is closed")


def _require_own(actor: Any, place: str) -> None:
    if not actor.reaches(place):
        raise NotPermitted(f"{place} 不在本岗位范围内 / {place} lies outside the post's place")


def _require_year(target: Target, day: date) -> None:
    if day.year != target.year:
        raise TargetRefused(
            f"“{target.title}”只计 {target.year} 年完成的，此项日期为 {day} / only what is done in {target.year} counts"
        )


def _trace(act: str, one: Evidence) -> None:
    record(
        act, subject=f"targets.evidence:{one.pk}", division_code=one.division_code,
        detail={"target": one.target_id, "kind": one.record_kind, "record": one.record_id, "amount": one.amount},
    )  # fmt: skip
