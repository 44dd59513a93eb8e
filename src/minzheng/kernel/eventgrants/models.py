"""What is remembered of a grant by event: the decision with its evidence, the frozen list, and who was struck off it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


def cutoff_of(evidence: dict[str, Any], month: date) -> date:
    """The day on which one must have been entitled (认定截止日): the evidence's own, or the month's first."""
    told = evidence.get("cutoff_on")
    return date.fromisoformat(told) if told else month


class Activation(models.Model):
    """One start of a mechanism (启动) for one month; proposed by one official, approved by another.

    `evidence` is what showed that the event happened, with its papers, as it stood then. `list_count`, `list_fen` and
    `list_sha256` describe the entries that were frozen with it; late additions are counted apart.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待审批")
        APPROVED = "approved", _("已启动")
        WITHDRAWN = "withdrawn", _("已撤回")

    programme = models.TextField()
    benefit = models.TextField()
    month = models.DateField()
    division_code = models.TextField(db_collation="C")
    state = models.TextField(choices=State.choices, default=State.PROPOSED)
    evidence = models.JSONField()
    pay_days = models.SmallIntegerField()
    list_count = models.IntegerField()
    list_fen = models.BigIntegerField()
    list_sha256 = models.CharField(max_length=64)
    proposed_by = models.ForeignKey("access.Official", models.PROTECT, related_name="+")
    proposed_on = models.DateField()
    approved_by = models.ForeignKey("access.Official", models.PROTECT, null=True, related_name="+")
    approved_on = models.DateField(null=True)
    pay_by = models.DateField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            # One start for a month, however often it is asked for; a withdrawn one may be proposed anew.
            models.UniqueConstraint(
                fields=["benefit", "month"],
                condition=~models.Q(state="withdrawn"),
                name="eventgrants_activation_once",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_by__isnull=True) | ~models.Q(approved_by=models.F("proposed_by")),
                name="eventgrants_activation_two_people",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="approved")
                | models.Q(approved_by__isnull=False, approved_on__isnull=False, pay_by__isnull=False),
                name="eventgrants_activation_approved",
            ),
            models.CheckConstraint(
                condition=models.Q(month__day=1), name="eventgrants_activation_whole_month"
            ),
            models.CheckConstraint(
                condition=models.Q(list_count__gt=0), name="eventgrants_activation_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.benefit} {self.month:%Y-%m}"

    @property
    def cutoff_on(self) -> date:
        return cutoff_of(self.evidence, self.month)


class Entry(models.Model):
    """One person on an activation's list (名单), with the ground and the amount; never changed, struck off by a row of its own."""

    activation = models.ForeignKey(Activation, models.PROTECT, related_name="entries", db_index=False)
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    programme = models.TextField()
    division_code = models.TextField(db_collation="C")
    ground = models.TextField()
    amount_fen = models.BigIntegerField()
    is_late = models.BooleanField(default=False)
    listed_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activation", "person"], name="eventgrants_entry_once"),
            models.CheckConstraint(
                condition=models.Q(amount_fen__gt=0), name="eventgrants_entry_amount_positive"
            ),
        ]
        indexes = [models.Index(fields=["division_code"], name="eventgrants_entry_division")]


class Strike(models.Model):
    """An entry that is not paid, and why (剔除)."""

    class Reason(models.TextChoices):
        DECEASED = "deceased", _("所属月份之前已死亡")
        MERGED = "merged", _("档案已合并，同一人重复")

    entry = models.OneToOneField(Entry, models.PROTECT, related_name="strike")
    reason = models.TextField(choices=Reason.choices)
    on = models.DateField()
    programme = models.TextField()
    division_code = models.TextField(db_collation="C")
    person_id = models.BigIntegerField()
