"""What is remembered of dementia care: units with beds and staff, communities with tasks, screenings with referrals."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from minzheng.kernel.access.models import Official
from minzheng.kernel.cases.models import Upload
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.people.models import Person
from minzheng.kernel.stays.models import Bed


class Unit(models.Model):
    """A dementia-care unit (认知障碍照护单元) of a facility, from the day it was accepted."""

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="dementia_units")
    division_code = models.TextField(db_collation="C")
    name = models.TextField()
    accepted_on = models.DateField(help_text="验收日期")
    document = models.TextField(help_text="验收文件")
    met = models.JSONField(help_text="codes of the standard's items that were met: all of them")
    accepted_by = models.ForeignKey(Official, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["facility", "name"], name="dementia_unit_name")]

    def __str__(self) -> str:
        return self.name


class UnitBed(models.Model):
    """A bed of a unit; `was` is the bed it was rebuilt from, which left the stock the day before (改建)."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="beds")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    division_code = models.TextField(db_collation="C")
    bed = models.OneToOneField(Bed, models.PROTECT, related_name="dementia_bed")
    was = models.OneToOneField(Bed, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(was=None) | ~Q(was=F("bed")), name="dementia_bed_was_another"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.bed_id}"


class StaffCount(models.Model):
    """Care workers of a unit as reported for a day (护理员人数); the latest up to a day holds."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="staff")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    division_code = models.TextField(db_collation="C")
    on = models.DateField(db_column="on_day")
    workers = models.SmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "on"], name="dementia_staff_once_a_day"),
            models.CheckConstraint(condition=Q(workers__gte=0), name="dementia_staff_count"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.on}: {self.workers}"


class Community(models.Model):
    """A street or town that takes part in the programme (友好社区建设街镇)."""

    division_code = models.TextField(unique=True, db_collation="C")
    batch = models.SmallIntegerField(help_text="批次, from 1")
    started_on = models.DateField()
    document = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(batch__gte=1, division_code__regex=r"^[0-9]{9}$"),
                name="dementia_community_street",
            ),
        ]

    def __str__(self) -> str:
        return self.division_code


class CommunityTask(models.Model):
    """One task of a year and what shows that it was done (建设任务与佐证)."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="tasks")
    division_code = models.TextField(db_collation="C")
    year = models.SmallIntegerField()
    code = models.TextField()
    name = models.TextField()
    name_en = models.TextField()
    evidence = models.TextField(default="")
    upload = models.ForeignKey(Upload, models.PROTECT, null=True, related_name="+")
    evidenced_on = models.DateField(null=True)
    by = models.ForeignKey(Official, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "year", "code"], name="dementia_task_once_a_year"),
            models.CheckConstraint(
                condition=Q(evidence="", upload=None, evidenced_on=None, by=None)
                | (~Q(evidence="") & Q(evidenced_on__isnull=False, by__isnull=False)),
                name="dementia_task_evidence",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.community_id} {self.year} {self.code}"


class SelfCheck(models.Model):
    """A street's yearly self-check and the district's assessment of it (年度自查与评估)."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="checks")
    division_code = models.TextField(db_collation="C")
    year = models.SmallIntegerField()
    checked_on = models.DateField()
    words = models.TextField()
    missing = models.JSONField(help_text="codes of tasks that lacked evidence that day")
    by = models.ForeignKey(Official, models.PROTECT, related_name="+")
    has_passed = models.BooleanField(null=True)
    opinion = models.TextField(default="")
    assessed_on = models.DateField(null=True)
    assessed_by = models.ForeignKey(Official, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["community", "year"], name="dementia_check_once_a_year"),
            models.CheckConstraint(
                condition=Q(has_passed=None, assessed_on=None, assessed_by=None)
                | Q(has_passed__isnull=False, assessed_by__isnull=False, assessed_on__gte=F("checked_on")),
                name="dementia_check_assessed",
            ),
            models.CheckConstraint(
                condition=Q(assessed_by=None) | ~Q(assessed_by=F("by")), name="dementia_check_by_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.community_id} {self.year}"


class Screening(models.Model):
    """A filled screening form (社区筛查); only added. Under the cut-off it is positive."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    division_code = models.TextField(db_collation="C", help_text="the person's, on that day")
    screened_on = models.DateField()
    form = models.TextField(help_text="version of the questions")
    answers = models.JSONField()
    score = models.SmallIntegerField()
    most = models.SmallIntegerField(help_text="points that the form can give")
    cut_off = models.SmallIntegerField(help_text="in force that day")
    by = models.ForeignKey(Official, models.PROTECT, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["division_code", "screened_on"], name="dementia_screening_place"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["person", "screened_on"], name="dementia_screened_once_a_day"),
            models.CheckConstraint(
                condition=Q(score__gte=0, score__lte=F("most"), cut_off__gt=0, cut_off__lte=F("most")),
                name="dementia_screening_score",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.screened_on}"

    @property
    def is_positive(self) -> bool:
        return self.score < self.cut_off


class Referral(models.Model):
    """The way from a positive screening to a diagnosis (转介): consent first, a day by which to be seen."""

    screening = models.OneToOneField(Screening, models.PROTECT, related_name="referral")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    division_code = models.TextField(db_collation="C")
    opened_on = models.DateField()
    due_on = models.DateField()
    is_consented = models.BooleanField(null=True, help_text="null until the person or a guardian answered")
    consent_by = models.TextField(default="", help_text="本人 or the guardian's name")
    consent_on = models.DateField(null=True)
    is_diagnosed = models.BooleanField(null=True)
    hospital = models.TextField(default="")
    result_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person"], name="dementia_referral_person")]
        constraints = [
            models.CheckConstraint(condition=Q(due_on__gt=F("opened_on")), name="dementia_referral_due"),
            models.CheckConstraint(
                condition=Q(is_consented=None, consent_by="", consent_on=None)
                | (Q(is_consented__isnull=False, consent_on__gte=F("opened_on")) & ~Q(consent_by="")),
                name="dementia_referral_consent",
            ),
            models.CheckConstraint(
                condition=Q(is_diagnosed=None, hospital="", result_on=None)
                | (
                    Q(is_diagnosed__isnull=False, is_consented=True, result_on__gte=F("consent_on"))
                    & ~Q(hospital="")
                ),
                name="dementia_referral_result",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.screening_id} {self.opened_on}"

    @property
    def state(self) -> str:
        """asked, declined, referred, diagnosed or cleared."""
        if self.is_consented is None:
            return "asked"
        if not self.is_consented:
            return "declined"
        return "referred" if self.is_diagnosed is None else "diagnosed" if self.is_diagnosed else "cleared"
