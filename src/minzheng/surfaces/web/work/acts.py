"""How a page acts: one kernel action, then a redirect; a refusal is said in words and nothing is changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages
from django.http import HttpRequest

from minzheng.kernel.awards.errors import AwardError
from minzheng.kernel.cases.errors import CaseError
from minzheng.kernel.eventgrants.errors import GrantRefused
from minzheng.kernel.inspections.errors import InspectionRefused
from minzheng.kernel.monthend.errors import MonthRefused
from minzheng.kernel.outreach.errors import OutreachError
from minzheng.kernel.payments.errors import PaymentRefused
from minzheng.kernel.reforms.errors import ReformRefused
from minzheng.surfaces.web.work.words import is_english

Result = TypeVar("Result")
REFUSALS = (
    AwardError,
    CaseError,
    GrantRefused,
    InspectionRefused,
    MonthRefused,
    OutreachError,
    PaymentRefused,
    ReformRefused,
)


def attempt(request: HttpRequest, act: Callable[[], Result], *, done: str = "") -> Result | None:
    """Runs an action; says `done` where it went well, and why not where it was refused (then None).

    A missing permission is not caught: the page answers 403 and the refusal is traced.
    """
    try:
        result = act()
    except REFUSALS as refusal:
        messages.error(request, said(refusal))
        return None
    if done:
        messages.success(request, done)
    return result


def said(refusal: Exception) -> str:
    """A refusal in the reader's language; the kernel writes both, Chinese first, parted by ' / '."""
    chinese, mark, english = str(refusal).rpartition(" / ")
    if not mark:
        return str(refusal)
    return english if is_english() else chinese
