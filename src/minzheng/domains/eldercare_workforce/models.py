"""What is remembered of the workforce: people, employments, insurance months, certificates, courses, subsidies, recognitions.

Workers are no residents of a home and often not in the register of people: a small table of their own, with the number only as
a keyed hash and masked. A facility sees the workers it employs or employed, an official those of their place (migration 0002).
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.people.models import Person


class Worker(models.Model):
    """Somebody who works in elder care (从业人员)."""

    name = models.TextField()
    number_hash = models.TextField(unique=True, db_collation="C", help_text="keyed hash of the number")
    number_masked = models.TextField(db_collation="C")
    degree = models.TextField(default="none", help_text="kinds.DEGREES")
    degree_paper = models.TextField(default="", help_text="number of the diploma")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(degree__in=["none", "secondary", "college", "bachelor"]), name="workforce_degree"
            ),
            models.CheckConstraint(
                condition=Q(degree="none") | ~Q(degree_paper=""), name="workforce_degree_shown"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class OfFacility(models.Model):
    """A row of one worker at one facility; `division_code` is the facility's."""

    worker = models.ForeignKey(Worker, models.PROTECT, related_name="+")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    division_code = models.TextField(db_collation="C")

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.division_code:
            self.division_code = self.facility.division_code
        super().save(*args, **kwargs)


class Employment(OfFacility):
    """A worker's post at a facility for a time (用工): nobody has two full ones at once, anywhere in the city."""

    post = models.TextField(help_text="kinds.POSTS")
    is_full = models.BooleanField(default=True, help_text="full employment with a labour contract (全日制)")
    contract_number = models.TextField()
    during = DateRangeField(help_text="open while it lasts")
    ended_because = models.TextField(default="", help_text="kinds.ENDS")

    class Meta:
        indexes = [
            models.Index(fields=["worker"], name="workforce_employment_worker"),
            models.Index(fields=["facility"], name="workforce_employment_facility"),
        ]
        constraints = [
            ExclusionConstraint(
                name="workforce_one_full_employment",
                expressions=[("worker", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=Q(is_full=True),
            ),
            ExclusionConstraint(
                name="workforce_one_employment_at_a_facility",
                expressions=[
                    ("worker", RangeOperators.EQUAL),
                    ("facility", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
        ]


class InsuranceMonth(OfFacility):
    """A month for which a facility paid a worker's social insurance (社保缴费), as the insurance office tells it."""

    month = models.DateField(help_text="its first day")
    source = models.TextField()
    struck_because = models.TextField(default="", help_text="why it no longer counts; empty while it does")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["worker", "facility", "month"], name="workforce_insured_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="workforce_insured_from_the_first"),
        ]


class Course(models.Model):
    """A course that leads to one skill level (技能培训班); it names nobody."""

    title = models.TextField()
    division_code = models.TextField(db_collation="C")
    level = models.SmallIntegerField(help_text="kinds.LEVELS, five to one")
    hours = models.PositiveSmallIntegerField()
    first_day = models.DateField()
    last_day = models.DateField()
    places = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    level__range=(1, 5), hours__gt=0, places__gt=0, last_day__gte=models.F("first_day")
                ),
                name="workforce_course",
            )
        ]

    def __str__(self) -> str:
        return self.title


class Enrolment(OfFacility):
    """A worker sent to a course (参训), with what came of it."""

    course = models.ForeignKey(Course, models.PROTECT, related_name="enrolments")
    enrolled_on = models.DateField()
    hours_attended = models.PositiveSmallIntegerField(default=0)
    score = models.SmallIntegerField(null=True, help_text="0 to 100; none before the exam")
    is_passed = models.BooleanField(null=True)
    examined_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "worker"], name="workforce_enrolled_once"),
            models.CheckConstraint(
                condition=Q(score=None, is_passed=None, examined_on=None)
                | Q(score__range=(0, 100), is_passed__isnull=False, examined_on__isnull=False),
                name="workforce_examined",
            ),
        ]


class Certificate(OfFacility):
    """A certificate of one skill level (职业技能等级证书), by an exam here or shown on paper."""

    level = models.SmallIntegerField()
    number = models.TextField(unique=True, db_collation="C")
    issued_on = models.DateField()
    enrolment = models.OneToOneField(Enrolment, models.PROTECT, null=True, related_name="certificate")

    class Meta:
        indexes = [models.Index(fields=["worker"], name="workforce_certificate_worker")]
        constraints = [
            models.CheckConstraint(condition=Q(level__range=(1, 5)), name="workforce_certificate_level")
        ]


class TrainingSubsidy(OfFacility):
    """The subsidy for a worker who passed (培训补贴): once a level."""

    enrolment = models.OneToOneField(Enrolment, models.PROTECT, related_name="subsidy")
    level = models.SmallIntegerField()
    sum_fen = models.BigIntegerField()
    on = models.DateField(db_column="on_day")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["worker", "level"], name="workforce_trained_once_a_level"),
            models.CheckConstraint(condition=Q(sum_fen__gt=0), name="workforce_training_sum"),
        ]


class EntrySubsidy(OfFacility):
    """One instalment of the entry subsidy (入职补贴): claimed by one facility, decided by its district."""

    instalment = models.SmallIntegerField()
    months = models.PositiveSmallIntegerField(help_text="in care posts on the day of the claim")
    degree = models.TextField()
    sum_fen = models.BigIntegerField()
    state = models.TextField(default="claimed", help_text="claimed, approved, refused, paid")
    claimed_on = models.DateField()
    decided_on = models.DateField(null=True)
    decided_by = models.TextField(default="")
    paid_on = models.DateField(null=True)
    words = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["worker", "instalment"],
                condition=~Q(state="refused"),
                name="workforce_instalment_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["claimed", "approved", "refused", "paid"], sum_fen__gt=0, instalment__gt=0
                ),
                name="workforce_instalment",
            ),
        ]


class Recognition(models.Model):
    """A facility as a key institution for talent (人才引进重点机构): what it asked, its points, for how long, why it ended."""

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    division_code = models.TextField(db_collation="C")
    state = models.TextField(default="filed", help_text="filed, recognised, refused, removed")
    applied_on = models.DateField()
    points = models.SmallIntegerField()
    conditions = models.JSONField(help_text="each condition: what was read, from where, its points")
    decided_on = models.DateField(null=True)
    decided_by = models.TextField(default="")
    during = DateRangeField(null=True, help_text="for which it is valid")
    removed_on = models.DateField(null=True)
    words = models.TextField(default="", help_text="why it was refused or taken off")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["facility"], condition=Q(state="filed"), name="workforce_one_application"
            ),
            ExclusionConstraint(
                name="workforce_recognised_once",
                expressions=[("facility", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=Q(during__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["filed", "refused"], during=None)
                | Q(state="recognised", during__isnull=False)
                | (Q(state="removed", during__isnull=False, removed_on__isnull=False) & ~Q(words="")),
                name="workforce_recognition",
            ),
        ]


class Contest(models.Model):
    """A skill contest (职业技能竞赛); it names nobody."""

    title = models.TextField()
    division_code = models.TextField(db_collation="C")
    level = models.TextField(help_text="kinds.CONTESTS")
    round = models.PositiveSmallIntegerField(null=True, help_text="届次")
    held_on = models.DateField()
    source = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["title", "held_on"], name="workforce_contest_once"),
            models.CheckConstraint(
                condition=Q(level__in=["district", "city", "national"]), name="workforce_contest"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ContestResult(OfFacility):
    """A worker's place in a contest (竞赛名次)."""

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="results")
    place = models.PositiveSmallIntegerField()
    award = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contest", "worker"], name="workforce_result_once"),
            models.CheckConstraint(condition=Q(place__gt=0), name="workforce_place"),
        ]
