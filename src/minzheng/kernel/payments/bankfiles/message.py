"""What every file for the bank says about itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from minzheng.kernel.payments.bankfiles.payer import Payer


@dataclass(frozen=True, slots=True)
class Message:
    """The batch as the bank reads it: number, control sums, day, payer."""

    message_id: str
    count: int
    total_fen: int
    on: date
    payer: Payer
