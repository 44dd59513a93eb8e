"""Paying a month (资金发放): accounts, batches by two officials, the bank's file, its answer, what came back, what was too much.

The bank is simulated, not its answer's effect: it reads which orders were sent, and answers with a file of those that it
could not pay; what follows is what follows of any bank's file.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.money import format_yuan
from minzheng.kernel.payments import actions
from minzheng.kernel.payments.bankfiles.rows import END_TO_END
from minzheng.kernel.payments.errors import NothingToPay
from minzheng.kernel.payments.models import Batch
from minzheng.kernel.people.actions import ACCOUNT_SCHEMA, set_accounts
from minzheng.kernel.programmes import all_benefits
from minzheng.kernel.storage.bulk import read_frame
from minzheng.simulation.identifiers import ACCOUNTS
from minzheng.simulation.year.desk import APPROVER, KEY_OF_ID, PERSON_KEYS, PREPARER, post, workday
from minzheng.simulation.year.draw import chance
from minzheng.simulation.year.engine import SERVICE, Life
from minzheng.simulation.year.rates import rate

BANK, OFFICE = "上海农商银行", "人社"
"""New accounts are those of the social security card (社会保障卡), told by the office that issues it."""

_WITHOUT_ACCOUNT = f"""
    SELECT DISTINCT w.person_id, p.name, coalesce(k.key, {KEY_OF_ID.format(id="w.person_id")}) AS key
    FROM ({{waiting}}) w
    JOIN people_person p ON p.id = w.person_id AND p.death_date IS NULL AND p.merged_into_id IS NULL
    LEFT JOIN {PERSON_KEYS} k ON k.person_id = w.person_id
    LEFT JOIN people_bankaccount b ON b.person_id = w.person_id AND b.purpose = '' AND b.during @> %s::date
    WHERE b.id IS NULL ORDER BY w.person_id
"""
OF_AWARDS = (
    "SELECT person_id FROM awards_award WHERE state = 'in_force'"
    " UNION SELECT person_id FROM outreach_notice WHERE about = 'grant' AND state = 'issued'"
)
_SENT = f"""
    SELECT {END_TO_END} AS number, o.amount_fen, {KEY_OF_ID.format(id="o.account_number")} AS key,
           coalesce(p.death_date <= %s::date, false) AS is_dead
    FROM payments_order o JOIN people_person p ON p.id = o.person_id
    WHERE o.batch_id = %s AND o.accounting_month = %s AND o.programme = %s AND o.state = 'sent' ORDER BY 1
"""
_SENT_SCHEMA = {"number": pl.String, "amount_fen": pl.Int64, "key": pl.Int64, "is_dead": pl.Boolean}
_CAME_BACK = f"""
    SELECT r.id, r.reason_code, o.person_id, p.name, o.bank, o.account_number AS number,
           {KEY_OF_ID.format(id="o.account_number")} AS key, p.death_date IS NOT NULL AS is_dead
    FROM payments_returnrow r JOIN payments_order o ON o.id = r.order_id JOIN people_person p ON p.id = o.person_id
    WHERE r.state = 'open' AND r.outcome = 'returned' ORDER BY r.id
"""
_BACK_SCHEMA = {
    "id": pl.Int64,
    "reason_code": pl.String,
    "person_id": pl.Int64,
    "name": pl.String,
    "bank": pl.String,
    "number": pl.String,
    "key": pl.Int64,
    "is_dead": pl.Boolean,
}
_COLUMNS = "付款指令号,金额（元）,结果,原因码,说明"


def open_accounts(life: Life, *, waiting: str = OF_AWARDS, on: date | None = None) -> int:
    """Most of those who are owed money and named no account name one (登记账户); returns how many."""
    day = on or workday(life.month, 2)
    with acting_as_service(SERVICE):
        frame = read_frame(
            _WITHOUT_ACCOUNT.format(waiting=waiting),
            [day],
            schema={"person_id": pl.Int64, "name": pl.String, "key": pl.Int64},
        ).with_columns(
            chance(pl.col("key"), seed=life.seed, month=life.month, purpose="money account").alias("gives")
        )
        given = frame.filter(pl.col("gives") < rate("accounts.gives")).select(
            pl.int_range(1, pl.len() + 1).alias("row"),
            "person_id",
            pl.lit(BANK).alias("bank"),
            _account(pl.col("key")).alias("number"),
            pl.col("name").alias("holder"),
        )
        if given.height:
            set_accounts(given.select(*ACCOUNT_SCHEMA), on=day, source=OFFICE)
    return given.height


def send_back_again(life: Life) -> dict[str, Any]:
    """What came back in the months before: accounts corrected and paid again, money of the dead given back (退票处理)."""
    day = workday(life.month, 2)
    with acting_as_service(SERVICE):
        back = read_frame(_CAME_BACK, schema=_BACK_SCHEMA).with_columns(
            chance(pl.col("key"), seed=life.seed, month=life.month, purpose="money corrected").alias(
                "corrected"
            )
        )
    dead = back.filter(pl.col("is_dead"))["id"].to_list()
    right = back.filter(~pl.col("is_dead") & (pl.col("corrected") < rate("returns.corrected"))).with_columns(
        # A closed or frozen account is replaced; where only the holder was wrong it is put right.
        pl.when(pl.col("reason_code") == "BE01")
        .then(pl.col("number"))
        .otherwise(_account(pl.col("key") + 1))
        .alias("number")
    )
    corrections = [
        actions.Correction(row["id"], row["bank"], row["number"], row["name"]) for row in right.to_dicts()
    ]
    with acting(post(PREPARER)):
        sent = actions.correct_accounts_many(corrections=corrections, reason="本人提供更正后的账户", on=day)
        given_up = actions.give_up_many(return_ids=dead, reason="收款人已死亡，退回预算", on=day)
    return {"reissued": len(sent), "given_up": given_up}


def pay(life: Life) -> dict[str, Any]:
    """The month's batches of every programme, from the drafted orders to what the bank has paid."""
    told = {"batches": 0, "paid": 0, "returned": 0}
    for programme in dict.fromkeys(programme.code for programme, _ in all_benefits()):
        settle_batches(life, programme, first=6, told=told)
    return told


def settle_batches(life: Life, programme: str, *, first: int, told: dict[str, int]) -> None:
    """Prepares what waits and takes every open batch on, one working day each: approved, sent, answered, settled.

    Killed between two of them it is called again and goes on with the batch as it stands.
    """
    month = life.month
    prepared, approved, sent, answered = (workday(month, first + later) for later in range(4))
    with acting(post(PREPARER)):
        try:
            actions.prepare_batch(programme=programme, month=month, on=prepared)
        except NothingToPay:
            life.watch(f"{month} {programme}", "无待发")
        batches = list(
            Batch.objects.filter(programme=programme, accounting_month=month.first_day)
            .exclude(state__in=[Batch.State.SETTLED, Batch.State.WITHDRAWN])
            .order_by("number")
        )
    for batch in batches:
        if batch.state == Batch.State.PREPARED:
            with acting(post(APPROVER)):
                batch = actions.approve_batch(batch_id=batch.pk, on=approved)
        if batch.state == Batch.State.APPROVED:
            with acting(post(PREPARER)):
                actions.export_batch(batch_id=batch.pk, on=sent)
        answer, returned = _answer(life, batch, on=answered)
        with acting(post(PREPARER)):
            if returned:
                actions.import_returns(content=answer, name=f"{batch.message_id}-退票.csv", on=answered)
            told["paid"] += actions.confirm_paid(batch_id=batch.pk, on=answered)
        told["returned"] += returned
        told["batches"] += 1


def _answer(life: Life, batch: Batch, *, on: date) -> tuple[bytes, int]:
    """The bank's file of what it could not pay of a batch, and how many that are."""
    with acting_as_service(SERVICE):
        sent = read_frame(
            _SENT, [on, batch.pk, batch.accounting_month, batch.programme], schema=_SENT_SCHEMA
        ).with_columns(
            chance(pl.col("key"), seed=life.seed, month=life.month, purpose="money returned").alias("drawn")
        )
    closed, named, frozen = (
        rate(f"returns.{why}") for why in ("closed_account", "wrong_name", "frozen_account")
    )
    reason = (
        pl.when(pl.col("is_dead") & (pl.col("drawn") < rate("returns.payee_dead")))
        .then(pl.lit("MD07"))
        .when(pl.col("drawn") < closed)
        .then(pl.lit("AC04"))
        .when(pl.col("drawn") < closed + named)
        .then(pl.lit("BE01"))
        .when(pl.col("drawn") < closed + named + frozen)
        .then(pl.lit("AC06"))
    )
    back = sent.with_columns(reason.alias("reason")).filter(pl.col("reason").is_not_null())
    lines = [f"回执号,{batch.message_id}R", _COLUMNS]
    lines += [f"{number},{format_yuan(fen)},退票,{why}," for number, fen, why in
              back.select("number", "amount_fen", "reason").iter_rows()]  # fmt: skip
    return ("\n".join(lines) + "\n").encode(), back.height


def _account(key: pl.Expr) -> pl.Expr:
    """A synthetic account of nineteen digits for a key."""
    return pl.lit(ACCOUNTS) + (key.cast(pl.UInt64) % 10**15).cast(pl.String).str.zfill(15)
