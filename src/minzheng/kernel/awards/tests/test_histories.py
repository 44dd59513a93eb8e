"""Over random histories: no overlap, and the events alone give the amounts again."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minzheng.kernel.awards import actions
from minzheng.kernel.awards.errors import AwardError
from minzheng.kernel.awards.history import replay
from minzheng.kernel.awards.models import Award, AwardEvent, AwardPeriod
from minzheng.kernel.periods import Month, iter_months

ON = date(2022, 7, 20)
FIRST, LAST = Month(2021, 10), Month(2023, 6)
months = st.integers(FIRST.index, LAST.index - 2).map(Month.from_index)
acts = st.tuples(
    st.sampled_from(["grant", "adjust", "suspend", "resume", "end", "recalculate"]),
    st.integers(0, 1),
    months,
    st.integers(1, 5),
)


def _do(act: str, person: int, home: int, month: Month, number: int, grant_of) -> None:
    award = Award.objects.filter(person_id=person).order_by("-id").first()
    if act == "grant":
        actions.grant(
            grant=grant_of(person, home, start_month=month.first_day, monthly_fen=number * 1000), on=ON
        )
    elif award is None:
        return
    elif act == "end":
        actions.end(award=award, last_month=month, reason="random", on=ON)
    elif act == "suspend":
        actions.suspend(award=award, from_month=month, reason="random", on=ON)
    elif act == "recalculate":
        actions.recalculate(
            award=award, from_month=month, through_month=month + number, monthly_fen=number * 1000,
            reason="random", on=ON,
        )  # fmt: skip
    else:
        getattr(actions, act)(
            award=award, from_month=month, monthly_fen=number * 1000, reason="random", on=ON
        )


class _Undo(Exception):
    pass


@pytest.mark.django_db
def test_no_history_overlaps_and_replaying_its_events_gives_the_same_amounts(as_post, household, grant_of):
    as_post("service")
    people = [household() for _ in range(2)]

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(acts, min_size=1, max_size=12))
    def check(history) -> None:
        try:
            with transaction.atomic():
                for act, who, month, number in history:
                    home, (person,) = people[who]
                    try:
                        with transaction.atomic():
                            _do(act, person, home, month, number, grant_of)
                    except AwardError:
                        pass  # A refused act must leave nothing, which the comparison below would show.
                _compare()
                raise _Undo
        except _Undo:
            pass

    check()


def _compare() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*) FROM awards_awardperiod p JOIN awards_awardperiod q
                 ON p.person_id = q.person_id AND p.id < q.id AND p.during && q.during"""
        )
        assert cursor.fetchone()[0] == 0
    for award in Award.objects.all():
        kept: dict[Month, int] = {}
        for period in AwardPeriod.objects.filter(award=award):
            for month in iter_months(FIRST, LAST):
                if month.first_day in period.during:
                    kept[month] = period.monthly_fen
        assert kept == replay(AwardEvent.objects.filter(award=award).order_by("id"), through=LAST)
