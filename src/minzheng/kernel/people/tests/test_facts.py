"""Facts: two clocks, one word that counts."""

from datetime import UTC, date, datetime

import polars as pl
import pytest
from django.db import IntegrityError, transaction
from django.db.models import Q

from minzheng.kernel.people.actions import FACT_SCHEMA, record_facts
from minzheng.kernel.people.authority import fact_rank
from minzheng.kernel.people.facts import catalogue
from minzheng.kernel.people.models import Fact, Household
from minzheng.kernel.people.queries import current_facts, fact_history
from minzheng.kernel.people.tests.world import JUNE, register_one

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("register_open")]
MAY, JUNE_1, JULY_1 = date(2022, 5, 1), date(2022, 6, 1), date(2022, 7, 1)


def tell(*rows, source="人社", on=JUNE, learnt_at=None):
    frame = pl.DataFrame(
        [{"row": n, "start": JUNE_1, "end": JULY_1, **row} for n, row in enumerate(rows, 1)],
        schema=FACT_SCHEMA,
    )
    return record_facts(frame, source=source, observed_on=on, learnt_at=learnt_at)


@pytest.fixture
def somebody() -> int:
    return int(register_one()["person_id"])


def wage(person_id, value, **other):
    return {"person_id": person_id, "kind": "wage_fen", "int_value": value, **other}


def test_a_value_is_recorded_and_the_same_value_again_changes_nothing(somebody):
    assert tell(wage(somebody, 1))["outcome"].to_list() == ["created"]
    assert tell(wage(somebody, 1), on=JULY_1)["outcome"].to_list() == ["unchanged"]
    assert Fact.objects.count() == 1


def test_another_value_supersedes_and_both_stay_on_record(somebody):
    tell(wage(somebody, 1), learnt_at=datetime(2022, 6, 30, tzinfo=UTC))
    told = tell(wage(somebody, 2), learnt_at=datetime(2022, 7, 5, tzinfo=UTC))
    assert told["outcome"].to_list() == ["updated"] and told["recorded"].to_list() == [1]
    old, new = Fact.objects.order_by("id")
    assert old.superseded_at == new.learnt_at and new.superseded_at is None
    assert len(fact_history(kind="wage_fen", person_id=somebody)) == 2


def test_a_weaker_office_and_older_news_are_kept_out_with_the_reason(somebody):
    tell(wage(somebody, 1))
    assert tell(wage(somebody, 2), source="居委", on=JULY_1)["reason"].to_list() == ["authority"]
    assert tell(wage(somebody, 2), on=MAY)["reason"].to_list() == ["older"]
    assert Fact.objects.get().int_value == 1


def test_the_sender_of_each_kind_is_the_strongest_about_it():
    for name, kind in catalogue().items():
        assert fact_rank(name, kind.sender) > fact_rank(name, "居委")


def test_months_of_one_kind_in_one_row_stand_side_by_side(somebody):
    rows = [wage(somebody, 1, row=1, start=MAY, end=JUNE_1), wage(somebody, 2, row=1)]
    assert tell(*rows)["outcome"].to_list() == ["created", "created"]
    assert tell(*rows)["outcome"].to_list() == ["unchanged", "unchanged"]


def test_one_kind_told_twice_for_one_month_in_a_file(somebody):
    told = tell(wage(somebody, 1), wage(somebody, 1), wage(somebody, 2))
    assert told["outcome"].to_list() == ["created", "duplicate", "conflict"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"kind": "shoe_size", "int_value": 1}, "unknown_kind"),
        ({"kind": "homes", "int_value": 1}, "wrong_subject"),
        ({"kind": "wage_fen"}, "no_value"),
        ({"kind": "wage_fen", "int_value": 1, "end": JUNE_1}, "empty_period"),
        ({"kind": "wage_fen", "int_value": 1, "start": None}, "empty_period"),
    ],
)
def test_what_cannot_be_a_fact_is_refused_by_name(somebody, row, reason):
    told = tell({"person_id": somebody, **row})
    assert (told["outcome"][0], told["reason"][0]) == ("refused", reason) and not Fact.objects.exists()


def test_a_household_has_facts_of_its_own(somebody):
    household = Household.objects.get()
    tell({"household_id": household.id, "kind": "homes", "int_value": 2, "end": None}, source="核对")
    (view,) = current_facts(Q(household=household))
    assert (view.label, view.shown) == ("住房套数", "2")


def test_the_database_refuses_two_words_in_force_for_one_start(somebody):
    tell(wage(somebody, 1))
    fact = Fact.objects.get()
    fact.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        fact.save(force_insert=True)
