"""What is remembered of a what-if: what was changed, how far the computation is, its figures, examples, its promotion."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from minzheng.kernel.periods import Month


class State(models.TextChoices):
    WAITING = "waiting", "等待"
    RUNNING = "running", "进行中"
    FAILED = "failed", "出错"
    DONE = "done", "已完成"


class Reform(models.Model):
    """One what-if (政策试算): other values for parameters in a month, over that month's people.

    It belongs to who made it until it is shared. `changes` is a list of {name, value}, money in whole fen.
    """

    title = models.CharField("名称", max_length=80)
    note = models.TextField("说明", blank=True, default="")
    month = models.DateField("月份")
    changes = models.JSONField("改动", default=list)
    state = models.TextField("状态", choices=State.choices, default=State.WAITING)
    done = models.BigIntegerField("已完成", default=0)
    total = models.BigIntegerField("总数", default=0)
    is_shared = models.BooleanField("已共享", default=False)
    law_identity = models.TextField("现行法规标识", blank=True, default="")
    reform_identity = models.TextField("试算法规标识", blank=True, default="")
    snapshot_identity = models.TextField("快照标识", blank=True, default="")
    findings_sha256 = models.TextField("试算认定结果校验", blank=True, default="")
    error = models.TextField("错误", blank=True, default="")
    created_by = models.ForeignKey("access.Official", models.PROTECT, related_name="+", verbose_name="经办")
    created_at = models.DateTimeField("提交时间", db_default=Now())
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        verbose_name = "政策试算"
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="reforms_reform_state"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="reforms_reform_month"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def when(self) -> Month:
        return Month.of(self.month)


class ReformFigure(models.Model):
    """A line of a reform's breakdown (试算统计). It is kept twice: in full for those who may see people, and with small
    figures hidden (`is_masked`) for those who may not; the database hands each their own."""

    reform = models.ForeignKey(Reform, models.CASCADE, related_name="figures")
    position = models.SmallIntegerField("序号")
    dimension = models.TextField("分组")
    key = models.TextField("组")
    is_masked = models.BooleanField("已抑制小数")
    values = models.JSONField("数值")

    class Meta:
        verbose_name = "试算统计"
        constraints = [
            models.UniqueConstraint(
                fields=["reform", "is_masked", "dimension", "key"], name="reforms_figure_once"
            )
        ]


class ReformExample(models.Model):
    """A household for whom the reform changes something (试算示例), chosen by chance; opening it asks for a reason."""

    reform = models.ForeignKey(Reform, models.CASCADE, related_name="examples")
    kind = models.TextField("类别")
    household_id = models.BigIntegerField("家庭编号")
    division_code = models.TextField("区划", db_collation="C")
    people = models.SmallIntegerField("人数")
    before_fen = models.BigIntegerField("现行（分）")
    after_fen = models.BigIntegerField("试算（分）")

    class Meta:
        verbose_name = "试算示例"
        constraints = [
            models.UniqueConstraint(fields=["reform", "household_id"], name="reforms_example_once")
        ]


class PromotionState(models.TextChoices):
    PROPOSED = "proposed", "待复核"
    CONFIRMED = "confirmed", "已复核"
    REJECTED = "rejected", "已退回"


class Promotion(models.Model):
    """A reform on its way into the parameter files (参数拟稿): one officer writes it with its paper, another confirms it.

    `files` is a list of {programme, key, file, base_sha256, text}: the whole new text of each parameter file.
    """

    reform = models.ForeignKey(Reform, models.PROTECT, related_name="promotions")
    paper = models.CharField("文号", max_length=60)
    paper_title = models.CharField("文件名称", max_length=120)
    paper_on = models.DateField("印发日期")
    effective_on = models.DateField("施行日期")
    files = models.JSONField("参数文件")
    state = models.TextField("状态", choices=PromotionState.choices, default=PromotionState.PROPOSED)
    proposed_by = models.ForeignKey("access.Official", models.PROTECT, related_name="+", verbose_name="拟稿")
    proposed_on = models.DateField("拟稿日期")
    decided_by = models.ForeignKey(
        "access.Official", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复核"
    )
    decided_on = models.DateField("复核日期", null=True, blank=True)
    words = models.TextField("复核意见", blank=True, default="")

    class Meta:
        verbose_name = "参数拟稿"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="proposed", decided_by=None)
                | (models.Q(decided_by__isnull=False) & ~models.Q(decided_by=models.F("proposed_by"))),
                name="reforms_promotion_four_eyes",
            ),
            models.UniqueConstraint(
                fields=["reform"], condition=~models.Q(state="rejected"), name="reforms_promotion_one_open"
            ),
        ]

    @property
    def first_month(self) -> Month:
        """The first month paid by the new values: benefits are by calendar month, judged on its first day."""
        month = Month.of(self.effective_on)
        return month if month.first_day == self.effective_on else month + 1
