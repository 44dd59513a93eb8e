"""ISO 20022 customer credit transfer initiation, `pain.001.001.09`.

Banks in China are named by their name and not by a clearing code, since the register holds no CNAPS numbers; accounts
stand under `Othr`, as ISO 20022 foresees where there is no IBAN. Numbers of message and payments come from keys, so the
same batch makes the same bytes and a repeat is recognised by the bank.
"""

from __future__ import annotations

from xml.sax.saxutils import escape

from minzheng.kernel.money import format_yuan
from minzheng.kernel.payments.bankfiles.message import Message
from minzheng.kernel.payments.bankfiles.rows import END_TO_END, PURPOSE, YUAN, clean, clean_sql

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
# The longest text the schema takes: Max140Text for names, Max34Text for account numbers.
NAME_LENGTH, ACCOUNT_LENGTH = 140, 34
IS_CSV = False


def _text_sql(column: str) -> str:
    """SQL for a column as XML text. Nearly every text is plain; only the others take the slow way.

    COPY would double a backslash, so it is written as the character reference that XML has for it.
    """
    escaped = clean_sql(column, NAME_LENGTH)
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\\", "&#92;")):
        escaped = f"replace({escaped}, '{sign}', '{entity}')"
    return (
        f"CASE WHEN length({column}) <= {NAME_LENGTH} AND {column} !~ '[[:cntrl:]&<>\\\\\\ufffe\\uffff]'"
        f" THEN {column} ELSE {escaped} END"
    )


LINE = f"""
'<CdtTrfTxInf><PmtId><EndToEndId>' || {END_TO_END} || '</EndToEndId></PmtId><Amt><InstdAmt Ccy="CNY">' || {YUAN}
|| '</InstdAmt></Amt><CdtrAgt><FinInstnId>'
|| CASE o.bank WHEN '' THEN '<Othr><Id>NOTPROVIDED</Id></Othr>' ELSE '<Nm>' || {_text_sql("o.bank")} || '</Nm>' END
|| '</FinInstnId></CdtrAgt><Cdtr><Nm>' || {_text_sql("o.payee_name")}
|| '</Nm></Cdtr><CdtrAcct><Id><Othr><Id>' || o.account_number
|| '</Id></Othr></Id></CdtrAcct><RmtInf><Ustrd>' || {PURPOSE} || '</Ustrd></RmtInf></CdtTrfTxInf>'
"""


def head(message: Message) -> bytes:
    """Everything before the first payment."""
    total = format_yuan(message.total_fen)
    payer = message.payer
    name = escape(clean(payer.name, NAME_LENGTH))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="{NAMESPACE}">
<CstmrCdtTrfInitn>
<GrpHdr><MsgId>{message.message_id}</MsgId><CreDtTm>{message.on.isoformat()}T00:00:00+08:00</CreDtTm>\
<NbOfTxs>{message.count}</NbOfTxs><CtrlSum>{total}</CtrlSum><InitgPty><Nm>{name}</Nm></InitgPty></GrpHdr>
<PmtInf><PmtInfId>{message.message_id}-1</PmtInfId><PmtMtd>TRF</PmtMtd><NbOfTxs>{message.count}</NbOfTxs>\
<CtrlSum>{total}</CtrlSum><ReqdExctnDt><Dt>{message.on.isoformat()}</Dt></ReqdExctnDt><Dbtr><Nm>{name}</Nm></Dbtr>\
<DbtrAcct><Id><Othr><Id>{escape(clean(payer.account, ACCOUNT_LENGTH))}</Id></Othr></Id><Ccy>CNY</Ccy></DbtrAcct>\
<DbtrAgt><FinInstnId><Nm>{escape(clean(payer.bank, NAME_LENGTH))}</Nm></FinInstnId></DbtrAgt>
""".encode()


def tail(message: Message) -> bytes:
    """Everything after the last payment."""
    return b"</PmtInf>\n</CstmrCdtTrfInitn>\n</Document>\n"
