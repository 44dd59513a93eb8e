"""Verbs that change who may do what: open an account, grant a post, end it. Each leaves a trace."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from minzheng.kernel.access.models import Official, Post, ResidentAccount
from minzheng.kernel.access.permissions import require, roles
from minzheng.kernel.audit import record


class AccessRefused(ValueError):
    """An account or post that may not be; the message says why."""


@transaction.atomic
def create_official(*, username: str, password: str | None, name: str, title: str = "") -> Official:
    """Opens an official's account (新增工作人员).

    Args:
        password: None leaves an account that nobody can sign in with until a password is set.

    Raises:
        NotPermitted: the acting post does not manage officials.
        AccessRefused: the username is taken or malformed.
        ValidationError: the password is too weak.
    """
    require("access.manage_officials")
    user = _create_user(username, password, name)
    official = Official.objects.create(user=user, name=name, title=title)
    record("access.create_official", subject=f"access.official:{official.pk}", detail={"username": username})
    return official


@transaction.atomic
def open_resident_account(*, username: str, password: str | None, person_id: int) -> ResidentAccount:
    """Opens the account by which a resident sees their own record (开通居民账户).

    Raises:
        AccessRefused: the person has an account already, or the username is taken.
    """
    require("access.manage_officials")
    if ResidentAccount.objects.filter(person_id=person_id).exists():
        raise AccessRefused("该居民已有账户。The resident has an account already.")
    account = ResidentAccount.objects.create(user=_create_user(username, password, ""), person_id=person_id)
    record("access.open_resident_account", subject=f"people.person:{person_id}", person_id=person_id)
    return account


def _create_user(username: str, password: str | None, name: str) -> User:
    if not re.fullmatch(r"[a-z][a-z0-9_.-]{2,59}", username):
        raise AccessRefused(
            f"用户名“{username}”须以小写字母开头，3 至 60 位小写字母、数字或 _ . - 。"
            "A username has 3 to 60 of a-z, 0-9, _ . - and begins with a letter."
        )
    if User.objects.filter(username=username).exists():
        raise AccessRefused(f"用户名“{username}”已被使用。The username is taken.")
    user = User(username=username, first_name=name[:150])
    if password is not None:
        validate_password(password, user)
        user.set_password(password)
    else:
        user.set_unusable_password()
    user.save()
    return user


@transaction.atomic
def grant_post(
    *,
    official: Official,
    role: str,
    division_code: str,
    domains: Sequence[str] = ("*",),
    start: date,
    end: date | None = None,
) -> Post:
    """Grants a post from a day on (授予岗位).

    Args:
        domains: programmes the post covers; `*` is all.
        end: the first day on which the post is no longer held; None while it stands.

    Raises:
        NotPermitted: the acting post does not grant posts.
        AccessRefused: no such role; the service's role; a malformed place; a second administrator's post for one
            official; a post for oneself.
    """
    actor = require("access.grant_post")
    if role not in roles() or role == "service":
        raise AccessRefused(f"没有可授予的角色“{role}”。No such role to grant; see `minzheng access roles`.")
    if not re.fullmatch(r"\d{6}|\d{9}|\d{12}", division_code):
        raise AccessRefused(
            f"区划代码“{division_code}”须为 6、9 或 12 位数字。A division code has 6, 9 or 12 digits."
        )
    if end is not None and end <= start:
        raise AccessRefused("终止日期须晚于开始日期。A post ends after it begins.")
    if not domains:
        raise AccessRefused("至少写明一个业务领域，或 * 表示全部。Name a programme, or * for all.")
    if actor.official_id == official.pk:
        raise AccessRefused("不能给自己授予岗位。Nobody grants a post to themself.")
    try:
        with transaction.atomic():
            post = Post.objects.create(
                official=official,
                role=role,
                division_code=division_code,
                domains=list(domains),
                during=DateRange(start, end),
            )
    except IntegrityError as error:
        if "access_post_three_administrators" not in str(error):
            raise
        raise AccessRefused(
            f"{official.name}已任其他管理员：系统、安全、审计管理员须由三人分任。"
            "System, security and audit administrator are three separate people."
        ) from error
    record(
        "access.grant_post",
        subject=f"access.post:{post.pk}",
        division_code=division_code,
        detail={"official": official.pk, "role": role, "domains": list(domains), "start": start, "end": end},
    )
    return post


@transaction.atomic
def end_post(*, post: Post, on: date, reason: str) -> Post:
    """Ends a post; `on` is the first day on which it is no longer held (终止岗位).

    Raises:
        AccessRefused: the post began later, or has already ended; no reason was given; it is the service's post.
    """
    actor = require("access.grant_post")
    if not reason.strip():
        raise AccessRefused("请写明终止原因。Say why the post ends.")
    if post.role == "service" or post.official.pk == actor.official_id:
        raise AccessRefused(
            "不能终止系统服务或自己的岗位。The service's post and one's own are ended by nobody here."
        )
    # Two administrators may end it at once: the second waits, and is told.
    locked = Post.objects.select_for_update().get(pk=post.pk)
    if locked.during.upper is not None and locked.during.upper <= on:
        raise AccessRefused("该岗位已终止。The post has ended already.")
    if on <= locked.during.lower:
        raise AccessRefused("终止日期须晚于开始日期。A post ends after it begins.")
    locked.during = DateRange(locked.during.lower, on)
    locked.save(update_fields=["during"])
    record(
        "access.end_post",
        subject=f"access.post:{locked.pk}",
        division_code=locked.division_code,
        detail={"on": on},
        reason=reason,
    )
    return locked


@transaction.atomic
def set_password(*, official: Official, password: str) -> None:
    """Sets an official's password anew, for one who forgot it (重置密码).

    Raises:
        ValidationError: the password is too weak.
    """
    require("access.manage_officials")
    validate_password(password, official.user)
    official.user.set_password(password)
    official.user.save(update_fields=["password"])
    record("access.set_password", subject=f"access.official:{official.pk}")
