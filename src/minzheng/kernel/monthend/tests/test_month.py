"""One month from the register to drafted payments: what it decides, in which order months go, and who may run them."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from minzheng.kernel.access import Widening, acting_as_service
from minzheng.kernel.awards.actions import resume, suspend
from minzheng.kernel.awards.models import Award, Overpayment
from minzheng.kernel.awards.queries import monthly_amount
from minzheng.kernel.monthend.actions import run_month, usual_day
from minzheng.kernel.monthend.errors import MonthBusy, MonthRefused
from minzheng.kernel.monthend.lock import only_run
from minzheng.kernel.monthend.models import MonthRun, MonthStep, MonthTotal
from minzheng.kernel.monthend.queries import explain_lead, progress_of, totals_by_place
from minzheng.kernel.monthend.steps import STEPS
from minzheng.kernel.monthend.tests.town import build_town, dump
from minzheng.kernel.outreach.models import Lead, Notice
from minzheng.kernel.payments.models import Order
from minzheng.kernel.periods import Month

JUL, AUG = Month(2022, 7), Month(2022, 8)


@pytest.fixture
def town(fresh_database):
    return build_town()


def close(month: Month) -> None:
    from minzheng.kernel.payments.actions import close_month

    with acting_as_service("test"):
        close_month(month=month, on=month.last_day)


def test_july_adjusts_the_standard_follows_deaths_raises_leads_and_drafts_payments(town):
    seen = []
    run = run_month(JUL, progress=lambda event: seen.append((event.step, event.state)))
    assert run.state == "done" and [s for s, state in seen if state == "done"] == list(STEPS)
    assert run.on == date(2022, 7, 29)
    assert run.law_identity and run.snapshot_identity and run.findings_sha256
    with acting_as_service("test"):
        # Two people, 1330 → 1420 each from July, by the standard alone.
        adjusted = Award.objects.get(person_id=town["标准调整甲"])
        assert [monthly_amount(adjusted, m) for m in (JUL - 1, JUL)] == [266_000, 284_000]
        event = adjusted.events.latest("id")
        assert (
            event.reason == "standard_changed"
            and "1420.00元" in event.note
            and event.actor_label == "月度办理"
        )
        leads = {lead.household_id: lead for lead in Lead.objects.all()}
        kinds = {name: leads[town[name]].kind for name in ("H2", "H3", "H4", "H5")}
        assert kinds == {"H2": "qualifies", "H3": "may_qualify", "H4": "ends", "H5": "increase"}
        assert leads[town["H2"]].amount_fen == 142_000
        assert leads[town["H4"]].reason_data["failed"] == ["subsistence_allowance.meets_income_test"]
        assert "subsistence_allowance.meets_money_test" in leads[town["H3"]].reason_data["unknown"]
        assert leads[town["H5"]].reason_data == {"reference_fen": 133_000}
        # Died in April: May and June had been paid only where the benefit is monthly; the allowance stood at March.
        dead = Award.objects.get(person_id=town["已故"])
        assert (dead.state, dead.end_month) == ("ended", date(2022, 4, 1))
        assert not Overpayment.objects.filter(award=dead).exists()
        # The household goes on: the widow collects, and her amount is for the officer to confirm.
        assert Award.objects.get(household_id=town["H9"]).person_id == town["低保遗属"]
        notice = Notice.objects.get(about="grant")
        assert (notice.person_id, notice.start_month) == (town["满六十五"], date(2022, 5, 1))
        seventy = Award.objects.get(person_id=town["将满七十"])
        assert [monthly_amount(seventy, m) for m in (JUL - 1, JUL)] == [7_500, 15_000]
        paid = dict(
            Order.objects.filter(person_id=town["将满七十"]).values_list("benefit_month", "amount_fen")
        )
        assert paid == {date(2022, m, 1): 7_500 for m in (4, 5, 6)}
        assert list(
            Order.objects.filter(person_id=town["标准调整甲"]).values_list("benefit_month", "amount_fen")
        ) == [(date(2022, 7, 1), 284_000)]
        assert list(Order.objects.filter(person_id=town["已故"]).values_list("benefit_month", flat=True)) == [
            date(2022, 4, 1)
        ]


def test_running_an_open_month_again_changes_nothing_but_its_own_record(town):
    run_month(JUL)
    first = dump()
    again = run_month(JUL)
    assert again.attempt == 2
    second = dump()
    for table in ("awards", "periods", "events", "overpayments", "findings", "leads", "notices", "orders"):
        assert second[table] == first[table], table


def test_a_notice_takes_effect_in_the_next_month_and_is_paid_with_arrears_in_october(town):
    run_month(JUL)
    close(JUL)
    run = run_month(AUG)
    assert run.differences["old_age_allowance"]["in_force"] == 1
    with acting_as_service("test"):
        award = Award.objects.get(person_id=town["满六十五"])
        assert (award.origin, award.start_month) == ("automatic", date(2022, 5, 1))


def test_what_was_cancelled_in_a_closed_month_and_is_due_again_is_paid_in_the_open_one(town):
    run_month(JUL)
    with acting_as_service("test"):
        award = Award.objects.get(person_id=town["标准调整甲"])
        suspend(award=award, from_month=JUL, reason="check_refused", on=date(2022, 7, 30))
    run_month(JUL)
    close(JUL)
    with acting_as_service("test"):
        resume(award=award, from_month=JUL, monthly_fen=284_000, reason="check_passed", on=date(2022, 8, 2))
    run_month(AUG)
    with acting_as_service("test"):
        orders = Order.objects.filter(award=award).order_by("accounting_month", "benefit_month")
        assert list(orders.values_list("state", "benefit_month", "accounting_month", "amount_fen")) == [
            ("cancelled", date(2022, 7, 1), date(2022, 7, 1), 284_000),
            ("drafted", date(2022, 7, 1), date(2022, 8, 1), 284_000),
            ("drafted", date(2022, 8, 1), date(2022, 8, 1), 284_000),
        ]


def test_totals_are_kept_by_benefit_and_street(town):
    run = run_month(JUL)
    with acting_as_service("test"):
        assert {t.division_code for t in MonthTotal.objects.filter(run=run)} == {"310107014"}
        total = MonthTotal.objects.get(run=run, benefit="old_age_allowance")
        assert (total.in_force, total.in_force_fen) == (1, 15_000)
        (row,) = [r for r in totals_by_place(run) if r["benefit"] == "old_age_allowance"]
        assert row["division_code"] == "310107" and row["ordered_fen"] == 3 * 7_500 + 18_000


def test_a_lead_can_be_explained_from_the_snapshot_it_rests_on(town):
    run_month(JUL)
    with acting_as_service("test"):
        explanation = explain_lead(Lead.objects.get(household_id=town["H4"]))
    assert explanation is not None and explanation.status == "not_eligible"


def test_progress_is_on_record_for_every_step(town):
    run = run_month(JUL)
    assert [(s["name"], s["state"]) for s in progress_of(run)] == [(name, "done") for name in STEPS]


def test_a_run_that_stops_after_a_step_is_taken_up_there(town):
    run = run_month(JUL, stop_after="findings")
    assert run.state == "running"
    seen = []
    again = run_month(JUL, progress=lambda event: seen.append((event.step, event.state)))
    assert again.pk == run.pk and again.state == "done"
    assert [step for step, state in seen if state == "kept"] == ["snapshot", "evaluate", "findings"]


def test_a_step_that_fails_leaves_its_reason_and_is_taken_up_after_the_cause_is_gone(town, monkeypatch):
    from minzheng.kernel.monthend import actions

    def broken(work):
        raise RuntimeError("磁盘已满")

    with monkeypatch.context() as patch:
        patch.setitem(actions.STEPS, "outreach", broken)
        with pytest.raises(RuntimeError):
            run_month(JUL)
    run = MonthRun.objects.get()
    assert (run.state, MonthStep.objects.get(run=run, name="outreach").state) == ("failed", "failed")
    assert "磁盘已满" in run.error
    done = run_month(JUL)
    assert (done.pk, done.state, done.error) == (run.pk, "done", "")


def test_an_empty_register_is_refused_and_not_run_as_a_month_without_people(fresh_database):
    with pytest.raises(MonthRefused, match="登记库中没有人员"):
        run_month(JUL)


def test_a_later_month_waits_until_the_open_one_is_closed(town):
    run_month(JUL)
    with pytest.raises(MonthRefused, match="尚未结账"):
        run_month(AUG)


def test_a_closed_month_is_not_run_again_and_no_month_is_left_out(town):
    run_month(JUL)
    close(JUL)
    with pytest.raises(MonthRefused, match="已结账"):
        run_month(JUL)
    with pytest.raises(MonthRefused, match="2022年8月"):
        run_month(Month(2022, 9))


def test_a_second_run_at_the_same_time_is_refused_clearly(town):
    with only_run(wait=False), pytest.raises(MonthBusy):
        run_month(JUL)
    assert run_month(JUL).state == "done"


def test_an_official_cannot_run_a_month_inside_their_own_post(as_post, fresh_database):
    as_post("street_officer", "310107014")
    with pytest.raises(Widening):
        run_month(JUL)


def test_the_day_of_a_run_is_the_last_working_day_of_its_month():
    assert usual_day(JUL) == date(2022, 7, 29)
    # 31 January 2022 was the eve of the Spring Festival, a holiday; Sunday the 30th was a make-up working day.
    assert usual_day(Month(2022, 1)) == date(2022, 1, 30)


def test_the_web_role_sees_no_totals_of_another_district(town, as_post):
    run_month(JUL)
    as_post("district_reviewer", "310101")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM monthend_monthtotal")
        assert cursor.fetchone()[0] == 0
        cursor.execute("SELECT count(*) FROM monthend_monthrun")
        assert cursor.fetchone()[0] == 1
