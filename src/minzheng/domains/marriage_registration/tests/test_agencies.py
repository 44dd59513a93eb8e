"""Marriage agencies: non-profit ones alone, every fault with clause and deadline, a campaign that closes when all are settled."""

from __future__ import annotations

from datetime import date

import pytest

from minzheng.domains.marriage_registration import agencies
from minzheng.domains.marriage_registration.agencies import AgencyRefused
from minzheng.domains.marriage_registration.agency_models import Campaign, Target
from minzheng.kernel.access import NotPermitted, acting_as_service
from minzheng.kernel.organisations.actions import Seat, register_organisation
from minzheng.kernel.organisations.codes import check_character, organisation_check_character
from minzheng.kernel.organisations.models import Organisation

PUTUO, XUHUI = "310107", "310104"
DAY, DUE = date(2022, 8, 1), date(2022, 11, 30)


def organisation(serial: int, *, kind: str = "52", place: str = PUTUO) -> Organisation:
    eight = f"{serial:08d}"
    seventeen = f"{kind}310000{eight}{organisation_check_character(eight)}"
    with acting_as_service("test"):
        return register_organisation(
            uscc=seventeen + check_character(seventeen), name=f"示例婚介{serial}", seat=Seat(place, "示例路1号"),
            representative="某某", source="示例", on=date(2020, 1, 1),
        )  # fmt: skip


def agency(serial: int, **other: str):
    with acting_as_service("test"):
        return agencies.register_agency(
            organisation=organisation(serial, **other),
            business="婚姻介绍、咨询",
            source="示例",
            on=date(2020, 1, 1),
        )


@pytest.fixture
def campaign(db, as_post):
    """Two agencies of 普陀, one of 徐汇, and a campaign of 普陀."""
    agency(1), agency(2), agency(3, place=XUHUI)
    as_post("district_reviewer", PUTUO)
    return agencies.open_campaign(
        name="婚介整治", division_code=PUTUO, paper="沪民婚发〔2022〕示例号", on=DAY, due_on=DUE
    )


def test_a_business_and_a_scope_without_marriage_introduction_are_no_targets(db):
    with acting_as_service("test"):
        with pytest.raises(AgencyRefused, match="市场监管"):
            agencies.register_agency(
                organisation=organisation(9, kind="91"), business="婚姻介绍", source="示例", on=DAY
            )
        with pytest.raises(AgencyRefused, match="业务范围"):
            agencies.register_agency(organisation=organisation(8), business="文化交流", source="示例", on=DAY)


def test_the_targets_are_the_agencies_of_the_place_on_the_first_day(campaign):
    assert sorted(t.agency.organisation.name for t in campaign.targets.all()) == ["示例婚介1", "示例婚介2"]
    with pytest.raises(AgencyRefused, match="先办结"):
        agencies.open_campaign(name="再次", division_code=PUTUO, paper="示例", on=DAY, due_on=DUE)


def test_a_fault_needs_its_clause_its_words_and_a_deadline_after_the_check(campaign):
    target = campaign.targets.first().pk
    told = {"target": target, "result": "faulty", "on": DAY, "fault": "收费未公示"}
    with pytest.raises(AgencyRefused, match="条款"):
        agencies.check_agency(**told, deadline=DUE)
    with pytest.raises(AgencyRefused, match="整改期限"):
        agencies.check_agency(**told, clause="第三条", deadline=DAY)
    row = agencies.check_agency(**told, clause="第三条", deadline=date(2022, 8, 2))
    assert (row.result, row.deadline, row.is_settled) == ("faulty", date(2022, 8, 2), False)


def test_a_campaign_closes_when_each_is_clean_rectified_deregistered_or_handed_over(campaign):
    one, two = campaign.targets.order_by("id")
    agencies.check_agency(target=one.pk, result="passed", on=DAY)
    agencies.check_agency(
        target=two.pk, result="faulty", on=DAY, clause="第三条", fault="收费未公示", deadline=DUE
    )
    with pytest.raises(AgencyRefused, match="1 家未销号：示例婚介2"):
        agencies.close_campaign(campaign=campaign.pk, on=DUE)
    with pytest.raises(AgencyRefused, match="依据"):
        agencies.settle_agency(target=two.pk, outcome="rectified", note=" ", on=DUE)
    agencies.settle_agency(target=two.pk, outcome="handed_over", note="移送市场监管函", on=DUE)
    assert agencies.close_campaign(campaign=campaign.pk, on=DUE).closed_on == DUE
    with pytest.raises(AgencyRefused, match="不能再改"):
        agencies.check_agency(target=one.pk, result="passed", on=DUE)


def test_nothing_is_settled_that_was_not_found(campaign):
    with pytest.raises(AgencyRefused, match="尚未登记问题"):
        agencies.settle_agency(target=campaign.targets.first().pk, outcome="rectified", note="无", on=DAY)


def test_an_inspector_checks_and_does_not_settle_and_another_district_sees_nothing(campaign, as_post):
    target = campaign.targets.first().pk
    as_post("inspector", PUTUO)
    agencies.check_agency(
        target=target, result="faulty", on=DAY, clause="第三条", fault="未公示", deadline=DUE
    )
    with pytest.raises(NotPermitted):
        agencies.settle_agency(target=target, outcome="rectified", note="复查", on=DUE)
    as_post("district_reviewer", XUHUI)
    assert not Campaign.objects.exists() and not Target.objects.exists()
    with pytest.raises(AgencyRefused):
        agencies.check_agency(target=target, result="passed", on=DAY)


@pytest.mark.parametrize("role", ["marriage_registrar", "statistician", "centre_clerk", "auditor"])
def test_whoever_plans_no_checks_opens_no_campaign(db, as_post, role):
    as_post(role, PUTUO)
    with pytest.raises(NotPermitted):
        agencies.open_campaign(name="整治", division_code=PUTUO, paper="示例", on=DAY, due_on=DUE)
