"""The queue of a centre: numbers, precedence and its limit, hold, transfer, pressing twice, closing."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from minzheng.kernel.access import NotPermitted, acting, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.centres import actions
from minzheng.kernel.centres.errors import CentreRefused, CounterBusy, QueueClosed, TicketMoveRefused
from minzheng.kernel.centres.models import MOVES, Centre, Sitting, Ticket, TicketEvent, TicketState
from minzheng.kernel.centres.queries import by_half_hour, day_figures
from minzheng.kernel.centres.tests.conftest import (
    CARE,
    DAY,
    HOUSING,
    OTHER_STREET,
    RELIEF,
    STREET,
    at,
    make_centre,
)


def closed(centre, clock="16:30", day=DAY):
    with acting(make_post("centre_manager", STREET)):
        return actions.close_day(centre=centre, on=day, at=at(clock, day))


def test_numbers_run_from_one_in_each_item_group(seat):
    clerk = seat(3)
    taken = [clerk.take(group).label for group in (RELIEF, HOUSING, RELIEF)]
    assert taken == ["A001", "H001", "A002"]


def test_who_took_a_number_first_is_called_first(seat):
    clerk = seat(1)
    first, second = clerk.take(RELIEF, "08:40"), clerk.take(CARE, "08:41")
    assert clerk.call() == first
    clerk.does(actions.start, ticket=first)
    clerk.does(actions.finish, ticket=first)
    assert clerk.call() == second


def test_a_counter_is_called_nobody_whom_it_does_not_serve(seat):
    clerk, all_round = seat(1), seat(3)
    housing = clerk.take(HOUSING)
    assert clerk.call() is None
    assert all_round.call() == housing


def test_precedence_goes_first_and_after_three_in_a_row_somebody_without_is_called(seat):
    clerk = seat(1)
    plain = [clerk.take(clock=f"08:{30 + n}") for n in range(2)]
    favoured = [clerk.take(clock=f"08:{40 + n}", priority="disabled") for n in range(5)]
    called = []
    while (ticket := clerk.call()) is not None:
        called.append(ticket)
        clerk.does(actions.start, ticket=ticket)
        clerk.does(actions.finish, ticket=ticket)
    # Three with precedence, one without, the other two with precedence, then the last without.
    assert called == [*favoured[:3], plain[0], *favoured[3:], plain[1]]


def test_who_cannot_show_the_paper_waits_on_at_the_place_of_the_number(seat):
    clerk = seat(1)
    first, false, last = (
        clerk.take(clock="08:31"),
        clerk.take(clock="08:32", priority="disabled"),
        clerk.take(clock="08:33"),
    )
    assert clerk.call() == false
    clerk.does(actions.put_back, ticket=false, note="未带证件")
    with pytest.raises(TicketMoveRefused, match="依法优先"):
        clerk.does(actions.put_back, ticket=false)
    called = []
    for _ in range(3):
        ticket = clerk.call()
        called.append(ticket)
        clerk.does(actions.start, ticket=ticket)
        clerk.does(actions.finish, ticket=ticket)
    assert called == [first, false, last]


def test_only_known_classes_have_precedence_and_a_slip_of_another_day_is_no_class_to_choose(seat):
    clerk = seat(1)
    for wrong in ("friend_of_the_clerk", "carried"):
        with pytest.raises(CentreRefused, match="优先类别"):
            clerk.take(priority=wrong)


def test_somebody_who_does_not_come_is_passed_over_after_two_recalls_and_not_before(seat):
    clerk = seat(1)
    ticket = clerk.take()
    clerk.call()
    for _ in range(2):
        with pytest.raises(TicketMoveRefused, match="重呼"):
            clerk.does(actions.no_show, ticket=ticket)
        clerk.does(actions.recall, ticket=ticket)
    assert clerk.does(actions.no_show, ticket=ticket).state == TicketState.LEFT


def test_a_held_person_is_taken_up_again_without_waiting_and_the_time_away_is_not_service(seat):
    clerk, other = seat(1), seat(2)
    ticket = clerk.take()
    clerk.call("09:00")
    clerk.does(actions.start, "09:00", ticket=ticket)
    clerk.does(actions.hold, "09:04", ticket=ticket, note="补充材料")
    following = clerk.take()
    assert clerk.call("09:05") == following
    other.does(actions.resume, "09:30", ticket=ticket, sitting=other.sitting)
    done = other.does(actions.finish, "09:36", ticket=ticket)
    assert (done.ended_at - done.served_at).total_seconds() == (4 + 6) * 60


def test_who_is_sent_to_another_counter_keeps_the_place_of_the_first_number(seat):
    clerk, all_round = seat(1), seat(3)
    first = clerk.take(RELIEF, "08:31")
    clerk.take(HOUSING, "08:32")
    clerk.call()
    clerk.does(actions.start, ticket=first)
    clerk.does(actions.transfer, ticket=first, group_code=HOUSING)
    called = all_round.call()
    assert called == first and called.label == "A001" and called.group_code == HOUSING


def test_nobody_is_sent_where_nobody_serves_them(seat, centre):
    clerk = seat(1)
    ticket = clerk.take()
    clerk.call()
    clerk.does(actions.start, ticket=ticket)
    with pytest.raises(CentreRefused, match="没有受理"):
        clerk.does(actions.transfer, ticket=ticket, group_code="marriage_birth")
    empty = centre.pk and clerk.counter.__class__.objects.get(centre=centre, number=2)
    with pytest.raises(CentreRefused, match="未开"):
        clerk.does(actions.transfer, ticket=ticket, counter=empty)


def test_who_was_sent_to_a_counter_that_closes_is_taken_by_another(seat):
    clerk, gone, other = seat(1), seat(2), seat(3)
    ticket = clerk.take()
    clerk.call()
    clerk.does(actions.start, ticket=ticket)
    clerk.does(actions.transfer, ticket=ticket, counter=gone.counter)
    assert other.call() is None
    gone.does(actions.close_counter, sitting=gone.sitting)
    assert other.call() == ticket


def test_a_counter_with_somebody_called_puts_them_back_when_it_closes_and_one_that_serves_does_not_close(
    seat,
):
    clerk, other = seat(1), seat(2)
    ticket = clerk.take()
    clerk.call()
    clerk.does(actions.close_counter, sitting=clerk.sitting)
    assert other.call() == ticket
    other.does(actions.start, ticket=ticket)
    with pytest.raises(CounterBusy, match="正在办理"):
        other.does(actions.close_counter, sitting=other.sitting)


def test_a_counter_calls_nobody_more_while_somebody_is_there(seat):
    clerk = seat(1)
    clerk.take(), clerk.take()
    clerk.call()
    with pytest.raises(CounterBusy, match="A001"):
        clerk.call()


def test_pressing_a_button_twice_takes_calls_and_finishes_once(seat):
    clerk = seat(1)
    assert clerk.take(key="k1") == clerk.take(key="k1")
    clerk.take()
    first = clerk.call(key="k2")
    assert clerk.call(key="k2") == first
    clerk.does(actions.start, ticket=first, key="k3")
    clerk.does(actions.start, ticket=first, key="k3")
    once = clerk.does(actions.finish, "09:10", ticket=first, key="k4", case_id=77)
    again = clerk.does(actions.finish, "09:11", ticket=first, key="k4", case_id=77)
    assert again.ended_at == once.ended_at and again.case_id == 77
    with pytest.raises(TicketMoveRefused):
        clerk.does(actions.finish, ticket=first, key="another press")
    with acting(clerk.post):
        acts = list(TicketEvent.objects.filter(ticket=first).order_by("id").values_list("act", flat=True))
    assert acts == ["take", "call", "start", "finish"]


def test_another_clerk_cannot_end_what_is_at_ones_counter(seat):
    clerk, other = seat(1), seat(2)
    ticket = clerk.take()
    clerk.call()
    for act in (actions.start, actions.recall, actions.no_show, actions.finish):
        with pytest.raises(CounterBusy, match="不在您的窗口"):
            other.does(act, ticket=ticket)
    with pytest.raises(CounterBusy, match="办理"), acting(other.post):
        actions.call_next(sitting=clerk.sitting, at=at("09:00"))


def test_one_counter_has_one_clerk_and_one_clerk_one_counter(seat, centre):
    clerk = seat(1)
    with pytest.raises(CounterBusy, match="1 号窗口由"):
        seat(1)
    with pytest.raises(CounterBusy, match="您正在 1 号窗口"), acting(clerk.post):
        actions.open_counter(counter=centre.pk and _counter(centre, 2), on=DAY, at=at("09:00"))
    with acting(clerk.post):
        assert actions.open_counter(counter=clerk.counter, on=DAY, at=at("09:00")) == clerk.sitting


def _counter(centre, number):
    from minzheng.kernel.centres.models import Counter

    return Counter.objects.get(centre=centre, number=number)


def test_no_number_is_given_before_the_first_counter_opens_nor_after_the_day_is_closed(centre, seat):
    with pytest.raises(QueueClosed, match="尚未开始"), acting(make_post("centre_clerk", STREET)):
        actions.take_ticket(centre=centre, group_code=RELIEF, on=DAY, at=at("08:00"))
    clerk = seat(1)
    closed(centre)
    with pytest.raises(QueueClosed, match="已停止"):
        clerk.take()
    with pytest.raises(QueueClosed):
        closed(centre)


def test_who_still_waits_when_the_centre_closes_is_first_on_the_next_open_day(centre, seat):
    clerk = seat(1)
    waiting, held = clerk.take(), clerk.take()
    clerk.call()
    clerk.does(actions.start, ticket=waiting)
    clerk.does(actions.hold, ticket=waiting)
    result = closed(centre)
    assert {t.pk for t in result.carried} == {waiting.pk, held.pk}
    assert result.claim_on == date(2022, 7, 30)  # the Saturday, which is open here
    saturday = date(2022, 7, 30)
    again = seat(1, day=saturday)
    plain = again.take(clock="08:31", day=saturday)
    with acting(again.post):
        for _press in range(2):
            claimed = actions.claim_carried(
                centre=centre,
                label=waiting.label,
                code=waiting.code,
                on=saturday,
                at=at("08:50", saturday),
                key="p",
            )
        with pytest.raises(CentreRefused, match="已优先取号"):
            actions.claim_carried(
                centre=centre, label=waiting.label, code=waiting.code, on=saturday, at=at("08:55", saturday)
            )
        with pytest.raises(CentreRefused, match="没有可优先"):
            actions.claim_carried(
                centre=centre, label=held.label, code="nope", on=saturday, at=at("08:55", saturday)
            )
    assert claimed.carried_from_id == waiting.pk
    assert again.call(day=saturday) == claimed and plain.state == TicketState.WAITING


def test_a_slip_is_not_claimed_on_the_day_it_was_carried_from(centre, seat):
    clerk = seat(1)
    ticket = clerk.take()
    closed(centre)
    with pytest.raises(CentreRefused, match="起可用"), acting(clerk.post):
        actions.claim_carried(centre=centre, label=ticket.label, code=ticket.code, on=DAY, at=at("16:50"))


def test_a_day_is_not_closed_over_somebody_who_is_being_served(centre, seat):
    clerk = seat(1)
    ticket = clerk.take()
    clerk.call()
    clerk.does(actions.start, ticket=ticket)
    with pytest.raises(CounterBusy, match="1 号窗口 A001"):
        closed(centre)


def test_the_figures_of_a_day_add_up_and_show_the_half_hours(centre, seat):
    clerk = seat(1)
    tickets = [clerk.take(clock="08:40") for _ in range(4)]
    clerk.call("09:00")
    clerk.does(actions.start, "09:00", ticket=tickets[0])
    clerk.does(actions.finish, "09:12", ticket=tickets[0])
    clerk.does(actions.leave, "09:20", ticket=tickets[1])
    clerk.call("09:30")
    with acting(clerk.post):
        row = day_figures([centre.pk], day=DAY)[centre.pk]
        halves = by_half_hour(centre, day=DAY)
    assert (
        row["taken"] == 4 == row["served"] + row["gone"] + row["carried"] + row["waiting"] + row["at_counter"]
    )
    assert (row["served"], row["gone"], row["waiting"], row["at_counter"]) == (1, 1, 1, 1)
    assert row["median_wait"] == 35  # of 20 and 50 minutes
    assert halves == [("08:30", 4, 0), ("09:00", 0, 1)]


@pytest.mark.parametrize(
    "role", ["neighbourhood_worker", "district_reviewer", "statistician", "auditor", "finance_preparer"]
)
def test_who_does_not_serve_at_centres_gives_no_number(role, centre, seat):
    seat(1)
    with (
        pytest.raises(NotPermitted),
        acting(make_post(role, "310107" if role == "district_reviewer" else STREET)),
    ):
        actions.take_ticket(centre=centre, group_code=RELIEF, on=DAY, at=at("09:00"))


@pytest.mark.parametrize("role", ["centre_clerk", "street_officer"])
def test_who_only_serves_neither_closes_the_day_nor_changes_a_counter(role, centre, seat):
    seat(1)
    with acting(make_post(role, STREET)):
        with pytest.raises(NotPermitted):
            actions.close_day(centre=centre, on=DAY, at=at("16:30"))
        with pytest.raises(NotPermitted):
            actions.set_counter(counter=_counter(centre, 1), groups=[CARE], is_in_use=True, on=DAY)


def test_a_clerk_of_another_street_does_nothing_here(centre, seat):
    clerk = seat(1)
    ticket = clerk.take()
    with acting(make_post("centre_manager", OTHER_STREET)):
        assert not Ticket.objects.exists() and not Sitting.objects.exists()
        with pytest.raises(NotPermitted, match="不在本岗位范围"):
            actions.take_ticket(centre=centre, group_code=RELIEF, on=DAY, at=at("09:00"))
        with pytest.raises(NotPermitted):
            actions.close_day(centre=centre, on=DAY, at=at("09:00"))
        with pytest.raises(CentreRefused):
            actions.leave(ticket=ticket, at=at("09:00"))


def test_a_row_of_another_streets_centre_cannot_be_written_under_ones_own_division(centre, seat):
    seat(1)
    with (
        acting(make_post("centre_clerk", OTHER_STREET)),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO centres_centreday (centre_id, division_code, day, opened_at) VALUES (%s, %s, '2022-07-30', now())",
            [centre.pk, OTHER_STREET],
        )  # fmt: skip


def test_a_counter_of_one_centre_is_not_used_by_another(centre, seat):
    clerk = seat(1)
    branch = make_centre(number=1)
    with acting(clerk.post), pytest.raises(IntegrityError), transaction.atomic():
        Sitting.objects.create(
            centre=branch,
            counter=_counter(centre, 2),
            day=DAY,
            post_id=99,
            official="x",
            opened_at=at("09:00"),
        )
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("before", TicketState.values)
@pytest.mark.parametrize("after", TicketState.values)
def test_the_database_permits_the_moves_of_the_table_and_no_others(before, after, centre, seat):
    clerk = seat(1)
    ticket = clerk.take()
    path = {
        "waiting": [], "called": ["called"], "serving": ["called", "serving"], "done": ["called", "serving", "done"],
        "held": ["called", "serving", "held"], "transferred": ["called", "serving", "transferred"], "left": ["left"],
        "closed_out": ["closed_out"],
    }  # fmt: skip
    with acting(clerk.post), connection.cursor() as cursor:
        step = "UPDATE centres_ticket SET state = %s, counter_id = %s WHERE id = %s"
        for state in path[before]:
            cursor.execute(step, [state, clerk.counter.pk, ticket.pk])
        if after == before or after in MOVES[before]:
            cursor.execute(step, [after, clerk.counter.pk, ticket.pk])
        else:
            with pytest.raises(DatabaseError, match="no such move"), transaction.atomic():
                cursor.execute(step, [after, clerk.counter.pk, ticket.pk])


def test_a_ticket_keeps_its_number_and_holds_no_person(seat):
    ticket = seat(1).take()
    assert not {"person", "person_id", "name"} & {field.name for field in Ticket._meta.get_fields()}
    with (
        acting_as_service("test"),
        pytest.raises(DatabaseError, match="keeps its number"),
        transaction.atomic(),
    ):
        Ticket.objects.filter(pk=ticket.pk).update(number=9)


def test_287_centres_and_branches_are_in_force_at_the_end_of_2022(db):
    from minzheng.kernel.centres.queries import centres_in_force, nearest

    with acting_as_service("test"):
        assert actions.load_centres() == 287
        assert actions.load_centres() == 0
    on = date(2022, 12, 31)
    assert centres_in_force(on).count() == 287
    assert centres_in_force(on).filter(kind="main").values("division_code").distinct().count() == 215
    assert not centres_in_force(date(2017, 12, 31)).exists()
    found = nearest(STREET, on=on, most=4)
    assert found[0][0].division_code == STREET and found[0][1] == 0
    assert [km for _c, km in found] == sorted(km for _c, km in found)
    assert Centre.objects.exclude(provenance="illustrative").count() == 0
