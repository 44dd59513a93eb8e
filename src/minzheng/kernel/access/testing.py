"""Fixtures: a test acts in a post of its own making."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from minzheng.kernel.access.models import Post

_numbers = count(1)


def make_post(role: str, division: str, domains: tuple[str, ...] = ("*",), *, password: str = "") -> Post:
    """A new official with one post since 2020; with a password, an account that can sign in."""
    from django.contrib.auth.models import User
    from django.db.backends.postgresql.psycopg_any import DateRange

    from minzheng.kernel.access import acting_as_service
    from minzheng.kernel.access.models import Official, Post

    number = next(_numbers)
    with acting_as_service("test"):
        user = User.objects.create_user(f"{role}-{division}-{number}", password=password or None)
        official = Official.objects.create(user=user, name=f"测试{number}", title="")
        return Post.objects.create(
            official=official,
            role=role,
            division_code=division,
            domains=list(domains),
            during=DateRange(date(2020, 1, 1), None),
        )


class ActingPost:
    """What `as_post` returns: acts until the test ends, or until the end of a `with` block."""

    def __init__(self, post: Any, stack: ExitStack) -> None:
        self.post, self._stack = post, stack

    def __enter__(self) -> ActingPost:
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> None:
    """A stored password takes a second to compute by design; tests make hundreds."""
    from minzheng.kernel.access.passwords import Hasher

    Hasher.iterations = 1000


@pytest.fixture
def as_post(request: pytest.FixtureRequest) -> Iterator[Callable[..., ActingPost]]:
    """`as_post("street_officer", "310107014")` acts in a new post from here on; a second call replaces the first.

    `as_post("service", "310000")` acts as the platform's service. In a test with `fresh_database`, leaving commits.
    """
    from minzheng.kernel.access import acting, acting_as_service

    if "fresh_database" in request.fixturenames:
        request.getfixturevalue("fresh_database")
    elif "transactional_db" not in request.fixturenames:
        request.getfixturevalue("db")
    current: list[ExitStack] = []

    def leave() -> None:
        while current:
            current.pop().close()

    def enter(role: str, division: str = "310000", domains: tuple[str, ...] = ("*",)) -> ActingPost:
        leave()
        stack = ExitStack()
        if role == "service":
            post: Any = stack.enter_context(acting_as_service("test"))
        else:
            post = make_post(role, division, domains)
            stack.enter_context(acting(post))
        current.append(stack)
        return ActingPost(post, stack)

    yield enter
    leave()


@pytest.fixture
def as_resident(request: pytest.FixtureRequest) -> Iterator[Callable[[int], None]]:
    """`as_resident(person_id)` acts as that resident until the test ends; ask for no post in the same test."""
    from minzheng.kernel.access import acting_as_resident

    if "fresh_database" in request.fixturenames:
        request.getfixturevalue("fresh_database")
    else:
        request.getfixturevalue("db")
    with ExitStack() as stack:

        def enter(person_id: int) -> None:
            stack.enter_context(acting_as_resident(person_id))

        yield enter
