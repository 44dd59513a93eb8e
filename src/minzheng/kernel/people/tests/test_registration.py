"""Entering people: who decides what, what is written, what waits for a person."""

import json
from datetime import date, timedelta

import polars as pl
import pytest
from django.db import IntegrityError, transaction
from psycopg.types.range import DateRange

from minzheng.kernel.people.actions import DEATH_SCHEMA, record_deaths
from minzheng.kernel.people.models import (
    Household,
    HukouRecord,
    Identifier,
    LifeEvent,
    Membership,
    Person,
    PersonName,
    Residence,
)
from minzheng.kernel.people.tests.world import ELSEWHERE, HERE, JUNE, number, person, register, register_one

JULY = date(2022, 7, 31)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("register_open")]


def spans(model):
    return [(row.during.lower, row.during.upper) for row in model.objects.order_by("during")]


class TestANewPerson:
    def test_is_entered_with_identifier_household_residence_hukou_and_events(self):
        told = register_one(since=date(2017, 12, 16))
        assert told["outcome"] == "created"
        entered = Person.objects.get(pk=told["person_id"])
        assert (entered.name, entered.name_pinyin, entered.division_code) == ("周磊建", "zhou lei jian", HERE)
        assert entered.identifiers.get().value == number(1)
        assert Membership.objects.get().role == 1 and Household.objects.get().division_code == HERE
        assert spans(Residence) == [(date(2017, 12, 16), None)]
        # The day of moving here says nothing of when the hukou came.
        assert spans(HukouRecord) == [(None, None)]
        assert set(LifeEvent.objects.values_list("kind", flat=True)) == {"birth", "join"}

    def test_knows_of_each_field_who_said_it_and_when(self):
        told = register(person(), file="公安.csv").to_dicts()[0]
        provenance = Person.objects.get(pk=told["person_id"]).provenance
        assert provenance["name"] == {
            "source": "公安", "authority": 100, "on": "2022-06-30", "file": "公安.csv", "row": 1
        }  # fmt: skip
        assert {"sex", "birth_date", "ethnicity", "hukou", "residence"} <= set(provenance)

    def test_without_identifier_is_refused_unless_someone_decided_to_enter_them(self):
        row = person(identifier=None)
        assert register(row).to_dicts()[0]["reason"] == "identifier_missing"
        assert register(row, allow_without_identifier=True).to_dicts()[0]["outcome"] == "created"

    def test_whose_place_is_unknown_belongs_to_the_city(self):
        told = register_one(division_code=None)
        assert Person.objects.get(pk=told["person_id"]).division_code == "310000"
        assert not Residence.objects.exists()

    def test_struck_off_already_is_entered_with_everything_ended(self):
        register_one(deregistered_on=date(2022, 4, 13))
        assert spans(Membership) == spans(Residence) == spans(HukouRecord) == [(None, date(2022, 4, 14))]


class TestTheSameAgain:
    def test_loading_the_same_file_twice_changes_nothing(self):
        rows = [person(1), person(2, name="龙银", relation=2, sex=2)]
        register(*rows)
        before = list(Person.objects.order_by("id").values()), LifeEvent.objects.count()
        again = register(*rows)
        assert set(again["outcome"]) == {"unchanged"}
        assert (list(Person.objects.order_by("id").values()), LifeEvent.objects.count()) == before

    def test_a_later_confirmation_is_remembered_so_that_older_news_stays_out(self):
        told = register_one(ethnicity="汉族")
        register_one(ethnicity="汉族", on=JULY)
        late = register_one(ethnicity="回族", on=date(2022, 7, 15))
        assert late["outcome"] == "kept"
        assert Person.objects.get(pk=told["person_id"]).ethnicity == "汉族"

    def test_a_row_that_repeats_another_word_for_word_is_a_duplicate(self):
        outcomes = register(person(1), person(2, serial=1))["outcome"].to_list()
        assert outcomes == ["created", "duplicate"]

    def test_one_person_in_two_households_of_one_file_waits_for_a_person(self):
        told = register(person(1), person(2, serial=1, household_number="H000002")).to_dicts()
        assert [row["outcome"] for row in told] == ["created", "conflict"]
        assert told[1]["reason"] == "two_households" and "H000001" in told[1]["note"]
        assert Membership.objects.count() == 1

    def test_one_identifier_on_two_unknown_people_is_believed_for_neither(self):
        told = register(person(1), person(2, serial=1, name="龙银"))
        assert set(told["reason"]) == {"identifier_twice"} and not Person.objects.exists()

    def test_a_known_person_under_another_name_waits_and_nothing_is_written(self):
        register_one()
        told = register_one(name="龙银", division_code=ELSEWHERE, on=JULY)
        assert (told["outcome"], told["reason"]) == ("conflict", "name_differs")
        assert Person.objects.get().division_code == HERE

    def test_someone_looked_and_the_name_was_changed(self):
        register_one()
        told = register(person(name="龙银"), on=JULY, trust_identifier=True).to_dicts()[0]
        assert told["outcome"] == "updated" and Person.objects.get().name == "龙银"
        assert PersonName.objects.get().name == "周磊建"


class TestWhoDecides:
    def test_a_weaker_office_does_not_overwrite_and_its_word_is_told(self):
        register_one(ethnicity="汉族")
        told = register_one(source="教育", ethnicity="回族", on=JULY)
        assert told["outcome"] == "kept" and Person.objects.get().ethnicity == "汉族"
        (kept,) = json.loads(told["kept"])
        assert kept == {
            "field": "ethnicity", "offered": "回族", "recorded": "汉族", "by": "公安", "reason": "authority"
        }  # fmt: skip

    def test_a_stronger_office_overwrites_even_with_an_older_day(self):
        register_one(source="教育", ethnicity="回族", on=JULY)
        told = register_one(source="公安", ethnicity="汉族")
        assert told["outcome"] == "updated" and Person.objects.get().ethnicity == "汉族"

    @pytest.mark.parametrize(("days", "name"), [(-1, "汉族"), (0, "回族"), (1, "回族")])
    def test_among_equals_the_older_word_does_not_overwrite_the_newer(self, days, name):
        register_one(ethnicity="汉族")
        register_one(ethnicity="回族", on=JUNE + timedelta(days))
        assert Person.objects.get().ethnicity == name

    def test_an_office_without_a_say_may_fill_what_is_empty(self):
        register_one(ethnicity=None)
        told = register_one(source="教育", ethnicity="回族")
        assert told["outcome"] == "updated" and Person.objects.get().ethnicity == "回族"

    def test_silence_of_a_strong_office_takes_nothing_away(self):
        register_one()
        register_one(ethnicity=None, household_number=None, division_code=None, on=JULY)
        assert Person.objects.get().ethnicity == "汉族" and Person.objects.get().division_code == HERE
        assert spans(Membership) == [(None, None)]

    def test_the_way_another_office_writes_the_name_is_kept_beside_it(self):
        register_one(name="邱䶮")
        register_one(source="人社", name="邱岩", on=JULY)
        assert Person.objects.get().name == "邱䶮"
        assert list(PersonName.objects.values_list("name", "source", "kind")) == [
            ("邱岩", "人社", "as_written")
        ]


class TestMoving:
    def test_a_new_place_ends_the_old_on_the_day_of_moving(self):
        register_one()
        told = register_one(division_code=ELSEWHERE, since=date(2022, 7, 10), on=JULY)
        assert "residence" in told["applied"]
        assert spans(Residence) == [(None, date(2022, 7, 10)), (date(2022, 7, 10), None)]
        assert Person.objects.get().division_code == ELSEWHERE
        assert LifeEvent.objects.get(kind="move").on == date(2022, 7, 10)

    def test_without_a_day_the_file_s_day_stands_for_it(self):
        register_one()
        register_one(division_code=ELSEWHERE, on=JULY)
        assert spans(Residence) == [(None, JULY), (JULY, None)]

    def test_a_new_household_is_left_and_joined(self):
        register_one()
        register_one(household_number="H000002", since=date(2022, 7, 10), on=JULY)
        assert spans(Membership) == [(None, date(2022, 7, 10)), (date(2022, 7, 10), None)]
        assert LifeEvent.objects.filter(kind="leave").count() == 1

    def test_a_household_number_of_another_register_is_another_household(self):
        register(person(1), register="310107014")
        register(person(2), register="310106006")
        assert Household.objects.filter(number="H000001").count() == 2

    def test_a_new_role_in_the_same_household_is_a_correction_and_no_move(self):
        register_one()
        register_one(relation=2, on=JULY)
        assert spans(Membership) == [(None, None)] and Membership.objects.get().role == 2

    def test_older_news_of_another_place_moves_nobody(self):
        register_one()
        told = register_one(division_code=ELSEWHERE, on=date(2022, 5, 31))
        assert told["outcome"] == "kept" and Person.objects.get().division_code == HERE

    def test_told_of_another_place_for_the_day_the_period_began_the_record_was_wrong(self):
        register_one(since=JUNE)
        register_one(division_code=ELSEWHERE, since=JUNE)
        assert spans(Residence) == [(JUNE, None)] and Residence.objects.get().division_code == ELSEWHERE

    def test_the_household_lies_where_its_head_lives(self):
        register(person(2, relation=3, division_code=ELSEWHERE), person(1))
        assert Household.objects.get().division_code == HERE


class TestStrikingOff:
    def test_ends_everything_with_the_day_and_leaves_an_event(self):
        told = register_one()
        again = register_one(deregistered_on=date(2022, 7, 13), on=JULY)
        assert "deregistered_on" in again["applied"]
        assert spans(Membership) == spans(Residence) == spans(HukouRecord) == [(None, date(2022, 7, 14))]
        assert LifeEvent.objects.get(kind="deregister").on == date(2022, 7, 13)
        assert Person.objects.get(pk=told["person_id"]).division_code == HERE

    @pytest.mark.parametrize(("days", "outcome"), [(-1, "created"), (0, "created"), (1, "refused")])
    def test_a_row_that_moves_in_after_it_is_refused_alone(self, days, outcome):
        off = date(2022, 4, 13)
        told = register(
            person(1, since=off + timedelta(days), deregistered_on=off), person(2, relation=2)
        ).to_dicts()
        assert [row["outcome"] for row in told] == [outcome, "created"]
        if outcome == "created":
            assert (off + timedelta(days), off + timedelta(1)) in spans(Residence)
        else:
            assert told[0]["reason"] == "since_after_end" and Person.objects.count() == 1
            assert "2022-04-14" in told[0]["note"] and "户籍注销日期 2022-04-13" in told[0]["note"]

    @pytest.mark.parametrize(("days", "outcome"), [(-1, "updated"), (0, "updated"), (1, "refused")])
    @pytest.mark.parametrize("end", ["death_date", "deregistered_on"])
    def test_a_row_that_moves_somebody_in_after_a_known_end_is_refused_alone(self, end, days, outcome):
        off, known = date(2022, 4, 13), register_one(division_code=None, household_number=None)
        if end == "death_date":
            row = {"row": 1, "person_id": known["person_id"], end: off}
            record_deaths(pl.DataFrame([row], schema=DEATH_SCHEMA), source="卫健", observed_on=JUNE)
        else:
            register_one(deregistered_on=off, division_code=None, household_number=None)
        before = Person.objects.values().get()
        told = register(
            person(1, since=off + timedelta(days), household_number=None), person(2, relation=1), on=JULY
        ).to_dicts()
        assert [row["outcome"] for row in told] == [outcome, "created"]
        if outcome == "refused":
            assert told[0]["reason"] == "since_after_end" and "2022-04-14" in told[0]["note"]
            assert f"{'死亡' if end == 'death_date' else '户籍注销'}日期 2022-04-13" in told[0]["note"]
            assert Person.objects.filter(pk=known["person_id"]).values().get() == before
        else:
            assert (off + timedelta(days), off + timedelta(1)) in spans(Residence)

    def test_told_with_another_place_of_no_known_day_the_last_day_was_there(self):
        register_one()
        told = register_one(deregistered_on=date(2022, 7, 13), division_code=ELSEWHERE, on=JULY)
        assert told["outcome"] == "updated" and "residence" in told["applied"]
        assert spans(Residence) == [(None, date(2022, 7, 13)), (date(2022, 7, 13), date(2022, 7, 14))]

    def test_is_for_the_police_alone(self):
        register_one()
        told = register_one(source="居委", deregistered_on=date(2022, 7, 13), on=JULY, division_code=None)
        assert Person.objects.get().deregistered_on is None, told


class TestTheDatabase:
    @pytest.mark.parametrize("model", [Membership, Residence, HukouRecord])
    def test_refuses_two_periods_that_overlap_by_a_day(self, model):
        told = register_one(since=date(2022, 1, 1))
        row = model.objects.get(person_id=told["person_id"])
        row.during = DateRange(date(2022, 1, 1), date(2022, 6, 1))
        row.save()
        row.pk, row.during = None, DateRange(date(2022, 6, 1), None)
        row.save()
        row.pk, row.during = None, DateRange(date(2022, 5, 31), date(2022, 6, 1))
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()

    def test_refuses_one_identifier_on_two_people(self):
        told = register_one()
        other = register_one(row=2, household_number="H000002")
        assert other["person_id"] != told["person_id"]
        with pytest.raises(IntegrityError), transaction.atomic():
            Identifier.objects.filter(person_id=other["person_id"]).update(value=number(1))
