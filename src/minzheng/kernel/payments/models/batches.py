"""Batches (发放批次): what two officials approve together, and the files that carry them to the bank."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Batch(models.Model):
    """The orders of one programme paid together in one accounting month; prepared by one, approved by another."""

    class State(models.TextChoices):
        PREPARED = "prepared", _("待复核")
        APPROVED = "approved", _("已复核")
        SENT = "sent", _("已送银行")
        SETTLED = "settled", _("已结清")
        WITHDRAWN = "withdrawn", _("已撤回")

    programme = models.TextField()
    accounting_month = models.DateField()
    division_code = models.TextField(db_collation="C")
    number = models.IntegerField()
    state = models.TextField(choices=State.choices, default=State.PREPARED)
    orders_count = models.IntegerField()
    total_fen = models.BigIntegerField()
    prepared_by = models.ForeignKey("access.Official", models.PROTECT, related_name="+")
    prepared_on = models.DateField()
    approved_by = models.ForeignKey("access.Official", models.PROTECT, null=True, related_name="+")
    approved_on = models.DateField(null=True)
    sent_on = models.DateField(null=True)
    settled_on = models.DateField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "accounting_month", "division_code", "number"], name="payments_batch_key"
            ),
            models.CheckConstraint(
                condition=models.Q(approved_by__isnull=True) | ~models.Q(approved_by=models.F("prepared_by")),
                name="payments_batch_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["prepared", "withdrawn"])
                | models.Q(approved_by__isnull=False, approved_on__isnull=False),
                name="payments_batch_approved_before_sent",
            ),
            models.CheckConstraint(condition=models.Q(orders_count__gt=0), name="payments_batch_not_empty"),
        ]

    def __str__(self) -> str:
        return self.message_id

    @property
    def message_id(self) -> str:
        """The batch's number at the bank (报文标识号): the same for every file made of it."""
        return f"MZ{self.accounting_month:%Y%m}B{self.pk}"


class BankFile(models.Model):
    """A file made for the bank; its bytes lie in the file store under their SHA-256 and never change."""

    class Format(models.TextChoices):
        PAIN001 = "pain.001", "ISO 20022 pain.001.001.09"
        CSV = "csv", _("银行代发清单 CSV")

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="files")
    format = models.TextField(choices=Format.choices)
    # The bank takes one file of a batch; a later one in another format is a copy for reading, marked so.
    is_instruction = models.BooleanField()
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    orders_count = models.IntegerField()
    total_fen = models.BigIntegerField()
    exported_by = models.ForeignKey("access.Official", models.PROTECT, related_name="+")
    exported_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "format"], name="payments_bankfile_once"),
            models.UniqueConstraint(
                fields=["batch"],
                condition=models.Q(is_instruction=True),
                name="payments_bankfile_one_instruction",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name the file is offered under."""
        return f"{self.batch.message_id}.{'xml' if self.format == self.Format.PAIN001 else 'csv'}"
