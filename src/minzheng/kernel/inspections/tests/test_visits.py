"""A visit and what follows: answers kept at once, faults with photo and deadline, closed by a re-check alone."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minzheng.kernel.access import NotPermitted, acting
from minzheng.kernel.inspections.errors import InspectionRefused, NotYourVisit
from minzheng.kernel.inspections.models import Answer, AreaResult, Finding, Penalty, Publication, Visit
from minzheng.kernel.inspections.penalties import decide_penalty, propose_penalty, state_case
from minzheng.kernel.inspections.publishing import publish_penalty, publish_visit, withdraw
from minzheng.kernel.inspections.rectifying import recheck, rectify
from minzheng.kernel.inspections.tests.world import photo
from minzheng.kernel.inspections.visiting import (
    answer_clause,
    begin_visit,
    deadlines_from,
    finish_visit,
    latest_answers,
    what_lacks,
)

DONE = date(2022, 12, 5)


def test_the_same_answer_twice_is_kept_once_and_another_stands_above_it(world) -> None:
    visit, post = world.visit()
    with acting(post):
        begin_visit(visit=visit, on=DONE)
        begin_visit(visit=visit, on=DONE)
        for _ in range(2):
            answer_clause(visit=visit, clause="F1", result="met")
        assert Answer.objects.count() == 1
        answer_clause(visit=visit, clause="F1", result="not_met")
        answer_clause(visit=visit, clause="F1", result="not_met", text="通道堆物", photo=photo())
        answer_clause(visit=visit, clause="F1", result="not_met")
        assert Answer.objects.count() == 3
        assert latest_answers(visit)["F1"].text == "通道堆物"


def test_a_visit_is_finished_when_each_clause_is_answered_and_each_fault_has_words_and_photo(world) -> None:
    visit, post = world.visit()
    with acting(post):
        begin_visit(visit=visit, on=DONE)
        answer_clause(visit=visit, clause="F1", result="not_met", text="堆物")
        answer_clause(visit=visit, clause="F2", result="met")
        assert len(what_lacks(visit)) == 2
        with pytest.raises(InspectionRefused, match=r"F1 不符合.*S1 未填写"):
            finish_visit(visit=visit, on=DONE)
        answer_clause(visit=visit, clause="F1", result="not_met", photo=photo())
        answer_clause(visit=visit, clause="S1", result="not_applicable")
        finish_visit(visit=visit, on=DONE)
        finish_visit(visit=visit, on=DONE)
        found = Finding.objects.get()
        assert (found.clause, found.severity, found.points, found.department) == ("F1", "major", 10, "fire")
        assert list(AreaResult.objects.order_by("area").values_list("area", "met", "not_met", "not_applicable")) == [
            ("fire", 1, 1, 0), ("food", 0, 0, 1)]  # fmt: skip
        with pytest.raises(InspectionRefused, match="已完成"):
            answer_clause(visit=visit, clause="F1", result="met")


def test_deadlines_are_working_days_by_severity() -> None:
    # 2022-09-29 is a Thursday; 1–7 October are holidays, Saturday the 8th and Sunday the 9th are worked.
    assert deadlines_from(date(2022, 9, 29)) == {
        "major": date(2022, 10, 9), "serious": date(2022, 10, 18), "minor": date(2022, 11, 1)}  # fmt: skip


def test_a_visit_is_filled_in_by_whoever_was_drawn_for_it_alone(world) -> None:
    visit, post = world.visit()
    other = world.other_inspector if post == world.inspector else world.inspector
    with acting(other), pytest.raises(NotYourVisit):
        begin_visit(visit=visit, on=DONE)
    for who in (world.manager, world.district):
        with acting(who), pytest.raises(NotPermitted):
            begin_visit(visit=visit, on=DONE)


def test_a_visit_does_not_begin_before_its_window(world) -> None:
    visit, post = world.visit()
    with acting(post):
        Visit.objects.filter(pk=visit.pk)
        before = visit.due_from
        with pytest.raises(InspectionRefused, match="窗口"):
            begin_visit(visit=visit, on=date(2021, 12, 31))
        assert begin_visit(visit=visit, on=before).state == "under_way"


def test_a_finding_goes_from_fault_over_rectification_to_a_re_check(world) -> None:
    visit = world.done_visit(faults=("F1", "S1"))
    with acting(world.manager):
        assert {one.pk for one in Visit.objects.all()} == {visit.pk}
        found = Finding.objects.get(clause="F1")
        with pytest.raises(InspectionRefused, match="照片或材料"):
            rectify(finding=found, text="已清理", upload=None, on=date(2022, 12, 6))
        rectify(finding=found, text="已清理", upload=photo(2), on=date(2022, 12, 6))
        with pytest.raises(InspectionRefused, match="不能变为"):
            rectify(finding=found, text="再来", upload=photo(2), on=date(2022, 12, 6))
        with pytest.raises(NotPermitted):
            recheck(finding=found, has_passed=True, text="好了", photo=photo(3), on=date(2022, 12, 6))
    with acting(world.inspector):
        with pytest.raises(InspectionRefused, match="拍照"):
            recheck(finding=found, has_passed=True, text="好了", photo=None, on=date(2022, 12, 7))
        recheck(finding=found, has_passed=False, text="还在", photo=photo(3), on=date(2022, 12, 7))
        again = Finding.objects.get(pk=found.pk)
        assert again.state == "open" and again.deadline == found.deadline
        recheck(finding=found, has_passed=True, text="好了", photo=photo(4), on=date(2022, 12, 8))
        assert Finding.objects.get(pk=found.pk).closed_on == date(2022, 12, 8)
        with pytest.raises(InspectionRefused, match="已复查合格"):
            recheck(finding=found, has_passed=True, text="好了", photo=photo(4), on=date(2022, 12, 9))


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.sampled_from(["rectify", "fail", "pass", "close by hand"]), max_size=6))
def test_whatever_happens_a_finding_is_closed_only_by_a_re_check(world, acts) -> None:
    with transaction.atomic():
        world.done_visit()
        with acting(world.district):
            found = Finding.objects.latest("pk")
        has_passed = False
        for act in acts:
            try:
                with transaction.atomic():
                    if act == "rectify":
                        with acting(world.manager):
                            rectify(finding=found.pk, text="改", upload=photo(5), on=DONE)
                    elif act == "close by hand":
                        with acting(world.district):
                            Finding.objects.filter(pk=found.pk).update(state="closed", closed_on=DONE)
                    else:
                        with acting(world.inspector):
                            recheck(
                                finding=found.pk, has_passed=act == "pass", text="看", photo=photo(6), on=DONE
                            )
                        has_passed = has_passed or act == "pass"
            except (InspectionRefused, DatabaseError):
                pass
            with acting(world.district):
                assert (Finding.objects.get(pk=found.pk).state == "closed") is has_passed
        transaction.set_rollback(True)


def test_the_facility_closes_nothing_by_raw_sql_and_sees_no_neighbour(world) -> None:
    world.done_visit()
    with (
        acting(world.manager),
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE inspections_finding SET state = 'closed', closed_on = '2022-12-06'")
    with acting(world.neighbour):
        assert not Finding.objects.exists() and not Visit.objects.exists()
    with acting(world.elsewhere):
        assert not Finding.objects.exists()


def _told(world, **changed) -> Penalty:
    with acting(world.inspector):
        return propose_penalty(**({
            "finding": Finding.objects.get(clause="F1"), "kind": "fine", "amount_fen": 500_000, "statute": "示例条文",
            "reason": "逾期未改", "on": DONE} | changed))  # fmt: skip


def test_a_penalty_is_told_heard_and_decided_by_another_person(world) -> None:
    world.done_visit()
    told = _told(world)
    assert told.hear_until == date(2022, 12, 12)
    with acting(world.inspector), pytest.raises(NotPermitted):
        decide_penalty(penalty=told, is_imposed=True, words="依法", on=date(2022, 12, 13))
    with acting(world.decider), pytest.raises(InspectionRefused, match="陈述申辩期至"):
        decide_penalty(penalty=told, is_imposed=True, words="依法", on=date(2022, 12, 12))
    with acting(world.manager):
        state_case(penalty=told, text="我们已经整改", on=date(2022, 12, 12))
        with pytest.raises(InspectionRefused):
            state_case(penalty=told, text="再说一次", on=date(2022, 12, 12))
        with pytest.raises(DatabaseError), transaction.atomic():
            Penalty.objects.filter(pk=told.pk).update(amount_fen=1)
    with acting(world.decider):
        decided = decide_penalty(penalty=told, is_imposed=True, words="申辩不成立", on=date(2022, 12, 12))
        assert decided.state == "decided"
        with pytest.raises(DatabaseError), transaction.atomic():
            Penalty.objects.filter(pk=told.pk).update(amount_fen=1)


def test_silence_until_the_last_day_is_waited_for_and_the_day_after_is_enough(world) -> None:
    world.done_visit()
    told = _told(world)
    with acting(world.manager), pytest.raises(InspectionRefused):
        state_case(penalty=told, text="迟了", on=date(2022, 12, 13))
    with acting(world.decider):
        assert (
            decide_penalty(penalty=told, is_imposed=False, words="轻微", on=date(2022, 12, 13)).state
            == "dropped"
        )


@pytest.mark.parametrize(
    "change", [{"amount_fen": 0}, {"kind": "warning"}, {"kind": "prison"}, {"statute": " "}, {"reason": ""}]
)
def test_a_penalty_without_article_facts_or_fitting_amount_is_refused(world, change) -> None:
    world.done_visit()
    with pytest.raises(InspectionRefused):
        _told(world, **change)


def test_one_fault_is_punished_once(world) -> None:
    world.done_visit()
    _told(world)
    with pytest.raises(InspectionRefused, match="一事不再罚"):
        _told(world)


def test_who_may_not_publish_and_when_a_penalty_is_taken_down(world) -> None:
    visit = world.done_visit()
    told = _told(world)
    with acting(world.inspector), pytest.raises(NotPermitted):
        publish_visit(visit=visit, on=DONE)
    with acting(world.decider):
        publish_visit(visit=visit, on=DONE)
        with pytest.raises(InspectionRefused, match="决定后"):
            publish_penalty(penalty=told, on=DONE)
        decided = decide_penalty(penalty=told, is_imposed=True, words="依法", on=date(2022, 12, 13))
        shown = publish_penalty(penalty=decided, on=date(2022, 12, 14))
        assert publish_penalty(penalty=decided, on=date(2022, 12, 15)).pk == shown.pk
        with pytest.raises(InspectionRefused, match="尚未复查合格"):
            withdraw(publication=shown, on=date(2023, 12, 14))
    with acting(world.inspector):
        recheck(finding=told.finding, has_passed=True, text="好了", photo=photo(7), on=date(2022, 12, 15))
    with acting(world.decider):
        with pytest.raises(InspectionRefused, match="最短期限"):
            withdraw(publication=shown, on=date(2023, 3, 13))
        assert withdraw(publication=shown, on=date(2023, 3, 14)).withdrawn_on == date(2023, 3, 14)
    with acting(world.elsewhere):
        # What is public is everybody's to read, taken down or not.
        assert Publication.objects.filter(kind="penalty").count() == 1
