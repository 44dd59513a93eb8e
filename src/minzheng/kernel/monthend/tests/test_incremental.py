"""Changes of the register judged at once: the findings and leads that a run over everybody would leave, and only theirs."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.utils import ProgrammingError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.monthend import steps
from minzheng.kernel.monthend.actions import run_month
from minzheng.kernel.monthend.incremental import match_batch, match_changes
from minzheng.kernel.monthend.models import LiveMonth, MonthRun, RunState
from minzheng.kernel.monthend.queries import explain_lead
from minzheng.kernel.monthend.steps import Work
from minzheng.kernel.monthend.tests.town import COMMITTEE, build_town, dump
from minzheng.kernel.outreach.models import Finding, Lead
from minzheng.kernel.payments.actions import close_month
from minzheng.kernel.people import frames
from minzheng.kernel.people.marks import any_marks, take_marks
from minzheng.kernel.people.migrations._marks import WATCHED
from minzheng.kernel.people.models import (
    Fact,
    Household,
    HouseholdMark,
    HukouRecord,
    Membership,
    Person,
    Residence,
)
from minzheng.kernel.periods import Month
from minzheng.kernel.storage.testing import cloned_database, template_database

JUL = Month(2022, 7)
ON = date(2022, 7, 30)


@pytest.fixture(scope="module")
def july_once(django_db_blocker, django_db_setup):
    with django_db_blocker.unblock(), cloned_database(template_database(), "july") as name:
        names = build_town()
        run_month(JUL)
        connections.close_all()
        yield name, names


@pytest.fixture
def july(july_once, django_db_blocker):
    """The town after July was run, in a database of the test's own."""
    name, names = july_once
    with django_db_blocker.unblock(), cloned_database(name, "change"):
        yield names


def tell(kind: str, value: int, *, start: date = date(2022, 6, 1), **of: Any) -> None:
    """An office's word, as the feeds leave it: what stood there before is superseded."""
    Fact.objects.filter(**of, kind=kind, during__startswith=start, superseded_at=None).update(
        superseded_at=datetime(2022, 7, 2, tzinfo=UTC)
    )
    Fact.objects.create(
        **of, kind=kind, int_value=value, during=DateRange(start, None), source="测试", observed_on=start,
        learnt_at=datetime(2022, 7, 2, tzinfo=UTC),
    )  # fmt: skip


class TestWhatIsMarked:
    @pytest.fixture(autouse=True)
    def _town(self, as_post, db):
        as_post("service")
        self.home = Household.objects.create(number="H1", division_code=COMMITTEE)
        self.person = Person.objects.create(name="甲", division_code=COMMITTEE)
        Membership.objects.create(
            household=self.home, person=self.person, during=DateRange(date(2000, 1, 1), None)
        )
        take_marks(1000)

    def marked(self) -> set[int]:
        return set(take_marks(1000).households)

    def test_a_change_of_a_person_marks_the_household_and_the_person_alone(self):
        Person.objects.update(birth_date=date(1950, 1, 1))
        assert self.marked() == {self.home.pk, -self.person.pk}

    def test_what_no_rule_reads_marks_nobody(self):
        Person.objects.update(name="乙", name_pinyin="yi", provenance={"sex": {"source": "公安"}})
        Household.objects.update(number="H2", source="公安")
        assert not any_marks()

    def test_a_value_written_again_as_it_was_marks_nobody(self):
        Person.objects.update(sex=0)
        assert not any_marks()

    def test_a_move_marks_the_household_left_and_the_household_joined(self):
        other = Household.objects.create(number="H9", division_code=COMMITTEE)
        take_marks(1000)
        Membership.objects.update(household=other)
        assert self.marked() == {self.home.pk, other.pk, -self.person.pk}

    def test_a_membership_that_is_removed_still_marks_its_household(self):
        Membership.objects.all().delete()
        assert self.marked() == {self.home.pk, -self.person.pk}

    def test_words_about_a_person_and_about_a_household_mark_it(self):
        tell("pension_fen", 1, person=self.person)
        assert self.marked() == {self.home.pk, -self.person.pk}
        tell("vehicles", 1, household=self.home)
        assert self.marked() == {self.home.pk}

    def test_hukou_and_residence_mark_the_household(self):
        for model, more in ((HukouRecord, {"is_local": True}), (Residence, {})):
            model.objects.create(
                person=self.person, division_code=COMMITTEE, during=DateRange(date(2020, 1, 1), None), **more
            )
            assert self.home.pk in self.marked()

    def test_a_change_that_is_rolled_back_marks_nobody(self):
        with pytest.raises(RuntimeError), transaction.atomic():
            Person.objects.update(sex=2)
            raise RuntimeError
        assert not any_marks()

    def test_a_whole_register_at_once_is_one_mark_for_everything(self):
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO people_household (number, register, division_code, source)"
                " SELECT 'B' || n, '', '310107', '' FROM generate_series(1, 200001) n"
            )
        marks = take_marks(1000)
        assert marks.everything and not marks.households


def test_every_table_that_the_columns_are_read_from_is_watched():
    read = frames._PEOPLE + frames._BELONGED + frames._HOUSEHOLDS + frames._FACTS
    assert set(re.findall(r"people_(\w+)", read)) == set(WATCHED)


def test_no_official_reads_marks_and_nobody_writes_them(as_post, db):
    with as_post("service"):
        Person.objects.create(name="甲", division_code=COMMITTEE)
        with pytest.raises(ProgrammingError), transaction.atomic():
            HouseholdMark.objects.create(household_id=1)
    as_post("city_policy", "310000")
    assert not HouseholdMark.objects.exists()
    assert HouseholdMark.objects.all().delete()[0] == 0


def test_an_official_of_one_street_marks_the_household_without_seeing_the_marks(as_post, db):
    with as_post("service"):
        person = Person.objects.create(name="甲", division_code=COMMITTEE)
        take_marks(1000)
    with as_post("street_officer", COMMITTEE[:9]):
        Person.objects.filter(pk=person.pk).update(birth_date=date(1950, 1, 1))
    as_post("service")
    assert take_marks(1000).people == [person.pk]


def test_a_lost_income_becomes_a_lead_before_the_month_ends(july):
    with acting_as_service("test"):
        others = list(Lead.objects.order_by("pk").values())
        assert not Lead.objects.filter(household_id=july["H7"]).exists()
        tell("pension_fen", 0, start=date(2022, 6, 15), person_id=july["将满七十"])
    done = match_changes(on=ON)
    assert done is not None and (done.households, done.raised, done.closed) == (2, 1, 0)
    with acting_as_service("test"):
        raised = Lead.objects.get(household_id=july["H7"], state="open")
        assert (raised.kind, raised.amount_fen, raised.current_fen) == ("qualifies", 142_000, 0)
        assert list(Lead.objects.exclude(pk=raised.pk).order_by("pk").values()) == others
        explained = explain_lead(raised)
        assert explained is not None and explained.status == "eligible"
        assert not any_marks()


def test_a_lead_whose_reason_is_gone_is_closed_at_once(july):
    with acting_as_service("test"):
        lead = Lead.objects.get(household_id=july["H4"])
        assert (lead.kind, lead.state) == ("ends", "open")
        tell("wage_fen", 0, start=date(2022, 6, 15), person_id=july["收入已高"])
    assert match_changes(on=ON).closed == 1
    with acting_as_service("test"):
        lead.refresh_from_db()
        assert (lead.state, lead.settled_on) == ("closed", ON)


def test_a_birth_raises_the_amount_found_for_the_household(july):
    with acting_as_service("test"):
        child = Person.objects.create(
            name="新生儿", birth_date=date(2022, 6, 28), division_code=COMMITTEE, hukou_is_local=True
        )
        Membership.objects.create(
            household_id=july["H2"], person=child, role=3, during=DateRange(date(2022, 6, 28), None)
        )
    match_changes(on=ON)
    with acting_as_service("test"):
        lead = Lead.objects.get(household_id=july["H2"], state="open")
        assert lead.amount_fen == 142_000 + 185_000
        assert Finding.objects.get(household_id=july["H2"]).amount_fen == lead.amount_fen


def test_nothing_changed_does_nothing_and_twice_is_once(july):
    assert match_changes(on=ON) is None
    with acting_as_service("test"):
        tell("wage_fen", 0, start=date(2022, 6, 15), person_id=july["收入已高"])
    match_changes(on=ON)
    before = dump()
    with acting_as_service("test"):
        Person.objects.filter(pk=july["收入已高"]).update(hukou_is_local=False)
        Person.objects.filter(pk=july["收入已高"]).update(hukou_is_local=True)
    assert match_changes(on=ON) is not None
    assert dump() == before


def test_an_unfinished_run_keeps_the_marks_for_later(july):
    with acting_as_service("test"):
        tell("wage_fen", 0, start=date(2022, 6, 15), person_id=july["收入已高"])
        MonthRun.objects.update(state=RunState.FAILED)
    assert match_changes(on=ON) is None
    with acting_as_service("test"):
        assert any_marks()
        MonthRun.objects.update(state=RunState.DONE)
    assert match_changes(on=ON) is not None


def test_a_run_of_the_month_reads_everybody_and_needs_no_marks(july):
    with acting_as_service("test"):
        tell("wage_fen", 0, start=date(2022, 6, 15), person_id=july["收入已高"])
    match_changes(on=ON)
    with acting_as_service("test"):
        tell("pension_fen", 1, person_id=july["低保遗属"])
    run_month(JUL)
    with acting_as_service("test"):
        live = LiveMonth.objects.get()
        assert (live.delta_identity, live.changed) == ("", 0)
        assert live.snapshot_identity == MonthRun.objects.latest("attempt").snapshot_identity
        assert not any_marks()


def test_between_two_months_leads_are_raised_by_the_next_months_law_and_the_run_confirms_them(july):
    with acting_as_service("test"):
        close_month(month=JUL, on=JUL.last_day)
        tell("wage_fen", 0, start=date(2022, 7, 15), person_id=july["收入已高"])
    done = match_changes(on=date(2022, 8, 2))
    assert done is not None and done.month == JUL + 1
    with acting_as_service("test"):
        lead = Lead.objects.get(household_id=july["H4"], state="open")
        assert (lead.kind, lead.last_month) == ("increase", date(2022, 8, 1))
        assert explain_lead(lead) is not None
        # Until August is run, grants rest on the findings of July.
        assert not Finding.objects.filter(month=date(2022, 8, 1)).exists()
    run_month(JUL + 1)
    with acting_as_service("test"):
        assert Lead.objects.get(pk=lead.pk).state == "open"


def test_more_changes_than_can_be_looked_at_ask_for_a_run(july):
    with connections["owner"].cursor() as cursor:
        cursor.execute("INSERT INTO people_householdmark (household_id) VALUES (NULL)")
    done = match_changes(on=ON)
    assert done is not None and done.needs_run
    run_month(JUL)
    with acting_as_service("test"):
        assert not LiveMonth.objects.get().needs_run


# What may happen to a register, each with the person or household it happens to.
_WHO, _DAY = st.integers(0, 30), st.dates(date(2022, 5, 1), date(2022, 8, 31))
_CHANGES = st.one_of(
    st.tuples(st.just("birth_date"), _WHO, st.sampled_from([date(1940, 1, 1), date(1957, 7, 31), date(2010, 1, 1)])),
    st.tuples(st.just("death_date"), _WHO, _DAY),
    st.tuples(st.just("deregistered_on"), _WHO, _DAY),
    st.tuples(st.just("join"), _WHO, _WHO, _DAY),
    st.tuples(st.just("leave"), _WHO, _DAY),
    st.tuples(st.just("forget_membership"), _WHO),
    st.tuples(st.just("hukou"), _WHO, st.booleans(), _DAY),
    st.tuples(st.just("moved"), _WHO, st.sampled_from(["310107014029", "310151000000", "310101002001"])),
    st.tuples(st.just("told"), _WHO, st.sampled_from(["wage_fen", "pension_fen"]), st.sampled_from([0, 1, 2, 150_000]), _DAY),
    # A grade beyond the catalogue's is refused by the contract before it comes here.
    st.tuples(st.just("told"), _WHO, st.just("disability_grade"), st.sampled_from([0, 1, 2]), _DAY),
    st.tuples(st.just("told_home"), _WHO, st.sampled_from(["vehicles", "homes", "money_assets_fen"]),
              st.sampled_from([0, 1, 9_000_000]), _DAY),
    st.tuples(st.just("born"), _WHO, _DAY),
    st.tuples(st.just("merged"), _WHO, _WHO),
)  # fmt: skip


def happen(change: tuple[Any, ...]) -> None:
    """Writes one change as SQL of the house would; what the database refuses did not happen."""
    what, at, *more = change
    person = list(Person.objects.order_by("id"))[at % Person.objects.count()]
    homes = list(Household.objects.order_by("id"))
    home = homes[(more[0] if what == "join" else at) % len(homes)]
    match what:
        case "birth_date" | "death_date" | "deregistered_on":
            Person.objects.filter(pk=person.pk).update(**{what: more[0]})
        case "join" | "leave":
            day = more[-1]
            for row in Membership.objects.filter(person=person, during__contains=day):
                row.during = DateRange(row.during.lower, day)
                row.save()
            if what == "join":
                during = DateRange(day, day + timedelta(days=400))
                Membership.objects.filter(person=person, during__overlap=during).delete()
                Membership.objects.create(household=home, person=person, during=during)
        case "forget_membership":
            Membership.objects.filter(person=person).delete()
        case "hukou":
            HukouRecord.objects.filter(person=person).delete()
            HukouRecord.objects.create(
                person=person, division_code=COMMITTEE, is_local=more[0], during=DateRange(more[1], None)
            )
        case "moved":
            Person.objects.filter(pk=person.pk).update(division_code=more[0])
            Household.objects.filter(pk=home.pk).update(division_code=more[0])
        case "told":
            tell(more[0], more[1], start=more[2], person=person)
        case "told_home":
            tell(more[0], more[1], start=more[2], household=home)
        case "born":
            child = Person.objects.create(name="童", birth_date=more[0], division_code=COMMITTEE)
            Membership.objects.create(household=home, person=child, during=DateRange(more[0], None))
        case "merged" if more[0] % Person.objects.count() != at % Person.objects.count():
            other = list(Person.objects.order_by("id"))[more[0] % Person.objects.count()]
            Person.objects.filter(pk=other.pk).update(merged_into=person)


class _Undo(Exception):
    pass


def left_by(act: Any) -> dict[str, list[str]]:
    """Findings and leads after an act that is then undone."""
    found: dict[str, list[str]] = {}
    try:
        with transaction.atomic():
            act()
            found = {table: lines for table, lines in dump().items() if table in ("findings", "leads")}
            raise _Undo
    except _Undo:
        return found


def test_any_history_of_changes_leaves_the_findings_and_leads_of_a_run_over_everybody(as_post, db):
    as_post("service")
    build_town()
    run = MonthRun.objects.create(month=JUL.first_day, attempt=1, on=ON, actor_label="t", state=RunState.DONE)

    def everybody() -> None:
        work = Work(run, JUL, ON)
        for step in (steps.snapshot, steps.evaluate, steps.findings, steps.outreach):
            step(work)

    everybody()

    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.lists(_CHANGES, min_size=1, max_size=4), min_size=1, max_size=3))
    def check(rounds) -> None:
        try:
            with transaction.atomic():
                for changes in rounds:
                    for change in changes:
                        happen(change)
                    expected = left_by(everybody)
                    match_batch(ON)
                    assert left_by(lambda: None) == expected
                raise _Undo
        except _Undo:
            pass

    check()
