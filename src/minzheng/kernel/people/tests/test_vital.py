"""Deaths, corrections, moves and accounts."""

from datetime import date, timedelta

import polars as pl
import pytest

from minzheng.kernel.access import NotPermitted
from minzheng.kernel.people.actions import (
    correct_field,
    move_people,
    record_deaths,
    record_names,
    set_account,
)
from minzheng.kernel.people.models import (
    BankAccount,
    Household,
    HukouRecord,
    LifeEvent,
    Membership,
    Person,
    Residence,
)
from minzheng.kernel.people.queries import accounts_in_force
from minzheng.kernel.people.tests.world import ELSEWHERE, HERE, JUNE, register_one

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("register_open")]
DAY = date(2022, 6, 14)


def die(person_id: int, day: date | None = DAY, source: str = "卫健", on: date = JUNE):
    return record_deaths(
        pl.DataFrame(
            {"row": [1], "person_id": [person_id], "death_date": [day]},
            schema_overrides={"death_date": pl.Date},
        ),
        source=source,
        observed_on=on,
    ).to_dicts()[0]


def ends():
    return {
        model.__name__: [row.during.upper for row in model.objects.order_by("during")]
        for model in (Membership, Residence, HukouRecord)
    }


class TestDeath:
    def test_the_day_of_death_is_the_last_day_of_household_residence_and_hukou(self):
        told = die(register_one()["person_id"])
        assert told["outcome"] == "created" and Person.objects.get().death_date == DAY
        assert ends() == {name: [date(2022, 6, 15)] for name in ("Membership", "Residence", "HukouRecord")}
        assert {"death", "leave"} <= set(LifeEvent.objects.values_list("kind", flat=True))

    @pytest.mark.parametrize(("days", "outcome"), [(-1, "created"), (0, "created"), (1, "refused")])
    def test_nobody_dies_after_the_day_of_the_notice(self, days, outcome):
        assert die(register_one()["person_id"], JUNE + timedelta(days))["outcome"] == outcome

    @pytest.mark.parametrize(
        ("day", "outcome"), [(date(1969, 12, 31), "refused"), (date(1970, 1, 1), "created")]
    )
    def test_nobody_dies_before_being_born(self, day, outcome):
        assert die(register_one()["person_id"], day)["outcome"] == outcome

    def test_the_same_notice_twice_changes_nothing(self):
        person_id = register_one()["person_id"]
        die(person_id)
        events = LifeEvent.objects.count()
        assert die(person_id)["outcome"] == "unchanged" and LifeEvent.objects.count() == events

    def test_the_health_commission_corrects_the_day_and_the_ends_follow(self):
        person_id = register_one()["person_id"]
        die(person_id)
        assert die(person_id, date(2022, 6, 20), on=date(2022, 7, 5))["outcome"] == "updated"
        assert ends()["Membership"] == [date(2022, 6, 21)]

    def test_the_committee_cannot_move_the_day_the_health_commission_gave(self):
        person_id = register_one()["person_id"]
        die(person_id)
        assert die(person_id, date(2022, 6, 20), source="居委", on=date(2022, 7, 5))["outcome"] == "kept"
        assert Person.objects.get().death_date == DAY

    def test_a_household_joined_after_the_death_was_never_joined(self):
        person_id = register_one(since=date(2022, 6, 20))["person_id"]
        die(person_id)
        assert not Membership.objects.exists()

    def test_the_police_still_listing_the_dead_do_not_bring_them_back(self):
        person_id = register_one()["person_id"]
        die(person_id)
        register_one(on=date(2022, 7, 31))
        assert ends()["Membership"] == [date(2022, 6, 15)]
        register_one(on=date(2022, 8, 31), household_number="H000009", division_code=ELSEWHERE)
        assert all(upper is not None for upper in ends()["Membership"] + ends()["Residence"])

    def test_a_death_recorded_of_someone_living_is_taken_back_and_everything_reopens(self):
        person_id = register_one()["person_id"]
        die(person_id)
        told = correct_field(
            person_id=person_id,
            field="death_date",
            value=None,
            source="卫健",
            on=date(2022, 7, 5),
            reason="登记错误",
        )
        assert told.outcome == "updated" and Person.objects.get().death_date is None
        assert ends() == {name: [None] for name in ("Membership", "Residence", "HukouRecord")}

    def test_an_unknown_person_is_refused(self):
        assert die(999_999)["reason"] == "person_unknown"


class TestCorrection:
    def test_asks_for_a_reason(self):
        person_id = register_one()["person_id"]
        with pytest.raises(ValueError, match="理由"):
            correct_field(person_id=person_id, field="sex", value=2, source="公安", on=JUNE, reason=" ")

    def test_is_refused_to_a_post_without_the_permission(self, as_post):
        person_id = register_one()["person_id"]
        with as_post("auditor", "310000"), pytest.raises(NotPermitted):
            correct_field(person_id=person_id, field="sex", value=2, source="公安", on=JUNE, reason="有误")

    def test_at_the_counter_does_not_overwrite_the_police(self):
        person_id = register_one()["person_id"]
        told = correct_field(
            person_id=person_id,
            field="birth_date",
            value=date(1971, 1, 1),
            source="窗口",
            on=JUNE,
            reason="出生证",
        )
        assert told.outcome == "kept" and told.kept[0]["by"] == "公安"

    def test_by_the_deciding_office_is_written_and_leaves_an_event(self):
        person_id = register_one()["person_id"]
        correct_field(
            person_id=person_id,
            field="birth_date",
            value=date(1971, 1, 1),
            source="公安",
            on=JUNE,
            reason="出生证",
        )
        assert Person.objects.get().birth_date == date(1971, 1, 1)
        assert LifeEvent.objects.get(kind="correction").detail["reason"] == "出生证"


class TestMoveAndNames:
    def test_a_committee_s_visit_moves_nobody_the_police_have_placed(self):
        person_id = register_one()["person_id"]
        rows = pl.DataFrame(
            {"row": [1], "person_id": [person_id], "division_code": [ELSEWHERE], "on": [JUNE]}
        )
        told = move_people(rows, source="居委", observed_on=JUNE).to_dicts()[0]
        assert told["outcome"] == "kept" and Person.objects.get().division_code == HERE

    def test_a_move_writes_place_period_and_event(self):
        person_id = register_one()["person_id"]
        rows = pl.DataFrame(
            {"row": [1], "person_id": [person_id], "division_code": [ELSEWHERE], "on": [JUNE]}
        )
        assert move_people(rows, source="公安", observed_on=JUNE)["outcome"][0] == "updated"
        assert Household.objects.get().division_code == ELSEWHERE
        assert Person.objects.get().division_code == ELSEWHERE
        assert [row.during.upper for row in Residence.objects.order_by("during")] == [JUNE, None]

    def test_another_office_s_different_name_is_a_conflict(self):
        person_id = register_one()["person_id"]
        rows = pl.DataFrame({"row": [1, 2], "person_id": [person_id] * 2, "name": ["周雷建", "龙银"]})
        told = record_names(rows, source="残联", observed_on=JUNE)
        assert told["outcome"].to_list() == ["updated", "conflict"]


class TestAccounts:
    def set(self, person_id: int, number: str, on: date) -> bool:
        return set_account(
            person_id=person_id, bank="示例银行", number=number, holder="周磊建", on=on, source="民政"
        )

    def test_a_new_account_follows_the_old_without_a_day_between(self):
        person_id = register_one()["person_id"]
        assert self.set(person_id, "6200000001", date(2022, 1, 1))
        assert not self.set(person_id, "6200000001", date(2022, 2, 1))
        assert self.set(person_id, "6200000002", date(2022, 6, 1))
        assert accounts_in_force([person_id], date(2022, 5, 31))[person_id]["number"] == "6200000001"
        assert accounts_in_force([person_id], date(2022, 6, 1))[person_id]["number"] == "6200000002"

    def test_older_news_does_not_take_the_account_back(self):
        person_id = register_one()["person_id"]
        self.set(person_id, "6200000002", date(2022, 6, 1))
        assert not self.set(person_id, "6200000001", date(2022, 1, 1))
        assert BankAccount.objects.count() == 1
