"""Settling what was overpaid (多发处理): what two officials decided, what was set off, what came back, and the letters.

Everything here is only added, except a decision's state. The rows explain `Overpayment.recovered_fen` and
`written_off_fen` to the fen, and each has its entry in the ledger.
"""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Settlement(models.Model):
    """What is to become of everything one person was overpaid (多发处理决定): proposed by one, approved by another.

    `addressee` reads the letter: the person, or the member of the family to whom a dead person's letter goes.
    `monthly_fen` is the instalment of a recovery; a set-off is limited by the working rule instead.
    """

    class Way(models.TextChoices):
        SET_OFF = "set_off", _("从以后的发放中抵扣")
        RECOVERY = "recovery", _("请家庭退回")
        WAIVER = "waiver", _("免予追回")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待复核")
        APPROVED = "approved", _("已决定")
        REFUSED = "refused", _("未同意")
        REPLACED = "replaced", _("已由新决定代替")

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    addressee = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")
    division_code = models.TextField(db_collation="C")
    way = models.TextField(choices=Way.choices)
    amount_fen = models.BigIntegerField()
    monthly_fen = models.BigIntegerField(null=True)
    reason = models.TextField()
    state = models.TextField(choices=State.choices, default=State.PROPOSED)
    proposed_by = models.ForeignKey("access.Official", models.PROTECT, related_name="+")
    proposed_on = models.DateField()
    decided_by = models.ForeignKey("access.Official", models.PROTECT, null=True, related_name="+")
    decided_on = models.DateField(null=True)
    answer = models.TextField(blank=True, default="")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(state="proposed"),
                name="payments_settlement_one_waits",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(state="approved"),
                name="payments_settlement_one_holds",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True) | ~models.Q(decided_by=models.F("proposed_by")),
                name="payments_settlement_two_officials",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_fen__gt=0)
                & (models.Q(monthly_fen__isnull=True) | models.Q(monthly_fen__gt=0)),
                name="payments_settlement_amounts",
            ),
        ]
        indexes = [
            models.Index(fields=["division_code", "state"], name="payments_settlement_place"),
            models.Index(fields=["addressee"], name="payments_settlement_reader"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.way} {self.state}"


class SettlementPart(models.Model):
    """One overpaid month that a decision covers, with what was to be settled of it when it was proposed."""

    settlement = models.ForeignKey(Settlement, models.PROTECT, related_name="parts")
    overpayment = models.ForeignKey("awards.Overpayment", models.PROTECT, related_name="parts")
    amount_fen = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["settlement", "overpayment"], name="payments_part_once"),
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="payments_part_positive"),
        ]


class Offset(models.Model):
    """What was not paid out of one month because it settles an overpaid one (轧差、抵扣).

    `netting` sets arrears against overpayments of the same person, whole; `deduction` takes from a regular payment up
    to the working rule, by an approved decision.
    """

    class Kind(models.TextChoices):
        NETTING = "netting", _("补发与多发轧差")
        DEDUCTION = "deduction", _("从当月发放中抵扣")

    award = models.ForeignKey("awards.Award", models.PROTECT, related_name="offsets")
    benefit_month = models.DateField()
    overpayment = models.ForeignKey("awards.Overpayment", models.PROTECT, related_name="offsets")
    kind = models.TextField(choices=Kind.choices)
    amount_fen = models.BigIntegerField()
    budget_line = models.TextField()
    on = models.DateField()
    accounting_month = models.DateField()
    programme = models.TextField()
    division_code = models.TextField(db_collation="C")
    person_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="payments_offset_positive")
        ]
        indexes = [
            models.Index(fields=["award", "benefit_month"], name="payments_offset_month"),
            models.Index(fields=["person_id"], name="payments_offset_person"),
        ]


class Repayment(models.Model):
    """Money that came back for one overpaid month (退回款); one receipt may be spread over several months."""

    settlement = models.ForeignKey(Settlement, models.PROTECT, related_name="repayments")
    overpayment = models.ForeignKey("awards.Overpayment", models.PROTECT, related_name="repayments")
    receipt = models.TextField()
    amount_fen = models.BigIntegerField()
    on = models.DateField()
    accounting_month = models.DateField()
    received_by = models.ForeignKey("access.Official", models.PROTECT, related_name="+")
    programme = models.TextField()
    division_code = models.TextField(db_collation="C")
    person_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["receipt", "overpayment"], name="payments_repayment_once"),
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="payments_repayment_positive"),
        ]
        indexes = [models.Index(fields=["person_id"], name="payments_repayment_person")]


class AccountLetter(models.Model):
    """A letter about money that was paid wrongly, late or for an event (多发、补发、按事件发放告知书), kept as issued.

    `about` names what a letter of many is about, such as `grants.activation:3`; each person gets one of it.
    """

    class Kind(models.TextChoices):
        SETTLEMENT = "settlement", _("多发处理告知书")
        ARREARS = "arrears", _("补发告知书")
        EVENT = "event", _("按事件发放告知书")

    kind = models.TextField(choices=Kind.choices)
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    addressee = models.ForeignKey("people.Person", models.PROTECT, null=True, related_name="+")
    settlement = models.ForeignKey(Settlement, models.PROTECT, null=True, related_name="letters")
    number = models.TextField()
    title = models.TextField()
    content = models.JSONField()
    code = models.TextField()
    issued_on = models.DateField()
    division_code = models.TextField(db_collation="C")
    about = models.TextField(blank=True, default="", db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "about"],
                condition=~models.Q(about=""),
                name="payments_letter_once_about",
            )
        ]
        indexes = [
            models.Index(fields=["person"], name="payments_letter_person"),
            models.Index(fields=["addressee"], name="payments_letter_addressee"),
            models.Index(fields=["division_code"], name="payments_letter_place"),
            models.Index(fields=["code"], name="payments_letter_code"),
        ]
