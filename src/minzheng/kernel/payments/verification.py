"""Proof of the ledger (核对账目): recomputed from the rows alone, every finding named.

The ledger is complete when each order has exactly the transfers its state and the bank's answer call for, in the right
accounts and of the order's amount; each batch's file, postings and orders come to one sum; and closed months still
have the entries they were closed with, and what is kept of them is the sum of these.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import connection, transaction
from psycopg import ClientCursor

from minzheng.kernel.access import require
from minzheng.kernel.payments.bankfiles.rows import END_TO_END
from minzheng.kernel.payments.chart import POSTINGS, account_name
from minzheng.kernel.payments.turnover import BY_DISTRICT
from minzheng.kernel.periods import Month
from minzheng.kernel.storage.bulk import raw_connection

# Findings of one check are listed up to this many; the count is always whole.
_LISTED = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: which check, on what, and what was expected."""

    check: str
    subject: str
    message: str


@dataclass(slots=True)
class Verification:
    """The result: balances of every account, counts, the hash over all entries, and what was found wrong."""

    balances: dict[str, int] = field(default_factory=dict)
    transfers: int = 0
    orders: int = 0
    debit_fen: int = 0
    credit_fen: int = 0
    sha256: str = ""
    wrong: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        return not self.wrong

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"is_sound": self.is_sound}


_SHOULD = f"""
  -- What each order's state and the bank's answer call for.
  SELECT o.*, {END_TO_END} AS number, b.state AS batch_state, back.id IS NOT NULL AS came_back,
    coalesce(back.state = 'given_up', false) AS was_given_up,
    coalesce(b.state IN ('approved', 'sent', 'settled'), false) AS should_commit,
    o.state IN ('sent', 'paid', 'returned', 'reissued') OR (o.state = 'cancelled' AND o.batch_id IS NOT NULL) AS should_send
  FROM payments_order o
  LEFT JOIN payments_batch b ON b.id = o.batch_id
  LEFT JOIN payments_returnrow back ON back.order_id = o.id AND back.outcome = 'returned'
"""

# Net of counter-entries; an order that went from a withdrawn batch into another has one net commitment.
_HAS = """
  SELECT t.order_id,
    count(*) FILTER (WHERE t.kind = 'commit') - count(*) FILTER (WHERE r.kind = 'commit') AS commits,
    count(*) FILTER (WHERE t.kind = 'send') - count(*) FILTER (WHERE r.kind = 'send') AS sends,
    count(*) FILTER (WHERE t.kind = 'settle') - count(*) FILTER (WHERE r.kind = 'settle') AS settles,
    count(*) FILTER (WHERE t.kind = 'return') - count(*) FILTER (WHERE r.kind = 'return') AS returns,
    count(*) FILTER (WHERE t.kind = 'give_up') - count(*) FILTER (WHERE r.kind = 'give_up') AS give_ups
  FROM payments_transfer t LEFT JOIN payments_transfer r ON r.id = t.reverses_id
  GROUP BY t.order_id
"""

_ACCOUNTS_RIGHT = " OR ".join(
    f"(t.kind = '{kind}' AND (t.debit_account, t.credit_account) = ({debit}, {credit}))"
    for kind, (debit, credit) in POSTINGS.items()
    if kind != "return"
)

CHECKS = {
    "order_entries": f"""
      SELECT s.number, format('状态 %s，应有 承付%s 送银行%s 到账%s 退票%s 退回预算%s，实有 %s/%s/%s/%s/%s', s.state,
        s.should_commit::int, s.should_send::int, CASE WHEN s.state = 'paid' THEN '1' WHEN s.came_back THEN '0或1' ELSE '0' END,
        s.came_back::int, s.was_given_up::int, coalesce(h.commits, 0), coalesce(h.sends, 0), coalesce(h.settles, 0),
        coalesce(h.returns, 0), coalesce(h.give_ups, 0))
      FROM ({_SHOULD}) s LEFT JOIN ({_HAS}) h ON h.order_id = s.id
      WHERE coalesce(h.commits, 0) <> s.should_commit::int OR coalesce(h.sends, 0) <> s.should_send::int
        OR coalesce(h.returns, 0) <> s.came_back::int OR coalesce(h.give_ups, 0) <> s.was_given_up::int
        OR (s.state = 'paid' AND coalesce(h.settles, 0) <> 1)
        OR (s.state <> 'paid' AND NOT s.came_back AND coalesce(h.settles, 0) <> 0)
        OR coalesce(h.settles, 0) NOT IN (0, 1)
        OR (s.state IN ('returned', 'reissued') AND NOT s.came_back)
        OR (s.batch_id IS NOT NULL AND s.batch_state IS NULL)""",
    "entry_without_order": """
      SELECT '分录 ' || t.id, '没有对应的支付指令' FROM payments_transfer t
      LEFT JOIN payments_order o ON o.id = t.order_id
      WHERE o.id IS NULL AND (t.overpayment_id IS NULL OR t.order_id IS NOT NULL)""",
    "order_without_award": f"""
      SELECT {END_TO_END}, '没有对应的待遇或人员' FROM payments_order o
      LEFT JOIN awards_award a ON a.id = o.award_id LEFT JOIN people_person p ON p.id = o.person_id
      WHERE a.id IS NULL OR p.id IS NULL""",
    "entry_amount": """
      SELECT '分录 ' || t.id, format('金额 %s 分，支付指令为 %s 分', t.amount_fen, o.amount_fen)
      FROM payments_transfer t JOIN payments_order o ON o.id = t.order_id
      WHERE t.amount_fen <> o.amount_fen AND t.batch_id = o.batch_id""",
    "entry_of_another_batch": """
      -- An order that left a withdrawn batch may have changed since; what was posted for it there is reversed.
      SELECT '分录 ' || t.id, '所属批次不是指令的批次，又没有冲销' FROM payments_transfer t
      JOIN payments_order o ON o.id = t.order_id LEFT JOIN payments_transfer r ON r.reverses_id = t.id
      WHERE t.batch_id IS DISTINCT FROM o.batch_id AND t.reverses_id IS NULL AND r.id IS NULL
        AND t.overpayment_id IS NULL""",
    "entry_accounts": f"""
      SELECT '分录 ' || t.id, format('借 %s 贷 %s 与其种类 %s 不符', t.debit_account, t.credit_account, t.kind)
      FROM payments_transfer t JOIN payments_order o ON o.id = t.order_id
      LEFT JOIN payments_transfer r ON r.id = t.reverses_id
      LEFT JOIN payments_transfer s ON s.order_id = t.order_id AND s.kind = 'settle' AND s.reverses_id IS NULL
      WHERE t.overpayment_id IS NULL AND NOT (
        {_ACCOUNTS_RIGHT}
        OR (t.kind = 'return' AND t.credit_account = 'returned:' || o.programme
            AND t.debit_account = CASE WHEN s.id IS NULL THEN 'bank:clearing' ELSE 'paid:' || o.programme END)
        OR (t.kind = 'reversal' AND t.debit_account = r.credit_account AND t.credit_account = r.debit_account
            AND t.order_id = r.order_id AND t.amount_fen = r.amount_fen))""",
    "reissue_chain": f"""
      SELECT {END_TO_END}, '重发指令与原指令的金额、待遇或月份不符，或原指令没有退票' FROM payments_order o
      JOIN payments_order f ON f.id = o.original_id
      LEFT JOIN payments_returnrow back ON back.order_id = f.id AND back.outcome = 'returned' AND back.state = 'reissued'
      WHERE o.kind = 'reissue' AND o.state <> 'cancelled'
        AND (f.amount_fen <> o.amount_fen OR f.award_id <> o.award_id OR f.benefit_month <> o.benefit_month OR back.id IS NULL)""",
    "batch_sums": """
      SELECT 'MZ' || to_char(b.accounting_month, 'YYYYMM') || 'B' || b.id,
        format('批次 %s 笔 %s 分；指令 %s 笔 %s 分；送银行分录 %s 笔 %s 分；银行文件 %s 笔 %s 分', b.orders_count, b.total_fen,
          o.n, o.fen, t.n, t.fen, f.orders_count, f.total_fen)
      FROM payments_batch b
      LEFT JOIN (SELECT batch_id, count(*) n, sum(amount_fen) fen FROM payments_order GROUP BY 1) o ON o.batch_id = b.id
      LEFT JOIN (SELECT batch_id, count(*) n, sum(amount_fen) fen FROM payments_transfer WHERE kind = 'send' GROUP BY 1) t
        ON t.batch_id = b.id
      LEFT JOIN payments_bankfile f ON f.batch_id = b.id AND f.is_instruction
      WHERE (b.state <> 'withdrawn' AND (o.n, o.fen) IS DISTINCT FROM (b.orders_count::bigint, b.total_fen::numeric))
        OR (b.state IN ('sent', 'settled') AND
            ((t.n, t.fen) IS DISTINCT FROM (b.orders_count::bigint, b.total_fen::numeric)
             OR (f.orders_count, f.total_fen) IS DISTINCT FROM (b.orders_count, b.total_fen)))
        OR (b.state NOT IN ('sent', 'settled') AND (t.n IS NOT NULL OR f.id IS NOT NULL))""",
    "overpayment_entries": """
      -- An overpaid month has the entries it calls for, and what was recovered of it is what was set off and paid back.
      SELECT '多发 ' || v.id, format('多发 %s 免除 %s 追回 %s；分录 %s/%s/%s；抵扣与退回 %s', v.amount_fen, v.written_off_fen,
        v.recovered_fen, coalesce(t.claimed, 0), coalesce(t.waived, 0), coalesce(t.recovered, 0),
        coalesce(f.fen, 0) + coalesce(r.fen, 0))
      FROM awards_overpayment v
      LEFT JOIN (SELECT overpayment_id,
          sum(CASE kind WHEN 'claim' THEN amount_fen WHEN 'unclaim' THEN -amount_fen ELSE 0 END) AS claimed,
          sum(CASE kind WHEN 'write_off' THEN amount_fen WHEN 'restore' THEN -amount_fen ELSE 0 END) AS waived,
          sum(CASE WHEN kind IN ('set_off', 'repay') THEN amount_fen ELSE 0 END) AS recovered
        FROM payments_transfer WHERE overpayment_id IS NOT NULL GROUP BY 1) t ON t.overpayment_id = v.id
      LEFT JOIN (SELECT overpayment_id, sum(amount_fen) AS fen FROM payments_offset GROUP BY 1) f ON f.overpayment_id = v.id
      LEFT JOIN (SELECT overpayment_id, sum(amount_fen) AS fen FROM payments_repayment GROUP BY 1) r ON r.overpayment_id = v.id
      WHERE t.overpayment_id IS NOT NULL AND (coalesce(t.claimed, 0) <> v.amount_fen
          OR coalesce(t.waived, 0) <> v.written_off_fen OR coalesce(t.recovered, 0) <> v.recovered_fen)
        OR v.recovered_fen <> coalesce(f.fen, 0) + coalesce(r.fen, 0)""",
    "overpayment_state": """
      SELECT '多发 ' || id, format('状态 %s 与余额 %s 不符', state, amount_fen - recovered_fen - written_off_fen)
      FROM awards_overpayment WHERE (state = 'open') <> (amount_fen > recovered_fen + written_off_fen)""",
    "settled_by_two_people": """
      SELECT '处理决定 ' || id, '提出与复核为同一人，或没有复核人' FROM payments_settlement
      WHERE state IN ('approved', 'replaced') AND (decided_by_id IS NULL OR decided_by_id = proposed_by_id)""",
    "turnover": f"""
      -- What is kept of a closed month is the sum of its entries, account by account.
      SELECT format('%s %s %s', to_char(coalesce(k.month, e.accounting_month), 'YYYY-MM'), coalesce(k.account, e.account),
          coalesce(k.division_code, e.district)),
        format('发生额 借 %s 贷 %s，分录 借 %s 贷 %s', k.debit_fen, k.credit_fen, e.debit_fen, e.credit_fen)
      FROM payments_turnover k FULL JOIN (
        {BY_DISTRICT.format(where="WHERE accounting_month IN (SELECT month FROM payments_monthclose)")}) AS e
        ON k.month = e.accounting_month AND k.account = e.account AND k.programme = e.programme AND k.division_code = e.district
      WHERE (k.debit_fen, k.credit_fen) IS DISTINCT FROM (e.debit_fen, e.credit_fen)""",
    "two_people": """
      SELECT '批次 ' || b.id, '编制与复核为同一人' FROM payments_batch b WHERE b.prepared_by_id = b.approved_by_id""",
    "one_payment_a_month": f"""
      -- Of the orders for an award and month, the month's own is one, and each re-issue follows a return.
      SELECT min({END_TO_END}), '同一待遇同一月份有 ' || count(*) || ' 笔当月或补发指令' FROM payments_order o
      WHERE o.kind IN ('regular', 'arrears') GROUP BY o.award_id, o.benefit_month HAVING count(*) > 1""",
}


@transaction.atomic
def verify_ledger() -> Verification:
    """Recompute the whole ledger and hold it against orders, batches, files and the bank's answers.

    The post decides what is seen; only a city-wide one for every programme proves the whole.
    """
    require("ledger.verify")
    result = Verification()
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT account, sum(fen)::bigint FROM (
                 SELECT debit_account AS account, amount_fen AS fen FROM payments_transfer
                 UNION ALL SELECT credit_account, -amount_fen FROM payments_transfer) e
               GROUP BY account ORDER BY account"""
        )
        result.balances = dict(cursor.fetchall())
        cursor.execute("SELECT count(*), coalesce(sum(amount_fen), 0)::bigint FROM payments_transfer")
        result.transfers, result.debit_fen = cursor.fetchone()
        result.credit_fen = result.debit_fen
        cursor.execute("SELECT count(*) FROM payments_order")
        result.orders = cursor.fetchone()[0]
        for check, sql in CHECKS.items():
            cursor.execute(f"SELECT *, count(*) OVER () FROM ({sql}) found LIMIT {_LISTED}")
            rows = cursor.fetchall()
            result.wrong += rows[0][-1] if rows else 0
            result.findings += [Finding(check, subject, message) for subject, message, _ in rows]
    _balances_against_orders(result)
    _closed_months(result)
    result.sha256 = ledger_sha256()
    return result


def ledger_sha256(month: Month | None = None) -> str:
    """A hash over every entry in order of number, of one accounting month or of all; the same entries, the same hash."""
    chosen = "WHERE accounting_month = %s" if month else ""
    query = f"""SELECT id, debit_account, credit_account, amount_fen, kind, order_id, batch_id, reverses_id, "on",
                accounting_month FROM payments_transfer {chosen} ORDER BY id"""
    native = raw_connection()
    bound = ClientCursor(native).mogrify(query, [month.first_day] if month else None)
    digest = hashlib.sha256()
    with native.cursor() as cursor, cursor.copy(f"COPY ({bound}) TO STDOUT") as copy:  # type: ignore[arg-type]
        for block in copy:
            digest.update(block)
    return digest.hexdigest()


# What each account must stand at, told by the orders alone: their states and the bank's answers, no ledger entry read.
_EXPECTED = f"""
WITH s AS ({_SHOULD}), e AS (
  SELECT 'budget:' || budget_line AS account, amount_fen AS fen FROM s WHERE should_commit AND kind <> 'reissue' AND NOT was_given_up
  UNION ALL SELECT 'budget:' || budget_line, -amount_fen FROM s WHERE should_commit AND kind = 'reissue' AND was_given_up
  UNION ALL SELECT 'payable:' || programme, -amount_fen FROM s WHERE should_commit AND NOT should_send
  UNION ALL SELECT 'bank:clearing', -amount_fen FROM s WHERE should_send AND state = 'sent'
  UNION ALL SELECT 'paid:' || programme, -amount_fen FROM s WHERE state = 'paid' AND NOT came_back
  UNION ALL SELECT 'returned:' || programme, -amount_fen FROM s WHERE came_back AND NOT was_given_up
  UNION ALL SELECT 'returned:' || programme, amount_fen FROM s WHERE kind = 'reissue' AND should_commit
  -- An overpaid month takes back from its budget line what was paid; each way of settling it puts that somewhere else.
  UNION ALL SELECT 'budget:' || budget_line, -amount_fen FROM awards_overpayment WHERE budget_line <> ''
  UNION ALL SELECT 'receivable:' || programme, amount_fen - recovered_fen - written_off_fen
    FROM awards_overpayment WHERE budget_line <> ''
  UNION ALL SELECT 'written_off:' || programme, written_off_fen FROM awards_overpayment
  UNION ALL SELECT 'budget:' || budget_line, amount_fen FROM payments_offset
  UNION ALL SELECT 'recovered:' || v.programme, r.amount_fen
    FROM payments_repayment r JOIN awards_overpayment v ON v.id = r.overpayment_id
)
SELECT account, sum(fen)::bigint FROM e GROUP BY account
"""


def _balances_against_orders(result: Verification) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_EXPECTED)
        expected = dict(cursor.fetchall())
    for account in sorted(expected.keys() | result.balances.keys()):
        should, stands = expected.get(account, 0), result.balances.get(account, 0)
        if should != stands:
            result.wrong += 1
            result.findings.append(
                Finding(
                    "balance", account, f"{account_name(account)}：按指令应为 {should} 分，账面 {stands} 分"
                )
            )


def _closed_months(result: Verification) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT month, ledger_sha256 FROM payments_monthclose ORDER BY month")
        closed = cursor.fetchall()
    for first_day, sha256 in closed:
        if ledger_sha256(Month.of(first_day)) != sha256:
            result.wrong += 1
            result.findings.append(
                Finding("closed_month", f"{first_day:%Y-%m}", "结账后分录被增加、删除或改动")
            )
