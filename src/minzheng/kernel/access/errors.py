"""What access refuses, in words an official can read."""

from django.core.exceptions import PermissionDenied


class NotPermitted(PermissionDenied):
    """The acting post does not carry the permission, or does not cover the programme; a page answers 403."""


class PostNotInForce(PermissionDenied):
    """The post has ended, has not begun, or its account is closed."""


class Widening(PermissionDenied):
    """A block tried to see or do more than the one it runs in."""


class UnknownPermission(LookupError):
    """A permission that `permissions.yaml` does not list; it can then be granted to nobody."""


class LimitExceeded(Exception):
    """More requests within the minute than allowed; a page answers 429."""
