"""What stands around a page: navigation, the acting post, the language switch, the notice in the footer.

The web surface fills a `Frame` in a context processor under the name `frame`; `ui/base.html` shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


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
    def current_post(self) -> PostChoice | None:
        return next((post for post in self.posts if post.is_current), None)
