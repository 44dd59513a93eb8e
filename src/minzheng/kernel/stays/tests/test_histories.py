"""Whatever is done in whatever order: never two people in a bed, never one person in two."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta

from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.people.models import Person
from minzheng.kernel.stays import actions
from minzheng.kernel.stays.errors import StayRefused
from minzheng.kernel.stays.models import Absence, Bed, Stay, StayState

DAY = date(2022, 8, 1)
VERBS = ("plan", "plan_until", "admit", "admit_planned", "cancel", "move", "away", "back", "end", "die")
_ACT = st.tuples(st.sampled_from(VERBS), st.integers(0, 2), st.integers(0, 2), st.integers(0, 12))

_DOUBLE = """
    SELECT count(*) FROM stays_stay a JOIN stays_stay b ON a.id < b.id AND a.during && b.during
    WHERE a.state <> 'cancelled' AND b.state <> 'cancelled' AND (a.bed_id = b.bed_id OR a.person_id = b.person_id)
"""
_STATES = """
    SELECT count(*) FROM stays_stay s WHERE
      (s.state = 'away') <> EXISTS (SELECT 1 FROM stays_absence a WHERE a.stay_id = s.id AND upper_inf(a.during))
      OR (s.state = 'ended' AND upper_inf(s.during)) OR isempty(s.during)
"""


def _do(verb: str, person: Person, bed: Bed, day: date) -> None:
    last = (
        Stay.objects.filter(person=person).exclude(state__in=("ended", "cancelled")).order_by("-pk").first()
    )
    if verb == "plan":
        actions.plan_stay(person_id=person.pk, bed=bed, start=day)
    elif verb == "plan_until":
        actions.plan_stay(person_id=person.pk, bed=bed, start=day, until=day + timedelta(days=3))
    elif verb == "admit":
        actions.admit(person_id=person.pk, bed=bed, on=day)
    elif verb == "die":
        Person.objects.filter(pk=person.pk).update(death_date=day)
        actions.follow_deaths()
    elif last is not None:
        {
            "admit_planned": lambda: actions.admit_planned(stay=last, on=day),
            "cancel": lambda: actions.cancel_stay(stay=last, because="试"),
            "move": lambda: actions.move_stay(stay=last, bed=bed, on=day),
            "away": lambda: actions.go_away(stay=last, on=day),
            "back": lambda: actions.come_back(stay=last, on=day),
            "end": lambda: actions.end_stay(stay=last, on=day),
        }[verb]()


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(_ACT, max_size=14))
def test_no_sequence_of_acts_puts_two_in_a_bed_or_one_in_two(beds, elders, acts):
    anybody = [bed for bed in beds if bed.sex is None]
    with acting_as_service("test", in_bulk=False), transaction.atomic():
        for verb, who, where, when in acts:
            with suppress(StayRefused):
                _do(verb, elders[who], anybody[where % len(anybody)], DAY + timedelta(days=when))
            with connection.cursor() as cursor:
                for claim in (_DOUBLE, _STATES):
                    cursor.execute(claim)
                    assert cursor.fetchone() == (0,), (claim, verb)
        # A stay entered afterwards for somebody who died meanwhile ends with the next run.
        actions.follow_deaths()
        assert not Stay.objects.filter(
            person__death_date__isnull=False, state__in=(StayState.PLANNED, StayState.PRESENT, StayState.AWAY)
        ).exists()
        assert not Absence.objects.filter(during__isempty=True).exists()
        transaction.set_rollback(True)
