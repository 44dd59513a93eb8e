"""Whose page it is."""

from __future__ import annotations

from django.http import HttpRequest

from minzheng.kernel.access import NotPermitted
from minzheng.kernel.access.actor import RESIDENT
from minzheng.kernel.people.models import Person


def oneself(request: HttpRequest) -> Person:
    """The resident who acts; officials have no pages here, however high their post.

    Raises:
        NotPermitted: somebody else acts.
    """
    actor = request.actor  # type: ignore[attr-defined]
    if actor is None or actor.kind != RESIDENT:
        raise NotPermitted("此页仅供居民本人查看。This page is the resident's own.")
    return Person.objects.get(pk=actor.person_id)
