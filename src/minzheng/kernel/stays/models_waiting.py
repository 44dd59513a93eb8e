"""Who waits for which homes, what was offered to whom, and why others were passed over (轮候、配位)."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q

from minzheng.kernel.access.models import Official
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.people.models import Person


class WaitingState(models.TextChoices):
    """How an application for a bed stands; `_waiting_sql.MOVES` says which may follow which."""

    SUBMITTED = "submitted", "待核定"
    WAITING = "waiting", "轮候中"
    OFFERED = "offered", "已配位待答复"
    PLACED = "placed", "已接受待入住"
    ADMITTED = "admitted", "已入住"
    WITHDRAWN = "withdrawn", "本人撤回"
    REMOVED = "removed", "已退出轮候"
    REJECTED = "rejected", "不予登记"


#: A person has one of these at a time.
OPEN = (WaitingState.SUBMITTED, WaitingState.WAITING, WaitingState.OFFERED, WaitingState.PLACED)


class PoolHome(models.Model):
    """A home whose beds are shared out by the common queue (统筹机构), from when to when."""

    facility = models.ForeignKey(Facility, models.PROTECT, related_name="pooled")
    division_code = models.TextField(db_collation="C", help_text="the facility's, for the scope")
    own_district_first = models.BooleanField(default=False, help_text="takes its own district's people first")
    during = DateRangeField()
    source = models.TextField()
    provenance = models.TextField(default="illustrative", help_text="seed, public or illustrative")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="stays_in_the_pool_once",
                expressions=[("facility", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            )
        ]

    def __str__(self) -> str:
        return f"{self.facility_id} {self.during}"


class Waiting(models.Model):
    """One person's application for a bed (轮候登记) and their place in the order; its number settles ties."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="waitings", db_index=False)
    division_code = models.TextField(db_collation="C", help_text="where the person lives; moves with them")
    sex = models.SmallIntegerField(help_text="1 男, 2 女")
    kind = models.TextField(help_text="of the bed, as `Bed.kind`")
    class_code = models.TextField(help_text="entitlement class, declared by the domain")
    claimed_class = models.TextField(default="", help_text="what the applicant said")
    rank = models.SmallIntegerField(default=99, help_text="the class's place, 0 first")
    grade = models.SmallIntegerField(default=0, help_text="assessed care grade 0–6, a higher one first")
    goes_before_all = models.BooleanField(default=False, help_text="lost a bed when a home closed")
    since = models.DateField(help_text="waits since; kept when moving to another district")
    submitted_on = models.DateField()
    channel = models.TextField(default="counter", help_text="online, counter, service")
    state = models.TextField(choices=WaitingState.choices, default=WaitingState.SUBMITTED)
    refusals = models.SmallIntegerField(default=0)
    paused_until = models.DateField(null=True, help_text="gets no offer before this day")
    ended_on = models.DateField(null=True)
    ended_because = models.TextField(default="")
    from_facility = models.ForeignKey(
        Facility, models.PROTECT, null=True, related_name="+", help_text="the home that closed"
    )

    class Meta:
        indexes = [
            models.Index(fields=["person"], name="stays_waiting_person"),
            models.Index(fields=["division_code", "state"], name="stays_waiting_place"),
            models.Index(
                F("kind"), F("rank"), F("grade").desc(), F("since"), F("id"),
                condition=Q(state__in=["waiting", "offered"]), name="stays_waiting_order",
            ),
        ]  # fmt: skip
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state__in=[str(s) for s in OPEN]), name="stays_waits_once"
            ),
            models.CheckConstraint(condition=Q(grade__range=(0, 6)), name="stays_waiting_grade"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """As it stands on letters."""
        return f"LH{self.pk:08d}"


class Choice(models.Model):
    """A home a person would go to, and how much they would like to (志愿)."""

    waiting = models.ForeignKey(Waiting, models.CASCADE, related_name="choices", db_index=False)
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="chosen", db_index=False)
    rank = models.SmallIntegerField(help_text="1 is the first choice")

    class Meta:
        indexes = [models.Index(fields=["facility", "waiting"], name="stays_choice_home")]
        constraints = [
            models.UniqueConstraint(fields=["waiting", "rank"], name="stays_one_choice_at_a_rank"),
            models.UniqueConstraint(fields=["waiting", "facility"], name="stays_a_home_chosen_once"),
            models.CheckConstraint(condition=Q(rank__gte=1), name="stays_choice_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.rank} {self.facility_id}"


class OfferState(models.TextChoices):
    """How an offer stands."""

    OPEN = "open", "待答复"
    ACCEPTED = "accepted", "已接受"
    REFUSED = "refused", "已放弃"
    EXPIRED = "expired", "逾期未答复"
    WITHDRAWN = "withdrawn", "已撤回"


class Offer(models.Model):
    """One bed offered to one person until a day (配位通知); what stood in the queue then is kept beside it."""

    waiting = models.ForeignKey(Waiting, models.PROTECT, related_name="offers")
    person = models.ForeignKey(Person, models.PROTECT, related_name="bed_offers")
    person_division_code = models.TextField(db_collation="C")
    bed = models.ForeignKey("stays.Bed", models.PROTECT, related_name="offers")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="offers")
    division_code = models.TextField(db_collation="C", help_text="the facility's")
    class_code = models.TextField()
    rank = models.SmallIntegerField()
    grade = models.SmallIntegerField()
    since = models.DateField()
    goes_before_all = models.BooleanField(default=False)
    choice = models.SmallIntegerField(help_text="which of the person's choices this is, from 1")
    offered_on = models.DateField()
    reply_by = models.DateField(help_text="the last day for an answer")
    state = models.TextField(choices=OfferState.choices, default=OfferState.OPEN)
    replied_on = models.DateField(null=True)
    followed_on = models.DateField(null=True, help_text="when what follows from the answer was done")
    stay = models.OneToOneField("stays.Stay", models.PROTECT, null=True, related_name="offer")
    run = models.ForeignKey("stays.AllocationRun", models.PROTECT, null=True, related_name="offers")

    class Meta:
        indexes = [models.Index(fields=["facility", "offered_on"], name="stays_offer_home")]
        constraints = [
            models.UniqueConstraint(
                fields=["bed"],
                condition=Q(state="open") | Q(state="accepted", stay=None),
                name="stays_a_bed_offered_once",
            ),
            models.UniqueConstraint(
                fields=["waiting"],
                condition=Q(state="open") | Q(state="accepted", stay=None),
                name="stays_one_offer_for_a_person",
            ),
            models.CheckConstraint(
                condition=Q(reply_by__gte=F("offered_on")), name="stays_offer_can_be_answered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.waiting_id} {self.bed_id} {self.state}"


class PassedOver(models.TextChoices):
    """Why somebody who stood before the receiver did not get this bed."""

    SEX = "sex", "床位仅限另一性别"
    PAUSED = "paused", "暂停配位期内"
    OFFERED = "offered", "已有待答复的配位"
    PLACED = "placed", "已接受其他床位"
    BETTER = "better", "同时配到更靠前的志愿"
    REFUSED = "refused", "本人放弃该床位"
    EXPIRED = "expired", "逾期未答复该床位"


class Passing(models.Model):
    """Somebody was passed over for a bed, and why (顺延记录); only added."""

    bed = models.ForeignKey("stays.Bed", models.PROTECT, related_name="passings")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    division_code = models.TextField(db_collation="C", help_text="the facility's")
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="passings")
    waiting = models.ForeignKey(Waiting, models.PROTECT, related_name="passings")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    person_division_code = models.TextField(db_collation="C")
    on = models.DateField()
    reason = models.TextField(choices=PassedOver.choices)

    def __str__(self) -> str:
        return f"{self.waiting_id} {self.bed_id} {self.reason}"


class RunState(models.TextChoices):
    """How a shared-out draft stands: nobody issues what they drafted."""

    DRAFT = "draft", "草案"
    REVIEWED = "reviewed", "已复核"
    ISSUED = "issued", "已发出"
    DISCARDED = "discarded", "已作废"


class AllocationRun(models.Model):
    """All free beds of a place shared out at once (统筹分配), for new stock: drafted, reviewed by another, issued."""

    division_code = models.TextField(db_collation="C")
    on = models.DateField()
    state = models.TextField(choices=RunState.choices, default=RunState.DRAFT)
    waiting_count = models.IntegerField()
    bed_count = models.IntegerField()
    given_count = models.IntegerField()
    first_choices = models.IntegerField()
    digest = models.TextField(help_text="SHA-256 of the lines, so that what was reviewed is what is issued")
    made_by = models.ForeignKey(Official, models.PROTECT, related_name="+")
    reviewed_by = models.ForeignKey(Official, models.PROTECT, null=True, related_name="+")
    issued_on = models.DateField(null=True)
    note = models.TextField(default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("made_by")),
                name="stays_run_by_two",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "discarded"]) | Q(reviewed_by__isnull=False),
                name="stays_run_reviewed_before_issue",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.division_code} {self.on} {self.state}"


class RunLine(models.Model):
    """Which bed a run gives to whom."""

    run = models.ForeignKey(AllocationRun, models.CASCADE, related_name="lines", db_index=False)
    waiting = models.ForeignKey(Waiting, models.PROTECT, related_name="+")
    bed = models.ForeignKey("stays.Bed", models.PROTECT, related_name="+")
    choice = models.SmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "waiting"], name="stays_run_person_once"),
            models.UniqueConstraint(fields=["run", "bed"], name="stays_run_bed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.waiting_id} {self.bed_id}"
