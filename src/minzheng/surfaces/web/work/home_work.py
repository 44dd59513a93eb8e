"""What waits for the acting post, by deadline: each kind of work asked for by one grouped query (待办)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minzheng.domains.one_off_subsidies.programme import PROGRAMME as ONE_OFF
from minzheng.domains.price_linkage.programme import PROGRAMME as PRICE_LINKAGE
from minzheng.kernel.access import Actor, may
from minzheng.kernel.eventgrants import queries as grants
from minzheng.kernel.linkage.queries import open_pairs
from minzheng.kernel.monthend.models import MonthRun, RunState
from minzheng.kernel.payments import queries as kernel
from minzheng.kernel.payments.models import Batch, MonthClose
from minzheng.kernel.payments.settling import queries as settling
from minzheng.kernel.periods import Month
from minzheng.kernel.sources.queries import open_reviews
from minzheng.kernel.ui import formats
from minzheng.surfaces.web.casework.queue_queries import my_cases_due
from minzheng.surfaces.web.work.home_registers import register_work
from minzheng.surfaces.web.work.queries import leads, payments
from minzheng.surfaces.web.work.words import due_words, programme_name

_LAST = date.max
LEAD_WORK = {
    "qualifies": gettext_lazy("符合条件、没有享受，待走访"),
    "may_qualify": gettext_lazy("可能符合、尚缺核对，待走访"),
    "increase": gettext_lazy("应调增，待确认"),
    "decrease": gettext_lazy("应调减，待确认"),
    "ends": gettext_lazy("不再符合，待确认停发"),
    "recheck": gettext_lazy("在享、尚缺核对，待复核"),
}


def open_work(actor: Actor, run: MonthRun | None, on: date) -> list[dict[str, Any]]:
    """Only what this post may do is asked for, the nearest deadline first."""
    work = [
        *(_case_work(actor, on) if may("cases.look") else []),
        *(_lead_work(on) if may("outreach.visit") or may("outreach.notice") else []),
        *(_review_work() if may("sources.review") else []),
        *(_linkage_work() if may("sources.review") else []),
        *(_approval_work(actor) if may("payments.approve_batch") else []),
        *(_preparer_work() if may("payments.prepare_batch") else []),
        *(_overpaid_work() if may("payments.settle") else []),
        *(_settlement_work(actor) if may("payments.approve_settlement") else []),
        *_start_work(actor),
        *(_month_work(run, on) if may("monthend.run") else []),
        *(_closing_work(run) if may("payments.close_month") and actor.reaches("310000") else []),
        *(_proof_work() if may("audit.verify") else []),
        *register_work(actor, on),
    ]
    work.sort(key=lambda item: (item.get("due") or _LAST, item["title"]))
    return work


def _item(title: str, href: str, *, text: str = "", due: date | None = None, on: date | None = None, count: int = 0,
          tone: str = "info") -> dict[str, Any]:  # fmt: skip
    found: dict[str, Any] = {
        "title": title,
        "href": href,
        "text": text,
        "due": due,
        "count": count,
        "tone": tone,
    }
    if due and on:
        found["due_text"], found["tone"] = due_words(due, on)
    return found


def _case_work(actor: Actor, on: date) -> list[dict[str, Any]]:
    """Cases whose next step is this post's, the most urgent one's deadline first."""
    mine = my_cases_due(actor, on)
    if not mine["count"]:
        return []
    late = _("其中 %(late)s 件已逾期") % {"late": formats.count(mine["late"])} if mine["late"] else ""
    return [
        _item(
            _("办件待我办理"), reverse("case_queue"), text=late, due=mine["due"], on=on, count=mine["count"]
        )
    ]


def _lead_work(on: date) -> list[dict[str, Any]]:
    href = reverse("work_leads")
    items = [
        _item(
            str(LEAD_WORK[row["kind"]]),
            f"{href}?kind={row['kind']}",
            text=_("其中 %(late)s 件已逾期") % {"late": formats.count(row["late"])} if row["late"] else "",
            due=row["due"],
            on=on,
            count=row["count"],
        )
        for row in leads.pending_by_kind(on)
    ]
    if may("awards.grant"):
        applied = leads.waiting_decisions()
        if applied["count"]:
            items.append(
                _item(
                    _("已申请，待确认"),
                    f"{href}?state=applied",
                    due=applied["due"],
                    on=on,
                    count=applied["count"],
                )
            )
    waiting = leads.notices_waiting()
    if waiting["objected"]:
        items.append(
            _item(
                _("有异议待处理"),
                f"{reverse('work_notices')}?state=objected",
                count=waiting["objected"],
                due=on,
                on=on,
            )
        )
    if waiting["issued"]:
        items.append(
            _item(
                _("告知书在异议期内"),
                reverse("work_notices"),
                due=waiting["until"],
                on=on,
                count=waiting["issued"],
            )
        )
    return items


def _review_work() -> list[dict[str, Any]]:
    count = open_reviews()
    if not count:
        return []
    return [
        _item(_("待核对的来文数据"), reverse("work_review"), text=_("身份不清或与登记矛盾的行"), count=count)
    ]


def _linkage_work() -> list[dict[str, Any]]:
    count = open_pairs()
    if not count:
        return []
    return [
        _item(_("疑似同一人待判断"), reverse("linkage"), text=_("与人口库比对得出的成对记录"), count=count)
    ]


def _approval_work(actor: Actor) -> list[dict[str, Any]]:
    items = []
    for batch in payments.waiting_batches((Batch.State.PREPARED,)):
        own = batch.prepared_by_id == actor.official_id
        items.append(
            _item(
                _("审批 %(programme)s") % {"programme": programme_name(batch.programme)},
                reverse("work_batch", args=[batch.pk])
                if own
                else reverse("work_batch_approve", args=[batch.pk]),
                text=" · ".join(
                    (
                        batch.message_id,
                        _("%(count)s 笔") % {"count": formats.count(batch.orders_count)},
                        formats.fen(batch.total_fen),
                        _("由您编制，须他人审批")
                        if own
                        else _("%(who)s 编制") % {"who": batch.prepared_by.name},
                    )
                ),
                due=batch.prepared_on + timedelta(days=3),
                tone="warn",
            )
        )
    return items


def _preparer_work() -> list[dict[str, Any]]:
    items = [
        _item(
            _("编制 %(programme)s 批次") % {"programme": programme_name(row["programme"])},
            f"{reverse('work_batch_prepare')}?programme={row['programme']}&month={Month.of(row['accounting_month'])}",
            text=f"{formats.month(row['accounting_month'])} · {formats.fen(row['fen'])}",
            due=Month.of(row["accounting_month"]).last_day,
            count=row["orders"],
        )
        for row in payments.waiting_drafts()
    ]
    titles = {
        Batch.State.APPROVED: _("导出银行文件"),
        Batch.State.SENT: _("等待银行回盘"),
    }
    for batch in payments.waiting_batches(tuple(titles)):
        items.append(
            _item(
                titles[Batch.State(batch.state)],
                reverse("work_batch", args=[batch.pk]),
                text=f"{programme_name(batch.programme)} · {batch.message_id} · {formats.fen(batch.total_fen)}",
                due=(batch.approved_on or batch.prepared_on) + timedelta(days=3),
                tone="warn" if batch.state == Batch.State.APPROVED else "info",
            )
        )
    back = kernel.open_returns().count()
    if back:
        items.append(
            _item(
                _("处理银行退票"),
                reverse("work_returns"),
                text=_("更正账户后重新发放"),
                count=back,
                tone="bad",
            )
        )
    held = payments.held_count()
    if held:
        items.append(
            _item(
                _("暂缓的支付指令"),
                reverse("work_payments_held"),
                text=_("补正账户或姓名后可入批"),
                count=held,
                tone="warn",
            )
        )
    return items


def _overpaid_work() -> list[dict[str, Any]]:
    count = settling.people_without_proposal()
    if not count:
        return []
    return [
        _item(
            _("多发待遇待提出处理意见"),
            reverse("work_overpaid"),
            text=_("按人计，尚无处理意见"),
            count=count,
            tone="warn",
        )
    ]


def _settlement_work(actor: Actor) -> list[dict[str, Any]]:
    count = settling.proposals_for(actor)
    if not count:
        return []
    return [
        _item(
            _("多发处理意见待复核"), reverse("work_overpaid"), text=_("由他人提出"), count=count, tone="warn"
        )
    ]


def _start_work(actor: Actor) -> list[dict[str, Any]]:
    """Proposed grants by event, each page opened at the year of the earliest."""
    found = []
    for programme, page, words in (
        (PRICE_LINKAGE, "city_prices", _("物价联动启动待审批")),
        (ONE_OFF, "city_one_off", _("一次性补贴待审批")),
    ):
        if not may("grants.approve", programme.code):
            continue
        waiting = grants.proposals_for(actor, programme.code)
        if waiting["count"]:
            href = f"{reverse(page)}?year={waiting['month'].year}"
            found.append(_item(words, href, text=_("由他人提出"), count=waiting["count"], tone="warn"))
    return found


def _month_work(run: MonthRun | None, on: date) -> list[dict[str, Any]]:
    if run is not None and run.state == RunState.FAILED:
        return [
            _item(_("月度办理中断，待继续"), reverse("work_month", args=[Month.of(run.month)]), due=on, on=on)
        ]
    if run is not None and run.state == RunState.RUNNING:
        return [
            _item(
                _("月度办理进行中"),
                reverse("work_month", args=[Month.of(run.month)]),
                text=formats.month(run.month),
            )
        ]
    month = Month.of(run.month) if run else Month.of(on)
    if run is not None:
        if not MonthClose.objects.filter(month=run.month).exists():
            return []
        month = month + 1
    return [
        _item(
            _("办理 %(month)s") % {"month": formats.month(month)},
            reverse("work_month", args=[month]),
            text=_("各部门数据到齐后开始"),
            due=month.last_day,
            on=on,
        )
    ]


def _closing_work(run: MonthRun | None) -> list[dict[str, Any]]:
    if run is None or run.state != RunState.DONE or MonthClose.objects.filter(month=run.month).exists():
        return []
    month = Month.of(run.month)
    still = (
        Batch.objects.filter(accounting_month=run.month).exclude(state__in=["settled", "withdrawn"]).count()
    )
    text = _("还有 %(count)s 个批次没有结清") % {"count": still} if still else _("批次都已结清，可以结账")
    return [
        _item(
            _("结账 %(month)s") % {"month": formats.month(month)},
            reverse("work_month_close", args=[month]),
            text=text,
            due=(month + 1).first_day + timedelta(days=9),
            tone="info" if still else "good",
        )
    ]


def _proof_work() -> list[dict[str, Any]]:
    """For audit: what is to be proved at regular times."""
    items = [_item(_("核验操作记录"), reverse("work_audit"), text=_("重算整条记录链，确认没有增删改"))]
    if may("ledger.verify"):
        items.append(_item(_("核对账目"), reverse("work_ledger"), text=_("逐条重算分录与指令")))
    return items
