"""A couple's own pages: their record, and what usually follows a wedding, opened once however often it is pressed."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import User
from django.test import Client

from minzheng.domains.marriage_registration.parties import Party
from minzheng.domains.marriage_registration.tests.conftest import XUHUI
from minzheng.kernel.access import acting_as_service
from minzheng.kernel.access.actions import open_resident_account
from minzheng.kernel.cases.models import Bundle


@pytest.fixture
def couple(make_person) -> tuple[Party, Party]:
    return make_person(1, home=XUHUI), make_person(2, home=XUHUI)


def of(party: Party) -> Client:
    """A resident's own browser."""
    with acting_as_service("test"):
        open_resident_account(
            username=f"resident{party.person_id}", password="Minzheng-2022", person_id=party.person_id or 0
        )
    client = Client()
    client.force_login(User.objects.get(username=f"resident{party.person_id}"))
    return client


def test_either_of_a_couple_reads_the_entry_and_opens_the_joined_application_once(putuo, couple):
    entry = putuo.marry(*couple)
    for one in couple:
        own = of(one)
        page = own.get("/my/marriage/").content.decode()
        assert entry.number in page and "婚后一件事" in page
        first = own.post(f"/my/marriage/{entry.pk}/afterwards/")
        assert own.post(f"/my/marriage/{entry.pk}/afterwards/").url == first.url
        shown = own.get(first.url)
        assert shown.status_code == 200 and "生育登记" in shown.content.decode()
    with acting_as_service("test"):
        assert Bundle.objects.count() == 2


def test_somebody_else_neither_sees_the_entry_nor_opens_anything_of_it(putuo, couple, make_person):
    entry = putuo.marry(*couple)
    other = of(make_person(4))
    assert entry.number not in other.get("/my/marriage/").content.decode()
    assert other.post(f"/my/marriage/{entry.pk}/afterwards/").status_code == 404


@pytest.mark.parametrize(("today", "offered"), [(date(2023, 12, 1), True), (date(2023, 12, 2), False)])
def test_it_is_offered_for_a_year_after_the_wedding(putuo, couple, day, today, offered):
    putuo.marry(*couple, on=date(2022, 12, 1))
    day(today)
    assert ("婚后一件事" in of(couple[0]).get("/my/marriage/").content.decode()) is offered
