"""The months are lived step by step: each once, in order, taken up where it broke off; chance does not look at order."""

from __future__ import annotations

import polars as pl
import pytest

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.people.models import Person
from minzheng.kernel.periods import Month
from minzheng.simulation.building import BUILT_ON as BUILT
from minzheng.simulation.models import LivedStep, SimulatedCity
from minzheng.simulation.year.draw import chance, salt
from minzheng.simulation.year.engine import SERVICE, Life, NoCity, Step, live

MARCH, MAY = Month(2022, 3), Month(2022, 5)


class Killed(Exception):
    pass


@pytest.fixture
def lived(db):
    with acting_as_service("test"):
        SimulatedCity.objects.create(scale=1000, seed=3, on=BUILT)
    return []


def silent(_step: str, _detail: str) -> None:
    pass


def note(lived: list[tuple[str, str]], name: str, *, atomic: bool = True) -> Step:
    def one(life: Life) -> dict[str, int]:
        lived.append((str(life.month), name))
        return {"n": len(lived)}

    return Step(name, name, one, atomic=atomic)


def steps_on_record() -> list[tuple[str, str]]:
    with acting_as_service("test"):
        return [(f"{one.month:%Y-%m}", one.step) for one in LivedStep.objects.order_by("pk")]


def test_without_a_city_nothing_is_lived_and_the_message_says_how_to_build_one(db):
    with pytest.raises(NoCity, match="minzheng city build"):
        live(MARCH, MAY, (), silent)


def test_steps_are_lived_month_after_month_in_their_order(lived):
    steps = (note(lived, "first"), note(lived, "second", atomic=False))
    assert live(MARCH, MAY, steps, silent) == 6
    expected = [(month, name) for month in ("2022-03", "2022-04", "2022-05") for name in ("first", "second")]
    assert lived == expected == steps_on_record()


def test_a_step_is_lived_once_and_a_later_call_goes_on_after_it(lived):
    steps = (note(lived, "first"), note(lived, "second"))
    live(MARCH, MARCH, steps, silent)
    assert live(MARCH, MARCH, steps, silent) == 0
    assert live(MARCH, Month(2022, 4), steps, silent) == 2
    assert len(lived) == 4
    assert live(MARCH, Month(2022, 4), (*steps, note(lived, "third")), silent) == 2


def test_a_step_that_fails_leaves_nothing_and_is_taken_up(lived):
    fails = [True]

    def enter(_life: Life) -> dict[str, int]:
        Person.objects.create(name="合成甲")
        if fails:
            raise Killed
        return {}

    steps = (note(lived, "first"), Step("enter", "登记", enter))
    with pytest.raises(Killed):
        live(MARCH, MARCH, steps, silent)
    with acting_as_service("test"):
        assert not Person.objects.exists()
    assert steps_on_record() == [("2022-03", "first")]
    fails.clear()
    assert live(MARCH, MARCH, steps, silent) == 1
    with acting_as_service("test"):
        assert Person.objects.count() == 1
    assert steps_on_record() == [("2022-03", "first"), ("2022-03", "enter")]


def test_a_step_that_commits_by_itself_is_called_again_after_a_kill_and_finds_what_it_did(lived):
    fails = [True]

    def enter(_life: Life) -> dict[str, int]:
        with acting_as_service(SERVICE):
            Person.objects.get_or_create(name="合成甲")
        if fails:
            raise Killed
        return {}

    steps = (Step("enter", "登记", enter, atomic=False),)
    with pytest.raises(Killed):
        live(MARCH, MARCH, steps, silent)
    assert steps_on_record() == []
    fails.clear()
    live(MARCH, MARCH, steps, silent)
    with acting_as_service("test"):
        assert Person.objects.count() == 1


def test_a_city_of_one_to_a_thousand_has_a_thousandth():
    assert Life(MARCH, 1000, 3, silent).share(5_781) == 5.781


def test_chance_belongs_to_its_key_and_not_to_the_order_of_rows():
    frame = pl.select(key=pl.int_range(0, 5_000, dtype=pl.Int64))
    luck = chance(pl.col("key"), seed=3, month=MARCH, purpose="test")
    one = frame.with_columns(luck=luck)
    other = frame.reverse().with_columns(luck=luck).sort("key")
    assert one.equals(other)
    assert frame.tail(10).with_columns(luck=luck).equals(one.tail(10))


def test_chance_is_even_and_another_for_another_seed_month_or_purpose():
    frame = pl.select(key=310198196001010000 + pl.int_range(0, 20_000, dtype=pl.Int64) * 2)
    known = {"seed": 3, "month": MARCH, "purpose": "test"}
    drawn = [
        frame.select(chance(pl.col("key"), **(known | other))).to_series()
        for other in ({}, {"seed": 4}, {"month": MAY}, {"purpose": "tests"})
    ]
    for one in drawn:
        assert one.min() >= 0 and one.max() < 1
        assert one.mean() == pytest.approx(0.5, abs=0.01) and one.std() == pytest.approx(12**-0.5, abs=0.01)
        tenths = (one * 10).floor().value_counts()["count"]
        assert tenths.min() > 1_700 and tenths.max() < 2_300
    for number, one in enumerate(drawn):
        for other in drawn[number + 1 :]:
            assert abs(pl.select(pl.corr(one, other)).item()) < 0.03
    assert salt(3, MARCH, "test") != salt(3, MAY, "test")
