"""The annual summary in a browser: its numbers open down to their rows, and follow them when a record changes underneath."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from minzheng.domains.eldercare_facilities import kinds
from tests.browser.registers import read
from tests.browser.test_accessibility import faults

pytestmark = pytest.mark.browser
SUMMARY = "/work/summary/2022/"


def count() -> None:
    """What the platform's own job does every hour."""
    from minzheng.kernel.indicators.counting import refresh
    from minzheng.surfaces.web.work.day import working_day

    refresh(on=working_day())


def open_meal_site() -> None:
    from django.db.backends.postgresql.psycopg_any import DateRange

    from minzheng.kernel.facilities.actions import register_facility

    register_facility(
        code="MEAL-SUMMARY", kind=kinds.MEAL_SITE, name="长风助餐点", division_code="310107014",
        during=DateRange(date(2022, 5, 6), None), source="test", provenance="illustrative",
    )  # fmt: skip


def number(page: Page, figure: str):
    """The link of a figure in the text."""
    return page.locator(f"main a[href*='/work/figures/{figure}/']").first


def test_three_numbers_open_down_to_their_rows_and_one_follows_a_record_that_changes(
    site, page: Page, sign_in, django_db_blocker
) -> None:
    read(django_db_blocker, count)
    sign_in(page, "shizheng")
    for figure in ("centres.total", "admin.streets", "eldercare.meal_sites_added"):
        page.goto(f"{site.url}{SUMMARY}")
        said = int(re.findall(r"\d+", number(page, figure).inner_text())[0])
        number(page, figure).click()
        page.get_by_role("link", name="查看明细").first.click()
        shown = page.locator("main table tbody tr")
        assert said == 0 or shown.count() == min(said, 50), figure
    before = said
    read(django_db_blocker, open_meal_site)
    read(django_db_blocker, count)
    page.goto(f"{site.url}{SUMMARY}")
    expect(number(page, figure)).to_have_text(f"{before + 1}个")
    number(page, figure).click()
    page.get_by_role("link", name="查看明细").first.click()
    expect(page.locator("main table")).to_contain_text("2022-05-06")


def test_the_summary_is_usable_by_everybody_at_a_desk_and_on_a_phone(
    site, page: Page, phone: Page, sign_in, django_db_blocker
) -> None:
    read(django_db_blocker, count)
    for window in (page, phone):
        sign_in(window, "shizheng")
        for address in (SUMMARY, "/work/figures/comparison/", "/work/figures/"):
            window.goto(f"{site.url}{address}")
            assert faults(window) == [], address
