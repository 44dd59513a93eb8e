"""Around a case: mandates of helpers, online human help, and the applicant's rating."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Mandate(models.Model):
    """By which somebody may act for another (委托代办): what it allows, how it was given, until when."""

    class Way(models.TextChoices):
        ONLINE = "online", "本人网上委托"
        SIGNED = "signed", "书面委托"
        RECORDED = "recorded", "电话录音"
        LAW = "law", "法定监护"

    person = models.ForeignKey(
        "people.Person", models.PROTECT, related_name="mandates", verbose_name="委托人"
    )
    helper_person = models.ForeignKey(
        "people.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="受托人"
    )
    helper_post_id = models.BigIntegerField("受托岗位", null=True, blank=True)
    helper_label = models.TextField("受托人")
    items = ArrayField(models.TextField(), default=list, verbose_name="事项", help_text="空为全部")
    may_see = models.BooleanField("可查看已有信息", default=False)
    may_submit = models.BooleanField("可提交", default=True)
    way = models.TextField("方式", choices=Way.choices)
    paper = models.TextField("凭据", blank=True, default="")
    since = models.DateField("自")
    until = models.DateField("至")
    revoked_on = models.DateField("撤销日期", null=True, blank=True)

    class Meta:
        verbose_name = "委托"
        constraints = [
            models.CheckConstraint(
                name="cases_mandate_one_helper",
                condition=models.Q(helper_person__isnull=False, helper_post_id__isnull=True)
                | models.Q(helper_person__isnull=True, helper_post_id__isnull=False),
            ),
            models.CheckConstraint(
                name="cases_mandate_not_oneself", condition=~models.Q(person=models.F("helper_person"))
            ),
        ]
        indexes = [
            models.Index(fields=["person"], name="cases_mandate_person"),
            models.Index(fields=["helper_person"], name="cases_mandate_helper"),
        ]


class HelpRequest(models.Model):
    """A question put to a clerk on duty while filling in a form (人工在线帮办)."""

    class State(models.TextChoices):
        WAITING = "waiting", "等待帮办"
        ANSWERED = "answered", "已答复"
        CLOSED = "closed", "已结束"

    person = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")
    item = models.TextField("事项", db_collation="C")
    case_id = models.BigIntegerField("办件", null=True, blank=True)
    words = models.TextField("问题")
    division_code = models.TextField("帮办地", db_collation="C")
    state = models.TextField("状态", choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField("提出时间")
    offered_post_id = models.BigIntegerField("当前帮办岗位", null=True, blank=True)
    offered_at = models.DateTimeField("分派时间", null=True, blank=True)
    passed_on = models.SmallIntegerField("转派次数", default=0)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answer = models.TextField("答复", blank=True, default="")
    answered_by = models.TextField("帮办人", blank=True, default="")

    class Meta:
        verbose_name = "在线帮办"
        indexes = [
            models.Index(fields=["division_code", "state", "asked_at"], name="cases_help_place"),
            models.Index(fields=["person"], name="cases_help_person"),
        ]


class Rating(models.Model):
    """One rating of one service (好差评); a low one is followed up."""

    class FollowUp(models.TextChoices):
        NONE = "none", "无需回访"
        OPEN = "open", "待回访"
        DONE = "done", "已回访"

    case = models.OneToOneField("cases.Case", models.PROTECT, related_name="rating")
    score = models.SmallIntegerField("评分")
    words = models.TextField("意见", blank=True, default="")
    on = models.DateField("日期")
    division_code = models.TextField("被评单位", db_collation="C")
    follow_up = models.TextField("回访", choices=FollowUp.choices, default=FollowUp.NONE)
    due_on = models.DateField("回访期限", null=True, blank=True)
    followed_on = models.DateField("回访日期", null=True, blank=True)
    followed_by = models.TextField("回访人", blank=True, default="")
    outcome = models.TextField("回访情况", blank=True, default="")

    class Meta:
        verbose_name = "好差评"
        constraints = [
            models.CheckConstraint(
                name="cases_rating_one_to_five", condition=models.Q(score__gte=1, score__lte=5)
            )
        ]
        indexes = [models.Index(fields=["division_code", "follow_up"], name="cases_rating_place")]
