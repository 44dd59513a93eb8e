"""The plain list for the bank (银行代发清单): CSV in UTF-8 with a byte order mark, a control row at the end.

A name that begins like a formula is preceded by an apostrophe, so that a spreadsheet shows it as text.
"""

from __future__ import annotations

import csv
import io

from minzheng.kernel.money import format_yuan
from minzheng.kernel.payments.bankfiles.message import Message
from minzheng.kernel.payments.bankfiles.rows import END_TO_END, PURPOSE, YUAN, clean_sql

HEADER = ("付款指令号", "收款人户名", "收款人账号", "收款人开户行", "金额（元）", "币种", "用途")
IS_CSV = True
_LENGTH = 140


def _text_sql(column: str) -> str:
    plain = clean_sql(column, _LENGTH)
    return f"CASE WHEN ltrim({plain}, ' 　') ~ '^[-=+@＝＋－＠]' THEN '''' ELSE '' END || {plain}"


LINE = ", ".join(
    (
        END_TO_END,
        _text_sql("o.payee_name"),
        "o.account_number",
        _text_sql("o.bank"),
        YUAN,
        "'CNY'",
        _text_sql(f"({PURPOSE})"),
    )
)


def head(message: Message) -> bytes:
    """The lines before the first payment: message, day, payer; then the columns' names."""
    payer = message.payer
    return b"\xef\xbb\xbf" + _rows(
        ["报文号", message.message_id, "日期", message.on.isoformat(), "付款人", payer.name, payer.account],
        HEADER,
    )


def tail(message: Message) -> bytes:
    """The control row: how many payments and their sum."""
    return _rows(["合计", f"{message.count} 笔", "", "", format_yuan(message.total_fen), "CNY", ""])


def _rows(*rows: list[str] | tuple[str, ...]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue().encode("utf-8")
