"""Whatever is filed, withdrawn, upheld or dismissed in whatever order: one decision in force, no month granted twice."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minzheng.kernel.access import acting, acting_as_resident, acting_as_service
from minzheng.kernel.awards.models import AwardPeriod
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.errors import CaseError
from minzheng.kernel.cases.models import Case, Decision, Review
from minzheng.kernel.cases.tests import elders
from minzheng.kernel.periods import Month

ACTS = ("file review", "file reconsideration", "take up", "uphold", "dismiss", "refuse", "withdraw")


class _Undo(Exception):
    """Ends one history; nothing of it is kept."""


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    first=st.sampled_from(["granted", "refused"]),
    history=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(1, 45)), min_size=3, max_size=12),
)
def test_a_case_has_one_decision_in_force_and_no_month_is_granted_twice(first, history):
    with pytest.raises(_Undo), transaction.atomic():
        case = elders.decided(elders.elder(), first, elders.street_officer())
        reviewer, day = elders.reviewer(), elders.DECIDED
        for act, days in history:
            day += timedelta(days=days)
            try:
                with transaction.atomic():
                    _do(act, case, reviewer, day)
            except CaseError:
                continue
            _holds(case)
        _holds(case)
        raise _Undo


def _do(act: str, case: Case, reviewer, on: date) -> None:
    if act.startswith("file"):
        with acting_as_resident(case.person_id):
            actions.file_review(case=case, kind=act.split()[1], words="请重新认定", on=on)
        return
    with acting_as_service("test"):
        review = Review.objects.filter(case=case, state__in=["filed", "in_hand"]).order_by("id").first()
    if review is None:
        return
    if act == "withdraw":
        with acting_as_resident(case.person_id):
            actions.withdraw_review(review=review, on=on)
        return
    with acting(reviewer):
        if review.state == "filed":
            actions.take_up(review=review, on=on)
        match act:
            case "uphold" | "dismiss":
                actions.decide_review(review=review, upheld=act == "uphold", outcome="经审理重新认定", on=on)
            case "refuse":
                actions.refuse_review(review=review, reason="不属于受理范围", on=on)


def _holds(case: Case) -> None:
    with acting_as_service("test"):
        now = Case.objects.get(pk=case.pk)
        in_force = Decision.objects.get(case=case, is_in_force=True)
        assert now.state == in_force.outcome
        months: Counter[Month] = Counter()
        running = 0
        for period in AwardPeriod.objects.filter(award__person_id=case.person_id, award__benefit=elders.ITEM):
            running += period.during.upper is None
            month, end = Month.of(period.during.lower), period.during.upper or date(2026, 1, 1)
            while month.first_day < end:
                months[month] += 1
                month = month + 1
        assert all(count == 1 for count in months.values()), "a month is granted twice"
        assert running == (in_force.outcome == "granted")
        assert not months or min(months) >= Month(2022, 11)
