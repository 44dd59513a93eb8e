"""What a what-if refuses."""

from minzheng.kernel.refusals import Refusal


class ReformRefused(Refusal, ValueError):
    """A reform cannot be computed, shared or promoted as asked; the message says why, 中文 / English."""
