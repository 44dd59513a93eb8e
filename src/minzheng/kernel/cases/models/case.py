"""The case (办件) and its history."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from minzheng.kernel.cases.states import State

YEAR = 10_000_000_000


class Case(models.Model):
    """One request by one person for one service item, from the first question to the result (办件).

    `id` is the year and a running number (20220000000017): the same number online and at every counter, and the key of
    the partition. `person` is who benefits, `applicant` who applies; `helper_*` whoever acts for them. `answers` maps a
    form field to {value, origin, source, on, confirmed}. `accepting_division` took the case, `deciding_division`
    decides it: both see it, and both count it. `former_division` decided it before it was handed on, and goes on seeing it. `step` is the kind of the route's step in hand, `steps_done` those behind
    it. `due_on` is the nearest deadline that runs, null while none does. `version` rises with every change.
    """

    class Channel(models.TextChoices):
        COUNTER = "counter", "窗口"
        ONLINE = "online", "网上"
        PHONE = "phone", "电话帮办"
        HOME = "home", "上门代办"
        AUTOMATIC = "automatic", "免申即享"

    id = models.BigIntegerField("办件编号", primary_key=True)
    item = models.TextField("事项", db_collation="C")
    item_version = models.TextField("事项版本", db_collation="C")
    domain = models.TextField("业务领域", db_collation="C")
    channel = models.TextField("渠道", choices=Channel.choices)
    state = models.TextField("状态", choices=State.choices, default=State.DRAFT, db_collation="C")
    step = models.TextField("环节", blank=True, default="", db_collation="C")
    steps_done = ArrayField(models.TextField(), default=list, verbose_name="已办环节")
    person = models.ForeignKey(
        "people.Person", models.PROTECT, related_name="cases", verbose_name="受益人", db_index=False
    )
    person_name = models.TextField("受益人姓名")
    household_id = models.BigIntegerField("家庭编号", null=True, blank=True)
    applicant = models.ForeignKey(
        "people.Person", models.PROTECT, related_name="+", null=True, verbose_name="申请人", db_index=False
    )
    applicant_name = models.TextField("申请人姓名")
    relation = models.TextField("与受益人关系", blank=True, default="本人")
    helper_person_id = models.BigIntegerField("代办人", null=True, blank=True)
    helper_post_id = models.BigIntegerField("帮办岗位", null=True, blank=True)
    mandate_id = models.BigIntegerField("委托", null=True, blank=True)
    accepting_division = models.TextField("受理地", db_collation="C")
    deciding_division = models.TextField("办理地", db_collation="C")
    former_division = models.TextField("移出地", blank=True, default="", db_collation="C")
    centre_id = models.BigIntegerField("受理中心", null=True, blank=True)
    answers = models.JSONField("填写内容", default=dict)
    opened_on = models.DateField("创建日期")
    submitted_on = models.DateField("提交日期", null=True, blank=True)
    accepted_on = models.DateField("受理日期", null=True, blank=True)
    decided_on = models.DateField("决定日期", null=True, blank=True)
    due_on = models.DateField("期限", null=True, blank=True)
    state_since = models.DateField("状态起始")
    assigned_post_id = models.BigIntegerField("承办岗位", null=True, blank=True)
    papers_saved = models.SmallIntegerField("免交材料数", default=0)
    papers_asked = models.SmallIntegerField("提交材料数", default=0)
    working_days = models.SmallIntegerField("用时（工作日）", null=True, blank=True)
    is_late = models.BooleanField("超期", default=False)
    departs = models.BooleanField("与认定结果不一致", default=False)
    award_id = models.BigIntegerField("待遇", null=True, blank=True)
    lead_id = models.BigIntegerField("线索", null=True, blank=True)
    bundle_id = models.BigIntegerField("联办", null=True, blank=True)
    bundle_part = models.TextField("联办事项", blank=True, default="")
    resume_state = models.TextField("补正后状态", blank=True, default="")
    version = models.IntegerField("版本", default=1)
    recorded_at = models.DateTimeField("记录时间", db_default=Now())

    class Meta:
        verbose_name = "办件"
        constraints = [
            models.CheckConstraint(name="cases_case_state_known", condition=models.Q(state__in=State.values)),
            models.CheckConstraint(
                name="cases_case_decided_has_day",
                condition=~models.Q(state__in=["granted", "refused"]) | models.Q(decided_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The number as people read it: 2022-0000000017."""
        return f"{self.pk // YEAR}-{self.pk % YEAR:010d}"

    @property
    def is_open(self) -> bool:
        from minzheng.kernel.cases.states import OPEN

        return self.state in OPEN


class Submission(models.Model):
    """Which case a form's key became, so that a form sent twice is one case (防重复提交)."""

    key = models.TextField(primary_key=True, db_collation="C")
    case_id = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())


class Event(models.Model):
    """One thing done to a case (办理记录); only ever added."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="events", db_index=False)
    act = models.TextField("动作", db_collation="C")
    from_state = models.TextField("原状态", blank=True, default="")
    to_state = models.TextField("新状态", blank=True, default="")
    step = models.TextField("环节", blank=True, default="")
    on = models.DateField("日期")
    at = models.DateTimeField("时间", db_default=Now())
    actor_label = models.TextField("经办")
    actor_post_id = models.BigIntegerField("岗位", null=True, blank=True)
    note = models.TextField("说明", blank=True, default="")
    detail = models.JSONField("详情", default=dict)

    class Meta:
        verbose_name = "办理记录"
