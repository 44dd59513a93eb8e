"""The demonstration's marriage offices: calendars, couples who have booked, and a popular day that is drawn (婚姻登记处).

Everything goes through the acts that residents and registrars use. Who is booked is drawn from the city's residents in one
order, so the same city has the same bookings; what is there already stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta

from minzheng.domains.marriage_registration.booking import book_marriage, oneself_as_comer
from minzheng.domains.marriage_registration.offices import load_offices, marriage_calendars
from minzheng.domains.marriage_registration.popular import popular_days
from minzheng.kernel.access import acting, acting_as_resident, acting_as_service
from minzheng.kernel.access.models import Post
from minzheng.kernel.bookings import actions
from minzheng.kernel.bookings.errors import BookingRefused
from minzheng.kernel.bookings.models import Booking, Calendar, Draw, Slot
from minzheng.kernel.facilities.actions import attach_post
from minzheng.kernel.facilities.models import FacilityPost
from minzheng.kernel.people.models import Person, Sex
from minzheng.kernel.periods import SHANGHAI

Watcher = Callable[[str, str], None]
SERVICE = "demo"
SHOWN = ("310107", "310104")
TODAY, TOMORROW, ENTRIES = 8, 5, 6


def prepare_marriage_offices(*, on: date, watch: Watcher) -> int:
    """The offices with a month of free times, today's and tomorrow's couples in two districts, and one draw.

    Args:
        on: the demonstration's day.
        watch: told (step, detail).

    Returns how many bookings there are.
    """
    at = datetime.combine(on, time(8, 30), SHANGHAI)
    with acting_as_service(SERVICE, in_bulk=False):
        load_offices(at=at)
        offices = {calendar.division_code: calendar for calendar in marriage_calendars()}
        _attach(offices["310000"])
        if not Booking.objects.filter(purpose="marriage").exists():
            for district in SHOWN:
                couples = _couples(district, on)
                _book_days(offices[district], couples, on)
                if district == SHOWN[0]:
                    _draw(offices[district], couples, on)
        count = Booking.objects.filter(purpose="marriage").count()
    watch("婚姻登记预约", f"{len(offices)} 个登记处，{count} 个预约（合成）")
    return count


def _attach(office: Calendar) -> None:
    """The registrar of foreign-related marriages works for the city's office alone."""
    post = Post.objects.filter(official__user__username="shewai", role="marriage_registrar").first()
    if post is not None and not FacilityPost.objects.filter(post=post).exists():
        attach_post(post=post, facility=office.facility)


def _couples(district: str, on: date) -> Iterator[tuple[int, int]]:
    """A man and a woman of the district's hukou between 24 and 40, in the order of their numbers."""
    young = Person.objects.filter(
        hukou_division_code__gte=district, hukou_division_code__lt=f"{district}:", hukou_is_local=True,
        death_date=None, deregistered_on=None, merged_into=None, identifiers__kind="citizen",
        birth_date__lte=on.replace(year=on.year - 24), birth_date__gte=on.replace(year=on.year - 40),
    ).order_by("pk")  # fmt: skip
    men, women = (
        list(young.filter(sex=sex).values_list("pk", flat=True)[:60]) for sex in (Sex.MALE, Sex.FEMALE)
    )
    return iter(zip(men, reversed(women), strict=False))


def _book_days(office: Calendar, couples: Iterator[tuple[int, int]], on: date) -> None:
    days = sorted(
        set(Slot.objects.filter(calendar=office, day__gte=on, places__gt=0).values_list("day", flat=True))
    )[:2]
    for day, count in zip(days, (TODAY, TOMORROW), strict=False):
        slots = list(Slot.objects.filter(calendar=office, day=day).order_by("starts"))
        # Booked the week before, at an hour of their own.
        at = datetime.combine(on - timedelta(days=5), time(20), SHANGHAI)
        for place, couple in zip(range(count), couples, strict=False):
            _asks(couple, slots[place * 5 % len(slots)], at + timedelta(minutes=7 * place), "book")


def _asks(couple: tuple[int, int], slot: Slot, at: datetime, way: str) -> None:
    try:
        partner = oneself_as_comer(couple[1])
        with acting_as_resident(couple[0]):
            book_marriage(
                slot=slot, item="marry", comers=[oneself_as_comer(couple[0]), partner], at=at, way=way,
                any_time=True,
            )  # fmt: skip
    except BookingRefused:
        return  # A small city's couple may lack a number, or live where the law sends them elsewhere.


def _draw(office: Calendar, couples: Iterator[tuple[int, int]], on: date) -> None:
    """The next popular day more than a week away is drawn; its entries are open today."""
    coming = [
        one.day for year in (on.year, on.year + 1) for one in popular_days(year)
        if one.day > on + timedelta(days=7)
    ]  # fmt: skip
    day = coming[0]
    head = Post.objects.filter(official__user__username="hunyinzhang").first()
    if head is None or Draw.objects.filter(calendar=office).exists():
        return
    noon = datetime.combine(on, time(12), SHANGHAI)
    with acting(head):
        actions.set_special_day(
            calendar=office, day=day, reason="热门登记日增加名额", places=8, opens=time(8, 30), closes=time(17),
            at=noon - timedelta(days=5),
        )  # fmt: skip
        actions.plan_draw(
            calendar=office, day=day, entries_from=noon - timedelta(days=2), entries_until=noon + timedelta(days=3),
            at=noon - timedelta(days=4),
        )  # fmt: skip
    slots = list(Slot.objects.filter(calendar=office, day=day).order_by("starts"))
    for place, couple in zip(range(ENTRIES), couples, strict=False):
        _asks(couple, slots[place % 3], noon - timedelta(hours=3, minutes=-place), "draw")
