"""What the bank answers (银行回盘): read, held against the orders, posted once; returned money is re-issued or given up."""

from minzheng.kernel.payments.returns.importing import ReturnReport, confirm_paid, import_returns
from minzheng.kernel.payments.returns.reasons import REASONS, reason_text
from minzheng.kernel.payments.returns.reissuing import correct_account, give_up, reissue

__all__ = [
    "REASONS",
    "ReturnReport",
    "confirm_paid",
    "correct_account",
    "give_up",
    "import_returns",
    "reason_text",
    "reissue",
]
