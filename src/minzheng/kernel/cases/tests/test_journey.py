"""An allowance applied for in Xuhui by a resident of Chongming, from the counter to the award."""

from __future__ import annotations

from datetime import date

import pytest

from minzheng.kernel.access import acting
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.awards.models import Award
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.errors import MoveRefused, NotYourStep, SamePerson, StillMissing
from minzheng.kernel.cases.models import Case, Clock, Letter, Material
from minzheng.kernel.cases.tests import world
from minzheng.kernel.people.attendance import attend, attended, leave
from minzheng.kernel.people.models import BankAccount, Person

ANSWERS = {
    "phone": "13800000000", "marital_state": "single", "has_job": True, "has_pension": False,
    "has_disabled_member": False, "has_student": False, "has_medical_costs": False, "housing": "own",
    "reason": "收入低，生活困难", "account": "6222000000000000001", "residence": "城桥镇一号",
}  # fmt: skip


@pytest.fixture
def person(db) -> Person:
    return world.poor_household()


def test_a_resident_of_chongming_applies_in_xuhui_and_chongming_decides(person):
    clerk = make_post("centre_clerk", world.XUHUI)
    with acting(clerk):
        assert not Person.objects.filter(pk=person.pk).exists()
        client = attend(identifier=world.NUMBER, name=world.NAME, purpose="申请低保")
        assert client == person and attended() == [person.pk]
        case = actions.open_draft(item=world.APPLY, person=client, on=world.ON, key="form-1")
        assert actions.open_draft(item=world.APPLY, person=client, on=world.ON, key="form-1") == case
        case = actions.save_answers(case=case, values=ANSWERS, on=world.ON)
        with pytest.raises(StillMissing) as refusal:
            actions.accept(case=case, on=world.ON)
        assert any("授权" in word for word in refusal.value.missing)
        actions.submit(case=case, on=world.ON)
        for paper in actions_missing(case):
            actions.hand_in(case=case, code=paper, on=world.ON, note="窗口核验原件")
        case = actions.accept(case=case, on=world.ON)
        assert (case.accepting_division, case.deciding_division) == (world.XUHUI, world.CHONGMING)
        assert case.papers_saved >= 2
        leave()
        assert not Person.objects.filter(pk=person.pk).exists()
        # The place that took it in goes on seeing the case, and cannot decide it.
        assert Case.objects.filter(pk=case.pk).exists()
    officer, second = (
        make_post("street_officer", world.CHONGMING),
        make_post("street_officer", world.CHONGMING),
    )
    elsewhere = make_post("street_officer", world.PUTUO)
    with acting(elsewhere):
        assert not Case.objects.filter(pk=case.pk).exists()
    with acting(officer):
        case = actions.begin_check(case=case, on=date(2022, 9, 27))
        assert Clock.objects.get(case=case, ended_on=None).kind == "check"
        case = actions.end_check(case=case, on=date(2022, 9, 29), note="核对报告已出")
        case = actions.examine(case=case, on=date(2022, 9, 29), opinion="符合条件")
        actions.publicise(case=case, on=date(2022, 9, 30))
        case = actions.close_publication(case=case, on=date(2022, 10, 10))
        decision = actions.decide(case=case, outcome="granted", reason="", on=date(2022, 10, 10))
        assert (
            decision.proposed == "granted"
            and not decision.departs
            and decision.amount_fen == 142_000 - 60_000
        )
        case.refresh_from_db()
        assert case.state == "proposed" and not Award.objects.exists()
        with pytest.raises(SamePerson):
            actions.confirm(case=case, agrees=True, reason="", on=date(2022, 10, 10))
    with acting(second):
        actions.confirm(case=case, agrees=True, reason="", on=date(2022, 10, 11))
        award = Award.objects.get()
        assert (award.benefit, award.start_month, award.division_code) == (
            "subsistence_allowance", date(2022, 11, 1), world.CHONGMING,
        )  # fmt: skip
        case.refresh_from_db()
        assert case.state == "granted" and case.working_days == 8 and not case.is_late
        kinds = list(Letter.objects.filter(case=case).order_by("id").values_list("kind", flat=True))
        assert kinds == ["receipt", "accepted", "decision"]


def actions_missing(case: Case) -> list[str]:
    from minzheng.kernel.cases.papers import missing_papers

    return [paper.code for paper in missing_papers(case)]


def test_the_accepting_clerk_cannot_decide(person):
    clerk = make_post("centre_clerk", world.XUHUI)
    with acting(clerk):
        client = attend(identifier=world.NUMBER, name=world.NAME, purpose="申请低保")
        case = actions.open_draft(item=world.APPLY, person=client, on=world.ON)
        actions.save_answers(case=case, values=ANSWERS, on=world.ON)
        actions.submit(case=case, on=world.ON)
        for paper in actions_missing(case):
            actions.hand_in(case=case, code=paper, on=world.ON)
        actions.accept(case=case, on=world.ON)
        with pytest.raises(NotYourStep):
            actions.decide(case=case, outcome="refused", reason="不符合条件", on=world.ON)
        assert Material.objects.filter(case=case, state="fetched").exists()


def test_an_account_named_in_the_application_is_where_the_money_goes(person):
    officer = make_post("street_officer", world.CHONGMING)
    with acting(officer):
        case = actions.open_draft(item=world.APPLY, person=person, on=world.ON)
        actions.save_answers(case=case, values=ANSWERS, on=world.ON)
        for paper in actions_missing(case):
            actions.hand_in(case=case, code=paper, on=world.ON)
        actions.submit(case=case, on=world.ON)
        for paper in actions_missing(case):
            actions.hand_in(case=case, code=paper, on=world.ON)
        actions.accept(case=case, on=world.ON)
        actions.begin_check(case=case, on=world.ON)
        actions.end_check(case=case, on=world.ON, note="报告已出")
        assert not BankAccount.objects.filter(person=person).exists()
        actions.examine(case=case, on=world.ON, opinion="属实")
        assert BankAccount.objects.get(person=person).number == ANSWERS["account"]


def test_what_is_refused_is_not_published_and_what_is_granted_is(person):
    officer, second = (make_post("street_officer", world.CHONGMING) for _ in range(2))
    with acting(officer):
        case = actions.open_draft(item=world.APPLY, person=person, on=world.ON)
        actions.save_answers(case=case, values=ANSWERS, on=world.ON)
        actions.submit(case=case, on=world.ON)
        for paper in actions_missing(case):
            actions.hand_in(case=case, code=paper, on=world.ON)
        actions.accept(case=case, on=world.ON)
        actions.begin_check(case=case, on=world.ON)
        actions.end_check(case=case, on=world.ON, note="报告已出")
        with pytest.raises(MoveRefused):
            actions.decide(case=case, outcome="refused", reason="家庭财产超过规定", on=world.ON)
        actions.examine(case=case, on=world.ON, opinion="财产不符")
        with pytest.raises(MoveRefused):
            actions.decide(case=case, outcome="granted", reason="符合规定", on=world.ON)
        actions.decide(case=case, outcome="refused", reason="家庭财产超过规定", on=world.ON)
    with acting(second):
        actions.confirm(case=case, agrees=True, reason="", on=world.ON)
        case.refresh_from_db()
        assert case.state == "refused" and not Award.objects.exists()
