"""Running a case's clocks (时限): start, stop for a reason, go on, end; warnings and escalation by a sweep.

Working days follow the State Council's calendar. A year whose holidays are not announced yet is counted by weekdays,
and the due day is reckoned anew once the calendar knows the year (`recount`).
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from django.db.models import Min, QuerySet

from minzheng.kernel.cases.models import Case, Clock, Pause
from minzheng.kernel.items.model import Step
from minzheng.kernel.periods.workdays import UnknownCalendarYear, is_workday

ACCEPT_WORKDAYS = 5


@lru_cache(8192)
def works(day: date) -> bool:
    """Whether offices work; by weekday where the year's holidays are not announced yet."""
    try:
        return is_workday(day)
    except UnknownCalendarYear:
        return day.weekday() < 5


@lru_cache(65536)
def due_after(start: date, days: int, *, in_workdays: bool) -> date:
    """The last day of a period of days that begins after `start` (民法典 第二百零一条: 开始当日不计入).

    A period of calendar days that would end on a day off ends on the next working day (第二百零三条).

    >>> due_after(date(2022, 9, 29), 3, in_workdays=True), due_after(date(2022, 9, 25), 7, in_workdays=False)
    (datetime.date(2022, 10, 9), datetime.date(2022, 10, 8))
    """
    day = start
    if in_workdays:
        while days > 0:
            day += timedelta(days=1)
            days -= works(day)
        return day
    day += timedelta(days=days)
    while not works(day):
        day += timedelta(days=1)
    return day


@lru_cache(65536)
def days_used(start: date, until: date, *, in_workdays: bool) -> int:
    """Days of a period used up after `start` up to and including `until`; none where `until` is not later."""
    if until <= start:
        return 0
    if not in_workdays:
        return (until - start).days
    return sum(works(start + timedelta(days=step)) for step in range(1, (until - start).days + 1))


def start_clock(case: Case, kind: str, days: int, on: date, *, in_workdays: bool = True) -> Clock:
    """Starts a clock on a day; a limit of no days (即办) ends on the same day."""
    made = begin(case.pk, kind, days, on, in_workdays=in_workdays)
    made.save(force_insert=True)
    return made


def start_accepting(case: Case, step: Step, on: date) -> Clock:
    """Starts the time in which a case must be accepted or what is missing be told (受理期限)."""
    days, in_workdays = accepting_days(step)
    return start_clock(case, Clock.Kind.ACCEPT, days, on, in_workdays=in_workdays)


def accepting_days(step: Step) -> tuple[int, bool]:
    """The days to accept, and whether they are working days; the law's five where the item says at once.

    An item accepted on the spot may still come in online, or be left lying at the counter.
    Source: 行政许可法 第三十二条第四项.
    """
    return (step.days, step.in_workdays) if step.days else (ACCEPT_WORKDAYS, True)


def begin(case_id: int, kind: str, days: int, on: date, *, in_workdays: bool = True) -> Clock:
    """A clock that starts on a day, not saved yet."""
    return Clock(
        case_id=case_id,
        kind=kind,
        limit_days=days,
        in_workdays=in_workdays,
        started_on=on,
        running_from=on,
        due_on=due_after(on, days, in_workdays=in_workdays),
    )


def end(clock: Clock, on: date) -> bool:
    """Ends one clock, not saved yet; whether an office was late. The applicant's own deadline is no office's delay."""
    was_late = clock.kind != Clock.Kind.CORRECT and clock.due_on is not None and clock.due_on < on
    if clock.running_from is not None:
        clock.used_days += days_used(clock.running_from, on, in_workdays=clock.in_workdays)
    clock.ended_on, clock.running_from, clock.due_on = on, None, None
    return was_late


def stop(clock: Clock, on: date, *, reason: str, paper: str) -> Pause:
    """Stops one running clock; neither it nor the pause is saved yet."""
    if clock.running_from is not None:
        clock.used_days += days_used(clock.running_from, on, in_workdays=clock.in_workdays)
    clock.running_from = clock.due_on = None
    return Pause(clock=clock, from_on=on, reason=reason, paper=paper)


def run_on(clock: Clock, on: date) -> None:
    """Lets one stopped clock run on with what was left of its time; not saved yet."""
    left = max(clock.limit_days - clock.used_days, 0)
    clock.running_from, clock.due_on = on, due_after(on, left, in_workdays=clock.in_workdays)


def end_clocks(case: Case, on: date, *kinds: str) -> bool:
    """Ends the running clocks of these kinds, or all of them; whether one of them was overdue."""
    was_late = False
    found = Clock.objects.filter(case=case, ended_on=None)
    for clock in found.filter(kind__in=kinds) if kinds else found:
        was_late |= end(clock, on)
        clock.save(update_fields=["ended_on", "running_from", "due_on", "used_days"])
        Pause.objects.filter(clock=clock, until_on=None).update(until_on=on)
    return was_late


def pause_clocks(case: Case, on: date, *, reason: str, paper: str) -> None:
    """Stops every office's clock of a case (中止时限), with the reason and the paper that allows it."""
    for clock in Clock.objects.filter(case=case, ended_on=None).exclude(running_from=None):
        pause = stop(clock, on, reason=reason, paper=paper)
        clock.save(update_fields=["used_days", "running_from", "due_on"])
        pause.save(force_insert=True)


def resume_clocks(case: Case, on: date, *, reason: str = "") -> None:
    """Lets the stopped clocks run on from a day, with what was left of their time (恢复计时).

    Args:
        reason: only those that were stopped for it; all of them where empty.
    """
    stopped = Clock.objects.filter(case=case, ended_on=None, running_from=None)
    if reason:
        stopped = stopped.filter(pauses__until_on=None, pauses__reason=reason)
    for clock in stopped:
        run_on(clock, on)
        clock.save(update_fields=["running_from", "due_on"])
        Pause.objects.filter(clock=clock, until_on=None).update(until_on=on)


def nearest_due(case: Case) -> date | None:
    """The nearest deadline that runs."""
    found: date | None = Clock.objects.filter(case=case, ended_on=None).aggregate(due=Min("due_on"))["due"]
    return found


def running(due_before: date) -> QuerySet[Clock]:
    """Clocks that run and are due before a day, the longest overdue first."""
    return Clock.objects.filter(ended_on=None, due_on__lt=due_before).order_by("due_on", "id")


def recount(on: date) -> int:
    """Reckons the due days of running clocks anew, after a year's holidays were announced; how many changed."""
    changed = 0
    for clock in Clock.objects.filter(ended_on=None, due_on__gt=on, in_workdays=True).iterator(2000):
        left = max(clock.limit_days - clock.used_days, 0)
        due = due_after(clock.running_from, left, in_workdays=True)  # type: ignore[arg-type]
        if due != clock.due_on:
            Clock.objects.filter(pk=clock.pk).update(due_on=due)
            Case.objects.filter(pk=clock.case_id).update(due_on=nearest_due(Case(pk=clock.case_id)))
            changed += 1
    return changed
