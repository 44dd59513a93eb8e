"""What the layout plan refuses, in words for the person who asked."""

from __future__ import annotations

from minzheng.kernel.refusals import Refusal


class LayoutRefused(Refusal, ValueError):
    """Something that cannot be planned as asked; the message says what to change."""


class SitingRefused(LayoutRefused):
    """The question of siting has no answer."""
