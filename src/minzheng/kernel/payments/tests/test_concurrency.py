"""Two officials at once, two clicks at once: real second connections on a committed database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import Error, connection

from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.payments.actions import (
    approve_batch,
    close_month,
    confirm_paid,
    draft_orders,
    export_batch,
    import_returns,
    prepare_batch,
    reissue,
    verify_ledger,
)
from minzheng.kernel.payments.errors import NotReady, PaymentRefused
from minzheng.kernel.payments.models import BankFile, Batch, Order, ReturnFile, ReturnRow, Transfer
from minzheng.kernel.payments.tests.world import JULY, MONTHLY, PROGRAMME, World, answer, day, make_world
from minzheng.kernel.storage import server, testing


@pytest.fixture(scope="module")
def committed(django_db_setup: None, django_db_blocker: Any) -> Any:
    """One committed database for all of these tests; each cleans up behind itself."""
    with django_db_blocker.unblock(), testing.cloned_database(testing.template_database(), "fresh") as name:
        yield name


@pytest.fixture
def city(committed: str) -> Any:
    """A committed world of twenty awards; each thread of a test has a connection of its own."""
    world = make_world()
    for number in range(20):
        world.award(world.person(account=f"622202{number:06d}"))
    yield world
    with server.administrator().with_database(committed).connect() as admin:
        admin.execute("SET session_replication_role = replica")
        for table in ("transfer", "returnrow", "returnfile", "bankfile", "order", "batch", "monthclose"):
            admin.execute(f"DELETE FROM payments_{table}")
        admin.execute("DELETE FROM awards_awardperiod; DELETE FROM awards_award")


def together(*works: Callable[[], object]) -> list[object]:
    """Runs the works at the same time; returns what each gave back or raised."""
    barrier, found = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        try:
            barrier.wait()
            found[place] = work()  # type: ignore[call-overload]
        except (PaymentRefused, Error) as error:
            found[place] = error  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found  # type: ignore[return-value]


def sound(world: World) -> None:
    with world.seeing():
        result = verify_ledger()
    assert result.is_sound, result.findings


def by(post: object, work: Callable[[], object]) -> Callable[[], object]:
    def run() -> object:
        with acting(post):  # type: ignore[arg-type]
            return work()

    return run


def test_two_drafting_runs_at_once_draft_each_order_once(city: World) -> None:
    def draft() -> object:
        with acting_as_service("test"):
            return draft_orders(month=JULY, benefits=[MONTHLY], on=day(JULY))

    together(draft, draft, draft)
    assert len(city.orders()) == 20


def test_two_clicks_on_prepare_make_one_batch(city: World) -> None:
    city.draft()
    work = by(city.preparer, lambda: prepare_batch(programme=PROGRAMME, month=JULY, on=day(JULY)))
    first, second = together(work, work)
    assert isinstance(first, Batch) and isinstance(second, Batch) and first.pk == second.pk
    with city.seeing():
        assert Batch.objects.count() == 1


def test_of_two_approvers_at_once_one_approves_and_the_money_is_committed_once(city: World) -> None:
    other = make_post("finance_approver", "310000")
    city.draft()
    batch = city.prepare()
    found = together(
        *(by(post, lambda: approve_batch(batch_id=batch.pk, on=day(JULY))) for post in (city.approver, other))
    )
    assert sorted(type(one).__name__ for one in found) == ["Batch", "NotReady"]
    with city.seeing():
        assert Transfer.objects.filter(kind="commit").count() == 20
    sound(city)


def test_two_clicks_on_export_make_one_file_and_one_posting(city: World) -> None:
    city.draft()
    batch = city.approve(city.prepare())
    work = by(city.preparer, lambda: export_batch(batch_id=batch.pk, on=day(JULY)))
    first, second = together(work, work)
    assert isinstance(first, BankFile) and isinstance(second, BankFile) and first.sha256 == second.sha256
    with city.seeing():
        assert (BankFile.objects.count(), Transfer.objects.filter(kind="send").count()) == (1, 20)
    sound(city)


def test_two_formats_at_once_have_one_instruction(city: World) -> None:
    city.draft()
    batch = city.approve(city.prepare())
    together(
        *(
            by(city.preparer, lambda kind=kind: export_batch(batch_id=batch.pk, format=kind, on=day(JULY)))
            for kind in ("csv", "pain.001")
        )
    )
    with city.seeing():
        assert sorted(BankFile.objects.values_list("is_instruction", flat=True)) == [False, True]
    sound(city)


def test_the_same_answer_imported_twice_at_once_counts_once(city: World) -> None:
    city.send()
    orders = city.orders()
    content = answer("R1", (orders[0], "退票"), *((order, "成功") for order in orders[1:]))
    work = by(city.preparer, lambda: import_returns(content=content, name="r", on=day(JULY)))
    found = together(work, work)
    assert sorted(one.was_known for one in found) == [False, True]  # type: ignore[attr-defined]
    with city.seeing():
        assert (ReturnFile.objects.count(), ReturnRow.objects.count()) == (1, 20)
    sound(city)


def test_two_different_answers_about_the_same_orders_at_once_settle_each_once(city: World) -> None:
    batch = city.send()
    orders = city.orders()
    works = [
        by(
            city.preparer,
            lambda number=number: import_returns(
                content=answer(number, *((order, "成功") for order in orders)), name="r", on=day(JULY)
            ),
        )
        for number in ("R1", "R2")
    ]
    together(*works, by(city.preparer, lambda: confirm_paid(batch_id=batch.pk, on=day(JULY))))
    # Where the confirmation came between, an import may have been refused as a whole; then it is simply given again.
    for work in works:
        work()
    with city.seeing():
        assert Transfer.objects.filter(kind="settle").count() == 20
        assert not Order.objects.exclude(state="paid").exists()
    sound(city)


def test_two_clicks_on_reissue_make_one_order(city: World) -> None:
    city.send()
    content = answer("R1", (city.orders()[0], "退票"))
    with acting(city.preparer):
        import_returns(content=content, name="r", on=day(JULY))
    with city.seeing():
        item = ReturnRow.objects.get(state="open").pk
    work = by(city.preparer, lambda: reissue(return_id=item, reason="已解冻", on=day(JULY)))
    found = together(work, work)
    assert sorted(type(one).__name__ for one in found) == ["NotReady", "Order"]
    assert any(isinstance(one, NotReady) for one in found)
    assert len(city.orders(kind="reissue")) == 1


def test_closing_and_drafting_at_once_leave_no_order_in_the_closed_month(city: World) -> None:
    def draft() -> object:
        with acting_as_service("test"):
            return draft_orders(month=JULY, benefits=[MONTHLY], on=day(JULY))

    together(draft, by(city.approver, lambda: close_month(month=JULY, on=day(JULY, 31))))
    assert not city.orders(accounting_month=JULY.first_day)
    sound(city)
