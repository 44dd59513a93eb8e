"""What is counted of findings is what the findings say, whoever changed them and how."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django.db.models import Count, F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.outreach.models import Finding, FindingCount

PLACES = ("310107014001", "310107014002", "310151101001", "310000")
KEYS = ("month", "programme", "benefit", "division_code")


def counted() -> dict[tuple[Any, ...], int]:
    rows = (
        Finding.objects.filter(status=Finding.ELIGIBLE).values_list(*KEYS).annotate(n=Count("id")).order_by()
    )
    return {tuple(row[:-1]): row[-1] for row in rows}


def kept() -> dict[tuple[Any, ...], int]:
    rows = FindingCount.objects.exclude(eligible=0).values_list(*KEYS, "eligible")
    return {tuple(row[:-1]): row[-1] for row in rows}


def finding(month: int, place: str, status: int = 2, benefit: str = "old_age_allowance") -> Finding:
    return Finding(
        month=date(2022, month, 1), programme=benefit, benefit=benefit, household_id=1, person_id=1, status=status,
        amount_fen=1, division_code=place,
    )  # fmt: skip


_FINDING = st.builds(
    finding, st.integers(1, 3), st.sampled_from(PLACES), st.sampled_from([0, 1, 2, 2]),
    st.sampled_from(["old_age_allowance", "disability_nursing"]),
)  # fmt: skip
_CHANGE = st.one_of(
    st.tuples(st.just("added"), st.lists(_FINDING, max_size=6)),
    st.tuples(st.just("month gone"), st.integers(1, 3)),
    st.tuples(st.just("place gone"), st.sampled_from(PLACES)),
    st.tuples(st.just("moved"), st.sampled_from(PLACES)),
    st.tuples(st.just("no longer"), st.integers(1, 3)),
    st.tuples(st.just("all again"), st.none()),
)


@given(st.lists(_CHANGE, max_size=8))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_after_any_changes_the_counts_are_those_of_the_findings(
    db: None, changes: list[tuple[str, Any]]
) -> None:
    with acting_as_service("test"), transaction.atomic():
        for what, of in changes:
            match what:
                case "added":
                    Finding.objects.bulk_create(of)
                case "month gone":
                    Finding.objects.filter(month=date(2022, of, 1)).delete()
                case "place gone":
                    Finding.objects.filter(division_code=of).delete()
                case "moved":
                    Finding.objects.filter(month=date(2022, 1, 1)).update(division_code=of)
                case "no longer":
                    Finding.objects.filter(month=date(2022, of, 1)).update(status=0)
                case "all again":
                    Finding.objects.update(amount_fen=F("amount_fen") + 1)
            assert kept() == counted(), what
        transaction.set_rollback(True)


def test_a_post_reads_the_counts_of_its_place_and_programme_and_writes_none(db: None) -> None:
    with acting_as_service("test"):
        Finding.objects.bulk_create(
            [finding(1, place) for place in PLACES] + [finding(1, PLACES[0], benefit="disability_nursing")]
        )
    with acting(make_post("street_officer", "310107014", ("old_age_allowance",))):
        assert kept() == counted() and sum(kept().values()) == 2
    with acting(make_post("neighbourhood_worker", PLACES[0])):
        assert sum(kept().values()) == 2
    for statement in ("UPDATE outreach_findingcount SET eligible = 9", "DELETE FROM outreach_findingcount"):
        with acting_as_service("test"), pytest.raises(Error, match="permission denied"), transaction.atomic():
            connection.cursor().execute(statement)
