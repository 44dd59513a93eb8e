"""Signing in, the acting post of a request, and what a failed request leaves behind."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.access.actions import open_resident_account
from minzheng.kernel.access.models import Post
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.audit.models import Entry

PASSWORD = "Huangpu-1949"


@pytest.fixture(autouse=True)
def pages(settings, db):
    settings.ROOT_URLCONF = "tests.security.pages"


@pytest.fixture
def reviewer():
    return make_post("district_reviewer", "310107", password=PASSWORD)


def _account(post: Post) -> User:
    return User.objects.get(official__id=post.official_id)


def _sign_in(client: Client, username: str, password: str = PASSWORD, **more: str):
    return client.post("/login/", {"username": username, "password": password, **more})


def _entries(**which: object) -> list[Entry]:
    with acting_as_service("读取"):
        return list(Entry.objects.filter(**which).order_by("id"))


def test_a_page_is_closed_to_those_who_have_not_signed_in_and_led_back_to_after(client, reviewer):
    answer = client.get("/look/nothing/")
    assert (answer.status_code, answer["Location"]) == (302, "/login/?next=/look/nothing/")
    answer = _sign_in(client, _account(reviewer).username, next="/look/nothing/")
    assert (answer.status_code, answer["Location"]) == (302, "/look/nothing/")
    assert client.get("/look/nothing/").content == b"done"


def test_an_htmx_request_is_led_to_the_sign_in_page_as_a_whole(client):
    answer = client.get("/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/login/?next=/")


def test_a_page_marked_open_serves_those_who_act_as_nobody_and_shows_them_nothing(client):
    assert client.get("/open/").json() == {"low": None, "person": None, "role": None, "label": None}


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_signing_in_never_leads_to_another_site(client, reviewer, elsewhere):
    assert _sign_in(client, _account(reviewer).username, next=elsewhere)["Location"] == "/"


def test_a_request_acts_in_the_only_post_and_nobody_acts_after_it(client, reviewer):
    client.force_login(_account(reviewer))
    assert client.get("/").json()["low"] == "310107"
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_low()")
        assert cursor.fetchone() == (None,)


def test_pages_for_one_person_are_kept_by_no_cache(client, reviewer):
    client.force_login(_account(reviewer))
    assert client.get("/")["Cache-Control"] == "no-store, private"


def test_who_holds_two_posts_chooses_and_can_change_to_own_posts_only(client, reviewer):
    stranger = make_post("city_policy_officer", "310000")
    with acting_as_service("授予"):
        second = Post.objects.create(
            official_id=reviewer.official_id, role="auditor", division_code="310104", domains=["*"],
            during=DateRange(date(2020, 1, 1), None),
        )  # fmt: skip
    client.force_login(_account(reviewer))
    assert client.get("/")["Location"] == "/post/?next=/"
    page = client.get("/post/?next=/look/nothing/").content.decode()
    assert "区级审核人员" in page and "审计人员" in page
    assert client.post("/post/", {"post": str(stranger.pk)}).status_code == 200
    assert client.get("/").status_code == 302
    assert client.post("/post/", {"post": str(second.pk), "next": "//evil.example"})["Location"] == "/"
    assert client.get("/").json()["low"] == "310104"
    client.post("/post/", {"post": str(reviewer.pk)})
    assert client.get("/").json()["low"] == "310107"


def test_an_official_without_a_post_in_force_is_told_so(client, reviewer):
    with acting_as_service("终止"):
        Post.objects.filter(pk=reviewer.pk).update(during=DateRange(date(2020, 1, 1), date(2021, 1, 1)))
    client.force_login(_account(reviewer))
    answer = client.get("/", follow=True)
    assert answer.status_code == 403
    assert "没有可用的岗位" in answer.content.decode()


def test_a_resident_acts_for_themself_and_cannot_do_an_officials_work(client):
    with acting_as_service("开户"):
        account = open_resident_account(username="resident.one", password=PASSWORD, person_id=77)
    client.force_login(account.user)
    assert client.get("/").json() == {"low": None, "person": 77, "role": None, "label": "居民本人"}
    assert client.get("/look/refuse/").status_code == 403


@pytest.mark.parametrize(("what", "status"), [("raise", 500), ("503", 503), ("404", 404), ("stream", 500)])
def test_a_failed_request_is_undone_as_a_whole(reviewer, what, status):
    client = Client(raise_request_exception=False)
    client.force_login(_account(reviewer))
    assert client.get(f"/look/{what}/").status_code == status
    assert _entries(act="people.look") == []
    assert client.get("/look/well/").status_code == 200
    assert len(_entries(act="people.look")) == 1


def test_a_refusal_undoes_the_request_and_leaves_its_trace(client, reviewer):
    client.force_login(_account(reviewer))
    assert client.get("/look/refuse/").status_code == 403
    assert _entries(act="people.look") == []
    (entry,) = _entries(act="access.refused")
    assert (entry.subject, entry.post_id, entry.address) == ("/look/refuse/", reviewer.pk, "127.0.0.1")
    assert "核验操作记录" in entry.detail["why"]


def test_four_wrong_passwords_leave_the_account_open_and_five_lock_it(client, reviewer):
    username = _account(reviewer).username
    for _ in range(4):
        assert _sign_in(client, username, "wrong").status_code == 200
    assert _sign_in(client, username).status_code == 302
    client.post("/logout/")
    for _ in range(4):
        assert _sign_in(client, username, "wrong").status_code == 200
    answer = _sign_in(client, username, "wrong")
    assert (answer.status_code, "账户已锁定" in answer.content.decode()) == (429, True)
    assert _sign_in(client, username).status_code == 429
    assert len(_entries(act="access.locked_out")) >= 1
    assert len(_entries(act="access.sign_in_failed")) >= 9
    assert PASSWORD not in "".join(str(entry.detail) for entry in _entries())


def test_signing_in_and_out_leaves_a_trace_and_a_new_session(client, reviewer):
    client.get("/login/")
    before = client.session.session_key
    _sign_in(client, _account(reviewer).username)
    assert client.session.session_key != before
    client.post("/logout/")
    assert [e.act for e in _entries(act__startswith="access.sign")] == ["access.sign_in", "access.sign_out"]
    assert client.get("/").status_code == 302


def test_the_stored_session_does_not_tell_the_key_that_signs_in(client, reviewer):
    _sign_in(client, _account(reviewer).username)
    key = client.cookies["sessionid"].value
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_key FROM django_session")
        stored = [row[0] for row in cursor.fetchall()]
    assert stored and key not in stored
    thief = Client()
    for taken in stored:
        thief.cookies["sessionid"] = taken
        assert thief.get("/").status_code == 302
    assert client.get("/").status_code == 200


def test_signing_out_needs_a_post_request(client, reviewer):
    client.force_login(_account(reviewer))
    assert client.get("/logout/").status_code == 405
    assert client.get("/").status_code == 200


def test_a_form_without_its_token_is_refused(reviewer):
    client = Client(enforce_csrf_checks=True)
    assert _sign_in(client, _account(reviewer).username).status_code == 403


def test_the_fourth_search_in_a_minute_is_refused_where_three_are_allowed(client, reviewer, monkeypatch):
    monkeypatch.setattr("minzheng.kernel.access.limits._now", lambda: 6_000_000.0)
    client.force_login(_account(reviewer))
    assert [client.get("/search/").status_code for _ in range(4)] == [200, 200, 200, 429]
    monkeypatch.setattr("minzheng.kernel.access.limits._now", lambda: 6_000_060.0)
    assert client.get("/search/").status_code == 200


def test_trying_passwords_for_one_name_is_slowed_from_any_address(reviewer, monkeypatch):
    monkeypatch.setattr("minzheng.kernel.access.limits._now", lambda: 6_000_000.0)
    username = _account(reviewer).username
    statuses = [
        Client(REMOTE_ADDR=f"10.0.0.{n}")
        .post("/login/", {"username": username, "password": "wrong"})
        .status_code
        for n in range(16)
    ]
    assert statuses == [200] * 15 + [429]


def test_no_page_allows_inline_script_or_being_framed(client):
    answer = client.get("/login/")
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy and "script-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    page = answer.content.decode()
    assert "<script>" not in page and " onclick=" not in page and " style=" not in page


def test_the_session_cookie_is_out_of_reach_of_scripts_and_ends_after_half_an_hour(client, reviewer):
    _sign_in(client, _account(reviewer).username)
    cookie = client.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 1800)


def test_the_language_is_switched_and_the_way_back_stays_on_this_site(client):
    answer = client.post("/language/", {"language": "en", "next": "https://evil.example/"})
    assert answer.status_code == 302
    assert "evil" not in answer["Location"]
    assert client.cookies["django_language"].value == "en"
