"""Totals of casework (办件统计), so that a page of figures reads a few thousand rows and never the cases themselves.

`Counted` keeps what each case counted for when it was last counted. A refresh subtracts that and adds what the case
counts for now, so totals stay right after late changes, and every total opens to exactly the rows it was made of.
"""

from __future__ import annotations

from django.db import models


class Side(models.TextChoices):
    """Both offices of a case count it: the one that took it in and the one that decides it."""

    DECIDING = "deciding", "办理地"
    ACCEPTING = "accepting", "受理地"


class Counted(models.Model):
    """What one case counts for in the totals (统计底数); names nobody.

    `ended_on` is the day of the decision, or of the end without one. `limit_days` are the working days that the steps
    after acceptance allow together; null where none, or where the law counts calendar days. `handover_days` are the
    working days between acceptance in one district and the first act in another. `issuers` lists
    [issuer, fetched, failed] of the papers that have a source.
    """

    case_id = models.BigIntegerField("办件编号", primary_key=True)
    item = models.TextField("事项", db_collation="C")
    domain = models.TextField("业务领域", db_collation="C")
    channel = models.TextField("渠道", db_collation="C")
    accepting_division = models.TextField("受理地", db_collation="C")
    deciding_division = models.TextField("办理地", db_collation="C")
    state = models.TextField("状态", db_collation="C")
    submitted_on = models.DateField("提交日期")
    accepted_on = models.DateField("受理日期", null=True)
    ended_on = models.DateField("办结日期", null=True)
    rated_on = models.DateField("评价日期", null=True)
    working_days = models.SmallIntegerField("用时（工作日）", null=True)
    limit_days = models.SmallIntegerField("时限（工作日）", null=True)
    is_late = models.BooleanField("超期")
    departs = models.BooleanField("与认定结果不一致")
    is_online = models.BooleanField("全程网办")
    is_crossed = models.BooleanField("跨区办理")
    handover_days = models.SmallIntegerField("移交用时（工作日）", null=True)
    papers_needed = models.SmallIntegerField("材料数")
    papers_fetched = models.SmallIntegerField("免交材料数")
    papers_failed = models.SmallIntegerField("调取失败数")
    issuers = models.JSONField("按出具单位", default=list)
    score = models.SmallIntegerField("评分", null=True)
    is_rated_low = models.BooleanField("差评")

    class Meta:
        verbose_name = "统计底数"
        indexes = [
            models.Index(fields=["deciding_division", "submitted_on"], name="cases_counted_deciding_in"),
            models.Index(fields=["deciding_division", "ended_on"], name="cases_counted_deciding_out"),
            models.Index(fields=["accepting_division", "submitted_on"], name="cases_counted_accepting_in"),
            models.Index(fields=["accepting_division", "ended_on"], name="cases_counted_accepting_out"),
            models.Index(fields=["item", "submitted_on"], name="cases_counted_item_in"),
            models.Index(fields=["item", "ended_on"], name="cases_counted_item_out"),
            # The rows of the whole city's figures, the latest first.
            models.Index(fields=["submitted_on", "case_id"], name="cases_counted_in"),
            models.Index(fields=["accepted_on", "case_id"], name="cases_counted_accepted"),
            models.Index(fields=["ended_on", "case_id"], name="cases_counted_out"),
            models.Index(
                fields=["rated_on", "case_id"],
                condition=models.Q(rated_on__isnull=False),
                name="cases_counted_rated",
            ),
        ]

    @property
    def number(self) -> str:
        """The case's number as people read it."""
        from minzheng.kernel.cases.models.case import YEAR

        return f"{self.case_id // YEAR}-{self.case_id % YEAR:010d}"


class _Cell(models.Model):
    """What every total is kept by: one side's place, and the month of the day the measure belongs to.

    A place's row holds its whole subtree: streets, districts and the city (310000) each have rows of their own, so
    what is counted at a district and at none of its streets is the difference.
    """

    side = models.TextField("口径", choices=Side.choices, db_collation="C")
    division_code = models.TextField("区划", db_collation="C")
    month = models.DateField("月份")
    item = models.TextField("事项", db_collation="C")
    domain = models.TextField("业务领域", db_collation="C")

    class Meta:
        abstract = True


class Total(_Cell):
    """Counts of cases of one item by one channel in one place and month (办件合计).

    Each measure belongs to the month of its own day: submitted and papers to the submission, accepted and hand-over to
    the acceptance, ends to the end, ratings to the rating.
    """

    channel = models.TextField("渠道", db_collation="C")
    submitted = models.BigIntegerField("提交", default=0)
    papers_needed = models.BigIntegerField("材料", default=0)
    papers_fetched = models.BigIntegerField("免交", default=0)
    papers_failed = models.BigIntegerField("调取失败", default=0)
    accepted = models.BigIntegerField("受理", default=0)
    crossed = models.BigIntegerField("跨区", default=0)
    handed_over = models.BigIntegerField("已移交", default=0)
    handover_days = models.BigIntegerField("移交用时", default=0)
    granted = models.BigIntegerField("准予", default=0)
    refused = models.BigIntegerField("不予", default=0)
    withdrawn = models.BigIntegerField("撤回", default=0)
    ended_otherwise = models.BigIntegerField("其他办结", default=0)
    in_time = models.BigIntegerField("按期", default=0)
    departs = models.BigIntegerField("与认定不一致", default=0)
    online = models.BigIntegerField("全程网办", default=0)
    limited = models.BigIntegerField("有时限", default=0)
    limit_days = models.BigIntegerField("时限天数", default=0)
    rated = models.BigIntegerField("评价", default=0)
    rating_points = models.BigIntegerField("评分", default=0)
    rated_low = models.BigIntegerField("差评", default=0)

    class Meta:
        verbose_name = "办件合计"
        constraints = [
            models.UniqueConstraint(
                fields=["side", "division_code", "month", "item", "channel", "domain"],
                name="cases_total_once",
            )
        ]


class DaysTotal(_Cell):
    """How many decided cases took so many working days (用时分布): histograms add up over places, medians do not."""

    days = models.SmallIntegerField("工作日")
    cases = models.BigIntegerField("件数", default=0)

    class Meta:
        verbose_name = "用时分布"
        db_table = "cases_total_days"
        constraints = [
            models.UniqueConstraint(
                fields=["side", "division_code", "month", "item", "days", "domain"],
                name="cases_total_days_once",
            )
        ]


class IssuerTotal(_Cell):
    """Papers by the office that issues them (按出具单位): fetched instead of asked for, or not to be had."""

    issuer = models.TextField("出具单位", db_collation="C")
    fetched = models.BigIntegerField("免交", default=0)
    failed = models.BigIntegerField("调取失败", default=0)

    class Meta:
        verbose_name = "材料合计"
        db_table = "cases_total_issuers"
        constraints = [
            models.UniqueConstraint(
                fields=["side", "division_code", "month", "item", "issuer", "domain"],
                name="cases_total_issuers_once",
            )
        ]


class TotalsMark(models.Model):
    """Up to when events have been counted; one row, which a refresh locks."""

    counted_until = models.DateTimeField("已统计至", null=True)
    refreshed_at = models.DateTimeField("刷新时间", null=True)

    class Meta:
        verbose_name = "统计进度"
