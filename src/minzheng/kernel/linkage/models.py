"""Models of linkage as data, and the pairs that may be one person.

A model is kept with the day and the record of its training, so that any weight on a screen can be computed again. A
pair keeps the answers and their weights, never the values: those are read when somebody looks.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class LinkModel(models.Model):
    """Probabilities of each answer (比对模型), learnt once; the latest counts."""

    trained_at = models.DateTimeField(auto_now_add=True)
    parameters = models.JSONField(help_text="comparison → level → m and u")
    record = models.JSONField(help_text="what it was trained on: rows, faults, seeds, versions, digests")
    digest = models.TextField(help_text="of the parameters", db_collation="C")

    def __str__(self) -> str:
        return f"{self.trained_at:%Y-%m-%d} {self.digest[:8]}"


class Proposal(models.Model):
    """A row and a person, or two people, who may be one (疑似同一人)."""

    class State(models.TextChoices):
        OPEN = "open", "待判断"
        VISIT = "visit", "待走访核实"
        SAME = "same", "同一人"
        DIFFERENT = "different", "不是同一人"
        AUTOMATIC = "automatic", "自动关联"
        PASSED = "passed", "已关联他人"
        UNDONE = "undone", "已撤销"

    review = models.ForeignKey(
        "sources.ReviewItem", models.PROTECT, null=True, related_name="+", db_index=False
    )
    other = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+", db_index=False)
    model = models.ForeignKey(LinkModel, models.PROTECT, related_name="+", db_index=False)
    weight = models.FloatField(help_text="bits; the prior's included")
    probability = models.FloatField()
    evidence = models.JSONField(help_text="prior in bits; comparison → level and weight in bits")
    state = models.TextField(choices=State.choices, default=State.OPEN)
    division_code = models.TextField(
        db_collation="C", help_text="the smallest place that holds both: who is responsible there decides"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.TextField(default="")
    reason = models.TextField(default="")
    merge = models.ForeignKey("people.Merge", models.PROTECT, null=True, related_name="+", db_index=False)
    changes = models.JSONField(default=dict, help_text="what the decision changed, for undoing it")
    undone_at = models.DateTimeField(null=True)
    undone_by = models.TextField(default="")
    undone_reason = models.TextField(default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(review__isnull=False, other__isnull=True)
                | Q(review__isnull=True, other__isnull=False),
                name="linkage_row_or_person",
            ),
            models.CheckConstraint(
                condition=Q(other__isnull=True) | Q(other__lt=F("person")), name="linkage_pair_in_order"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "passed"]) | (Q(decided_at__isnull=False) & ~Q(decided_by="")),
                name="linkage_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state="undone") | (Q(undone_at__isnull=False) & ~Q(undone_reason="")),
                name="linkage_undone",
            ),
            models.UniqueConstraint(
                fields=["review", "person"], condition=Q(review__isnull=False), name="linkage_row_once"
            ),
            models.UniqueConstraint(
                fields=["other", "person"], condition=Q(other__isnull=False), name="linkage_people_once"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "division_code", "-weight"], name="linkage_queue"),
            models.Index(fields=["person"], name="linkage_person"),
        ]

    def __str__(self) -> str:
        return f"{self.review_id or self.other_id} ~ {self.person_id} {self.state}"
