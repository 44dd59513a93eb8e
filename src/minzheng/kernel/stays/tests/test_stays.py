"""One person in one bed: moving in, changing beds, hospital and back, leaving, death."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection

from minzheng.kernel.access import acting, acting_as_resident, acting_as_service
from minzheng.kernel.access.errors import NotPermitted
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.audit.models import Entry
from minzheng.kernel.people.models import Person
from minzheng.kernel.stays import actions
from minzheng.kernel.stays.beds import NewBed, put_into_use, take_out_of_use
from minzheng.kernel.stays.errors import StayRefused
from minzheng.kernel.stays.models import Absence, Bed, Stay, StayState
from minzheng.kernel.stays.queries import find_person, free_beds, occupancy, residents_of, stays_on
from minzheng.kernel.stays.tests.conftest import NUMBER, STREET, make_elder, make_home, make_manager

DAY = date(2022, 8, 1)


def later(days: int) -> date:
    return DAY + timedelta(days=days)


def test_whoever_moves_in_takes_the_bed_and_the_act_is_traced(manager, beds):
    elder = make_elder()
    with acting(manager):
        stay = actions.admit(person_id=elder.pk, bed=beds[0], on=DAY)
        assert (stay.state, stay.facility_id, stay.division_code) == ("present", beds[0].facility_id, STREET)
        [first, second] = sorted(occupancy(on=DAY, facilities=[stay.facility_id]), key=lambda one: one.kind)
        assert (first.kind, first.beds, first.present, first.free) == ("basic", 2, 1, 1)
        assert (second.kind, second.free) == ("market", 1)
    with acting_as_service("test"):
        entry = Entry.objects.filter(act="stays.admit").latest("pk")
        assert (entry.person_id, entry.division_code) == (elder.pk, STREET)


def test_two_people_never_have_one_bed_and_one_person_never_two(manager, beds, elders):
    with acting(manager):
        actions.admit(person_id=elders[0].pk, bed=beds[0], on=DAY)
        with pytest.raises(StayRefused, match="已有人入住"):
            actions.admit(person_id=elders[1].pk, bed=beds[0], on=later(5))
        with pytest.raises(StayRefused, match="已有床位"):
            actions.plan_stay(person_id=elders[0].pk, bed=beds[1], start=later(5))
        assert Stay.objects.count() == 1


def test_a_bed_left_is_free_on_that_day_and_not_the_day_before(manager, beds, elders):
    with acting(manager):
        stay = actions.admit(person_id=elders[0].pk, bed=beds[0], on=DAY)
        actions.end_stay(stay=stay, on=later(10))
        with pytest.raises(StayRefused):
            actions.admit(person_id=elders[1].pk, bed=beds[0], on=later(9))
        assert actions.admit(person_id=elders[2].pk, bed=beds[0], on=later(10)).during.lower == later(10)


def test_a_move_ends_one_stay_and_begins_the_next_that_follows_it(manager, beds, elders):
    with acting(manager):
        stay = actions.admit(person_id=elders[0].pk, bed=beds[0], on=DAY)
        moved = actions.move_stay(stay=stay, bed=beds[1], on=later(3))
        stay.refresh_from_db()
        assert (stay.state, stay.during.upper, stay.ended_because) == ("ended", later(3), "moved")
        assert (moved.follows_id, moved.during.lower, moved.state) == (stay.pk, later(3), "present")
        with pytest.raises(StayRefused, match="现在的床位"):
            actions.move_stay(stay=moved, bed=beds[1], on=later(4))


def test_a_move_into_a_taken_bed_changes_nothing(manager, beds, elders):
    with acting(manager):
        stay = actions.admit(person_id=elders[0].pk, bed=beds[0], on=DAY)
        actions.admit(person_id=elders[1].pk, bed=beds[1], on=DAY)
        with pytest.raises(StayRefused, match="已有人入住"):
            actions.move_stay(stay=stay, bed=beds[1], on=later(3))
        stay.refresh_from_db()
        assert (stay.state, stay.during.upper) == ("present", None)


def test_a_move_on_the_day_of_arrival_leaves_one_stay(manager, beds, elders):
    with acting(manager):
        stay = actions.admit(person_id=elders[0].pk, bed=beds[0], on=DAY)
        moved = actions.move_stay(stay=stay, bed=beds[1], on=DAY)
        assert [found.pk for found in stays_on(stay.facility_id, on=DAY)] == [moved.pk]


def test_in_hospital_the_bed_is_kept_and_nobody_else_gets_it(manager, beds, elders):
    with acting(manager):
        stay = actions.admit(person_id=elders[0].pk, bed=beds[0], on=DAY)
        actions.go_away(stay=stay, on=later(2))
        with pytest.raises(StayRefused, match="已有人入住"):
            actions.admit(person_id=elders[1].pk, bed=beds[0], on=later(4))
        with pytest.raises(StayRefused, match="早于离开日期"):
            actions.come_back(stay=stay, on=later(1))
        assert actions.come_back(stay=stay, on=later(6)).state == StayState.PRESENT
        [absence] = Absence.objects.filter(stay=stay)
        assert (absence.during.lower, absence.during.upper, absence.because) == (
            later(2),
            later(6),
            "hospital",
        )


def test_out_again_on_the_day_of_return_is_one_absence(manager, beds, elders):
    with acting(manager):
        stay = actions.admit(person_id=elders[0].pk, bed=beds[0], on=DAY)
        actions.go_away(stay=stay, on=later(2))
        actions.come_back(stay=stay, on=later(2))
        actions.go_away(stay=stay, on=later(2))
        assert [absence.during.upper for absence in Absence.objects.filter(stay=stay)] == [None]


def test_whoever_is_away_and_moves_stays_away(manager, beds, elders):
    with acting(manager):
        stay = actions.admit(person_id=elders[0].pk, bed=beds[0], on=DAY)
        actions.go_away(stay=stay, on=later(2), because="home")
        moved = actions.move_stay(stay=stay, bed=beds[1], on=later(3))
        assert moved.state == StayState.AWAY
        assert Absence.objects.get(stay=moved).because == "home"


@pytest.mark.parametrize("start,allowed", [(DAY - timedelta(days=1), True), (DAY, True), (later(1), False)])
def test_a_bed_that_is_reserved_may_be_lived_in_before_but_not_after(manager, beds, start, allowed, elders):
    with acting(manager):
        actions.plan_stay(person_id=elders[0].pk, bed=beds[0], start=later(1))
        other = elders[1].pk
        if allowed:
            assert actions.plan_stay(person_id=other, bed=beds[0], start=start, until=later(1))
        else:
            with pytest.raises(StayRefused):
                actions.plan_stay(person_id=other, bed=beds[0], start=start, until=later(2))


def test_a_reservation_is_moved_into_or_given_back(manager, beds, elders):
    with acting(manager):
        stay = actions.plan_stay(person_id=elders[0].pk, bed=beds[0], start=DAY)
        assert actions.admit_planned(stay=stay, on=later(1)).during.lower == later(1)
        with pytest.raises(StayRefused, match="不能办理此项"):
            actions.cancel_stay(stay=stay, because="changed their mind")
        other = actions.plan_stay(person_id=elders[1].pk, bed=beds[1], start=DAY)
        actions.cancel_stay(stay=other, because="不来了")
        assert beds[1] in free_beds(on=DAY, facilities=[stay.facility_id])


def test_a_bed_for_women_takes_no_man(manager, beds, elders):
    with acting(manager):
        with pytest.raises(StayRefused, match="只收女性"):
            actions.admit(person_id=elders[0].pk, bed=beds[2], on=DAY)
        assert actions.admit(person_id=elders[3].pk, bed=beds[2], on=DAY)


def test_the_dead_and_merged_records_get_no_bed(manager, beds):
    dead = make_elder(death_date=later(-1))
    with acting_as_service("test"):
        merged = Person.objects.create(name="旧档", merged_into=make_elder("新档"))
    with acting(manager):
        with pytest.raises(StayRefused, match="死亡"):
            actions.admit(person_id=dead.pk, bed=beds[0], on=DAY)
        with pytest.raises(StayRefused, match="并入"):
            actions.admit(person_id=merged.pk, bed=beds[0], on=DAY)


def test_a_recorded_death_ends_the_stay_after_its_day_and_a_second_run_finds_nothing(manager, beds):
    elder, other, coming = make_elder(), make_elder("别人"), make_elder("将来")
    with acting(manager):
        stay = actions.admit(person_id=elder.pk, bed=beds[0], on=DAY)
        actions.go_away(stay=stay, on=later(2))
        alive = actions.admit(person_id=other.pk, bed=beds[1], on=DAY)
    with acting_as_service("test"):
        planned = actions.plan_stay(person_id=coming.pk, bed=make_home()[1][0], start=later(20))
        Person.objects.filter(pk__in=[elder.pk, coming.pk]).update(death_date=later(5))
        assert actions.follow_deaths() == sorted([stay.pk, planned.pk])
        assert actions.follow_deaths() == []
        for one in (stay, alive, planned):
            one.refresh_from_db()
        assert (stay.state, stay.during.upper, stay.ended_because) == ("ended", later(6), "deceased")
        assert (alive.state, planned.state) == ("present", "cancelled")
        assert Absence.objects.get(stay=stay).during.upper == later(6)


def test_a_bed_in_which_somebody_lies_is_not_taken_out_of_use(manager, home, beds, elders):
    with acting(manager):
        stay = actions.admit(person_id=elders[0].pk, bed=beds[0], on=DAY)
        with pytest.raises(StayRefused, match="仍有人入住"):
            take_out_of_use(facility=home, beds=[beds[0]], on=later(1), document="试〔2022〕2号")
        actions.end_stay(stay=stay, on=later(1))
        assert take_out_of_use(facility=home, beds=[beds[0]], on=later(1), document="试〔2022〕2号") == 1
        with pytest.raises(StayRefused, match="已停用"):
            actions.admit(person_id=elders[1].pk, bed=beds[0], on=later(1))
        # Its number is free for a new bed.
        assert put_into_use(
            facility=home, beds=[NewBed("101", "1", "dementia")], on=later(1), document="试〔2022〕3号"
        )
        with pytest.raises(StayRefused, match="同房同号"):
            put_into_use(
                facility=home, beds=[NewBed("101", "1", "dementia")], on=later(2), document="试〔2022〕4号"
            )


def test_many_are_taken_over_at_once_or_none(home, beds, elders):
    people = [make_elder(f"合成{number}") for number in range(2)]
    with acting_as_service("test"):
        rows = [(person.pk, bed.pk, DAY) for person, bed in zip(people, beds[:2], strict=True)]
        assert actions.admit_many(rows) == 2
        assert set(Stay.objects.values_list("facility_id", "division_code")) == {(home.pk, STREET)}
        with pytest.raises(StayRefused):
            actions.admit_many([(elders[3].pk, beds[2].pk, DAY), (people[0].pk, beds[1].pk, DAY)])
        assert Stay.objects.count() == 2


def test_a_home_sees_and_places_its_own_alone(manager, beds, elders):
    neighbour, foreign = make_home()
    with acting(make_manager(neighbour)):
        theirs = actions.admit(person_id=elders[1].pk, bed=foreign[0], on=DAY)
    with acting(manager):
        mine = actions.admit(person_id=elders[0].pk, bed=beds[0], on=DAY)
        assert set(Stay.objects.values_list("pk", flat=True)) == {mine.pk}
        with pytest.raises(StayRefused, match="管理范围"):
            actions.end_stay(stay=theirs, on=later(1))
        assert not Person.objects.exists()
        assert residents_of(neighbour.pk, [theirs.person_id]) == {}
        [known] = residents_of(beds[0].facility_id, [mine.person_id, theirs.person_id]).values()
        assert known.name == "程合成"


def test_a_home_cannot_put_somebody_into_a_neighbours_bed(manager, beds, elders):
    _neighbour, foreign = make_home()
    with acting(manager), pytest.raises(Exception, match="row-level security"):
        actions.admit(person_id=elders[0].pk, bed=foreign[0], on=DAY)


def test_the_district_sees_names_masked_and_a_stranger_district_nothing(manager, beds, elders):
    with acting(manager):
        stay = actions.admit(person_id=elders[0].pk, bed=beds[0], on=DAY)
    with acting(make_post("district_reviewer", "310107")):
        [known] = residents_of(stay.facility_id, [stay.person_id]).values()
        assert (known.name, known.number) == ("程**", "310***********1233")
    for role, place in (("district_reviewer", "310104"), ("statistician", "310107"), ("inspector", "310107")):
        with acting(make_post(role, place)):
            assert not Stay.objects.exists()
            assert residents_of(stay.facility_id, [stay.person_id]) == {}


def test_a_card_finds_its_person_only_with_both_number_and_name(manager):
    elder = make_elder("程合成", number=NUMBER)
    with acting(manager):
        assert find_person(number=NUMBER, name="程合成") == elder.pk
        assert find_person(number=NUMBER, name="程合") is None
        assert find_person(number="310195194001011234", name="程合成") is None
    with acting(make_post("statistician", "310000")):
        assert find_person(number=NUMBER, name="程合成") is None


def test_residents_see_their_own_stay(manager, beds, elders):
    elder = elders[2]
    with acting(manager):
        stay = actions.admit(person_id=elder.pk, bed=beds[0], on=DAY)
        actions.admit(person_id=elders[1].pk, bed=beds[1], on=DAY)
    with acting_as_resident(elder.pk):
        assert [found.pk for found in Stay.objects.all()] == [stay.pk]
        with pytest.raises(NotPermitted):
            actions.end_stay(stay=stay, on=later(1))


@pytest.mark.parametrize(
    "role", ["street_officer", "district_reviewer", "inspector", "centre_clerk", "auditor", "statistician"]
)
def test_nobody_but_the_home_moves_people_in(beds, role):
    elder = make_elder()
    with acting(make_post(role, "310107")), pytest.raises(NotPermitted):
        actions.admit(person_id=elder.pk, bed=beds[0], on=DAY)


def test_occupancy_names_nobody_and_is_known_to_everybody(manager, beds, elders):
    with acting(manager):
        stay = actions.admit(person_id=elders[0].pk, bed=beds[0], on=DAY)
        actions.go_away(stay=stay, on=later(2))
        actions.end_stay(stay=stay, on=later(4))
    counts = {day: next(o for o in occupancy(on=later(day), facilities=[beds[0].facility_id]) if o.kind == "basic")
              for day in (-1, 0, 2, 4)}  # fmt: skip
    assert [(one.present, one.away, one.free) for one in counts.values()] == [
        (0, 0, 2),
        (1, 0, 1),
        (0, 1, 1),
        (0, 0, 2),
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM stays_stay")
        assert cursor.fetchone() == (0,)
    assert Bed.objects.count() == 3
