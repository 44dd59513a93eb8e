"""Declared things in the reader's language: an item's name, a field's label, a refusal that was written in both."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language

MARK = " / "


def is_english() -> bool:
    """Whether the reader reads English."""
    return (get_language() or "zh").startswith("en")


def said(thing: Any, name: str = "name") -> str:
    """One of a declared thing's texts: English where the reader reads it and it was written, else Chinese."""
    english = str(getattr(thing, f"{name}_en", ""))
    return english if english and is_english() else str(getattr(thing, name))


def own_language(text: str) -> str:
    """Of a text written as Chinese, then English, parted by ' / ', the part the reader reads.

    >>> own_language("请填写“姓名” / enter Name")
    '请填写“姓名”'
    """
    chinese, mark, english = text.rpartition(MARK)
    if not mark:
        return text
    return english if is_english() else chinese
