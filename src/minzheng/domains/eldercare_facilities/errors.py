"""What elder care's registers refuse, in words an official can read."""

from minzheng.kernel.refusals import Refusal


class FacilityRefused(Refusal, ValueError):
    """A record of a facility cannot be changed as asked; the message says why and what to do, 中文 / English."""
