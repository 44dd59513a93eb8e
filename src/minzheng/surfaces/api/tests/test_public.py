"""What everyone may ask: the catalogue, and whether a letter is genuine."""

from __future__ import annotations

import pytest
from django.test import Client

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.cases.models import Letter
from minzheng.kernel.cases.tests import world as casework
from minzheng.kernel.items import items_on
from minzheng.surfaces.api.tests import world
from minzheng.surfaces.web.work.day import working_day


def get(path: str, **query: object):
    return Client().get(f"/api/v1/{path}", query)


def test_the_whole_catalogue_is_listed_page_by_page(db):
    on = working_day()
    seen = [
        one["code"]
        for offset in (0, 90, 180)
        for one in get("items", limit=90, offset=offset).json()["items"]
    ]
    assert seen == [item.code for item in items_on(on)] and get("items").json()["count"] == len(seen)


def test_items_are_found_by_everyday_words_and_narrowed_by_department(db):
    found = get("items", q="宝宝上户口").json()["items"]
    assert found[0]["code"] == "hukou_birth"
    assert {one["department"] for one in get("items", department="残联", limit=200).json()["items"]} == {
        "残联"
    }


def test_an_item_tells_papers_steps_and_law(db):
    found = get("items/hukou_birth").json()
    assert found["steps"][-1]["kind"] == "pass_on" and found["steps"][-1]["department"] == "公安"
    assert found["basis"] and any(paper["is_fetched"] for paper in found["papers"])


def test_an_unknown_item_says_what_to_do(db):
    answer = get("items/no_such_item")
    assert answer.status_code == 404 and answer.json()["errors"][0]["what_to_do"]
    assert answer["Content-Type"] == "application/problem+json"


def test_a_genuine_letter_is_confirmed_and_names_nobody(db):
    world.passed_on(casework.poor_household())
    with acting_as_service("test"):
        letter = Letter.objects.filter(kind="receipt").latest("id")
    answer = get(f"letters/{letter.code.lower()}")
    assert answer.json()["title"] == letter.title and answer.json()["is_genuine"] is True
    assert casework.NAME not in answer.content.decode()


@pytest.mark.parametrize("code", ["0000-0000-0000", "7K3M-Q2WX-8PRT"])
def test_a_code_that_was_never_printed_is_not_confirmed(db, code):
    assert get(f"letters/{code}").status_code == 404


def test_letters_are_not_tried_through(db, monkeypatch):
    monkeypatch.setattr("minzheng.surfaces.api.public.LETTERS_A_MINUTE", 2)
    monkeypatch.setattr("minzheng.kernel.access.limits._now", lambda: 1_000_000_000.0)
    assert [get("letters/0000-0000-0000").status_code for _ in range(3)] == [404, 404, 429]


def test_the_document_is_open_to_everyone_and_says_who_needs_a_token(db):
    document = get("openapi.json").json()
    guarded = {
        path for path, ways in document["paths"].items() if any("security" in one for one in ways.values())
    }
    assert guarded == {path for path in document["paths"] if path.startswith("/api/v1/cases")}
