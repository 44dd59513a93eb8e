"""What awards refuse, in words an official can act on."""

from minzheng.kernel.refusals import Refusal


class AwardError(Refusal):
    """An act on an award is refused; nothing was changed."""


class AwardNotFound(AwardError):
    """No such award, or it lies outside the acting post's places or programmes."""


class AwardStateError(AwardError):
    """The award's state does not permit this act."""


class AwardOverlap(AwardError):
    """The person or household already holds an award of this benefit in these months."""


class AwardChangeError(AwardError):
    """The change itself is wrong: an amount that is not positive, a month before the award begins."""
