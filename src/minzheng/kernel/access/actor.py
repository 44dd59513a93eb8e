"""Who acts: an official in a post, a service of the platform, or a resident for themself."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

OFFICIAL, SERVICE, RESIDENT = "official", "service", "resident"


@dataclass(frozen=True)
class Actor:
    """The one on whose behalf the present transaction runs."""

    kind: str
    label: str
    official_id: int | None = None
    post_id: int | None = None
    role: str = ""
    division_code: str = ""
    domains: tuple[str, ...] = ()
    person_id: int | None = None

    @property
    def official(self) -> int:
        """The number of the official who acts; residents have none and never pass a permission check."""
        if self.official_id is None:
            raise LookupError("居民本人没有工作人员编号。A resident is no official.")
        return self.official_id

    def covers(self, domain: str) -> bool:
        """Whether the post reaches this programme."""
        return "*" in self.domains or domain in self.domains

    def reaches(self, division_code: str) -> bool:
        """Whether the place lies in the post's subtree."""
        if not self.division_code:
            return False
        low, high = scope_of(self.division_code)
        return low <= division_code < high


def scope_of(division_code: str) -> tuple[str, str]:
    """The range of codes that a division's subtree takes: low included, high not.

    Codes of six digits end in pairs of zeros where the lower levels are left open (310000 the city); ':' follows '9'
    in the order of bytes. The database computes the same in `access_scope_low`.
    """
    low = division_code
    if len(low) == 6:
        while low.endswith("00"):
            low = low[:-2]
    return low, low + ":"


actors: ContextVar[tuple[Actor, ...]] = ContextVar("minzheng_actors", default=())


def current_actor() -> Actor | None:
    """The actor of the present transaction; None where nobody acts."""
    stack = actors.get()
    return stack[-1] if stack else None
