"""The bank's answers (银行回盘): each file once, each row with what was made of it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReturnFile(models.Model):
    """One answer of the bank, known by its bytes and by the number the bank gave it."""

    sha256 = models.CharField(max_length=64, unique=True)
    message_id = models.TextField(unique=True)
    name = models.TextField()
    format = models.TextField()
    imported_by = models.ForeignKey("access.Official", models.PROTECT, null=True, related_name="+")
    imported_on = models.DateField()
    accounting_month = models.DateField()
    rows = models.IntegerField(default=0)
    settled = models.IntegerField(default=0)
    returned = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)

    def __str__(self) -> str:
        return self.message_id


class ReturnRow(models.Model):
    """One row of an answer: settled, returned (an open item until it is re-issued or given up), or refused with why."""

    class Outcome(models.TextChoices):
        SETTLED = "settled", _("已到账")
        RETURNED = "returned", _("已退票")
        REPEATED = "repeated", _("已处理过，未再入账")
        UNREADABLE = "unreadable", _("无法识别")
        UNKNOWN_ORDER = "unknown_order", _("没有这笔支付指令")
        WRONG_AMOUNT = "wrong_amount", _("金额与支付指令不符")
        NOT_SENT = "not_sent", _("该笔尚未送银行")
        CONTRADICTION = "contradiction", _("与已入账的结果矛盾")

    class State(models.TextChoices):
        DONE = "done", _("已办结")
        OPEN = "open", _("待处理")
        REISSUED = "reissued", _("已重发")
        GIVEN_UP = "given_up", _("不再支付")

    file = models.ForeignKey(ReturnFile, models.DO_NOTHING, db_constraint=False, related_name="answers")
    row_number = models.IntegerField()
    end_to_end_id = models.TextField()
    amount_text = models.TextField()
    result = models.TextField()
    reason_code = models.TextField(blank=True)
    message = models.TextField(blank=True)
    outcome = models.TextField(choices=Outcome.choices)
    state = models.TextField(choices=State.choices, default=State.DONE)
    order = models.ForeignKey(
        "payments.Order", models.DO_NOTHING, db_constraint=False, null=True, related_name="answers"
    )
    division_code = models.TextField(db_collation="C")
    programme = models.TextField(blank=True)

    class Meta:
        constraints = [
            # The bank cannot send the same money back twice.
            models.UniqueConstraint(
                fields=["order"], condition=models.Q(outcome="returned"), name="payments_returnrow_once"
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="returned") | models.Q(state="done"),
                name="payments_returnrow_open_return",
            ),
        ]
        indexes = [
            models.Index(
                fields=["programme", "id"], name="payments_returnrow_open", condition=models.Q(state="open")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_id}:{self.row_number}"
