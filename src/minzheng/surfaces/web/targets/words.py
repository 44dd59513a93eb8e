"""How targets are said on screens."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from minzheng.kernel.targets.models import Target
from minzheng.kernel.targets.queries import Standing
from minzheng.kernel.ui.statuses import Status, register_statuses
from minzheng.surfaces.web.work.words import is_english

MOST_TARGETS = 200

STATUSES = {
    "target_reached": Status(_("已完成"), "good"),
    "target_on_time": Status(_("按序时"), "good"),
    "target_behind": Status(_("落后"), "warn"),
    "target_uncounted": Status(_("尚无计数"), "neutral"),
    "target_met": Status(_("结项：完成"), "good"),
    "target_unmet": Status(_("结项：未完成"), "bad"),
    "evidence_under_way": Status(_("在建"), "info"),
    "evidence_reported": Status(_("待核定"), "warn"),
    "evidence_accepted": Status(_("已核定"), "good"),
    "evidence_returned": Status(_("已退回"), "bad"),
}


def register() -> None:
    """Called once when the pages start."""
    register_statuses(STATUSES)


def title_of(target: Target) -> str:
    """In the reader's language where it has an English name."""
    return target.title_en if is_english() and target.title_en else target.title


def mark_of(standing: Standing, target: Target) -> str:
    """The code of a standing's state."""
    if target.is_met is not None:
        return "target_met" if target.is_met else "target_unmet"
    if standing.done is None:
        return "target_uncounted"
    if standing.still == 0:
        return "target_reached"
    return "target_behind" if standing.is_behind else "target_on_time"
