"""What outreach remembers: the month's findings, leads with their outcomes, notices, and who opted out."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Finding(models.Model):
    """One row of a month's findings (认定结果), copied from the findings file so that SQL can compare sets.

    `reference_fen` is what the parameters in force a month earlier would give for this month's facts; null where the
    law gave nothing then. Where it equals the award, only the law has changed.
    """

    month = models.DateField("月份")
    programme = models.TextField("项目")
    benefit = models.TextField("待遇")
    household_id = models.BigIntegerField("家庭编号")
    person_id = models.BigIntegerField("人员编号", null=True)
    status = models.SmallIntegerField("状态")
    amount_fen = models.BigIntegerField("月标准（分）")
    reference_fen = models.BigIntegerField("原标准下金额（分）", null=True)
    division_code = models.TextField("区划", db_collation="C")

    ELIGIBLE, CHECK_MISSING = 2, 1

    class Meta:
        verbose_name = "认定结果"
        indexes = [
            models.Index(fields=["month", "benefit", "person_id"], name="outreach_finding_person"),
            models.Index(fields=["month", "benefit", "household_id"], name="outreach_finding_household"),
        ]


class FindingCount(models.Model):
    """How many findings of a month say that somebody is entitled (符合条件人数), by benefit and place.

    The database keeps it at every change of findings, so that no page counts millions of them.
    """

    month = models.DateField("月份")
    programme = models.TextField("项目")
    benefit = models.TextField("待遇")
    division_code = models.TextField("区划", db_collation="C")
    eligible = models.BigIntegerField("符合条件")

    class Meta:
        verbose_name = "认定结果计数"
        constraints = [
            models.UniqueConstraint(
                fields=["benefit", "month", "programme", "division_code"], name="outreach_findingcount_once"
            )
        ]


class Kind(models.TextChoices):
    QUALIFIES = "qualifies", "符合条件未享受"
    MAY_QUALIFY = "may_qualify", "可能符合，尚缺核对"
    INCREASE = "increase", "应调增"
    DECREASE = "decrease", "应调减"
    ENDS = "ends", "不再符合"
    RECHECK = "recheck", "在享待复核"


class LeadState(models.TextChoices):
    OPEN = "open", "待走访"
    VISITED = "visited", "已走访"
    NOT_FOUND = "not_found", "未找到"
    APPLIED = "applied", "已申请"
    DECLINED = "declined", "本人不申请"
    OPTED_OUT = "opted_out", "本人放弃"
    GRANTED = "granted", "已办结"
    REFUSED = "refused", "不予确认"
    CLOSED = "closed", "已关闭"


_S = LeadState
# Every permitted move of a lead. What is not here does not happen.
MOVES: dict[str, frozenset[str]] = {
    _S.OPEN: frozenset(
        {_S.VISITED, _S.NOT_FOUND, _S.APPLIED, _S.DECLINED, _S.OPTED_OUT, _S.GRANTED, _S.REFUSED, _S.CLOSED}
    ),
    _S.VISITED: frozenset(
        {_S.NOT_FOUND, _S.APPLIED, _S.DECLINED, _S.OPTED_OUT, _S.GRANTED, _S.REFUSED, _S.CLOSED}
    ),
    _S.NOT_FOUND: frozenset({_S.OPEN, _S.VISITED, _S.APPLIED, _S.DECLINED, _S.OPTED_OUT, _S.CLOSED}),
    _S.APPLIED: frozenset({_S.GRANTED, _S.REFUSED, _S.DECLINED, _S.CLOSED}),
    _S.DECLINED: frozenset(),
    _S.OPTED_OUT: frozenset(),
    _S.GRANTED: frozenset(),
    _S.REFUSED: frozenset(),
    _S.CLOSED: frozenset(),
}
PENDING = (_S.OPEN, _S.VISITED, _S.NOT_FOUND, _S.APPLIED)


class Lead(models.Model):
    """One piece of work: a person or household whose award differs from what the law finds (工作线索).

    `person` is whom to visit: the recipient, or the head of the household. `quiet_until` is the last month in which a
    lead that was declined or refused is not raised again while the amount stays the same.
    """

    month = models.DateField("发现月份")
    last_month = models.DateField("最近确认月份")
    kind = models.TextField("类型", choices=Kind.choices)
    programme = models.TextField("项目")
    benefit = models.TextField("待遇")
    unit = models.TextField("单位")
    person = models.ForeignKey(
        "people.Person", models.PROTECT, related_name="leads", null=True, blank=True, verbose_name="人员"
    )
    household = models.ForeignKey(
        "people.Household", models.PROTECT, related_name="leads", null=True, blank=True, verbose_name="家庭"
    )
    award = models.ForeignKey(
        "awards.Award", models.PROTECT, related_name="leads", null=True, blank=True, verbose_name="待遇"
    )
    amount_fen = models.BigIntegerField("应发月标准（分）", default=0)
    current_fen = models.BigIntegerField("现发月标准（分）", default=0)
    reason = models.TextField("原因代码")
    reason_data = models.JSONField("原因数据", default=dict)
    state = models.TextField("状态", choices=LeadState.choices, default=LeadState.OPEN)
    division_code = models.TextField("居住地居村委", db_collation="C")
    due_on = models.DateField("办理期限")
    attempts = models.SmallIntegerField("派发次数", default=1)
    quiet_until = models.DateField("静默至", null=True, blank=True)
    settled_on = models.DateField("办结日期", null=True, blank=True)

    class Meta:
        verbose_name = "工作线索"
        constraints = [
            models.CheckConstraint(name="outreach_lead_kind_known", condition=models.Q(kind__in=Kind.values)),
            models.CheckConstraint(
                name="outreach_lead_state_known", condition=models.Q(state__in=LeadState.values)
            ),
            models.CheckConstraint(
                name="outreach_lead_about_somebody",
                condition=models.Q(unit="person", person__isnull=False)
                | models.Q(unit="household", household__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["benefit", "person"],
                name="outreach_lead_one_per_person",
                condition=models.Q(unit="person", state__in=[s.value for s in PENDING]),
            ),
            models.UniqueConstraint(
                fields=["benefit", "household"],
                name="outreach_lead_one_per_household",
                condition=models.Q(unit="household", state__in=[s.value for s in PENDING]),
            ),
        ]
        indexes = [
            models.Index(fields=["division_code", "state", "due_on"], name="outreach_lead_division"),
            models.Index(fields=["benefit", "household"], name="outreach_lead_household"),
        ]


class LeadEvent(models.Model):
    """One move of a lead with its note and actor (线索办理记录); only ever added."""

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="events")
    from_state = models.TextField("原状态")
    to_state = models.TextField("新状态")
    reason = models.TextField("原因代码", blank=True, default="")
    note = models.TextField("说明", blank=True, default="")
    on = models.DateField("日期")
    actor_label = models.TextField("经办")
    actor_post_id = models.BigIntegerField("岗位", null=True, blank=True)
    recorded_at = models.DateTimeField("记录时间", db_default=Now())
    division_code = models.TextField("区划", db_collation="C")
    programme = models.TextField("项目")

    class Meta:
        verbose_name = "线索办理记录"
        indexes = [models.Index(fields=["lead", "id"], name="outreach_leadevent_lead")]


class NoticeState(models.TextChoices):
    ISSUED = "issued", "已告知，可提出异议"
    OBJECTED = "objected", "有异议待处理"
    EFFECTIVE = "effective", "已生效"
    WITHDRAWN = "withdrawn", "已撤回"
    OPTED_OUT = "opted_out", "本人放弃"


NOTICE_MOVES: dict[str, frozenset[str]] = {
    NoticeState.ISSUED: frozenset(
        {NoticeState.OBJECTED, NoticeState.EFFECTIVE, NoticeState.WITHDRAWN, NoticeState.OPTED_OUT}
    ),
    NoticeState.OBJECTED: frozenset({NoticeState.ISSUED, NoticeState.WITHDRAWN, NoticeState.OPTED_OUT}),
    NoticeState.EFFECTIVE: frozenset(),
    NoticeState.WITHDRAWN: frozenset(),
    NoticeState.OPTED_OUT: frozenset(),
}


class Notice(models.Model):
    """A letter to a person about an award that starts, changes or ends without an application (告知书).

    A notice of a grant opens a window in which the person may object or opt out; the award starts when it has passed.
    `amounts` lists [month, fen a month] wherever the amount of a past month differs from the month before it.
    """

    class About(models.TextChoices):
        GRANT = "grant", "拟发放"
        CHANGE = "change", "标准变动"
        STANDARD = "standard", "调标"
        END = "end", "停发"

    about = models.TextField("事由", choices=About.choices)
    month = models.DateField("月份")
    programme = models.TextField("项目")
    benefit = models.TextField("待遇")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="notices", verbose_name="人员")
    household_id = models.BigIntegerField("家庭编号", null=True, blank=True)
    award = models.ForeignKey(
        "awards.Award", models.PROTECT, related_name="notices", null=True, blank=True, verbose_name="待遇"
    )
    amount_fen = models.BigIntegerField("月标准（分）", default=0)
    previous_fen = models.BigIntegerField("原月标准（分）", default=0)
    start_month = models.DateField("起始月份")
    amounts = models.JSONField("各月标准变动", default=list)
    reason = models.TextField("原因代码", blank=True, default="")
    letter = models.TextField("正文")
    issued_on = models.DateField("告知日期")
    window_until = models.DateField("异议期至", null=True, blank=True)
    state = models.TextField("状态", choices=NoticeState.choices, default=NoticeState.ISSUED)
    objection = models.TextField("异议内容", blank=True, default="")
    division_code = models.TextField("区划", db_collation="C")

    class Meta:
        verbose_name = "告知书"
        constraints = [
            models.UniqueConstraint(
                fields=["benefit", "person"],
                name="outreach_notice_one_open_grant",
                condition=models.Q(about="grant", state__in=["issued", "objected"]),
            ),
            models.UniqueConstraint(
                fields=["award", "about", "month"],
                name="outreach_notice_once_per_month",
                condition=~models.Q(about="grant"),
            ),
        ]
        indexes = [
            models.Index(fields=["division_code", "state"], name="outreach_notice_division"),
            models.Index(fields=["person"], name="outreach_notice_person"),
        ]


class OptOut(models.Model):
    """A person who does not want a programme granted without application (放弃享受); may be taken back."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="opt_outs", verbose_name="人员")
    programme = models.TextField("项目")
    since = models.DateField("放弃日期")
    withdrawn_on = models.DateField("撤回日期", null=True, blank=True)
    note = models.TextField("说明", blank=True, default="")
    division_code = models.TextField("区划", db_collation="C")

    class Meta:
        verbose_name = "放弃享受"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "programme"],
                name="outreach_optout_one_open",
                condition=models.Q(withdrawn_on__isnull=True),
            )
        ]
