"""The books read quickly say what all entries say: closed months by what was kept of them, open ones by their entries."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from minzheng.kernel.access import acting
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.payments.actions import close_month, confirm_paid, import_returns
from minzheng.kernel.payments.models import Transfer, Turnover
from minzheng.kernel.payments.tests.world import JULY, World, answer, day
from minzheng.kernel.payments.turnover import account_turnover
from minzheng.kernel.periods import Month

ELSEWHERE = "310101002001"
MAY, JUNE, AUGUST = Month(2022, 5), Month(2022, 6), Month(2022, 8)


def by_entries() -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for debit, credit, fen in Transfer.objects.values_list("debit_account", "credit_account", "amount_fen"):
        for account, added in ((debit, (fen, 0)), (credit, (0, fen))):
            before = found.get(account, (0, 0))
            found[account] = (before[0] + added[0], before[1] + added[1])
    return found


def told() -> dict[str, tuple[int, int]]:
    return {one.account: (one.debit_fen, one.credit_fen) for one in account_turnover()}


def paid(world: World, month: Month) -> None:
    batch = world.send(month)
    with acting(world.preparer):
        confirm_paid(batch_id=batch.pk, on=day(month, 26))


def closed(world: World, month: Month) -> None:
    with acting(world.approver):
        close_month(month=month, on=day(month, 28))


def test_the_books_are_the_same_whichever_months_are_closed(world: World) -> None:
    world.award(world.person(), start=MAY)
    world.award(world.person(account="6222020000000002"), start=MAY, place=ELSEWHERE)
    with world.seeing():
        assert told() == {}
    for month in (MAY, JUNE, JULY, AUGUST):
        paid(world, month)
        with world.seeing():
            assert told() == by_entries()
    # An open month before, between and after the closed ones.
    for month in (JUNE, AUGUST, JULY, MAY):
        closed(world, month)
        with world.seeing():
            assert told() == by_entries() and len(told()) == 4, month
    with world.seeing():
        assert sum(one.balance_fen for one in account_turnover()) == 0
        assert Turnover.objects.count() == 4 * 4 * 2  # Four months, four accounts, two districts.


def test_a_month_is_kept_once_however_often_it_is_closed(world: World) -> None:
    world.award(world.person())
    paid(world, JULY)
    closed(world, JULY)
    closed(world, JULY)
    with world.seeing():
        assert told() == by_entries()


def test_a_return_after_the_close_moves_the_open_month(world: World) -> None:
    world.award(world.person())
    paid(world, JULY)
    closed(world, JULY)
    content = answer("R1", (world.orders()[0], "退票"))
    with acting(world.preparer):
        import_returns(content=content, name="r", on=day(AUGUST))
    with world.seeing():
        assert told() == by_entries() and told()["returned:relief"] == (0, 100_000)


def test_a_district_and_a_programme_see_their_own_part_of_it(world: World) -> None:
    world.award(world.person())
    world.award(world.person(account="6222020000000002"), fen=30_000, place=ELSEWHERE)
    paid(world, JULY)
    closed(world, JULY)
    with acting(make_post("district_reviewer", "310101")):
        assert told() == by_entries() == {
            "budget:relief_monthly": (30_000, 0), "payable:relief": (30_000, 30_000), "bank:clearing": (30_000, 30_000),
            "paid:relief": (0, 30_000),
        }  # fmt: skip
    with acting(make_post("finance_preparer", "310000", ("ages",))):
        assert told() == {}


def test_entries_of_a_closed_month_are_not_read_for_the_books(world: World) -> None:
    world.award(world.person(), start=JUNE)
    for month in (JUNE, JULY):
        paid(world, month)
        closed(world, month)
    with world.seeing(), CaptureQueriesContext(connection) as asked:
        account_turnover()
        (reading,) = [one["sql"] for one in asked if "payments_turnover" in one["sql"]]
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("EXPLAIN " + reading)
            plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "payments_transfer_month" in plan and "Seq Scan on payments_transfer" not in plan
