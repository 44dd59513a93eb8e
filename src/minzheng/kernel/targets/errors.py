"""What targets refuse, in words for the person who asked."""

from __future__ import annotations


class TargetRefused(ValueError):
    """Something that may not be reported, accepted or closed so; the message says what to change."""
