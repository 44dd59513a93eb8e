"""Visits, who makes them, what was answered."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from minzheng.kernel.cases.models import Upload
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.inspections.models.plans import Inspector, Plan
from minzheng.kernel.inspections.states import VisitState


class Visit(models.Model):
    """One visit of several departments together at one facility (联合检查); the facility learns of it when it is done."""

    plan = models.ForeignKey(Plan, models.PROTECT, null=True, blank=True, related_name="visits")
    title = models.TextField("检查名称")
    kind = models.TextField("检查类别")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="visits")
    division_code = models.TextField("区划", db_collation="C")
    areas = models.JSONField("检查领域", default=list)
    risk = models.TextField("风险等级", blank=True, default="")
    position = models.IntegerField("抽取次序", null=True, blank=True)
    round = models.SmallIntegerField("第几次", default=1)
    digest = models.TextField("摘要", blank=True, default="", db_collation="C")
    due_from = models.DateField("检查窗口开始")
    due_to = models.DateField("检查窗口结束")
    state = models.TextField("状态", choices=VisitState.choices, default=VisitState.PLANNED)
    began_on = models.DateField("开始检查", null=True, blank=True)
    done_on = models.DateField("完成日期", null=True, blank=True)

    class Meta:
        verbose_name = "检查"
        indexes = [
            models.Index(fields=["facility", "state"], name="inspections_visit_facility"),
            models.Index(fields=["division_code", "due_to"], name="inspections_visit_due"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["plan", "facility", "round"], name="inspections_visit_once"),
            models.CheckConstraint(
                condition=~models.Q(state="done") | models.Q(done_on__isnull=False),
                name="inspections_visit_done",
            ),
        ]


class Assignment(models.Model):
    """An inspector drawn for a visit (检查人员安排), one of each department."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="assignments")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    division_code = models.TextField("区划", db_collation="C")
    inspector = models.ForeignKey(Inspector, models.PROTECT, related_name="assignments")
    department = models.TextField("部门", db_collation="C")
    digest = models.TextField("摘要", blank=True, default="", db_collation="C")

    class Meta:
        verbose_name = "检查人员安排"
        constraints = [
            models.UniqueConstraint(fields=["visit", "department"], name="inspections_one_of_a_department")
        ]


class Result(models.TextChoices):
    MET = "met", "符合"
    NOT_MET = "not_met", "不符合"
    NOT_APPLICABLE = "not_applicable", "不适用"


class Answer(models.Model):
    """What was seen of one clause (逐条检查结果), added and never changed; the latest counts."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="answers")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    division_code = models.TextField("区划", db_collation="C")
    area = models.TextField("领域", db_collation="C")
    clause = models.TextField("条款", db_collation="C")
    version = models.TextField("检查表版本")
    result = models.TextField("结果", choices=Result.choices)
    text = models.TextField("情况", blank=True, default="")
    photo = models.ForeignKey(Upload, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey("access.Official", models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "逐条检查结果"
        indexes = [models.Index(fields=["visit", "clause", "-id"], name="inspections_answer_latest")]


class AreaResult(models.Model):
    """What a finished visit found in one area (领域结果); coverage is counted from these."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="results")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    division_code = models.TextField("区划", db_collation="C")
    kind = models.TextField("检查类别")
    area = models.TextField("领域", db_collation="C")
    department = models.TextField("部门", db_collation="C")
    met = models.IntegerField("符合")
    not_met = models.IntegerField("不符合")
    not_applicable = models.IntegerField("不适用")
    done_on = models.DateField("日期")

    class Meta:
        verbose_name = "领域结果"
        indexes = [models.Index(fields=["kind", "area", "facility"], name="inspections_area_coverage")]
        constraints = [models.UniqueConstraint(fields=["visit", "area"], name="inspections_area_once")]
