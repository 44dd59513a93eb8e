"""What is kept of figures: their totals by period, place and part, what changed after a period closed, what changed at all.

A total is reckoned from the rows by the service, who sees all of them, so that a statistician reads the city's count without
seeing a person. It is kept until one of its tables changes.
"""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Span(models.TextChoices):
    """The two lengths of period that are kept."""

    MONTH = "month", "月"
    YEAR = "year", "年"


class Basis(models.TextChoices):
    """By which division tree a total is told: today's, or the codes the records bear (区划口径)."""

    CURRENT = "current", "按现行区划"
    RECORDED = "recorded", "按当时区划"


class Total(models.Model):
    """One figure in one period and place, for one part of one dimension or (both empty) for all (指标合计).

    A place's row holds its whole subtree. Rows on the basis `recorded` stand only for places whose records bear a code that
    was abolished since, and for the place that took them over; `division_code` is who answers for them today.
    `value` is whole: a count, or fen.
    """

    indicator = models.TextField(db_collation="C")
    domain = models.TextField(db_collation="C")
    span = models.TextField(choices=Span.choices, db_collation="C")
    first = models.DateField()
    basis = models.TextField(choices=Basis.choices, db_collation="C")
    place = models.TextField(db_collation="C")
    division_code = models.TextField(db_collation="C")
    dimension = models.TextField(db_collation="C", default="")
    part = models.TextField(db_collation="C", default="")
    rows = models.BigIntegerField()
    value = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "span", "first", "basis", "place", "dimension", "part"],
                name="indicators_total_once",
            )
        ]
        indexes = [
            # A dashboard asks for one place's figures of one period; opening one, for the places below.
            models.Index(fields=["place", "span", "first"], name="indicators_total_place"),
            # Months, places and identities ask for whole figures, which are few among their parts.
            models.Index(
                fields=["indicator", "span", "first", "place"],
                condition=models.Q(dimension=""),
                name="indicators_total_whole",
            ),
        ]


class State(models.Model):
    """How far a figure's period was counted (统计状态).

    `day` is the last day that counted. `version` is the snapshot before the rows were read: a change that it does not hold was not
    surely seen. `definition` names the declaration it was counted by.
    """

    indicator = models.TextField(db_collation="C")
    span = models.TextField(choices=Span.choices, db_collation="C")
    first = models.DateField()
    day = models.DateField()
    version = models.TextField()
    definition = models.TextField()
    counted_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["indicator", "span", "first"], name="indicators_state_once")
        ]


class Restatement(models.Model):
    """A closed period's figure that came out otherwise when it was counted again (数据更正); only ever added."""

    indicator = models.TextField(db_collation="C")
    domain = models.TextField(db_collation="C")
    span = models.TextField(choices=Span.choices, db_collation="C")
    first = models.DateField()
    division_code = models.TextField(db_collation="C")
    before = models.BigIntegerField()
    after = models.BigIntegerField()
    found_on = models.DateField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["indicator", "first"], name="indicators_restated")]


class Change(models.Model):
    """A table that a transaction changed; written by the trigger that follows the figures' tables."""

    table = models.TextField(db_collation="C", db_column="table_name")
    transaction = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["table", "transaction"], name="indicators_change_of")]
