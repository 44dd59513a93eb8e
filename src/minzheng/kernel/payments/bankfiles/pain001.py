"""ISO 20022 customer credit transfer initiation, `pain.001.001.09`, written as a stream.

Banks in China are named by their name and not by a clearing code, since the register holds no CNAPS numbers; accounts
stand under `Othr`, as ISO 20022 foresees where there is no IBAN. Numbers of message and payments come from keys, so the
same batch makes the same bytes and a repeat is recognised by the bank.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from itertools import islice
from xml.sax.saxutils import escape

from minzheng.kernel.money import format_yuan
from minzheng.kernel.payments.bankfiles.payer import Payer
from minzheng.kernel.payments.bankfiles.rows import UNWRITABLE, Line, clean

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
# The longest text the schema takes: Max140Text for names, Max34Text for account numbers.
NAME_LENGTH, BANK_LENGTH, PURPOSE_LENGTH = 140, 140, 140
_SPECIAL = "&<>"


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
    """Write the message; returns how many payments went in and their sum in fen."""
    total = format_yuan(total_fen)
    put(
        f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="{NAMESPACE}">
<CstmrCdtTrfInitn>
<GrpHdr><MsgId>{message_id}</MsgId><CreDtTm>{on.isoformat()}T00:00:00+08:00</CreDtTm><NbOfTxs>{count}</NbOfTxs>\
<CtrlSum>{total}</CtrlSum><InitgPty><Nm>{_text(payer.name, NAME_LENGTH)}</Nm></InitgPty></GrpHdr>
<PmtInf><PmtInfId>{message_id}-1</PmtInfId><PmtMtd>TRF</PmtMtd><NbOfTxs>{count}</NbOfTxs><CtrlSum>{total}</CtrlSum>\
<ReqdExctnDt><Dt>{on.isoformat()}</Dt></ReqdExctnDt><Dbtr><Nm>{_text(payer.name, NAME_LENGTH)}</Nm></Dbtr>\
<DbtrAcct><Id><Othr><Id>{_text(payer.account, 34)}</Id></Othr></Id><Ccy>CNY</Ccy></DbtrAcct>\
<DbtrAgt><FinInstnId><Nm>{_text(payer.bank, BANK_LENGTH)}</Nm></FinInstnId></DbtrAgt>
""".encode()
    )
    written, sum_fen = 0, 0
    rows = iter(payments)
    while block := list(islice(rows, 5_000)):
        put("".join([_payment(row) for row in block]).encode())
        written += len(block)
        sum_fen += sum(row[2] for row in block)
    put(b"</PmtInf>\n</CstmrCdtTrfInitn>\n</Document>\n")
    return written, sum_fen


def _payment(row: tuple[str, str, int, str, str, str, str]) -> str:
    end_to_end_id, yuan, _, payee, account, bank, purpose = row
    joined = payee + bank + purpose
    # Nearly every line is plain Chinese and digits; only the others take the slow way. Newlines are unwritable too.
    if (
        len(joined) > NAME_LENGTH
        or not joined.isprintable()
        or any(sign in joined for sign in _SPECIAL)
        or UNWRITABLE.search(joined)
    ):
        payee, bank = _text(payee, NAME_LENGTH), _text(bank, BANK_LENGTH)
        purpose = _text(purpose, PURPOSE_LENGTH)
    agent = f"<Nm>{bank}</Nm>" if bank else "<Othr><Id>NOTPROVIDED</Id></Othr>"
    return (
        f"<CdtTrfTxInf><PmtId><EndToEndId>{end_to_end_id}</EndToEndId></PmtId>"
        f'<Amt><InstdAmt Ccy="CNY">{yuan}</InstdAmt></Amt>'
        f"<CdtrAgt><FinInstnId>{agent}</FinInstnId></CdtrAgt><Cdtr><Nm>{payee}</Nm></Cdtr>"
        f"<CdtrAcct><Id><Othr><Id>{account}</Id></Othr></Id></CdtrAcct>"
        f"<RmtInf><Ustrd>{purpose}</Ustrd></RmtInf></CdtTrfTxInf>\n"
    )


def _text(text: str, limit: int) -> str:
    return escape(clean(text, limit))


__all__ = ["NAMESPACE", "Line", "write"]
