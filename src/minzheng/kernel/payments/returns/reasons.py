"""Why a bank sends money back (退票原因): ISO 20022 external status reason codes, in words for an official."""

from __future__ import annotations

REASONS = {
    "AC01": "账号有误",
    "AC04": "账户已销户",
    "AC06": "账户被冻结或止付",
    "AC13": "账户类型不能收款",
    "AG01": "该账户不允许此类交易",
    "AM02": "超过账户收款限额",
    "BE01": "户名与账号不符",
    "MD07": "收款人已死亡",
    "MS03": "银行未说明原因",
    "NARR": "见银行附言",
}


def reason_text(code: str) -> str:
    """The reason in Chinese; an unknown code is shown as the bank sent it."""
    return REASONS.get(code, f"银行代码 {code}" if code else "银行未说明原因")
