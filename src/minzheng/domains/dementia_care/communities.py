"""Friendly communities (友好社区): a street joins, shows its tasks year by year, checks itself, is assessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from minzheng.domains.dementia_care.catalogue import community_tasks
from minzheng.domains.dementia_care.errors import DementiaRefused
from minzheng.domains.dementia_care.models import Community, CommunityTask, SelfCheck
from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.cases.models import Upload
from minzheng.kernel.places.models import Division


@transaction.atomic
def join_street(*, division_code: str, batch: int, on: date, document: str) -> Community:
    """A street takes part from a day on (纳入建设); the tasks of that year are laid out for it.

    Raises:
        NotPermitted
        DementiaRefused: it is no street or town of the post's place, the batch is under 1, or it takes part already.
    """
    actor = require("dementia.decide")
    if not re.fullmatch(r"[0-9]{9}", division_code) or not actor.reaches(division_code):
        raise DementiaRefused(
            f"{division_code} 不是本岗位范围内的街镇 / this is no street or town of your place"
        )
    if not Division.objects.filter(code=division_code, during__contains=on).exists():
        raise DementiaRefused(f"{on} 没有街镇 {division_code} / there is no such street or town on that day")
    if batch < 1:
        raise DementiaRefused("批次从 1 起 / batches count from 1")
    made, is_new = Community.objects.get_or_create(
        division_code=division_code, defaults={"batch": batch, "started_on": on, "document": document}
    )
    if not is_new:
        raise DementiaRefused(
            f"{division_code} 已于 {made.started_on} 纳入 / it takes part since {made.started_on}"
        )
    _trace("join_street", made, batch=batch, on=on, document=document)
    open_year(community=made, year=on.year)
    return made


@transaction.atomic
def open_year(*, community: Community, year: int) -> int:
    """Lays out the tasks of a year (下达年度任务); those there already stay. Returns how many tasks the year has.

    Raises:
        NotPermitted
        DementiaRefused: the year is before the street began.
    """
    require("dementia.decide")
    if year < community.started_on.year:
        raise DementiaRefused(f"{community.started_on} 才开始建设 / it began on {community.started_on}")
    CommunityTask.objects.bulk_create(
        [
            CommunityTask(
                community=community, division_code=community.division_code, year=year, code=one.code, name=one.name,
                name_en=one.name_en,
            )
            for one in community_tasks()
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    _trace("open_year", community, year=year)
    return CommunityTask.objects.filter(community=community, year=year).count()


@transaction.atomic
def give_evidence(*, task: CommunityTask, text: str, on: date, upload: Upload | None = None) -> CommunityTask:
    """What shows that a task was done (提交佐证): words and, where there is one, a file.

    Raises:
        NotPermitted
        DementiaRefused: nothing is said, or the year was assessed already.
    """
    actor = require("dementia.report")
    if len(text.strip()) < 4:
        raise DementiaRefused("请说明完成情况（至少四个字） / say what was done, in at least four characters")
    if SelfCheck.objects.filter(community_id=task.community_id, year=task.year, has_passed=True).exists():
        raise DementiaRefused(
            f"{task.year} 年已评估通过，佐证不再修改 / {task.year} was assessed; evidence stays"
        )
    found = CommunityTask.objects.select_for_update().get(pk=task.pk)
    found.evidence, found.evidenced_on, found.by_id = text.strip()[:1000], on, actor.official_id
    found.upload = upload or found.upload
    found.save(update_fields=["evidence", "evidenced_on", "by", "upload"])
    _trace("give_evidence", found.community, year=found.year, task=found.code, on=on)
    return found


def tasks_lacking(community: Community, year: int) -> list[CommunityTask]:
    """The tasks of a year without evidence yet (缺佐证任务)."""
    return list(CommunityTask.objects.filter(community=community, year=year, evidence="").order_by("pk"))


@transaction.atomic
def check_itself(*, community: Community, year: int, words: str, on: date) -> SelfCheck:
    """The street checks its year itself (年度自查) and is told what lacks evidence; repeating it replaces what was said.

    Raises:
        NotPermitted
        DementiaRefused: the year has no tasks, nothing is said, or it passed its assessment already.
    """
    actor = require("dementia.report")
    if not CommunityTask.objects.filter(community=community, year=year).exists():
        raise DementiaRefused(f"{year} 年任务尚未下达 / the tasks of {year} were not laid out yet")
    if len(words.strip()) < 4:
        raise DementiaRefused(
            "请写自查情况（至少四个字） / say how the year went, in at least four characters"
        )
    before = SelfCheck.objects.select_for_update().filter(community=community, year=year).first()
    if before is not None and before.has_passed:
        raise DementiaRefused(f"{year} 年已评估通过 / the year {year} was assessed")
    made, _is_new = SelfCheck.objects.update_or_create(
        community=community, year=year,
        defaults={
            "division_code": community.division_code, "checked_on": on, "words": words.strip()[:1000],
            "missing": [one.code for one in tasks_lacking(community, year)], "by_id": actor.official_id,
            "has_passed": None, "assessed_on": None, "assessed_by": None,
        },
    )  # fmt: skip
    _trace("check_itself", community, year=year, missing=made.missing, on=on)
    return made


@transaction.atomic
def assess(*, check: SelfCheck, has_passed: bool, opinion: str, on: date) -> SelfCheck:
    """The district assesses a self-check (评估), by another than who made it.

    Raises:
        NotPermitted
        DementiaRefused: it was assessed, the same official made it, or it would pass while tasks lack evidence.
    """
    actor = require("dementia.decide")
    found = SelfCheck.objects.select_for_update(of=("self",)).select_related("community").get(pk=check.pk)
    if found.has_passed is not None:
        raise DementiaRefused(
            "已经评估，街镇重新自查后再评 / it was assessed; the street checks itself again first"
        )
    if found.by_id == actor.official_id:
        raise DementiaRefused("自查人不能评估自己的自查 / who made the self-check does not assess it")
    lacking = [one.name for one in tasks_lacking(found.community, found.year)]
    if has_passed and lacking:
        raise DementiaRefused(f"缺佐证：{'、'.join(lacking)}，不能通过 / {len(lacking)} tasks lack evidence")
    found.has_passed, found.opinion, found.assessed_on = has_passed, opinion.strip()[:500], on
    found.assessed_by_id = actor.official_id
    found.save(update_fields=["has_passed", "opinion", "assessed_on", "assessed_by"])
    _trace("assess", found.community, year=found.year, has_passed=has_passed, on=on)
    return found


def communities_of(year: int) -> QuerySet[Any]:
    """The streets taking part, with `tasks_all` and `tasks_shown` of a year, under the reader's own rights."""
    of_year = Q(tasks__year=year)
    return Community.objects.annotate(
        tasks_all=Count("tasks", filter=of_year),
        tasks_shown=Count("tasks", filter=of_year & ~Q(tasks__evidence="")),
    ).order_by("division_code")


def checks_of(year: int, communities: Sequence[int]) -> dict[int, SelfCheck]:
    return {one.community_id: one for one in SelfCheck.objects.filter(year=year, community__in=communities)}


def _trace(act: str, community: Community, **detail: object) -> None:
    record(
        f"dementia.{act}",
        subject=f"dementia.community:{community.pk}",
        division_code=community.division_code,
        detail=dict(detail),
    )
