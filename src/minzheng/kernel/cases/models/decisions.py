"""Decisions with their reasons, publication before them, and the letters that tell them."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Decision(models.Model):
    """What was decided on a case and why (决定); never changed, replaced by a further one after a review.

    `finding` is what the law found, frozen: {status, amount_fen, month, law, conditions: [{label, met, value, threshold,
    article, provenance}], amounts: [{label, value}], sentences, illustrative}; empty where no law is computed.
    """

    class Outcome(models.TextChoices):
        GRANTED = "granted", "准予"
        REFUSED = "refused", "不予"

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="decisions")
    outcome = models.TextField("决定", choices=Outcome.choices)
    proposed = models.TextField("认定结果", blank=True, default="")
    finding = models.JSONField("认定说明", default=dict)
    departs = models.BooleanField("偏离认定", default=False)
    reason = models.TextField("理由")
    failed = models.JSONField("不符合的条件", default=list)
    amount_fen = models.BigIntegerField("月标准（分）", null=True, blank=True)
    start_month = models.DateField("起始月份", null=True, blank=True)
    by_label = models.TextField("决定人")
    by_post_id = models.BigIntegerField("决定岗位", null=True)
    on = models.DateField("日期")
    second_label = models.TextField("复核人", blank=True, default="")
    second_post_id = models.BigIntegerField("复核岗位", null=True, blank=True)
    second_on = models.DateField("复核日期", null=True, blank=True)
    number = models.TextField("文号", blank=True, default="")
    is_in_force = models.BooleanField("有效", default=False)
    is_sampled = models.BooleanField("抽中复查", default=False)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")

    class Meta:
        verbose_name = "决定"
        indexes = [
            models.Index(
                fields=["-id"],
                condition=models.Q(is_sampled=True, is_in_force=True),
                name="cases_decision_sampled",
            ),
            models.Index(
                fields=["-id"],
                condition=models.Q(is_sampled=True, is_in_force=True, departs=True),
                name="cases_decision_departed",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(is_in_force=True), name="cases_decision_one_in_force"
            ),
            models.CheckConstraint(
                name="cases_decision_two_people",
                condition=models.Q(second_post_id__isnull=True)
                | ~models.Q(second_post_id=models.F("by_post_id")),
            ),
        ]


class Publication(models.Model):
    """A publication before an award (公示): names masked, days counted, objections heard."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="publications")
    place = models.TextField("公示地点", db_collation="C")
    words = models.TextField("公示内容")
    from_on = models.DateField("自")
    until_on = models.DateField("至")
    objections = models.JSONField("异议", default=list)
    closed_on = models.DateField("结束日期", null=True, blank=True)
    outcome = models.TextField("结果", blank=True, default="")

    class Meta:
        verbose_name = "公示"


class Letter(models.Model):
    """A letter of a case (文书): content as data, rendered on screen, as PDF and DOCX from the same rows."""

    class Kind(models.TextChoices):
        RECEIPT = "receipt", "收件凭证"
        ACCEPTED = "accepted", "受理通知书"
        CORRECTION = "correction", "补正通知书"
        NOT_ACCEPTED = "not_accepted", "不予受理通知书"
        PASSED_ON = "passed_on", "转送告知书"
        PAUSED = "paused", "中止时限告知书"
        DECISION = "decision", "决定书"
        CERTIFICATE = "certificate", "证明"
        LAPSED = "lapsed", "终止办理告知书"
        REVIEW = "review", "复核决定书"
        JOINED = "joined", "联办进度告知书"

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="letters")
    kind = models.TextField("种类", choices=Kind.choices)
    number = models.TextField("文号")
    title = models.TextField("标题")
    content = models.JSONField("内容")
    code = models.TextField("查验码", blank=True, default="", db_collation="C")
    issued_on = models.DateField("日期")
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "文书"
        indexes = [models.Index(fields=["code"], name="cases_letter_code")]
