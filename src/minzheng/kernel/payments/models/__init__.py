"""What the payments block remembers: orders, batches and bank files, the bank's answers, the ledger, closed months."""

from minzheng.kernel.payments.models.answers import ReturnFile, ReturnRow
from minzheng.kernel.payments.models.batches import BankFile, Batch
from minzheng.kernel.payments.models.ledger import MonthClose, Transfer
from minzheng.kernel.payments.models.orders import Order

__all__ = [
    "BankFile",
    "Batch",
    "MonthClose",
    "Order",
    "ReturnFile",
    "ReturnRow",
    "Transfer",
]
