"""The demonstration's marriages: old papers of couples, acts of the year, a queue at the counter; a repeat adds nothing."""

from __future__ import annotations

from datetime import date

import pytest

from minzheng.domains.marriage_registration.models import (
    CertificateStock,
    DivorceApplication,
    MaritalTie,
    Registration,
)
from minzheng.domains.marriage_registration.tests.conftest import new_person
from minzheng.kernel.access import acting_as_service
from minzheng.kernel.access.demo import create_demo_officials
from minzheng.simulation.marriages import prepare_marriages

ON = date(2022, 7, 29)


@pytest.mark.django_db
def test_prepared_marriages_bind_and_a_repeat_adds_nothing(monkeypatch):
    monkeypatch.setenv("MINZHENG_DEMO", "1")
    with acting_as_service("test"):
        create_demo_officials()
    for home in range(6):
        for serial, role in ((2 * home + 1, 1), (2 * home + 2, 2)):
            new_person(serial, household_number=f"P{home}", relation=role, born=date(1970 + home, 3, 1))
    for serial in range(31, 51):
        new_person(serial, name=f"单身{serial}")
    first = prepare_marriages(on=ON)
    assert prepare_marriages(on=ON) == first
    with acting_as_service("test"):
        kinds = {
            kind: Registration.objects.filter(kind=kind).count()
            for kind in ("archive", "marriage", "divorce")
        }
        assert kinds["archive"] == 6 and kinds["marriage"] >= 4 and kinds["divorce"] >= 1
        states = set(DivorceApplication.objects.values_list("state", flat=True))
        assert {"pending", "withdrawn", "registered"} <= states
        assert MaritalTie.objects.count() == 2 * (kinds["archive"] + kinds["marriage"])
        assert all(
            one.received == one.used + one.spoiled + one.left for one in CertificateStock.objects.all()
        )
        assert set(Registration.objects.exclude(registrar__user__username="hunyin").values_list("provenance", flat=True)) <= {
            "illustrative", ""
        }  # fmt: skip
