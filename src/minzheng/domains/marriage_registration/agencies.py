"""Verbs and readings of marriage agencies: enter one, open a campaign, check, settle, close (婚姻介绍机构).

Whoever introduces couples for money is a business of the market supervision; the civil affairs register holds the
associations and non-enterprise units that do it, and those alone are the targets here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from psycopg.types.range import DateRange

from minzheng.domains.marriage_registration.agency_models import Agency, Campaign, Target
from minzheng.kernel.access import NotPermitted, current_actor, may, require
from minzheng.kernel.audit import record
from minzheng.kernel.organisations.models import Organisation
from minzheng.kernel.places.queries import scope
from minzheng.kernel.refusals import Refusal

NONPROFIT = ("51", "52")  # 社会团体、民办非企业单位, GB 32100
SCOPE_WORDS = "婚姻介绍"
OPEN = Q(result="") | Q(result=Target.Result.FAULTY, outcome="")


class AgencyRefused(Refusal, ValueError):
    """An act on an agency or a campaign was refused; the text says why and what to do."""


@transaction.atomic
def register_agency(
    *, organisation: Organisation, business: str, source: str, on: date, provenance: str = "illustrative"
) -> Agency:
    """Enters an agency, or brings its scope up to date (登记婚姻介绍机构).

    Raises:
        AgencyRefused: the organisation is a business, or its scope holds no marriage introduction.
        NotPermitted: the post does not keep organisations, or they are elsewhere.
    """
    _reach("organisations.edit", organisation.division_code)
    if organisation.kind not in NONPROFIT:
        raise AgencyRefused(
            f"{organisation.name}（{organisation.uscc}）不是社会团体或社会服务机构，营利性婚介由市场监管部门管理 / "
            f"{organisation.name} is no association or non-enterprise unit; businesses belong to market supervision"
        )
    if SCOPE_WORDS not in business:
        raise AgencyRefused(
            f"业务范围中没有“{SCOPE_WORDS}”：{business[:60]} / its scope holds no marriage introduction ({SCOPE_WORDS})"
        )
    agency, is_new = Agency.objects.update_or_create(
        organisation=organisation,
        defaults={"scope": business.strip(), "source": source, "provenance": provenance,
                  "division_code": organisation.division_code, "during": DateRange(on, None)},
    )  # fmt: skip
    _trace("register_agency", agency.pk, agency.division_code, uscc=organisation.uscc, new=is_new)
    return agency


@transaction.atomic
def open_campaign(*, name: str, division_code: str, paper: str, due_on: date, on: date) -> Campaign:
    """Opens a campaign; its targets are the agencies of the place in force that day (开展专项整治).

    Raises:
        AgencyRefused: one is open there, the last day is past, or there is no agency to look into.
        NotPermitted: the post plans no checks, or its place is elsewhere.
    """
    actor = require("inspections.plan")
    if not actor.reaches(division_code):
        raise NotPermitted(f"{division_code} 不在本岗位辖区 / not in this post's place")
    if not name.strip() or not paper.strip():
        raise AgencyRefused(
            "请填写行动名称和文件依据 / give the campaign's name and the paper that orders it"
        )
    if due_on <= on:
        raise AgencyRefused(f"完成期限须在{on}之后 / the last day must come after {on}")
    if Campaign.objects.filter(division_code=division_code, closed_on=None).exists():
        raise AgencyRefused("本辖区已有未结束的专项整治，请先办结 / one is open here; close it first")
    campaign = Campaign.objects.create(
        name=name.strip(), division_code=division_code, paper=paper.strip(), opened_on=on, due_on=due_on
    )
    made = Target.objects.bulk_create(
        Target(campaign=campaign, agency=agency, division_code=agency.division_code)
        for agency in agencies_in_force(division_code, on)
    )
    if not made:
        raise AgencyRefused("本辖区没有在册的婚姻介绍机构 / no agency is registered here")
    _trace("open_campaign", campaign.pk, division_code, targets=len(made), due=due_on.isoformat())
    return campaign


@transaction.atomic
def check_agency(
    *, target: int, result: str, on: date, clause: str = "", fault: str = "", deadline: date | None = None
) -> Target:
    """Notes what the check of an agency found (登记检查结果); a later check replaces one that is not settled.

    Raises:
        AgencyRefused: the campaign is closed or the target settled; a fault lacks its clause, words or deadline.
        NotPermitted: the post makes no checks.
    """
    actor = require("inspections.inspect" if may("inspections.inspect") else "marriage.review")
    row = _open_target(target)
    if result == Target.Result.FAULTY:
        if not fault.strip() or not clause.strip():
            raise AgencyRefused("请写明问题和违反的条款 / say the fault and the clause it breaks")
        if deadline is None or deadline <= on:
            raise AgencyRefused(f"整改期限须在{on}之后 / the deadline must come after {on}")
    elif result == Target.Result.PASSED:
        clause, fault, deadline = "", "", None
    else:
        raise AgencyRefused("结果须为未发现问题或发现问题 / the result is passed or faulty")
    row.result, row.checked_on, row.checked_by = result, on, actor.label
    row.clause, row.fault, row.deadline = clause.strip(), fault.strip(), deadline
    row.save()
    _trace("check_agency", row.agency_id, row.division_code, result=result, clause=row.clause)
    return row


@transaction.atomic
def settle_agency(*, target: int, outcome: str, note: str, on: date) -> Target:
    """Ends an agency's part in the campaign: mended, deregistered or handed over (整改销号).

    Raises:
        AgencyRefused: no fault was found, it is settled, or the paper of the outcome is missing.
        NotPermitted: the post does not review.
    """
    require("marriage.review")
    row = _open_target(target)
    if row.result != Target.Result.FAULTY:
        raise AgencyRefused("尚未登记问题，不能销号 / no fault is noted, so there is nothing to settle")
    if outcome not in Target.Outcome.values or not note.strip():
        raise AgencyRefused(
            "请选择结果，并写明依据（复查记录、注销决定、移送函） / choose an outcome and name its paper"
        )
    row.outcome, row.settled_on, row.note = outcome, on, note.strip()
    row.save()
    _trace("settle_agency", row.agency_id, row.division_code, outcome=outcome)
    return row


@transaction.atomic
def close_campaign(*, campaign: int, on: date) -> Campaign:
    """Closes a campaign once every agency is settled (专项整治办结).

    Raises:
        AgencyRefused: some are not, with their names; or it is closed.
        NotPermitted: the post plans no checks.
    """
    require("inspections.plan")
    found = Campaign.objects.select_for_update().filter(pk=campaign, closed_on=None).first()
    if found is None:
        raise AgencyRefused("专项整治不存在或已办结 / no such open campaign")
    left = list(
        found.targets.filter(OPEN).order_by("agency_id").values_list("agency__organisation__name", flat=True)
    )
    if left:
        names = "、".join(left[:5])
        raise AgencyRefused(
            f"还有 {len(left)} 家未销号：{names}{'等' if len(left) > 5 else ''} / {len(left)} agencies are not settled: {', '.join(left[:5])}"
        )
    found.closed_on = on
    found.save(update_fields=["closed_on"])
    _trace("close_campaign", found.pk, found.division_code)
    return found


def agencies_in_force(division_code: str, on: date) -> QuerySet[Agency]:
    """Agencies of a place on a day whose organisation is in force, by code."""
    low, high = scope(division_code)
    return Agency.objects.filter(
        division_code__gte=low, division_code__lt=high, during__contains=on, organisation__during__contains=on
    ).select_related("organisation").order_by("organisation__uscc")  # fmt: skip


def campaigns_with_progress() -> Sequence[Any]:
    """Campaigns within sight, the latest first, each with `total`, `unchecked`, `faulty` and `left`."""
    return list(
        Campaign.objects.annotate(
            total=Count("targets"),
            unchecked=Count("targets", filter=Q(targets__result="")),
            faulty=Count("targets", filter=Q(targets__result="faulty")),
            left=Count("targets", filter=Q(targets__result="") | Q(targets__result="faulty", targets__outcome="")),
        ).order_by("-opened_on", "-id")[:50]
    )  # fmt: skip


def _open_target(pk: int) -> Target:
    row = Target.objects.select_for_update(of=("self",)).select_related("campaign").filter(pk=pk).first()
    if row is None:
        raise AgencyRefused("整治对象不存在或不在辖区内 / no such target in this post's place")
    if row.campaign.closed_on is not None or row.outcome:
        raise AgencyRefused("已销号或行动已办结，不能再改 / it is settled, or the campaign is closed")
    return row


def _reach(permission: str, division_code: str) -> None:
    require(permission)
    actor = current_actor()
    if actor is None or not (actor.kind == "service" or actor.reaches(division_code)):
        raise NotPermitted(f"{division_code} 不在本岗位辖区 / not in this post's place")


def _trace(verb: str, pk: int, division_code: str, **detail: object) -> None:
    record(f"marriage.{verb}", subject=f"marriage_agency:{pk}", division_code=division_code, detail=detail)
