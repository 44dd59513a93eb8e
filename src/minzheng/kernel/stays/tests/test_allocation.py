"""Sharing out beds: stable, never overfull, more beds hurt nobody, the order of the input does not matter."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minzheng.kernel.stays.allocation import EITHER, Waiter, allocate, beds_for, choices_met, units_of

DAY = date(2022, 8, 1)
DISTRICTS = ("310104", "310107")
HOMES = range(4)


def waiter(
    number: int, *homes: int, rank: int = 5, grade: int = 4, since: date = DAY, sex: int = 2, **more
) -> Waiter:
    return Waiter(number, rank, grade, since, sex, more.pop("kind", "basic"), homes, **more)


@st.composite
def queues(draw) -> list[Waiter]:
    return [
        Waiter(
            number,
            draw(st.integers(0, 2)),
            draw(st.integers(2, 4)),
            DAY.replace(day=draw(st.integers(1, 3))),
            draw(st.sampled_from((1, 2))),
            draw(st.sampled_from(("basic", "dementia"))),
            tuple(draw(st.permutations(HOMES)))[: draw(st.integers(1, 4))],
            draw(st.sampled_from(DISTRICTS)),
            draw(st.sampled_from((False, False, False, True))),
        )
        for number in range(draw(st.integers(0, 14)))
    ]


UNITS = [(home, kind, sex) for home in HOMES for kind in ("basic", "dementia") for sex in (0, 1, 2)]
capacities = st.dictionaries(st.sampled_from(UNITS), st.integers(0, 2), max_size=14)
own_orders = st.dictionaries(st.sampled_from(HOMES), st.sampled_from(DISTRICTS), max_size=4)


def place_at(one: Waiter, home: int, own: dict[int, str]) -> tuple:
    far = home in own and own[home] != one.district and not one.goes_before_all
    return (far, one.order)


def wants(one: Waiter) -> list:
    return [unit for home in one.homes for unit in units_of(one, home)]


@settings(max_examples=150)
@given(queues(), capacities, own_orders)
def test_nobody_prefers_a_bed_that_is_free_or_that_somebody_behind_them_holds(people, capacity, own) -> None:
    result = allocate(people, capacity, own)
    holders: dict = {}
    for one, place in zip(people, result, strict=True):
        if place is not None:
            holders.setdefault(place.unit, []).append(one)
            assert place.unit in units_of(one, one.homes[place.choice])
    for unit, inside in holders.items():
        assert len(inside) <= capacity[unit], "a unit is overfull"
    for one, place in zip(people, result, strict=True):
        for unit in wants(one):
            if place is not None and unit == place.unit:
                break
            inside = holders.get(unit, [])
            assert len(inside) == capacity.get(unit, 0), f"{one} could have had a free bed of {unit}"
            assert all(place_at(other, unit[0], own) < place_at(one, unit[0], own) for other in inside)


@settings(max_examples=100)
@given(queues(), capacities, own_orders, st.sampled_from(UNITS))
def test_one_more_bed_hurts_nobody(people, capacity, own, unit) -> None:
    before = allocate(people, capacity, own)
    after = allocate(people, capacity | {unit: capacity.get(unit, 0) + 1}, own)
    for old, new in zip(before, after, strict=True):
        assert old is None or (new is not None and new.choice <= old.choice)


@settings(max_examples=100)
@given(queues(), capacities, own_orders, st.randoms())
def test_the_order_in_which_people_are_handed_in_does_not_matter(people, capacity, own, random) -> None:
    mixed = list(people)
    random.shuffle(mixed)
    before = dict(zip((one.number for one in people), allocate(people, capacity, own), strict=True))
    after = dict(zip((one.number for one in mixed), allocate(mixed, capacity, own), strict=True))
    assert before == after


@settings(max_examples=60)
@given(queues(), capacities, own_orders)
def test_an_independent_library_gives_the_same(people, capacity, own) -> None:
    from matching.games import HospitalResident

    units = {unit: beds for unit, beds in capacity.items() if beds}
    asks = {one.number: [unit for unit in wants(one) if unit in units] for one in people}
    asks = {number: chosen for number, chosen in asks.items() if chosen}
    by_number = {one.number: one for one in people}
    takes = {unit: [n for n, chosen in asks.items() if unit in chosen] for unit in units}
    takes = {
        unit: sorted(known, key=lambda n, home=unit[0]: place_at(by_number[n], home, own))
        for unit, known in takes.items()
        if known
    }
    expected: dict[int, tuple] = {}
    if asks:
        game = HospitalResident.create_from_dictionaries(asks, takes, {unit: units[unit] for unit in takes})
        for unit, residents in game.solve(optimal="resident").items():
            for resident in residents:
                expected[resident.name] = unit.name
    found = {one.number: p.unit for one, p in zip(people, allocate(people, capacity, own), strict=True) if p}
    assert found == expected


def test_the_order_is_class_then_grade_then_day_then_number() -> None:
    queue = [
        waiter(1, 0, rank=5, grade=6, since=date(2021, 1, 1)),
        waiter(2, 0, rank=1, grade=3),
        waiter(3, 0, rank=1, grade=4, since=date(2022, 8, 3)),
        waiter(4, 0, rank=1, grade=4, since=date(2022, 8, 2)),
        waiter(6, 0, rank=1, grade=4, since=date(2022, 8, 2)),
        waiter(5, 0, rank=9, grade=1, goes_before_all=True),
    ]
    for beds, expected in enumerate(
        [[], [5], [5, 4], [5, 4, 6], [5, 4, 6, 3], [5, 4, 6, 3, 2], [5, 4, 6, 3, 2, 1]]
    ):
        result = allocate(queue, {(0, "basic", EITHER): beds})
        assert {w.number for w, p in zip(queue, result, strict=True) if p} == set(expected)


def test_a_man_takes_a_mans_bed_and_leaves_the_bed_for_either_to_a_woman() -> None:
    queue = [waiter(1, 0, sex=1), waiter(2, 0, sex=2)]
    units = {(0, "basic", 1): 1, (0, "basic", EITHER): 1}
    result = allocate(queue, units)
    assert [place.unit[2] for place in result if place] == [1, EITHER]
    assert beds_for(queue, result, {(0, "basic", 1): [70], (0, "basic", EITHER): [71]}) == {1: 70, 2: 71}


def test_a_home_takes_its_own_district_first_but_not_before_those_who_lost_their_bed() -> None:
    near = waiter(1, 0, grade=3, district="310107")
    far = waiter(2, 0, 1, grade=6, district="310104")
    moved = waiter(3, 0, grade=2, district="310104", goes_before_all=True)
    units, own = {(0, "basic", EITHER): 1, (1, "basic", EITHER): 1}, {0: "310107"}
    assert [p and p.unit[0] for p in allocate([near, far], units, own)] == [0, 1]
    assert [p and p.unit[0] for p in allocate([near, far, moved], units, own)] == [None, 1, 0]
    assert choices_met(allocate([near, far], units, own), 3) == [1, 2, 2]


@pytest.mark.parametrize(
    ("people", "beds", "words"),
    [
        ([waiter(1, 0), waiter(1, 1)], 1, "重复"),
        ([waiter(1, 0, 0)], 1, "重复填报"),
        ([waiter(1, 0)], -1, "不能为负"),
    ],
)
def test_unsound_input_is_refused_in_words(people, beds, words) -> None:
    with pytest.raises(ValueError, match=words):
        allocate(people, {(0, "basic", EITHER): beds})


def test_counts_of_choices_add_up() -> None:
    people = [waiter(n, 0, 1) for n in range(4)]
    result = allocate(people, {(0, "basic", EITHER): 1, (1, "basic", 2): 2})
    assert Counter(p.choice for p in result if p) == {0: 1, 1: 2}
    assert choices_met(result, 2) == [1, 3]
