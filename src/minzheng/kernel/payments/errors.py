"""Refusals of the payments block, each saying what stands in the way and what to do next."""

from __future__ import annotations

from minzheng.kernel.refusals import Refusal


class PaymentRefused(Refusal):
    """A payment action was refused; the text is for the official who asked."""


class NothingToPay(PaymentRefused):
    """No drafted order waits for this programme and month."""


class SameOfficer(PaymentRefused):
    """The official who prepared a batch, or is paid by it, may not approve it."""


class NotReady(PaymentRefused):
    """The batch is not in the state this step needs."""


class BatchChanged(PaymentRefused):
    """The batch's orders no longer add up to what was prepared."""


class MonthClosed(PaymentRefused):
    """The accounting month is closed."""


class MonthOpenItems(PaymentRefused):
    """The month cannot be closed: batches of it are not settled."""

    def __init__(self, message: str, items: list[str]) -> None:
        super().__init__(message)
        self.items = items


class DuplicateAnswer(PaymentRefused):
    """The bank's number of this answer was already imported with other content."""


class UnreadableAnswer(PaymentRefused):
    """The bank's file does not follow the contract."""
