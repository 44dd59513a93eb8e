"""Merging two records of one person, and taking it back: nothing lost, nothing left over."""

from datetime import date

import polars as pl
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minzheng.kernel.access import NotPermitted
from minzheng.kernel.people.actions import (
    CannotMerge,
    merge_people,
    move_people,
    record_deaths,
    record_facts,
    record_names,
    set_account,
    undo_merge,
)
from minzheng.kernel.people.models import Identifier, LifeEvent, Membership, Merge, Person
from minzheng.kernel.people.queries import people_by_identifier, person_page
from minzheng.kernel.people.staging import fetch
from minzheng.kernel.people.tests.world import ELSEWHERE, HERE, JUNE, number, person, register, register_one

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("register_open")]
AUGUST = date(2022, 8, 1)
TABLES = (
    "person",
    "identifier",
    "personname",
    "membership",
    "residence",
    "hukourecord",
    "bankaccount",
    "fact",
)


def two(**other) -> tuple[int, int]:
    """The record that stays, and a double of it under an old number."""
    first = register_one()["person_id"]
    second = register(person(2, household_number="H000002", name="周雷建", **other)).to_dicts()[0][
        "person_id"
    ]
    return first, second


def merge(survivor: int, absorbed: int) -> Merge:
    return merge_people(survivor_id=survivor, absorbed_id=absorbed, on=JUNE, reason="同一人两证")


def undo(merged: Merge) -> Merge:
    return undo_merge(merge=merged, on=AUGUST, reason="误合并")


def everything() -> dict[str, list]:
    return {
        table: fetch(f"SELECT row_to_json(t)::jsonb::text FROM people_{table} t ORDER BY id")
        for table in TABLES
    }


def test_both_numbers_lead_to_the_surviving_record():
    survivor, absorbed = two()
    merge(survivor, absorbed)
    assert people_by_identifier([number(1), number(3)]) == {number(1): survivor, number(3): survivor}
    assert Identifier.objects.filter(person_id=survivor, is_primary=True).get().value == number(1)
    assert person_page(absorbed).person.pk == survivor


def test_a_file_that_still_carries_the_old_number_updates_the_survivor():
    survivor, absorbed = two()
    merge(survivor, absorbed)
    told = register(person(2, household_number=None, ethnicity="回族"), on=AUGUST).to_dicts()[0]
    assert told["person_id"] == survivor and Person.objects.get(pk=survivor).ethnicity == "回族"


def test_a_household_that_would_overlap_stays_with_the_absorbed_record():
    survivor, absorbed = two()
    merge(survivor, absorbed)
    assert Membership.objects.filter(person_id=survivor).count() == 1
    assert Membership.objects.filter(person_id=absorbed).count() == 1


def test_the_survivor_s_own_values_stand_and_its_gaps_are_filled():
    survivor = register_one(ethnicity=None)["person_id"]
    absorbed = register(person(2, household_number="H2", name="周雷建", sex=2)).to_dicts()[0]["person_id"]
    merge(survivor, absorbed)
    kept = Person.objects.get(pk=survivor)
    assert (kept.name, kept.sex, kept.ethnicity) == ("周磊建", 1, "汉族")
    assert [n.name for n in person_page(survivor).names] == ["周雷建"]


def test_a_death_known_of_the_absorbed_record_alone_ends_the_survivor_s_household():
    survivor, absorbed = two()
    day = date(2022, 6, 14)
    record_deaths(
        pl.DataFrame({"row": [1], "person_id": [absorbed], "death_date": [day]}),
        source="卫健",
        observed_on=JUNE,
    )
    before = everything()
    merged = merge(survivor, absorbed)
    assert Membership.objects.get(person_id=survivor).during.upper == date(2022, 6, 15)
    undo(merged)
    assert everything() == before


def test_what_came_to_the_survivor_after_the_merge_stays_when_it_is_undone():
    survivor, absorbed = two()
    merged = merge(survivor, absorbed)
    set_account(person_id=survivor, bank="示例银行", number="62", holder="周磊建", on=AUGUST, source="民政")
    undo(merged)
    assert len(person_page(survivor).accounts) == 1 and not person_page(absorbed).accounts


def test_a_gap_filled_by_the_merge_and_corrected_since_keeps_the_correction():
    survivor = register_one(ethnicity=None)["person_id"]
    absorbed = register(person(2, household_number="H2", ethnicity="回族")).to_dicts()[0]["person_id"]
    merged = merge(survivor, absorbed)
    register_one(ethnicity="满族", on=AUGUST)
    undo(merged)
    assert Person.objects.get(pk=survivor).ethnicity == "满族"


def test_a_chain_of_merges_is_undone_from_its_end():
    first, second = two()
    third = register(person(3, household_number="H3")).to_dicts()[0]["person_id"]
    before = everything()
    inner = merge(second, third)
    outer = merge(first, second)
    assert people_by_identifier([number(5)]) == {number(5): first}
    with pytest.raises(CannotMerge, match="先撤销后一次"):
        undo(inner)
    undo(outer)
    undo(inner)
    assert everything() == before


def test_a_post_without_the_permission_merges_nobody(as_post):
    survivor, absorbed = two()
    with as_post("neighbourhood_worker", HERE), pytest.raises(NotPermitted):
        merge(survivor, absorbed)


@pytest.mark.parametrize("pair", ["same", "unknown", "merged"])
def test_what_cannot_be_merged_is_refused(pair):
    survivor, absorbed = two()
    if pair == "same":
        absorbed = survivor
    elif pair == "unknown":
        absorbed = 999_999
    else:
        merge(survivor, absorbed)
    with pytest.raises(CannotMerge):
        merge(survivor, absorbed)


def test_a_merge_is_undone_once():
    merged = merge(*two())
    undo(merged)
    with pytest.raises(CannotMerge, match="已于"):
        undo(merged)


def test_both_acts_leave_an_event_and_ask_for_a_reason():
    survivor, absorbed = two()
    with pytest.raises(CannotMerge, match="理由"):
        merge_people(survivor_id=survivor, absorbed_id=absorbed, on=JUNE, reason=" ")
    undo(merge(survivor, absorbed))
    kinds = LifeEvent.objects.filter(person_id=survivor).values_list("kind", flat=True)
    assert {"merge", "unmerge"} <= set(kinds)


histories = st.lists(
    st.one_of(
        st.tuples(
            st.just("fact"),
            st.sampled_from(["wage_fen", "pension_fen", "disability_kind"]),
            st.integers(1, 6),
        ),
        st.tuples(st.just("account"), st.sampled_from(["", "低保"]), st.integers(1, 6)),
        st.tuples(st.just("move"), st.sampled_from([HERE, ELSEWHERE]), st.integers(1, 6)),
        st.tuples(st.just("name"), st.sampled_from(["周雷建", "周磊键"]), st.integers(1, 6)),
        st.tuples(st.just("household"), st.sampled_from(["H000001", "H000007"]), st.integers(1, 6)),
        st.tuples(st.just("death"), st.just(""), st.integers(1, 6)),
    ),
    max_size=6,
)


def live(person_id: int, serial: int, history: list[tuple[str, str, int]]) -> None:
    for kind, what, month in history:
        day = date(2022, month, 15)
        one = {"row": [1], "person_id": [person_id]}
        if kind == "fact":
            frame = pl.DataFrame(
                {**one, "kind": [what], "int_value": [month], "start": [date(2022, month % 3 + 1, 1)]}
            )
            record_facts(frame, source="人社", observed_on=day)
        elif kind == "account":
            set_account(
                person_id=person_id,
                bank="银行",
                number=f"62{month}",
                holder="甲",
                on=day,
                source="民政",
                purpose=what,
            )
        elif kind == "move":
            move_people(
                pl.DataFrame({**one, "division_code": [what], "on": [day]}), source="公安", observed_on=day
            )
        elif kind == "name":
            record_names(pl.DataFrame({**one, "name": [what]}), source="人社", observed_on=day)
        elif kind == "household":
            register(person(serial=serial, household_number=what), on=day)
        else:
            record_deaths(pl.DataFrame({**one, "death_date": [day]}), source="卫健", observed_on=day)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories, histories, st.booleans())
def test_undoing_a_merge_restores_every_row_of_any_two_histories(one, other, second_has_household):
    with transaction.atomic():
        survivor = register_one(on=date(2022, 1, 1))["person_id"]
        number_or_none = "H000002" if second_has_household else None
        row = person(2, household_number=number_or_none, ethnicity=None)
        absorbed = register(row, on=date(2022, 1, 1)).to_dicts()[0]["person_id"]
        live(survivor, 1, one)
        live(absorbed, 3, other)
        before = everything()
        merged = merge(survivor, absorbed)
        # Nothing is lost: every row is with one of the two, and nothing of the survivor's overlaps (by constraint).
        assert [len(rows) for name, rows in everything().items() if name != "personname"] == [
            len(rows) for name, rows in before.items() if name != "personname"
        ]
        undo(merged)
        assert everything() == before
        transaction.set_rollback(True)
