"""Beds and who is in them; the database keeps two people from one bed and one person from two."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models

from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.people.models import Person


class Bed(models.Model):
    """One bed in a room, and from when to when it exists (床位)."""

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="beds")
    division_code = models.TextField(db_collation="C", help_text="the facility's, for the scope")
    room = models.TextField()
    label = models.TextField(help_text="unique within the room")
    kind = models.TextField(
        help_text="declared by the domain, e.g. basic (保基本), market, dementia (认知障碍照护)"
    )
    sex = models.SmallIntegerField(null=True, help_text="1 男, 2 女; null where either may lie here")
    during = DateRangeField()

    class Meta:
        indexes = [models.Index(fields=["facility", "kind"], name="stays_bed_facility")]
        constraints = [
            ExclusionConstraint(
                name="stays_one_bed_at_a_time",
                expressions=[
                    ("facility", RangeOperators.EQUAL),
                    ("room", RangeOperators.EQUAL),
                    ("label", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.room}-{self.label}"


class StayState(models.TextChoices):
    """How a stay stands."""

    PLANNED = "planned", "已预留"
    PRESENT = "present", "在住"
    AWAY = "away", "住院或请假"
    ENDED = "ended", "已离开"
    CANCELLED = "cancelled", "已取消"


class Stay(models.Model):
    """One person in one bed for a time (入住); a move ends it and begins the next, a hospital leave keeps the bed."""

    bed = models.ForeignKey(Bed, models.PROTECT, related_name="stays")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="stays")
    division_code = models.TextField(db_collation="C")
    person = models.ForeignKey(Person, models.PROTECT, related_name="stays")
    during = DateRangeField()
    state = models.TextField(choices=StayState.choices, default=StayState.PLANNED)
    ended_because = models.TextField(
        default="", help_text="moved, left, deceased, closed …; empty while it lasts"
    )
    follows = models.ForeignKey("self", models.PROTECT, null=True, related_name="followed_by")

    class Meta:
        indexes = [models.Index(fields=["person"], name="stays_stay_person")]
        constraints = [
            ExclusionConstraint(
                name="stays_one_person_in_a_bed",
                expressions=[("bed", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=~models.Q(state=StayState.CANCELLED),
            ),
            ExclusionConstraint(
                name="stays_one_bed_for_a_person",
                expressions=[("person", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=~models.Q(state=StayState.CANCELLED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.bed_id} {self.during}"


class Absence(models.Model):
    """A resident away while the bed is kept (外出): in hospital or at home, from the day they left to the day they came."""

    stay = models.ForeignKey(Stay, models.PROTECT, related_name="absences")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    division_code = models.TextField(db_collation="C")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    during = DateRangeField(help_text="open while they are away")
    because = models.TextField(help_text="hospital 住院, home 回家, other 其他")

    class Meta:
        indexes = [models.Index(fields=["person"], name="stays_absence_person")]
        constraints = [
            ExclusionConstraint(
                name="stays_one_absence_at_a_time",
                expressions=[("stay", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            )
        ]

    def __str__(self) -> str:
        return f"{self.stay_id} {self.during}"
