"""Which role may do what: `permissions.yaml`, read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from django.utils.translation import gettext

from minzheng.kernel.access.actor import Actor, current_actor
from minzheng.kernel.access.errors import NotPermitted, UnknownPermission


@dataclass(frozen=True)
class Role:
    """A role (角色) with its official name and what it may do."""

    code: str
    name: str
    permissions: frozenset[str]


@cache
def permission_names() -> dict[str, str]:
    """Every permission's Chinese name by its code."""
    return dict(_table()["permissions"])


@cache
def roles() -> dict[str, Role]:
    """Every role by its code.

    Raises:
        UnknownPermission: a role lists something that is no permission.
    """
    found = {}
    for code, row in _table()["roles"].items():
        unknown = set(row["permissions"]) - set(permission_names())
        if unknown:
            raise UnknownPermission(f"{code} lists unknown permissions: {', '.join(sorted(unknown))}")
        found[code] = Role(code, row["name"], frozenset(row["permissions"]))
    return found


@cache
def _table() -> dict:
    return yaml.safe_load((Path(__file__).parent / "permissions.yaml").read_text("utf-8"))


def permissions_of(role: str) -> frozenset[str]:
    return roles()[role].permissions if role in roles() else frozenset()


def role_name(role: str) -> str:
    """The role's name in the reader's language; the code itself for one that is no longer listed."""
    return gettext(roles()[role].name) if role in roles() else role


def may(permission: str, domain: str | None = None, *, actor: Actor | None = None) -> bool:
    """Whether the present actor's post carries the permission (and covers the programme)."""
    if permission not in permission_names():
        raise UnknownPermission(f"{permission} is not listed in kernel/access/permissions.yaml")
    who = actor or current_actor()
    if who is None:
        return False
    return permission in permissions_of(who.role) and (domain is None or who.covers(domain))


def require(permission: str, domain: str | None = None) -> Actor:
    """The present actor, who may do this (权限检查).

    Raises:
        NotPermitted: nobody acts, the role does not carry the permission, or the post does not cover the programme.
    """
    if may(permission, domain):
        actor = current_actor()
        assert actor is not None
        return actor
    who = current_actor()
    name = permission_names()[permission]
    if who is None:
        raise NotPermitted(f"未以任何岗位办理，不能{name}。Nobody acts; {permission} needs a post.")
    where = f"（{domain}）" if domain else ""
    raise NotPermitted(
        f"{who.label}的岗位“{role_name(who.role) or '居民'}”无权{name}{where}。"
        f"The post {who.role or 'resident'} does not carry {permission}{' for ' + domain if domain else ''}."
    )
