"""Runs work as someone: one transaction, with the actor set for that transaction alone.

`set_config(..., true)` ends with the transaction, so nothing is left on a pooled connection for the next request. The
database checks the signature and that the post is in force today; the context variable tells Python code the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import connection, transaction

from minzheng.kernel.access.actor import OFFICIAL, RESIDENT, SERVICE, Actor, actors, current_actor, scope_of
from minzheng.kernel.access.errors import PostNotInForce, Widening
from minzheng.kernel.access.permissions import permissions_of
from minzheng.kernel.access.signing import sign

if TYPE_CHECKING:
    from minzheng.kernel.access.models import Post

_SET = """
    SELECT set_config('app.post', %s, true), set_config('app.resident', %s, true), set_config('app.key', %s, true),
           set_config('app.label', %s, true), set_config('app.reason', %s, true), set_config('app.address', %s, true)
"""
_READ = """
    SELECT p.id, p.role, p.division_code, p.domains, o.id, o.name
    FROM access_post p JOIN access_official o ON o.id = p.official_id WHERE
"""


@contextmanager
def acting(post: Post | int, *, reason: str = "", address: str = "") -> Iterator[Actor]:
    """Runs the block as an official in one of their posts (以岗位身份办理).

    Opens a transaction. Nested, it may only narrow: the same official, within the outer post's places, domains and
    permissions.

    Args:
        reason: kept with every audit entry of the block that names none of its own.
        address: the network address the request came from, for the audit.

    Raises:
        PostNotInForce: the post does not exist, has ended or has not begun, or its account is closed.
        Widening: the block would see or do more than the one around it.
    """
    post_id = post if isinstance(post, int) else post.pk
    with _as(_read_post("p.id = %s", [post_id]), reason, address) as actor:
        yield actor


@contextmanager
def acting_as_service(name: str, *, reason: str = "", in_bulk: bool = True) -> Iterator[Actor]:
    """Runs the block as the platform itself, for jobs and commands (系统服务); `name` is what the trace shows.

    Args:
        in_bulk: the block works on sets over the whole city, and joins them by hashing (decision 0007); False for work
            on one case or one person at a time.

    Raises:
        Widening: an official or a resident is acting already.
    """
    found = _read_post("p.role = 'service' ORDER BY p.id LIMIT 1", [])
    actor = Actor(
        SERVICE, name, found.official_id, found.post_id, found.role, found.division_code, found.domains
    )
    with _as(actor, reason, "") as entered:
        if in_bulk:
            with connection.cursor() as cursor:
                # The planner takes a scope for half a percent of a table and would join whole registers row by row. A
                # service works on sets over the whole city, where hashing is right.
                cursor.execute("SET LOCAL enable_nestloop = off")
        yield entered


@contextmanager
def acting_as_resident(person_id: int, *, label: str = "居民本人", address: str = "") -> Iterator[Actor]:
    """Runs the block as a resident, who sees their own rows and writes their own part of casework (居民本人)."""
    with _as(Actor(RESIDENT, label, person_id=person_id), "", address) as actor:
        yield actor


def _read_post(condition: str, values: list[int]) -> Actor:
    with connection.cursor() as cursor:
        cursor.execute(_READ + condition, values)
        row = cursor.fetchone()
    if row is None:
        raise PostNotInForce("没有这个岗位。There is no such post.")
    kind = SERVICE if row[1] == "service" else OFFICIAL
    return Actor(kind, row[5], row[4], row[0], row[1], row[2], tuple(row[3]))


@contextmanager
def _as(actor: Actor, reason: str, address: str) -> Iterator[Actor]:
    outer = current_actor()
    if outer is not None:
        _refuse_widening(outer, actor)
    inside_a_transaction = connection.in_atomic_block
    with transaction.atomic():
        previous = _settings() if inside_a_transaction else None
        _enter(actor, reason, address)
        token = actors.set((*actors.get(), actor))
        try:
            yield actor
        finally:
            actors.reset(token)
        # An exception rolls back to the savepoint, and the settings with it; a commit ends them. Only a block that
        # ends well inside a longer transaction has to put back what was set before it.
        if previous is not None and not connection.needs_rollback:
            _set(previous)


def _enter(actor: Actor, reason: str, address: str) -> None:
    if actor.kind == RESIDENT:
        post, person = "", str(actor.person_id)
        key = sign(f"resident:{person}")
    else:
        post, person = str(actor.post_id), ""
        key = sign(f"post:{post}")
    _set([post, person, key, actor.label, reason, address])
    with connection.cursor() as cursor:
        cursor.execute("SELECT access_role(), access_person()")
        role, found = cursor.fetchone()
    if (actor.kind == RESIDENT and found != actor.person_id) or (
        actor.kind != RESIDENT and role != actor.role
    ):
        raise PostNotInForce(
            "岗位已结束、尚未开始或账户已停用。The post has ended or not begun, or its account is closed "
            "(or the signing key changed: run `minzheng db migrate`)."
        )


def _settings() -> list[str]:
    names = ("post", "resident", "key", "label", "reason", "address")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT " + ", ".join(f"coalesce(current_setting('app.{n}', true), '')" for n in names)
        )
        return list(cursor.fetchone())


def _set(values: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SET, values)


def _refuse_widening(outer: Actor, inner: Actor) -> None:
    if outer.kind == SERVICE:
        return
    if outer.kind == RESIDENT:
        if inner.kind == RESIDENT and inner.person_id == outer.person_id:
            return
        raise Widening("居民身份内不能转为其他身份。Nobody else can act inside a resident's own request.")
    low, high = scope_of(outer.division_code)
    inner_low, inner_high = scope_of(inner.division_code or "~")
    narrower = (
        inner.kind == OFFICIAL
        and inner.official_id == outer.official_id
        and low <= inner_low
        and inner_high <= high
        and ("*" in outer.domains or set(inner.domains) <= set(outer.domains))
        and permissions_of(inner.role) <= permissions_of(outer.role)
    )
    if not narrower:
        raise Widening(
            f"{outer.label}（{outer.role} {outer.division_code}）办理中，不能转为 {inner.label}"
            f"（{inner.role} {inner.division_code}）。Inside one post, only the same official's narrower post may act."
        )
