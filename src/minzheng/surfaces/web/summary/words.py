"""A frozen summary as the page shows it: parts of text, and figures that link to where they come from."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from minzheng.kernel.indicators.reading import Asked
from minzheng.surfaces.web.figures.asking import address


def sections_of(content: dict[str, Any], year: int, root: str = "") -> list[dict[str, Any]]:
    """Sections with paragraphs of parts; a figure's part has `href`, `text` and `title`.

    Args:
        root: the address of the platform, for a file that is opened elsewhere.
    """
    query = address(Asked.year(year, content["division_code"]))

    def shown(part: Any) -> dict[str, str]:
        if isinstance(part, str):
            return {"text": part, "href": ""}
        title = _("%(name)s：%(form)s") % {"name": part["name"], "form": part["form"]}
        if part["rows"] is not None:
            title += _("；明细 %(rows)s 行") % {"rows": part["rows"]}
        return {
            "text": part["text"],
            "href": root + reverse("figure", args=[part["figure"]]) + query,
            "title": title,
        }

    return [
        {
            "heading": section["heading"],
            "paragraphs": [
                {"key": one["key"], "parts": [shown(part) for part in one["parts"]]}
                for one in section["paragraphs"]
            ],
        }
        for section in content["sections"]
    ]
