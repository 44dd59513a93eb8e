"""Verbs that change what elder care keeps of its facilities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models, transaction

from minzheng.domains.eldercare_facilities.models import Home
from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.facilities.models import Facility


@transaction.atomic
def take_over(rows: Sequence[models.Model]) -> int:
    """Writes rows of another register as they stand, all of one model or none (批量接收); one entry in the trace."""
    require("facilities.edit")
    if not rows:
        return 0
    model = type(rows[0])
    model._default_manager.bulk_create(rows, batch_size=2000)
    name = model._meta.model_name
    record(f"facilities.take_over_{name}", subject=f"{name}:{len(rows)}", detail={"count": len(rows)})
    return len(rows)


@transaction.atomic
def describe(*, facility: Facility, **told: Any) -> Home:
    """Enters or corrects a facility's details (更新设施信息); fields as in `Home`."""
    require("facilities.edit")
    home, is_new = Home.objects.update_or_create(
        facility=facility, defaults={"division_code": facility.division_code, **told}
    )
    record(
        "facilities.describe",
        subject=f"facility:{facility.pk}",
        division_code=facility.division_code,
        detail={"new": is_new, **{name: str(value) for name, value in told.items()}},
    )
    return home
