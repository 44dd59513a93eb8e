"""The verbs of paying, in the order in which a month uses them."""

from minzheng.kernel.payments.bankfiles import export_batch
from minzheng.kernel.payments.batches import approve_batch, prepare_batch, withdraw_batch
from minzheng.kernel.payments.closing import close_month
from minzheng.kernel.payments.drafting import DraftReport, draft_orders
from minzheng.kernel.payments.returns import (
    Correction,
    ReturnReport,
    confirm_paid,
    correct_account,
    correct_accounts_many,
    give_up,
    give_up_many,
    import_returns,
    reissue,
    reissue_many,
)
from minzheng.kernel.payments.settling.decisions import (
    approve_settlement,
    propose_settlement,
    receive_repayment,
    refuse_settlement,
)
from minzheng.kernel.payments.verification import Verification, verify_ledger

__all__ = [
    "Correction",
    "DraftReport",
    "ReturnReport",
    "Verification",
    "approve_batch",
    "approve_settlement",
    "close_month",
    "confirm_paid",
    "correct_account",
    "correct_accounts_many",
    "draft_orders",
    "export_batch",
    "give_up",
    "give_up_many",
    "import_returns",
    "prepare_batch",
    "propose_settlement",
    "receive_repayment",
    "refuse_settlement",
    "reissue",
    "reissue_many",
    "verify_ledger",
    "withdraw_batch",
]
