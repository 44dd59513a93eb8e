"""The economic check: authorised by every adult, answered by sources, objected to, expired; it informs and decides nothing."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date

import pytest

from minzheng.kernel.access import NotPermitted, acting, acting_as_resident, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.audit.models import Entry
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.authorising import asked_of_me, unauthorised
from minzheng.kernel.cases.check_sources import (
    SourceDown,
    SourceRow,
    check_sources,
    forget_source,
    register_source,
)
from minzheng.kernel.cases.economic_check import is_untouched, latest_check, object_until, silent_sources
from minzheng.kernel.cases.errors import (
    CaseError,
    CaseNotFound,
    MoveRefused,
    NotYourStep,
    SamePerson,
    StillMissing,
)
from minzheng.kernel.cases.models import Authorisation, Case, Clock, EconomicCheck
from minzheng.kernel.cases.tests import steps, world
from minzheng.kernel.cases.tests.steps import event, fresh, officer, service, waiting_jobs

ON = world.ON
DAY2, DAY3 = date(2022, 9, 27), date(2022, 9, 28)


class Bank:
    """An outside source that is down until it is not."""

    name, authority, kinds = "银行", "上海市社会救助条例 第三十五条", ("deposits_fen",)

    def __init__(self, *, is_down: bool = True) -> None:
        self.is_down, self.asked = is_down, []

    def answer(self, *, household_id, person_ids, on):
        self.asked.append((household_id, list(person_ids), on))
        if self.is_down:
            raise SourceDown("接口维护中")
        return [
            SourceRow(person, "deposits_fen", 500_000, on, label="银行存款") for person in (*person_ids, 999)
        ]


@contextmanager
def bank(**words):
    made = Bank(**words)
    register_source(made)
    try:
        yield made
    finally:
        forget_source(made.name)


@pytest.fixture
def home(db):
    """The applicant, her grown-up son registered in another district, and his child of 17."""
    applicant = world.poor_household()
    son = steps.member(serial=3, name="施大勇", born=date(1995, 3, 1), place="310107014001")
    child = steps.member(serial=4, name="施小小", born=date(2004, 9, 27))
    return applicant, son, child


def everybody_signs(case: Case, on: date = DAY2) -> None:
    for row in actions.ask_authorisations(case=case, on=on):
        actions.give_authorisation(case=case, person=row.person_id, on=on, paper="窗口当面签署授权书")


def requested(home) -> EconomicCheck:
    case = steps.accepted()
    with acting(officer()):
        everybody_signs(case)
        return actions.request_check(case=case, on=DAY2)


def test_every_adult_of_the_household_is_asked_though_the_counter_sees_only_the_client(home):
    applicant, son, child = home
    with acting(make_post("centre_clerk", world.XUHUI)):
        case = steps.draft()
        rows = actions.ask_authorisations(case=case, on=ON)
        assert {row.person_id for row in rows} == {applicant.pk, son.pk}
        assert "最低生活保障" in rows[0].purpose and world.NAME in rows[0].purpose
        assert actions.ask_authorisations(case=case, on=ON) == rows
        # She turns 18 the day after, and is asked from that day on.
        assert unauthorised(case, ON) == [world.NAME, "施大勇"]
        assert unauthorised(case, date(2022, 9, 27)) == [world.NAME, "施大勇", "施小小"]
        later = actions.ask_authorisations(case=case, on=date(2022, 9, 27))
        assert {row.person_id for row in later} == {applicant.pk, son.pk, child.pk}


def test_somebody_named_at_the_counter_is_asked_too(home):
    other = steps.member(serial=6, name="张同住", born=date(1980, 1, 1), household="H999999")
    with acting(make_post("centre_clerk", world.XUHUI)):
        case = steps.draft()
        rows = actions.ask_authorisations(case=case, on=ON, named=[other])
        assert [row.origin for row in rows if row.person_id == other.pk] == ["named"]
        assert "张同住" in unauthorised(case, ON)


def test_an_adult_authorises_online_their_own_and_nobody_elses_and_sees_what_for(home):
    applicant, son, _ = home
    with acting_as_resident(applicant.pk):
        case = actions.open_draft(item=world.APPLY, person=applicant.pk, on=ON, channel="online")
        actions.ask_authorisations(case=case, on=ON)
        actions.give_authorisation(case=case, person=applicant.pk, on=ON)
        with pytest.raises(NotPermitted):
            actions.give_authorisation(case=case, person=son.pk, on=ON)
    with acting_as_resident(son.pk):
        assert not Case.objects.filter(pk=case.pk).exists()
        [row] = asked_of_me(ON)
        assert world.NAME in row.purpose and row.given_on is None
        given = actions.give_authorisation(case=case.pk, person=son.pk, on=ON)
        assert (given.way, given.valid_until) == ("online", date(2023, 9, 26))
        with pytest.raises(NotPermitted):
            actions.give_authorisation(case=case.pk, person=applicant.pk, on=ON)
    assert waiting_jobs("cases.authorisations")
    done = service(actions.authorisations_changed, case=case.pk, on=ON)
    with acting_as_service("test"):
        assert done.materials.get(code="authorisation").state == "submitted"
    assert event(done, "authorised")
    service(actions.authorisations_changed, case=case.pk, on=ON)
    assert fresh(case).version == done.version


def test_a_counter_needs_the_signed_paper(home):
    with acting(make_post("centre_clerk", world.XUHUI)):
        case = steps.draft()
        row = actions.ask_authorisations(case=case, on=ON)[0]
        with pytest.raises(CaseError, match="签署"):
            actions.give_authorisation(case=case, person=row.person_id, on=ON, paper=" ")


def test_no_check_without_every_adults_authorisation(home):
    case = steps.accepted()
    with acting(officer()):
        with pytest.raises(StillMissing) as refusal:
            actions.request_check(case=case, on=DAY2)
        assert refusal.value.missing == [world.NAME, "施大勇", "施小小"]
        rows = actions.ask_authorisations(case=case, on=DAY2)
        for row in rows[:-1]:
            actions.give_authorisation(case=case, person=row.person_id, on=DAY2, paper="窗口当面签署")
        with pytest.raises(StillMissing):
            actions.request_check(case=case, on=DAY2)
    assert not EconomicCheck.objects.exists()
    assert fresh(case).state == "accepted"


def test_no_check_without_a_case_in_ones_own_hands(home):
    case = steps.accepted()
    with acting(officer(world.PUTUO)), pytest.raises(CaseNotFound):
        actions.request_check(case=case, on=DAY2)
    with acting(make_post("centre_clerk", world.XUHUI)), pytest.raises((NotYourStep, NotPermitted)):
        actions.request_check(case=case, on=DAY2)


def test_an_authorisation_counts_to_its_last_day_and_not_the_day_after(home):
    case = steps.accepted()
    with acting(officer()):
        everybody_signs(case, DAY2)
        assert unauthorised(case, date(2023, 9, 27)) == []
        assert len(unauthorised(case, date(2023, 9, 28))) == 3


def test_the_check_stops_the_office_and_asks_with_purpose_and_authority(home):
    check = requested(home)
    case = fresh(check.case_id)
    assert case.state == "checking" and check.state == "requested"
    assert (
        "最低生活保障" in check.purpose and case.number in check.purpose and "第三十五条" in check.authority
    )
    with acting_as_service("test"):
        # Fifteen working days after 27 September: 28, 29, 30 (3), 8 and 9 October worked in for the holiday (5), 10-14 (10), 17-21 (15).
        assert check.due_on == date(2022, 10, 21)
        assert list(case.clocks.filter(ended_on=None).values_list("kind", flat=True)) == ["check"]
        said = Entry.objects.filter(act="cases.check_requested").latest("id")
        assert said.reason == check.purpose and said.detail["authority"] == check.authority
    assert waiting_jobs("cases.check") == [{"check_id": check.pk, "on": "2022-09-27"}]
    assert {one["name"] for one in check.sources} >= {"人社", "医保", "核对", "残联", "教育"}


def test_the_report_lays_what_was_told_beside_what_was_found(home):
    case = steps.accepted()
    with acting_as_service("test"):
        row = Case.objects.get(pk=case.pk)
        row.answers["wage"] = {**row.answers["wage"], "value": 50_000, "origin": "told"}
        row.save(update_fields=["answers"])
    with acting(officer()):
        everybody_signs(case)
        check = actions.request_check(case=case, on=DAY2)
    check = service(actions.ask_sources, check=check.pk, on=DAY3)
    assert (check.state, check.answered_on, check.valid_until) == ("answered", DAY3, date(2023, 3, 28))
    wage = next(one for one in check.report if one["kind"] == "wage_fen")
    assert (wage["told"], wage["found"], wage["differs"], wage["source"], wage["on"], wage["name"]) == (
        50_000, 60_000, True, "人社", "2022-09-01", world.NAME,
    )  # fmt: skip
    homes = next(one for one in check.report if one["kind"] == "homes")
    assert (homes["subject"], homes["found"], homes["told"], homes["differs"]) == (
        "household",
        1,
        None,
        False,
    )
    assert all(len(one["hash"]) == 64 for one in check.report if one["found"] is not None)
    case = fresh(case)
    assert case.state == "accepted" and "check" in case.steps_done and case.decided_on is None
    assert "不一致 1 项" in event(case, "end_check").note
    with acting_as_service("test"):
        running = Clock.objects.get(case=case, ended_on=None)
    assert (running.kind, running.started_on) == ("examine", DAY3)


def test_a_report_that_was_touched_is_told_from_one_that_was_not(home):
    check = service(actions.ask_sources, check=requested(home).pk, on=DAY3)
    assert is_untouched(check)
    check.report[0]["found"] = 7
    assert not is_untouched(check)


def test_a_source_that_is_down_is_named_and_asked_again_and_never_guessed(home):
    with bank() as source:
        check = requested(home)
        check = service(actions.ask_sources, check=check.pk, on=DAY2)
        assert check.state == "requested" and silent_sources(check) == ["银行"]
        down = next(one for one in check.sources if one["name"] == "银行")
        assert (down["state"], down["tries"], down["why"], down["rows"]) == ("down", 1, "接口维护中", [])
        assert fresh(check.case_id).state == "checking" and check.report == []
        others = [one for one in check.sources if one["name"] != "银行"]
        assert all(one["state"] == "answered" and one["tries"] == 1 for one in others)
        told = service(actions.nightly, on=DAY3)
        assert told["asked_again"] == 0
        source.is_down = False
        assert service(actions.nightly, on=date(2022, 9, 29))["asked_again"] == 1
        with acting_as_service("test"):
            check = EconomicCheck.objects.get(pk=check.pk)
        assert check.state == "answered" and silent_sources(check) == []
        # Those who had answered were not asked a second time; nobody who had not authorised stands in the report.
        assert [one["tries"] for one in check.sources if one["name"] == "人社"] == [1]
        assert {one["person_id"] for one in check.report if one["kind"] == "deposits_fen"} == {
            p.pk for p in home
        }
        assert next(one["label"] for one in check.report if one["kind"] == "deposits_fen") == "银行存款"


def test_an_officer_may_close_the_report_without_a_source_that_stays_down_and_says_why(home):
    with bank():
        check = requested(home)
        with acting(officer()), pytest.raises(CaseError, match="尚无任何来源"):
            actions.close_check(check=check.pk, on=DAY2, reason="银行接口长期停用")
        service(actions.ask_sources, check=check.pk, on=DAY2)
        with acting(officer()):
            with pytest.raises(CaseError):
                actions.close_check(check=check.pk, on=DAY3, reason="")
            done = actions.close_check(check=check.pk, on=DAY3, reason="银行接口长期停用")
    assert done.state == "answered"
    assert "银行" in event(check.case_id, "end_check").note


def test_a_job_whose_source_is_down_keeps_the_other_answers_and_is_tried_again(home, monkeypatch):
    from minzheng.kernel.cases.tasks import check_job

    with bank():
        check = requested(home)
        with pytest.raises(SourceDown, match="银行"):
            check_job(check_id=check.pk, on="2022-09-27")
    with acting_as_service("test"):
        assert silent_sources(EconomicCheck.objects.get(pk=check.pk)) == ["银行"]


def test_taking_back_an_authorisation_stops_the_check_and_tells_the_office(home):
    _, son, _ = home
    with bank() as source:
        check = requested(home)
        with acting_as_resident(son.pk):
            actions.revoke_authorisation(case=check.case_id, person=son.pk, on=DAY3)
        # Before the job has run, no source is asked any more.
        service(actions.ask_sources, check=check.pk, on=DAY3)
        assert source.asked == []
    service(actions.authorisations_changed, case=check.case_id, on=DAY3)
    case = fresh(check.case_id)
    with acting_as_service("test"):
        assert EconomicCheck.objects.get(pk=check.pk).state == "stopped"
        assert case.state == "accepted" and "check" not in case.steps_done
        # The office has the time of the check again, and the paper is wanted again.
        assert Clock.objects.get(case=case, ended_on=None).kind == "check"
        assert case.materials.get(code="authorisation").state == "rejected"
        assert "施大勇" in case.events.get(act="authorisation_revoked").note
    with acting(officer()):
        with pytest.raises(StillMissing):
            actions.request_check(case=case, on=DAY3)
        asked = actions.ask_correction(case=case, on=DAY3, note="")
        assert asked.state == "correcting"
        with pytest.raises(CaseError):
            actions.revoke_authorisation(case=case, person=son.pk, on=DAY3)


def test_a_resident_takes_back_what_was_signed_at_a_counter(home):
    _, son, _ = home
    case = steps.accepted()
    with acting(officer()):
        everybody_signs(case)
    with acting_as_resident(son.pk):
        row = actions.revoke_authorisation(case=case.pk, person=son.pk, on=DAY2)
        assert (row.way, row.revoked_on) == ("signed", DAY2)


def answered(home) -> EconomicCheck:
    return service(actions.ask_sources, check=requested(home).pk, on=DAY3)


def test_the_applicant_objects_and_another_officer_settles_it_before_the_case_goes_on(home):
    applicant, son, _ = home
    case = steps.accepted()
    asker, other = officer(), officer()
    with acting(asker):
        everybody_signs(case)
        check = actions.request_check(case=case, on=DAY2)
    service(actions.ask_sources, check=check.pk, on=DAY3)
    with acting_as_resident(son.pk), pytest.raises(CaseNotFound):
        actions.object_to_check(check=check.pk, on=DAY3, words="工资数额不对")
    with acting_as_resident(applicant.pk):
        with pytest.raises(CaseError):
            actions.object_to_check(check=check.pk, on=DAY3, words=" ")
        actions.object_to_check(check=check.pk, on=DAY3, words="工资数额不对")
    with acting(asker):
        with pytest.raises(MoveRefused, match="异议"):
            actions.examine(case=case, on=DAY3, opinion="符合条件")
        with pytest.raises(SamePerson):
            actions.settle_objection(check=check.pk, on=DAY3, outcome="经复核无误")
    with acting(other):
        with pytest.raises(CaseError):
            actions.settle_objection(check=check.pk, on=DAY3, outcome="")
        done = actions.settle_objection(check=check.pk, on=DAY3, outcome="经复核无误")
        assert (done.state, done.settled_on) == ("settled", DAY3)
        assert actions.examine(case=case, on=DAY3, opinion="符合条件").state == "examined"


def test_an_objection_that_is_right_leads_to_a_new_check(home):
    applicant = home[0]
    check = answered(home)
    with acting_as_resident(applicant.pk):
        actions.object_to_check(check=check.pk, on=DAY3, words="车辆已经卖掉")
    with acting(officer()):
        actions.settle_objection(check=check.pk, on=DAY3, outcome="属实，重新核对", again=True)
        with pytest.raises(MoveRefused):
            actions.examine(case=check.case_id, on=DAY3, opinion="符合条件")
        again = actions.request_check(case=check.case_id, on=DAY3)
        assert again.pk != check.pk
    with acting_as_service("test"):
        assert latest_check(again.case) == again


@pytest.mark.parametrize(("day", "is_open"), [(date(2022, 10, 17), True), (date(2022, 10, 18), False)])
def test_an_objection_is_heard_until_the_tenth_working_day(home, day, is_open):
    """Answered on 28 September: 29, 30 (2), 8, 9 October (4), 10-14 (9), 17 (10); the holiday's days do not count."""
    applicant = home[0]
    check = answered(home)
    assert object_until(check) == date(2022, 10, 17)
    with acting_as_resident(applicant.pk):
        if is_open:
            assert actions.object_to_check(check=check.pk, on=day, words="数额不对").state == "objected"
        else:
            with pytest.raises(MoveRefused, match="异议期"):
                actions.object_to_check(check=check.pk, on=day, words="数额不对")


@pytest.mark.parametrize(("day", "ends"), [(date(2023, 3, 28), 0), (date(2023, 3, 29), 1)])
def test_a_report_serves_to_its_last_day_and_the_case_needs_a_new_one_after(home, day, ends):
    check = answered(home)
    with acting(officer()):
        actions.examine(case=check.case_id, on=DAY3, opinion="符合条件")
    assert service(actions.expire_checks, on=day) == ends
    case = fresh(check.case_id)
    if ends:
        assert case.state == "accepted" and "check" not in case.steps_done and case.due_on is not None
        with acting(officer()):
            with pytest.raises(MoveRefused):
                actions.examine(case=case, on=day, opinion="符合条件")
            assert actions.request_check(case=case, on=day).state == "requested"
    else:
        assert case.state == "examined"
    assert service(actions.expire_checks, on=day) == 0


def test_the_sources_built_in_are_the_offices_that_send_facts(db):
    named = {source.name: source.kinds for source in check_sources()}
    assert (
        "wage_fen" in named["人社"] and "medical_spending_fen" in named["医保"] and "homes" in named["核对"]
    )
    assert "本人" not in named


def test_withdrawing_the_case_stops_the_check(home):
    applicant = home[0]
    check = requested(home)
    with acting_as_resident(applicant.pk):
        actions.withdraw(case=check.case_id, on=DAY3)
    service(actions.take_in, case=check.case_id, on=DAY3)
    with acting_as_service("test"):
        assert EconomicCheck.objects.get(pk=check.pk).state == "stopped"
        assert not Clock.objects.filter(case_id=check.case_id, ended_on=None).exists()
        assert Authorisation.objects.filter(case_id=check.case_id).count() == 3
