"""The plain list for the bank (银行代发清单): CSV in UTF-8 with a byte order mark, a control row at the end.

A name that begins like a formula is preceded by an apostrophe, so that a spreadsheet shows it as text.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from datetime import date
from itertools import islice

from minzheng.kernel.money import format_yuan
from minzheng.kernel.payments.bankfiles.payer import Payer
from minzheng.kernel.payments.bankfiles.rows import clean

HEADER = ("付款指令号", "收款人户名", "收款人账号", "收款人开户行", "金额（元）", "币种", "用途")
_FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def harmless(text: str, limit: int = 140) -> str:
    """Text that no spreadsheet takes for a formula.

    >>> harmless("=1+1"), harmless("王芳")
    ("'=1+1", '王芳')
    """
    plain = clean(text, limit)
    return "'" + plain if plain.lstrip().startswith(_FORMULA_STARTS) else plain


def write(
    put: Callable[[bytes], object],
    payments: Iterable[tuple[str, str, int, str, str, str, str]],
    *,
    message_id: str,
    count: int,
    total_fen: int,
    on: date,
    payer: Payer,
) -> tuple[int, int]:
    """Write the list; returns how many payments went in and their sum in fen."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)

    def flush() -> None:
        put(buffer.getvalue().encode("utf-8"))
        buffer.seek(0)
        buffer.truncate()

    put(b"\xef\xbb\xbf")
    writer.writerow(["报文号", message_id, "日期", on.isoformat(), "付款人", payer.name, payer.account])
    writer.writerow(HEADER)
    written, sum_fen = 0, 0
    rows = iter(payments)
    while block := list(islice(rows, 5_000)):
        writer.writerows(
            (number, harmless(payee), account, harmless(bank), yuan, "CNY", harmless(purpose))
            for number, yuan, _, payee, account, bank, purpose in block
        )
        written += len(block)
        sum_fen += sum(row[2] for row in block)
        flush()
    writer.writerow(["合计", f"{count} 笔", "", "", format_yuan(total_fen), "CNY", ""])
    flush()
    return written, sum_fen
