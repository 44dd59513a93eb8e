"""What was issued or decided stays as it was written, for everybody."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, transaction

from minzheng.kernel.access import acting, acting_as_resident, acting_as_service
from minzheng.kernel.cases.letters import mark_read
from minzheng.kernel.cases.models import Decision, Letter
from minzheng.kernel.cases.tests import elders

NOW = datetime(2022, 10, 12, tzinfo=UTC)


@pytest.fixture
def officer(db):
    return elders.street_officer()


@pytest.fixture
def case(officer):
    return elders.decided(elders.elder(), "granted", officer)


@pytest.mark.parametrize(
    "change",
    [{"title": "改"}, {"content": {}}, {"issued_on": date(2020, 1, 1)}, {"code": "x"}, {"number": "1"}],
)
def test_a_letter_is_kept_as_it_was_issued_for_its_reader_its_writer_and_the_platform(case, officer, change):
    letter = _letter(case)
    for actor in (acting_as_resident(case.person_id), acting(officer), acting_as_service("test")):
        with actor, pytest.raises(DatabaseError, match="不能更改"), transaction.atomic():
            Letter.objects.filter(pk=letter.pk).update(**change)


def _letter(case) -> Letter:
    with acting_as_service("test"):
        return Letter.objects.get(case=case, kind="decision")


def test_only_the_first_reading_of_a_letter_is_kept(case):
    letter = _letter(case)
    with acting_as_resident(case.person_id):
        mark_read(letter)
        letter.refresh_from_db()
        first = letter.read_at
        assert first is not None
        mark_read(letter)
        with pytest.raises(DatabaseError, match="不能更改"), transaction.atomic():
            Letter.objects.filter(pk=letter.pk).update(read_at=NOW)
        letter.refresh_from_db()
        assert letter.read_at == first


@pytest.mark.parametrize(
    "change",
    [{"outcome": "refused"}, {"reason": "改"}, {"amount_fen": 1}, {"start_month": date(2020, 1, 1)}, {"by_label": "他人"},
     {"on": date(2020, 1, 1)}, {"finding": {}}, {"number": "1"}, {"second_label": "他人"}],
)  # fmt: skip
def test_a_decision_in_force_is_not_rewritten(case, officer, change):
    with acting(officer), pytest.raises(DatabaseError, match="不能更改"), transaction.atomic():
        Decision.objects.filter(case=case).update(**change)


def test_a_decision_out_of_force_does_not_come_back(case, officer):
    with acting(officer):
        Decision.objects.filter(case=case).update(is_in_force=False)
        with pytest.raises(DatabaseError, match="不能更改"), transaction.atomic():
            Decision.objects.filter(case=case).update(is_in_force=True)
