"""What stays refuse, in words an official can read."""

from minzheng.kernel.refusals import Refusal


class StayRefused(Refusal, ValueError):
    """A bed or a stay cannot be changed as asked; the message says why and what to do, 中文 / English."""
