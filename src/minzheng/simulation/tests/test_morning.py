"""A centre lives a morning: nobody is lost, nobody is served twice, precedence is honoured."""

from collections import Counter as Tally
from datetime import date, timedelta

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.centres import actions
from minzheng.kernel.centres.models import Centre, Slot, Ticket, TicketEvent
from minzheng.kernel.centres.queries import day_figures
from minzheng.kernel.centres.sites import SITES
from minzheng.kernel.centres.tests.conftest import at, make_person
from minzheng.simulation.centre_sites import write_sites
from minzheng.simulation.centres import simulate_morning

DAY = date(2022, 7, 29)


def test_the_file_of_centres_is_what_its_maker_writes(tmp_path):
    assert write_sites(tmp_path / "sites.csv") == 287
    assert (tmp_path / "sites.csv").read_bytes() == SITES.read_bytes()


def test_a_morning_loses_nobody_and_serves_nobody_twice(db):
    with acting_as_service("test"):
        actions.load_centres()
        centre = Centre.objects.get(code="310107014-0")
        actions.open_slots(on=DAY - timedelta(days=1), days=1, centres=[centre.pk])
        for slot in Slot.objects.filter(centre=centre, starts__lt="11:00").order_by("id")[:12]:
            actions.book(
                slot=slot,
                person_id=make_person().pk,
                on=DAY - timedelta(days=1),
                at=at("10:00", DAY - timedelta(days=1)),
            )
    told = []
    morning = simulate_morning(
        centre, on=DAY, seed=7, close_at_end=True, watch=lambda when, what: told.append((when, what))
    )
    assert morning.taken > 80 and morning.transfers and morning.holds and morning.left and morning.booked > 5
    assert morning.taken == morning.served + morning.left + morning.carried
    assert any("关窗" in what for _when, what in told)
    with acting_as_service("test"):
        tickets = {ticket.pk: ticket for ticket in Ticket.objects.filter(centre=centre)}
        finished = Tally(TicketEvent.objects.filter(act="finish").values_list("ticket_id", flat=True))
        assert set(finished.values()) == {1}
        assert set(finished) == {pk for pk, ticket in tickets.items() if ticket.state == "done"}
        assert all(
            ticket.claim_on == date(2022, 7, 30)
            for ticket in tickets.values()
            if ticket.state == "closed_out"
        )
        figures = day_figures([centre.pk], day=DAY)[centre.pk]
        waits = {True: [], False: []}
        for ticket in tickets.values():
            if ticket.called_at and ticket.channel == "walk_in":
                waits[bool(ticket.priority)].append((ticket.called_at - ticket.taken_at).total_seconds())
    assert figures["taken"] == morning.taken and figures["served"] == morning.served
    assert sorted(waits[True])[len(waits[True]) // 2] < sorted(waits[False])[len(waits[False]) // 2]
