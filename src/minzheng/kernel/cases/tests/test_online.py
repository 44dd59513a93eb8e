"""The same allowance from a resident's own account: written by them as far as it is theirs, taken in by a job."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import ProgrammingError, connection, transaction
from django.db.utils import DatabaseError

from minzheng.kernel.access import acting, acting_as_resident, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.errors import StillMissing
from minzheng.kernel.cases.models import Case, Clock, Letter, Material
from minzheng.kernel.cases.tests import world
from minzheng.kernel.cases.tests.test_journey import ANSWERS, actions_missing
from minzheng.kernel.people.attendance import attend
from minzheng.kernel.people.models import Person


@pytest.fixture
def person(db) -> Person:
    return world.poor_household()


def begin(person: Person) -> Case:
    return actions.open_draft(item=world.APPLY, person=person.pk, on=world.ON, key="k", channel="online")


def send(person: Person) -> Case:
    with acting_as_resident(person.pk):
        case = begin(person)
        actions.save_answers(case=case, values=ANSWERS, on=world.ON)
        for paper in ("authorisation",):
            actions.hand_in(case=case, code=paper, on=world.ON)
        return actions.submit(case=case, on=world.ON)


def test_a_resident_applies_online_with_what_is_known_filled_in(person):
    with acting_as_resident(person.pk):
        case = begin(person)
        assert case.answers["name"]["value"] == world.NAME and case.answers["name"]["origin"] == "registry"
        assert begin(person) == case
        with pytest.raises(StillMissing):
            actions.submit(case=case, on=world.ON)
    case = send(person)
    assert case.state == "submitted" and case.deciding_division == world.CHONGMING
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'cases.take_in'")
        assert cursor.fetchone()[0] == 1
    with acting_as_service("test"):
        actions.take_in(case=case.pk, on=world.ON)
        actions.take_in(case=case.pk, on=world.ON)
        assert Clock.objects.filter(case=case).count() == 1
        assert Letter.objects.filter(case=case).count() == 1
        assert Material.objects.filter(case=case, state="fetched").count() >= 2
    with acting_as_resident(person.pk):
        assert Letter.objects.get(case=case).kind == "receipt"
        assert Clock.objects.get(case=case).due_on == date(2022, 10, 8)


def test_what_was_begun_online_is_finished_at_a_counter_without_entering_anything_twice(person):
    with acting_as_resident(person.pk):
        case = begin(person)
        actions.save_answers(case=case, values=ANSWERS, on=world.ON)
    with acting(make_post("centre_clerk", world.XUHUI)):
        assert not Case.objects.filter(pk=case.pk).exists()
        attend(identifier=world.NUMBER, name=world.NAME, purpose="接续办理")
        case = actions.take_over(case=case.pk, on=world.ON)
        assert case.answers["reason"]["value"] == ANSWERS["reason"]
        actions.submit(case=case, on=world.ON)
        for paper in actions_missing(case):
            actions.hand_in(case=case, code=paper, on=world.ON)
        case = actions.accept(case=case, on=world.ON)
        assert (case.accepting_division, case.state) == (world.XUHUI, "accepted")


@pytest.mark.parametrize(
    "change",
    [
        "state = 'granted', decided_on = '2022-09-26'",
        "state = 'accepted'",
        "answers = '{}'",
        "deciding_division = '310107014'",
        "award_id = 1",
        "steps_done = '{accept,check,examine,publicise}'",
        "due_on = '2023-01-01', assigned_post_id = 1",
    ],
)
def test_an_applicant_cannot_write_the_offices_part_by_raw_sql(person, change):
    case = send(person)
    with (
        acting_as_resident(person.pk),
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE cases_case SET {change} WHERE id = %s", [case.pk])


def test_an_applicant_touches_no_clock_and_sees_nobody_elses_case(person):
    case = send(person)
    with acting_as_service("test"):
        actions.take_in(case=case.pk, on=world.ON)
        other = world.poor_household(serial=4, name="顾大妹", household="H100002")
    with acting_as_resident(person.pk):
        assert Clock.objects.filter(case=case).update(due_on=date(2023, 1, 1)) == 0
        with pytest.raises(ProgrammingError), transaction.atomic():
            Clock.objects.create(case=case, kind="decide", limit_days=1, started_on=world.ON)
    with acting_as_resident(other.pk):
        assert not Case.objects.exists() and not Letter.objects.exists()


def test_a_correction_comes_back_and_the_clock_goes_on_where_it_stood(person):
    case = send(person)
    with acting_as_service("test"):
        actions.take_in(case=case.pk, on=world.ON)
    with acting(make_post("centre_clerk", world.CHONGMING)):
        # Sent on Monday 26 September; five working days end on 8 October. On the 28th two of them are used.
        case = actions.ask_correction(case=case.pk, on=date(2022, 9, 28), note="请补充授权书第二页")
        assert case.state == "correcting"
        assert Letter.objects.filter(case=case, kind="correction").exists()
    with acting_as_resident(person.pk):
        actions.save_answers(case=case.pk, values={"reason": "补充说明"}, on=date(2022, 10, 9))
        case = actions.resubmit(case=case.pk, on=date(2022, 10, 9))
        assert case.state == "submitted"
    with acting_as_service("test"):
        case = actions.take_in(case=case.pk, on=date(2022, 10, 9))
        clock = Clock.objects.get(case=case, kind="accept")
        # Three days left after 9 October: the 10th, 11th, 12th.
        assert (clock.used_days, clock.due_on, case.due_on) == (2, date(2022, 10, 12), date(2022, 10, 12))


def test_a_resident_withdraws_and_the_clocks_end(person):
    case = send(person)
    with acting_as_service("test"):
        actions.take_in(case=case.pk, on=world.ON)
    with acting_as_resident(person.pk):
        actions.withdraw(case=case.pk, on=world.ON, reason="不办了")
    with acting_as_service("test"):
        assert actions.take_in_waiting(on=world.ON) == 1
        assert not Clock.objects.filter(ended_on=None).exists()
