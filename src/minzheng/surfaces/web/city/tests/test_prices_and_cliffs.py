"""The page of price linkage: figures that can be counted, two officials; the page of cliffs: no resident needed."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from minzheng.domains.price_linkage.tests.town import ON, SEPTEMBER, Town
from minzheng.kernel.access.models import Post
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.eventgrants.models import Activation
from minzheng.kernel.periods import Month
from minzheng.surfaces.web.city import prices

PRICES, CLIFFS = "/work/city/prices/", "/work/city/cliffs/"


@pytest.fixture
def town(db: None, monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setattr(prices, "working_day", lambda: ON)
    town = Town()
    person = town.person()
    town.allowance(town.household(person), person, Month(2022, 1))
    return town


def signed_in(post: Post) -> Client:
    client = Client()
    client.force_login(User.objects.get(official__posts=post))
    return client


def text_of(answer) -> str:
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_from_a_reading_to_an_approved_start_on_the_page(town: Town) -> None:
    proposer, approver = signed_in(town.proposer), signed_in(town.approver)
    for series, rise in (("cpi", "2.8"), ("food", "8.8")):
        told = {"month": "2022-09", "series": series, "rise": rise, "source": "公报", "provenance": "public"}
        assert (
            proposer.post(PRICES + "reading/", {f"reading-{k}": v for k, v in told.items()}).status_code
            == 302
        )
    due = text_of(proposer.get(PRICES, {"year": 2022}))
    assert "达到启动条件，尚未提出" in due and "每人标准 示意 文件未写明" in due
    proposer.post(PRICES + "propose/", {"propose-month": "2022-09"})
    waiting = text_of(proposer.get(PRICES, {"year": 2022}))
    assert "等待审批" in waiting and "审批启动" not in waiting.replace("等待审批", "")
    with town.seeing():
        number = Activation.objects.get().pk
    refused = proposer.post(f"{PRICES}{number}/approve/", follow=True)
    assert "须由另一人审批" in text_of(refused)
    approver.post(f"{PRICES}{number}/approve/")
    shown = text_of(approver.get(PRICES, {"year": 2022}))
    assert "已启动" in shown and "2022-10-30" in shown
    assert "¥125.00" in shown


def test_a_wrong_reading_is_shown_again_with_what_to_write(town: Town) -> None:
    told = {"month": "2022-09", "series": "cpi", "rise": "2.85", "source": "公报", "provenance": "public"}
    answer = signed_in(town.proposer).post(PRICES + "reading/", {f"reading-{k}": v for k, v in told.items()})
    assert answer.status_code == 422 and "至多一位小数" in answer.content.decode()


@pytest.mark.parametrize("role", ["street_officer", "centre_clerk", "statistician"])
def test_roles_that_do_not_see_price_linkage(town: Town, role: str) -> None:
    client = signed_in(make_post(role, "310000"))
    assert client.get(PRICES).status_code == 403
    assert client.post(PRICES + "propose/", {"propose-month": "2022-09"}).status_code == 403


def test_finance_sees_the_starts_and_can_start_nothing(town: Town) -> None:
    town.prices()
    activation = town.propose()
    client = signed_in(town.preparer)
    shown = text_of(client.get(PRICES, {"year": 2022}))
    assert "编制发放批次" in shown and "登记指数" not in shown
    assert client.post(f"{PRICES}{activation.pk}/approve/").status_code == 403
    assert client.post(PRICES + "propose/", {"propose-month": "2022-09"}).status_code == 403


def test_the_number_of_queries_does_not_grow_with_the_starts(
    town: Town, django_assert_max_num_queries
) -> None:
    for month in (Month(2022, 7), Month(2022, 8), SEPTEMBER):
        town.prices(month)
        town.approve(town.propose(month))
    client = signed_in(town.approver)
    with django_assert_max_num_queries(30):
        client.get(PRICES, {"year": 2022})


def test_the_cliff_of_a_couple_with_a_child_is_shown_to_the_fen(db: None) -> None:
    client = signed_in(make_post("city_policy_officer", "310000"))
    page = text_of(client.get(CLIFFS, {"shape": "couple_child", "month": "2022-07"}))
    assert "¥4,259.99" in page and "¥430.02" in page
    assert "示例" in page and "¥8,519.99" in page


@pytest.mark.parametrize(("asked", "said"), [({"month": "x"}, "2022-07"), ({"shape": "castle"}, "castle")])
def test_what_cannot_be_shown_is_said_at_the_filter(db: None, asked: dict[str, str], said: str) -> None:
    client = signed_in(make_post("city_policy_officer", "310000"))
    answer = client.get(CLIFFS, {"shape": "single", "month": "2022-07"} | asked)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "chart-cliffs" not in page and said in page


def test_who_may_not_see_the_law_sees_no_cliffs(db: None) -> None:
    assert signed_in(make_post("security_admin", "310000")).get(CLIFFS).status_code == 403
