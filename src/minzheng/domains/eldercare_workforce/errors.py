"""What the workforce's registers refuse, in words an official can read."""

from minzheng.kernel.refusals import Refusal


class WorkforceRefused(Refusal, ValueError):
    """A record cannot be changed as asked; the message says why and what to do, 中文 / English."""
