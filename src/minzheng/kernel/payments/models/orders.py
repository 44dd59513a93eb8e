"""Payment orders (支付指令): one row says that one award is paid one sum for one month to one account.

The key (award, benefit month, sequence) is what keeps anyone from being paid twice: sequence 0 is the month's own
payment, whether it is made in its month or later as arrears, and further sequences are corrections and re-issues.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Order(models.Model):
    """One payment order. Its payee, account and amount are a snapshot, frozen once it is in a batch."""

    class Kind(models.TextChoices):
        REGULAR = "regular", _("当月发放")
        ARREARS = "arrears", _("补发")
        CORRECTION = "correction", _("差额补发")
        REISSUE = "reissue", _("退票重发")

    class State(models.TextChoices):
        DRAFTED = "drafted", _("待入批")
        HELD = "held", _("暂缓")
        IN_BATCH = "in_batch", _("已入批")
        SENT = "sent", _("已送银行")
        PAID = "paid", _("已到账")
        RETURNED = "returned", _("已退票")
        REISSUED = "reissued", _("已重发")
        CANCELLED = "cancelled", _("已取消")

    class Hold(models.TextChoices):
        NONE = "", ""
        NO_ACCOUNT = "no_account", _("没有可用的银行账户")
        NO_NAME = "no_name", _("没有领款人姓名")
        BAD_ACCOUNT = "bad_account", _("银行账号格式不对")
        PAYEE_DEAD = "payee_dead", _("领款人已死亡，须指定新的领款人")
        PAYEE_MERGED = "payee_merged", _("档案已合并，同一待遇重复，须终止其一")

    # No foreign-key triggers on the four references below: a month end writes them by the hundred thousand from the
    # very rows they name, nobody may delete those, and `ledger verify` proves that none is missing.
    award = models.ForeignKey(
        "awards.Award", models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    person = models.ForeignKey(
        "people.Person", models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    batch = models.ForeignKey(
        "payments.Batch",
        models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        related_name="orders",
    )
    original = models.ForeignKey(
        "self", models.DO_NOTHING, db_constraint=False, db_index=False, null=True, related_name="followers"
    )
    programme = models.TextField()
    benefit = models.TextField()
    budget_line = models.TextField()
    division_code = models.TextField(db_collation="C")
    benefit_month = models.DateField()
    accounting_month = models.DateField()
    kind = models.TextField(choices=Kind.choices)
    sequence = models.SmallIntegerField(default=0)
    amount_fen = models.BigIntegerField()
    payee_name = models.TextField()
    bank = models.TextField(blank=True)
    account_number = models.TextField(blank=True)
    state = models.TextField(choices=State.choices, default=State.DRAFTED)
    hold_reason = models.TextField(choices=Hold.choices, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["award", "benefit_month", "sequence"], name="payments_order_key"),
            models.UniqueConstraint(
                fields=["original"],
                condition=models.Q(kind="reissue"),
                name="payments_order_reissued_once",
            ),
            models.CheckConstraint(
                condition=models.Q(amount_fen__gt=0), name="payments_order_amount_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["regular", "arrears"], sequence=0, original__isnull=True)
                | models.Q(kind="correction", sequence__gt=0, original__isnull=False)
                | models.Q(kind="reissue", sequence__gt=0, original__isnull=False),
                name="payments_order_kind_fits_sequence",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["drafted", "held"], batch__isnull=True)
                | models.Q(state="cancelled")
                | models.Q(
                    state__in=["in_batch", "sent", "paid", "returned", "reissued"], batch__isnull=False
                ),
                name="payments_order_state_fits_batch",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["drafted", "in_batch", "sent", "paid"])
                | ~models.Q(account_number=""),
                name="payments_order_account_known",
            ),
        ]
        indexes = [
            models.Index(fields=["person"], name="payments_order_person"),
            # A batch is found by its month and programme, most of whose orders it holds. With no index on the batch
            # itself, putting an order into one leaves every index alone.
            models.Index(
                fields=["accounting_month", "programme", "division_code"], name="payments_order_month_place"
            ),
        ]

    def __str__(self) -> str:
        return self.end_to_end_id

    @property
    def end_to_end_id(self) -> str:
        """The order's number at the bank (端到端标识): made of its key alone, so a repeat carries the same one."""
        return f"A{self.award_id}M{self.benefit_month:%Y%m}S{self.sequence}"

    @property
    def account_masked(self) -> str:
        """The account as screens show it: the last four digits."""
        return "•••• " + self.account_number[-4:] if self.account_number else ""
