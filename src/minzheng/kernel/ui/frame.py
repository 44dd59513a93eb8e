"""What stands around a page: navigation, the acting post, the language switch, the notice in the footer.

The web surface fills a `Frame` in a context processor under the name `frame`; `ui/base.html` shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

MOST_IN_BAR = 12


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the main navigation; `count` is open work, shown beside the word when above zero."""

    label: str
    href: str
    is_current: bool = False
    count: int = 0


@dataclass(frozen=True, slots=True)
class PostChoice:
    """One of the posts an official may act in: 'what · where'."""

    id: str | int
    label: str
    place: str = ""
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """The surroundings of a page.

    `audience` is "staff" (dark head, compact) or "resident" (light head, larger type).
    """

    audience: str = "resident"
    home_url: str = "/"
    section: str = ""
    nav: Sequence[NavItem] = ()
    posts: Sequence[PostChoice] = ()
    switch_post_url: str = ""
    person_label: str = ""
    person_url: str = ""
    login_url: str = ""
    logout_url: str = ""
    language_url: str = ""
    search_url: str = ""
    search_label: str = ""
    notice: str = ""
    is_synthetic: bool = False
    footer_links: Sequence[NavItem] = field(default_factory=tuple)

    @property
    def nav_shown(self) -> list[NavItem]:
        """What stands in the bar: all of a short menu; of a long one the first entries and the one in use."""
        return [item for at, item in enumerate(self.nav) if at < self._fits or item.is_current]

    @property
    def nav_folded(self) -> list[NavItem]:
        """The rest of a long menu, folded under one word (更多)."""
        return [item for at, item in enumerate(self.nav) if at >= self._fits and not item.is_current]

    @property
    def _fits(self) -> int:
        return len(self.nav) if len(self.nav) <= MOST_IN_BAR else MOST_IN_BAR - 2

    @property
    def current_post(self) -> PostChoice | None:
        return next((post for post in self.posts if post.is_current), None)
