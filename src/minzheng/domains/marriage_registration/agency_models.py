"""Marriage agencies that are no businesses, and the campaign that looks into each of them (非营利性婚介机构专项整治)."""

from __future__ import annotations

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q

from minzheng.kernel.organisations.models import Organisation


class Agency(models.Model):
    """An organisation whose registered scope holds marriage introduction (婚姻介绍机构); it names nobody and is public."""

    organisation = models.OneToOneField(Organisation, models.PROTECT, related_name="marriage_agency")
    scope = models.TextField(help_text="its business scope as registered (业务范围)")
    division_code = models.TextField(db_collation="C")
    during = DateRangeField()
    source = models.TextField()
    provenance = models.TextField(default="illustrative", help_text="seed, public or illustrative")

    class Meta:
        indexes = [models.Index(fields=["division_code"], name="marriage_agency_place")]
        constraints = [
            models.CheckConstraint(
                condition=Q(provenance__in=["seed", "public", "illustrative"]),
                name="marriage_agency_provenance",
            )
        ]

    def __str__(self) -> str:
        return self.organisation.name


class Campaign(models.Model):
    """A special rectification (专项整治): the agencies of a place as they stood on its first day, until each is settled."""

    name = models.TextField()
    division_code = models.TextField(db_collation="C")
    paper = models.TextField(help_text="the notice that orders it")
    opened_on = models.DateField()
    due_on = models.DateField(help_text="the day by which every agency is to be settled")
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(due_on__gt=F("opened_on")), name="marriage_campaign_days"),
            models.UniqueConstraint(
                fields=["division_code"],
                condition=Q(closed_on__isnull=True),
                name="marriage_one_open_campaign",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Target(models.Model):
    """One agency in a campaign (整治对象): what the check found, by when it is to be mended, and how it ended."""

    class Result(models.TextChoices):
        PASSED = "passed", "未发现问题"
        FAULTY = "faulty", "发现问题"

    class Outcome(models.TextChoices):
        RECTIFIED = "rectified", "已整改"
        DEREGISTERED = "deregistered", "已注销"
        HANDED_OVER = "handed_over", "已移送"

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="targets")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="targets")
    division_code = models.TextField(db_collation="C", help_text="the agency's, for the scope")
    result = models.TextField(choices=Result.choices, default="", blank=True)
    checked_on = models.DateField(null=True)
    checked_by = models.TextField(default="")
    clause = models.TextField(default="", help_text="the rule that was broken")
    fault = models.TextField(default="")
    deadline = models.DateField(null=True, help_text="the last day to mend it")
    outcome = models.TextField(choices=Outcome.choices, default="", blank=True)
    settled_on = models.DateField(null=True)
    note = models.TextField(default="", help_text="the paper of the outcome, e.g. to whom it was handed over")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["campaign", "agency"], name="marriage_target_once"),
            models.CheckConstraint(
                condition=Q(result="", checked_on__isnull=True)
                | Q(result="passed", checked_on__isnull=False, fault="", deadline__isnull=True)
                | (
                    Q(result="faulty", checked_on__isnull=False, deadline__gt=F("checked_on"))
                    & ~Q(fault="")
                    & ~Q(clause="")
                ),
                name="marriage_target_fault_has_clause_and_deadline",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", settled_on__isnull=True)
                | (Q(result="faulty", settled_on__gte=F("checked_on")) & ~Q(note="")),
                name="marriage_target_settles_a_fault",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.agency_id}"

    @property
    def is_settled(self) -> bool:
        """Nothing is left to do: no fault was found, or it was mended, deregistered or handed over."""
        return self.result == self.Result.PASSED or bool(self.outcome)
