"""A form is sent: what a test does next happens on the page that answers, never on the one that was left."""

from __future__ import annotations

from playwright.sync_api import Locator, Page


def press(window: Page, name: str, exact: bool = True) -> None:
    """Presses the first button of this name and waits until the page that answers is loaded."""
    follow(window.get_by_role("button", name=name, exact=exact).first)


def follow(link: Locator) -> None:
    """Presses what leads to another page and waits until that page is loaded."""
    with link.page.expect_navigation():
        link.click()
