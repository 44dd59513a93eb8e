"""A month's snapshot continued from the one before: the bytes of a whole reading, at the price of what changed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minzheng.kernel.monthend import carrying, steps
from minzheng.kernel.monthend.carrying import read_register
from minzheng.kernel.monthend.models import LiveMonth, MonthRun, RunState
from minzheng.kernel.monthend.steps import Work
from minzheng.kernel.monthend.tests.test_incremental import _CHANGES, _Undo, happen, tell
from minzheng.kernel.monthend.tests.town import build_town
from minzheng.kernel.people.facts import catalogue
from minzheng.kernel.people.marks import any_marks
from minzheng.kernel.people.models import Fact, HouseholdMark, Membership, Person
from minzheng.kernel.periods import Month
from minzheng.kernel.rules import SnapshotRecord

JUL, AUG, SEP = Month(2022, 7), Month(2022, 8), Month(2022, 9)


@pytest.fixture
def town(as_post, db, tmp_path, monkeypatch):
    """The town whose July was read whole; returns the names of its people and households."""
    as_post("service")
    names = build_town()
    monkeypatch.setattr(carrying, "WORTH_IT", 0)  # In so small a town a few changes are a fourth.
    take_snapshot(JUL)
    return names


def take_snapshot(month: Month) -> dict[str, object]:
    run = MonthRun.objects.create(
        month=month.first_day, attempt=MonthRun.objects.count() + 1, on=month.last_day, actor_label="t",
        state=RunState.DONE,
    )  # fmt: skip
    told = steps.snapshot(Work(run, month, month.last_day))
    run.save()
    return told


def both_ways(month: Month, tmp: Path) -> tuple[SnapshotRecord, SnapshotRecord, int | None]:
    """The month read on from the snapshot before, and read whole, each undone."""
    found = []
    for whole in (False, True):
        folder = tmp / f"{month}-{whole}"
        folder.mkdir(exist_ok=True)
        try:
            with transaction.atomic():
                found.append(read_register(month, folder, whole=whole))
                raise _Undo
        except _Undo:
            pass
    return found[0][0], found[1][0], found[0][1]


def test_a_month_in_which_nothing_was_written_reads_anew_only_whom_the_day_has_reached(town, tmp_path):
    carried, whole, anew = both_ways(AUG, tmp_path)
    assert carried == whole
    assert anew is not None and anew < whole.households


@pytest.mark.parametrize(
    ("birth", "counts"),
    [(date(2022, 8, 1), True), (date(2022, 8, 2), False), (date(2022, 7, 1), True)],
)
def test_a_child_born_by_the_first_of_the_month_counts_and_one_born_after_it_does_not(
    town, tmp_path, birth, counts
):
    before = both_ways(AUG, tmp_path)[0].persons
    Person.objects.create(name="童", birth_date=birth, division_code="310107014001")
    carried, whole, anew = both_ways(AUG, tmp_path)
    assert anew is not None and carried == whole
    assert (carried.persons == before + 1) is counts


def test_any_history_over_three_months_gives_the_bytes_of_a_whole_reading(town, tmp_path):
    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.lists(_CHANGES, max_size=4), min_size=3, max_size=3))
    def check(months) -> None:
        try:
            with transaction.atomic():
                for month, changes in zip((JUL, AUG, SEP), months, strict=True):
                    for change in changes:
                        happen(change)
                    carried, whole, anew = both_ways(month, tmp_path)
                    assert anew is not None
                    assert carried == whole
                    take_snapshot(month)
                raise _Undo
        except _Undo:
            pass

    check()


def test_a_word_that_grows_stale_between_two_months_is_left_out_of_the_second(town, tmp_path):
    """A fact of a kind that stays fresh for some months, ended so long ago that it lapses in August."""
    kind = next(k for k in catalogue().values() if k.fresh_months and k.name == "wage_fen")
    ended = (AUG - kind.fresh_months).first_day
    person = Person.objects.get(pk=town["收入已高"])
    Fact.objects.filter(person=person, kind="wage_fen").update(superseded_at=datetime(2022, 7, 2, tzinfo=UTC))
    tell("wage_fen", 1, start=date(2020, 1, 1), person=person)
    Fact.objects.filter(person=person, superseded_at=None, kind="wage_fen").update(
        during=DateRange(date(2020, 1, 1), ended)
    )
    take_snapshot(JUL)
    carried, whole, anew = both_ways(AUG, tmp_path)
    assert carried == whole and anew


def test_a_new_register_at_once_is_read_whole(town, tmp_path):
    LiveMonth.objects.update(needs_run=True)
    assert both_ways(AUG, tmp_path)[2] is None


def test_a_snapshot_read_another_way_is_not_continued(town, tmp_path):
    LiveMonth.objects.update(form="of an earlier version")
    assert both_ways(AUG, tmp_path)[2] is None


def test_more_than_a_fourth_of_the_households_is_read_whole(town, tmp_path, monkeypatch):
    monkeypatch.setattr(carrying, "WORTH_IT", 4)
    Membership.objects.update(role=9)
    assert both_ways(AUG, tmp_path)[2] is None


def test_marks_are_gone_after_the_reading_and_there_again_where_it_failed(town, tmp_path):
    tell("wage_fen", 0, person_id=town["收入已高"])
    assert any_marks()
    both_ways(JUL, tmp_path)
    assert any_marks()
    told = take_snapshot(JUL)
    assert not HouseholdMark.objects.exists() and told["whole"] is False and told["read_anew"] == 2
