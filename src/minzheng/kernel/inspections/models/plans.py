"""Plans, the seed of their draw, and who may be drawn to inspect."""

from __future__ import annotations

from django.contrib.postgres.fields import DateRangeField
from django.db import models

from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.inspections.states import PlanState


class Inspector(models.Model):
    """Somebody who may be drawn for a visit (执法检查人员), of one department and place; the public file names the code alone."""

    code = models.TextField("编号", unique=True, db_collation="C")
    name = models.TextField("姓名")
    department = models.TextField("部门", db_collation="C")
    division_code = models.TextField("区划", db_collation="C")
    official = models.OneToOneField("access.Official", models.PROTECT, null=True, related_name="inspector")
    during = DateRangeField("在册期间")

    class Meta:
        verbose_name = "检查人员"

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Conflict(models.Model):
    """An inspector who must not inspect a facility (回避): family, former work, interest; the reason stays with officials."""

    inspector = models.ForeignKey(Inspector, models.PROTECT, related_name="conflicts")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    division_code = models.TextField("区划", db_collation="C")
    reason = models.TextField("原因")
    declared_on = models.DateField("申报日期")

    class Meta:
        verbose_name = "回避"
        constraints = [
            models.UniqueConstraint(fields=["inspector", "facility"], name="inspections_conflict_once")
        ]


class Plan(models.Model):
    """A year's or a campaign's inspections of one kind of facility in one place (检查计划), drawn by lot.

    The hash of the seed stands before the list does; then the list is frozen; then the seed is opened and the order follows.
    `frozen` is the whole input of the draw as `drawing` takes it.
    """

    title = models.TextField("名称")
    kind = models.TextField("检查类别", help_text="regular or a campaign's code")
    facility_kind = models.TextField("对象类别")
    division_code = models.TextField("区划", db_collation="C")
    first_day = models.DateField("开始")
    last_day = models.DateField("结束")
    areas = models.JSONField("检查领域", default=list)
    rule = models.JSONField("频次规则", default=list)
    reasons = models.TextField("说明", blank=True, default="")
    state = models.TextField("状态", choices=PlanState.choices, default=PlanState.COMMITTED)
    seed_sha256 = models.TextField("种子摘要", db_collation="C")
    committed_on = models.DateField("公布摘要日期")
    frozen = models.JSONField("抽取名单", null=True, blank=True)
    frozen_sha256 = models.TextField("名单摘要", blank=True, default="", db_collation="C")
    frozen_on = models.DateField("锁定日期", null=True, blank=True)
    seed = models.TextField("种子", blank=True, default="", db_collation="C")
    gaps = models.JSONField("无人可派", default=list)
    drawn_on = models.DateField("抽取日期", null=True, blank=True)
    published_on = models.DateField("公开日期", null=True, blank=True)
    made_by = models.ForeignKey("access.Official", models.PROTECT, related_name="+", verbose_name="编制")

    class Meta:
        verbose_name = "检查计划"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")), name="inspections_plan_days"
            )
        ]

    def __str__(self) -> str:
        return self.title


class PlanSeed(models.Model):
    """A seed before it is opened; nobody reads it until the list is frozen (未揭晓的种子)."""

    plan = models.OneToOneField(Plan, models.PROTECT, related_name="sealed")
    division_code = models.TextField("区划", db_collation="C")
    seed = models.TextField("种子", db_collation="C")

    class Meta:
        verbose_name = "种子"
