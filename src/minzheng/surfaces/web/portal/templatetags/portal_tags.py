"""Template filters of the portal: `{% load portal_tags %}`."""

from __future__ import annotations

from typing import Any

from django import template
from django.forms import BoundField, Form

from minzheng.surfaces.web.portal import language

register = template.Library()


@register.filter
def said(thing: Any, name: str = "name") -> str:
    """One of a declared thing's texts in the reader's language."""
    return language.said(thing, name)


@register.filter
def bound(form: Form, name: str) -> BoundField | None:
    """A form's field by a name that is only known when the page is made."""
    return form[name] if name in form.fields else None
