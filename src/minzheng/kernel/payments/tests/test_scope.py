"""Who sees which payments: the database answers raw SQL of the web role by the acting post alone."""

from __future__ import annotations

from django.db import connection

from minzheng.kernel.access import acting, acting_as_resident
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.payments import queries
from minzheng.kernel.payments.actions import import_returns
from minzheng.kernel.payments.tests.world import JULY, QUARTERLY, World, answer, day
from minzheng.kernel.periods import Month

ELSEWHERE = "310101002001"


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM payments_{table}")
        return int(cursor.fetchone()[0])


def test_a_district_sees_its_own_orders_and_entries_and_nobody_elses(world: World) -> None:
    here, there = world.person(), world.person(account="6222020000000002")
    world.award(here)
    world.award(there, place=ELSEWHERE)
    world.send()
    for place, orders in (("310107", 1), ("310101", 1), ("310104", 0), ("310000", 2)):
        with acting(make_post("district_reviewer", place)):
            assert (count("order"), count("transfer")) == (orders, orders * 2)
    with acting(make_post("district_reviewer", "310107")):
        # The city's batch and its bank file speak of everyone.
        assert (count("batch"), count("bankfile")) == (0, 0)
    assert (
        count("order") == count("transfer") == count("batch") == count("bankfile") == count("returnfile") == 0
    )


def test_a_post_for_another_programme_sees_nothing(world: World) -> None:
    world.award(world.person())
    world.send()
    with acting(make_post("finance_preparer", "310000", ("ages",))):
        assert (count("order"), count("batch"), count("transfer"), count("bankfile")) == (0, 0, 0, 0)


def test_a_resident_sees_their_own_payments_and_no_entry(world: World) -> None:
    mine, other = world.person(), world.person(account="6222020000000002")
    world.award(mine)
    world.award(other)
    world.send()
    with acting_as_resident(mine):
        (order,) = queries.payments_of_person(mine)
        assert (order.person_id, order.account_masked) == (mine, "•••• 0001")
        assert (count("order"), count("transfer"), count("batch"), count("returnfile")) == (1, 0, 0, 0)


def test_differences_compare_a_month_with_the_one_before_by_benefit_and_place(world: World) -> None:
    award = world.award(world.person(), start=Month(2022, 6))
    world.award(world.person(account="6222020000000002"), place=ELSEWHERE)
    world.send(Month(2022, 6))
    world.amounts(award, [(Month(2022, 6), JULY, 100_000), (JULY, None, 109_000)])
    world.draft(JULY, schedules=(QUARTERLY,))
    world.draft()
    with world.seeing():
        found = {
            row.district: (row.fen_before, row.fen, row.change_fen) for row in queries.differences(month=JULY)
        }
    assert found == {"310101": (0, 100_000, 100_000), "310107": (100_000, 109_000, 9_000)}


def test_the_screens_readings_agree_with_each_other(world: World, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    for number in range(3):
        world.award(world.person(account=f"622202{number:06d}"))
    world.award(world.person(account=None))
    batch = world.send()
    content = answer("R1", (world.orders()[0], "退票"))
    with acting(world.preparer):
        import_returns(content=content, name="r", on=day(JULY))
    with world.seeing(), django_assert_max_num_queries(12):
        detail = queries.batch_detail(batch.pk)
        assert (
            sum(row["fen"] for row in detail.kinds)
            == sum(row["fen"] for row in detail.districts)
            == batch.total_fen
        )
        assert {row["state"]: row["orders"] for row in detail.states} == {"sent": 2, "returned": 1}
        assert queries.orders_of_batch(batch).count() == 3
        assert [row.order.payee_name for row in queries.open_returns()] == ["王芳"]  # type: ignore[union-attr]
        assert [order.hold_reason for order in queries.held_orders(month=JULY)] == ["no_account"]
        assert queries.waiting(month=JULY) == [
            {"programme": "relief", "drafted": 0, "drafted_fen": 0, "held": 1}
        ]
        assert sum(row["orders"] for row in queries.month_totals(month=JULY)) == 4
