"""Days as the law counts them: stopped over a holiday, silent, lapsed, handed on, ended by a death. Each sum is shown."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.models import QuerySet

from minzheng.kernel.access import acting, acting_as_resident, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.errors import CaseError, CaseNotFound, MoveRefused
from minzheng.kernel.cases.models import Case, Clock, Pause, Publication
from minzheng.kernel.cases.states import IN_HAND
from minzheng.kernel.cases.tests import elders, steps, world
from minzheng.kernel.cases.tests.steps import event, events_of, fresh, service
from minzheng.kernel.people.actions import record_deaths
from minzheng.kernel.people.models import Person

ON = world.ON  # Monday 26 September 2022
CHANGE = "subsistence_allowance_change"


@pytest.fixture
def person(db) -> Person:
    return world.poor_household()


def submitted(on: date = ON) -> Case:
    with acting(make_post("centre_clerk", world.XUHUI)):
        return actions.submit(case=steps.draft(on=on), on=on)


def clocks_of(case: Case) -> dict[str, Clock]:
    with acting_as_service("test"):
        return {clock.kind: clock for clock in Clock.objects.filter(case_id=case.pk, ended_on=None)}


def test_a_correction_stops_the_clock_over_national_day(person):
    """Accepted 26 September. The check's fifteen working days begin on the 27th; by the 28th two are used.

    Asked to correct on the 28th, answered on 9 October, a Sunday worked in for the holiday: 29 and 30 September, the
    holiday, and 8 October do not count. Thirteen days are left after 9 October: 10-14 (5), 17-21 (10), 24-26 (13).
    """
    case = steps.accepted()
    assert clocks_of(case)["check"].due_on == date(
        2022, 10, 20
    )  # 27-30 Sep (4), 8 and 9 Oct (6), 10-14 (11), 17-20 (15)
    with acting(steps.officer()):
        asked = actions.ask_correction(case=case, on=date(2022, 9, 28), note="请说明住房情况")
    running = clocks_of(asked)
    assert running["check"].due_on is None and running["check"].used_days == 2
    # Ten calendar days for the applicant: 28 September + 10 = 8 October, worked in, so it is the last day.
    assert asked.due_on == running["correct"].due_on == date(2022, 10, 8)
    with acting_as_resident(person.pk):
        actions.resubmit(case=case.pk, on=date(2022, 10, 9))
    case = service(actions.take_in, case=case.pk, on=date(2022, 10, 9))
    check = clocks_of(case)["check"]
    assert (check.used_days, check.running_from, check.due_on) == (2, date(2022, 10, 9), date(2022, 10, 26))
    assert case.due_on == date(2022, 10, 26)
    with acting_as_service("test"):
        [pause] = Pause.objects.filter(clock=check)
    assert (pause.from_on, pause.until_on, pause.reason) == (
        date(2022, 9, 28),
        date(2022, 10, 9),
        "等待申请人补正",
    )
    assert "行政许可法" in pause.paper


@pytest.mark.parametrize(
    ("night", "state"), [(date(2022, 10, 8), "submitted"), (date(2022, 10, 9), "accepted")]
)
def test_five_working_days_of_silence_are_an_acceptance(person, night, state):
    """Sent on 26 September: 27-30 (4), 8 October worked in (5). Silent until the night of the 9th, it is accepted."""
    case = submitted()
    assert case.due_on == date(2022, 10, 8)
    service(actions.nightly, on=night)
    found = fresh(case)
    assert found.state == state
    if state == "accepted":
        assert found.is_late and found.accepted_on == night and "accept" in found.steps_done
        assert "依法视为受理" in event(case, "accept_by_silence").note and event(case, "escalate")
        with acting_as_service("test"):
            assert set(found.materials.filter(note__contains="视为受理").values_list("state", flat=True)) == {
                "later"
            }


@pytest.mark.parametrize(
    ("night", "state"), [(date(2022, 10, 8), "correcting"), (date(2022, 10, 9), "lapsed")]
)
def test_a_correction_that_never_comes_lapses_after_its_last_day(person, night, state):
    """Asked on 27 September for ten days: 7 October is a holiday, so the last day is Saturday the 8th, worked in."""
    case = submitted()
    with acting(make_post("centre_clerk", world.XUHUI)):
        asked = actions.ask_correction(case=case, on=date(2022, 9, 27), note="")
    assert asked.due_on == date(2022, 10, 8)
    service(actions.nightly, on=night)
    found = fresh(case)
    assert found.state == state
    if state == "lapsed":
        assert found.due_on is None and not clocks_of(case) and not found.is_late
        with acting_as_service("test"):
            assert found.letters.filter(kind="lapsed").count() == 1
            with pytest.raises(CaseError):
                actions.resubmit(case=case.pk, on=night)


def test_a_clock_warns_before_and_is_escalated_after_once(person):
    case = steps.accepted()  # the check is due on 20 October
    assert service(actions.nightly, on=date(2022, 10, 17))["warned"] == 0
    assert service(actions.nightly, on=date(2022, 10, 18))["warned"] == 1
    assert service(actions.nightly, on=date(2022, 10, 20))["escalated"] == 0
    assert service(actions.nightly, on=date(2022, 10, 21))["escalated"] == 1
    assert service(actions.nightly, on=date(2022, 10, 24))["escalated"] == 0
    assert "2022-10-20" in event(case, "escalate").note


def move_hukou(person: Person, to: str, on: date) -> None:
    """The police tell of a move of hukou."""
    from minzheng.kernel.people.tests import world as people

    with acting_as_service("test"):
        people.register_one(
            row=9, serial=2, identifier=world.NUMBER, name=world.NAME, sex=2, birth_date=date(1965, 5, 5),
            household_number="H100001", hukou_division_code=to, division_code=to, on=on,
        )  # fmt: skip


def in_hand_at(place: str) -> QuerySet[Case]:
    """What an office has to move, as far as whoever acts sees it."""
    return Case.objects.filter(deciding_division=place, state__in=IN_HAND)


def test_a_case_follows_its_beneficiarys_hukou_and_both_offices_see_and_count_it(person):
    case = steps.accepted()
    before = fresh(case)
    old, new = steps.officer(), steps.officer(world.PUTUO)
    with acting(old):
        assert list(in_hand_at(world.CHONGMING)) == [case]
    move_hukou(person, "310107014001", date(2022, 10, 9))
    assert service(actions.nightly, on=date(2022, 10, 10))["rerouted"] == 1
    assert service(actions.nightly, on=date(2022, 10, 10))["rerouted"] == 0
    found = fresh(case)
    assert (found.accepting_division, found.former_division, found.deciding_division) == (
        world.XUHUI, world.CHONGMING, world.PUTUO,
    )  # fmt: skip
    # Nothing of what was done, and no day, is lost on the way.
    assert (found.state, found.steps_done, found.due_on) == (before.state, before.steps_done, before.due_on)
    handed = event(case, "reroute")
    assert handed.detail == {"from": world.CHONGMING, "to": world.PUTUO}
    with acting(new):
        assert list(in_hand_at(world.PUTUO)) == [found]
        assert actions.begin_check(case=case.pk, on=date(2022, 10, 10)).state == "checking"
    with acting(old):
        assert not in_hand_at(world.CHONGMING).exists()
        assert Case.objects.filter(former_division=world.CHONGMING).count() == 1
        with pytest.raises(CaseNotFound):
            actions.end_check(case=case.pk, on=date(2022, 10, 10), note="已反馈")
    with acting(make_post("centre_clerk", world.XUHUI)):
        assert Case.objects.filter(accepting_division=world.XUHUI).count() == 1


def die(person: Person, day: date) -> None:
    import polars as pl

    from minzheng.kernel.people.actions import DEATH_SCHEMA

    rows = pl.DataFrame([{"row": 1, "person_id": person.pk, "death_date": day}], schema=DEATH_SCHEMA)
    with acting_as_service("test"):
        record_deaths(rows, source="卫健", observed_on=day)


def test_a_case_about_support_ends_with_its_beneficiarys_death_and_its_publication_with_it(person):
    case = steps.accepted()
    with acting(steps.officer()):
        actions.begin_check(case=case, on=ON)
        actions.end_check(case=case, on=ON, note="已反馈")
        actions.examine(case=case, on=ON, opinion="符合条件")
        actions.publicise(case=case, on=ON)
    die(person, date(2022, 9, 28))
    assert service(actions.nightly, on=date(2022, 9, 29))["ended"] == 1
    found = fresh(case)
    assert (found.state, found.due_on) == ("ended", None) and not clocks_of(case)
    with acting_as_service("test"):
        assert Publication.objects.get(case=case).closed_on == date(2022, 9, 29)
    told = service(actions.nightly, on=date(2022, 10, 20))
    assert told["ended"] == told["publications"] == 0
    assert [one.act for one in events_of(case)].count("end") == 1


def test_one_broken_case_does_not_keep_the_night_from_the_others(person):
    first = submitted()
    second = steps.accepted()
    die(person, date(2022, 9, 28))
    with acting_as_service("test"):
        Case.objects.filter(pk=first.pk).update(item_version="1900-01-01")
    assert service(actions.nightly, on=date(2022, 9, 29))["ended"] == 1
    assert (fresh(first).state, fresh(second).state) == ("submitted", "ended")


def test_a_case_that_was_not_accepted_and_comes_again_has_its_days_again(person):
    case = submitted()
    with acting(make_post("centre_clerk", world.XUHUI)):
        attended()
        actions.refuse_acceptance(case=case, on=date(2022, 9, 27), reason="请向户籍地申请")
        again = actions.submit(case=case, on=date(2022, 10, 10))
    assert again.state == "submitted"
    assert clocks_of(case)["accept"].due_on == fresh(case).due_on == date(2022, 10, 17)  # 11-14 (4), 17 (5)


def test_what_is_accepted_on_the_spot_and_comes_online_is_answered_within_five_days_all_the_same(db):
    elder = elders.elder()
    with acting_as_resident(elder.pk):
        case = actions.open_draft(item=elders.ITEM, person=elder.pk, on=ON, channel="online")
        actions.save_answers(
            case=case, values={"phone": "13800000000", "account": "6222000000000000001"}, on=ON
        )
        case = actions.submit(case=case, on=ON)
    assert case.due_on == date(2022, 10, 8)
    service(actions.take_in, case=case.pk, on=ON)
    assert clocks_of(case)["accept"].due_on == date(2022, 10, 8)


def test_what_an_office_did_not_decide_at_the_counter_is_due_the_same_day(db):
    item = "old_age_allowance_account"
    elder = elders.elder()
    with acting(make_post("centre_clerk", world.CHONGMING)):
        case = actions.open_draft(item=item, person=elder, on=ON)
        steps.fill(case, actions_item(case))
        actions.submit(case=case, on=ON)
        steps.bring_papers(case)
        case = actions.accept(case=case, on=ON)
    assert case.due_on == ON
    assert service(actions.nightly, on=date(2022, 9, 27))["escalated"] == 1


def actions_item(case: Case):
    from minzheng.kernel.cases.moving import item_of

    return item_of(case)


def test_papers_put_off_are_fetched_again_before_the_decision_and_brought_by_the_applicant_meanwhile(person):
    with acting(make_post("centre_clerk", world.XUHUI)):
        case = steps.draft()
        actions.submit(case=case, on=ON)
    service(actions.nightly, on=date(2022, 10, 9))
    case = fresh(case)
    with acting_as_service("test"):
        late = set(case.materials.filter(state="later").values_list("code", flat=True))
    assert "authorisation" in late
    with acting_as_resident(person.pk):
        row = actions.hand_in(
            case=case.pk, code="authorisation", on=date(2022, 10, 10), file_name="授权书.pdf"
        )
        assert row.state == "submitted"
        with pytest.raises(MoveRefused, match="一次性告知"):
            actions.hand_in(case=case.pk, code="authorisation", on=date(2022, 10, 10))


def test_a_department_that_gives_a_case_back_leaves_the_centre_its_time_and_takes_its_own_up_again(
    person, tmp_path, monkeypatch, settings
):
    import importlib

    from minzheng.kernel.cases.tests.test_random_histories import TEXT
    from minzheng.kernel.items import forget_items

    folder = tmp_path / "items_given_back"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "service_items.yaml").write_text(TEXT, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    settings.MINZHENG_ITEMS = ["items_given_back"]
    forget_items()
    clerk, department = make_post("centre_clerk", world.XUHUI), make_post("department_officer", "310151")
    with acting(clerk):
        case = actions.open_draft(item="machine_pass_on", person=attended(), on=ON)
        actions.save_answers(case=case, values={"phone": "13800000000"}, on=ON)
        actions.submit(case=case, on=ON)
        steps.bring_papers(case)
        case = actions.accept(case=case, on=ON)
    # Twenty working days: 27-30 (4), 8, 9 (6), 10-14 (11), 17-21 (16), 24-27 (20).
    assert case.state == "passed_on" and case.due_on == date(2022, 10, 27)
    with acting(department):
        back = actions.give_back(case=case.pk, reason="照片不清晰", on=date(2022, 10, 10))
    assert back.state == "accepted" and back.due_on == date(2022, 10, 11)  # the centre's one working day
    with acting(clerk):
        asked = actions.ask_correction(case=case.pk, on=date(2022, 10, 10), note="请重交照片")
        assert asked.state == "correcting"
        actions.resubmit(case=case.pk, on=date(2022, 10, 12))
        again = actions.pass_on(case=case.pk, on=date(2022, 10, 12))
    # Seven used by 10 October; thirteen left after the 12th: 13, 14 (2), 17-21 (7), 24-28 (12), 31 (13).
    assert again.state == "passed_on" and fresh(case).due_on == date(2022, 10, 31)
    forget_items()


def attended() -> Person:
    from minzheng.kernel.people.attendance import attend

    return attend(identifier=world.NUMBER, name=world.NAME, purpose="申请")
