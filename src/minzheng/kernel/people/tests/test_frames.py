"""The register as columns: who counts in a month, and which word of which office."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from minzheng.kernel.people.actions import FACT_SCHEMA, record_deaths, record_facts
from minzheng.kernel.people.frames import household_frames, household_of, population_frames
from minzheng.kernel.people.models import Household
from minzheng.kernel.people.tests.world import HERE, JUNE, known_since, person, register, register_one
from minzheng.kernel.periods import Month
from minzheng.kernel.rules import write_snapshot

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("register_open")]
JULY = Month(2022, 7)
LATER = date(2022, 7, 31)


def people(month=JULY, **other):
    return population_frames(month, **other)[0]


def fact(
    kind, value, start, end=None, *, source="人社", on=JUNE, subject="person_id", of=None, learnt_at=None
):
    row = {"row": 1, subject: of, "kind": kind, "int_value": value, "start": start, "end": end}
    record_facts(pl.DataFrame([row], schema=FACT_SCHEMA), source=source, observed_on=on, learnt_at=learnt_at)


def die(person_id, day):
    rows = pl.DataFrame({"row": [1], "person_id": [person_id], "death_date": [day]})
    record_deaths(rows, source="卫健", observed_on=date(2022, 8, 31))


class TestWhoCounts:
    def test_a_member_counts_with_birth_month_sex_relation_and_hukou(self):
        told = register_one(relation=2)
        (row,) = people().to_dicts()
        assert row["person_id"] == told["person_id"] and row["household_id"] == Household.objects.get().id
        assert (row["birth_month"], row["sex"], row["relation"]) == (1970 * 12, 1, 2)
        assert row["is_alive"] and row["death_month"] is None and row["hukou_is_local"]

    @pytest.mark.parametrize(
        ("day", "counts"), [(date(2022, 6, 30), True), (date(2022, 7, 1), True), (date(2022, 7, 2), False)]
    )
    def test_whoever_joined_by_the_first_day_counts(self, day, counts):
        register_one(since=day, on=LATER)
        assert people().height == counts

    @pytest.mark.parametrize(("day", "counts"), [(date(2022, 7, 1), True), (date(2022, 7, 2), False)])
    def test_whoever_was_born_by_the_first_day_counts(self, day, counts):
        register_one(birth_date=day, on=LATER)
        assert people().height == counts

    @pytest.mark.parametrize(
        ("day", "counts"), [(date(2022, 6, 30), False), (date(2022, 7, 1), True), (date(2022, 7, 31), True)]
    )
    def test_whoever_died_before_the_first_day_does_not_count_and_within_the_month_does(self, day, counts):
        die(register_one()["person_id"], day)
        assert people().height == counts
        if counts:
            assert people()["death_month"].to_list() == [JULY.index] and people()["is_alive"].all()

    def test_whoever_was_struck_off_before_does_not_count(self):
        register_one(deregistered_on=date(2022, 6, 30))
        assert people().is_empty()

    def test_a_person_of_no_household_is_one_under_the_own_number_negative(self):
        told = register_one(household_number=None)
        persons, households = population_frames(JULY)
        assert (
            persons["household_id"].to_list() == [-told["person_id"]] == households["household_id"].to_list()
        )
        assert households["division_code"].to_list() == [int(HERE)] and persons["relation"].to_list() == [1]

    def test_a_district_known_no_closer_is_padded_to_twelve_digits(self):
        register_one(division_code="310107")
        assert population_frames(JULY)[1]["division_code"].to_list() == [310107000000]

    def test_a_household_whose_members_all_left_is_no_row(self):
        die(register_one()["person_id"], date(2022, 6, 1))
        assert population_frames(JULY)[1].is_empty()

    def test_the_month_before_still_has_the_household_that_was_left_since(self):
        told = register_one()
        register_one(household_number="H000002", since=date(2022, 7, 10), on=LATER)
        first, second = Household.objects.order_by("number")
        assert household_of(told["person_id"], JULY) == first.id
        assert household_of(told["person_id"], JULY + 1) == second.id

    def test_the_frames_make_a_snapshot(self, tmp_path):
        register(person(1), person(2, relation=2), person(3, household_number=None))
        persons, households = population_frames(JULY)
        record = write_snapshot(persons, households, tmp_path, month=JULY, as_of=LATER)
        assert (record.persons, record.households) == (3, 2)


class TestWhichWord:
    @pytest.mark.parametrize(
        ("month", "counts"),
        [(Month(2022, 5), False), (Month(2022, 6), True), (Month(2022, 9), True), (Month(2022, 10), False)],
    )
    def test_a_wage_of_june_serves_june_and_three_months_more(self, month, counts):
        person_id = register_one()["person_id"]
        fact("wage_fen", 500, date(2022, 6, 1), date(2022, 7, 1), of=person_id)
        assert people(month)["wage_fen"].to_list() == ([500] if counts else [None])

    def test_the_later_month_is_the_word_that_counts(self):
        person_id = register_one()["person_id"]
        fact("wage_fen", 600, date(2022, 6, 1), date(2022, 7, 1), of=person_id)
        fact("wage_fen", 500, date(2022, 5, 1), date(2022, 6, 1), of=person_id)
        assert people()["wage_fen"].to_list() == [600]

    @pytest.mark.parametrize(
        ("start", "end", "grade"),
        [
            (date(2022, 7, 1), None, 1),
            (date(2022, 7, 2), None, None),
            (date(2012, 7, 1), date(2022, 7, 1), None),
            (date(2012, 7, 1), date(2022, 7, 2), 1),
        ],
    )
    def test_a_certificate_counts_from_the_first_day_it_covers_to_the_last(self, start, end, grade):
        person_id = register_one()["person_id"]
        fact("disability_grade", 1, start, end, source="残联", of=person_id)
        assert people()["disability_grade"].to_list() == [grade]

    def test_a_newer_certificate_that_has_ended_does_not_bring_an_older_one_back(self):
        person_id = register_one()["person_id"]
        fact("disability_grade", 1, date(2010, 1, 1), None, source="残联", of=person_id)
        fact("disability_grade", 0, date(2020, 1, 1), None, source="残联", of=person_id)
        assert people()["disability_grade"].to_list() == [0]

    def test_a_past_month_is_read_as_known_at_an_instant(self):
        person_id = register_one()["person_id"]
        known_since(datetime(2022, 5, 1, tzinfo=UTC))
        fact(
            "wage_fen",
            500,
            date(2022, 6, 1),
            date(2022, 7, 1),
            of=person_id,
            learnt_at=datetime(2022, 7, 1, tzinfo=UTC),
        )
        fact(
            "wage_fen",
            700,
            date(2022, 6, 1),
            date(2022, 7, 1),
            of=person_id,
            learnt_at=datetime(2022, 8, 1, tzinfo=UTC),
        )
        assert people(as_of=datetime(2022, 7, 15, tzinfo=UTC))["wage_fen"].to_list() == [500]
        assert people(as_of=datetime(2022, 8, 1, tzinfo=UTC))["wage_fen"].to_list() == [700]
        assert people()["wage_fen"].to_list() == [700]
        assert people(as_of=datetime(2022, 6, 15, tzinfo=UTC))["wage_fen"].to_list() == [None]

    def test_flags_are_yes_or_no_and_what_nobody_told_is_null(self):
        person_id = register_one()["person_id"]
        fact("is_child_basic_living", 1, date(2022, 1, 1), source="民政", of=person_id)
        (row,) = people().to_dicts()
        assert row["is_child_basic_living"] is True and row["is_extreme_poverty_supported"] is None


class TestOneHousehold:
    def test_one_household_reads_as_it_does_among_all(self):
        register(person(1), person(2, relation=2, name="龙银"), person(3, household_number="H000002"))
        household = Household.objects.get(number="H000001")
        ids = people().filter(pl.col("household_id") == household.id)["person_id"].to_list()
        fact("wage_fen", 500, date(2022, 6, 1), date(2022, 7, 1), of=ids[0])
        fact("homes", 1, date(2022, 6, 15), source="核对", subject="household_id", of=household.id)
        frames = household_frames(household.id, JULY)
        persons, households = population_frames(JULY)
        assert frames.persons.equals(persons.filter(pl.col("household_id") == household.id))
        assert frames.households.equals(households.filter(pl.col("household_id") == household.id))

    def test_every_value_told_has_its_source(self):
        told = register_one()
        fact("wage_fen", 500, date(2022, 6, 1), date(2022, 7, 1), of=told["person_id"])
        household = Household.objects.get().id
        origin = household_frames(household, JULY).provenance
        assert origin["person", told["person_id"], "wage_fen"].source == "人社"
        assert origin["person", told["person_id"], "birth_month"].source == "公安"
        assert origin["person", told["person_id"], "relation"].on == "2022-06-30"
        assert origin["household", household, "division_code"].source == "公安"
        assert ("person", told["person_id"], "pension_fen") not in origin

    def test_the_dead_can_still_be_explained_alone(self):
        person_id = register_one()["person_id"]
        die(person_id, date(2022, 6, 14))
        (row,) = household_frames(-person_id, JULY).persons.to_dicts()
        assert row["is_alive"] is False and row["death_month"] == Month(2022, 6).index
        assert household_of(person_id, JULY) == -person_id

    def test_a_household_without_members_that_month_is_told_as_such(self):
        with pytest.raises(LookupError, match="没有成员"):
            household_frames(999_999, JULY)
