"""Whose case it is, and how a page acts on it: one kernel action, a refusal told in words, nothing half done."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest

from minzheng.kernel.cases.errors import CaseError, StillMissing
from minzheng.kernel.cases.models import Case
from minzheng.kernel.cases.states import State
from minzheng.surfaces.web.portal.language import own_language
from minzheng.surfaces.web.resident.oneself import oneself

Result = TypeVar("Result")
EDITABLE = (State.DRAFT, State.CORRECTING)


def my_cases(request: HttpRequest) -> QuerySet[Case]:
    """Every case that is mine: as beneficiary, as applicant, or acting for somebody; the newest first."""
    me = oneself(request).pk
    mine = Q(person_id=me) | Q(applicant_id=me) | Q(helper_person_id=me)
    return Case.objects.filter(mine).order_by("-id")


def my_case(request: HttpRequest, pk: int) -> Case:
    """One of my cases; 404 for another's, as if there were none."""
    found = my_cases(request).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def my_form(request: HttpRequest, pk: int) -> Case:
    """One of my cases while it can be filled in; 404 otherwise."""
    found = my_case(request, pk)
    if found.state not in EDITABLE:
        raise Http404
    return found


def attempt(request: HttpRequest, act: Callable[[], Result], *, done: str = "") -> Result | None:
    """Runs an action; says `done` where it went well, and where it was refused, why and what to do (then None)."""
    try:
        result = act()
    except StillMissing as refusal:
        for word in refusal.missing[:20]:
            messages.error(request, own_language(word))
        return None
    except CaseError as refusal:
        messages.error(request, own_language(str(refusal)))
        return None
    if done:
        messages.success(request, done)
    return result
