"""What is remembered of a department's list: the file, and what became of each of its rows."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from minzheng.domains.one_off_subsidies.programme import PROGRAMME


class DepartmentList(models.Model):
    """A list that another department gave for one payment (部门名单); the same file again is the same list."""

    benefit = models.TextField()
    month = models.DateField()
    sender = models.TextField(help_text="the department that keeps it, as 人社")
    file_name = models.TextField()
    sha256 = models.CharField(max_length=64)
    rows_count = models.IntegerField()
    matched_count = models.IntegerField()
    division_code = models.TextField(db_collation="C", default="310000")
    programme = models.TextField(default=PROGRAMME.code)
    taken_by = models.ForeignKey("access.Official", models.PROTECT, related_name="+")
    taken_on = models.DateField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["benefit", "month", "sha256"], name="one_off_subsidies_list_once"
            ),
            models.CheckConstraint(condition=models.Q(month__day=1), name="one_off_subsidies_list_month"),
            models.CheckConstraint(
                condition=models.Q(matched_count__lte=models.F("rows_count")),
                name="one_off_subsidies_list_counts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} {self.benefit} {self.month:%Y-%m}"


class ListedRow(models.Model):
    """One row of a department's list: the person it was joined to, or why it was not (比对结果)."""

    class Trouble(models.TextChoices):
        NONE = "", _("已比中")
        UNREADABLE = "unreadable", _("证件号码有误")
        UNKNOWN = "unknown", _("人口库中没有这个证件号码")
        OTHER_NAME = "other_name", _("姓名与人口库不一致")
        REPEATED = "repeated", _("与前面的行是同一人")

    list = models.ForeignKey(DepartmentList, models.PROTECT, related_name="rows", db_index=False)
    row = models.IntegerField(help_text="line of the file, the header being 1")
    name = models.TextField()
    identifier = models.TextField(help_text="masked")
    person = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")
    trouble = models.TextField(choices=Trouble.choices, default=Trouble.NONE, blank=True)
    division_code = models.TextField(db_collation="C")
    programme = models.TextField(default=PROGRAMME.code)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list", "row"], name="one_off_subsidies_row_once"),
            models.CheckConstraint(
                condition=models.Q(trouble="", person__isnull=False) | ~models.Q(trouble=""),
                name="one_off_subsidies_row_joined_or_told",
            ),
        ]
        indexes = [models.Index(fields=["division_code"], name="one_off_subsidies_row_division")]
