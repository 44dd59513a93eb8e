"""A divorce by agreement: applied for, withdrawn, lapsed or registered, each within its days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from minzheng.domains.marriage_registration.actions import (
    apply_for_divorce,
    lapse_divorces,
    register_divorce,
    register_marriage,
    withdraw_divorce,
)
from minzheng.domains.marriage_registration.errors import Incomplete, NotInTime, WrongState
from minzheng.domains.marriage_registration.models import DivorceApplication, MaritalTie, Registration
from minzheng.domains.marriage_registration.requirements import Evidence
from minzheng.domains.marriage_registration.tests.conftest import DAY, XUHUI, open_office, stranger, whole
from minzheng.domains.marriage_registration.tests.test_marriage import marry
from minzheng.kernel.access import acting, acting_as_service

pytestmark = pytest.mark.django_db
AGREED = {"children": "无", "property": "各归各", "debts": "无"}
RECEIVED = date(2022, 9, 1)  # last day to withdraw 8 October, collecting 9 October to 7 November


@pytest.fixture
def married(office, couple):
    with acting(office.post):
        return marry(office, *couple)


@pytest.fixture
def applied(office, couple, married):
    with acting(office.post):
        return apply(office, couple, married)


def apply(office, couple, marriage, on=RECEIVED, **other):
    return apply_for_divorce(
        office=office.facility,
        man=couple[0],
        woman=couple[1],
        marriage=marriage,
        agreement=AGREED,
        evidence=whole("divorce_application", *couple),
        on=on,
        **other,
    )


def divorce(application, couple, on):
    return register_divorce(
        application=application, man=couple[0], woman=couple[1], evidence=whole("divorce", *couple), on=on
    )


def test_an_application_names_the_first_and_last_day_to_collect(applied):
    assert (applied.cooling_last, applied.collect_first, applied.collect_last) == (
        date(2022, 10, 8),
        date(2022, 10, 9),
        date(2022, 11, 7),
    )
    assert applied.number == "LS310107-2022-000001"


@pytest.mark.parametrize(
    "day, holds",
    [
        (date(2022, 10, 8), False),
        (date(2022, 10, 9), True),
        (date(2022, 11, 7), True),
        (date(2022, 11, 8), False),
    ],
)
def test_both_collect_within_the_second_period_and_on_no_other_day(
    office, couple, married, applied, day, holds
):
    with acting(office.post):
        if not holds:
            with pytest.raises(NotInTime, match="2022-10-09至2022-11-07"):
                divorce(applied, couple, day)
            return
        entry = divorce(applied, couple, day)
        assert entry.refers_to == married and entry.number.startswith("L310107-2022-")
        tie = MaritalTie.objects.get(registration=married, side="woman")
        assert (tie.during.upper, tie.end_reason, tie.ended_by) == (day, "divorce", entry)
        assert DivorceApplication.objects.get().registration == entry
        again = marry(office, *couple, on=day)  # free to marry, each other too, from that day on
        assert Registration.objects.filter(kind="marriage").count() == 2 and again.pk != married.pk


@pytest.mark.parametrize(
    "day, holds", [(RECEIVED, True), (date(2022, 10, 8), True), (date(2022, 10, 9), False)]
)
def test_either_may_withdraw_until_the_last_day_of_the_first_period(office, couple, applied, day, holds):
    with acting(office.post):
        if not holds:
            with pytest.raises(NotInTime):
                withdraw_divorce(application=applied, by="woman", on=day)
            return
        assert withdraw_divorce(application=applied, by="woman", on=day).state == "withdrawn"
        with pytest.raises(WrongState, match="重新申请"):
            divorce(applied, couple, date(2022, 10, 10))


def test_who_does_not_come_has_withdrawn(office, couple, applied):
    with acting_as_service("test"):
        assert lapse_divorces(on=date(2022, 11, 7)) == 0  # the last day itself
        assert lapse_divorces(on=date(2022, 11, 8)) == 1
        assert lapse_divorces(on=date(2022, 11, 8)) == 0
    with acting(office.post):
        assert DivorceApplication.objects.get().state == "lapsed"
        assert not Registration.objects.filter(kind="divorce").exists()
        apply(office, couple, applied.marriage, on=date(2022, 11, 9))  # they may begin anew


def test_an_agreement_must_settle_children_property_and_debts(office, couple, married):
    with acting(office.post):
        with pytest.raises(WrongState, match="debts"):
            apply_for_divorce(
                office=office.facility, man=couple[0], woman=couple[1], marriage=married,
                agreement={**AGREED, "debts": " "}, evidence=whole("divorce_application", *couple), on=RECEIVED,
            )  # fmt: skip
        with pytest.raises(Incomplete):
            apply_for_divorce(
                office=office.facility, man=couple[0], woman=couple[1], marriage=married,
                agreement=AGREED, evidence=Evidence(), on=RECEIVED,
            )  # fmt: skip


def test_one_application_of_a_couple_is_pending_at_a_time(office, couple, applied):
    with acting(office.post), pytest.raises(WrongState, match="已有一份申请"):
        apply(office, couple, applied.marriage)


def test_a_marriage_registered_elsewhere_is_named_by_its_certificate(office, make_person):
    pair = make_person(5), stranger(6)
    with acting(office.post):
        with pytest.raises(WrongState, match="结婚证字号"):
            apply(office, pair, None)
        made = apply(office, pair, None, marriage_certificate="J320500-2015-000777")
        entry = divorce(made, pair, made.collect_first)
    assert entry.refers_to is None and entry.detail["marriage_certificate"] == "J320500-2015-000777"


def test_whoever_is_married_in_the_register_cannot_hide_it_behind_a_foreign_certificate(
    office, couple, married
):
    with acting(office.post):
        made = apply(office, couple, None, marriage_certificate="J320500-2015-000777")
        with pytest.raises(WrongState, match="须指明"):
            divorce(made, couple, made.collect_first)


def test_a_closed_application_is_never_reopened(office, applied):
    with acting(office.post):
        withdraw_divorce(application=applied, by="man", on=RECEIVED + timedelta(days=1))
        with (
            pytest.raises(Exception, match="never rewritten"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute("UPDATE marriage_registration_divorceapplication SET state = 'pending'")


def test_a_couple_married_elsewhere_in_the_city_divorces_here_across_districts(office, couple, married):
    xuhui = open_office(XUHUI, first=7001)
    with acting(xuhui.post):
        later = date(2022, 12, 1)
        made = apply(xuhui, couple, married.pk, on=later)
        assert divorce(made, couple, made.collect_first).is_cross_district
    with acting_as_service("test"):
        assert not MaritalTie.objects.filter(during__contains=date(2023, 6, 1)).exists()


def test_marriage_in_force_needed(office, couple, married, make_person):
    with acting(office.post):
        made = apply(office, couple, married)
        divorce(made, couple, made.collect_first)
        second = apply(office, couple, married, on=date(2022, 11, 10))
        with pytest.raises(WrongState, match="已经终止"):
            divorce(second, couple, second.collect_first)
    assert register_marriage and DAY < RECEIVED
