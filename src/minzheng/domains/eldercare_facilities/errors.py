"""What elder care's registers refuse, in words an official can read."""


class FacilityRefused(ValueError):
    """A record of a facility cannot be changed as asked; the message says why and what to do, 中文 / English."""
