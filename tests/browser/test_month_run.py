"""A month is run from the browser: queued, taken up by the worker, watched to its end, without loading the page again."""

from __future__ import annotations

import subprocess
import sys

import pytest
from playwright.sync_api import expect

from minzheng.kernel.periods import Month
from tests.browser.conftest import environment_for

pytestmark = pytest.mark.browser


def work_once(database: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "minzheng", "jobs", "work", "--once"],
        env=environment_for(database),
        check=True,
        timeout=120,
    )


def offered(page, site) -> Month:
    """The month that the page offers to run: the open one, or the one after the last closed."""
    page.goto(f"{site.url}/work/months/")
    return Month.parse(page.get_by_label("月份").input_value())


def test_a_month_is_queued_run_by_the_worker_and_watched_to_its_end(site, page, sign_in):
    sign_in(page, "shizheng")
    month = offered(page, site)
    page.get_by_role("button", name="开始办理").click()
    expect(page.locator("#month-progress")).to_contain_text("已排队")
    work_once(site.database)
    # The page asks by itself every two seconds and fetches itself anew once the run has ended.
    expect(page.locator(".mz-step--done")).to_have_count(6, timeout=30_000)
    page.goto(f"{site.url}/work/months/")
    row = page.locator("#table-main tbody tr").first
    expect(row).to_contain_text(month.chinese)
    expect(row).to_contain_text("已完成")


def test_the_next_month_waits_for_the_one_before_to_be_closed(site, page, sign_in):
    sign_in(page, "shizheng")
    month = offered(page, site)
    page.get_by_label("月份").fill(str(month + 1))
    page.get_by_role("button", name="开始办理").click()
    expect(page.get_by_role("alert")).to_contain_text(f"现在可以办理的是{month.chinese}")


def test_figures_go_from_the_districts_to_the_streets(site, page, sign_in):
    sign_in(page, "shizheng")
    page.goto(f"{site.url}/work/months/2022-07/")
    total = page.locator("#table-places tfoot [data-label=应发金额]").inner_text()
    page.locator("#table-places tbody").get_by_role("link", name="普陀区").click()
    expect(page.locator("#table-places tbody")).to_contain_text("长风新村街道")
    assert page.locator("#table-places tfoot [data-label=应发金额]").inner_text() == total
