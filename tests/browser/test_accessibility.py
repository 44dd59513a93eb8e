"""Every page of the workbench at a desk and on a phone: accessible, no wider than the screen, silent under its policy."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIZES = ((1280, 900), (390, 844))
FIRST = "tbody tr th a"

# Who looks at what; an entry of two parts is a page with the link to follow from it.
PAGES = {
    "": ["/", "/login/"],
    "juwei": ["/work/", "/work/leads/", ("/work/leads/", FIRST), "/work/leads/map/", ("/work/notices/", FIRST)],
    "jiedao": ["/work/", "/work/leads/?state=all&kind=increase", "/work/notices/", "/work/months/2022-07/"],
    "quji": ["/work/", "/work/leads/?kind=increase", ("/work/leads/?kind=increase", FIRST), "/work/leads/map/?place=310107014"],
    "shizheng": ["/work/", "/work/leads/map/", "/work/months/", "/work/months/2022-07/", "/work/months/2022-07/?place=310107",
                 "/work/city/prices/?year=2022", "/work/city/cliffs/?month=2022-07"],
    "shicaiwu": [
        "/work/", "/work/payments/", ("/work/payments/", FIRST), "/work/payments/prepare/?programme=old_age_allowance&month=2022-07",
        "/work/payments/held/", "/work/payments/overpaid/", "/work/payments/returns/", ("/work/payments/returns/", "#table-main tbody a"),
        ("/work/payments/returns/", "#table-files tbody a"), "/work/payments/ledger/", "/work/payments/orders/1/",
    ],
    "shishenpi": ["/work/", "/work/months/2022-07/close/"],
    "shenji": ["/work/", "/work/payments/"],
    "tongji": ["/work/", "/work/months/2022-07/"],
    "sysadmin": ["/work/"],
}  # fmt: skip


@pytest.mark.parametrize("username", PAGES)
def test_pages_are_accessible_at_a_desk_and_on_a_phone(site, browser, sign_in, username):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    window = context.new_page()
    window.set_default_timeout(15_000)
    said: list[str] = []
    window.on(
        "console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None
    )
    if username:
        sign_in(window, username)
    wrong = []
    for entry in PAGES[username]:
        path = open_page(window, site.url, entry)
        for width, height in SIZES:
            window.set_viewport_size({"width": width, "height": height})
            wrong += [f"{path} at {width}: {fault}" for fault in faults(window)]
    context.close()
    assert not wrong, "\n".join(wrong)
    assert not said, "\n".join(said)


def open_page(window: Page, url: str, entry: str | tuple[str, str]) -> str:
    path, link = entry if isinstance(entry, tuple) else (entry, "")
    answer = window.goto(f"{url}{path}")
    assert answer is not None and answer.status == 200, f"{path}: {answer and answer.status}"
    if link:
        window.locator(link).first.click()
        window.wait_for_load_state()
        assert window.locator("h1").count() == 1
    return window.url.removeprefix(url)


def faults(window: Page) -> list[str]:
    found = []
    window.wait_for_load_state()
    if window.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
        found.append("wider than the screen")
    result = Axe().run(window, options={"runOnly": RULES})
    for violation in result.response["violations"]:
        found.append(f"{violation['id']}: {violation['nodes'][0]['html'][:200]}")
    return found
