"""What the bank answers (银行回盘): read, held against the orders, posted once; returned money is re-issued or given up."""

from minzheng.kernel.payments.returns.importing import ReturnReport, confirm_paid, import_returns
from minzheng.kernel.payments.returns.reasons import REASONS, reason_text
from minzheng.kernel.payments.returns.reissuing import (
    Correction,
    correct_account,
    correct_accounts_many,
    give_up,
    give_up_many,
    reissue,
    reissue_many,
)

__all__ = [
    "REASONS",
    "Correction",
    "ReturnReport",
    "confirm_paid",
    "correct_account",
    "correct_accounts_many",
    "give_up",
    "give_up_many",
    "import_returns",
    "reason_text",
    "reissue",
    "reissue_many",
]
