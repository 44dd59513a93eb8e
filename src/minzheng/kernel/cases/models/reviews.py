"""Reviews and appeals (复核、行政复议), and the cases alike that an upheld one sheds light on."""

from __future__ import annotations

from django.db import models


class Review(models.Model):
    """One request to look at a decision again."""

    class Kind(models.TextChoices):
        REVIEW = "review", "复核"
        RECONSIDERATION = "reconsideration", "行政复议"

    class State(models.TextChoices):
        FILED = "filed", "已提出"
        IN_HAND = "in_hand", "审理中"
        UPHELD = "upheld", "改变原决定"
        DISMISSED = "dismissed", "维持原决定"
        NOT_ACCEPTED = "not_accepted", "不予受理"
        WITHDRAWN = "withdrawn", "已撤回"

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="reviews")
    decision = models.ForeignKey("cases.Decision", models.PROTECT, related_name="reviews")
    kind = models.TextField("种类", choices=Kind.choices)
    state = models.TextField("状态", choices=State.choices, default=State.FILED)
    words = models.TextField("理由")
    filed_by = models.TextField("提出人")
    filed_on = models.DateField("提出日期")
    due_on = models.DateField("期限")
    decided_on = models.DateField("审结日期", null=True, blank=True)
    reviewer_label = models.TextField("审理人", blank=True, default="")
    reviewer_post_id = models.BigIntegerField("审理岗位", null=True, blank=True)
    outcome = models.TextField("审理意见", blank=True, default="")
    failed_rule = models.TextField("争议条件", blank=True, default="")
    reviewing_division = models.TextField("审理地", db_collation="C")
    escalated_on = models.DateField("督办日", null=True, blank=True)

    class Meta:
        verbose_name = "复核与复议"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"],
                condition=models.Q(state__in=["filed", "in_hand"]),
                name="cases_review_one_open",
            )
        ]
        indexes = [models.Index(fields=["reviewing_division", "state"], name="cases_review_place")]


class AlikeCase(models.Model):
    """A case decided for the same reason as one whose review was upheld, evaluated again (同类案件)."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="alike")
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="+")
    before = models.TextField("原结果")
    now = models.TextField("重新认定结果")
    amount_fen = models.BigIntegerField("月标准（分）", null=True)
    state = models.TextField(
        "处理", default="open", choices=[("open", "待处理"), ("reopened", "已重新办理"), ("kept", "维持")]
    )
    note = models.TextField("说明", blank=True, default="")

    class Meta:
        verbose_name = "同类案件"
        constraints = [models.UniqueConstraint(fields=["review", "case"], name="cases_alike_once")]
