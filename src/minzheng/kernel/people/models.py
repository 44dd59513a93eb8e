"""Persons, households and their dated relations: the register every programme reads.

What may not overlap is an exclusion constraint: a person lives in one household, at one place, under one hukou at a
time. Where a start is unknown, the range has no lower bound. `division_code` on the person repeats the place of the
current residence, since row-level security decides by it.
"""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now


class Lower(Func):
    function = "lower"
    arity = 1


def _one_at_a_time(name: str, *keys: str) -> ExclusionConstraint:
    return ExclusionConstraint(
        name=name,
        expressions=[*((key, RangeOperators.EQUAL) for key in keys), ("during", RangeOperators.OVERLAPS)],
    )


class Sex(models.IntegerChoices):
    """GB/T 2261.1, with 0 for unknown."""

    UNKNOWN = 0, "未知"
    MALE = 1, "男"
    FEMALE = 2, "女"


class Role(models.IntegerChoices):
    """Relation to the head of the household (与户主关系); the snapshot carries the same numbers."""

    HEAD = 1, "户主"
    SPOUSE = 2, "配偶"
    CHILD = 3, "子女"
    PARENT = 4, "父母"
    OTHER = 9, "其他"


class Person(models.Model):
    """A person (自然人) as the register knows them now; `provenance` names source, date and authority of each field."""

    name = models.TextField()
    name_pinyin = models.TextField(default="", db_collation="C")
    sex = models.SmallIntegerField(choices=Sex.choices, default=Sex.UNKNOWN)
    birth_date = models.DateField(null=True)
    ethnicity = models.TextField(default="")
    death_date = models.DateField(null=True)
    hukou_division_code = models.TextField(default="", db_collation="C")
    hukou_is_local = models.BooleanField(default=False)
    division_code = models.TextField(default="310000", db_collation="C")
    deregistered_on = models.DateField(null=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="absorbed")
    provenance = models.JSONField(default=dict)
    registered_at = models.DateTimeField(auto_now_add=True)
    known_from = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["division_code", "name_pinyin"], name="people_person_place"),
            models.Index(fields=["hukou_division_code"], name="people_person_hukou"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(death_date__isnull=True)
                | Q(birth_date__isnull=True)
                | Q(death_date__gte=F("birth_date")),
                name="people_death_after_birth",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Identifier(models.Model):
    """A number that identifies a person (证件号码); a value of one kind belongs to one person."""

    class Kind(models.TextChoices):
        CITIZEN = "citizen", "居民身份证"
        DISABILITY = "disability", "残疾人证"
        PASSPORT = "passport", "护照"
        HK_MACAO = "hk_macao", "港澳居民居住证"
        TAIWAN = "taiwan", "台湾居民居住证"
        FOREIGN = "foreign", "外国人永久居留身份证"
        OTHER = "other", "其他证件"

    person = models.ForeignKey(Person, models.PROTECT, related_name="identifiers")
    kind = models.TextField(choices=Kind.choices, default=Kind.CITIZEN)
    value = models.TextField(db_collation="C")
    is_primary = models.BooleanField(default=True)
    during = DateRangeField()
    source = models.TextField(default="")
    observed_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="people_identifier_once")]

    def __str__(self) -> str:
        from minzheng.kernel.people.identifiers import mask

        return f"{self.get_kind_display()} {mask(self.value)}"


class PersonName(models.Model):
    """A name under which an office knows a person: former, or written otherwise (曾用名、各部门写法)."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="names")
    name = models.TextField()
    name_pinyin = models.TextField(default="", db_collation="C")
    kind = models.TextField(default="as_written", help_text="official, former, as_written")
    source = models.TextField()
    observed_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "source", "name"], name="people_name_once")]

    def __str__(self) -> str:
        return self.name


class Household(models.Model):
    """A household (户) under the number of the register that issued it.

    Two towns may both have a household H000001: `register` says whose number it is, empty for the city's own.
    """

    number = models.TextField(db_collation="C")
    register = models.TextField(default="", db_collation="C")
    division_code = models.TextField(default="310000", db_collation="C")
    source = models.TextField(default="")
    observed_on = models.DateField(null=True)
    known_from = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["register", "number"], name="people_household_number")]
        indexes = [models.Index(fields=["division_code"], name="people_household_place")]

    def __str__(self) -> str:
        return self.number


class Membership(models.Model):
    """Who belongs to which household, when, and how related to its head."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="memberships")
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships", db_index=False)
    role = models.SmallIntegerField(choices=Role.choices, default=Role.OTHER)
    during = DateRangeField()
    source = models.TextField(default="")
    authority = models.SmallIntegerField(default=0)
    observed_on = models.DateField(null=True)
    known_from = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [_one_at_a_time("people_one_household_at_a_time", "person")]
        indexes = [models.Index(fields=["person"], name="people_membership_person")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.household_id}"


class Residence(models.Model):
    """Where a person lives, when (居住地)."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="residences", db_index=False)
    division_code = models.TextField(db_collation="C")
    address = models.TextField(default="")
    during = DateRangeField()
    source = models.TextField(default="")
    authority = models.SmallIntegerField(default=0)
    observed_on = models.DateField(null=True)
    known_from = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [_one_at_a_time("people_one_residence_at_a_time", "person")]
        indexes = [models.Index(fields=["person"], name="people_residence_person")]

    def __str__(self) -> str:
        return self.division_code


class HukouRecord(models.Model):
    """Where a person's hukou (户籍) is, when, and whether it is Shanghai's."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="hukou_records", db_index=False)
    division_code = models.TextField(db_collation="C")
    is_local = models.BooleanField()
    during = DateRangeField()
    source = models.TextField(default="")
    authority = models.SmallIntegerField(default=0)
    observed_on = models.DateField(null=True)
    known_from = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [_one_at_a_time("people_one_hukou_at_a_time", "person")]
        indexes = [models.Index(fields=["person"], name="people_hukou_person")]

    def __str__(self) -> str:
        return self.division_code


class LifeEvent(models.Model):
    """What happened to a person on a day (生命事件): only added, never changed."""

    class Kind(models.TextChoices):
        BIRTH = "birth", "出生"
        DEATH = "death", "死亡"
        JOIN = "join", "入户"
        LEAVE = "leave", "离户"
        MOVE = "move", "迁居"
        HUKOU = "hukou", "户籍变动"
        DEREGISTER = "deregister", "注销"
        MARRIAGE = "marriage", "结婚"
        DIVORCE = "divorce", "离婚"
        ANNULMENT = "annulment", "婚姻撤销"
        CORRECTION = "correction", "更正"
        MERGE = "merge", "档案合并"
        UNMERGE = "unmerge", "撤销合并"

    person = models.ForeignKey(Person, models.PROTECT, related_name="events")
    kind = models.TextField(choices=Kind.choices)
    on = models.DateField(null=True)
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="+", db_index=False)
    division_code = models.TextField(default="", db_collation="C")
    detail = models.JSONField(default=dict)
    source = models.TextField(default="")
    recorded_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.on}"


class BankAccount(models.Model):
    """The account to which a person's benefits go; `purpose` tells apart a programme paid elsewhere."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="accounts", db_index=False)
    bank = models.TextField(default="")
    number = models.TextField()
    holder = models.TextField()
    purpose = models.TextField(default="")
    during = DateRangeField()
    source = models.TextField(default="")
    observed_on = models.DateField(null=True)
    known_from = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [_one_at_a_time("people_one_account_at_a_time", "person", "purpose")]
        indexes = [models.Index(fields=["person"], name="people_account_person")]

    def __str__(self) -> str:
        return f"{self.bank} {self.number[-4:]}"


class Fact(models.Model):
    """What an office told us about a person or household for a period; two clocks: `during` and `learnt_at`.

    Kinds stand in `facts.yaml`. A fact is never overwritten: a better one sets `superseded_at` on it. Of the facts in
    force, the one that starts last is the word that counts, so an older open range needs no closing.
    """

    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="facts", db_index=False)
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="facts", db_index=False)
    kind = models.TextField(db_collation="C")
    int_value = models.BigIntegerField(null=True)
    text_value = models.TextField(null=True)
    during = DateRangeField()
    source = models.TextField()
    authority = models.SmallIntegerField(default=0)
    observed_on = models.DateField()
    file = models.TextField(default="")
    file_row = models.TextField(default="")
    learnt_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=True, household__isnull=False)
                | Q(person__isnull=False, household__isnull=True),
                name="people_fact_of_one",
            ),
            models.CheckConstraint(
                condition=Q(int_value__isnull=False) | Q(text_value__isnull=False),
                name="people_fact_has_value",
            ),
            models.UniqueConstraint(
                F("person"),
                F("kind"),
                Lower("during"),
                condition=Q(superseded_at__isnull=True),
                name="people_fact_person_once",
            ),
            models.UniqueConstraint(
                F("household"),
                F("kind"),
                Lower("during"),
                condition=Q(superseded_at__isnull=True),
                name="people_fact_household_once",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "kind"], name="people_fact_person"),
            models.Index(fields=["household", "kind"], name="people_fact_household"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.int_value if self.int_value is not None else self.text_value}"


class Past(models.Model):
    """What a row of a register said before it was changed or removed (登记的既往记载); written by the database alone.

    `value` holds the columns of `known.REGISTERS`; it was on record from `known_from` until before `known_until`.
    """

    register = models.TextField(db_collation="C")
    row_id = models.BigIntegerField()
    person_id = models.BigIntegerField(null=True)
    household_id = models.BigIntegerField(null=True)
    known_from = models.DateTimeField()
    known_until = models.DateTimeField()
    value = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["register", "row_id", "known_until"], name="people_past_once"),
            models.CheckConstraint(
                condition=Q(known_from__lt=F("known_until")), name="people_past_was_known"
            ),
        ]
        indexes = [
            models.Index(fields=["person_id"], name="people_past_person"),
            models.Index(fields=["household_id"], name="people_past_household"),
            models.Index(fields=["known_until"], name="people_past_until"),
        ]

    def __str__(self) -> str:
        return f"{self.register} {self.row_id} until {self.known_until}"


class Merge(models.Model):
    """Two records found to be one person (档案合并), with all that moved, so that undoing restores it exactly."""

    survivor = models.ForeignKey(Person, models.PROTECT, related_name="+")
    absorbed = models.ForeignKey(Person, models.PROTECT, related_name="+")
    on = models.DateField()
    reason = models.TextField()
    moved = models.JSONField()
    merged_at = models.DateTimeField(auto_now_add=True)
    undone_on = models.DateField(null=True)
    undone_reason = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["absorbed"], condition=Q(undone_on__isnull=True), name="people_merged_once"
            ),
            models.CheckConstraint(condition=~Q(survivor=F("absorbed")), name="people_merge_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.absorbed_id} → {self.survivor_id}"


class Attendance(models.Model):
    """Somebody whom an official or a helper attends to (接待、代办) and therefore sees although they live elsewhere.

    A client from another district shows the whole number and the name at the counter, or gave a mandate. The sight
    ends when the next client comes, by itself at `until`; it lets read and never write. Only the guarded functions of
    `attendance` add rows.
    """

    class Way(models.TextChoices):
        IDENTIFIED = "identified", "出示证件"
        MEMBER = "member", "共同生活的家庭成员"
        MANDATE = "mandate", "凭委托"

    person = models.ForeignKey(Person, models.PROTECT, related_name="attendances")
    post_id = models.BigIntegerField(null=True)
    helper_id = models.BigIntegerField(null=True)
    way = models.TextField(choices=Way.choices)
    purpose = models.TextField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(post_id__isnull=False, helper_id__isnull=True)
                | Q(post_id__isnull=True, helper_id__isnull=False),
                name="people_attendance_of_one",
            )
        ]
        indexes = [
            models.Index(
                fields=["post_id"], condition=Q(closed_at__isnull=True), name="people_attendance_post"
            ),
            models.Index(
                fields=["helper_id"], condition=Q(closed_at__isnull=True), name="people_attendance_helper"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post_id or self.helper_id} attends {self.person_id}"


class HouseholdMark(models.Model):
    """A household that a change of the register may have changed for the rules; `marks` reads and takes them.

    Triggers write it within the change's own transaction. A negative number is the one-person household of a person, as
    in the snapshot; null stands for everybody. Rows are only added, and removed by whoever evaluated the household anew.
    """

    household_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.household_id} {self.at}"
