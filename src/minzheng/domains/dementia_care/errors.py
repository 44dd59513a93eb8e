"""What dementia care refuses, in words an official can read."""


class DementiaRefused(ValueError):
    """A record cannot be made or changed as asked; the message says why and what to do, 中文 / English."""
