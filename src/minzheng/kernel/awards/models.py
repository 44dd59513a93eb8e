"""What is remembered of an award: its span, its amounts by month, its events, and what was paid beyond its end.

Months are kept as the first day of the month. `AwardPeriod.during` is a half-open range of such days, so the amount of
a month is the amount of the one period that contains its first day; a suspended month has no period. Scope columns
(division, programme, person) stand in every table, because row-level security reads them from the row itself.
"""

from __future__ import annotations

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models.functions import Now


class State(models.TextChoices):
    IN_FORCE = "in_force", "发放中"
    SUSPENDED = "suspended", "已暂停"
    ENDED = "ended", "已终止"


class Origin(models.TextChoices):
    ROSTER = "roster", "接管名册"
    LEAD = "lead", "主动发现后申请"
    APPLICATION = "application", "申请后办理"
    AUTOMATIC = "automatic", "免申即享"


class Unit(models.TextChoices):
    PERSON = "person", "个人"
    HOUSEHOLD = "household", "家庭"


class Action(models.TextChoices):
    GRANT = "grant", "授予"
    ADJUST = "adjust", "调整"
    SUSPEND = "suspend", "暂停"
    RESUME = "resume", "恢复"
    END = "end", "终止"
    RECALCULATE = "recalculate", "追溯重算"
    MOVE = "move", "转移管辖"
    CHANGE_PAYEE = "change_payee", "变更领款人"


# Which action may follow from which state; the actions refuse anything else.
PERMITTED: dict[str, frozenset[str]] = {
    Action.ADJUST: frozenset({State.IN_FORCE}),
    Action.SUSPEND: frozenset({State.IN_FORCE}),
    Action.RESUME: frozenset({State.SUSPENDED}),
    Action.END: frozenset({State.IN_FORCE, State.SUSPENDED}),
    Action.RECALCULATE: frozenset({State.IN_FORCE, State.SUSPENDED, State.ENDED}),
    Action.MOVE: frozenset({State.IN_FORCE, State.SUSPENDED}),
    Action.CHANGE_PAYEE: frozenset({State.IN_FORCE, State.SUSPENDED}),
}


class Award(models.Model):
    """One entitlement of one person or household to one benefit (一项待遇).

    `person` is who receives the money; for a benefit of the household it is the member who collects it.
    `end_month` is the last month of entitlement, or null while open; earlier than `start_month` means that no month
    remained. `paid_through` is the last benefit month that has been ordered for payment or was paid before the award
    was taken over; null means that no month was. Payments move it forward, nothing moves it back.
    `division_code` is the place that decides and answers for the award.
    """

    programme = models.TextField("项目")
    benefit = models.TextField("待遇")
    unit = models.TextField("单位", choices=Unit.choices)
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="awards", verbose_name="领款人")
    household = models.ForeignKey(
        "people.Household", models.PROTECT, related_name="awards", null=True, blank=True, verbose_name="家庭"
    )
    start_month = models.DateField("起始月份")
    end_month = models.DateField("最后月份", null=True, blank=True)
    state = models.TextField("状态", choices=State.choices, default=State.IN_FORCE)
    division_code = models.TextField("区划", db_collation="C")
    paid_through = models.DateField("已付至", null=True, blank=True)
    origin = models.TextField("来源", choices=Origin.choices)
    granted_on = models.DateField("授予日期")

    class Meta:
        verbose_name = "待遇"
        constraints = [
            models.CheckConstraint(name="awards_award_unit_known", condition=models.Q(unit__in=Unit.values)),
            models.CheckConstraint(
                name="awards_award_state_known", condition=models.Q(state__in=State.values)
            ),
            models.CheckConstraint(
                name="awards_award_origin_known", condition=models.Q(origin__in=Origin.values)
            ),
            models.CheckConstraint(
                name="awards_award_household_named",
                condition=models.Q(unit=Unit.PERSON) | models.Q(household__isnull=False),
            ),
            models.CheckConstraint(
                name="awards_award_ended_has_month",
                condition=~models.Q(state=State.ENDED) | models.Q(end_month__isnull=False),
            ),
            models.CheckConstraint(
                name="awards_award_whole_months",
                condition=models.Q(start_month__day=1)
                & (models.Q(end_month__isnull=True) | models.Q(end_month__day=1))
                & (models.Q(paid_through__isnull=True) | models.Q(paid_through__day=1)),
            ),
        ]
        indexes = [
            models.Index(fields=["division_code", "programme"], name="awards_award_division"),
            models.Index(fields=["person", "benefit"], name="awards_award_person_benefit"),
            models.Index(fields=["benefit", "state"], name="awards_award_benefit_state"),
        ]


class AwardPeriod(models.Model):
    """A run of months with one monthly amount (发放标准期间)."""

    award = models.ForeignKey(Award, models.CASCADE, related_name="periods")
    during = DateRangeField("期间")
    monthly_fen = models.BigIntegerField("月标准（分）")
    division_code = models.TextField("区划", db_collation="C")
    programme = models.TextField("项目")
    person_id = models.BigIntegerField("领款人编号")

    class Meta:
        verbose_name = "发放标准期间"
        constraints = [
            models.CheckConstraint(name="awards_period_positive", condition=models.Q(monthly_fen__gt=0)),
        ]
        indexes = [models.Index(fields=["division_code"], name="awards_period_division")]


class AwardEvent(models.Model):
    """One act on an award, with who, when, why and what changed (待遇变动记录); only ever added."""

    award = models.ForeignKey(Award, models.PROTECT, related_name="events", db_constraint=True)
    action = models.TextField("动作", choices=Action.choices)
    reason = models.TextField("原因代码")
    note = models.TextField("说明", blank=True, default="")
    month = models.DateField("生效月份")
    on = models.DateField("日期")
    detail = models.JSONField("明细", default=dict)
    actor_label = models.TextField("经办")
    actor_post_id = models.BigIntegerField("岗位", null=True, blank=True)
    recorded_at = models.DateTimeField("记录时间", db_default=Now())
    division_code = models.TextField("区划", db_collation="C")
    programme = models.TextField("项目")
    person_id = models.BigIntegerField("领款人编号")

    class Meta:
        verbose_name = "待遇变动记录"
        indexes = [
            models.Index(fields=["award", "id"], name="awards_event_award"),
            models.Index(fields=["on", "action"], name="awards_event_on"),
        ]


class Overpayment(models.Model):
    """A month that was paid although the award gave no right to it (多发待遇): to be recovered or waived, in sight of all.

    A negative payment does not exist. `recovered_fen` counts what was set off against other months or paid back,
    `written_off_fen` what two officials waived; the rest is still to be settled. `budget_line` is where the money came
    from and goes back to. A month that is due after all stays on record as `dropped`.
    """

    class State(models.TextChoices):
        OPEN = "open", "待追回"
        RECOVERED = "recovered", "已追回"
        WAIVED = "waived", "已免除"
        DROPPED = "dropped", "应发已恢复"

    award = models.ForeignKey(Award, models.PROTECT, related_name="overpayments")
    month = models.DateField("月份")
    amount_fen = models.BigIntegerField("多发金额（分）")
    recovered_fen = models.BigIntegerField("已追回（分）", default=0)
    written_off_fen = models.BigIntegerField("已免除（分）", default=0, db_default=0)
    budget_line = models.TextField("预算项目", blank=True, default="", db_default="")
    reason = models.TextField("原因代码")
    found_on = models.DateField("发现日期")
    state = models.TextField("状态", choices=State.choices, default=State.OPEN)
    division_code = models.TextField("区划", db_collation="C")
    programme = models.TextField("项目")
    person_id = models.BigIntegerField("领款人编号")

    class Meta:
        verbose_name = "多发待遇"
        constraints = [
            models.UniqueConstraint(fields=["award", "month"], name="awards_overpayment_once"),
            models.CheckConstraint(
                name="awards_overpayment_amounts",
                condition=models.Q(recovered_fen__gte=0, written_off_fen__gte=0)
                & models.Q(amount_fen__gte=models.F("recovered_fen") + models.F("written_off_fen")),
            ),
        ]
        indexes = [
            models.Index(fields=["division_code", "state"], name="awards_overpayment_division"),
            models.Index(fields=["person_id", "state"], name="awards_overpayment_person"),
        ]

    @property
    def rest_fen(self) -> int:
        """What is still to be recovered or waived."""
        return self.amount_fen - self.recovered_fen - self.written_off_fen
