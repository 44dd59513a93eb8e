"""What elder care keeps of a facility beyond the register: its details, filings, licences, prices, contracts, incidents.

Each row names the facility and repeats its place, by which row-level security decides (kernel.facilities.guards).
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.people.models import Person
from minzheng.kernel.stays.models import Bed, Stay


class OfFacility(models.Model):
    """A row of one facility; `division_code` is the facility's."""

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    division_code = models.TextField(db_collation="C")

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.division_code:
            self.division_code = self.facility.division_code
        super().save(*args, **kwargs)


class Ownership(models.TextChoices):
    """Who built a facility and who runs it."""

    PUBLIC = "public", "公办公营"
    PUBLIC_BUILT = "public_built", "公建民营"
    PRIVATE = "private", "民办"


class Home(models.Model):
    """What elder care knows of a facility (养老服务设施): of a home, a centre, a meal site, day care alike; public."""

    facility = models.OneToOneField(Facility, models.PROTECT, primary_key=True, related_name="home")
    division_code = models.TextField(db_collation="C")
    ownership = models.TextField(choices=Ownership.choices, default=Ownership.PRIVATE)
    floor_area_m2 = models.PositiveIntegerField(null=True, help_text="建筑面积, square metres")
    functions = ArrayField(
        models.TextField(), default=list, help_text="what is offered, as the public reads it"
    )
    hours = models.TextField(default="", help_text="opening hours in words")
    least_grade = models.SmallIntegerField(default=0, help_text="care grades taken in, 0 to 6")
    greatest_grade = models.SmallIntegerField(default=6)
    takes_dementia = models.BooleanField(default=False)
    staff_on_duty = models.PositiveIntegerField(default=0, help_text="care workers, by the home's own count")
    medical_form = models.TextField(default="none", help_text="own 内设, contracted 签约, none")
    medical_partner = models.TextField(default="", help_text="the clinic's or hospital's name")
    medical_number = models.TextField(default="", help_text="licence or contract number")
    medical_until = models.DateField(null=True, help_text="last day of the licence or contract")
    # Meal sites only.
    meal_type = models.TextField(default="", help_text="社区长者食堂, 助餐点, 送餐点")
    meal_capacity = models.PositiveIntegerField(null=True, help_text="meals a day")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(least_grade__range=(0, 6), greatest_grade__range=(0, 6))
                & Q(least_grade__lte=models.F("greatest_grade")),
                name="eldercare_home_grades",
            ),
            models.CheckConstraint(
                condition=Q(medical_form="none") | Q(medical_until__isnull=False),
                name="eldercare_home_medical_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.facility_id}"


class FilingState(models.TextChoices):
    """How a filing stands."""

    FILED = "filed", "待审核"
    APPROVED = "approved", "已备案"
    RETURNED = "returned", "已退回"


class Filing(OfFacility):
    """A filing with the district (备案): due so many working days after opening; approved or sent back."""

    opened_on = models.DateField(help_text="收住老年人之日")
    due_on = models.DateField(help_text="last day for filing in time")
    filed_on = models.DateField()
    state = models.TextField(choices=FilingState.choices, default=FilingState.FILED)
    papers = ArrayField(models.TextField(), default=list, help_text="what was handed in")
    decided_on = models.DateField(null=True)
    decided_by = models.TextField(default="")
    words = models.TextField(default="", help_text="why it was sent back, or the number of the filing")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["facility"],
                condition=Q(state__in=["filed", "approved"]),
                name="eldercare_one_filing_stands",
            ),
            models.CheckConstraint(
                condition=Q(filed_on__gte=models.F("opened_on")), name="eldercare_filed_after"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.facility_id} {self.filed_on} {self.state}"

    @property
    def is_late(self) -> bool:
        return self.filed_on > self.due_on


class Licence(OfFacility):
    """A licence with its last day (许可证件): food, fire, medical, building; public."""

    kind = models.TextField(help_text="kinds.LICENCES")
    number = models.TextField()
    issuer = models.TextField()
    during = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="eldercare_one_licence_of_a_kind",
                expressions=[
                    ("facility", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class Price(OfFacility):
    """What something costs, from when, published on which day (收费公示); public."""

    item = models.TextField(help_text="e.g. 床位费（双人间）, 护理费（照护四级）, 餐费")
    unit = models.TextField(default="month", help_text="month, day, meal, hour")
    amount_fen = models.BigIntegerField()
    during = DateRangeField()
    published_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gte=0), name="eldercare_price_not_negative"),
            ExclusionConstraint(
                name="eldercare_one_price_at_a_time",
                expressions=[
                    ("facility", RangeOperators.EQUAL),
                    ("item", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.amount_fen}"


class BedBatch(OfFacility):
    """Beds added or withdrawn by one paper (床位增减); the stock of a day is the sum up to it. Public."""

    on = models.DateField(db_column="on_day")
    kind = models.TextField(help_text="kinds.BEDS")
    change = models.IntegerField(help_text="beds; negative when withdrawn or made into another kind")
    document = models.TextField(help_text="批准文件")
    because = models.TextField(help_text="built 新增, withdrawn 撤销, converted 改建")

    class Meta:
        indexes = [models.Index(fields=["facility", "on"], name="eldercare_bedbatch_day")]
        constraints = [
            models.CheckConstraint(condition=~Q(change=0), name="eldercare_bedbatch_changes"),
        ]

    def __str__(self) -> str:
        return f"{self.facility_id} {self.on} {self.change:+d}"


class Occupant(OfFacility):
    """By which right somebody has their bed (入住资格): held beside the stay, for the check on basic beds."""

    stay = models.OneToOneField(Stay, models.PROTECT, primary_key=True, related_name="occupant")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    entitlement = models.TextField(default="none", help_text="kinds.ENTITLEMENTS")
    grade = models.SmallIntegerField(null=True, help_text="care grade 0 to 6 when they moved in")
    paper = models.TextField(default="", help_text="by which the entitlement was shown")
    recorded_on = models.DateField()

    def __str__(self) -> str:
        return f"{self.stay_id} {self.entitlement}"


class Contract(OfFacility):
    """The service contract of a resident (入住服务合同)."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    number = models.TextField()
    grade = models.SmallIntegerField(help_text="care grade 0 to 6")
    monthly_fen = models.BigIntegerField(help_text="bed, care and meals by month")
    signed_on = models.DateField()
    signed_by = models.TextField(default="", help_text="who signed for the resident, where not themself")
    during = DateRangeField()

    class Meta:
        indexes = [models.Index(fields=["person"], name="eldercare_contract_person")]
        constraints = [
            models.UniqueConstraint(fields=["facility", "number"], name="eldercare_contract_number"),
            models.CheckConstraint(condition=Q(monthly_fen__gte=0), name="eldercare_contract_not_negative"),
            ExclusionConstraint(
                name="eldercare_one_contract_at_a_time",
                expressions=[
                    ("facility", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Incident(OfFacility):
    """Something that went wrong (突发事件): reported within hours, followed up until it is closed."""

    kind = models.TextField(help_text="kinds.INCIDENTS")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    happened_at = models.DateTimeField()
    reported_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="last moment for reporting in time")
    words = models.TextField()
    closed_on = models.DateField(null=True)
    outcome = models.TextField(default="")

    class Meta:
        indexes = [models.Index(fields=["facility", "happened_at"], name="eldercare_incident_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(reported_at__gte=models.F("happened_at")), name="eldercare_incident_then_report"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.happened_at}"

    @property
    def is_late(self) -> bool:
        return self.reported_at > self.due_at


class IncidentStep(OfFacility):
    """What was done about an incident (后续处置), by whom, when; added only."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    by = models.TextField()
    words = models.TextField()

    def __str__(self) -> str:
        return f"{self.incident_id} {self.at}"


class HospitalLink(OfFacility):
    """A contract with a hospital that sees residents over the internet (养老院+互联网医院); public."""

    hospital = models.TextField()
    number = models.TextField()
    during = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="eldercare_one_link_to_a_hospital",
                expressions=[
                    ("facility", RangeOperators.EQUAL),
                    ("hospital", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.facility_id} {self.hospital}"


class Consultation(OfFacility):
    """A resident seen by a doctor over the internet (互联网诊疗): booked, then held with advice and prescription."""

    link = models.ForeignKey(HospitalLink, models.PROTECT, related_name="consultations")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    booked_for = models.DateTimeField()
    held_at = models.DateTimeField(null=True)
    doctor = models.TextField(default="")
    advice = models.TextField(default="")
    prescription = models.TextField(default="", help_text="处方号; empty where none was written")
    cancelled = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["facility", "booked_for"], name="eldercare_consultation_day"),
            models.Index(fields=["person"], name="eldercare_consultation_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(held_at__isnull=True) | ~Q(doctor="") & ~Q(advice="") & Q(cancelled=False),
                name="eldercare_consultation_held",
            )
        ]

    def __str__(self) -> str:
        return f"{self.facility_id} {self.booked_for}"


class Closure(OfFacility):
    """A facility shut for a time (暂停服务): why, from when, how long; its residents have to be placed elsewhere."""

    during = DateRangeField(help_text="open while it lasts")
    reason = models.TextField()
    residents = models.PositiveIntegerField(default=0, help_text="in its beds on the first day")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="eldercare_one_closure_at_a_time",
                expressions=[("facility", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            )
        ]

    def __str__(self) -> str:
        return f"{self.facility_id} {self.during}"


class BedRelease(OfFacility):
    """A basic bed empty for too long, given to the city's pool (释放到统筹池) until somebody has it; names nobody."""

    bed = models.ForeignKey(Bed, models.PROTECT, related_name="releases")
    during = DateRangeField()
    empty_days = models.PositiveIntegerField(help_text="when it was released")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="eldercare_one_release_at_a_time",
                expressions=[("bed", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            )
        ]

    def __str__(self) -> str:
        return f"{self.bed_id} {self.during}"


class MealDay(OfFacility):
    """What a meal site served on a day (助餐日报): meals, what they cost and what was paid to them; names nobody."""

    day = models.DateField()
    meals = models.PositiveIntegerField()
    price_fen = models.BigIntegerField(help_text="paid by guests, the whole day")
    subsidy_fen = models.BigIntegerField(help_text="paid by the district, the whole day")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["facility", "day"], name="eldercare_meal_day_once")]

    def __str__(self) -> str:
        return f"{self.facility_id} {self.day}"


class ReliefClaim(OfFacility):
    """A relief measure asked for by a facility (纾困申领): reckoned sum, the district's decision, what was paid."""

    measure = models.TextField(help_text="code in relief_measures.yaml")
    reckoned_fen = models.BigIntegerField()
    basis = models.JSONField(default=dict, help_text="the figures it was reckoned from")
    claimed_on = models.DateField()
    state = models.TextField(default="claimed", help_text="claimed, approved, refused, paid")
    approved_fen = models.BigIntegerField(null=True)
    decided_on = models.DateField(null=True)
    decided_by = models.TextField(default="")
    words = models.TextField(default="")
    paid_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["facility", "measure"],
                condition=~Q(state="refused"),
                name="eldercare_relief_once",
            ),
            models.CheckConstraint(
                condition=Q(approved_fen__isnull=True)
                | Q(approved_fen__gte=0, approved_fen__lte=models.F("reckoned_fen")),
                name="eldercare_relief_within_reckoned",
            ),
            models.CheckConstraint(
                condition=Q(paid_on__isnull=True) | Q(state="paid", approved_fen__isnull=False),
                name="eldercare_relief_paid_when_approved",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.facility_id} {self.measure}"
