"""A frozen summary as the page shows it: parts of text, and figures that link to where they come from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from minzheng.domains.annual_summary.formatting import parse_form, usual_form
from minzheng.domains.annual_summary.formatting import write as printed
from minzheng.kernel.indicators.reading import Asked, answers
from minzheng.surfaces.web.figures.asking import address
from minzheng.surfaces.web.figures.words import name_of

_PIECES = re.compile(r"\{[^{}]*\}|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Offered:
    """A figure that can be bound now: its name, what is written into the text, and what would be printed."""

    id: str
    name: str
    binding: str
    text: str


def bindings(year: int, place: str) -> list[Offered]:
    """Every figure that has a value in the year and place, in the form it is usually printed in."""
    offered = []
    for code, found in answers(Asked.year(year, place)).items():
        if found.value is not None:
            form = usual_form(found.figure.unit)
            text = printed(parse_form(form), found.value).text
            offered.append(Offered(code, name_of(found.figure), f"{{{code}:{form}}}", text))
    return offered


def marked(before: str, after: str) -> SafeString:
    """The text with what was struck out and what was put in since the version before; a binding stays whole."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    parts = []
    for step, low, high, new_low, new_high in steps:
        if step == "equal":
            parts.append(format_html("{}", "".join(new[new_low:new_high])))
            continue
        gone, come = "".join(old[low:high]), "".join(new[new_low:new_high])
        parts.append(format_html("<del>{}</del>", gone) if gone else SafeString())
        parts.append(format_html("<ins>{}</ins>", come) if come else SafeString())
    return format_html_join("", "{}", ((part,) for part in parts))


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
