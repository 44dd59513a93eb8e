"""Leaves a trace of every sign-in, refusal and sign-out (登录留痕)."""

from __future__ import annotations

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from minzheng.kernel.audit import record


def _address(request: Any) -> dict[str, str]:
    return {"address": request.META.get("REMOTE_ADDR", "")} if request is not None else {}


@receiver(user_logged_in, dispatch_uid="access trace of sign-in")
def _in(sender: Any, request: Any = None, user: Any = None, **_: Any) -> None:
    record(
        "access.sign_in",
        subject=f"auth.user:{user.pk}",
        detail=_address(request) | {"username": user.get_username()},
    )


@receiver(user_logged_out, dispatch_uid="access trace of sign-out")
def _out(sender: Any, request: Any = None, user: Any = None, **_: Any) -> None:
    if user is not None:
        record("access.sign_out", subject=f"auth.user:{user.pk}", detail=_address(request))


@receiver(user_login_failed, dispatch_uid="access trace of a failed sign-in")
def _failed(sender: Any, credentials: Any = None, request: Any = None, **_: Any) -> None:
    username = str((credentials or {}).get("username", ""))[:150]
    record("access.sign_in_failed", detail=_address(request) | {"username": username})


@receiver(user_locked_out, dispatch_uid="access trace of a lockout")
def _locked(sender: Any, request: Any = None, username: Any = None, **_: Any) -> None:
    record("access.locked_out", detail=_address(request) | {"username": str(username or "")[:150]})
