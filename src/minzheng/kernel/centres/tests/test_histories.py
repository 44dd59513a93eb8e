"""Over random days: people are conserved, nobody is at two counters, nobody without precedence waits beyond the rule."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minzheng.kernel.access import acting
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.centres import actions
from minzheng.kernel.centres.catalogue import rules_on
from minzheng.kernel.centres.errors import CentreRefused
from minzheng.kernel.centres.models import MOVES, Ticket, TicketEvent, TicketState
from minzheng.kernel.centres.queries import day_figures
from minzheng.kernel.centres.tests.conftest import CARE, DAY, HOUSING, RELIEF, STREET, Seat, at

ACTS = st.sampled_from(
    ["take", "take", "take", "call", "call", "start", "finish", "finish", "recall", "no_show", "hold", "resume", "transfer", "leave", "close_counter"]
)  # fmt: skip
histories = st.lists(
    st.tuples(ACTS, st.integers(0, 2), st.sampled_from([RELIEF, CARE, HOUSING]), st.sampled_from(["", "", "disabled"])),
    min_size=5,
    max_size=45,
)  # fmt: skip


class _Undo(Exception):
    pass


def test_a_queue_conserves_people(centre):
    seats = [Seat(centre, number) for number in (1, 2, 3)]

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(histories)
    def check(history) -> None:
        try:
            with transaction.atomic():
                taken = _live(history, seats)
                _conserved(centre, seats[0], taken)
                raise _Undo
        except _Undo:
            pass

    check()


def _live(history, seats) -> int:
    taken, now = 0, at("09:00")
    for act, who, group, priority in history:
        now += timedelta(minutes=1)
        seat = seats[who]
        with acting(seat.post):
            tickets = list(Ticket.objects.order_by("id"))
            here = next(
                (t for t in tickets if t.counter_id == seat.counter.pk and t.state in ("called", "serving")),
                None,
            )
            try:
                with transaction.atomic():
                    taken += _act(act, seat, group, priority, here, tickets, now)
            except CentreRefused:
                pass  # Refused acts change nothing; what must hold is asked below.
    return taken


def _act(act: str, seat: Seat, group: str, priority: str, here, tickets, now: datetime) -> int:
    if act == "take":
        actions.take_ticket(
            centre=seat.sitting.centre_id, group_code=group, on=DAY, at=now, priority=priority
        )
        return 1
    if act == "call":
        actions.call_next(sitting=seat.sitting, at=now)
    elif act == "resume":
        for ticket in [t for t in tickets if t.state == TicketState.HELD][:1]:
            actions.resume(ticket=ticket, sitting=seat.sitting, at=now)
    elif act == "leave":
        for ticket in [t for t in tickets if t.state == TicketState.WAITING][:1]:
            actions.leave(ticket=ticket, at=now)
    elif act == "close_counter":
        actions.close_counter(sitting=seat.sitting, at=now)
        seat.sitting = actions.open_counter(counter=seat.counter, on=DAY, at=now)
    elif here is not None:
        extra = {"group_code": group} if act == "transfer" else {}
        getattr(actions, act)(ticket=here, at=now, **extra)
    return 0


def _conserved(centre, seat, taken: int) -> None:
    with acting(seat.post):
        row = day_figures([centre.pk], day=DAY)[centre.pk]
        parts = row["served"] + row["gone"] + row["carried"] + row["waiting"] + row["at_counter"]
        assert row["taken"] == taken == parts
        for ticket in Ticket.objects.all():
            path = list(TicketEvent.objects.filter(ticket=ticket).order_by("id"))
            assert path[0].act == "take" and path[-1].to_state == ticket.state
            for before, after in pairwise(path):
                assert before.to_state == after.from_state
                assert after.act == "recall" or after.to_state in MOVES[after.from_state]
            assert sum(event.act == "finish" for event in path) == (ticket.state == TicketState.DONE)
    with acting(make_post("centre_manager", STREET)):
        if Ticket.objects.filter(state=TicketState.SERVING).exists():
            return
        actions.close_day(centre=centre, on=DAY, at=at("16:30"))
        assert not Ticket.objects.exclude(state__in=["done", "left", "closed_out"]).exists()


def _bound(seat, arrivals) -> None:
    """`arrivals`: after each call somebody with precedence arrives, or nobody."""
    run = rules_on(DAY).preferred_run
    try:
        with transaction.atomic():
            plain = [seat.take(clock="08:31") for _ in range(3)]
            for _ in range(run + 1):
                seat.take(clock="08:32", priority="elderly")
            called = []
            for more in [*arrivals, *([True] * 12)]:
                ticket = seat.call("10:00")
                if ticket is None:
                    break
                called.append(ticket.pk)
                seat.does(actions.start, ticket=ticket)
                seat.does(actions.finish, ticket=ticket)
                if more:
                    seat.take(clock="10:00", priority="elderly")
            for place, ticket in enumerate(plain, 1):
                assert called.index(ticket.pk) < place * (run + 1)
            raise _Undo
    except _Undo:
        pass


def test_however_many_with_precedence_arrive_the_kth_without_is_called_within_k_turns_of_the_rule(seat):
    clerk = seat(1)

    @settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.booleans(), min_size=1, max_size=15))
    def check(arrivals) -> None:
        _bound(clerk, arrivals)

    check()
