"""What is held against every page that a story meets: accessible at a desk and on a phone, and silent on its console."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from tests.browser.test_accessibility import SIZES, faults


class Watch:
    """Keeps what the windows of one story said, and which pages were looked at already."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self._met: set[tuple[str, ...]] = set()

    def listen(self, window: Page) -> Page:
        window.on(
            "console", lambda told: self.said.append(told.text) if told.type in ("error", "warning") else None
        )
        return window

    def check(self, window: Page) -> None:
        """A page with these headings, met for the first time, has no fault; one at a desk is looked at on a phone too."""
        page = (re.sub(r"\d+", "", window.url), *window.locator("h1, h2").all_inner_texts())
        if page in self._met:
            return
        self._met.add(page)
        own = window.viewport_size or {"width": 1280, "height": 900}
        sizes = SIZES if own["width"] > 400 else ((own["width"], own["height"]),)
        for width, height in sizes:
            window.set_viewport_size({"width": width, "height": height})
            assert not faults(window), f"{window.url} at {width}"
        window.set_viewport_size(own)
