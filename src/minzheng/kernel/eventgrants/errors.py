"""Refusals of grants by event, each saying what stands in the way and what to do next."""

from __future__ import annotations

from minzheng.kernel.refusals import Refusal


class GrantRefused(Refusal):
    """An act on an activation was refused; the text is for the official who asked."""


class NotTriggered(GrantRefused):
    """What is written down does not show that the event happened."""


class EmptyList(GrantRefused):
    """Nobody was entitled in the month."""


class ListChanged(GrantRefused):
    """The entries no longer have the digest they were frozen with."""


class SameOfficer(GrantRefused):
    """The official who proposed an activation may not approve it."""


class NotReady(GrantRefused):
    """The activation is not in the state this step needs."""
