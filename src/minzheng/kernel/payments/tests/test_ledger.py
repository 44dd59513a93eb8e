"""The ledger cannot be changed by those who use it, and shows what somebody with all rights changed behind its back."""

from __future__ import annotations

import pytest
from django.db import Error, connection, transaction

from minzheng.kernel.access import acting
from minzheng.kernel.payments.actions import (
    close_month,
    confirm_paid,
    export_batch,
    import_returns,
    verify_ledger,
)
from minzheng.kernel.payments.chart import CHART, account_name
from minzheng.kernel.payments.tests.world import JULY, World, answer, day, make_world
from minzheng.kernel.payments.verification import Verification
from minzheng.kernel.storage import server


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE payments_transfer SET amount_fen = 1",
        "DELETE FROM payments_transfer",
        "TRUNCATE payments_transfer",
        "DELETE FROM payments_order",
        "DELETE FROM payments_batch",
        "DELETE FROM payments_monthclose",
        "UPDATE payments_turnover SET debit_fen = 0",
        "UPDATE payments_bankfile SET sha256 = 'x'",
        "UPDATE payments_order SET amount_fen = 1",
        "UPDATE payments_order SET account_number = '1111'",
        "UPDATE payments_order SET state = 'paid' WHERE state = 'in_batch'",
        "UPDATE payments_order SET state = 'drafted'",
        "UPDATE payments_order SET batch_id = 999",
        "UPDATE payments_batch SET total_fen = 1",
        "UPDATE payments_batch SET state = 'prepared'",
        "INSERT INTO payments_order SELECT * FROM payments_order",
    ],
)
def test_the_web_role_changes_no_entry_and_no_sent_order(world: World, statement: str) -> None:
    world.award(world.person())
    world.draft()
    world.approve(world.prepare())
    (order,) = world.orders()
    if "in_batch" not in statement:
        with acting(world.preparer):
            export_batch(batch_id=order.batch_id or 0, on=day(JULY))
    with world.seeing(), pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_posting_of_the_same_step_twice_is_refused_by_its_key(world: World) -> None:
    world.award(world.person())
    world.send()
    with world.seeing(), pytest.raises(Error, match="payments_transfer_once"), transaction.atomic():
        connection.cursor().execute(
            """INSERT INTO payments_transfer (debit_account, credit_account, amount_fen, kind, order_id, batch_id, "on",
                 accounting_month, programme, division_code)
               SELECT debit_account, credit_account, amount_fen, kind, order_id, batch_id, "on", accounting_month,
                 programme, division_code FROM payments_transfer WHERE kind = 'send'"""
        )


def test_every_account_has_its_official_name() -> None:
    names = [
        account_name(f"{account.prefix}:x" if ":" not in account.prefix else account.prefix)
        for account in CHART
    ]
    assert len(set(names)) == len(CHART) and all(account.statutory_code.isdigit() for account in CHART)


def _paid_city(world: World) -> None:
    for number in range(4):
        world.award(world.person(account=f"622202{number:06d}"))
    batch = world.send()
    orders = world.orders()
    with acting(world.preparer):
        import_returns(
            content=answer("R1", (orders[0], "退票"), (orders[1], "成功")), name="r", on=day(JULY, 25)
        )
        confirm_paid(batch_id=batch.pk, on=day(JULY, 26))
    with acting(world.approver):
        close_month(month=JULY, on=day(JULY, 28))


TAMPERINGS = {
    "an amount changed": (
        "UPDATE payments_transfer SET amount_fen = amount_fen + 1 WHERE id = 2",
        "entry_amount",
    ),
    "an entry removed": ("DELETE FROM payments_transfer WHERE id = 3", "order_entries"),
    "an entry twice": (
        """INSERT INTO payments_transfer (debit_account, credit_account, amount_fen, kind, order_id, batch_id, "on",
             accounting_month, programme, division_code)
           SELECT debit_account, credit_account, amount_fen, kind, order_id, batch_id + 1, "on", accounting_month,
             programme, division_code FROM payments_transfer WHERE id = 5""",
        "order_entries",
    ),
    "an account redirected": (
        "UPDATE payments_transfer SET debit_account = 'budget:other' WHERE id = 1",
        "entry_accounts",
    ),
    "an order's amount changed": ("UPDATE payments_order SET amount_fen = 1 WHERE id = 1", "batch_sums"),
    "an order removed": ("DELETE FROM payments_order WHERE id = 1", "entry_without_order"),
    "a batch's sum changed": ("UPDATE payments_batch SET total_fen = total_fen - 1", "batch_sums"),
    "a bank file's sum changed": ("UPDATE payments_bankfile SET total_fen = total_fen + 100", "batch_sums"),
    "a return hidden": ("UPDATE payments_returnrow SET outcome = 'settled', state = 'done'", "order_entries"),
    "an approver made the preparer": (
        "ALTER TABLE payments_batch DROP CONSTRAINT payments_batch_two_people;"
        "UPDATE payments_batch SET approved_by_id = prepared_by_id",
        "two_people",
    ),
    "an order's award gone": (
        "UPDATE payments_order SET award_id = 12345678 WHERE id = 2",
        "order_without_award",
    ),
    "a kept turnover changed": ("UPDATE payments_turnover SET debit_fen = debit_fen + 1", "turnover"),
    "a kept turnover removed": ("DELETE FROM payments_turnover WHERE account LIKE 'payable:%'", "turnover"),
    "a date in a closed month changed": (
        "UPDATE payments_transfer SET \"on\" = '2022-07-01'",
        "closed_month",
    ),
}


TABLES = ("order", "transfer", "batch", "bankfile", "returnrow", "turnover")


def test_the_proof_finds_what_a_superuser_changed(fresh_database: str) -> None:
    world = make_world()
    _paid_city(world)

    def verified() -> Verification:
        with world.seeing():
            return verify_ledger()

    before = verified()
    assert before.is_sound, before.findings
    with server.administrator().with_database(fresh_database).connect() as admin:
        admin.execute("SET session_replication_role = replica")
        for table in TABLES:
            admin.execute(f"CREATE TABLE kept_{table} AS SELECT * FROM payments_{table}")
        for name, (statement, check) in TAMPERINGS.items():
            admin.execute(statement)
            after = verified()
            assert check in {finding.check for finding in after.findings}, (name, after.findings)
            assert after.wrong >= 1 and not after.is_sound
            for table in TABLES:
                admin.execute(
                    f"DELETE FROM payments_{table}; INSERT INTO payments_{table} SELECT * FROM kept_{table}"
                )
            again = verified()
            assert again.is_sound and again.sha256 == before.sha256, (name, again.findings)
