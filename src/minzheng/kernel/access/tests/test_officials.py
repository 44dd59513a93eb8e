"""Accounts and posts: who may give them, and which may not be."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connections, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.kernel.access import LimitExceeded, NotPermitted, acting, acting_as_service, roles
from minzheng.kernel.access.actions import (
    AccessRefused,
    create_official,
    end_post,
    grant_post,
    open_resident_account,
    set_password,
)
from minzheng.kernel.access.demo import PASSWORD, create_demo_officials
from minzheng.kernel.access.limits import limit
from minzheng.kernel.access.models import Official, Post
from minzheng.kernel.access.queries import posts_of
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.audit.models import Entry

START = date(2022, 7, 1)


@pytest.fixture
def official(db):
    with acting_as_service("测试"):
        return create_official(username="zhang.san", password="Putuo-2022x", name="张三", title="科员")


def _grant(official, role, **more):
    values = {"division_code": "310107", "start": START} | more
    with acting_as_service("测试"):
        return grant_post(official=official, role=role, **values)


@pytest.mark.parametrize(
    ("password", "good"),
    [("Ab1defgh", True), ("ab1-efgh", True), ("Ab1defg", False), ("ab1defgh", False), ("ABCDEFGH1", False),
     ("12345678", False), ("Password123", False), ("zhang.san1A", False), ("密码Ab1密码密码", True)],
)  # fmt: skip
def test_a_password_has_eight_characters_and_three_of_four_kinds(db, password, good):
    with acting_as_service("测试"):
        if good:
            assert create_official(username="zhang.san", password=password, name="张三").user.check_password(
                password
            )
        else:
            with pytest.raises(ValidationError):
                create_official(username="zhang.san", password=password, name="张三")


@pytest.mark.parametrize("username", ["ab", "Zhang", "张三", "1abc", "a b c", "a" * 61, ""])
def test_a_username_is_plain(db, username):
    with acting_as_service("测试"), pytest.raises(AccessRefused):
        create_official(username=username, password=None, name="张三")


def test_a_username_is_given_once(official):
    with acting_as_service("测试"), pytest.raises(AccessRefused, match="taken"):
        create_official(username="zhang.san", password=None, name="李四")


@pytest.mark.parametrize(
    "pair",
    [("system_admin", "security_admin"), ("security_admin", "audit_admin"), ("audit_admin", "system_admin")],
)
def test_nobody_is_two_of_the_three_administrators_at_once(official, pair):
    first, second = pair
    _grant(official, first, division_code="310000")
    with pytest.raises(AccessRefused, match="three separate people"):
        _grant(official, second, division_code="310000")


def test_an_administrators_post_may_follow_another_that_has_ended(official):
    _grant(official, "system_admin", end=date(2022, 8, 1))
    _grant(official, "audit_admin", start=date(2022, 8, 1))
    with pytest.raises(AccessRefused):
        _grant(official, "security_admin", start=date(2022, 7, 31), end=date(2022, 8, 1))


def test_the_database_itself_keeps_the_three_administrators_apart(official):
    _grant(official, "system_admin")
    with acting_as_service("测试"), pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(
            official=official,
            role="audit_admin",
            division_code="310000",
            domains=["*"],
            during=DateRange(START, None),
        )


@pytest.mark.parametrize(
    "wrong",
    [{"role": "service"}, {"role": "mayor"}, {"division_code": "3101"}, {"division_code": "31010701"},
     {"division_code": "31010x"}, {"end": START}, {"domains": []}],
)  # fmt: skip
def test_a_post_that_makes_no_sense_is_refused(official, wrong):
    with pytest.raises(AccessRefused):
        _grant(official, wrong.pop("role", "street_officer"), **wrong)


def test_only_the_security_administrator_grants_posts_and_not_to_themself(official):
    reviewer, security = make_post("district_reviewer", "310107"), make_post("security_admin", "310000")
    values = {"role": "auditor", "division_code": "310107", "start": START}
    with acting(reviewer), pytest.raises(NotPermitted):
        grant_post(official=official, **values)
    with acting(security):
        with pytest.raises(AccessRefused, match="themself"):
            grant_post(official=security.official, **values)
        post = grant_post(official=official, **values)
    with acting_as_service("读"):
        entry = Entry.objects.get(act="access.grant_post", subject=f"access.post:{post.pk}")
    assert (entry.post_id, entry.division_code) == (security.pk, "310107")


def test_only_the_system_administrator_opens_accounts(db):
    system, security = make_post("system_admin", "310000"), make_post("security_admin", "310000")
    with acting(security), pytest.raises(NotPermitted):
        create_official(username="zhang.san", password=None, name="张三")
    with acting(system):
        assert create_official(username="zhang.san", password=None, name="张三").pk


@pytest.mark.parametrize(
    ("on", "held"), [(date(2022, 7, 30), True), (date(2022, 7, 31), True), (date(2022, 8, 1), False)]
)
def test_an_ended_post_is_held_to_the_day_before(official, on, held):
    post = _grant(official, "street_officer")
    with acting_as_service("测试"):
        end_post(post=post, on=date(2022, 8, 1), reason="调离")
    assert bool(posts_of(official.user_id, on)) == held


def test_ending_a_post_asks_a_reason_and_happens_once(official):
    post = _grant(official, "street_officer")
    with acting_as_service("测试"):
        with pytest.raises(AccessRefused, match="why"):
            end_post(post=post, on=date(2022, 8, 1), reason=" ")
        end_post(post=post, on=date(2022, 8, 1), reason="调离")
        with pytest.raises(AccessRefused, match="already"):
            end_post(post=post, on=date(2022, 9, 1), reason="调离")


def test_the_services_post_is_ended_by_nobody(db):
    with acting_as_service("测试"), pytest.raises(AccessRefused):
        end_post(post=Post.objects.get(role="service"), on=date(2030, 1, 1), reason="试试")


def test_a_resident_has_one_account(db):
    with acting_as_service("测试"):
        open_resident_account(username="resident.one", password=None, person_id=5)
        with pytest.raises(AccessRefused):
            open_resident_account(username="resident.two", password=None, person_id=5)


def test_a_new_password_replaces_the_old(official):
    with acting_as_service("测试"):
        set_password(official=official, password="Jingan-310106")
    official.user.refresh_from_db()
    assert official.user.check_password("Jingan-310106") and not official.user.check_password("Putuo-2022x")


def test_demonstration_accounts_cover_every_role_and_are_made_once(db, monkeypatch):
    monkeypatch.setenv("MINZHENG_DEMO", "1")
    with acting_as_service("演示"):
        listed = create_demo_officials()
        assert [account.username for account in create_demo_officials()] == [
            account.username for account in listed
        ]
    assert {role for account in listed for role, _ in account.posts} | {"service"} == set(roles())
    for account in listed:
        user = Official.objects.get(user__username=account.username).user
        assert user.check_password(PASSWORD)
        assert len(posts_of(user.pk, date(2022, 7, 1))) == len(account.posts)


@pytest.mark.parametrize("value", ["", "0", "yes"])
def test_accounts_with_a_public_password_are_made_in_a_demonstration_only(db, monkeypatch, value):
    monkeypatch.setenv("MINZHENG_DEMO", value)
    with acting_as_service("演示"), pytest.raises(AccessRefused):
        create_demo_officials()
    assert not Official.objects.exclude(name="系统服务").exists()


@pytest.mark.parametrize(("asked", "refused"), [(2, 0), (3, 0), (4, 1)])
def test_requests_above_the_limit_of_a_minute_are_refused(db, asked, refused):
    outcomes = []
    for _ in range(asked):
        try:
            limit("search:1", 3, now=6_000_000)
            outcomes.append(0)
        except LimitExceeded:
            outcomes.append(1)
    assert sum(outcomes) == refused
    limit("search:2", 3, now=6_000_000)
    limit("search:1", 3, now=6_000_060)


def test_requests_of_several_processes_are_counted_together(fresh_database):
    refusals: list[int] = []

    def work() -> None:
        try:
            for _ in range(5):
                try:
                    limit("sign-in:10.0.0.8", 12, now=6_000_000)
                except LimitExceeded:
                    refusals.append(1)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refusals) == 8
