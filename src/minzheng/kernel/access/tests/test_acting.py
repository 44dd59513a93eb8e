"""Who acts, for how long, and what a block inside another may do."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.kernel.access import (
    PostNotInForce,
    Widening,
    acting,
    acting_as_resident,
    acting_as_service,
    current_actor,
    scope_of,
)
from minzheng.kernel.access.models import Post
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.periods import today


def _scope() -> tuple:
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_low(), access_high(), access_domains(), access_person(), access_role()")
        return cursor.fetchone()


@pytest.mark.parametrize(
    ("code", "low"),
    [("310000", "31"), ("310107", "310107"), ("310100", "3101"), ("310107014", "310107014"),
     ("310151100", "310151100"), ("310107014001", "310107014001")],
)  # fmt: skip
def test_the_database_and_python_agree_on_the_subtree_of_a_division(db, code, low):
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_scope_low(%s)", [code])
        assert cursor.fetchone()[0] == low
    assert scope_of(code) == (low, low + ":")


def test_a_post_gives_its_scope_to_the_transaction_and_takes_it_back(db):
    post = make_post("district_reviewer", "310107", ("old_age_allowance",))
    assert _scope() == (None, None, None, None, None)
    with acting(post):
        assert _scope() == ("310107", "310107:", ["old_age_allowance"], None, "district_reviewer")
        assert current_actor().post_id == post.pk
    assert _scope() == (None, None, None, None, None)
    assert current_actor() is None


def test_after_an_exception_nobody_acts(db):
    post = make_post("district_reviewer", "310107")
    with pytest.raises(ZeroDivisionError), acting(post):
        1 / 0  # noqa: B018
    assert _scope()[0] is None
    assert current_actor() is None


def test_a_rollback_inside_keeps_the_actor(db):
    with acting(make_post("district_reviewer", "310107")):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            1 / 0  # noqa: B018
        assert _scope()[0] == "310107"


def test_a_resident_is_known_by_their_number_and_reaches_no_division(db):
    with acting_as_resident(77):
        assert _scope() == (None, None, None, 77, None)


def test_a_service_may_act_as_a_post_inside_and_is_itself_again_after(db):
    post = make_post("street_officer", "310107014")
    with acting_as_service("月度任务"):
        with acting(post):
            assert _scope()[0] == "310107014"
        assert _scope()[0] == "31"
        assert current_actor().label == "月度任务"


@pytest.fixture
def two_posts(db):
    """One official with a district post, and a function that gives them a further one."""

    def further(role: str, division: str, domains: tuple[str, ...] = ("*",)) -> Post:
        with acting_as_service("测试"):
            return Post.objects.create(
                official_id=wide.official_id, role=role, division_code=division, domains=list(domains),
                during=DateRange(date(2020, 1, 1), None),
            )  # fmt: skip

    wide = make_post("district_reviewer", "310107", ("old_age_allowance",))
    return wide, further


def test_the_same_official_may_narrow_to_a_street_inside_the_district(two_posts):
    wide, further = two_posts
    street = further("neighbourhood_worker", "310107014", ("old_age_allowance",))
    with acting(wide):
        with acting(street):
            assert _scope()[0] == "310107014"
        assert _scope()[0] == "310107"


@pytest.mark.parametrize(
    ("role", "division", "domains", "why"),
    [
        ("district_reviewer", "310000", ("old_age_allowance",), "a wider place"),
        ("district_reviewer", "310104", ("old_age_allowance",), "another district"),
        ("district_reviewer", "310107", ("*",), "more programmes"),
        ("finance_approver", "310107", ("old_age_allowance",), "other permissions"),
    ],
)
def test_inside_a_post_nothing_wider_may_act(two_posts, role, division, domains, why):
    wide, further = two_posts
    wider = further(role, division, domains)
    with acting(wide):
        with pytest.raises(Widening), acting(wider):
            pass
        assert _scope()[0] == "310107"


def test_inside_a_post_no_other_official_no_service_and_no_resident_may_act(db):
    mine, other = make_post("district_reviewer", "310107"), make_post("neighbourhood_worker", "310107014")
    with acting(mine):
        for block in (acting(other), acting_as_service("x"), acting_as_resident(5)):
            with pytest.raises(Widening), block:
                pass


def test_inside_a_residents_request_only_that_resident_acts(db):
    post = make_post("neighbourhood_worker", "310107014")
    with acting_as_resident(5):
        with acting_as_resident(5):
            pass
        for block in (acting(post), acting_as_service("x"), acting_as_resident(6)):
            with pytest.raises(Widening), block:
                pass
        assert _scope()[3] == 5


@pytest.mark.parametrize(
    ("first", "end", "held"),
    [("2020-01-01", None, True), ("today", None, True), ("tomorrow", None, False), ("2020-01-01", "today", False),
     ("2020-01-01", "tomorrow", True)],
)  # fmt: skip
def test_a_post_acts_from_its_first_day_to_the_day_before_its_end(db, first, end, held):

    days = {"today": today(), "tomorrow": today() + timedelta(days=1), None: None}
    official = make_post("street_officer", "310107014").official
    during = DateRange(days.get(first) or date.fromisoformat(first), days[end])
    with acting_as_service("测试"):
        post = Post.objects.create(
            official=official, role="auditor", division_code="310107", domains=["*"], during=during
        )
    if held:
        with acting(post):
            assert _scope()[4] == "auditor"
    else:
        with pytest.raises(PostNotInForce), acting(post):
            pass
