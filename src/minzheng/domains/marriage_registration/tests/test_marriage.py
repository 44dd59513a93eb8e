"""A marriage is registered with its papers in one step, or refused with every rule that failed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest
from django.db import connection, transaction

from minzheng.domains.marriage_registration.actions import identify_party, refuse, register_marriage
from minzheng.domains.marriage_registration.checks import check_marriage, failed
from minzheng.domains.marriage_registration.entries import write_entry
from minzheng.domains.marriage_registration.errors import (
    Incomplete,
    NoLicence,
    NoPaper,
    RulesFailed,
    WrongState,
)
from minzheng.domains.marriage_registration.models import (
    CertificateStock,
    Kind,
    MaritalTie,
    Publication,
    Registration,
)
from minzheng.domains.marriage_registration.parties import party_columns
from minzheng.domains.marriage_registration.requirements import Evidence
from minzheng.domains.marriage_registration.tests.conftest import DAY, XUHUI, open_office, stranger, whole
from minzheng.kernel.access import acting, acting_as_resident, acting_as_service, current_actor
from minzheng.kernel.access.errors import NotPermitted
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.people.actions import record_deaths
from minzheng.kernel.people.tests.world import number

pytestmark = pytest.mark.django_db


def marry(office, man, woman, on=DAY, **other):
    return register_marriage(
        office=office.facility, man=man, woman=woman, evidence=whole("marriage", man, woman), on=on, **other
    )


def test_an_act_binds_both_and_uses_two_papers(office, couple):
    with acting(office.post):
        entry = marry(office, *couple)
        assert (entry.number, entry.man_serial, entry.woman_serial) == ("J310107-2022-000001", 1001, 1002)
        assert not Registration.objects.get(pk=entry.pk).is_cross_district
        ties = MaritalTie.objects.filter(registration=entry).order_by("side")
        assert [(t.person_id, t.during.lower, t.during.upper) for t in ties] == [
            (p.person_id, DAY, None) for p in couple
        ]
        stock = CertificateStock.objects.get(office=office.facility, paper="marriage")
        assert (stock.received, stock.used, stock.spoiled, stock.left) == (100, 2, 0, 98)
        assert Publication.objects.get(registration=entry).told_at is None


def test_everything_missing_is_told_at_once(office, couple):
    with acting(office.post), pytest.raises(Incomplete) as refused:
        register_marriage(office=office.facility, man=couple[0], woman=couple[1], evidence=Evidence(), on=DAY)
    codes = {one.code for one in refused.value.missing}
    assert {"man.id_card", "woman.household_book", "photos", "man.no_spouse", "photographed"} <= codes
    assert "男方居民身份证" in str(refused.value) and "passport" not in str(codes)
    assert not Registration.objects.exists()


@pytest.mark.parametrize(
    "age_of_man, age_of_woman, rules",
    [
        ((22, 1), (20, 1), {"age_man", "age_woman"}),  # a day short of 22, and of 20
        ((22, 0), (20, 0), set()),  # on the birthday
        ((22, -1), (20, -1), set()),  # a day past it
    ],
)
def test_ages_are_counted_to_the_day(office, make_person, age_of_man, age_of_woman, rules):
    def born(years, days):
        return DAY.replace(year=DAY.year - years) + timedelta(days=days)

    man, woman = make_person(1, born=born(*age_of_man)), make_person(2, born=born(*age_of_woman))
    with acting(office.post):
        checks = failed(check_marriage(office=office.facility, man=man, woman=woman, on=DAY))
        assert {one.code for one in checks} == rules
        if rules:
            with pytest.raises(RulesFailed, match="第一千零四十七条"):
                marry(office, man, woman)


def test_who_is_married_is_refused_and_only_the_registrar_reads_the_number(office, couple, make_person):
    man, woman = couple
    other = make_person(4)
    with acting(office.post):
        first = marry(office, man, woman)
        with pytest.raises(RulesFailed) as refused:
            marry(office, man, other)
        assert first.number not in str(refused.value)
        assert [one.for_registrar for one in refused.value.checks] == [first.number]
        checks = check_marriage(office=office.facility, man=man, woman=other, on=DAY)
        told = refuse(office=office.facility, kind=Kind.MARRIAGE, man=man, woman=other, checks=checks, on=DAY)
        assert told.clash.acts == {"unmarried_man": first.number}
        assert first.number not in str(told.reasons)


def test_no_couple_and_no_other_post_reads_what_a_refusal_clashes_with_even_by_its_own_statement(
    office, couple, make_person
):
    man, woman = couple
    other = make_person(4)
    with acting(office.post):
        first = marry(office, man, woman)
        checks = check_marriage(office=office.facility, man=man, woman=other, on=DAY)
        refuse(office=office.facility, kind=Kind.MARRIAGE, man=man, woman=other, checks=checks, on=DAY)
        assert _raw("SELECT acts::text FROM marriage_registration_refusalclash") != []
    with acting_as_resident(other.person_id):
        assert len(_raw("SELECT * FROM marriage_registration_refusal")) == 1, "the refusal is their own"
        assert first.number not in str(_raw("SELECT * FROM marriage_registration_refusal"))
        assert _raw("SELECT * FROM marriage_registration_refusalclash") == []
    for role, place in (
        ("marriage_registrar", XUHUI), ("district_reviewer", "310107"), ("centre_clerk", "310107014"),
        ("auditor", "310000"),
    ):  # fmt: skip
        with acting(make_post(role, place)):
            assert _raw("SELECT * FROM marriage_registration_refusalclash") == [], role


def _raw(statement: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def test_the_database_refuses_a_second_marriage_whatever_the_code_thinks(office, couple, make_person):
    man, woman = couple
    unlinked, other = replace(man, person_id=None), make_person(4)
    with acting(office.post):
        marry(office, man, woman)
        for again in (man, unlinked):  # by the record, and by the number alone
            with pytest.raises(WrongState, match="已有配偶"):
                write_entry(
                    actor=current_actor(),
                    office=office.facility,
                    kind=Kind.MARRIAGE,
                    on=DAY,
                    columns=party_columns("man", again) | party_columns("woman", other),
                    man_serial=1050,
                    woman_serial=1051,
                )
        assert Registration.objects.filter(kind="marriage").count() == 1


def test_a_widow_may_marry_again(office, couple, make_person):
    man, woman = couple
    next_man = make_person(3)
    with acting(office.post):
        first = marry(office, man, woman)
    with acting_as_service("test"):
        record_deaths(
            pl.DataFrame([{"row": 1, "person_id": man.person_id, "death_date": date(2022, 9, 1)}]),
            source="卫健",
            observed_on=date(2022, 9, 2),
        )
    with acting(office.post):
        marry(office, next_man, woman, on=date(2022, 10, 10))
        tie = MaritalTie.objects.get(registration=first, side="woman")
        assert (tie.during.upper, tie.end_reason) == (date(2022, 9, 2), "death")


def test_brother_and_sister_in_one_household_are_refused(office, make_person):
    make_person(11, household_number="H1", relation=1, born=date(1970, 1, 1))
    man = make_person(13, household_number="H1", relation=3)
    woman = make_person(14, household_number="H1", relation=3)
    with acting(office.post):
        lacking = failed(check_marriage(office=office.facility, man=man, woman=woman, on=DAY))
    assert [(one.code, one.article) for one in lacking] == [("unrelated", "《民法典》第一千零四十八条")]
    assert "兄弟姐妹" in lacking[0].words


@pytest.mark.parametrize(
    "change, rule", [({"is_present": False}, "present_man"), ({"has_capacity": False}, "capacity_man")]
)
def test_both_come_and_both_have_capacity(office, couple, change, rule):
    man = replace(couple[0], **change)
    with acting(office.post):
        checks = check_marriage(office=office.facility, man=man, woman=couple[1], on=DAY)
    assert [one.code for one in failed(checks)] == [rule]


def test_foreign_parties_go_to_the_citys_office_and_others_do_not(office, make_person):
    city = open_office("310000", first=9001)
    woman, pair = make_person(2), (make_person(5), make_person(6))
    foreign = stranger(31, nationality="foreign", identifier_kind="passport", identifier="P1234567")
    with acting(office.post):
        assert [
            c.code for c in failed(check_marriage(office=office.facility, man=foreign, woman=woman, on=DAY))
        ] == ["office"]
    with acting(city.post):
        assert marry(city, foreign, woman).number.startswith("J310000")
        local = check_marriage(office=city.facility, man=pair[0], woman=pair[1], on=DAY)
        assert [c.code for c in failed(local)] == ["office"]


def test_a_registrar_without_a_licence_in_force_is_refused(office, couple):
    for day in (date(2020, 12, 31), date(2024, 1, 1)):  # the day before it begins, the day it ended
        with acting(office.post), pytest.raises(NoLicence):
            marry(office, *couple, on=day)
    with acting(make_post("marriage_registrar", "310107")), pytest.raises(NoLicence):
        marry(office, *couple)


def test_a_serial_number_is_used_once_and_only_from_the_offices_own_papers(office, couple, make_person):
    others = make_person(3), make_person(4)
    with acting(office.post):
        marry(office, *couple, serials=(1010, 1011))
        with pytest.raises(NoPaper, match="已使用"):
            marry(office, *others, serials=(1011, 1012))
        with pytest.raises(NoPaper, match="不在本处库存"):
            marry(office, *others, serials=(1, 2))


def test_an_entry_is_never_changed(office, couple):
    with acting(office.post):
        entry = marry(office, *couple)
    for change in ("SET man_name = '他'", "SET kind = 'archive'"):
        with (
            acting_as_service("test"),
            pytest.raises(Exception, match=r"permission denied|append-only"),
            transaction.atomic(),
        ):
            connection.cursor().execute(
                f"UPDATE marriage_registration_registration {change} WHERE id = {entry.pk}"
            )


@pytest.mark.parametrize(
    "role", ["centre_clerk", "district_reviewer", "statistician", "facility_manager", "auditor"]
)
def test_other_roles_register_nothing(office, couple, role):
    with acting(make_post(role, "310107")), pytest.raises(NotPermitted):
        marry(office, *couple)


def test_another_district_sees_an_act_only_with_its_people_at_the_counter(office, couple, make_person):
    xuhui = open_office(XUHUI, first=5001)
    man, woman, others = couple[0], make_person(8, home=XUHUI), (make_person(3), make_person(4))
    with acting(office.post):
        entry = marry(office, man, woman)
        ours = marry(office, *others)
    with acting(xuhui.post):
        assert list(Registration.objects.values_list("pk", flat=True)) == [entry.pk]  # her hukou is here
        identify_party(identifier=number(3, "19950505"), name="男丁")
        assert set(Registration.objects.values_list("pk", flat=True)) == {entry.pk, ours.pk}
    with acting(make_post("centre_clerk", "310107")):
        assert not Registration.objects.exists()
    with acting_as_resident(man.person_id):
        assert Registration.objects.get().pk == entry.pk
        assert MaritalTie.objects.count() == 2


def test_stock_cannot_be_written_by_hand(office):
    with acting(office.head), pytest.raises(Exception, match="permission denied"), transaction.atomic():
        CertificateStock.objects.update(left=500)
