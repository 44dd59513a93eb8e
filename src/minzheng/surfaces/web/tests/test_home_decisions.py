"""The first page counts the decisions that wait for a post: proposals on overpayments, their approval, starts of price linkage."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import User
from django.test import Client

from minzheng.domains.one_off_subsidies.tests.town import Town as OneOffTown
from minzheng.domains.one_off_subsidies.tests.town import notice
from minzheng.domains.price_linkage.tests.town import Town
from minzheng.kernel.access import acting
from minzheng.kernel.access.models import Post
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.awards.models import Overpayment
from minzheng.kernel.payments.actions import approve_settlement, propose_settlement, refuse_settlement
from minzheng.kernel.payments.models import Settlement
from minzheng.kernel.payments.tests.test_settling import AUGUST, SEPTEMBER, STREET, officials, overpaid, pay
from minzheng.kernel.payments.tests.world import JULY, PROGRAMME, World, make_world
from minzheng.kernel.periods import Month

PROPOSE, DECIDE, START = "多发待遇待提出处理意见", "多发处理意见待复核", "物价联动启动待审批"
ONE_OFF = "一次性补贴待审批"
ON = date(2022, 8, 1)


@pytest.fixture
def world(db: None) -> World:
    return make_world()


@pytest.fixture
def person(world: World) -> int:
    found, _ = overpaid(world)
    world.draft(AUGUST)
    return found


def waiting(post: Post, language: str = "zh-hans") -> dict[str, str]:
    """Of the three kinds those that the post's first page shows, each with its address and count."""
    client = Client(headers={"Accept-Language": language})
    client.force_login(User.objects.get(official__posts=post))
    answer = client.get("/work/")
    assert answer.status_code == 200
    return {one["title"]: f"{one['href']} {one['count']}" for one in answer.context["work"]}


def propose(post: Post, person: int) -> Settlement:
    with acting(post):
        return propose_settlement(person_id=person, way="waiver", reason="家庭困难", on=ON)


def test_an_overpaid_person_waits_for_a_proposal_then_for_a_second_official_then_for_nobody(world, person):
    street, district = officials()
    assert waiting(street)[PROPOSE] == "/work/payments/overpaid/ 1"
    assert PROPOSE in waiting(district) and DECIDE not in waiting(district)
    made = propose(street, person)
    assert waiting(district)[DECIDE] == "/work/payments/overpaid/ 1"
    assert PROPOSE not in waiting(street) and PROPOSE not in waiting(district)
    with acting(district):
        approve_settlement(settlement_id=made.pk, on=ON)
    assert not {PROPOSE, DECIDE} & {*waiting(street), *waiting(district)}


def test_a_recovery_that_runs_waits_for_no_further_proposal(world, person):
    street, district = officials()
    with acting(street):
        made = propose_settlement(person_id=person, way="recovery", reason="收入更正", on=ON)
    with acting(district):
        approve_settlement(settlement_id=made.pk, on=ON)
    assert PROPOSE not in waiting(street)


def test_what_was_not_agreed_to_waits_for_a_proposal_again(world, person):
    street, district = officials()
    made = propose(street, person)
    with acting(district):
        refuse_settlement(settlement_id=made.pk, answer="理由不足", on=ON)
    assert PROPOSE in waiting(street) and DECIDE not in waiting(district)


def test_people_are_counted_and_not_their_months(world, person):
    _, award = overpaid(world)
    pay(world, AUGUST)
    world.amounts(award, [(JULY, None, 91_000)])
    world.draft(SEPTEMBER)
    with world.seeing():
        assert Overpayment.objects.filter(state="open").count() == 3
    assert waiting(officials()[0])[PROPOSE].endswith(" 2")


def test_ones_own_proposal_does_not_wait_for_oneself(world, person):
    district = make_post("district_reviewer", "310107")
    propose(district, person)
    assert DECIDE not in waiting(district)
    assert DECIDE in waiting(make_post("district_reviewer", "310107"))
    assert DECIDE in waiting(world.approver)


@pytest.mark.parametrize(
    ("role", "place", "domains"),
    [
        ("street_officer", "310101002", ("*",)),
        ("district_reviewer", "310107", ("ages",)),
        ("auditor", "310000", ("*",)),
        ("city_policy_officer", "310000", ("*",)),
        ("centre_clerk", STREET, ("*",)),
    ],
)
def test_posts_of_another_place_programme_or_role_are_shown_nothing(world, person, role, place, domains):
    post = make_post(role, place, domains)
    assert not {PROPOSE, DECIDE} & set(waiting(post))
    propose(officials()[0], person)
    assert not {PROPOSE, DECIDE} & set(waiting(post))
    assert PROGRAMME not in domains


def test_a_street_officer_proposes_and_does_not_decide(world, person):
    street, _ = officials()
    propose(make_post("district_reviewer", "310107"), person)
    assert DECIDE not in waiting(street)


def test_a_start_of_price_linkage_waits_for_the_other_officer_of_the_city(db):
    town = Town()
    one = town.person()
    town.allowance(town.household(one), one, Month(2022, 1))
    town.prices()
    activation = town.propose()
    assert waiting(town.approver)[START] == "/work/city/prices/?year=2022 1"
    for post in (town.proposer, town.preparer, town.payer, make_post("auditor", "310000")):
        assert START not in waiting(post)
    assert START not in waiting(make_post("city_policy_officer", "310000", ("old_age_allowance",)))
    town.approve(activation)
    assert START not in waiting(town.approver)


def test_the_decisions_that_wait_are_named_in_english_too(world, person):
    shown = " ".join(waiting(officials()[0], "en"))
    assert "Overpayments that need a proposal" in shown and PROPOSE not in shown


def test_the_number_of_queries_does_not_grow_with_the_people(world, person, django_assert_max_num_queries):
    street, _ = officials()
    client = Client()
    client.force_login(User.objects.get(official__posts=street))
    with django_assert_max_num_queries(200) as first:
        client.get("/work/")
    for _ in range(2):
        overpaid(world)
        world.draft(AUGUST)
    with django_assert_max_num_queries(len(first)):
        client.get("/work/")


def test_a_one_off_subsidy_waits_for_the_other_officer_of_the_city(db):
    town = OneOffTown()
    one = town.person()
    town.allowance(town.household(one), one, Month(2022, 1))
    town.propose(notice(subsistence=100))
    assert waiting(town.approver)[ONE_OFF] == "/work/city/one-off/?year=2022 1"
    for post in (town.proposer, town.preparer, make_post("auditor", "310000")):
        assert ONE_OFF not in waiting(post)
    assert ONE_OFF not in waiting(make_post("city_policy_officer", "310000", ("price_linkage",)))
