"""Assessments with their assessors' forms, and beds at home with the visits made to them."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from minzheng.kernel.access.models import Official
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.people.models import Person


class AssessmentState(models.TextChoices):
    """How a request for assessment stands."""

    REQUESTED = "requested", "已申请待指派"
    ASSIGNED = "assigned", "已指派评估员"
    DECIDED = "decided", "已确认等级"
    WITHDRAWN = "withdrawn", "本人撤回"


class Reason(models.TextChoices):
    """Why somebody is assessed."""

    FIRST = "first", "首次评估"
    AGAIN = "again", "到期或状况变化重新评估"
    REVIEW = "review", "申请复核"


class Assessment(models.Model):
    """One unified assessment of care needs (老年照护统一需求评估), from the request to the grade."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="care_assessments", db_index=False)
    division_code = models.TextField(db_collation="C")
    reason = models.TextField(choices=Reason.choices, default=Reason.FIRST)
    follows = models.ForeignKey("self", models.PROTECT, null=True, related_name="followed_by")
    because = models.TextField(default="", help_text="why a review is asked for, in the person's words")
    requested_on = models.DateField()
    channel = models.TextField(default="counter", help_text="online or counter")
    state = models.TextField(choices=AssessmentState.choices, default=AssessmentState.REQUESTED)
    grade = models.SmallIntegerField(null=True, help_text="0–6")
    points = models.SmallIntegerField(null=True)
    has_cognitive_diagnosis = models.BooleanField(default=False)
    model = models.TextField(default="", help_text="version of the scoring model")
    rule = models.TextField(default="", help_text="how the forms were brought together")
    decided_on = models.DateField(null=True)
    valid_until = models.DateField(null=True, help_text="the last day")
    decided_by = models.ForeignKey(Official, models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["person", "decided_on"], name="beds_assessment_person"),
            models.Index(fields=["division_code", "state"], name="beds_assessment_place"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state__in=["requested", "assigned"]),
                name="beds_assessed_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="decided")
                | Q(grade__range=(0, 6), decided_on__isnull=False, valid_until__gte=F("decided_on")),
                name="beds_decided_is_complete",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """As it stands on letters."""
        return f"PG{self.pk:08d}"


class AssessorForm(models.Model):
    """One assessor's own visit and form (评估表); it repeats what the assessor must know of the person."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="forms")
    assessor = models.ForeignKey(Official, models.PROTECT, related_name="care_forms")
    division_code = models.TextField(db_collation="C")
    person_name = models.TextField()
    birth_date = models.DateField()
    sex = models.SmallIntegerField()
    address = models.TextField(default="")
    assigned_on = models.DateField()
    visited_on = models.DateField(null=True)
    answers = models.JSONField(default=dict)
    points = models.SmallIntegerField(null=True)
    grade = models.SmallIntegerField(null=True)
    has_cognitive_diagnosis = models.BooleanField(default=False)
    note = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assessment", "assessor"], name="beds_two_different_assessors")
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.assessor_id}"


class FamilyBed(models.Model):
    """A bed at home under a home's care (家庭照护床位): contract and plan, counted from its first day."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="family_beds", db_index=False)
    division_code = models.TextField(db_collation="C", help_text="where the person lives")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="family_beds")
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="+")
    contract_number = models.TextField()
    person_name = models.TextField()
    address = models.TextField(default="")
    visits_a_month = models.SmallIntegerField()
    tasks = models.JSONField(default=list, help_text="codes of the care plan's tasks")
    during = DateRangeField()

    class Meta:
        indexes = [models.Index(fields=["person"], name="beds_familybed_person")]
        constraints = [
            ExclusionConstraint(
                name="beds_one_family_bed_at_a_time",
                expressions=[("person", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            ),
            models.UniqueConstraint(fields=["facility", "contract_number"], name="beds_contract_once"),
            models.CheckConstraint(condition=Q(visits_a_month__range=(1, 60)), name="beds_visits_planned"),
        ]

    def __str__(self) -> str:
        return f"{self.contract_number} {self.during}"


class CareVisit(models.Model):
    """One visit to a bed at home, signed by whoever came and by the family (上门服务记录); only added."""

    bed = models.ForeignKey(FamilyBed, models.PROTECT, related_name="visits")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    division_code = models.TextField(db_collation="C")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    began_at = models.DateTimeField()
    minutes = models.SmallIntegerField()
    tasks = models.JSONField(default=list)
    worker = models.TextField(help_text="who came")
    signed_by = models.TextField(help_text="who signed for the person")

    class Meta:
        indexes = [models.Index(fields=["facility", "began_at"], name="beds_visit_home")]
        constraints = [
            models.UniqueConstraint(fields=["bed", "began_at"], name="beds_visit_once"),
            models.CheckConstraint(condition=Q(minutes__range=(1, 720)), name="beds_visit_minutes"),
            models.CheckConstraint(condition=~Q(worker="") & ~Q(signed_by=""), name="beds_visit_signed"),
        ]

    def __str__(self) -> str:
        return f"{self.bed_id} {self.began_at}"
