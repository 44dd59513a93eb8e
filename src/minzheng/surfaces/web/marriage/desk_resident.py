"""A resident's own marriage record and the days of a pending divorce (我的婚姻登记)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from minzheng.domains.marriage_registration.models import DivorceApplication, Registration
from minzheng.domains.marriage_registration.queries import acts_of
from minzheng.surfaces.web.marriage.desk_divorce import periods, stage, strip
from minzheng.surfaces.web.marriage.desk_words import KINDS, parties
from minzheng.surfaces.web.resident.oneself import oneself
from minzheng.surfaces.web.work.day import working_day

SHOWN = 20


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
        },
    )  # fmt: skip


def _entry(row: Registration) -> dict[str, Any]:
    return {
        "when": row.on,
        "title": f"{KINDS.get(row.kind, row.kind)} {row.number}",
        "text": _("%(office)s · %(parties)s") % {"office": row.office.name, "parties": parties(row)},
    }
