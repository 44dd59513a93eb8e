"""Organisations (组织) with their unified social credit code, officers and sites, each dated."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q


class Organisation(models.Model):
    """A legal person or other organisation, known by its unified social credit code (统一社会信用代码, GB 32100)."""

    uscc = models.TextField(unique=True, db_collation="C")
    name = models.TextField()
    kind = models.TextField(
        help_text="first two characters of the code: 51 社会团体, 52 民办非企业单位, 53 基金会, 91 企业 …"
    )
    division_code = models.TextField(db_collation="C")
    during = DateRangeField()
    source = models.TextField()
    observed_on = models.DateField()

    class Meta:
        ordering = ["uscc"]
        constraints = [
            models.CheckConstraint(
                condition=Q(uscc__regex=r"^[0-9A-HJ-NPQRTUWXY]{18}$"), name="organisations_uscc_form"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.uscc})"


class Officer(models.Model):
    """Who speaks for an organisation, and when (法定代表人、负责人)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="officers")
    person_id = models.BigIntegerField(null=True, help_text="the person in the register, where known")
    name = models.TextField()
    office = models.TextField(default="法定代表人")
    during = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="organisations_one_officer_at_a_time",
                expressions=[
                    ("organisation", RangeOperators.EQUAL),
                    ("office", RangeOperators.EQUAL),
                    ("name", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.office}"


class Site(models.Model):
    """Where an organisation is found, and when (住所、服务场所)."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="sites")
    division_code = models.TextField(db_collation="C")
    address = models.TextField()
    is_registered_seat = models.BooleanField(default=True)
    during = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="organisations_one_seat_at_a_time",
                expressions=[("organisation", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=Q(is_registered_seat=True),
            )
        ]

    def __str__(self) -> str:
        return self.address
