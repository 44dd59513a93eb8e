"""What targets refuse, in words for the person who asked."""

from __future__ import annotations

from minzheng.kernel.refusals import Refusal


class TargetRefused(Refusal, ValueError):
    """Something that may not be reported, accepted or closed so; the message says what to change."""
