"""What the workforce's registers refuse, in words an official can read."""


class WorkforceRefused(ValueError):
    """A record cannot be changed as asked; the message says why and what to do, 中文 / English."""
