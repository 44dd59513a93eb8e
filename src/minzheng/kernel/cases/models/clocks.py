"""Statutory clocks (法定时限) of a case: they run in working days, stop for a reason, resume, warn and escalate."""

from __future__ import annotations

from django.db import models


class Clock(models.Model):
    """One deadline of one case.

    `used_days` counts the days used before the running stretch that began on `running_from`; while the clock is
    stopped, `running_from` and `due_on` are null.
    """

    class Kind(models.TextChoices):
        ACCEPT = "accept", "受理"
        CORRECT = "correct", "补正"
        CHECK = "check", "核对"
        EXAMINE = "examine", "审核"
        PUBLICISE = "publicise", "公示"
        ANSWER = "answer", "部门答复"
        DECIDE = "decide", "决定"

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="clocks")
    kind = models.TextField("种类", choices=Kind.choices)
    limit_days = models.SmallIntegerField("时限（天）")
    in_workdays = models.BooleanField("工作日", default=True)
    started_on = models.DateField("起算日")
    running_from = models.DateField("本段起算", null=True, blank=True)
    used_days = models.SmallIntegerField("已用天数", default=0)
    due_on = models.DateField("到期日", null=True, blank=True)
    ended_on = models.DateField("结束日", null=True, blank=True)
    warned_on = models.DateField("预警日", null=True, blank=True)
    escalated_on = models.DateField("督办日", null=True, blank=True)

    class Meta:
        verbose_name = "时限"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=models.Q(ended_on__isnull=True),
                name="cases_clock_one_running",
            ),
            models.CheckConstraint(
                name="cases_clock_runs_or_waits",
                condition=models.Q(running_from__isnull=True, due_on__isnull=True)
                | models.Q(running_from__isnull=False, due_on__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=models.Q(ended_on__isnull=True), name="cases_clock_due")
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"


class Pause(models.Model):
    """A stretch in which a clock stood still, with its reason and its paper (中止)."""

    clock = models.ForeignKey(Clock, models.PROTECT, related_name="pauses")
    from_on = models.DateField("自")
    until_on = models.DateField("至", null=True, blank=True)
    reason = models.TextField("原因")
    paper = models.TextField("依据")

    class Meta:
        verbose_name = "中止"
        constraints = [
            models.UniqueConstraint(
                fields=["clock"], condition=models.Q(until_on__isnull=True), name="cases_pause_one_open"
            )
        ]
