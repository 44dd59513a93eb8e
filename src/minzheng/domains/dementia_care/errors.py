"""What dementia care refuses, in words an official can read."""

from minzheng.kernel.refusals import Refusal


class DementiaRefused(Refusal, ValueError):
    """A record cannot be made or changed as asked; the message says why and what to do, 中文 / English."""
