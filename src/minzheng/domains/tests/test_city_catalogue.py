"""The city's catalogue on 31 December 2022, as the annual summary counts it, and whether each item can be handled."""

from __future__ import annotations

from datetime import date

import pytest

from minzheng.kernel.items import (
    Channel,
    Item,
    Jurisdiction,
    ResultKind,
    StepKind,
    catalogue,
    check,
    departments,
    groups,
    item_on,
    items_on,
    joined,
)
from minzheng.kernel.programmes import Grant, Route, all_benefits

YEAR_END = date(2022, 12, 31)
ITEMS = items_on(YEAR_END)


def test_nothing_is_declared_wrongly() -> None:
    assert check() == []


def test_two_hundred_items_and_all_but_one_of_them_are_city_wide() -> None:
    assert len(ITEMS) == 200
    (local,) = [item for item in ITEMS if not item.is_citywide]
    assert local.code == "lift_installation" and "现场核看" in local.local_because
    assert local.step(StepKind.ACCEPT).place is Jurisdiction.RESIDENCE_STREET


def test_the_two_items_without_application_are_those_of_the_annual_summary() -> None:
    automatic = {item.name for item in ITEMS if Channel.AUTOMATIC in item.channels}
    assert automatic == {"老年综合津贴", "社会散居孤儿基本生活费"}


def test_each_benefit_has_the_item_that_its_manifest_names() -> None:
    for _, benefit in all_benefits():
        if benefit.grant is Grant.BY_EVENT:
            # What an event gives to everybody on its list is nobody's to apply for.
            assert not benefit.service_item
            continue
        item = item_on(benefit.service_item, YEAR_END)
        assert item.result.kind is ResultKind.AWARD and item.result.benefit == benefit.code
        is_automatic = Channel.AUTOMATIC in item.channels
        assert is_automatic is (benefit.grant is Grant.WITHOUT_APPLICATION)


def test_each_benefit_is_decided_where_its_manifest_says() -> None:
    places = {
        Route.STREET: Jurisdiction.HUKOU_STREET,
        Route.STREET_THEN_DISTRICT: Jurisdiction.HUKOU_DISTRICT,
    }
    for _, benefit in all_benefits():
        if benefit.route in places:
            decides = item_on(benefit.service_item, YEAR_END).step(StepKind.DECIDE)
            assert decides.place is places[benefit.route]


def test_the_subsistence_allowance_is_taken_anywhere_checked_publicised_and_confirmed_by_two() -> None:
    item = item_on("subsistence_allowance_apply", YEAR_END)
    kinds = [StepKind.ACCEPT, StepKind.CHECK, StepKind.EXAMINE, StepKind.PUBLICISE, StepKind.DECIDE]
    assert [step.kind for step in item.route] == kinds
    assert item.step(StepKind.ACCEPT).place is Jurisdiction.ACCEPTING
    publicise = item.step(StepKind.PUBLICISE)
    assert (publicise.days, publicise.in_workdays) == (7, False)
    assert item.step(StepKind.DECIDE).needs_second and item.step(StepKind.CHECK).what == "means"


@pytest.mark.parametrize(
    ("day", "place"),
    [
        (date(2022, 11, 30), Jurisdiction.HUKOU_DISTRICT),
        (date(2022, 12, 1), Jurisdiction.INSTITUTION),
        (date(2022, 12, 2), Jurisdiction.INSTITUTION),
    ],
)
def test_since_december_a_couple_may_marry_in_any_district(day: date, place: Jurisdiction) -> None:
    assert item_on("marriage_registration", day).step(StepKind.DECIDE).place is place


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.code)
def test_an_item_tells_a_resident_what_it_is_and_asks_for_little(item: Item) -> None:
    assert item.summary and item.summary_en and len(item.words) >= 3
    assert 3 <= len(item.fields) <= 16 and 1 <= len(item.materials) <= 11
    assert item.basis and item.provenance in ("seed", "public", "illustrative")
    assert not any("\u4e00" <= sign <= "\u9fff" for sign in item.name_en + item.summary_en)


def test_what_other_departments_own_is_assumed_and_says_so() -> None:
    assert {i.provenance for i in ITEMS if i.department != "民政"} == {"illustrative"}
    others = [i for i in ITEMS if i.step(StepKind.PASS_ON)]
    assert all(i.step(StepKind.PASS_ON).department == i.department for i in others if i.department != "民政")


def test_every_department_and_heading_of_an_item_is_listed_once() -> None:
    assert {i.department for i in ITEMS} == {d.name for d in departments()}
    assert groups()[0].name == "社会救助"
    assert {i.group for i in ITEMS} == {g.name for g in groups()}
    assert all(h.name_en for h in (*departments(), *groups()))


def test_marriage_hukou_and_birth_go_into_one_application() -> None:
    one = joined()["marriage_and_birth"]
    assert [p.item for p in one.parts] == ["marriage_registration", "hukou_spouse_move", "birth_registration"]
    assert [p.after for p in one.parts] == ["", "marriage_registration", "marriage_registration"]
    for part in one.parts:
        needed = {f.name for f in catalogue()[part.item].fields if f.is_required and not f.when}
        assert {"name", "identifier", "spouse_name"} <= needed & set(part.shares)


def test_both_tax_qualifications_go_into_one_application() -> None:
    one = joined()["organisation_tax_qualifications"]
    assert [p.item for p in one.parts] == ["nonprofit_tax_exemption", "donation_tax_deduction"]
    assert not any(p.after or p.is_optional for p in one.parts)
