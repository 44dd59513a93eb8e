"""A divorce by agreement on screen: both periods with their days, withdrawal by one, collection by both, too early, too late."""

from __future__ import annotations

from datetime import date

import pytest

from minzheng.domains.marriage_registration.models import (
    DivorceApplication,
    DivorceState,
    Kind,
    MaritalTie,
    Registration,
)
from minzheng.domains.marriage_registration.tests.conftest import PUTUO
from minzheng.kernel.access import acting_as_service
from minzheng.surfaces.web.marriage.tests.desk.test_desk import begin, everything

# Received on 1 September: the thirtieth day is 1 October, a holiday until the 7th; offices open again on the 8th.
RECEIVED = date(2022, 9, 1)
AGREED = {"children": "无", "property": "各归各有", "debts": "无", "marriage_certificate": ""}


@pytest.fixture
def applied(putuo, make_person, window, day):
    """An application of a couple married in this city, and the registrar's window."""
    man, woman = make_person(1), make_person(2)
    putuo.marry(man, woman, on=date(2022, 6, 1))
    day(RECEIVED)
    desk = window(putuo.registrar)
    begin(desk, man, woman, act="divorce_application")
    done = desk.post(
        "/work/marriage/couple/register/", everything("divorce_application", man, woman) | AGREED
    )
    with acting_as_service("test"):
        return DivorceApplication.objects.get(), desk, done.url, man, woman


def test_the_first_and_the_last_day_of_both_periods_are_shown_over_a_holiday(applied, day):
    row, desk, address, *_couple = applied
    page = desk.get(address)
    shown = page.content.decode()
    assert "2022年9月2日 – 2022年10月8日" in shown and "2022年10月9日 – 2022年11月7日" in shown
    marks = {one["day"]: one["marks"] for one in page.context["strip"]}
    assert marks[RECEIVED].startswith("mr-day--received")
    assert "mr-day--edge" in marks[date(2022, 10, 8)] and "mr-day--rest" in marks[date(2022, 10, 3)]
    assert "mr-day--rest" not in marks[date(2022, 10, 8)]
    assert "marriage" in address or row.number in shown


def test_the_agreement_must_settle_children_property_and_debts(putuo, make_person, window):
    man, woman = make_person(1), make_person(2)
    putuo.marry(man, woman, on=date(2022, 6, 1))
    desk = window(putuo.registrar)
    begin(desk, man, woman, act="divorce_application")
    told = everything("divorce_application", man, woman) | AGREED | {"debts": ""}
    assert desk.post("/work/marriage/couple/register/", told).context["extra"].errors.keys() == {"debts"}
    with acting_as_service("test"):
        assert not DivorceApplication.objects.exists()


@pytest.mark.parametrize(
    "on, may_withdraw, may_collect",
    [
        (date(2022, 10, 8), True, False), (date(2022, 10, 9), False, True),
        (date(2022, 11, 7), False, True), (date(2022, 11, 8), False, False),
    ],
)  # fmt: skip
def test_withdrawal_ends_with_the_first_period_and_collection_with_the_second(
    applied, day, on, may_withdraw, may_collect
):
    _row, desk, address, *_couple = applied
    day(on)
    page = desk.get(address)
    assert (page.context["withdraw"] is not None) is may_withdraw
    assert page.context["may_collect"] is may_collect


def test_one_party_alone_takes_the_application_back(applied, day):
    row, desk, address, *_couple = applied
    day(date(2022, 10, 8))
    desk.post(f"{address}withdraw/", {"by": "woman"})
    with acting_as_service("test"):
        row.refresh_from_db()
        assert (row.state, row.withdrawn_by) == (DivorceState.WITHDRAWN, "woman")
        assert not Registration.objects.filter(kind=Kind.DIVORCE).exists()


def test_both_collect_in_the_second_period_and_the_marriage_ends(applied, day):
    _row, desk, address, man, woman = applied
    day(date(2022, 11, 7))
    assert desk.post(f"{address}collect/").url == "/work/marriage/couple/"
    done = desk.post("/work/marriage/couple/register/", everything("divorce", man, woman))
    with acting_as_service("test"):
        entry = Registration.objects.get(kind=Kind.DIVORCE)
        assert done.url == f"/work/marriage/register/{entry.pk}/"
        assert not MaritalTie.objects.filter(during__upper_inf=True).exists()
    assert "离婚登记" in desk.get(done.url).content.decode()


def test_what_nobody_came_for_lapses_the_day_after(applied, day):
    row, desk, address, *_couple = applied
    day(date(2022, 11, 7))
    desk.post("/work/marriage/lapse/")
    with acting_as_service("test"):
        row.refresh_from_db()
        assert row.state == DivorceState.PENDING
    day(date(2022, 11, 8))
    desk.post("/work/marriage/lapse/")
    with acting_as_service("test"):
        row.refresh_from_db()
        assert row.state == DivorceState.LAPSED
    assert "逾期视为撤回" in desk.get(address).content.decode()


@pytest.mark.parametrize("role", ["district_reviewer", "auditor"])
def test_whoever_only_looks_withdraws_and_collects_nothing(applied, window, role):
    _row, _desk, address, *_couple = applied
    client = window(role, PUTUO)
    assert client.get(address).status_code == 200
    assert client.post(f"{address}withdraw/", {"by": "man"}).status_code == 403
    assert client.post(f"{address}collect/").status_code == 403
