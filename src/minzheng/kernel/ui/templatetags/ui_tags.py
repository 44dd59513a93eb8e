"""The design system's template tags: `{% load ui_tags %}`.

Each tag shows one component of `templates/ui/components/`. docs/reference/design-system.md lists every call.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any

from django import template
from django.forms import (
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    Form,
    RadioSelect,
    Select,
    Textarea,
)
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from minzheng.kernel.ui import formats
from minzheng.kernel.ui.charts import Chart
from minzheng.kernel.ui.forms import ReasonForm
from minzheng.kernel.ui.maps import DistrictMap
from minzheng.kernel.ui.points import PointMap
from minzheng.kernel.ui.site_maps import SiteMap
from minzheng.kernel.ui.statuses import TONES, status_of
from minzheng.kernel.ui.tables import Table

register = template.Library()

register.filter("fen", formats.fen)
register.filter("count", formats.count)
register.filter("percent", formats.percent)
register.filter("decimal", formats.decimal)
register.filter("day", formats.day)
register.filter("short_day", formats.short_day)
register.filter("moment", formats.moment)
register.filter("month", formats.month)
register.filter("masked", formats.masked)
register.filter("masked_name", formats.masked_name)

_HERE = "ui/components"


@register.filter
def signed_fen(amount: int | None) -> str:
    """An amount with its sign, for differences."""
    return formats.fen(amount, signed=True)


@register.filter
def signed_count(number: int | None) -> str:
    """A count with its sign, for differences."""
    return formats.count(number, signed=True)


# --- heads of pages -------------------------------------------------------------------------------------------------


@register.inclusion_tag(f"{_HERE}/breadcrumb.html")
def breadcrumb(*pairs: str) -> dict[str, Any]:
    """`{% breadcrumb "首页" "/" "月结" "/months/" "2022年7月" %}`: label, address, …; the last has no address."""
    items = [(pairs[at], pairs[at + 1] if at + 1 < len(pairs) else "") for at in range(0, len(pairs), 2)]
    return {"items": items}


@register.simple_block_tag
def page_header(content: str, title: str, caption: str = "", lead: str = "") -> SafeString:
    """The page's one h1, with its actions (buttons, links) as the content."""
    return _render("page_header", content, title=title, caption=caption, lead=lead)


@register.inclusion_tag(f"{_HERE}/subnav.html")
def subnav(items: Sequence[Any], label: str = "") -> dict[str, Any]:
    """Tabs that are pages: items with label, href, is_current, count (`frame.NavItem` fits)."""
    return {"items": items, "label": label}


# --- blocks ---------------------------------------------------------------------------------------------------------


@register.simple_block_tag
def card(
    content: str, title: str = "", href: str = "", action: str = "", tone: str = "", level: int = 2
) -> SafeString:
    """A quiet box; `href` with `action` puts a link at its head."""
    return _render("card", content, title=title, href=href, action=action, tone=tone, level=level)


@register.simple_block_tag
def notification(content: str, title: str = "", kind: str = "info") -> SafeString:
    """A banner: kind info, good, warn or bad."""
    return _render("notification", content, title=title, kind=kind)


@register.simple_block_tag
def filter_bar(
    content: str, reset: str = "", label: str = "", is_open: bool = True, active: int = 0
) -> SafeString:
    """A GET form of filters; put `{% field form.x %}` inside. On a phone it folds behind one line."""
    return _render("filter_bar", content, reset=reset, label=label, is_open=is_open, active=active)


@register.simple_block_tag
def action_bar(content: str, label: str = "") -> SafeString:
    """Buttons that stay at the lower edge while a long list or form scrolls."""
    return _render("action_bar", content, label=label)


@register.inclusion_tag(f"{_HERE}/summary_card.html")
def summary_card(title: str, rows: Sequence[Any], href: str = "", action: str = "") -> dict[str, Any]:
    """Label and value pairs: rows with label, value, and if known hint, source, on, href, action."""
    return {"title": title, "rows": rows, "href": href, "action": action}


@register.inclusion_tag(f"{_HERE}/stat.html")
def stat(
    label: str,
    value: Any,
    unit: str = "count",
    difference: int | None = None,
    compared_to: str = "",
    good: str = "",
    href: str = "",
    hint: str = "",
) -> dict[str, Any]:
    """A figure with its difference.

    `unit`: count, fen or text. `good`: "up" or "down" when a direction is good or bad; else the change is neutral.
    """
    tone = "neutral"
    if difference and good in ("up", "down"):
        tone = "good" if (difference > 0) == (good == "up") else "bad"
    write = {"fen": formats.fen, "count": formats.count}.get(unit)
    return {
        "label": label,
        "value": write(value) if write else value,
        "difference": None if difference is None else (write or formats.count)(difference, signed=True),
        "direction": "up" if (difference or 0) > 0 else "down" if (difference or 0) < 0 else "same",
        "tone": tone,
        "compared_to": compared_to,
        "href": href,
        "hint": hint,
    }


@register.simple_tag
def tag(label: Any, tone: str = "neutral") -> SafeString:
    """A small coloured word; tone one of neutral, info, good, warn, bad, special."""
    return _render("tag", "", label=label, tone=tone if tone in TONES else "neutral")


@register.simple_tag
def status(code: str) -> SafeString:
    """The tag of a known state, by its code."""
    known = status_of(code)
    return _render("tag", "", label=known.label, tone=known.tone)


@register.simple_tag
def provenance(kind: str) -> SafeString:
    """The mark of where a value comes from; only assumptions are marked."""
    return _render("provenance", "", kind=kind)


@register.inclusion_tag(f"{_HERE}/empty_state.html")
def empty_state(title: str, text: str = "", href: str = "", action: str = "") -> dict[str, Any]:
    """What to say, and to do next, where a list has nothing."""
    return {"title": title, "text": text, "href": href, "action": action}


@register.inclusion_tag(f"{_HERE}/steps.html")
def steps(items: Sequence[Any], current: int = 0) -> dict[str, Any]:
    """A step indicator. Items: words, or objects with label, hint, href, state; `current` counts from 1."""
    shown = []
    for number, item in enumerate(items, start=1):
        label = item if isinstance(item, str) else _get(item, "label", str(item))
        state = _get(item, "state", "") or (
            "done" if number < current else "current" if number == current else "todo"
        )
        hint, href = _get(item, "hint", ""), _get(item, "href", "")
        shown.append({"number": number, "label": label, "state": state, "hint": hint, "href": href})
    return {"steps": shown, "current": current, "total": len(shown)}


@register.inclusion_tag(f"{_HERE}/timeline.html")
def timeline(items: Sequence[Any]) -> dict[str, Any]:
    """What happened, newest first as given: items with when, title, and if known text, actor, tone, href."""
    return {"items": items}


@register.inclusion_tag(f"{_HERE}/explanation.html")
def explanation(conditions: Sequence[Any], amounts: Sequence[Any] = (), caption: str = "") -> dict[str, Any]:
    """Why: conditions as in `ui.explanations.Condition`, then how the amount was reckoned."""
    met = sum(1 for c in conditions if _get(c, "met", None) is True)
    return {
        "conditions": conditions,
        "amounts": amounts,
        "caption": caption,
        "met": met,
        "total": len(conditions),
    }


@register.inclusion_tag(f"{_HERE}/work_list.html")
def work_list(items: Sequence[Any]) -> dict[str, Any]:
    """Open work by deadline: items with title, href, and if known text, due, due_text, tone, count."""
    return {"items": items}


@register.inclusion_tag(f"{_HERE}/progress.html")
def progress_bar(
    label: str,
    done: int,
    total: int,
    poll_url: str = "",
    state: str = "running",
    detail: str = "",
    id: str = "",
) -> dict[str, Any]:
    """A progress bar that asks `poll_url` again every two seconds while `state` is waiting or running.

    The address answers with the same tag rendered anew; once the state is another, asking stops.
    """
    return {
        "id": id or "progress",
        "label": label,
        "done": done,
        "total": total,
        "percent": min(100, done * 100 // total) if total else 0,
        "poll_url": poll_url if state in ("waiting", "running") else "",
        "state": state,
        "detail": detail,
    }


# --- people ---------------------------------------------------------------------------------------------------------


@register.inclusion_tag(f"{_HERE}/unmask.html", takes_context=True)
def unmask(
    context: Any, value: str, url: str, label: str, kind: str = "", is_masked: bool = False
) -> dict[str, Any]:
    """A masked number with a button that asks for a reason; `url` records the look and answers with the number.

    Give `is_masked=True` where `value` is masked already, so the plain number need not come near the page.
    """
    uid = f"unmask-{secrets.token_hex(4)}"
    return {
        "masked": value if is_masked else formats.masked(value, kind),
        "url": url,
        "label": label,
        "id": uid,
        "form": ReasonForm(auto_id=f"{uid}-%s"),
        "csrf_token": context.get("csrf_token"),
    }


# --- tables, charts, maps -------------------------------------------------------------------------------------------


@register.inclusion_tag(f"{_HERE}/table.html")
def data_table(table: Table) -> dict[str, Any]:
    """A `ui.tables.Table`: sort, pages, Excel, cards on a phone."""
    return {"table": table}


@register.inclusion_tag(f"{_HERE}/chart.html")
def chart(chart: Chart, table: str = "beside") -> dict[str, Any]:
    """A `ui.charts.Chart` with its figures: `table` is beside, below or folded."""
    return {"chart": chart, "table": table, "data_id": f"{chart.id}-data"}


@register.inclusion_tag(f"{_HERE}/district_map.html")
def district_map(map: DistrictMap) -> dict[str, Any]:
    """A `ui.maps.DistrictMap` with its ranking beside it."""
    return {"map": map, "districts": map.districts, "ranked": map.ranked, "legend": map.legend}


@register.inclusion_tag(f"{_HERE}/point_map.html")
def point_map(map: PointMap) -> dict[str, Any]:
    """A `ui.points.PointMap`: places on the districts, each a link; give the same places as a list beside it."""
    return {"map": map, "districts": map.districts, "placed": map.placed}


@register.inclusion_tag(f"{_HERE}/site_map.html")
def site_map(map: SiteMap) -> dict[str, Any]:
    """A `ui.site_maps.SiteMap`: figures at points and sites to be built, within the outline of a district or the city."""
    return {"map": map, "dots": map.dots, "legend": map.legend}


# --- forms ----------------------------------------------------------------------------------------------------------


@register.inclusion_tag(f"{_HERE}/error_summary.html")
def error_summary(*forms: Form) -> dict[str, Any]:
    """All faults of one or more forms at the head of the page, each a link to its field."""
    faults = []
    for form in forms:
        if form is None or not form.is_bound:
            continue
        faults += [{"label": "", "text": text, "href": ""} for text in form.non_field_errors()]
        for bound in form:
            faults += [
                {"label": str(bound.label).rstrip("。.：:"), "text": text, "href": f"#{_target(bound)}"}
                for text in bound.errors
            ]
    return {"faults": faults}


@register.inclusion_tag(f"{_HERE}/form_fields.html")
def form_fields(form: Form) -> dict[str, Any]:
    """All fields of a form in its order."""
    return {"form": form}


@register.inclusion_tag(f"{_HERE}/field.html")
def field(bound: BoundField, width: str = "", is_inline: bool = False, label: str = "") -> dict[str, Any]:
    """One field with label, hint and fault. `width`: 2, 4, 5, 10, 20, or empty for the full width."""
    widget = bound.field.widget
    kind = "control"
    if bound.is_hidden:
        kind = "hidden"
    elif isinstance(widget, CheckboxSelectMultiple):
        kind = "checkboxes"
    elif isinstance(widget, RadioSelect):
        kind = "radios"
    elif isinstance(widget, CheckboxInput):
        kind = "checkbox"
    base = bound.auto_id or bound.html_name
    described = " ".join(
        part for part, has in ((f"{base}-hint", bound.help_text), (f"{base}-error", bound.errors)) if has
    )
    return {
        "bound": bound,
        "kind": kind,
        "label": label or bound.label,
        "base": base,
        "described": described,
        "control": "" if kind in ("radios", "checkboxes", "hidden") else _control(bound, described, width),
        "prefix": getattr(widget, "prefix_text", ""),
        "is_inline": is_inline,
        "is_optional": not bound.field.required and kind not in ("checkbox", "hidden"),
    }


def _control(bound: BoundField, described: str, width: str) -> SafeString:
    widget = bound.field.widget
    if isinstance(widget, CheckboxInput):
        css = "govuk-checkboxes__input"
    else:
        stem = "govuk-select" if isinstance(widget, Select) else "govuk-textarea"
        if not isinstance(widget, Select | Textarea):
            stem = "govuk-file-upload" if getattr(widget, "input_type", "") == "file" else "govuk-input"
        css = stem + (f" {stem}--error" if bound.errors else "")
        css += f" govuk-input--width-{width}" if width else ""
    attrs: dict[str, str | bool] = {"class": f"{widget.attrs.get('class', '')} {css}".strip()}
    if described:
        attrs["aria-describedby"] = described
    return bound.as_widget(attrs=attrs)


def _target(bound: BoundField) -> str:
    """Where a fault's link leads: the first choice of a group, else the field itself."""
    if isinstance(bound.field.widget, RadioSelect):
        return f"{bound.auto_id}_0"
    return bound.id_for_label or bound.auto_id


def _get(item: Any, name: str, default: Any) -> Any:
    return item.get(name, default) if isinstance(item, dict) else getattr(item, name, default)


def _render(component: str, content: str, **context: Any) -> SafeString:
    # The content was rendered, and escaped, by the page's own template.
    return mark_safe(
        render_to_string(f"{_HERE}/{component}.html", {**context, "content": mark_safe(content)})
    )
