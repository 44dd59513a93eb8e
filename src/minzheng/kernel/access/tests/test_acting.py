"""Who acts, for how long, and what a block inside another may do."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from minzheng.kernel.access import (
    acting,
    acting_as_resident,
    acting_as_service,
    current_actor,
    scope_of,
)
from minzheng.kernel.access.testing import make_post


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
