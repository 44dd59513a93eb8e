"""How a page acts: one kernel action, then a redirect; a refusal is said in words and nothing is changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest

from minzheng.kernel.refusals import Refusal
from minzheng.surfaces.web.work.words import is_english

Result = TypeVar("Result")


def attempt(request: HttpRequest, act: Callable[[], Result], *, done: str = "") -> Result | None:
    """Runs an action; says `done` where it went well, and why not where it was refused (then None).

    A missing permission is not caught: the page answers 403 and the refusal is traced.
    """
    try:
        result = act()
    except Refusal as refusal:
        messages.error(request, said(refusal))
        return None
    if done:
        messages.success(request, done)
    return result


def succeeded(request: HttpRequest, act: Callable[[], object], *, done: str = "") -> bool:
    """The same for an action whose result nobody needs: whether it went well."""
    return attempt(request, lambda: (act(),), done=done) is not None


def said(refusal: Exception) -> str:
    """A refusal in the reader's language; the kernel writes both, Chinese first, parted by ' / '."""
    chinese, mark, english = str(refusal).rpartition(" / ")
    if not mark:
        return str(refusal)
    return english if is_english() else chinese


def new_key() -> str:
    """Names one press of a button; the form carries it, so that a double click acts once."""
    return uuid4().hex


def number_of(text: object) -> int | None:
    """A record's number as a form sends it; None where it is none."""
    return (
        int(text) if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 19 else None
    )
