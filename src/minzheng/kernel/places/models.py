"""The division tree (行政区划) with its history: city, districts, streets and towns, residents' and village committees.

Codes are text under the "C" collation, so that a subtree is the range from a code to the next code of its length and
an index serves it. Nothing here is personal; every role may read it.
"""

from __future__ import annotations

from django.contrib.postgres.fields import DateRangeField
from django.db import models

UNKNOWN_PLACE = "310000"
"""Where a record's place cannot be told more closely, it belongs to the city."""


class Division(models.Model):
    """One place of the tree, with the dates its code was in force."""

    class Level(models.TextChoices):
        CITY = "city", "市"
        DISTRICT = "district", "区"
        STREET = "street", "街道、镇、乡"
        COMMITTEE = "committee", "居民委员会、村民委员会"

    code = models.TextField(primary_key=True, db_collation="C")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    level = models.TextField(choices=Level.choices)
    name = models.TextField()
    kind = models.TextField(
        help_text="municipality, district, street, town, township, special, neighbourhood, village"
    )
    during = DateRangeField()

    class Meta:
        ordering = ["code"]
        indexes = [models.Index(fields=["name"], name="places_division_name")]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class AbolishedCode(models.Model):
    """A code that files still carry after the place was merged into another (撤销的区划代码)."""

    old_prefix = models.TextField(primary_key=True, db_collation="C")
    new_prefix = models.TextField(db_collation="C")
    since = models.DateField()
    name = models.TextField()
    source = models.TextField()
    provenance = models.TextField(default="public")

    class Meta:
        ordering = ["old_prefix"]

    def __str__(self) -> str:
        return f"{self.old_prefix} → {self.new_prefix} ({self.since})"
