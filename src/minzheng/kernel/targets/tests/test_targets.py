"""A number is done when evidence shows it: who reports, who accepts, what counts once, what is behind, what may be closed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from minzheng.kernel.access import NotPermitted, acting, acting_as_service
from minzheng.kernel.targets.actions import (
    accept,
    close_target,
    report_paper,
    report_record,
    report_records,
    send_back,
    set_shares,
    set_target,
)
from minzheng.kernel.targets.counts import counted, whole
from minzheng.kernel.targets.errors import TargetRefused
from minzheng.kernel.targets.models import Evidence, FacilityArea, Share, Target
from minzheng.kernel.targets.queries import Standing, by_district, monthly, reached, standings, working_days
from minzheng.kernel.targets.tests.conftest import DAY, DISTRICT, STREET, make_centre, told

CENTRE = "facilities.facility"


def report(post, target: Target, **given) -> Evidence:
    centre = make_centre(**given)
    with acting(post):
        return report_record(target=target, kind=CENTRE, pk=centre.pk)


def standing(target: Target, on: date = DAY) -> Standing:
    return standings([target], on=on)[target.pk]


def test_what_was_reported_counts_only_when_another_official_accepted_it(
    officer, judge, district, target
) -> None:
    made = report(district, target)
    with acting(officer):
        assert (standing(target).done, standing(target).waiting) == (0, 1)
        accept(evidence=[made], on=DAY)
        assert (standing(target).done, standing(target).waiting) == (1, 0)
        assert {row.code: row.done for row in by_district(target, on=DAY)} == {DISTRICT: 1, "310104": 0}
        assert monthly(target)[3] == 1 and sum(monthly(target).values()) == 1


def test_who_reported_does_not_accept_it(officer, target) -> None:
    made = report(officer, target)
    with acting(officer), pytest.raises(TargetRefused, match="须由他人核定"):
        accept(evidence=[made], on=DAY)


def test_one_record_counts_once_for_a_target_and_may_count_for_another(officer, district, target) -> None:
    centre = make_centre()
    with acting_as_service("test"):
        other = set_target(**told(code="2022-other", shares=None))
    with acting(district):
        report_record(target=target, kind=CENTRE, pk=centre.pk)
        with pytest.raises(TargetRefused, match="不能重复计数"):
            report_record(target=target, kind=CENTRE, pk=centre.pk)
        report_record(target=other, kind=CENTRE, pk=centre.pk)
    with acting_as_service("test"), pytest.raises(IntegrityError), transaction.atomic():
        Evidence.objects.create(
            target=target, division_code=STREET, record_kind=CENTRE, record_id=centre.pk, title="x", happened_on=DAY,
            reported_by_id=district.official_id,
        )  # fmt: skip


def test_one_paper_counts_once_with_its_number(officer, district, target) -> None:
    paper = {
        "target": target,
        "division_code": DISTRICT,
        "title": "验收表",
        "happened_on": DAY,
        "sha256": "a" * 64,
    }
    with acting(district):
        made = report_paper(amount=3, **paper)
        with pytest.raises(TargetRefused, match="不能重复计数"):
            report_paper(amount=3, **paper)
        with pytest.raises(TargetRefused, match="数量须为 1 以上"):
            report_paper(amount=0, **paper | {"sha256": "b" * 64})
    with acting(officer):
        accept(evidence=[made], on=DAY)
        assert standing(target).done == 3


@pytest.mark.parametrize(
    ("opened", "is_taken"),
    [
        (date(2021, 12, 31), False),
        (date(2022, 1, 1), True),
        (date(2022, 12, 31), True),
        (date(2023, 1, 1), False),
    ],
)
def test_only_what_was_done_in_the_year_counts(district, target, opened: date, is_taken: bool) -> None:
    if is_taken:
        assert report(district, target, opened=opened).happened_on == opened
    else:
        with pytest.raises(TargetRefused, match="只计 2022 年"):
            report(district, target, opened=opened)


@pytest.mark.parametrize(
    ("day", "is_taken"), [(DAY - timedelta(1), False), (DAY, True), (DAY + timedelta(1), True)]
)
def test_what_is_dated_after_today_is_not_accepted_yet(
    officer, district, target, day: date, is_taken: bool
) -> None:
    made = report(district, target, opened=DAY)
    with acting(officer):
        if is_taken:
            assert accept(evidence=[made], on=day) == 1
        else:
            with pytest.raises(TargetRefused, match="晚于今天"):
                accept(evidence=[made], on=day)


def test_under_way_is_forecast_and_reported_when_done(officer, district, target) -> None:
    centre = make_centre(date(2022, 11, 1))
    with acting(district):
        report_record(target=target, kind=CENTRE, pk=centre.pk, expected_on=date(2022, 11, 1))
        now = standing(target)
        assert (now.done, now.under_way, now.with_under_way) == (0, 1, 1)
        again = report_record(target=target, kind=CENTRE, pk=centre.pk)
        assert again.state == Evidence.State.REPORTED and standing(target).under_way == 0


def test_what_was_returned_says_why_and_may_be_reported_again(officer, district, target) -> None:
    made = report(district, target)
    with acting(officer):
        with pytest.raises(TargetRefused, match="退回原因"):
            send_back(evidence=[made], on=DAY, words=" ")
        send_back(evidence=[made], on=DAY, words="未开业")
        assert standing(target).done == 0 == standing(target).waiting
    with acting(district):
        again = report_record(target=target, kind=CENTRE, pk=made.record_id)
        assert again.pk == made.pk and again.state == Evidence.State.REPORTED


@pytest.mark.parametrize(
    ("role", "place"), [("district_reviewer", DISTRICT), ("statistician", "310000"), ("auditor", "310000")]
)
def test_only_the_city_accepts_sets_and_closes(district, target, as_post, role: str, place: str) -> None:
    made = report(district, target)
    as_post(role, place)
    for act in (
        lambda: accept(evidence=[made], on=DAY),
        lambda: set_target(**told()),
        lambda: close_target(target=target, is_met=False, on=DAY),
    ):
        with pytest.raises(NotPermitted):
            act()


def test_the_database_itself_refuses_what_the_screens_do_not_offer(officer, district, target) -> None:
    made = report(district, target)
    with acting(district):
        for change in (
            {"state": "accepted", "decided_by": district.official_id, "decided_on": DAY},
            {"state": "accepted", "decided_by": officer.official_id, "decided_on": DAY},
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                Evidence.objects.filter(pk=made.pk).update(**change)
        assert Target.objects.filter(pk=target.pk).update(value=1) == 0
        assert Share.objects.filter(target=target).update(value=0) == 0
    with acting(officer):
        accept(evidence=[made], on=DAY)
        with pytest.raises(DatabaseError), transaction.atomic():
            Evidence.objects.filter(pk=made.pk).update(amount=1, happened_on=date(2022, 1, 1))


def test_a_place_sees_and_reports_its_own_alone(officer, district, target) -> None:
    report(officer, target, place="310104003")
    elsewhere = make_centre(place="310104003")
    with acting(district):
        assert not Evidence.objects.exists() and Target.objects.count() == 1
        with pytest.raises(NotPermitted):
            report_record(target=target, kind=CENTRE, pk=elsewhere.pk)
    with acting(district):
        assert (
            report_records(target=target, kind=CENTRE, records=[(1, "310104003", "别区", date(2022, 3, 1))])
            == 0
        )


@pytest.mark.parametrize("kind", ["people.person", ""])
def test_only_records_that_are_known_kinds_stand_as_evidence(district, target, kind: str) -> None:
    with acting(district):
        with pytest.raises(TargetRefused, match="不能作为佐证"):
            report_record(target=target, kind=kind, pk=1)
        with pytest.raises(TargetRefused, match="没有编号为"):
            report_record(target=target, kind=CENTRE, pk=10**9)


@pytest.mark.parametrize(("accepted", "is_met"), [(1, False), (2, True), (3, True)])
def test_a_target_is_closed_as_met_only_with_the_evidence_for_all_of_it(
    officer, district, target, accepted: int, is_met: bool
) -> None:
    rows = [report(district, target) for _ in range(accepted)]
    with acting(officer):
        accept(evidence=rows, on=DAY)
        if not is_met:
            with pytest.raises(TargetRefused, match="不能按完成结项"):
                close_target(target=target, is_met=True, on=DAY)
            with pytest.raises(IntegrityError), transaction.atomic():
                Target.objects.filter(pk=target.pk).update(closed_on=DAY, closed_value=1, is_met=True)
        done = close_target(target=target, is_met=is_met, on=DAY)
        assert (done.closed_value, done.is_met) == (accepted, is_met)
    late = make_centre()
    with acting(district), pytest.raises(TargetRefused, match="结项"):
        report_record(target=done, kind=CENTRE, pk=late.pk)


def test_shares_that_do_not_add_up_are_refused(officer) -> None:
    with acting(officer), pytest.raises(TargetRefused, match="合计 3，与总目标 2 不符"):
        set_target(**told(shares={DISTRICT: 1, "310104": 2}))


@pytest.mark.parametrize(
    ("on", "gone"),
    [
        (date(2021, 12, 31), 0),
        (date(2022, 1, 4), 1),
        (date(2022, 1, 5), 2),
        (date(2022, 12, 31), 249),
        (date(2023, 5, 1), 249),
    ],
)
def test_working_days_of_2022_run_from_the_first_to_the_due_day(on: date, gone: int) -> None:
    assert working_days(2022, on, date(2022, 12, 31)) == (gone, 249)


def test_a_year_without_its_calendar_counts_monday_to_friday() -> None:
    assert working_days(2040, date(2040, 1, 6), date(2040, 12, 31)) == (5, 261)


@pytest.mark.parametrize(("done", "missing"), [(5, 1), (6, 0), (7, 0)])
def test_behind_is_less_than_the_even_pace_asks(done: int, missing: int) -> None:
    half = Standing("310000", 12, done, 0, 0, 50, 100)
    assert (half.due, half.missing, half.is_behind, half.at_this_pace) == (
        6,
        missing,
        bool(missing),
        done * 2,
    )


@given(st.integers(1, 10_000), st.integers(0, 10_000), st.integers(0, 249))
def test_the_pace_never_asks_more_than_the_target_and_missing_is_never_negative(
    value: int, done: int, gone: int
) -> None:
    one = Standing("310000", value, done, 0, 0, gone, 249)
    assert 0 <= one.due <= value and one.missing >= 0 and one.still == max(value - done, 0)
    assert one.at_this_pace is None if gone == 0 else one.at_this_pace >= done


def test_a_plan_asks_a_value_of_each_year_and_shows_the_districts_that_are_short(officer) -> None:
    make_centre(date(2021, 1, 1))
    plan = told(code="2025-centres", kind=Target.Kind.PLAN, year=2025, value=9, count="community_centres", shares=None,
                due_on=date(2025, 12, 31), provenance="illustrative")  # fmt: skip
    with acting(officer):
        made = set_target(**plan)
        set_shares(target=made, year=2022, values={"310000": 4, DISTRICT: 1, "310104": 3})
        now = standing(made)
        assert (now.value, now.done, now.missing) == (4, 1, 3)
        assert {row.code: row.missing for row in by_district(made, on=DAY)} == {DISTRICT: 0, "310104": 3}


def test_a_plan_that_no_register_counts_shows_nothing_and_cannot_be_closed(officer) -> None:
    with acting(officer):
        made = set_target(
            **told(code="w", kind=Target.Kind.PLAN, count="certified_social_workers", shares=None)
        )
        assert reached(made, on=DAY) is None and standing(made).missing is None
        with pytest.raises(TargetRefused, match="尚未接入"):
            close_target(target=made, is_met=False, on=DAY)


def test_service_area_per_hundred_households_is_reckoned_from_rows_and_rounded_down(officer) -> None:
    from minzheng.kernel.people.models import Household

    centre = make_centre()
    with acting_as_service("test"):
        FacilityArea.objects.create(facility=centre, division_code=STREET, square_metres=100, source="test")
        Household.objects.bulk_create(Household(number=f"T{n}", division_code=STREET) for n in range(300))
    with acting(officer):
        found = counted("service_area_per_100_households", DAY)
        assert found is not None and (
            found[DISTRICT].above,
            found[DISTRICT].below,
            found[DISTRICT].value,
        ) == (100, 300, 33)
        assert whole("service_area_per_100_households", {}).value is None
