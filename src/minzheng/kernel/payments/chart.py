"""The chart of accounts (会计科目) and what each kind of transfer debits and credits.

Names and codes follow the accounts of 政府会计制度 (财会〔2017〕25号) that a civil-affairs bureau keeps for subsidies. Each
budget line has its own account, each programme its own payable, so that any fen can be followed from the budget line
through the order to the bank's answer.
"""

from __future__ import annotations

from dataclasses import dataclass

CLEARING = "bank:clearing"


@dataclass(frozen=True, slots=True)
class Account:
    """One kind of account: the prefix of its code, its official name and code, and the side it normally stands on."""

    prefix: str
    name: str
    statutory_code: str
    normal_side: str
    meaning: str


CHART = (
    Account(
        "budget",
        "业务活动费用——对个人和家庭的补助费用",
        "5001",
        "debit",
        "预算项目的支出，每条预算线一个明细",
    ),
    Account("payable", "应付政府补贴款", "2305", "credit", "已复核、尚未送银行的应付款"),
    Account("bank:clearing", "其他货币资金——代发在途", "1021", "credit", "已送银行、银行尚未确认的款项"),
    Account("paid", "零余额账户用款额度", "1011", "credit", "银行确认已到账的款项"),
    Account("returned", "其他应付款——退票待处理", "2307", "credit", "银行退回、等待重发或退回预算的款项"),
    Account("receivable", "其他应收款——应追回多发待遇", "1218", "debit", "已发放、后来查明不应发放的款项"),
    Account("recovered", "银行存款——追回多发待遇", "1002", "debit", "个人或家庭退回的多发款项"),
    Account("written_off", "其他费用——免予追回", "5901", "debit", "经两人决定不再追回的多发款项"),
)


def account_name(code: str) -> str:
    """The official name of an account with its detail: `payable:x` → 应付政府补贴款——x.

    >>> account_name("payable:old_age_allowance"), account_name("bank:clearing")
    ('应付政府补贴款——old_age_allowance', '其他货币资金——代发在途')
    """
    if code == CLEARING:
        return next(account.name for account in CHART if account.prefix == CLEARING)
    prefix, _, detail = code.partition(":")
    for account in CHART:
        if account.prefix == prefix:
            return f"{account.name}——{detail}"
    return code


# SQL over an order `o` for (debit, credit) of each kind. A re-issue does not burden the budget a second time: its money
# is what came back. A return takes back whichever step the bank had reached.
BUDGET = "'budget:' || o.budget_line"
PAYABLE = "'payable:' || o.programme"
PAID = "'paid:' || o.programme"
RETURNED = "'returned:' || o.programme"
IN_TRANSIT = f"'{CLEARING}'"
# Where an order's money comes from at approval.
FUNDED_BY = f"CASE o.kind WHEN 'reissue' THEN {RETURNED} ELSE {BUDGET} END"

# Over an overpaid month `v`: what each kind debits and credits. A set-off charges the budget of the month that pays it.
RECEIVABLE = "'receivable:' || v.programme"
FROM_BUDGET = "'budget:' || v.budget_line"
WRITTEN_OFF = "'written_off:' || v.programme"
SETTLING = {
    "claim": (RECEIVABLE, FROM_BUDGET),
    "unclaim": (FROM_BUDGET, RECEIVABLE),
    "write_off": (WRITTEN_OFF, RECEIVABLE),
    "restore": (RECEIVABLE, WRITTEN_OFF),
    "repay": ("'recovered:' || v.programme", RECEIVABLE),
}

POSTINGS = {
    "commit": (FUNDED_BY, PAYABLE),
    "send": (PAYABLE, IN_TRANSIT),
    "settle": (IN_TRANSIT, PAID),
    "return": (f"CASE o.state WHEN 'paid' THEN {PAID} ELSE {IN_TRANSIT} END", RETURNED),
    "give_up": (RETURNED, BUDGET),
}
