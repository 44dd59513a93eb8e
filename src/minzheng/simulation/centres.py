"""A synthetic morning at a centre, lived through the same acts that clerks and the ticket machine use (模拟上午).

Arrivals, service times, who has precedence, who does not come and who needs a second counter are drawn from one seed, so a
morning can be lived again. Every person is a number; none of them is anybody. Time is the simulation's own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from heapq import heappop, heappush
from itertools import count
from random import Random

from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.actions import create_official, grant_post
from minzheng.kernel.access.models import Post
from minzheng.kernel.centres import actions
from minzheng.kernel.centres.catalogue import CARRIED, item_groups, priorities, rules_on
from minzheng.kernel.centres.models import (
    Appointment,
    AppointmentState,
    Centre,
    Counter,
    Sitting,
    Ticket,
    TicketState,
)
from minzheng.kernel.centres.opening import spans_of
from minzheng.kernel.centres.queries import centres_in_force
from minzheng.kernel.periods import SHANGHAI

Watcher = Callable[[str, str], None]
NOON = time(12)


def prepare_centres(*, on: date) -> int:
    """The demonstration's centres: the register, and the coming days offered for booking. Run it as a service.

    Returns how many centres are in force. What is there already stays.
    """
    actions.load_centres()
    actions.open_slots(on=on)
    return centres_in_force(on).count()


@dataclass
class Morning:
    """What a simulated morning came to, counted from the records when it ended."""

    taken: int = 0
    served: int = 0
    left: int = 0
    waiting: int = 0
    carried: int = 0
    transfers: int = 0
    holds: int = 0
    with_precedence: int = 0
    booked: int = 0
    counters: int = 0
    order: list[int] = field(default_factory=list)  # tickets in the order they were called


@dataclass
class _Desk:
    counter: Counter
    post: Post
    sitting: Sitting | None = None
    is_busy: bool = False


def simulate_morning(
    centre: Centre,
    *,
    on: date,
    seed: int,
    arrivals_per_hour: int = 40,
    until: time = NOON,
    close_at_end: bool = False,
    watch: Watcher = lambda _when, _what: None,
) -> Morning:
    """Lives a centre's day from opening to `until`; call it outside of any acting block. The records stay.

    One counter closes half way, some people are sent on to another counter, some are set aside for a paper, some have
    gone when they are called; who is booked for the morning comes, mostly.

    Args:
        close_at_end: closes the day at the end, with whoever still waits.
        watch: told the time of day and what happened.

    Raises:
        ValueError: the centre does not open on this day.
        QueueClosed: the day has been closed already.
    """
    spans = spans_of([centre.pk], on)[centre.pk]
    if not spans:
        raise ValueError(f"{centre.name} {on} 不开放 / is not open on {on}")
    with acting_as_service("simulation"):
        desks = [_Desk(counter, post) for counter, post in zip(*_staff(centre), strict=True)]
        booked = list(
            Appointment.objects.filter(
                centre=centre, day=on, state=AppointmentState.BOOKED, starts__lt=until
            ).order_by("starts", "id")
        )
    run = _Run(centre, on, Random(f"{seed} {centre.code} {on}"), desks, watch)
    run.live(
        datetime.combine(on, spans[0][0], SHANGHAI),
        datetime.combine(on, until, SHANGHAI),
        arrivals_per_hour,
        booked,
    )
    if close_at_end:
        with acting_as_service("simulation"):
            actions.close_day(centre=centre, on=on, at=run.now)
    return run.outcome()


def _staff(centre: Centre) -> tuple[list[Counter], list[Post]]:
    """The counters in use and one synthetic clerk for each; the accounts have no password."""
    counters = list(Counter.objects.filter(centre=centre, is_in_use=True).order_by("number"))
    posts = []
    for counter in counters:
        username = f"sim{centre.code.replace('-', '')}n{counter.number}"
        post = Post.objects.filter(official__user__username=username).first()
        if post is None:
            official = create_official(
                username=username, password=None, name=f"模拟{counter.number}号窗", title="合成人员"
            )
            post = grant_post(
                official=official,
                role="centre_clerk",
                division_code=centre.division_code,
                start=date(2020, 1, 1),
            )
        posts.append(post)
    return counters, posts


class _Run:
    """One morning: a heap of what happens next, and the acts it leads to."""

    def __init__(self, centre: Centre, on: date, draw: Random, desks: list[_Desk], watch: Watcher) -> None:
        self.centre, self.on, self.draw, self.desks, self.watch = centre, on, draw, desks, watch
        self.events: list[tuple[datetime, int, Callable[[], None]]] = []
        self.ties = count()
        self.now = datetime.min.replace(tzinfo=SHANGHAI)
        self.order: list[int] = []
        offered = {code for desk in desks for code in desk.counter.groups}
        self.groups = [code for code in item_groups() if code in offered]
        self.classes = [code for code in priorities() if code != CARRIED]
        self.gone: set[int] = set()
        self.end = self.now

    def live(self, opens: datetime, end: datetime, arrivals_per_hour: int, booked: list[Appointment]) -> None:
        self.end = end
        for desk in self.desks:
            self.at(opens, lambda desk=desk: self.open(desk))  # type: ignore[misc]
        at = opens
        while True:
            at += timedelta(minutes=self.draw.expovariate(arrivals_per_hour / 60))
            if at >= end:
                break
            self.at(at, self.arrive)
        for appointment in booked:
            if self.draw.random() < 0.85:
                due = datetime.combine(self.on, appointment.starts, SHANGHAI)
                come = max(opens, due + timedelta(minutes=self.draw.uniform(-20, 8)))
                self.at(come, lambda one=appointment: self.come_booked(one))  # type: ignore[misc]
        if len(self.desks) > 2:
            self.at(opens + (end - opens) / 2, lambda: self.shut(self.desks[-2]))
        while self.events:
            self.now, _tie, act = heappop(self.events)
            if self.now > end:
                break
            act()
        self.now = end
        self.settle()

    def at(self, when: datetime, act: Callable[[], None]) -> None:
        heappush(self.events, (when, next(self.ties), act))

    def in_minutes(self, minutes: float, act: Callable[[], None]) -> None:
        self.at(self.now + timedelta(minutes=minutes), act)

    def say(self, what: str) -> None:
        self.watch(f"{self.now:%H:%M}", what)

    def open(self, desk: _Desk) -> None:
        with acting(desk.post):
            desk.sitting = actions.open_counter(counter=desk.counter, on=self.on, at=self.now)
        self.say(f"{desk.counter.number} 号窗口开窗")
        self.in_minutes(0.2, lambda: self.call(desk))

    def shut(self, desk: _Desk) -> None:
        """One counter closes half way; it waits until its person is done."""
        if desk.sitting is None:
            return
        with acting(desk.post):
            if not desk.is_busy:
                actions.close_counter(sitting=desk.sitting, at=self.now)
                desk.sitting = None
        if desk.sitting is not None:
            self.in_minutes(1, lambda: self.shut(desk))
            return
        self.say(f"{desk.counter.number} 号窗口关窗")
        self.wake()

    def arrive(self) -> None:
        group = self.draw.choice(self.groups)
        precedence = self.draw.choice(self.classes) if self.draw.random() < 0.25 else ""
        with acting(self.desks[0].post):
            ticket = actions.take_ticket(
                centre=self.centre, group_code=group, on=self.on, at=self.now, priority=precedence
            )
        if self.draw.random() < 0.06:
            self.gone.add(ticket.pk)
        self.say(f"取号 {ticket.label} {item_groups()[group].name}{'（优先）' if precedence else ''}")
        self.wake()

    def come_booked(self, appointment: Appointment) -> None:
        with acting(self.desks[0].post):
            ticket = actions.check_in(appointment=appointment, on=self.on, at=self.now)
        self.say(f"预约到场 {ticket.label}")
        self.wake()

    def wake(self) -> None:
        """Whoever sits idle looks again whether somebody waits for them."""
        for desk in self.desks:
            self.call(desk)

    def call(self, desk: _Desk) -> None:
        if desk.sitting is None or desk.is_busy:
            return
        with acting(desk.post):
            ticket = actions.call_next(sitting=desk.sitting, at=self.now)
        if ticket is None:
            return
        desk.is_busy = True
        self.order.append(ticket.pk)
        self.say(f"{desk.counter.number} 号窗口叫号 {ticket.label}")
        if ticket.pk in self.gone:
            for again in range(rules_on(self.on).recalls_before_no_show):
                self.in_minutes(0.5 * (again + 1), lambda: self.call_again(desk, ticket))
            self.in_minutes(2, lambda: self.pass_over(desk, ticket))
        else:
            self.in_minutes(0.5, lambda: self.start(desk, ticket))

    def call_again(self, desk: _Desk, ticket: Ticket) -> None:
        with acting(desk.post):
            actions.recall(ticket=ticket, at=self.now)

    def pass_over(self, desk: _Desk, ticket: Ticket) -> None:
        with acting(desk.post):
            actions.no_show(ticket=ticket, at=self.now)
        self.say(f"{ticket.label} 过号")
        self.free(desk)

    def free(self, desk: _Desk) -> None:
        """The counter has nobody; a moment later it calls again."""
        desk.is_busy = False
        self.in_minutes(0.3, lambda: self.call(desk))

    def start(self, desk: _Desk, ticket: Ticket) -> None:
        with acting(desk.post):
            actions.start(ticket=ticket, at=self.now)
        usual = item_groups()[ticket.group_code].minutes
        self.in_minutes(max(1.0, self.draw.gauss(usual, usual / 3)), lambda: self.end_service(desk, ticket))

    def end_service(self, desk: _Desk, ticket: Ticket) -> None:
        fate = self.draw.random()
        with acting(desk.post):
            if fate < 0.05 and len(self.groups) > 1:
                to = self.draw.choice([code for code in self.groups if code != ticket.group_code])
                actions.transfer(ticket=ticket, at=self.now, group_code=to)
                self.say(f"{ticket.label} 转窗")
            elif fate < 0.1:
                actions.hold(ticket=ticket, at=self.now, note="补充材料")
                self.say(f"{ticket.label} 暂挂")
                self.in_minutes(self.draw.uniform(5, 15), lambda: self.resume(desk, ticket))
            else:
                actions.finish(ticket=ticket, at=self.now)
        self.free(desk)
        self.wake()

    def resume(self, desk: _Desk, ticket: Ticket) -> None:
        """Back with the paper: as soon as the counter is free; elsewhere where it has closed meanwhile."""
        place = desk if desk.sitting is not None else self.desks[0]
        if place.is_busy or place.sitting is None:
            self.in_minutes(0.4, lambda: self.resume(desk, ticket))
            return
        place.is_busy = True
        with acting(place.post):
            actions.resume(ticket=ticket, sitting=place.sitting, at=self.now)
        self.in_minutes(4, lambda: self.end_resumed(place, ticket))

    def end_resumed(self, desk: _Desk, ticket: Ticket) -> None:
        with acting(desk.post):
            actions.finish(ticket=ticket, at=self.now)
        self.free(desk)

    def settle(self) -> None:
        """At the end whoever is at a counter is finished; the queue stays as it is."""
        for desk in self.desks:
            with acting(desk.post):
                for ticket in Ticket.objects.filter(
                    counter=desk.counter,
                    day=self.on,
                    state__in=(TicketState.CALLED, TicketState.SERVING),
                ):
                    if ticket.state == TicketState.CALLED:
                        actions.start(ticket=ticket, at=self.now)
                    actions.finish(ticket=ticket, at=self.now)

    def outcome(self) -> Morning:
        with acting_as_service("simulation"):
            tickets = Ticket.objects.filter(centre=self.centre, day=self.on)
            states = list(tickets.values_list("state", flat=True))
            acts = list(tickets.values_list("events__act", flat=True))
            return Morning(
                taken=len(states),
                served=states.count("done"),
                left=states.count("left"),
                waiting=sum(states.count(state) for state in ("waiting", "transferred", "held")),
                carried=states.count("closed_out"),
                transfers=acts.count("transfer"),
                holds=acts.count("hold"),
                with_precedence=tickets.exclude(priority="").count(),
                booked=tickets.filter(channel="appointment").count(),
                counters=len(self.desks),
                order=self.order,
            )
