"""The demonstration's dementia care is made through the actions, once."""

from __future__ import annotations

import pytest

from minzheng.domains.dementia_care.models import Community, Referral, Screening, StaffCount, Unit
from minzheng.domains.dementia_care.tests.town import DAY, STREET, make_elder, make_home
from minzheng.domains.dementia_care.units import stock_on, units_on
from minzheng.kernel.access import acting_as_service
from minzheng.kernel.access.demo import create_demo_officials
from minzheng.kernel.people.models import Person
from minzheng.simulation.dementia import PEOPLE, STREETS, prepare_dementia


@pytest.mark.django_db
def test_units_streets_and_screenings_are_prepared_and_a_repeat_adds_nothing(monkeypatch):
    monkeypatch.setenv("MINZHENG_DEMO", "1")
    with acting_as_service("test"):
        create_demo_officials()
    homes = [make_home() for _ in range(2)]
    # Registered here and living elsewhere: the street sees them, and another one screens them.
    away, _number = make_elder(division="310104014001")
    with acting_as_service("test"):
        Person.objects.filter(pk=away.pk).update(hukou_division_code=f"{STREET[:9]}001")
    for _ in range(PEOPLE):
        make_elder()
    told = []
    assert prepare_dementia(on=DAY, watch=lambda *words: told.append(words)) == len(homes)
    prepare_dementia(on=DAY)
    with acting_as_service("test"):
        counts = [one.objects.count() for one in (Unit, StaffCount, Community, Screening)]
        assert counts == [2, 2, STREETS, PEOPLE]
        assert any(one.is_short for one in units_on(DAY)) and stock_on(DAY).rebuilt == 3
        assert {one.state for one in Referral.objects.all()} >= {"asked", "diagnosed"}
    assert [step for step, _detail in told] == ["认知障碍照护"]
