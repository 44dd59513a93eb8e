"""The stages of filling in an application, each a link back to it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from minzheng.kernel.cases.models import Case


def stages(case: Case, current: int) -> list[dict[str, Any]]:
    """The stages of filling in, each a link back to it."""
    names = [
        (_("核对信息"), "portal_known"),
        (_("填写"), "portal_questions_first"),
        (_("材料"), "portal_papers"),
        (_("确认提交"), "portal_check_answers"),
    ]
    return [
        {"label": label, "href": reverse(view, args=[case.pk]) if at < current else ""}
        for at, (label, view) in enumerate(names, start=1)
    ]
