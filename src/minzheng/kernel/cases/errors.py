"""What may go wrong with a case; every message says what was expected and what to do, Chinese first."""

from __future__ import annotations

from minzheng.kernel.refusals import Refusal


class CaseError(Refusal, ValueError):
    """An act on a case that was refused; nothing was changed."""


class CaseNotFound(CaseError):
    """There is no such case in sight of whoever acts."""


class MoveRefused(CaseError):
    """The table of moves does not hold this one, or the route asks for another step first."""


class CaseChanged(CaseError):
    """Somebody else changed the case since the page was opened."""


class NotYourStep(CaseError):
    """The step belongs to another role or place."""


class StillMissing(CaseError):
    """Answers or papers are missing; `missing` names all of them at once."""

    def __init__(self, message: str, missing: list[str]) -> None:
        super().__init__(message)
        self.missing = missing


class SamePerson(CaseError):
    """Two different officials are needed."""


class TooLate(CaseError):
    """The time for it has passed."""
