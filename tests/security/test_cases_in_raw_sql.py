"""Raw SQL as the application role over casework: whose case it is, what an applicant may touch, what a glance allows."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from django.db import Error, connection, connections, transaction

from minzheng.kernel.access import acting, acting_as_resident, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.models import Case
from minzheng.kernel.cases.tests import steps, world
from minzheng.kernel.people.attendance import attend, leave
from minzheng.kernel.people.models import Person

ON = world.ON
CHILDREN = (
    "cases_event", "cases_clock", "cases_material", "cases_letter", "cases_authorisation", "cases_economiccheck",
    "cases_decision", "cases_publication", "cases_dispute",
)  # fmt: skip


def ask(query: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, values or None)
        return cursor.fetchall() if cursor.description else [(cursor.rowcount,)]


def changes(query: str, *values: object) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query, values or None)
        return int(cursor.rowcount)


@contextmanager
def refused():
    with pytest.raises(Error), transaction.atomic():
        yield


def count(table: str, case: Case) -> int:
    key = "id" if table == "cases_case" else "case_id"
    return int(ask(f"SELECT count(*) FROM {table} WHERE {key} = %s", case.pk)[0][0])


@pytest.fixture
def person(db) -> Person:
    return world.poor_household()


@pytest.fixture
def case(person) -> Case:
    """Taken in at Xuhui, decided in Chongming, with a row of every kind that hangs on it."""
    made = steps.accepted()
    with acting(steps.officer()):
        actions.ask_authorisations(case=made, on=ON)
        for row in actions.ask_authorisations(case=made, on=ON):
            actions.give_authorisation(case=made, person=row.person_id, on=ON, paper="窗口当面签署")
        check = actions.request_check(case=made, on=ON)
    steps.service(actions.ask_sources, check=check.pk, on=ON)
    with acting(steps.officer()):
        actions.examine(case=made, on=ON, opinion="符合条件")
        actions.publicise(case=made, on=ON)
        actions.close_publication(case=made, on=date(2022, 10, 10))
        actions.decide(case=made, outcome="granted", reason="", on=date(2022, 10, 10))
    with acting_as_service("test"):
        ask(
            "INSERT INTO cases_dispute (case_id, person_id, field, known, told, source, state, opened_on, outcome, settled_by,"
            " label, known_from) VALUES (%s, %s, 'wage', '1', '2', '人社', 'open', %s, '', '', '', '')",
            made.pk, made.person_id, ON,
        )  # fmt: skip
        return Case.objects.get(pk=made.pk)


def test_the_rows_that_the_other_tests_try_to_reach_are_there(case):
    with acting(steps.officer()):
        assert {table: count(table, case) > 0 for table in ("cases_case", *CHILDREN)} == dict.fromkeys(
            ("cases_case", *CHILDREN), True
        )


@pytest.mark.parametrize(
    ("role", "place"),
    [
        ("street_officer", world.PUTUO), ("district_reviewer", "310107"), ("centre_clerk", world.PUTUO),
        ("statistician", "310000"), ("system_admin", "310000"), ("security_admin", "310000"), ("audit_admin", "310000"),
        ("street_officer", "310151102"),
    ],
)  # fmt: skip
def test_who_neither_took_in_nor_decides_the_case_sees_and_changes_nothing_of_it(case, role, place):
    with acting(make_post(role, place)):
        for table in ("cases_case", *CHILDREN):
            assert count(table, case) == 0, table
        assert changes("UPDATE cases_case SET state = 'granted' WHERE id = %s", case.pk) == 0
        for table in CHILDREN:
            if table != "cases_event":
                assert changes(f"UPDATE {table} SET case_id = case_id WHERE case_id = %s", case.pk) == 0, (
                    table
                )
        assert ask("SELECT cases_reroute(%s, '310107014', %s)", case.pk, case.version) == [(False,)]
        assert ask("SELECT * FROM cases_household_adults(%s, %s)", case.pk, ON) == []
        with refused():
            ask(
                "INSERT INTO cases_clock (case_id, kind, limit_days, in_workdays, started_on, used_days)"
                " VALUES (%s, 'decide', 1, true, %s, 0) RETURNING id", case.pk, ON,
            )  # fmt: skip


def test_another_resident_sees_nothing_and_the_applicant_sees_the_own_case(case, person):
    other = world.poor_household(serial=8, name="别人", household="H100009")
    with acting_as_resident(other.pk):
        assert {count(table, case) for table in ("cases_case", *CHILDREN)} == {0}
        assert ask("SELECT * FROM cases_household_adults(%s, %s)", case.pk, ON) == []
    with acting_as_resident(person.pk):
        assert count("cases_case", case) == 1 and count("cases_letter", case) > 1


CASE_COLUMNS = {
    "state": "'granted'", "steps_done": "'{accept,check,examine}'", "accepted_on": "'2022-01-01'", "award_id": "7",
    "decided_on": "'2022-01-01'", "departs": "true", "is_late": "true", "item": "'old_age_allowance'",
    "item_version": "'2010-01-01'", "domain": "'old_age_allowance'", "step": "'decide'", "resume_state": "'accepted'",
    "person_id": "1", "applicant_id": "1", "person_name": "'x'", "household_id": "1", "working_days": "1",
    "papers_saved": "9", "papers_asked": "5", "assigned_post_id": "1", "deciding_division": "'310104014'",
    "accepting_division": "'310104014'", "former_division": "'310104014'", "answers": "'{}'", "opened_on": "'2020-01-01'",
    "channel": "'automatic'", "mandate_id": "1", "bundle_id": "1", "lead_id": "1", "submitted_on": "'2020-01-01'",
}  # fmt: skip


@pytest.mark.parametrize("column", CASE_COLUMNS)
def test_an_applicant_changes_no_column_of_a_case_that_an_office_has(case, person, column):
    with acting_as_resident(person.pk), refused():
        assert changes(f"UPDATE cases_case SET {column} = {CASE_COLUMNS[column]} WHERE id = %s", case.pk) == 0
        raise Error("nothing was changed")


FREE_IN_A_DRAFT = {"answers", "deciding_division", "accepting_division", "submitted_on"}


@pytest.mark.parametrize("column", sorted(set(CASE_COLUMNS) - FREE_IN_A_DRAFT))
def test_an_applicant_changes_no_office_column_of_their_own_draft_either(person, column):
    with acting_as_resident(person.pk):
        draft = actions.open_draft(item=world.APPLY, person=person.pk, on=ON, channel="online")
        with refused():
            assert (
                changes(f"UPDATE cases_case SET {column} = {CASE_COLUMNS[column]} WHERE id = %s", draft.pk)
                == 0
            )
            raise Error("nothing was changed")


def test_a_case_to_be_corrected_goes_back_to_where_the_office_had_it_and_nowhere_else(person):
    with acting(make_post("centre_clerk", world.XUHUI)):
        made = steps.draft()
        actions.submit(case=made, on=ON)
        actions.ask_correction(case=made, on=ON, note="请补材料")
    with acting_as_resident(person.pk):
        for state in ("accepted", "examined", "granted", "checking"):
            with refused():
                changes("UPDATE cases_case SET state = %s WHERE id = %s", state, made.pk)
        with refused():
            changes("UPDATE cases_case SET resume_state = 'accepted' WHERE id = %s", made.pk)
        assert changes("UPDATE cases_case SET state = 'submitted' WHERE id = %s", made.pk) == 1


def test_a_case_corrected_after_it_was_examined_goes_back_to_be_decided(person):
    made = steps.accepted()
    with acting(steps.officer()):
        actions.begin_check(case=made, on=ON)
        actions.end_check(case=made, on=ON, note="已反馈")
        actions.examine(case=made, on=ON, opinion="符合条件")
        actions.ask_correction(case=made, on=ON, note="请说明住房情况")
    with acting_as_resident(person.pk):
        assert actions.resubmit(case=made.pk, on=ON).state == "examined"
    steps.service(actions.take_in, case=made.pk, on=ON)
    assert steps.fresh(made).due_on is not None


OFFICES_ROWS = {
    "a clock's limit": "UPDATE cases_clock SET limit_days = 999 WHERE case_id = %s",
    "a clock's end": "UPDATE cases_clock SET ended_on = NULL WHERE case_id = %s",
    "a pause": "UPDATE cases_pause SET until_on = NULL WHERE clock_id IN (SELECT id FROM cases_clock WHERE case_id = %s)",
    "a decision": "UPDATE cases_decision SET outcome = 'granted', is_in_force = true WHERE case_id = %s",
    "a publication": "UPDATE cases_publication SET until_on = from_on WHERE case_id = %s",
    "a letter's words": "UPDATE cases_letter SET content = '{}' WHERE case_id = %s",
    "a letter's number": "UPDATE cases_letter SET number = 'x' WHERE case_id = %s",
    "a report": "UPDATE cases_economiccheck SET report = '[]' WHERE case_id = %s",
    "a report's state": "UPDATE cases_economiccheck SET state = 'settled' WHERE case_id = %s",
    "a paper that was fetched": "UPDATE cases_material SET value = 'x' WHERE case_id = %s AND state = 'fetched'",
    "a paper that was handed in": "UPDATE cases_material SET note = 'x' WHERE case_id = %s AND state = 'submitted'",
    "a dispute's outcome": "UPDATE cases_dispute SET state = 'corrected' WHERE case_id = %s",
    "an authorisation's purpose": "UPDATE cases_authorisation SET purpose = 'x' WHERE case_id = %s",
    "an authorisation's paper": "UPDATE cases_authorisation SET paper = '' WHERE case_id = %s",
    "a history": "UPDATE cases_event SET note = 'x' WHERE case_id = %s",
}


@pytest.mark.parametrize("what", OFFICES_ROWS)
def test_an_applicant_rewrites_nothing_that_an_office_wrote(case, person, what):
    with acting_as_resident(person.pk):
        try:
            with transaction.atomic():
                changed = changes(OFFICES_ROWS[what], case.pk)
        except Error:
            changed = 0
        assert changed == 0


INSERTS = {
    "cases_clock": {"kind": "answer", "limit_days": 1, "in_workdays": True, "started_on": ON, "used_days": 0},
    "cases_decision": {
        "outcome": "granted", "proposed": "", "finding": "{}", "departs": False, "reason": "", "failed": "[]",
        "by_label": "x", "on": ON, "second_label": "", "number": "", "is_in_force": False, "is_sampled": False,
    },
    "cases_letter": {"kind": "decision", "number": "1", "title": "x", "content": "{}", "code": "", "issued_on": ON},
    "cases_economiccheck": {
        "state": "answered", "purpose": "", "authority": "", "requested_on": ON, "due_on": ON, "report": "[]",
        "sources": "[]", "objection": "", "outcome": "", "digest": "", "requested_by": "", "settled_by": "",
    },
    "cases_publication": {"place": "", "words": "", "from_on": ON, "until_on": ON, "objections": "[]", "outcome": ""},
}  # fmt: skip


def insert(table: str, case: Case, values: dict[str, Any]) -> None:
    named = {"case_id": case.pk, **values}
    columns = ", ".join(f'"{name}"' for name in named)
    marks = ", ".join(["%s"] * len(named))
    ask(f"INSERT INTO {table} ({columns}) VALUES ({marks}) RETURNING id", *named.values())


@pytest.mark.parametrize("table", INSERTS)
def test_an_applicant_writes_no_office_row_and_neither_does_a_clerk_who_only_attends(case, person, table):
    with acting_as_resident(person.pk), refused():
        insert(table, case, INSERTS[table])
    with acting(make_post("centre_clerk", world.PUTUO)):
        attend(identifier=world.NUMBER, name=world.NAME, purpose="咨询进度")
        assert count("cases_case", case) == 1
        with refused():
            insert(table, case, INSERTS[table])
    # The office itself may: what was refused above was refused for who acts.
    with acting(steps.officer()), transaction.atomic():
        insert(table, case, INSERTS[table])
        transaction.set_rollback(True)


@pytest.mark.parametrize("act", ["decide", "accept", "take_in", "end_check", "escalate"])
def test_a_resident_leaves_no_event_under_an_offices_act_or_name(case, person, act):
    row = "INSERT INTO cases_event (case_id, act, from_state, to_state, step, \"on\", actor_label, note, detail)" \
          " VALUES (%s, %s, '', '', '', %s, %s, '', '{}') RETURNING id"  # fmt: skip
    with acting_as_resident(person.pk):
        with refused():
            ask(row, case.pk, act, ON, "申请人")
        with refused():
            ask(row, case.pk, "hand_in", ON, "施街道经办")
        assert ask(row, case.pk, "hand_in", ON, "申请人")


def test_a_glance_at_the_counter_reads_and_writes_nothing_and_ends_with_the_client(case, person):
    clerk = make_post("centre_clerk", world.PUTUO)
    tables = {
        "people_person": "name = name", "people_identifier": "value = value", "people_residence": "address = address",
        "people_bankaccount": "number = number", "people_fact": "int_value = 1", "people_membership": "role = role",
    }  # fmt: skip
    with acting(clerk):
        assert count("cases_case", case) == 0
        attend(identifier=world.NUMBER, name=world.NAME, purpose="咨询进度")
        assert ask("SELECT count(*) FROM people_person WHERE id = %s", person.pk) == [(1,)]
        assert count("cases_case", case) == 1
        for table, change in tables.items():
            key = "id" if table == "people_person" else "person_id"
            try:
                with transaction.atomic():
                    changed = changes(f"UPDATE {table} SET {change} WHERE {key} = %s", person.pk)
            except Error:
                changed = 0
            assert changed == 0, table
        # An office has accepted the case: it is no longer taken over.
        assert (
            changes("UPDATE cases_case SET accepting_division = %s WHERE id = %s", world.PUTUO, case.pk) == 0
        )
        leave()
        assert ask("SELECT count(*) FROM people_person WHERE id = %s", person.pk) == [(0,)]
        assert count("cases_case", case) == 0


def test_a_glance_ends_after_two_hours_and_not_before(transactional_clock):
    person = world.poor_household()
    clerk = make_post("centre_clerk", world.PUTUO)
    with acting(clerk):
        attend(identifier=world.NUMBER, name=world.NAME, purpose="咨询")
        ask_until = ask("SELECT until - since FROM people_attendance WHERE post_id = %s", clerk.pk)
        assert [round(row[0].total_seconds()) for row in ask_until] == [7200]
    transactional_clock(clerk.pk, "until = clock_timestamp() + interval '1 minute'")
    with acting(clerk):
        assert ask("SELECT count(*) FROM people_person WHERE id = %s", person.pk) == [(1,)]
    transactional_clock(clerk.pk, "until = clock_timestamp() - interval '1 second'")
    with acting(clerk):
        assert ask("SELECT count(*) FROM people_person WHERE id = %s", person.pk) == [(0,)]


@pytest.fixture
def transactional_clock(fresh_database):
    """Moves the end of a glance as its owner may; the application role may not."""

    def move(post: int, change: str) -> None:
        with acting_as_service("test"), refused():
            ask(f"UPDATE people_attendance SET {change} WHERE post_id = %s RETURNING id", post)
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"UPDATE people_attendance SET {change} WHERE post_id = %s", [post])

    return move


def test_a_member_who_is_asked_sees_the_own_authorisation_and_not_the_case(person):
    son = steps.member(serial=3, name="施大勇", born=date(1995, 3, 1))
    with acting_as_resident(person.pk):
        made = actions.open_draft(item=world.APPLY, person=person.pk, on=ON, channel="online")
        actions.ask_authorisations(case=made, on=ON)
        # Whoever applies cannot give the other's.
        assert (
            changes(
                "UPDATE cases_authorisation SET given_on = %s, way = 'online' WHERE person_id = %s",
                ON,
                son.pk,
            )
            == 0
        )
    with acting_as_resident(son.pk):
        assert count("cases_case", made) == 0 and count("cases_material", made) == 0
        assert ask("SELECT person_id FROM cases_authorisation WHERE case_id = %s", made.pk) == [(son.pk,)]
        with refused():
            changes("UPDATE cases_authorisation SET person_id = %s WHERE person_id = %s", person.pk, son.pk)
        with refused():
            changes(
                "UPDATE cases_authorisation SET way = 'signed', given_on = %s WHERE person_id = %s",
                ON,
                son.pk,
            )


def test_nobody_is_asked_who_is_not_of_the_household(person):
    other = world.poor_household(serial=8, name="别人", household="H100009")
    with acting_as_resident(person.pk):
        made = actions.open_draft(item=world.APPLY, person=person.pk, on=ON, channel="online")
        with refused():
            ask(
                "INSERT INTO cases_authorisation (case_id, person_id, person_name, origin, purpose, way, paper, asked_on)"
                " VALUES (%s, %s, 'x', 'register', '', '', '', %s)", made.pk, other.pk, ON,
            )  # fmt: skip


def test_a_case_cannot_be_hung_onto_another_persons_joined_application(person):
    other = world.poor_household(serial=8, name="别人", household="H100009")
    with acting_as_service("test"):
        [(bundle,)] = ask(
            "INSERT INTO cases_bundle (code, person_id, answers, opened_on, accepting_division)"
            " VALUES ('x', %s, '{}', %s, '310151101') RETURNING id", other.pk, ON,
        )  # fmt: skip
    with acting_as_resident(person.pk), refused():
        actions.open_draft(item=world.APPLY, person=person.pk, on=ON, channel="online", bundle_id=bundle)


def test_whoever_handed_a_case_on_goes_on_seeing_it_and_changes_nothing(person):
    made = steps.accepted()
    before, after = steps.officer(), steps.officer(world.PUTUO)
    with acting(before):
        assert actions.reroute(case=made, on=ON, reason="户籍迁出", place=world.PUTUO)
        assert count("cases_case", made) == 1 and count("cases_event", made) > 3
        assert changes("UPDATE cases_case SET state = 'withdrawn' WHERE id = %s", made.pk) == 0
        assert changes("UPDATE cases_clock SET limit_days = 99 WHERE case_id = %s", made.pk) == 0
        with refused():
            insert("cases_clock", made, INSERTS["cases_clock"])
    with acting(after):
        assert count("cases_case", made) == 1
        assert changes("UPDATE cases_clock SET limit_days = limit_days WHERE case_id = %s", made.pk) >= 1


def test_asking_for_one_case_plans_no_partition_for_every_row(case):
    """Policies that ask the partitioned table by a sub-select cost more to plan than the work itself."""
    with acting(steps.officer()):
        for query in (
            f"UPDATE cases_clock SET used_days = used_days WHERE case_id = {case.pk}",
            f"UPDATE cases_economiccheck SET digest = digest WHERE case_id = {case.pk}",
            f"UPDATE cases_material SET note = note WHERE case_id = {case.pk}",
            f"UPDATE cases_letter SET read_at = read_at WHERE case_id = {case.pk}",
        ):
            plan = json.dumps(ask(f"EXPLAIN (FORMAT JSON) {query}")[0][0])
            assert "cases_case" not in plan, query
