"""A resident's own marriage record and the days of a pending divorce (我的婚姻登记)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minzheng.domains.marriage_registration.afterwards import offer_after_marriage
from minzheng.domains.marriage_registration.models import DivorceApplication, Kind, Registration
from minzheng.domains.marriage_registration.queries import acts_of
from minzheng.surfaces.web.marriage.desk_divorce import periods, stage, strip
from minzheng.surfaces.web.marriage.desk_words import KINDS, parties
from minzheng.surfaces.web.resident.oneself import oneself
from minzheng.surfaces.web.work.acts import attempt
from minzheng.surfaces.web.work.day import working_day

SHOWN = 20
RECENT = 365
"""Days after the wedding in which what usually follows it is offered."""


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What the register holds of me, and until when I may take an application back or come for the certificate."""
    who, on = oneself(request), working_day()
    own = Q(man_person=who.pk) | Q(woman_person=who.pk)
    applications = (
        DivorceApplication.objects.filter(own).select_related("office").order_by("-received_on")[:SHOWN]
    )
    return render(
        request, "marriage/mine.html",
        {
            "applications": [
                {"row": row, "state": f"divorce_{row.state}", "now": stage(row, on)[0], "periods": periods(row),
                 "strip": strip(row, on) if row.state == "pending" else []}
                for row in applications
            ],
            "entries": [_entry(row) for row in acts_of(who.pk)[:SHOWN]],
            "wedding": _recent_wedding(who.pk, on),
        },
    )  # fmt: skip


@require_POST
def afterwards(request: HttpRequest, pk: int) -> HttpResponse:
    """Opens the joined application for hukou and birth registration, filled from the entry; pressed twice it is the same one."""
    who = oneself(request)
    entry = _recent_wedding(who.pk, working_day())
    if entry is None or entry.pk != pk:
        raise Http404
    opened = attempt(request, lambda: offer_after_marriage(entry, person_id=who.pk, on=working_day()))
    return redirect("portal_bundle", opened.pk) if opened is not None else redirect("my_marriage")


def _recent_wedding(person_id: int, on: date) -> Registration | None:
    """The marriage of a person who was married last and within the year."""
    latest = next(
        (row for row in acts_of(person_id) if row.kind in (Kind.MARRIAGE, Kind.DIVORCE, Kind.REVOCATION)),
        None,
    )
    is_recent = latest is not None and latest.kind == Kind.MARRIAGE and (on - latest.on).days <= RECENT
    return latest if is_recent else None


def _entry(row: Registration) -> dict[str, Any]:
    return {
        "when": row.on,
        "title": f"{KINDS.get(row.kind, row.kind)} {row.number}",
        "text": _("%(office)s · %(parties)s") % {"office": row.office.name, "parties": parties(row)},
    }
