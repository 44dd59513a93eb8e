"""The two-minute check: the law's own answers, and nothing of the asker left behind."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.periods import Month
from minzheng.kernel.programmes import law_for
from minzheng.kernel.rules import evaluate_household
from minzheng.surfaces.web.portal import check as check_page
from minzheng.surfaces.web.portal import check_results
from minzheng.surfaces.web.portal.check_answers import inputs_from, names_of

ON = date(2022, 7, 20)
MONTH = Month(2022, 7)
ALONE = {"age": 50, "hukou": "local", "income": 60_000, "disability": "0"}
POOR = {"money": 100_000, "homes": "1", "shops": "no", "cars": "no", "support": []}


def told(members: list[dict], home: dict = POOR) -> check_results.Answers:
    return check_results.answer(inputs_from(members, home, MONTH), names_of(members), ON)


def benefits(answers: list[check_results.Answer]) -> set[str]:
    return {one.told.explanation.benefit for one in answers}


@pytest.mark.parametrize(("age", "is_due"), [(64, False), (65, True), (66, True)])
def test_the_old_age_allowance_begins_at_sixty_five(age, is_due):
    assert ("old_age_allowance" in benefits(told([ALONE | {"age": age}]).yes)) is is_due


@pytest.mark.parametrize(("income", "is_due"), [(141_999, True), (142_000, False), (142_001, False)])
def test_income_below_the_standard_is_due_and_the_standard_itself_is_not(income, is_due):
    answers = told([ALONE | {"income": income}])
    assert ("subsistence_allowance" in benefits(answers.yes)) is is_due
    if is_due:
        (allowance,) = [one for one in answers.yes if one.told.explanation.benefit == "subsistence_allowance"]
        assert allowance.amount_fen == 142_000 - income
        assert allowance.item is not None and allowance.item.code == "subsistence_allowance_apply"
    else:
        (refused,) = [one for one in answers.no if one.told.explanation.benefit == "subsistence_allowance"]
        assert refused.failed


def test_what_was_not_said_gives_a_maybe_and_names_what_is_missing():
    answers = told([ALONE], POOR | {"money": None, "cars": ""})
    (maybe,) = [one for one in answers.maybe if one.told.explanation.benefit == "subsistence_allowance"]
    assert len(maybe.missing) == 2


def test_the_answer_is_the_one_the_law_gives_at_the_counter():
    members = [ALONE, ALONE | {"relation": 3, "age": 10, "income": 0}]
    inputs = inputs_from(members, POOR, MONTH)
    findings = evaluate_household(law_for(MONTH), inputs).findings()
    counted = {(one.benefit, one.amount_fen) for one in findings if one.status == 2}
    answers = told(members)
    assert {(one.told.explanation.benefit, one.amount_fen) for one in answers.yes} == counted


@given(
    age=st.integers(0, 120),
    hukou=st.sampled_from(["local", "other"]),
    income=st.integers(0, 10_000_000),
    disability=st.sampled_from(["0", "1", "2", "3", "3m", "4"]),
    homes=st.sampled_from(["", "0", "1", "2", "3"]),
    cars=st.sampled_from(["", "yes", "no"]),
    money=st.none() | st.integers(0, 10**10),
)
@settings(max_examples=40, deadline=None)
def test_every_household_gets_each_benefit_answered_once(age, hukou, income, disability, homes, cars, money):
    answers = told(
        [{"age": age, "hukou": hukou, "income": income, "disability": disability}],
        POOR | {"homes": homes, "cars": cars, "money": money},
    )
    every = [one.told.explanation.benefit for one in answers.yes + answers.maybe + answers.no]
    assert sorted(every) == sorted(law_for(MONTH).benefits)


def rows_of_every_table() -> dict[str, int]:
    """Counted as the platform, which no row is hidden from."""
    with acting_as_service("test"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'procrastinate%'"
        )
        counts = {}
        for (table,) in cursor.fetchall():
            cursor.execute("SELECT has_table_privilege(%s, 'SELECT')", [table])
            if cursor.fetchone()[0]:
                cursor.execute(f'SELECT count(*) FROM "{table}"')
                counts[table] = cursor.fetchone()[0]
    return counts


@pytest.mark.django_db
def test_the_check_leaves_no_row_and_no_session(monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(check_page, "working_day", lambda: ON)
    browser = Client()
    before = rows_of_every_table()
    browser.get("/check/")
    person = {"m0-age": "66", "m0-hukou": "local", "m0-income": "900", "m0-disability": "0"}
    browser.post("/check/", {"screen": "members", "members": "1"})
    with django_assert_max_num_queries(0):
        page = browser.post("/check/", {"screen": "people", "members": "1", **person})
    assert 'name="m0-age" value="66"' in page.content.decode()
    result = browser.post("/check/", {"screen": "home", "members": "1", **person, "homes": "1"})
    assert "老年综合津贴" in result.content.decode()
    assert rows_of_every_table() == before
    assert not Session.objects.exists()
    assert "sessionid" not in browser.cookies
    assert not any("66" in cookie.value for name, cookie in browser.cookies.items() if name != "csrftoken")


@pytest.mark.django_db
def test_a_wrong_answer_is_told_beside_its_question_and_nothing_is_lost():
    page = Client().post(
        "/check/",
        {"screen": "people", "members": "1", "m0-age": "", "m0-hukou": "local", "m0-income": "900", "m0-disability": "0"},
    ).content.decode()  # fmt: skip
    assert "请填写年龄" in page and 'value="900"' in page


@pytest.mark.django_db
def test_one_may_go_back_and_what_was_said_is_still_there():
    said = {"members": "1", "m0-age": "66", "m0-hukou": "local", "m0-income": "900", "m0-disability": "3m"}
    page = (
        Client().post("/check/", {**said, "screen": "home", "homes": "1", "back": "people"}).content.decode()
    )
    assert re.search(r'value="66"[^>]*id="id_m0-age"', page)
    assert 'name="homes" value="1"' in page
