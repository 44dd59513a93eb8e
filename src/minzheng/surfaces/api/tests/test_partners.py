"""Another department reads and answers what was passed on to it, and nothing else."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client

from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.models import Post
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.audit.models import Entry
from minzheng.kernel.cases.models import Case, Clock, Decision, Letter, Material
from minzheng.kernel.cases.tests import filled
from minzheng.kernel.cases.tests import world as casework
from minzheng.kernel.periods import now_utc
from minzheng.surfaces.api.models import ApiToken
from minzheng.surfaces.api.tests import world
from minzheng.surfaces.api.tests.world import Partner
from minzheng.surfaces.api.tokens import TokenRefused, create_token, revoke_token


@pytest.fixture
def person(db):
    return casework.poor_household()


@pytest.fixture
def case(person) -> Case:
    return world.passed_on(person)


@pytest.fixture
def partner(case) -> Partner:
    return Partner(world.token_of(world.police()))


def test_the_department_reads_what_was_passed_on_without_names_and_one_case_with_its_answers(case, partner):
    page = partner.get("cases").json()
    assert [line["id"] for line in page["cases"]] == [case.pk] and page["next_after"] is None
    assert casework.NAME not in str(page)
    found = partner.get(f"cases/{case.pk}").json()
    assert found["person_name"] == casework.NAME and found["number"] == case.number
    assert {line["name"]: line["value"] for line in found["answers"]}["name"] == casework.NAME
    assert {paper["state"] for paper in found["papers"]} & {"fetched", "submitted"}


def test_reading_a_case_is_recorded_and_listing_names_nobody(case, partner):
    partner.get("cases")
    with acting_as_service("test"):
        before = Entry.objects.filter(act="people.look").count()
    partner.get(f"cases/{case.pk}")
    with acting_as_service("test"):
        entry = Entry.objects.filter(act="people.look").latest("id")
        assert Entry.objects.filter(act="people.look").count() == before + 1
        assert (entry.person_id, entry.role) == (case.person_id, "department_officer")


def test_a_granted_answer_decides_writes_the_letter_and_ends_the_clock(case, partner):
    answer = partner.post(f"cases/{case.pk}/answer", {"outcome": "granted", "result": "已登记出生户口"})
    assert (answer.status_code, answer.json()["state"]) == (200, "granted")
    with acting_as_service("test"):
        assert Decision.objects.get(case=case).by_label.startswith("测试")
        assert Letter.objects.filter(case=case, kind="decision").count() == 1
        assert not Clock.objects.filter(case=case, ended_on=None).exists()
    assert partner.get("cases").json()["cases"] == []
    # What the department decided stays readable to it.
    assert partner.get(f"cases/{case.pk}").status_code == 200


def test_a_repeated_message_decides_once_and_is_given_the_same_answer(case, partner):
    message = {"outcome": "refused", "reason": "材料与登记不符"}
    first = partner.post(f"cases/{case.pk}/answer", message)
    again = partner.post(f"cases/{case.pk}/answer", message)
    assert first.status_code == again.status_code == 200 and first.json() == again.json()
    with acting_as_service("test"):
        assert Decision.objects.filter(case=case).count() == 1


def test_a_key_used_for_another_message_is_refused(case, partner):
    partner.post(f"cases/{case.pk}/answer", {"outcome": "granted"})
    other = partner.post(f"cases/{case.pk}/answer", {"outcome": "refused", "reason": "改为不予"})
    assert other.status_code == 409 and other.json()["errors"][0]["field"] == "Idempotency-Key"


def test_a_refused_message_leaves_no_trace_of_its_key(case, partner):
    path = f"cases/{case.pk}/answer"
    refused = partner.post(path, {"outcome": "refused", "reason": ""})
    assert refused.status_code == 409 and refused["Content-Type"] == "application/problem+json"
    assert partner.post(path, {"outcome": "refused", "reason": "材料与登记不符"}).status_code == 200


@pytest.mark.parametrize("reason", ["", "不符", "不符合"])
def test_a_refusal_needs_a_reason_of_four_characters(case, partner, reason):
    answer = partner.post(f"cases/{case.pk}/answer", {"outcome": "refused", "reason": reason})
    assert answer.status_code == 409 and "理由" in answer.json()["detail"]
    with acting_as_service("test"):
        assert Case.objects.get(pk=case.pk).state == "passed_on"


def test_an_answer_to_a_case_that_changed_meanwhile_is_refused_and_says_so(case, partner):
    answer = partner.post(f"cases/{case.pk}/answer", {"outcome": "granted", "version": case.version - 1})
    assert answer.status_code == 409 and answer.json()["errors"][0]["field"] == "version"
    assert (
        partner.post(f"cases/{case.pk}/answer", {"outcome": "granted", "version": case.version}).status_code
        == 200
    )


def test_a_case_given_back_leaves_the_list_and_waits_at_its_centre(case, partner):
    answer = partner.post(f"cases/{case.pk}/give-back", {"reason": "不属于本所管辖"})
    assert answer.json()["state"] == "accepted" and partner.get("cases").json()["cases"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "outcome"),
        ({"outcome": "maybe"}, "outcome"),
        ({"outcome": "granted", "version": 0}, "version"),
        ({"outcome": "granted", "reason": 5}, "reason"),
    ],
)
def test_a_wrong_message_is_told_field_by_field(case, partner, body, field):
    answer = partner.post(f"cases/{case.pk}/answer", body)
    assert answer.status_code == 422 and answer["Content-Type"] == "application/problem+json"
    fault = answer.json()["errors"][0]
    assert fault["field"].endswith(field) and fault["expected"] and fault["what_to_do"]


@pytest.mark.parametrize("key", ["short", "x" * 65, "有汉字的键有汉字"])
def test_a_message_without_a_proper_key_is_refused(case, partner, key):
    answer = partner.post(f"cases/{case.pk}/answer", {"outcome": "granted"}, key=key)
    assert answer.status_code == 422 and "idempotency" in answer.json()["errors"][0]["field"].lower()


def test_pages_follow_each_other_by_the_last_case_without_gap_or_repetition(case, partner, person):
    with acting_as_service("test"):
        more = [
            filled.case(person, state="passed_on", deciding=world.DISTRICT, ended=None).pk for _ in range(4)
        ]
    seen: list[int] = []
    after = 0
    while True:
        page = partner.get("cases", after=after, limit=2).json()
        seen += [line["id"] for line in page["cases"]]
        if page["next_after"] is None:
            break
        after = page["next_after"]
    assert seen == sorted([case.pk, *more])


def test_the_list_takes_a_fixed_number_of_queries(case, partner, person, django_assert_num_queries):
    with acting_as_service("test"):
        for _ in range(3):
            filled.case(person, state="passed_on", deciding=world.DISTRICT, ended=None)
    with django_assert_num_queries(10):
        assert len(partner.get("cases").json()["cases"]) == 4


# Who may not.


@pytest.mark.parametrize(
    ("place", "domains"),
    [
        ("310104", ("public_security",)),  # the police of the district whose counter took it in
        ("310107", ("public_security",)),
        ("310151", ("human_resources",)),
        ("310000", ("human_resources",)),
    ],
)
def test_another_department_or_district_answers_nothing(case, place, domains):
    stranger = Partner(world.token_of(world.police(place, domains)))
    answer = stranger.post(f"cases/{case.pk}/answer", {"outcome": "granted"})
    assert answer.status_code == 404
    with acting_as_service("test"):
        assert Case.objects.get(pk=case.pk).state == "passed_on"


@pytest.mark.parametrize(
    ("place", "domains"),
    [
        ("310107", ("public_security",)),
        ("310104", ("public_security",)),
        ("310151", ("human_resources", "housing")),
    ],
)
def test_another_department_sees_no_row_of_the_case_even_by_raw_sql(case, place, domains):
    post = world.police(place, domains)
    assert Partner(world.token_of(post)).get(f"cases/{case.pk}").status_code == 404
    assert Partner(world.token_of(post)).get("cases").json()["cases"] == []
    with acting(post), connection.cursor() as cursor:
        for table, column in _TABLES:
            cursor.execute(f"SELECT count(*) FROM {table} WHERE {column} = %s", [case.pk])
            assert cursor.fetchone() == (0,), table


_TABLES = [("cases_case", "id"), ("cases_event", "case_id"), ("cases_material", "case_id"), ("cases_clock", "case_id"),
           ("cases_letter", "case_id"), ("cases_decision", "case_id"), ("cases_counted", "case_id")]  # fmt: skip


@pytest.mark.parametrize("state", ["draft", "submitted", "correcting", "accepted"])
def test_a_case_not_passed_on_yet_is_hidden_from_its_department_even_by_raw_sql(person, state):
    with acting_as_service("test"):
        early = filled.case(person, state=state, step="accept", ended=None, accepted=None)
        filled.paper(early, "identity_card", "fetched")
    post = world.police()
    assert Partner(world.token_of(post)).get(f"cases/{early.pk}").status_code == 404
    with acting(post), connection.cursor() as cursor:
        for table, column in _TABLES:
            cursor.execute(f"SELECT count(*) FROM {table} WHERE {column} = %s", [early.pk])
            assert cursor.fetchone() == (0,), table


def test_the_department_that_has_the_case_reads_its_papers(case):
    with acting(world.police()):
        assert Material.objects.filter(case=case).exists() and Letter.objects.filter(case=case).exists()


# Tokens.


@pytest.mark.parametrize(
    "head", [{}, {"Authorization": "Bearer mzt_nothing"}, {"Authorization": "Basic eDp5"}]
)
@pytest.mark.parametrize("path", ["cases", "cases/20220000000001"])
def test_without_a_token_nothing_is_told(db, head, path):
    answer = Client().get(f"/api/v1/{path}", headers=head)
    assert answer.status_code == 401 and answer["WWW-Authenticate"] == "Bearer"
    assert answer.json()["errors"][0]["field"] == "Authorization"


def test_a_revoked_token_and_an_ended_post_are_refused_from_the_next_request_on(case):
    post = world.police()
    held = Partner(world.token_of(post))
    assert held.get("cases").status_code == 200
    with acting_as_service("test"):
        Post.objects.filter(pk=post.pk).update(during=DateRange(date(2020, 1, 1), date(2021, 1, 1)))
    assert held.get("cases").status_code == 403
    other = Partner(world.token_of(world.police()))
    with acting_as_service("test"):
        revoke_token(token_id=ApiToken.objects.latest("id").pk, at=now_utc())
    assert other.get("cases").status_code == 401


@pytest.mark.parametrize("role", ["street_officer", "centre_clerk", "city_policy_officer", "auditor"])
def test_tokens_are_for_other_departments_alone(db, role):
    with acting_as_service("test"), pytest.raises(TokenRefused, match=role):
        create_token(post=make_post(role, "310000", ("public_security",)), name="系统")


def test_a_post_that_covers_every_domain_is_given_no_token(db):
    with acting_as_service("test"), pytest.raises(TokenRefused, match="domain"):
        create_token(post=make_post("department_officer", "310000"), name="系统")


def test_the_database_keeps_no_token_but_its_digest(case):
    token = world.token_of(world.police())
    with acting_as_service("test"):
        assert token not in str(ApiToken.objects.values())


def test_nobody_writes_tokens_without_a_post(case):
    post = world.police()
    with pytest.raises(Exception, match="row-level security"):
        ApiToken.objects.create(post=post, name="偷", digest="x")


def test_a_signed_in_official_cannot_use_a_token_beside_the_session(case, partner):
    from django.contrib.auth.models import User

    partner.http.force_login(User.objects.get(official__posts=make_post("street_officer", "310107014")))
    answer = partner.get("cases")
    assert answer.status_code == 400 and answer.json()["errors"][0]["field"] == "Cookie"


def test_too_many_requests_are_told_to_wait(case, partner, monkeypatch):
    monkeypatch.setattr("minzheng.surfaces.api.partner.A_MINUTE", 2)
    monkeypatch.setattr("minzheng.kernel.access.limits._now", lambda: 1_000_000_000.0)
    assert [partner.get("cases").status_code for _ in range(3)] == [200, 200, 429]


def test_two_messages_under_one_key_at_the_same_instant_decide_once(fresh_database):
    case = world.passed_on(casework.poor_household())
    token = world.token_of(world.police())
    told: list[tuple[int, dict]] = []

    def send() -> None:
        try:
            answer = Partner(token).post(f"cases/{case.pk}/answer", {"outcome": "granted"})
            told.append((answer.status_code, answer.json()))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert [status for status, _ in told] == [200] * 4 and len({str(body) for _, body in told}) == 1
    with acting_as_service("test"):
        assert Decision.objects.filter(case=case).count() == 1
