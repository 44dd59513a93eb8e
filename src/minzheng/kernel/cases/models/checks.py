"""The economic check (居民经济状况核对): authorised by every adult, answered by sources, it informs and a person decides."""

from __future__ import annotations

from django.db import models


class Authorisation(models.Model):
    """One adult's authorisation to check their economic circumstances (核对授权); may be revoked.

    `purpose` says what it is for in words, because a member may not see the applicant's case. `paper` names what was
    signed at a counter.
    """

    class Way(models.TextChoices):
        SIGNED = "signed", "窗口签字"
        ONLINE = "online", "本人网上授权"

    class Origin(models.TextChoices):
        REGISTER = "register", "登记的家庭成员"
        NAMED = "named", "窗口申报"

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="authorisations")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="authorisations")
    person_name = models.TextField("姓名")
    origin = models.TextField("来源", choices=Origin.choices, default=Origin.REGISTER)
    purpose = models.TextField("用途", blank=True, default="")
    way = models.TextField("方式", choices=Way.choices, blank=True, default="")
    paper = models.TextField("凭据", blank=True, default="")
    asked_on = models.DateField("提请日期")
    given_on = models.DateField("授权日期", null=True, blank=True)
    revoked_on = models.DateField("撤回日期", null=True, blank=True)
    valid_until = models.DateField("有效期至", null=True, blank=True)

    class Meta:
        verbose_name = "核对授权"
        constraints = [models.UniqueConstraint(fields=["case", "person"], name="cases_authorisation_once")]
        indexes = [models.Index(fields=["person"], name="cases_authorisation_person")]


class EconomicCheck(models.Model):
    """One request to the sources and the report they came back with (核对委托与报告).

    `report` lists rows {subject, person_id, name, kind, label, told, found, source, on, differs, hash}; `told` is None
    where the form does not ask, `found` None where no source knows. `sources` lists {name, authority, kinds, state,
    tries, on, why, rows} with `state` asked, answered or down.
    """

    class State(models.TextChoices):
        REQUESTED = "requested", "已委托，待反馈"
        ANSWERED = "answered", "已出报告"
        OBJECTED = "objected", "当事人有异议"
        SETTLED = "settled", "异议已处理"
        EXPIRED = "expired", "报告已过期"
        STOPPED = "stopped", "已停止"

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="checks")
    household_id = models.BigIntegerField("家庭编号", null=True)
    state = models.TextField("状态", choices=State.choices, default=State.REQUESTED)
    purpose = models.TextField("用途")
    authority = models.TextField("依据")
    requested_on = models.DateField("委托日期")
    requested_by = models.TextField("委托人", blank=True, default="")
    requested_post_id = models.BigIntegerField("委托岗位", null=True, blank=True)
    due_on = models.DateField("反馈期限")
    answered_on = models.DateField("反馈日期", null=True, blank=True)
    valid_until = models.DateField("报告有效期至", null=True, blank=True)
    report = models.JSONField("报告", default=list)
    sources = models.JSONField("各来源答复", default=list)
    objection = models.TextField("异议", blank=True, default="")
    objected_on = models.DateField("异议日期", null=True, blank=True)
    outcome = models.TextField("异议处理", blank=True, default="")
    settled_on = models.DateField("处理日期", null=True, blank=True)
    settled_by = models.TextField("处理人", blank=True, default="")
    digest = models.TextField("报告摘要值", blank=True, default="")

    class Meta:
        verbose_name = "经济状况核对"
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(state__in=["requested", "objected"]),
                name="cases_check_one_open",
            )
        ]
