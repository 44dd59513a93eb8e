"""Findings and what becomes of them: rectified, checked again, punished, published."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from minzheng.kernel.cases.models import Upload
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.inspections.models.visits import Visit
from minzheng.kernel.inspections.states import FindingState, PenaltyState


class Finding(models.Model):
    """A clause that was not met (检查问题): with photo and a deadline in working days; only a re-check closes it."""

    class Severity(models.TextChoices):
        MINOR = "minor", "一般"
        SERIOUS = "serious", "较重"
        MAJOR = "major", "重大"

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="findings")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="findings")
    division_code = models.TextField("区划", db_collation="C")
    kind = models.TextField("检查类别")
    area = models.TextField("领域", db_collation="C")
    clause = models.TextField("条款", db_collation="C")
    clause_text = models.TextField("条款内容")
    source = models.TextField("依据")
    severity = models.TextField("程度", choices=Severity.choices)
    points = models.SmallIntegerField("扣分")
    department = models.TextField("部门", db_collation="C")
    text = models.TextField("情况")
    photo = models.ForeignKey(Upload, models.PROTECT, related_name="+")
    found_on = models.DateField("发现日期")
    deadline = models.DateField("整改期限")
    state = models.TextField("状态", choices=FindingState.choices, default=FindingState.OPEN)
    closed_on = models.DateField("销号日期", null=True, blank=True)

    class Meta:
        verbose_name = "检查问题"
        indexes = [
            models.Index(fields=["facility", "found_on"], name="inspections_finding_facility"),
            models.Index(
                fields=["division_code", "deadline"],
                name="inspections_finding_open",
                condition=~models.Q(state="closed"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["visit", "clause"], name="inspections_finding_once"),
            models.CheckConstraint(
                condition=models.Q(state="closed", closed_on__isnull=False)
                | (~models.Q(state="closed") & models.Q(closed_on__isnull=True)),
                name="inspections_finding_closed",
            ),
        ]


class Rectification(models.Model):
    """What the facility says it has done about a finding (整改情况), with a photo or paper."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="rectifications")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    division_code = models.TextField("区划", db_collation="C")
    text = models.TextField("整改情况")
    upload = models.ForeignKey(Upload, models.PROTECT, null=True, blank=True, related_name="+")
    on = models.DateField("日期")
    by = models.TextField("提交人")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "整改情况"


class Recheck(models.Model):
    """A look at whether a finding is put right (复查), with a photo; the only thing that closes one."""

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="rechecks")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    division_code = models.TextField("区划", db_collation="C")
    has_passed = models.BooleanField("合格")
    text = models.TextField("复查情况")
    photo = models.ForeignKey(Upload, models.PROTECT, related_name="+")
    on = models.DateField("日期")
    by = models.ForeignKey("access.Official", models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "复查"


class Penalty(models.Model):
    """A penalty (行政处罚): told first, heard, then decided by somebody else than who proposed it."""

    class Kind(models.TextChoices):
        WARNING = "warning", "警告"
        FINE = "fine", "罚款"

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="penalties")
    division_code = models.TextField("区划", db_collation="C")
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="penalties")
    kind = models.TextField("种类", choices=Kind.choices)
    amount_fen = models.BigIntegerField("金额（分）", default=0)
    statute = models.TextField("法律依据")
    reason = models.TextField("事实与理由")
    state = models.TextField("状态", choices=PenaltyState.choices, default=PenaltyState.TOLD)
    proposed_by = models.ForeignKey("access.Official", models.PROTECT, related_name="+")
    told_on = models.DateField("告知日期")
    hear_until = models.DateField("陈述申辩截止")
    statement = models.TextField("陈述申辩", blank=True, default="")
    stated_on = models.DateField("陈述日期", null=True, blank=True)
    decided_by = models.ForeignKey("access.Official", models.PROTECT, null=True, blank=True, related_name="+")
    decided_on = models.DateField("决定日期", null=True, blank=True)
    words = models.TextField("决定理由", blank=True, default="")

    class Meta:
        verbose_name = "行政处罚"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="told", decided_by=None)
                | (models.Q(decided_by__isnull=False, decided_on__isnull=False) & ~models.Q(decided_by=models.F("proposed_by"))),
                name="inspections_penalty_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="warning", amount_fen=0) | models.Q(kind="fine", amount_fen__gt=0),
                name="inspections_penalty_amount",
            ),
            models.UniqueConstraint(
                fields=["finding"], condition=~models.Q(state="dropped"), name="inspections_penalty_once"
            ),
        ]  # fmt: skip


class Complaint(models.Model):
    """A complaint about a facility (投诉举报), without a word on who complained; it counts once it was verified."""

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="complaints")
    division_code = models.TextField("区划", db_collation="C")
    received_on = models.DateField("收到日期")
    channel = models.TextField("渠道")
    area = models.TextField("领域", db_collation="C")
    text = models.TextField("内容")
    is_verified = models.BooleanField("是否属实", null=True)
    verified_on = models.DateField("核实日期", null=True, blank=True)

    class Meta:
        verbose_name = "投诉举报"
        indexes = [models.Index(fields=["facility", "verified_on"], name="inspections_complaint_day")]


class Publication(models.Model):
    """What everybody may read (公示): a draw's hashes, a visit's result, a penalty, a credit level; and why it was taken down."""

    kind = models.TextField("类别", help_text="draw, visit, penalty, rating")
    subject = models.TextField("对象", help_text="such as penalty:17", db_collation="C")
    facility = models.ForeignKey(Facility, models.PROTECT, null=True, blank=True, related_name="publications")
    division_code = models.TextField("区划", db_collation="C")
    title = models.TextField("标题")
    detail = models.JSONField("内容", default=dict)
    published_on = models.DateField("公示日期")
    published_by = models.TextField("公示单位")
    until = models.DateField("公示期限", null=True, blank=True)
    withdrawn_on = models.DateField("撤下日期", null=True, blank=True)
    withdrawn_because = models.TextField("撤下原因", blank=True, default="")

    class Meta:
        verbose_name = "公示"
        indexes = [models.Index(fields=["facility", "-published_on"], name="inspections_publication_day")]
        constraints = [
            models.UniqueConstraint(
                fields=["subject"], condition=models.Q(withdrawn_on=None), name="inspections_published_once"
            )
        ]


class Event(models.Model):
    """A move of a plan, visit, finding or penalty (办理经过); only added."""

    subject = models.TextField("对象", db_collation="C")
    facility = models.ForeignKey(Facility, models.PROTECT, null=True, blank=True, related_name="+")
    division_code = models.TextField("区划", db_collation="C")
    before = models.TextField("原状态")
    after = models.TextField("新状态")
    on = models.DateField("日期")
    by = models.TextField("经办")
    note = models.TextField("说明", blank=True, default="")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "办理经过"
        indexes = [models.Index(fields=["subject", "id"], name="inspections_event_subject")]
