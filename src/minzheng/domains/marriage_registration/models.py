"""What the marriage register remembers: entries that are only added, ties that never overlap, papers that balance.

An entry binds two people, so nothing here trusts the code that writes it: triggers open and end the ties of every entry in
the entry's own statement, refuse an act without a licence in force, and count each certificate paper (decision 0019).
"""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from minzheng.domains.marriage_registration.agency_models import Agency, Campaign, Target  # noqa: F401
from minzheng.domains.marriage_registration.attachment_models import Attachment  # noqa: F401
from minzheng.kernel.access.models import Official
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.people.models import Person

OFFICE = "marriage_office"
"""`Facility.kind` of a registry office (婚姻登记处)."""


class Kind(models.TextChoices):
    """What an entry records; reissues and certificates are no registrations in the statistics."""

    MARRIAGE = "marriage", _("结婚登记")
    DIVORCE = "divorce", _("离婚登记")
    REISSUE = "reissue", _("补领婚姻登记证")
    CORRECTION = "correction", _("更正")
    REVOCATION = "revocation", _("撤销婚姻")
    NO_RECORD = "no_record", _("无婚姻登记记录证明")
    ARCHIVE = "archive", _("历史结婚档案")
    ARCHIVE_DIVORCE = "archive_divorce", _("历史离婚档案")


class Nationality(models.TextChoices):
    """Whose law and papers a party brings; anybody but a mainland resident goes to the city's office."""

    MAINLAND = "mainland", _("内地居民")
    HONG_KONG = "hk", _("香港居民")
    MACAU = "macau", _("澳门居民")
    TAIWAN = "taiwan", _("台湾居民")
    OVERSEAS = "overseas", _("华侨")
    FOREIGN = "foreign", _("外国人")


class Side(models.TextChoices):
    MAN = "man", _("男方")
    WOMAN = "woman", _("女方")


class Pair(models.Model):
    """The two parties as they stood that day; a later change of name or hukou never reaches back."""

    office = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    division_code = models.TextField(
        db_collation="C", help_text="the office's district; 310000 for the city's"
    )
    man_person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    man_name = models.TextField(default="")
    man_identifier_kind = models.TextField(default="citizen")
    man_identifier = models.TextField(default="", db_collation="C")
    man_nationality = models.TextField(choices=Nationality.choices, default=Nationality.MAINLAND)
    man_birth_date = models.DateField(null=True)
    man_hukou = models.TextField(default="", db_collation="C", help_text="district, empty outside the city")
    woman_person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    woman_name = models.TextField(default="")
    woman_identifier_kind = models.TextField(default="citizen")
    woman_identifier = models.TextField(default="", db_collation="C")
    woman_nationality = models.TextField(choices=Nationality.choices, default=Nationality.MAINLAND)
    woman_birth_date = models.DateField(null=True)
    woman_hukou = models.TextField(default="", db_collation="C", help_text="district, empty outside the city")

    class Meta:
        abstract = True


class RegistrarLicence(models.Model):
    """A registrar's licence (婚姻登记员资格证) and when it is in force; an act on any other day is refused."""

    official = models.ForeignKey(Official, models.PROTECT, related_name="marriage_licences")
    number = models.TextField(unique=True, db_collation="C")
    office = models.ForeignKey(Facility, models.PROTECT, related_name="registrar_licences")
    division_code = models.TextField(db_collation="C")
    during = DateRangeField()
    trained_on = models.DateField(null=True)
    reason = models.TextField(default="", help_text="why it ended early")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="marriage_one_licence_at_a_time",
                expressions=[
                    ("official", RangeOperators.EQUAL),
                    ("office", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return self.number


class Registration(Pair):
    """One entry of the register (婚姻登记), only added: a correction or revocation refers to the earlier entry."""

    number = models.TextField(unique=True, db_collation="C", help_text="e.g. J310107-2022-000123")
    kind = models.TextField(choices=Kind.choices)
    on = models.DateField()
    at = models.DateTimeField(db_default=Now())
    registrar = models.ForeignKey(Official, models.PROTECT, null=True, related_name="+")
    licence = models.ForeignKey(RegistrarLicence, models.PROTECT, null=True, related_name="+")
    man_serial = models.BigIntegerField(
        null=True, help_text="serial number of the certificate paper handed to him"
    )
    woman_serial = models.BigIntegerField(null=True)
    # Counted from the districts themselves: home to neither party, though to one of the city's. An old paper tells no hukou
    # of its day.
    is_cross_district = models.GeneratedField(
        expression=models.ExpressionWrapper(
            Q(kind__in=["marriage", "divorce"])
            & ~Q(division_code="310000")
            & ~Q(division_code=F("man_hukou"))
            & ~Q(division_code=F("woman_hukou"))
            & (~Q(man_hukou="") | ~Q(woman_hukou="")),
            output_field=models.BooleanField(),
        ),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    refers_to = models.ForeignKey("self", models.PROTECT, null=True, related_name="later")
    evidence = models.JSONField(
        default=dict, help_text="papers, declarations, checks and photograph of the act"
    )
    detail = models.JSONField(
        default=dict, help_text="what a correction changes, a court's judgment, a purpose"
    )
    source = models.TextField(default="民政")
    provenance = models.TextField(default="", help_text="illustrative for synthetic entries, else empty")

    class Meta:
        indexes = [
            models.Index(fields=["division_code", "on", "kind"], name="marriage_reg_office_day"),
            models.Index(fields=["on", "kind"], name="marriage_reg_day"),
            models.Index(fields=["man_identifier"], name="marriage_reg_man_number"),
            models.Index(fields=["woman_identifier"], name="marriage_reg_woman_number"),
            models.Index(fields=["man_name"], name="marriage_reg_man_name"),
            models.Index(fields=["woman_name"], name="marriage_reg_woman_name"),
            models.Index(fields=["man_hukou"], name="marriage_reg_man_hukou"),
            models.Index(fields=["woman_hukou"], name="marriage_reg_woman_hukou"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=Kind.NO_RECORD) & (~Q(man_name="") | ~Q(woman_name=""))
                | ~Q(man_name="") & ~Q(woman_name=""),
                name="marriage_reg_names_both",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=[Kind.CORRECTION, Kind.REVOCATION, Kind.REISSUE])
                | Q(refers_to__isnull=False),
                name="marriage_reg_refers",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[Kind.ARCHIVE, Kind.ARCHIVE_DIVORCE])
                | Q(registrar__isnull=False, licence__isnull=False),
                name="marriage_reg_by_registrar",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=[Kind.MARRIAGE, Kind.DIVORCE])
                | Q(man_serial__isnull=False, woman_serial__isnull=False),
                name="marriage_reg_two_certificates",
            ),
            # A marriage ends once: by one divorce or one revocation.
            models.UniqueConstraint(
                fields=["refers_to"],
                condition=Q(kind__in=[Kind.DIVORCE, Kind.ARCHIVE_DIVORCE, Kind.REVOCATION]),
                name="marriage_reg_ended_once",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class MaritalTie(models.Model):
    """Who is married, from when to when: written by the database with each entry, so none can be forgotten.

    Two entries that would marry one person twice cannot both be stored: neither by the person's record nor by the number.
    """

    registration = models.ForeignKey(Registration, models.PROTECT, related_name="ties")
    side = models.TextField(choices=Side.choices)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="marital_ties")
    identifier_kind = models.TextField()
    identifier = models.TextField(db_collation="C")
    spouse_person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    division_code = models.TextField(db_collation="C")
    during = DateRangeField()
    is_void = models.BooleanField(
        default=False, help_text="the marriage was revoked and never bound (自始无效)"
    )
    ended_by = models.ForeignKey(Registration, models.PROTECT, null=True, related_name="+")
    end_reason = models.TextField(default="", help_text="divorce, death or revocation")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="marriage_tie_one_per_person",
                expressions=[("person", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=Q(person__isnull=False, is_void=False),
            ),
            ExclusionConstraint(
                name="marriage_tie_one_per_number",
                expressions=[
                    ("identifier_kind", RangeOperators.EQUAL),
                    ("identifier", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=~Q(identifier="") & Q(is_void=False),
            ),
            models.UniqueConstraint(fields=["registration", "side"], name="marriage_tie_side_once"),
        ]

    def __str__(self) -> str:
        return f"{self.registration_id} {self.side}"


class DivorceState(models.TextChoices):
    PENDING = "pending", _("冷静期或待领证")
    WITHDRAWN = "withdrawn", _("已撤回")
    LAPSED = "lapsed", _("逾期视为撤回")
    REGISTERED = "registered", _("已登记")


class DivorceApplication(Pair):
    """An application for divorce by agreement with its two periods of thirty days (离婚登记申请, 民法典 第1077条)."""

    number = models.TextField(unique=True, db_collation="C")
    registrar = models.ForeignKey(Official, models.PROTECT, related_name="+")
    marriage = models.ForeignKey(Registration, models.PROTECT, null=True, related_name="divorce_applications")
    marriage_certificate = models.TextField(default="", help_text="number of a certificate issued elsewhere")
    received_on = models.DateField()
    cooling_first = models.DateField(help_text="first day of the period in which either may withdraw")
    cooling_last = models.DateField()
    collect_first = models.DateField(help_text="first day on which both may collect the certificate")
    collect_last = models.DateField()
    agreement = models.JSONField(help_text="children, property, debts: the parties' own words")
    evidence = models.JSONField(default=dict)
    state = models.TextField(choices=DivorceState.choices, default=DivorceState.PENDING)
    closed_on = models.DateField(null=True)
    withdrawn_by = models.TextField(choices=Side.choices, default="", blank=True)
    registration = models.OneToOneField(
        Registration, models.PROTECT, null=True, related_name="divorce_application"
    )

    class Meta:
        indexes = [
            models.Index(fields=["division_code", "state", "collect_last"], name="marriage_divorce_queue"),
            models.Index(fields=["man_identifier"], name="marriage_divorce_man"),
            models.Index(fields=["woman_identifier"], name="marriage_divorce_woman"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(received_on__lt=F("cooling_first"))
                & Q(cooling_first__lt=F("cooling_last"))
                & Q(cooling_last__lt=F("collect_first"))
                & Q(collect_first__lt=F("collect_last")),
                name="marriage_divorce_periods",
            ),
            models.CheckConstraint(
                condition=Q(state=DivorceState.REGISTERED, registration__isnull=False)
                | ~Q(state=DivorceState.REGISTERED) & Q(registration__isnull=True),
                name="marriage_divorce_has_entry",
            ),
            models.UniqueConstraint(
                fields=["man_identifier", "woman_identifier"],
                condition=Q(state=DivorceState.PENDING),
                name="marriage_divorce_one_pending",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Refusal(Pair):
    """A registration that was refused, with every rule that failed (不予登记, 婚姻登记条例 第七条)."""

    number = models.TextField(unique=True, db_collation="C")
    kind = models.TextField(choices=Kind.choices)
    on = models.DateField()
    registrar = models.ForeignKey(Official, models.PROTECT, related_name="+")
    reasons = models.JSONField(help_text="rule, article, words, words_en; what the parties may read")

    class Meta:
        indexes = [models.Index(fields=["division_code", "on"], name="marriage_refusal_day")]

    def __str__(self) -> str:
        return self.number


class RefusalClash(models.Model):
    """What a refusal clashes with (仅登记员可见): numbers of acts that may be a stranger's, which the couple may not read.

    It stands apart from the refusal, whose row the couple does read.
    """

    refusal = models.OneToOneField(Refusal, models.PROTECT, primary_key=True, related_name="clash")
    division_code = models.TextField(db_collation="C", help_text="the refusal's")
    acts = models.JSONField(help_text="rule → act numbers")

    def __str__(self) -> str:
        return str(self.refusal_id)


class ActCounter(models.Model):
    """The last number given out for a district, letter and year; numbers have no gaps."""

    division_code = models.TextField(db_collation="C")
    letter = models.TextField()
    year = models.SmallIntegerField()
    last = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["division_code", "letter", "year"], name="marriage_counter_once")
        ]

    def __str__(self) -> str:
        return f"{self.letter}{self.division_code}-{self.year}"


class Paper(models.TextChoices):
    """Which certificate a printed paper is."""

    MARRIAGE = "marriage", _("结婚证")
    DIVORCE = "divorce", _("离婚证")


class StockReceipt(models.Model):
    """Certificate papers that an office received: a run of serial numbers (证书入库)."""

    office = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    division_code = models.TextField(db_collation="C")
    paper = models.TextField(choices=Paper.choices)
    serials = BigIntegerRangeField(help_text="upper bound excluded")
    on = models.DateField()
    received_by = models.ForeignKey(Official, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="marriage_serials_received_once",
                expressions=[("paper", RangeOperators.EQUAL), ("serials", RangeOperators.OVERLAPS)],
            )
        ]

    def __str__(self) -> str:
        return f"{self.paper} {self.serials}"


class CertificateUse(models.Model):
    """What became of one certificate paper: handed out with an entry, or spoiled (用证、废证); once for each serial."""

    class State(models.TextChoices):
        USED = "used", _("已颁发")
        SPOILED = "spoiled", _("作废")

    office = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    division_code = models.TextField(db_collation="C")
    paper = models.TextField(choices=Paper.choices)
    serial = models.BigIntegerField()
    state = models.TextField(choices=State.choices)
    registration = models.ForeignKey(Registration, models.PROTECT, null=True, related_name="certificates")
    on = models.DateField()
    reason = models.TextField(default="")

    class Meta:
        indexes = [models.Index(fields=["office", "paper", "serial"], name="marriage_use_office")]
        constraints = [
            models.UniqueConstraint(fields=["paper", "serial"], name="marriage_serial_once"),
            models.CheckConstraint(
                condition=Q(state="used", registration__isnull=False)
                | Q(state="spoiled", registration__isnull=True) & ~Q(reason=""),
                name="marriage_use_explained",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.paper} {self.serial} {self.state}"


class CertificateStock(models.Model):
    """How an office's papers stand; the database writes it and keeps received = used + spoiled + left."""

    office = models.ForeignKey(Facility, models.PROTECT, related_name="certificate_stock")
    division_code = models.TextField(db_collation="C")
    paper = models.TextField(choices=Paper.choices)
    received = models.BigIntegerField(default=0)
    used = models.BigIntegerField(default=0)
    spoiled = models.BigIntegerField(default=0)
    left = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "paper"], name="marriage_stock_once"),
            models.CheckConstraint(
                condition=Q(received=F("used") + F("spoiled") + F("left")) & Q(left__gte=0),
                name="marriage_stock_balances",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office_id} {self.paper}"


class Publication(models.Model):
    """An entry still to be told to the register of people and to partners (发布): written with the entry, told once."""

    registration = models.OneToOneField(Registration, models.PROTECT, related_name="publication")
    division_code = models.TextField(db_collation="C")
    written_at = models.DateTimeField(db_default=Now())
    told_at = models.DateTimeField(null=True)
    outcome = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["id"], condition=Q(told_at__isnull=True), name="marriage_untold"),
        ]

    def __str__(self) -> str:
        return f"{self.registration_id} {self.told_at or ''}"


class Draw(models.Model):
    """A month's sample of an office's files (抽查), which anybody can draw again from seed, list and size."""

    office = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    division_code = models.TextField(db_collation="C")
    month = models.DateField()
    drawn_on = models.DateField()
    seed = models.TextField(help_text="public: the order of files is by SHA-256 of seed and act number")
    population = models.IntegerField()
    population_sha256 = models.TextField()
    size = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "month"], name="marriage_draw_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="marriage_draw_month"),
        ]

    def __str__(self) -> str:
        return f"{self.office_id} {self.month:%Y-%m}"


class SampledFile(models.Model):
    """One file of a draw, and what its review found; an empty list of faults after the review is a clean file."""

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="files")
    division_code = models.TextField(db_collation="C")
    registration = models.ForeignKey(Registration, models.PROTECT, related_name="+")
    reviewed_by = models.ForeignKey(Official, models.PROTECT, null=True, related_name="+")
    reviewed_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draw", "registration"], name="marriage_sampled_once")]

    def __str__(self) -> str:
        return f"{self.draw_id} {self.registration_id}"


class FileFault(models.Model):
    """A fault found in a file, booked to the office and the clause it breaks (档案差错)."""

    file = models.ForeignKey(SampledFile, models.PROTECT, related_name="faults")
    office = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    division_code = models.TextField(db_collation="C")
    clause = models.TextField(help_text="a code of clauses.yaml")
    words = models.TextField()
    found_on = models.DateField()
    mended_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["office", "clause"], name="marriage_fault_office")]

    def __str__(self) -> str:
        return f"{self.clause} {self.file_id}"
