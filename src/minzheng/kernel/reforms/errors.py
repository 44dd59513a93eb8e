"""What a what-if refuses."""


class ReformRefused(ValueError):
    """A reform cannot be computed, shared or promoted as asked; the message says why, 中文 / English."""
