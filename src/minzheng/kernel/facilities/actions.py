"""Verbs that change the register of facilities."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from minzheng.kernel.access import require
from minzheng.kernel.access.models import Post
from minzheng.kernel.audit import record
from minzheng.kernel.facilities.models import Facility, FacilityPost


@transaction.atomic
def register_facility(
    *, code: str, kind: str, name: str, during: Any, division_code: str, **told: Any
) -> Facility:
    """Enters a facility, or brings what is told of it up to date (登记设施); `code` says which one it is.

    Args:
        told: organisation, address, phone, longitude and latitude in degrees, source, provenance.
    """
    require("facilities.edit")
    values = {"kind": kind, "name": name, "during": during, "division_code": division_code, **told}
    made, is_new = Facility.objects.update_or_create(code=code, defaults=values)
    record(
        "facilities.register",
        subject=f"facility:{made.pk}",
        division_code=division_code,
        detail={"code": code, "kind": kind, "new": is_new},
    )
    return made


@transaction.atomic
def register_many(rows: list[Facility]) -> list[Facility]:
    """Takes over a register of facilities that are not known yet (批量登记设施); one entry in the trace."""
    require("facilities.edit")
    made = Facility.objects.bulk_create(rows, batch_size=2000)
    record("facilities.register_many", subject=f"facilities:{len(made)}", detail={"count": len(made)})
    return made


@transaction.atomic
def attach_post(*, post: Post, facility: Facility) -> FacilityPost:
    """Says that a post works for this facility alone (机构岗位); repeating it changes nothing."""
    require("access.grant_post")
    made, _ = FacilityPost.objects.get_or_create(post=post, defaults={"facility": facility})
    record("facilities.attach_post", subject=f"facility:{facility.pk}", detail={"post": post.pk})
    return made


def close_facility(*, facility: Facility, on: date) -> Facility:
    """The facility's last day was the day before `on` (停止服务); what it did stays readable.

    Raises:
        ValueError: the day is not after the facility's first.
    """
    require("facilities.edit")
    if on <= facility.during.lower:
        raise ValueError(
            f"停止服务之日 {on} 须晚于启用之日 {facility.during.lower} / the last day must come after the first"
        )
    facility.during = type(facility.during)(facility.during.lower, on)
    facility.save(update_fields=["during"])
    record("facilities.close", subject=f"facility:{facility.pk}", division_code=facility.division_code)
    return facility
