"""A year of acts in a few statements leaves what the counter leaves; what was registered is told; files are drawn for review."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from minzheng.domains.marriage_registration.actions import (
    draw_sample,
    end_marriages_of_the_dead,
    mend_fault,
    register_in_bulk,
    review_file,
    tell_entries,
)
from minzheng.domains.marriage_registration.checks import MARRIAGE_CHECKS
from minzheng.domains.marriage_registration.errors import MarriageRefused, WrongState
from minzheng.domains.marriage_registration.indicators import INDICATORS
from minzheng.domains.marriage_registration.models import (
    CertificateStock,
    DivorceApplication,
    FileFault,
    Kind,
    MaritalTie,
    Publication,
    Registration,
)
from minzheng.domains.marriage_registration.queries import faults_by_clause
from minzheng.domains.marriage_registration.sampling import sample_of
from minzheng.domains.marriage_registration.tests.conftest import DAY, XUHUI, open_office
from minzheng.domains.marriage_registration.tests.test_divorce import apply, divorce
from minzheng.domains.marriage_registration.tests.test_marriage import marry
from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.errors import NotPermitted
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.people.actions import record_deaths
from minzheng.kernel.people.models import Fact, HouseholdMark, LifeEvent
from minzheng.kernel.people.staging import fetch
from minzheng.kernel.periods import Month

pytestmark = pytest.mark.django_db
_OWN = {"id", "number", "at", "man_serial", "woman_serial", "refers_to_id", "registration_id", "marriage_id", "agreement", "registrar_id", "licence_id"} | {
    f"{side}_{name}" for side in ("man", "woman") for name in ("person_id", "name", "identifier", "birth_date")
}  # fmt: skip


def shared(row):
    """What two entries of the same kind must have alike: everything but who and which."""
    return {name: value for name, value in vars(row).items() if name not in _OWN and not name.startswith("_")}


def acts(office, *couples, on=DAY, **other):
    return pl.DataFrame(
        [
            {"row": row, "office_id": office.facility.pk, "on": on, "man_person_id": man.person_id, "woman_person_id": woman.person_id, **other}
            for row, (man, woman) in enumerate(couples, 1)
        ]
    )  # fmt: skip


def test_an_act_in_bulk_is_the_act_of_the_counter(office, couple, make_person):
    pair = make_person(3), make_person(4)
    collected = date(2022, 10, 10)
    with acting(office.post):
        one = marry(office, *couple)
        asked = apply(office, couple, one)
        ended = divorce(asked, couple, collected)
    with acting_as_service("test"):
        assert register_in_bulk(acts(office, pair), kind=Kind.MARRIAGE, provenance="")[
            "outcome"
        ].to_list() == ["created"]
        told = register_in_bulk(
            acts(office, pair, on=collected, received_on=asked.received_on), kind=Kind.DIVORCE, provenance=""
        )
        assert told["number"].to_list() == ["L310107-2022-000002"]
    with acting(office.head):
        many = Registration.objects.get(man_person_id=pair[0].person_id, kind="marriage")
        assert shared(Registration.objects.get(pk=one.pk)) | {"detail": {}} == shared(many) | {"detail": {}}
        assert tuple(many.evidence["checks"]) == MARRIAGE_CHECKS == tuple(one.evidence["checks"])
        also = Registration.objects.get(man_person_id=pair[0].person_id, kind="divorce")
        first, second = shared(Registration.objects.get(pk=ended.pk)), shared(also)
        assert first.pop("detail").keys() == second.pop("detail").keys() and first == second
        assert also.refers_to == many
        applications = [shared(row) for row in DivorceApplication.objects.order_by("id")]
        assert applications[0] == applications[1]
        ties = [
            (t.during.lower, t.during.upper, t.end_reason, t.is_void)
            for t in MaritalTie.objects.order_by("id")
        ]
        assert ties[:2] == ties[2:]
        assert Publication.objects.count() == 4
        assert {s.left for s in CertificateStock.objects.all()} == {96}


def test_what_bars_one_act_leaves_the_others(office, make_person):
    xuhui = open_office(XUHUI, first=6001)
    men, women = [make_person(n) for n in (1, 3, 5)], [make_person(n) for n in (2, 4, 6)]
    young = make_person(
        7, born=date(2001, 8, 9)
    )  # 21 on the day, a day short of being 21 is not the point: under 22
    child_a = make_person(15, household_number="H9", relation=3)
    child_b = make_person(16, household_number="H9", relation=3)
    make_person(17, household_number="H9", relation=1, born=date(1969, 1, 1))
    with acting(office.post):
        marry(office, men[0], women[0])
    couples = [
        (men[0], women[1]),
        (men[1], women[1]),
        (young, women[2]),
        (men[2], women[1]),
        (child_a, child_b),
    ]
    with acting_as_service("test"):
        told = register_in_bulk(acts(office, *couples), kind=Kind.MARRIAGE)
        # The second couple's woman stands in the first, refused row as well: the earlier row of a day goes first.
        assert told["reason"].to_list() == [
            "unmarried",
            "twice_in_batch",
            "age_man",
            "twice_in_batch",
            "unrelated",
        ]
        assert register_in_bulk(acts(xuhui, (men[2], women[2])), kind=Kind.MARRIAGE)["reason"].to_list() == [
            "jurisdiction"
        ]
        good = register_in_bulk(acts(office, (men[2], women[2])), kind=Kind.MARRIAGE)
        assert good["outcome"].to_list() == ["created"]
        none = register_in_bulk(acts(office, (men[1], women[1]), received_on=DAY), kind=Kind.DIVORCE)
        assert none["reason"].to_list() == ["marriage"]
        day = register_in_bulk(
            acts(office, (men[2], women[2]), on=date(2022, 9, 7), received_on=DAY), kind=Kind.DIVORCE
        )
        assert day["reason"].to_list() == ["in_time"]


def facts():
    return {
        (f.person_id, f.int_value, f.during.lower)
        for f in Fact.objects.filter(kind="marital_status", superseded_at=None)
    }


def test_the_register_of_people_is_told_once_and_households_are_judged_anew(office, couple):
    ids = [party.person_id for party in couple]
    with acting(office.post):
        one = marry(office, *couple)
    with acting_as_service("test"):
        HouseholdMark.objects.all().delete()
        assert (tell_entries(), tell_entries()) == (1, 0)
        assert facts() == {(person, 2, DAY) for person in ids}
        assert LifeEvent.objects.filter(kind="marriage", on=DAY, detail__number=one.number).count() == 2
        assert HouseholdMark.objects.exists()
    with acting(office.post):
        asked = apply(office, couple, one)
        divorce(asked, couple, date(2022, 10, 10))
    with acting_as_service("test"):
        tell_entries()
        assert {(person, 3, date(2022, 10, 10)) for person in ids} <= facts()
        assert LifeEvent.objects.filter(kind="divorce").count() == 2


def test_a_death_makes_a_widow_and_the_act_is_told_again(office, couple):
    man, woman = couple
    with acting(office.post):
        marry(office, man, woman)
    with acting_as_service("test"):
        tell_entries()
        record_deaths(
            pl.DataFrame([{"row": 1, "person_id": man.person_id, "death_date": date(2022, 9, 1)}]),
            source="卫健",
            observed_on=date(2022, 9, 2),
        )
        assert (
            end_marriages_of_the_dead(on=date(2022, 9, 3)),
            end_marriages_of_the_dead(on=date(2022, 9, 3)),
        ) == (1, 0)
        assert (tell_entries(), tell_entries()) == (1, 0)
        assert (woman.person_id, 4, date(2022, 9, 2)) in facts()
        assert LifeEvent.objects.filter(kind="marriage").count() == 2


def test_anybody_can_draw_the_sample_again_and_faults_are_booked_to_office_and_clause(office, make_person):
    pairs = [(make_person(2 * n - 1), make_person(2 * n)) for n in range(1, 14)]
    with acting_as_service("test"):
        register_in_bulk(acts(office, *pairs), kind=Kind.MARRIAGE)
    reviewer = make_post("district_reviewer", "310107")
    with acting(reviewer):
        with pytest.raises(MarriageRefused, match="尚未结束"):
            draw_sample(office=office.facility, month=Month(2022, 8), seed="摇号", on=date(2022, 8, 31))
        draw = draw_sample(office=office.facility, month=Month(2022, 8), seed="摇号", on=date(2022, 9, 1))
        files = list(draw.files.select_related("registration"))
        numbers = Registration.objects.values_list("number", flat=True)
        assert {f.registration.number for f in files} == set(sample_of(numbers, seed="摇号", size=10))
        assert (draw.population, draw.size) == (13, 10)
        with pytest.raises(WrongState, match="不能重抽"):
            draw_sample(office=office.facility, month=Month(2022, 8), seed="再摇", on=date(2022, 9, 1))
        with pytest.raises(MarriageRefused, match="papers_missing"):
            review_file(file=files[0], faults=[("nonsense", "缺")], on=date(2022, 9, 5))
        review_file(file=files[0], faults=[("papers_missing", "缺户口簿复印件")], on=date(2022, 9, 5))
        review_file(file=files[1], faults=[], on=date(2022, 9, 5))
        with pytest.raises(WrongState, match="已复查"):
            review_file(file=files[1], faults=[], on=date(2022, 9, 5))
        mend_fault(fault=FileFault.objects.get(), on=date(2022, 9, 9))
        told = faults_by_clause(division_code="310107", first=date(2022, 9, 1), last=date(2022, 9, 30))
        assert [(t["clause"], t["found"], t["mended"]) for t in told] == [("papers_missing", 1, 1)]
    with acting(office.post), pytest.raises(NotPermitted):
        review_file(file=files[2], faults=[], on=date(2022, 9, 5))


def test_marriages_and_divorces_are_all_registrations_and_reissues_are_none(office, couple, make_person):
    pair = make_person(3), make_person(4)
    with acting(office.post):
        one = marry(office, *couple)
        marry(office, *pair)
        made = apply(office, couple, one)
        divorce(made, couple, date(2022, 10, 10))
        period = {"first": date(2022, 1, 1), "last": date(2022, 12, 31)}
        rows = {figure.id: fetch(figure.rows, period) for figure in INDICATORS}
    counted = {code: len(found) for code, found in rows.items()}
    assert counted == {
        "marriage.marriages": 2,
        "marriage.divorces": 1,
        "marriage.pairs_total": 3,
        "marriage.cross_district_pairs": 0,
    }
    assert {f"{row[1]:%Y-%m}" for row in rows["marriage.pairs_total"]} == {"2022-08", "2022-10"}
