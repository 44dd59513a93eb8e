"""How far targets are: reached, due by today, behind, and where each district will stand at the end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, Q, Sum
from django.db.models.functions import Substr

from minzheng.kernel.periods.workdays import UnknownCalendarYear, workdays_between
from minzheng.kernel.targets.counts import counted, whole
from minzheng.kernel.targets.models import Evidence, Share, Target

State = Evidence.State


@dataclass(frozen=True, slots=True)
class Standing:
    """How one target stands in one place, in its own unit.

    `value` is what is asked by the end, `done` what was accepted, `waiting` what was reported and `under_way` what is being
    done with a day within the year. `done` is None where no register counts it yet.
    """

    code: str
    value: int | None
    done: int | None
    waiting: int
    under_way: int
    elapsed: int
    whole: int

    @property
    def share(self) -> float | None:
        """What is done in percent of what is asked."""
        return 100 * self.done / self.value if self.done is not None and self.value else None

    @property
    def due(self) -> int | None:
        """What would be done by today at an even pace over the working days, rounded up."""
        return None if self.value is None else -(-self.value * self.elapsed // self.whole)

    @property
    def missing(self) -> int | None:
        """What the even pace asks today and is not there; zero or more."""
        return None if self.done is None or self.due is None else max(self.due - self.done, 0)

    @property
    def still(self) -> int | None:
        """What is missing to the whole."""
        return None if self.done is None or self.value is None else max(self.value - self.done, 0)

    @property
    def at_this_pace(self) -> int | None:
        """Where it ends if the working days to come bring as much as those gone (按工作日推算)."""
        if self.done is None or not self.elapsed:
            return None
        return self.done * self.whole // self.elapsed

    @property
    def with_under_way(self) -> int | None:
        """Where it ends if everything reported is accepted and everything under way is done in time (按在建推算)."""
        return None if self.done is None else self.done + self.waiting + self.under_way

    @property
    def is_behind(self) -> bool:
        return bool(self.missing)


def working_days(year: int, on: date, due_on: date) -> tuple[int, int]:
    """(working days gone by the end of a day, working days from the year's first to the due day); at least one in all.

    Without the year's calendar of holidays, Monday to Friday count.
    """
    before, last = date(year - 1, 12, 31), max(due_on, date(year, 1, 1))
    day = min(max(on, before), last)
    try:
        gone, all_ = workdays_between(before, day), workdays_between(before, last)
    except UnknownCalendarYear:
        gone, all_ = _weekdays(before, day), _weekdays(before, last)
    return gone, max(all_, 1)


def _weekdays(start: date, end: date) -> int:
    return sum((start + timedelta(days=step)).weekday() < 5 for step in range(1, (end - start).days + 1))


def standings(targets: list[Target], *, on: date) -> dict[int, Standing]:
    """Every target as a whole, in three queries and one for each register's count."""
    sums: dict[tuple[int, str], int] = {}
    for target, state, amount in (
        Evidence.objects.filter(target__in=targets)
        .values_list("target_id", "state")
        .annotate(n=Sum("amount"))
    ):
        sums[target, state] = amount
    asked = dict(
        Share.objects.filter(target__in=targets, year=on.year, target__kind=Target.Kind.PLAN)
        .filter(division_code=F("target__division_code"))
        .values_list("target_id", "value")
    )
    found = {}
    for target in targets:
        done: int | None = sums.get((target.pk, State.ACCEPTED), 0)
        if target.closed_value is not None:
            done = target.closed_value
        elif target.count:
            parts = counted(target.count, on)
            done = whole(target.count, parts).value if parts is not None else None
        value = asked.get(target.pk, target.value)
        found[target.pk] = _standing(target, target.division_code, value, done, sums, on)
    return found


def _standing(
    target: Target, code: str, value: int | None, done: int | None, sums: dict[tuple[int, str], int], on: date
) -> Standing:
    waiting, under_way = (sums.get((target.pk, state), 0) for state in (State.REPORTED, State.UNDER_WAY))
    # A promise runs over the working days of its year; a plan asks a value of each year and no pace within it.
    is_paced = target.kind == Target.Kind.PROJECT
    days = working_days(target.year, on, target.due_on) if is_paced else (1, 1)
    return Standing(code, value, done, waiting, under_way, *days)


def by_district(target: Target, *, on: date) -> list[Standing]:
    """One target district by district, by code: those with a share, and those that brought something without one."""
    return by_districts([target], on=on)[target.pk]


def by_districts(targets: list[Target], *, on: date) -> dict[int, list[Standing]]:
    """Every target district by district, in two queries and one for each register's count."""
    shares: dict[int, dict[str, int]] = {}
    of_year = Q(target__kind=Target.Kind.PROJECT, year=F("target__year")) | Q(
        target__kind=Target.Kind.PLAN, year=on.year
    )
    rows_of_year = Share.objects.filter(of_year, target__in=targets).exclude(
        division_code=F("target__division_code")
    )
    for pk, code, value in rows_of_year.values_list("target_id", "division_code", "value"):
        shares.setdefault(pk, {})[code] = value
    sums: dict[int, dict[str, dict[tuple[int, str], int]]] = {}
    rows = Evidence.objects.filter(target__in=targets).annotate(district=Substr("division_code", 1, 6))
    for pk, district, state, amount in rows.values_list("target_id", "district", "state").annotate(
        n=Sum("amount")
    ):
        sums.setdefault(pk, {}).setdefault(district, {})[pk, state] = amount
    return {one.pk: _districts(one, shares.get(one.pk, {}), sums.get(one.pk, {}), on) for one in targets}


def _districts(
    target: Target, shares: dict[str, int], sums: dict[str, dict[tuple[int, str], int]], on: date
) -> list[Standing]:
    parts = counted(target.count, on) if target.count else {}
    found = []
    for code in sorted({*shares, *sums, *(parts or {})}):
        own = sums.get(code, {})
        done: int | None = own.get((target.pk, State.ACCEPTED), 0)
        if target.count:
            done = parts[code].value if parts and code in parts else (None if parts is None else 0)
        found.append(_standing(target, code, shares.get(code), done, own, on))
    return found


def reached(target: Target, *, on: date) -> int | None:
    """What counts today: accepted evidence, or the register's count."""
    return standings([target], on=on)[target.pk].done


def monthly(target: Target) -> dict[int, int]:
    """What was done in each month of the year (1 to 12), of the accepted evidence."""
    found = dict.fromkeys(range(1, 13), 0)
    rows = Evidence.objects.filter(target=target, state=State.ACCEPTED, happened_on__year=target.year)
    for month, amount in rows.values_list("happened_on__month").annotate(n=Sum("amount")):
        found[month] = amount
    return found


def yearly(target: Target) -> dict[int, dict[str, int]]:
    """The values that each year asks, by place: year → division → value."""
    found: dict[int, dict[str, int]] = {}
    for year, code, value in (
        Share.objects.filter(target=target).order_by("year").values_list("year", "division_code", "value")
    ):
        found.setdefault(year, {})[code] = value
    return found
