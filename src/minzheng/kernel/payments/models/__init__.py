"""What the payments block remembers: orders, batches and bank files, the bank's answers, the ledger, closed months,
what was overpaid and how it was settled."""

from minzheng.kernel.payments.models.answers import ReturnFile, ReturnRow
from minzheng.kernel.payments.models.batches import BankFile, Batch
from minzheng.kernel.payments.models.ledger import MonthClose, Transfer, Turnover
from minzheng.kernel.payments.models.orders import Order
from minzheng.kernel.payments.models.settling import (
    AccountLetter,
    Offset,
    Repayment,
    Settlement,
    SettlementPart,
)

__all__ = [
    "AccountLetter",
    "BankFile",
    "Batch",
    "MonthClose",
    "Offset",
    "Order",
    "Repayment",
    "ReturnFile",
    "ReturnRow",
    "Settlement",
    "SettlementPart",
    "Transfer",
    "Turnover",
]
