"""What assessment and the care of beds refuse, in words."""


class BedsRefused(ValueError):
    """The act is refused and nothing was changed; the message says why and what to do, 中文 / English."""
