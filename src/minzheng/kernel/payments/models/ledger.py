"""The ledger (总账): transfers between two accounts, only ever added; and the months that are closed."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Transfer(models.Model):
    """One sum moved from one account to another (记账分录): debit and credit in one row, so it always balances."""

    class Kind(models.TextChoices):
        COMMIT = "commit", _("承付")
        SEND = "send", _("送银行")
        SETTLE = "settle", _("到账")
        RETURN = "return", _("退票")
        GIVE_UP = "give_up", _("退回预算")
        REVERSAL = "reversal", _("冲销")
        CLAIM = "claim", _("确认多发")
        UNCLAIM = "unclaim", _("多发减少")
        SET_OFF = "set_off", _("抵扣多发")
        REPAY = "repay", _("收回多发")
        WRITE_OFF = "write_off", _("免除多发")
        RESTORE = "restore", _("恢复已免除")

    debit_account = models.TextField()
    credit_account = models.TextField()
    amount_fen = models.BigIntegerField()
    kind = models.TextField(choices=Kind.choices)
    # An entry about an overpaid month names the order that paid it, if it was ours; it belongs to no batch.
    order = models.ForeignKey(
        "payments.Order",
        models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        related_name="transfers",
    )
    batch = models.ForeignKey(
        "payments.Batch",
        models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        related_name="transfers",
    )
    overpayment = models.ForeignKey(
        "awards.Overpayment",
        models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        related_name="transfers",
    )
    reverses = models.ForeignKey("self", models.DO_NOTHING, db_constraint=False, db_index=False, null=True)
    on = models.DateField()
    accounting_month = models.DateField()
    programme = models.TextField()
    division_code = models.TextField(db_collation="C")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount_fen__gt=0), name="payments_transfer_amount_positive"
            ),
            models.CheckConstraint(
                condition=~models.Q(debit_account=models.F("credit_account")),
                name="payments_transfer_two_accounts",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="reversal", reverses__isnull=False)
                | (~models.Q(kind="reversal") & models.Q(reverses__isnull=True)),
                name="payments_transfer_reversal_names_its_entry",
            ),
            models.CheckConstraint(
                condition=models.Q(order__isnull=False, batch__isnull=False, overpayment__isnull=True)
                | models.Q(batch__isnull=True, overpayment__isnull=False),
                name="payments_transfer_of_order_or_overpayment",
            ),
            # One posting of a kind for an order in a batch: a double click finds the first and adds nothing.
            models.UniqueConstraint(
                fields=["order", "kind", "batch"],
                condition=models.Q(reverses__isnull=True),
                name="payments_transfer_once",
            ),
            models.UniqueConstraint(
                fields=["reverses"],
                condition=models.Q(reverses__isnull=False),
                name="payments_transfer_reversed_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["overpayment"],
                condition=models.Q(overpayment__isnull=False),
                name="payments_transfer_overpayment",
            ),
            # Entries are added month by month, so what lies together is of one month; open months are read by it.
            BrinIndex(fields=["accounting_month"], name="payments_transfer_month", pages_per_range=32),
        ]

    def __str__(self) -> str:
        return f"{self.debit_account} ← {self.credit_account} {self.amount_fen}"


class MonthClose(models.Model):
    """A closed accounting month (结账): nothing in it changes any more; what comes later lands in an open month."""

    month = models.DateField(primary_key=True)
    closed_by = models.ForeignKey("access.Official", models.PROTECT, null=True, related_name="+")
    closed_on = models.DateField()
    recorded_at = models.DateTimeField(db_default=Now())
    orders_count = models.BigIntegerField()
    paid_fen = models.BigIntegerField()
    carried_count = models.BigIntegerField()
    ledger_sha256 = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class Turnover(models.Model):
    """What moved through an account in a closed month (发生额), by programme and district: the sum of entries that stay."""

    month = models.DateField()
    account = models.TextField()
    programme = models.TextField()
    division_code = models.TextField(db_collation="C")
    debit_fen = models.BigIntegerField()
    credit_fen = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["month", "account", "programme", "division_code"], name="payments_turnover_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.account} {self.division_code}"
