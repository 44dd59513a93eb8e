"""Payments that disappear are missed: an identity between different rows breaks, and the summary says so with both sides."""

from __future__ import annotations

from datetime import date

import pytest

from minzheng.domains.annual_summary.actions import check_summary
from minzheng.domains.annual_summary.drafting import draft
from minzheng.domains.annual_summary.errors import SummaryRefused
from minzheng.domains.annual_summary.freezing import frozen
from minzheng.domains.annual_summary.paper import document
from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.documents import Heading
from minzheng.kernel.indicators import identities
from minzheng.kernel.indicators.tests.town import count_all
from minzheng.kernel.payments.actions import confirm_paid, import_returns
from minzheng.kernel.payments.tests.world import JULY, answer, day, make_world
from minzheng.kernel.storage import server
from minzheng.surfaces.web.summary.standalone import page

YEAR_END = date(2022, 12, 31)
FIGURES = tuple(f"payments.{code}" for code in ("paid_by_orders", "paid_by_ledger", "batched", "in_batches"))
SETTLED, BATCHED = "支付指令记为到账 = 总账记为到账", "批次复核金额 = 批次内支付指令之和"


def broken() -> dict[str, list[tuple[str, int, int]]]:
    count_all(YEAR_END, *FIGURES)
    with acting_as_service("test"):
        return {
            one.identity.name: [
                (line.place, line.left, line.right) for line in one.broken if line.span == "year"
            ]
            for one in identities.check(year=2022)
            if one.broken
        }


def test_a_tenth_of_the_payments_deleted_breaks_an_identity_and_the_summary_says_so(fresh_database):
    world = make_world()
    for number in range(10):
        world.award(world.person(account=f"622202{number:06d}"))
    batch = world.send()
    orders = world.orders()
    with acting(world.preparer):
        import_returns(
            content=answer("R1", (orders[0], "退票"), (orders[1], "成功")), name="r", on=day(JULY, 25)
        )
        confirm_paid(batch_id=batch.pk, on=day(JULY, 26))
    assert broken() == {}, "one came back, nine were paid, by orders and by ledger alike"

    with server.administrator().with_database(fresh_database).connect() as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute(f"CREATE TABLE kept AS SELECT * FROM payments_order WHERE id = {orders[5].pk}")
        admin.execute(f"DELETE FROM payments_order WHERE id = {orders[5].pk}")
    # Nothing marks what a superuser does behind the triggers; the next payment would.
    _mark(fresh_database)
    found = broken()
    assert ("310000", 800_000, 900_000) in found[SETTLED] and ("310107", 800_000, 900_000) in found[SETTLED]
    assert ("310000", 1_000_000, 900_000) in found[BATCHED]

    with acting_as_service("test"):
        content = frozen(draft(2022))
    paper = document(content, on=YEAR_END)
    texts = [part.text if isinstance(part, Heading) else part for part in paper.body]
    said = next(text for text in texts if text.startswith(SETTLED))
    assert "左边8,000.00元，右边9,000.00元，相差-1,000.00元" in said
    text = page(content, 2022)
    assert text.index("勾稽关系不成立") < text.index("<h1>"), "at the top of the page"
    with (
        acting(make_post("city_policy_officer", "310000")),
        pytest.raises(SummaryRefused, match="勾稽关系不成立"),
    ):
        check_summary(year=2022)

    with server.administrator().with_database(fresh_database).connect() as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("INSERT INTO payments_order SELECT * FROM kept")
        admin.execute(f"DELETE FROM payments_transfer WHERE kind = 'settle' AND order_id = {orders[6].pk}")
    _mark(fresh_database)
    assert ("310000", 900_000, 800_000) in broken()[SETTLED], "an entry that is gone is missed as well"


def _mark(database: str) -> None:
    with server.administrator().with_database(database).connect() as admin:
        for table in ("payments_order", "payments_transfer", "payments_batch"):
            admin.execute(f"UPDATE {table} SET id = id WHERE false")
