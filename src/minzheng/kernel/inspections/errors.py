"""Refusals of inspections; each says what was expected and what to do next, Chinese first."""

from __future__ import annotations

from minzheng.kernel.refusals import Refusal


class InspectionRefused(Refusal):
    """An act that the rules of inspection do not allow."""


class NotYourVisit(InspectionRefused):
    """The visit is another inspector's."""


class DrawDiffers(InspectionRefused):
    """A draw that, computed again, gives something else."""
