"""What is remembered of prices: one reading a month and series, with its paper; a correction is a further reading."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class IndexReading(models.Model):
    """The rise of an index over the same month a year before, in thousandths (同比涨幅，千分数): 28 is 2.8 %."""

    class Series(models.TextChoices):
        CPI = "cpi", _("居民消费价格指数")
        FOOD = "food", _("食品价格指数")

    class Provenance(models.TextChoices):
        PUBLIC = "public", _("公开发布")
        ILLUSTRATIVE = "illustrative", _("示例")

    series = models.TextField(choices=Series.choices)
    month = models.DateField()
    rise_permille = models.SmallIntegerField()
    source = models.TextField()
    provenance = models.TextField(choices=Provenance.choices)
    entered_by = models.ForeignKey("access.Official", models.PROTECT, related_name="+")
    entered_on = models.DateField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(month__day=1), name="price_linkage_reading_month"),
            models.CheckConstraint(
                condition=models.Q(rise_permille__gte=-500, rise_permille__lte=500),
                name="price_linkage_reading_plausible",
            ),
            models.CheckConstraint(
                condition=~models.Q(source=""), name="price_linkage_reading_names_its_paper"
            ),
        ]
        indexes = [models.Index(fields=["series", "month", "id"], name="price_linkage_reading_latest")]

    def __str__(self) -> str:
        return f"{self.series} {self.month:%Y-%m} {self.rise_permille / 10:.1f}%"
