"""A home shuts: its residents stand before everybody, move where a bed is free, and the rest stay first in line."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from minzheng.domains.eldercare_beds import closing, queries
from minzheng.domains.eldercare_beds.tests.town import ON, PUTUO
from minzheng.domains.eldercare_facilities.running import reopen
from minzheng.kernel.access import NotPermitted, acting, acting_as_service
from minzheng.kernel.stays import actions as stays
from minzheng.kernel.stays.models import Stay
from minzheng.kernel.stays.models_waiting import Waiting

SINCE = date(2021, 5, 1)


@pytest.fixture
def shut(town):
    """A home of three residents that shuts, while somebody of grade six waits for the next one."""
    home, beds = town.home("关停养老院", PUTUO, 3)
    people = [town.elder(f"住户{n}") for n in range(3)]
    with acting_as_service("test"):
        for at, (person, bed) in enumerate(zip(people, beds, strict=True)):
            stays.admit(person_id=person.pk, bed=bed, on=SINCE + timedelta(at))
    waits = town.elder_waiting("候位者", 6, town.near)
    with acting(town.district):
        entered = closing.close_home(facility=home, reason="消防改造", on=ON)
    return home, people, waits, entered


def test_residents_are_entered_first_with_the_day_they_moved_in(town, shut) -> None:
    home, people, _, entered = shut
    assert [(w.class_code, w.rank, w.goes_before_all, w.since) for w in entered] == [
        ("replacement", 0, True, SINCE + timedelta(at)) for at in range(3)
    ]
    with acting(town.district):
        assert closing.enter_residents(facility=home, on=ON) == entered, "entering twice adds nobody"
        assert home.pk not in {one.facility_id for one in queries.homes_of_the_pool(on=ON, kind="basic")}
        plan = closing.proposal(facility=home, on=ON)
    assert [(move.stay.person_id, move.bed and move.bed.facility_id) for move in plan] == [
        (people[0].pk, town.near.pk), (people[1].pk, town.near.pk), (people[2].pk, None),
    ]  # fmt: skip


def test_they_move_and_whoever_is_left_stands_first_in_the_queue(town, shut) -> None:
    home, people, waits, _ = shut
    with acting(town.clerk), pytest.raises(NotPermitted):
        closing.replace_residents(facility=home, on=ON)
    with acting(town.district):
        assert len(closing.replace_residents(facility=home, on=ON)) == 2
        assert closing.replace_residents(facility=home, on=ON) == []
    with acting_as_service("test"):
        lies = dict(Stay.objects.filter(state="present").values_list("person_id", "facility_id"))
        left = Waiting.objects.get(person=people[2])
        ended = Waiting.objects.get(person=people[0])
    assert lies == {people[0].pk: town.near.pk, people[1].pk: town.near.pk, people[2].pk: home.pk}
    assert (left.state, ended.state, ended.ended_because) == ("waiting", "admitted", "replaced")
    with acting(town.district):
        place = queries.places(waits.pk)[0]
        assert (place.place, place.before_all) == (2, 1)
    with acting_as_service("test"):
        stays.end_stay(stay=Stay.objects.get(person=people[0], state="present"), on=ON + timedelta(1))
    town.night(ON + timedelta(1))
    assert [o.waiting_id for o in town.offers()] == [left.pk]
    town.reply(town.offers()[0], True, on=ON + timedelta(1))
    with acting_as_service("test"):
        assert Stay.objects.get(person=people[2], state="present").facility_id == town.near.pk
        assert Waiting.objects.get(pk=left.pk).state == "admitted"


def test_a_home_shut_elsewhere_is_found_at_night_and_comes_back_when_it_reopens(town) -> None:
    from minzheng.domains.eldercare_facilities.models import Closure
    from minzheng.domains.eldercare_facilities.running import close_for_a_time

    def pooled(on) -> bool:
        return town.far.pk in {one.facility_id for one in queries.homes_of_the_pool(on=on, kind="basic")}

    with acting(town.other):
        close_for_a_time(facility=town.far, reason="电梯更换", on=ON)
    assert pooled(ON)
    assert town.night(ON)["closures"] == 1 and not pooled(ON)
    later = ON + timedelta(20)
    with acting(town.other):
        reopen(closure=Closure.objects.get(facility=town.far), on=later)
    town.night(later)
    assert pooled(later)
    town.night(later)
    assert pooled(later)
