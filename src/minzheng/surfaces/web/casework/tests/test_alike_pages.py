"""Cases alike on screen: the office that decided one settles it on the case's own page, though the review is another's."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.cases.models import AlikeCase, Case, Review
from minzheng.kernel.cases.tests import elders, world
from minzheng.kernel.cases.tests.test_alike import HEARD, PUTUO_HOME, corrected, look_again, too_young, upheld
from minzheng.surfaces.web.casework.tests.conftest import post_of


@pytest.fixture(autouse=True)
def day(monkeypatch):
    monkeypatch.setattr("minzheng.surfaces.web.work.day.today", lambda: HEARD)
    monkeypatch.delenv("MINZHENG_DEMO", raising=False)


@pytest.fixture
def alike(db) -> AlikeCase:
    """A refusal of 普陀 that a review of 崇明 sheds light on."""
    first, case = too_young()
    same, _ = too_young(PUTUO_HOME)
    corrected(first, same)
    look_again(upheld(case))
    with acting_as_service("读取"):
        return AlikeCase.objects.select_related("case").get()


def settle(browser: Client, alike: AlikeCase, verb: str, words: str):  # type: ignore[no-untyped-def]
    return browser.post(reverse("case_alike_act", args=[alike.pk, verb]), {"words": words})


def test_the_office_that_decided_reopens_it_on_the_cases_own_page(alike, window):
    officer, page = window(post_of("street_officer", world.PUTUO)), reverse("case", args=[alike.case_id])
    listed = officer.get(reverse("case_reviews")).content.decode()
    assert page in listed and reverse("case_review", args=[alike.review_id]) not in listed
    assert officer.get(reverse("case_review", args=[alike.review_id])).status_code == 404
    shown = officer.get(page).content.decode()
    assert "判断有误" in shown and "不予 → 准予" in shown
    assert settle(officer, alike, "reopen", "改").headers["Location"] == page
    assert "至少四个字" in officer.get(page).content.decode()
    assert settle(officer, alike, "reopen", "同类案件，依职权复核").headers["Location"] == page
    assert reverse("case_alike_act", args=[alike.pk, "keep"]) not in officer.get(page).content.decode()
    with acting_as_service("读取"):
        assert Review.objects.get(case=alike.case_id).state == "filed"


def test_a_case_alike_is_kept_with_a_reason_that_its_history_shows(alike, window):
    officer = window(post_of("street_officer", world.PUTUO))
    answer = settle(officer, alike, "keep", "核对了证件，出生日期无误")
    assert "核对了证件，出生日期无误" in officer.get(answer.headers["Location"]).content.decode()


@pytest.mark.parametrize(
    ("role", "place", "status", "is_told"),
    [
        ("district_reviewer", "310107", 200, True),
        ("auditor", elders.CITY, 200, True),
        ("centre_clerk", world.PUTUO, 200, True),
        ("centre_clerk", world.XUHUI, 200, False),
        ("street_officer", world.CHONGMING, 404, False),
    ],
)
def test_who_is_told_what_a_review_found_and_who_may_settle_it(alike, window, role, place, status, is_told):
    browser = window(post_of(role, place))
    answer = browser.get(reverse("case", args=[alike.case_id]))
    shown = answer.content.decode()
    assert answer.status_code == status and ("判断有误" in shown) == is_told
    may_settle = role == "district_reviewer"
    assert (reverse("case_alike_act", args=[alike.pk, "keep"]) in shown) == may_settle
    if not may_settle:
        settle(browser, alike, "keep", "核对了证件，出生日期无误")
    with acting_as_service("读取"):
        assert (
            AlikeCase.objects.get().state == "open" and Case.objects.get(pk=alike.case_id).state == "refused"
        )
