"""Papers of a case: fetched from the city's own data, handed in, or promised; and what was disputed."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Upload(models.Model):
    """A file handed in, kept under its SHA-256, never executed, given back as a download only (上传文件)."""

    sha256 = models.TextField(primary_key=True, db_collation="C")
    name = models.TextField("文件名")
    content_type = models.TextField("类型")
    size = models.BigIntegerField("大小（字节）")
    scanned = models.TextField("扫描结果", default="unscanned")
    at = models.DateTimeField(db_default=Now())


class Material(models.Model):
    """One paper of one case (材料), and how the city came to have it."""

    class State(models.TextChoices):
        WANTED = "wanted", "待提交"
        FETCHED = "fetched", "免交：已调取"
        SUBMITTED = "submitted", "已提交"
        PROMISED = "promised", "告知承诺"
        LATER = "later", "容缺后补"
        NOT_NEEDED = "not_needed", "无需提交"
        REJECTED = "rejected", "不合格，待重交"

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="materials")
    code = models.TextField("材料", db_collation="C")
    state = models.TextField("状态", choices=State.choices, default=State.WANTED)
    source = models.TextField("数据来源", blank=True, default="")
    issuer = models.TextField("出具单位", blank=True, default="")
    value = models.TextField("调取内容", blank=True, default="")
    observed_on = models.DateField("数据日期", null=True, blank=True)
    fetched_on = models.DateField("调取日期", null=True, blank=True)
    failed_why = models.TextField("调取失败原因", blank=True, default="")
    upload = models.ForeignKey(Upload, models.PROTECT, null=True, blank=True, related_name="+")
    file_name = models.TextField("文件名", blank=True, default="")
    note = models.TextField("说明", blank=True, default="")
    asked_on = models.DateField("要求补正日期", null=True, blank=True)
    on = models.DateField("登记日期")

    class Meta:
        verbose_name = "材料"
        constraints = [models.UniqueConstraint(fields=["case", "code"], name="cases_material_once")]


class Dispute(models.Model):
    """A fetched value that the applicant says is wrong; it is put right at its source (数据异议).

    `known_from` names it in the registers, for whoever settles it without sight of the case.
    """

    class State(models.TextChoices):
        OPEN = "open", "待核实"
        CORRECTED = "corrected", "已更正"
        UPHELD = "upheld", "维持原数据"

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="disputes")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    field = models.TextField("项目")
    label = models.TextField("项目名称", blank=True, default="")
    known_from = models.TextField("登记项", blank=True, default="", db_collation="C")
    known = models.TextField("现有内容")
    told = models.TextField("申请人所述")
    source = models.TextField("数据来源")
    state = models.TextField("状态", choices=State.choices, default=State.OPEN)
    opened_on = models.DateField("提出日期")
    settled_on = models.DateField("处理日期", null=True, blank=True)
    outcome = models.TextField("处理说明", blank=True, default="")
    settled_by = models.TextField("处理人", blank=True, default="")

    class Meta:
        verbose_name = "数据异议"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "field"], condition=models.Q(state="open"), name="cases_dispute_one_open"
            )
        ]
