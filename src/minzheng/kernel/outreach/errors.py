"""What outreach refuses, in words an official can act on."""

from minzheng.kernel.refusals import Refusal


class OutreachError(Refusal):
    """An act on a lead or notice is refused; nothing was changed."""


class LeadNotFound(OutreachError):
    """No such lead, or it lies outside the acting post's places or programmes."""


class LeadMoveRefused(OutreachError):
    """The lead's state does not permit this move."""


class FindingNotCurrent(OutreachError):
    """The findings have moved on, or do not say that this may be granted; run the month or complete the check first."""
