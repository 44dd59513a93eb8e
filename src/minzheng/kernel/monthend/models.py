"""What is remembered of a month's run: its steps and progress, what it rested on, and its totals."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class RunState(models.TextChoices):
    RUNNING = "running", "进行中"
    FAILED = "failed", "出错中断"
    DONE = "done", "已完成"


class StepState(models.TextChoices):
    WAITING = "waiting", "等待"
    RUNNING = "running", "进行中"
    FAILED = "failed", "出错"
    DONE = "done", "完成"


class MonthRun(models.Model):
    """One attempt to run a month (月度核发批次). A month that is still open may be run again: the attempt counts up.

    The three identities name what the findings rest on, so anyone can have the same bytes again.
    """

    month = models.DateField("月份")
    attempt = models.IntegerField("次数")
    state = models.TextField("状态", choices=RunState.choices, default=RunState.RUNNING)
    on = models.DateField("办理日期")
    law_identity = models.TextField("法规标识", blank=True, default="")
    snapshot_identity = models.TextField("快照标识", blank=True, default="")
    findings_sha256 = models.TextField("认定结果校验", blank=True, default="")
    counts = models.JSONField("计数", default=dict)
    differences = models.JSONField("与上月差异", default=dict)
    error = models.TextField("错误", blank=True, default="")
    actor_label = models.TextField("经办")
    started_at = models.DateTimeField("开始时间", db_default=Now())
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        verbose_name = "月度核发批次"
        constraints = [
            models.UniqueConstraint(fields=["month", "attempt"], name="monthend_run_attempt"),
            models.UniqueConstraint(
                fields=["month"],
                name="monthend_run_one_unfinished",
                condition=~models.Q(state=RunState.DONE),
            ),
        ]


class MonthStep(models.Model):
    """One step of a run with its progress (步骤); `done` of `total` moves while the step works."""

    run = models.ForeignKey(MonthRun, models.CASCADE, related_name="steps")
    position = models.SmallIntegerField("序号")
    name = models.TextField("步骤")
    state = models.TextField("状态", choices=StepState.choices, default=StepState.WAITING)
    done = models.BigIntegerField("已完成", default=0)
    total = models.BigIntegerField("总数", default=0)
    detail = models.JSONField("明细", default=dict)
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        verbose_name = "月度核发步骤"
        ordering = ["run", "position"]
        constraints = [models.UniqueConstraint(fields=["run", "name"], name="monthend_step_once")]


class MonthTotal(models.Model):
    """A run's totals of one benefit in one street or town (分项目分街镇合计)."""

    run = models.ForeignKey(MonthRun, models.CASCADE, related_name="totals")
    programme = models.TextField("项目")
    benefit = models.TextField("待遇")
    division_code = models.TextField("区划", db_collation="C")
    eligible = models.BigIntegerField("符合条件", default=0)
    eligible_fen = models.BigIntegerField("应发月标准合计（分）", default=0)
    in_force = models.BigIntegerField("在享", default=0)
    in_force_fen = models.BigIntegerField("在享月标准合计（分）", default=0)
    orders = models.BigIntegerField("支付单", default=0)
    ordered_fen = models.BigIntegerField("支付金额（分）", default=0)
    leads = models.BigIntegerField("待办线索", default=0)

    class Meta:
        verbose_name = "月度合计"
        constraints = [
            models.UniqueConstraint(fields=["run", "benefit", "division_code"], name="monthend_total_once")
        ]


class LiveMonth(models.Model):
    """How the month in hand stands between its runs (当月即时状态): a snapshot, and what changed since it was written.

    `snapshot_identity` is empty where the month was not run yet, `delta_identity` where nothing has changed. With
    `needs_run` so much changed at once that only a run of the month can say what follows.
    """

    month = models.DateField("月份", unique=True)
    snapshot_identity = models.TextField("快照标识", blank=True, default="")
    delta_identity = models.TextField("变动标识", blank=True, default="")
    changed = models.BigIntegerField("变动家庭数", default=0)
    needs_run = models.BooleanField("须重新办理", default=False)
    refreshed_at = models.DateTimeField("刷新时间", db_default=Now())
    form = models.TextField("读取方式", blank=True, default="")

    class Meta:
        verbose_name = "当月即时状态"


class Recalculation(models.Model):
    """One look back at the months before the open one (追溯重算): what was learnt between two instants, and what it changed."""

    month = models.DateField("入账月份")
    on = models.DateField("办理日期")
    known_then = models.DateTimeField("此前已知至", null=True)
    known_now = models.DateTimeField("现已知至")
    people = models.BigIntegerField("涉及人数", default=0)
    counts = models.JSONField("计数", default=dict)
    actor_label = models.TextField("经办")

    class Meta:
        verbose_name = "追溯重算"


class Correction(models.Model):
    """One month of one award as it had been decided, and as it is now known (月份更正).

    `then_fen` and `now_fen` are what the law gives by what was known at the two instants, `was_fen` what the award paid;
    null means nothing. A correction that the award's amount does not explain, or that waits for a check, is `left` to an
    official.
    """

    class State(models.TextChoices):
        APPLIED = "applied", "已更正"
        LEFT = "left", "待人工核定"

    recalculation = models.ForeignKey(Recalculation, models.PROTECT, related_name="corrections")
    award = models.ForeignKey("awards.Award", models.PROTECT, related_name="corrections")
    month = models.DateField("月份")
    was_fen = models.BigIntegerField("原定金额（分）", null=True)
    then_fen = models.BigIntegerField("按当时所知（分）", null=True)
    now_fen = models.BigIntegerField("按现在所知（分）", null=True)
    state = models.TextField("状态", choices=State.choices)
    reason = models.TextField("原因代码", default="", blank=True)
    benefit = models.TextField("待遇")
    programme = models.TextField("项目")
    division_code = models.TextField("区划", db_collation="C")
    person_id = models.BigIntegerField("领款人编号")

    class Meta:
        verbose_name = "月份更正"
        constraints = [
            models.UniqueConstraint(
                fields=["recalculation", "award", "month"], name="monthend_correction_once"
            )
        ]
        indexes = [
            models.Index(fields=["division_code", "month"], name="monthend_correction_place"),
            models.Index(fields=["person_id"], name="monthend_correction_person"),
            models.Index(fields=["award", "month"], name="monthend_correction_award"),
        ]
