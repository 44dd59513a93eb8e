"""The gallery in a real browser, under the strict content policy: accessible, no wider than the screen, alive."""

import os
import shutil
import threading
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from django.test import RequestFactory
from playwright.sync_api import sync_playwright

from minzheng.kernel.ui import gallery
from minzheng.kernel.ui.tests.test_components import ENGINE

pytestmark = pytest.mark.browser

POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'"
TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (1280, 390)
PAGES = ("/staff", "/resident", "/letter", "/resident?text=large")


def application(environ, start_response):
    """Serves the gallery and the static files it names, each with the policy of production."""
    path = environ["PATH_INFO"]
    if path.startswith("/static/"):
        found = finders.find(path.removeprefix("/static/"))
        if not found:
            start_response("404 Not Found", [])
            return [b""]
        start_response("200 OK", [("Content-Type", TYPES.get(path.rsplit(".", 1)[-1], "text/plain"))])
        with open(found, "rb") as handle:
            return [handle.read()]
    request = RequestFactory().get(path, QUERY_STRING=environ.get("QUERY_STRING", ""))
    audience = "staff" if path == "/staff" else "resident"
    template = "ui/gallery_letter.html" if path == "/letter" else "ui/gallery.html"
    page = ENGINE.get_template(template).render(gallery.gallery_context(request, audience=audience), request)
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", POLICY)]
    start_response("200 OK", headers)
    return [page.encode()]


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def address():
    server = make_server("127.0.0.1", 0, application, handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser():
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    chromium = (
        os.environ.get("MINZHENG_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    )
    assert chromium, (
        "没有 Chromium：请先安装 Debian 软件包 chromium。Install Debian's package chromium (make test does)."
    )
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield opened
        opened.close()


@pytest.fixture
def open_page(browser, address):
    """Opens a page and, at the end, holds the browser's own complaints against it."""
    opened, complaints = [], []

    def open_at(path, width):
        page = browser.new_page(viewport={"width": width, "height": 900}, locale="zh-CN")
        page.on(
            "console",
            lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        page.goto(address + path)
        opened.append(page)
        return page

    yield open_at
    for page in opened:
        page.close()
    assert complaints == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", PAGES)
def test_every_component_is_accessible_and_fits_the_screen(open_page, path, width):
    page = open_page(path, width)
    if path != "/letter":
        page.wait_for_function("document.querySelectorAll('[data-mz-chart] canvas').length === 3")
    found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_number_is_unmasked_by_keyboard_through_a_dialog_that_escape_closes(open_page):
    page = open_page("/staff", 1280)
    page.locator(".mz-unmask__button").focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog[open]")
    assert dialog.count() == 1 and dialog.get_by_role("radio").count() == 5
    assert [f["id"] for f in Axe().run(page, options={"runOnly": RULES}).response["violations"]] == []
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0


def test_sorting_replaces_the_table_alone_and_keeps_an_address_to_share(open_page):
    page = open_page("/staff", 1280)
    page.evaluate("window.isSamePage = true")
    page.locator("#table-main .mz-table__sort").last.click()
    page.wait_for_selector("#table-main th[aria-sort='ascending']")
    assert page.url.endswith("sort=fen") and page.evaluate("window.isSamePage")


def test_on_a_phone_the_navigation_opens_by_its_button(open_page):
    page = open_page("/staff", 390)
    links = page.get_by_role("navigation", name="主导航")
    assert not links.is_visible()
    page.get_by_role("button", name="菜单").click()
    assert links.is_visible()


def test_the_select_all_box_marks_the_rows_of_its_page(open_page):
    page = open_page("/staff", 1280)
    page.locator("[data-mz-select-all]").check()
    assert page.locator("input[name=award]:checked").count() == 6
