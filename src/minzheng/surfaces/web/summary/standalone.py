"""The summary as one file of HTML that needs nothing beside it; its figures lead to the platform's own pages."""

from __future__ import annotations

import os
from typing import Any

from django.template.loader import render_to_string

from minzheng.domains.annual_summary.paper import annex_lines
from minzheng.surfaces.web.summary.words import sections_of


def page(content: dict[str, Any], year: int, *, root: str = "") -> str:
    """The file's text. Broken identities stand before everything else."""
    return render_to_string(
        "web_summary/standalone.html",
        {
            "content": content,
            "sections": sections_of(content, year, root),
            "annex": annex_lines(content),
            "is_broken": content["is_broken"],
            "is_synthetic": os.environ.get("MINZHENG_DEMO") == "1",
        },
    )
