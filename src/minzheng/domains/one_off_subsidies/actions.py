"""The verbs of the one-off subsidies: state a notice and freeze its list, approve, tell, add who was missed."""

from __future__ import annotations

from datetime import date
from functools import partial

from django.db import transaction

from minzheng.domains.one_off_subsidies.letters import letter_of
from minzheng.domains.one_off_subsidies.listing import GROUPS, listed
from minzheng.domains.one_off_subsidies.models import DepartmentList
from minzheng.domains.one_off_subsidies.notice import BENEFITS, PROVENANCE, Notice
from minzheng.domains.one_off_subsidies.programme import PROGRAMME
from minzheng.domains.one_off_subsidies.tasks import tell_job
from minzheng.kernel.access import require
from minzheng.kernel.eventgrants import actions as grants
from minzheng.kernel.eventgrants import telling
from minzheng.kernel.eventgrants.errors import GrantRefused
from minzheng.kernel.eventgrants.models import Activation
from minzheng.kernel.eventgrants.wording import Offices
from minzheng.kernel.payments.schedule import Schedule
from minzheng.kernel.periods import Month

MOST_FEN = 10_000_000
"""A sum above it is taken for a slip of the pen."""


def event_of(notice: Notice) -> grants.Event:
    """The event that a notice is, for the month of its cut-off day."""
    return grants.Event(
        PROGRAMME.code,
        notice.benefit,
        Month.of(notice.cutoff_on),
        listed(notice),
        notice.evidence(),
        notice.pay_days,
    )


@transaction.atomic
def propose(*, notice: Notice, on: date) -> Activation:
    """States a notice and freezes who was entitled on its cut-off day (提出发放). The same notice again is the same start.

    Raises:
        GrantRefused: something of the notice is missing or unlikely, or the month has another of the kind.
        EmptyList, NotReady, NotPermitted.
    """
    require("grants.propose", domain=PROGRAMME.code)
    _check(notice, on)
    started = grants.propose(event=event_of(notice), on=on)
    if Notice.of(started) != notice:
        raise GrantRefused(
            f"{Month.of(notice.cutoff_on).chinese}已有一次{BENEFITS[notice.benefit].name}，内容不同：请先撤回，或改用另一个月的截止日 / "
            "the month has such a payment on other terms: withdraw it first, or name a cut-off day in another month"
        )
    return started


def _check(notice: Notice, on: date) -> None:
    if notice.benefit not in BENEFITS:
        raise GrantRefused(f"没有补贴 {notice.benefit} / no such subsidy")
    unknown = set(notice.amounts) - set(GROUPS)
    if unknown or not notice.amounts:
        raise GrantRefused(
            f"请至少为一类对象填写金额，对象须为 {'、'.join(GROUPS)} / name a sum for at least one of these groups"
        )
    for code, fen in notice.amounts.items():
        if not 0 < fen <= MOST_FEN:
            raise GrantRefused(
                f"{GROUPS[code].name}：金额须大于零、不超过 {MOST_FEN // 100:,} 元 / above zero and not more than this"
            )
    if {"subsistence", "subsistence_household"} <= set(notice.amounts):
        raise GrantRefused(
            "低保家庭按户或按人发放，只能选一种 / the allowance's households are paid by household or by person, not both"
        )
    if notice.cutoff_on > on:
        raise GrantRefused(
            f"截止日 {notice.cutoff_on} 尚未到，名单须在截止日当天或之后生成 / the cut-off day is not here yet"
        )
    if not notice.source.strip() or notice.provenance not in PROVENANCE:
        raise GrantRefused(
            "请写明依据的通知及其性质 / name the paper it rests on, and whether it was published"
        )
    if not 1 <= notice.pay_days <= 90:
        raise GrantRefused("发放期限须为1至90日 / to be paid within 1 to 90 days")
    if "unemployed" in notice.amounts and not _has_list(notice):
        raise GrantRefused(
            f"尚未接收{GROUPS['unemployed'].office}部门{Month.of(notice.cutoff_on).chinese}的名单：请先导入 / "
            "the department's list for the month was not taken in yet"
        )


def _has_list(notice: Notice) -> bool:
    month = Month.of(notice.cutoff_on).first_day
    return DepartmentList.objects.filter(benefit=notice.benefit, month=month).exists()


@transaction.atomic
def approve(*, activation_id: int, on: date) -> Activation:
    """Approves a payment that somebody else proposed (审批发放); a job then tells everybody on the list.

    Raises:
        SameOfficer, ListChanged, NotReady, NotPermitted.
    """
    started = grants.approve(activation_id=activation_id, on=on)
    tell_job.defer(activation_id=started.pk, on=on.isoformat())
    return started


def tell(*, activation_id: int, on: date) -> int:
    """Sends the letters of an approved payment (发出告知书); returns how many. Whoever was told is not told again."""
    write = partial(letter_of, offices=Offices.of_list(activation_id))
    return telling.tell(activation_id=activation_id, write=write, on=on)


@transaction.atomic
def add_late(*, activation_id: int, on: date) -> int:
    """Adds whom the registers and the lists now show as entitled on the cut-off day (补列), by the same notice."""
    started = grants.lock_activation(activation_id)
    added = grants.add_late(activation_id=activation_id, event=event_of(Notice.of(started)), on=on)
    tell_job.defer(activation_id=activation_id, on=on.isoformat())
    return added


def schedules() -> list[Schedule]:
    """How the subsidies are drafted: whatever was decided on and not yet paid."""
    return [
        Schedule(PROGRAMME.code, one.code, one.budget_line, covers=one.covers) for one in PROGRAMME.benefits
    ]
