"""Whom the year's money acts as: officials of the city's demonstration, and two who take in and decide for every street.

A real city has two officials in each street and district; the simulated one lets two stand for them all, so that a month is
a few acts on sets at any scale. Who decides is never who took in, and who approves money is never who prepared it.
"""

from __future__ import annotations

from datetime import date

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.access.actions import create_official, grant_post
from minzheng.kernel.access.models import Official, Post
from minzheng.kernel.periods import Month, is_workday, iter_months
from minzheng.simulation.year.engine import SERVICE

INTAKE, REVIEW = "quanshishouli", "quanshishenhe"
PREPARER, APPROVER = "shicaiwu", "shishenpi"
PROPOSER, STARTER = "shizheng", "shizhengfu"
_DESKS = (
    (INTAKE, "曹月红", "各街镇受理经办（模拟城市）", "street_officer"),
    (REVIEW, "褚卫民", "各区审核确认（模拟城市）", "district_reviewer"),
)
CITY, SINCE = "310000", date(2020, 1, 1)


def open_desks() -> None:
    """Opens the accounts and posts of the two who stand for every street and district, where they are missing."""
    with acting_as_service(SERVICE):
        known = set(Official.objects.values_list("user__username", flat=True))
        for username, name, title, role in _DESKS:
            if username not in known:
                official = create_official(username=username, password=None, name=name, title=title)
                grant_post(official=official, role=role, division_code=CITY, start=SINCE)


def post(username: str) -> Post:
    """The post of the whole city that an official acts in."""
    with acting_as_service(SERVICE):
        return Post.objects.get(official__user__username=username, division_code=CITY)


def workday(month: Month, number: int) -> date:
    """A month's first, second, … working day; from the end for negative numbers, the last for numbers beyond it.

    >>> workday(Month(2022, 2), 1), workday(Month(2022, 1), -1)
    (datetime.date(2022, 2, 7), datetime.date(2022, 1, 30))
    """
    days = [
        day
        for day in (date(month.year, month.number, n) for n in range(1, month.last_day.day + 1))
        if is_workday(day)
    ]
    return days[number if number < 0 else min(number, len(days)) - 1]


def is_closed_city(month: Month) -> bool:
    """April and May 2022, when counters were shut (大上海保卫战)."""
    return month in (Month(2022, 4), Month(2022, 5))


def is_after_closing(month: Month) -> bool:
    """June to August 2022, when what had waited was done."""
    return month in tuple(iter_months(Month(2022, 6), Month(2022, 8)))


# A person's own number, the same in every city of the same seed whatever ids the database gave out.
PERSON_KEYS = """
    (SELECT k.person_id, ('x' || substr(md5(min(k.value)), 1, 15))::bit(60)::bigint AS key
     FROM people_identifier k GROUP BY k.person_id)
"""
KEY_OF_ID = "('x' || substr(md5({id}::text), 1, 15))::bit(60)::bigint"
