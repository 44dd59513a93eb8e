"""Several departments' items applied for at once (一件事一次办)."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Bundle(models.Model):
    """One joined application: shared answers, and one case for each part with its own office and clock."""

    code = models.TextField("联办事项", db_collation="C")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="bundles")
    answers = models.JSONField("共用内容", default=dict)
    opened_on = models.DateField("日期")
    submitted_on = models.DateField("提交日期", null=True, blank=True)
    accepting_division = models.TextField("受理地", db_collation="C")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "一件事联办"
        indexes = [models.Index(fields=["person"], name="cases_bundle_person")]
