"""Figures: beds of a day and rebuilt in a year, streets taking part, persons counted without their rows."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from minzheng.domains.dementia_care.communities import join_street
from minzheng.domains.dementia_care.indicators import INDICATORS
from minzheng.domains.dementia_care.screening import screen
from minzheng.domains.dementia_care.tests.town import (
    DAY,
    STREET,
    answers_for,
    beds_of,
    make_elder,
    make_home,
    make_unit,
)
from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.indicators.model import Measure
from minzheng.kernel.people.actions import merge_people, undo_merge

SPAN = {"first": date(2022, 1, 1), "last": date(2022, 12, 31), "on": date(2022, 12, 31)}


def values():
    found = {}
    with connection.cursor() as cursor:
        for one in INDICATORS:
            what = "count(DISTINCT counted)" if one.measure == Measure.DISTINCT else "count(*)"
            cursor.execute(f"SELECT {what} FROM ({one.rows}) r WHERE r.division_code LIKE '310107%%'", SPAN)
            found[one.id] = cursor.fetchone()[0]
    return found


@pytest.mark.django_db
def test_every_figure_follows_from_its_rows():
    home, district = make_home(), make_post("district_reviewer", "310107")
    make_unit(home, beds_of(home)[:7], by=district)
    with acting(district):
        join_street(division_code=STREET, batch=1, on=DAY, document="示例")
    person, _number = make_elder()
    with acting(make_post("street_officer", STREET)):
        screen(person=person, answers=answers_for(5), on=DAY, consent=True, consent_by="本人")
    with acting_as_service("test"):
        assert values() == {
            "dementia.beds": 7, "dementia.beds_rebuilt": 4, "dementia.units": 1, "dementia.friendly_streets": 1,
            "dementia.screened": 1, "dementia.positive": 1, "dementia.referred": 1, "dementia.diagnosed": 0,
        }  # fmt: skip


@pytest.mark.django_db
def test_somebody_screened_under_two_records_is_one_person_once_they_are_merged():
    (one, _), (other, _) = make_elder(), make_elder()
    with acting(make_post("street_officer", STREET)):
        for at, person in enumerate((one, other)):
            screen(person=person, answers=answers_for(5), on=DAY.replace(day=1 + at))
    with acting_as_service("test"):
        assert values()["dementia.screened"] == values()["dementia.positive"] == 2
        done = merge_people(survivor_id=one.pk, absorbed_id=other.pk, on=DAY, reason="同一人两证")
        assert values()["dementia.screened"] == values()["dementia.positive"] == 1
        undo_merge(merge=done, on=DAY, reason="误合并")
        assert values()["dementia.screened"] == 2


def test_the_summarys_three_figures_are_brought():
    assert {one.seed_id for one in INDICATORS if one.seed_id} == {
        "elder_care.dementia_beds_total", "elder_care.dementia_beds_converted", "elder_care.dementia_friendly_streets",
    }  # fmt: skip
    assert all(one.names_people == one.id.startswith(("dementia.s", "dementia.p", "dementia.r", "dementia.d"))
               for one in INDICATORS)  # fmt: skip
