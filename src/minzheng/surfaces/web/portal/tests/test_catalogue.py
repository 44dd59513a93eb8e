"""The door and the catalogue: found by everyday words, each item tells what it takes and gives."""

from __future__ import annotations

import pytest
from django.test import Client

from minzheng.kernel import items
from minzheng.kernel.items.model import Channel
from minzheng.surfaces.web.portal.catalogue import PAGE

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("words", ["低保", "吃低保", "dibao", "生活困难补助", "老人补贴", "残疾证补贴"])
def test_everyday_words_find_a_service(words):
    page = Client().get("/services/", {"q": words})
    assert page.status_code == 200 and page.context["rows"]


def test_the_allowance_comes_first_for_its_everyday_name():
    rows = Client().get("/services/", {"q": "低保"}).context["rows"]
    assert rows[0]["item"].code == "subsistence_allowance_apply"


def test_what_nobody_offers_is_said_with_what_to_do():
    assert "没有找到这样的事项" in Client().get("/services/", {"q": "登月火箭票"}).content.decode()


def test_the_catalogue_shows_a_page_of_all_items_without_a_query_for_each(django_assert_max_num_queries):
    Client().get("/services/")
    with django_assert_max_num_queries(2):
        page = Client().get("/services/")
    assert page.context["page"].paginator.count == len(items.catalogue())
    assert len(page.context["rows"]) == PAGE


@pytest.mark.parametrize("code", sorted(items.catalogue()))
def test_every_item_has_a_page_that_names_what_the_city_has(code):
    item = items.catalogue()[code]
    page = Client().get(f"/services/{code}/").content.decode()
    assert item.name in page
    assert ("在线办理" in page) is (Channel.ONLINE in item.channels)
    for paper in item.materials:
        if paper.source:
            assert f"<s>{paper.name}</s>" in page


def test_an_item_that_does_not_exist_is_not_found():
    assert Client().get("/services/no_such_item/").status_code == 404


def test_the_pages_read_english():
    browser = Client(headers={"accept-language": "en"})
    page = browser.get("/services/subsistence_allowance_apply/").content.decode()
    assert "Apply for the subsistence allowance" in page and "Who may apply" in page


def test_large_text_is_kept_by_the_browser_and_makes_the_front_door_simple():
    browser = Client()
    assert "mz-template--large" not in browser.get("/").content.decode()
    browser.post("/large-text/", {"large": "1", "next": "/"})
    page = browser.get("/").content.decode()
    assert "mz-template--large" in page and "您好，要办什么" in page
    browser.post("/large-text/", {"large": "0", "next": "/"})
    assert "mz-template--large" not in browser.get("/").content.decode()


@pytest.mark.parametrize("away", ["https://example.org/", "//example.org/"])
def test_the_switch_never_leads_to_another_site(away):
    assert Client().post("/large-text/", {"large": "1", "next": away})["Location"] == "/"


def test_the_joined_item_tells_its_parts_and_their_order():
    page = Client().get("/joined/marriage_and_birth/").content.decode()
    assert "结婚登记" in page and "办好后自动提交" in page
