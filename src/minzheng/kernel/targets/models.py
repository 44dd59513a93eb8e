"""Targets, their yearly values by place, and the evidence that counts towards them. Nothing here names a person."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class Target(models.Model):
    """One promise of a year or one indicator of a plan (实事项目、规划指标)."""

    class Kind(models.TextChoices):
        PROJECT = "project", "为民办实事项目"
        PLAN = "plan", "规划指标"

    code = models.TextField(
        "编码", unique=True, db_collation="C", help_text="ours, stable, e.g. 2022-centres"
    )
    kind = models.TextField("类别", choices=Kind.choices)
    plan = models.TextField("所属文件", help_text="the list or the plan that sets it")
    title = models.TextField("名称")
    title_en = models.TextField(default="")
    unit = models.TextField("单位", help_text="as it is said: 个, 张, 户, 人, 平方米")
    year = models.SmallIntegerField("年度", help_text="the year whose end the value is for")
    value = models.BigIntegerField("目标值")
    base_year = models.SmallIntegerField("基期", null=True)
    base_value = models.BigIntegerField("基期值", null=True)
    owner = models.TextField("责任单位")
    due_on = models.DateField("完成期限")
    division_code = models.TextField("范围", db_collation="C", default="310000")
    count = models.TextField(
        "计数",
        default="",
        help_text="name of a count in `counts`; empty where evidence is reported one by one",
    )
    source = models.TextField("来源")
    provenance = models.TextField("来源类别", help_text="seed, public or illustrative")
    closed_on = models.DateField("结项", null=True)
    closed_value = models.BigIntegerField("结项完成值", null=True)
    is_met = models.BooleanField("结项结论", null=True)

    class Meta:
        ordering = ["-year", "kind", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    value__gt=0,
                    kind__in=["project", "plan"],
                    provenance__in=["seed", "public", "illustrative"],
                ),
                name="targets_target_sound",
            ),
            models.CheckConstraint(
                condition=Q(closed_on=None, closed_value=None, is_met=None)
                | Q(closed_on__isnull=False, closed_value__isnull=False, is_met__isnull=False),
                name="targets_closed_whole",
            ),
            models.CheckConstraint(
                condition=~Q(is_met=True) | Q(closed_value__gte=F("value")), name="targets_met_is_counted"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Share(models.Model):
    """What a target asks of one place in one year (分区、分年目标值); a district's of the target's own year are its breakdown."""

    target = models.ForeignKey(Target, models.CASCADE, related_name="shares")
    division_code = models.TextField(db_collation="C")
    year = models.SmallIntegerField()
    value = models.BigIntegerField()
    provenance = models.TextField(default="illustrative", help_text="seed, public or illustrative")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["target", "division_code", "year"], name="targets_share_once"),
            models.CheckConstraint(
                condition=Q(value__gte=0, provenance__in=["seed", "public", "illustrative"]),
                name="targets_share_value",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target_id} {self.division_code} {self.year}: {self.value}"


class Evidence(models.Model):
    """One thing that counts towards a target (完成佐证): a record of ours, or a paper with the number it proves.

    `record_kind` and `record_id` name the record, e.g. facilities.facility 17; a paper has the SHA-256 of its file instead.
    """

    class State(models.TextChoices):
        UNDER_WAY = "under_way", "在建"
        REPORTED = "reported", "待核定"
        ACCEPTED = "accepted", "已核定"
        RETURNED = "returned", "已退回"

    PAPER = "paper"

    target = models.ForeignKey(Target, models.PROTECT, related_name="evidence")
    division_code = models.TextField(db_collation="C")
    record_kind = models.TextField()
    record_id = models.BigIntegerField(null=True)
    paper_sha256 = models.TextField(default="")
    title = models.TextField(help_text="what it is, as it is shown in the list")
    amount = models.IntegerField(default=1)
    happened_on = models.DateField(help_text="when it was done; while under way, when it is expected")
    state = models.TextField(choices=State.choices, default=State.REPORTED)
    words = models.TextField(default="", help_text="why it was returned")
    reported_by = models.ForeignKey("access.Official", models.PROTECT, related_name="+")
    reported_at = models.DateTimeField(db_default=Now())
    decided_by = models.ForeignKey("access.Official", models.PROTECT, null=True, related_name="+")
    decided_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["target", "state", "division_code"], name="targets_evidence_of")]
        constraints = [
            models.UniqueConstraint(
                fields=["target", "record_kind", "record_id"], condition=Q(record_id__isnull=False),
                name="targets_record_counts_once",
            ),
            models.UniqueConstraint(
                fields=["target", "paper_sha256"], condition=~Q(paper_sha256=""), name="targets_paper_counts_once"
            ),
            models.CheckConstraint(
                condition=Q(record_kind="paper", record_id=None, amount__gte=1) & ~Q(paper_sha256="")
                | ~Q(record_kind="paper") & Q(record_id__isnull=False, paper_sha256="", amount=1),
                name="targets_record_or_paper",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["under_way", "reported"], decided_by=None, decided_on=None)
                | Q(state__in=["accepted", "returned"], decided_by__isnull=False, decided_on__isnull=False)
                & ~Q(decided_by=F("reported_by")),
                name="targets_evidence_four_eyes",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title


class FacilityArea(models.Model):
    """Floor area of a service facility (服务设施面积), for the service area per hundred households."""

    facility = models.OneToOneField(
        "facilities.Facility", models.PROTECT, primary_key=True, related_name="floor"
    )
    division_code = models.TextField(db_collation="C")
    square_metres = models.IntegerField()
    source = models.TextField()
    provenance = models.TextField(default="illustrative")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(square_metres__gt=0), name="targets_area_positive")]

    def __str__(self) -> str:
        return f"{self.facility_id}: {self.square_metres}"
