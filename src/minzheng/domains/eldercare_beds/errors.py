"""What assessment and the care of beds refuse, in words."""

from minzheng.kernel.refusals import Refusal


class BedsRefused(Refusal, ValueError):
    """The act is refused and nothing was changed; the message says why and what to do, 中文 / English."""
