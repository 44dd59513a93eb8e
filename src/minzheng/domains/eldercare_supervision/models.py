"""What is remembered of campaigns and credit levels; no row names a resident."""

from __future__ import annotations

from django.db import models

from minzheng.kernel.cases.models import Upload
from minzheng.kernel.facilities.models import Facility


class Campaign(models.Model):
    """A campaign (专项行动): every institution of the place has a result in each area, until every fault is closed."""

    code = models.TextField("编号", unique=True, db_collation="C")
    title = models.TextField("名称")
    division_code = models.TextField("区划", db_collation="C")
    areas = models.JSONField("领域")
    first_day = models.DateField("开始")
    last_day = models.DateField("计划结束")
    closed_on = models.DateField("办结日期", null=True, blank=True)
    source = models.TextField("依据")
    provenance = models.TextField("来源性质", default="illustrative")

    class Meta:
        verbose_name = "专项行动"


class Grading(models.Model):
    """The institution's grade by evaluation (等级评定), one to five, for a time; given elsewhere and kept here as told."""

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="gradings")
    division_code = models.TextField("区划", db_collation="C")
    grade = models.SmallIntegerField("等级")
    decided_on = models.DateField("评定日期")
    until = models.DateField("有效期至")
    source = models.TextField("依据")

    class Meta:
        verbose_name = "等级评定"
        constraints = [
            models.UniqueConstraint(fields=["facility", "decided_on"], name="supervision_grading_once"),
            models.CheckConstraint(
                condition=models.Q(grade__range=(1, 5), until__gte=models.F("decided_on")),
                name="supervision_grading",
            ),
        ]


class SheetState(models.TextChoices):
    TOLD = "told", "异议期"
    DECIDED = "decided", "已审定"


class ScoreSheet(models.Model):
    """A year's credit score of one institution (信用评价表): its points come from dated items and from nothing else."""

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="score_sheets")
    division_code = models.TextField("区划", db_collation="C")
    year = models.SmallIntegerField("年度")
    base = models.SmallIntegerField("基础分")
    score = models.SmallIntegerField("得分")
    level = models.TextField("等级", db_collation="C")
    state = models.TextField("状态", choices=SheetState.choices, default=SheetState.TOLD)
    told_on = models.DateField("告知日期")
    object_until = models.DateField("异议截止")
    decided_on = models.DateField("审定日期", null=True, blank=True)
    decided_by = models.ForeignKey("access.Official", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "信用评价表"
        indexes = [models.Index(fields=["facility", "-year"], name="supervision_sheet_latest")]
        constraints = [
            models.UniqueConstraint(fields=["facility", "year"], name="supervision_sheet_once"),
            models.CheckConstraint(
                condition=models.Q(level__in=["A", "B", "C", "D"]), name="supervision_sheet_level"
            ),
            models.CheckConstraint(
                condition=models.Q(state="told", decided_by=None)
                | models.Q(state="decided", decided_by__isnull=False, decided_on__isnull=False),
                name="supervision_sheet_decided",
            ),
        ]


class ScoreItem(models.Model):
    """One item of a sheet (计分项目): what happened when, how many points, by which rule, and whether it was struck out."""

    sheet = models.ForeignKey(ScoreSheet, models.PROTECT, related_name="items")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    division_code = models.TextField("区划", db_collation="C")
    kind = models.TextField("类别", help_text="penalty, finding, complaint, grade")
    record = models.BigIntegerField("记录编号", help_text="of the penalty, finding or complaint")
    on = models.DateField("日期")
    text = models.TextField("事由")
    points = models.SmallIntegerField("分值", help_text="negative: points off")
    rule = models.TextField("计分依据")
    is_struck = models.BooleanField("已剔除", default=False)

    class Meta:
        verbose_name = "计分项目"
        constraints = [
            models.UniqueConstraint(fields=["sheet", "kind", "record"], name="supervision_item_once")
        ]


class Objection(models.Model):
    """The institution says that one item is wrong (异议), once, while the time for it runs."""

    item = models.OneToOneField(ScoreItem, models.PROTECT, related_name="objection")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    division_code = models.TextField("区划", db_collation="C")
    text = models.TextField("异议")
    upload = models.ForeignKey(Upload, models.PROTECT, null=True, blank=True, related_name="+")
    on = models.DateField("提出日期")
    by = models.TextField("提出人")
    is_upheld = models.BooleanField("成立", null=True)
    words = models.TextField("处理意见", blank=True, default="")
    decided_on = models.DateField("处理日期", null=True, blank=True)
    decided_by = models.ForeignKey("access.Official", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "信用评价异议"


class Repair(models.Model):
    """Credit put right after its conditions were met (信用修复): one level up, once a year's sheet."""

    sheet = models.OneToOneField(ScoreSheet, models.PROTECT, related_name="repair")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    division_code = models.TextField("区划", db_collation="C")
    text = models.TextField("申请理由")
    asked_on = models.DateField("申请日期")
    asked_by = models.TextField("申请人")
    level_after = models.TextField("修复后等级", blank=True, default="", db_collation="C")
    is_granted = models.BooleanField("同意", null=True)
    words = models.TextField("处理意见", blank=True, default="")
    decided_on = models.DateField("处理日期", null=True, blank=True)
    decided_by = models.ForeignKey("access.Official", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "信用修复"
