"""A real server with a small committed town, driven by Debian's Chromium."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, sync_playwright

from minzheng.kernel.storage import testing
from minzheng.kernel.storage.server import Address
from tests.browser.registers import apart
from tests.browser.watching import Watch

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run", "--disable-quic"]  # fmt: skip


@dataclass(frozen=True)
class Site:
    """Where the server answers, and which database it serves."""

    url: str
    database: str


def _address(alias: str, name: str) -> str:
    row = settings.DATABASES[alias]
    return Address(row["HOST"], int(row["PORT"]), row["USER"], row["PASSWORD"], name).url()


def environment_for(database: str) -> dict[str, str]:
    """The environment of a process that works on one database of this server, as the web role."""
    own = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    return own | {
        "MINZHENG_OWNER_URL": _address("owner", database),
        "MINZHENG_WEB_URL": _address("default", database),
        "MINZHENG_DEMO": "1",
        "DJANGO_SETTINGS_MODULE": "minzheng.surfaces.settings",
    }


@pytest.fixture(scope="package", autouse=True)
def beside_the_driver() -> Iterator[None]:
    """The browser's driver keeps a loop in this thread, in which nothing of Django ever runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture(scope="package")
def town_database(django_db_blocker, django_db_setup) -> Iterator[str]:
    """A committed database with demo officials and a small town that has lived its month end."""
    from tests.browser.town import build_town

    with django_db_blocker.unblock():
        template = testing.template_database()
        with testing.cloned_database(template, "browser") as name, pytest.MonkeyPatch.context() as patch:
            # The accounts with the public password are made in a demonstration only.
            patch.setenv("MINZHENG_DEMO", "1")
            apart(django_db_blocker, build_town)
            yield name


@pytest.fixture(scope="package")
def site(town_database: str) -> Iterator[Site]:
    with serving(town_database) as found:
        yield found


@contextmanager
def serving(database: str) -> Iterator[Site]:
    """A server over one database, until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = Path(os.environ["MINZHENG_TEST_FILES"]) / f"{database}-server.log"
    with log.open("w") as stream:
        server = subprocess.Popen(
            [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
             "--workers", "1", "--blocking-threads", "4", "minzheng.surfaces.web.wsgi:application"],
            env=environment_for(database), stdout=stream, stderr=subprocess.STDOUT,
        )  # fmt: skip
        url = f"http://127.0.0.1:{port}"
        try:
            _wait_for(f"{url}/healthz", server, log)
            yield Site(url, database)
        finally:
            server.terminate()
            server.wait(timeout=20)


@contextmanager
def own_town(name: str, build: Callable[[], object], blocker: Any) -> Iterator[str]:
    """A committed database of a module's own, built by `build` and dropped at the end; gives its name."""
    with pytest.MonkeyPatch.context() as patch, blocker.unblock():
        patch.setenv("MINZHENG_DEMO", "1")
        with testing.cloned_database(testing.template_database(), name) as database:
            apart(blocker, build)
            yield database


def _wait_for(url: str, server: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError(f"The server ended at its start: {log.read_text()[-3000:]}")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"The server did not answer within a minute: {log.read_text()[-3000:]}")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    chromium = (
        os.environ.get("MINZHENG_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    )
    assert chromium, (
        "没有 Chromium：请先安装 Debian 软件包 chromium。Install Debian's package chromium (make test does)."
    )
    with sync_playwright() as driver:
        launched = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh desk-size window without any cookies."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    window = context.new_page()
    window.set_default_timeout(15_000)
    yield window
    context.close()


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A fresh window of a phone's width."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="zh-CN", has_touch=True, is_mobile=True
    )
    window = context.new_page()
    window.set_default_timeout(15_000)
    yield window
    context.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Pages that are shown to it are accessible, and say nothing on the console."""
    watching = Watch()
    yield watching
    assert not watching.said, "\n".join(watching.said)


@pytest.fixture
def officials(browser: Browser, sign_in: Callable[[Page, str], None]) -> Iterator[Callable[[str], Page]]:
    """`officials(username)` is a window of that official's own, at a desk."""
    opened = []

    def enter(username: str) -> Page:
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
        opened.append(context)
        window = context.new_page()
        window.set_default_timeout(30_000)
        sign_in(window, username)
        return window

    yield enter
    for context in opened:
        context.close()


@pytest.fixture
def sign_in(site: Site):
    """`sign_in(page, username)` as one of the demo accounts; ends on that account's first page."""
    from minzheng.kernel.access.demo import PASSWORD

    def _sign_in(window: Page, username: str) -> None:
        window.goto(f"{site.url}/login/")
        window.fill("input[name=username]", username)
        window.fill("input[name=password]", PASSWORD)
        window.click("button[type=submit]:visible >> nth=-1")
        window.wait_for_url(lambda address: "/login/" not in address)

    return _sign_in
