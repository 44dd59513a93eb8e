"""What offices sent, on screen: the report of a file, sending one in, deciding a row in doubt."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.browser.conftest import environment_for
from tests.browser.pressing import follow
from tests.browser.registers import read
from tests.browser.test_accessibility import faults

pytestmark = pytest.mark.browser


def work_through_jobs(database: str) -> None:
    """Does what waits in the queue, as the worker beside the server would."""
    subprocess.run(
        [sys.executable, "-m", "minzheng", "jobs", "work", "--once"],
        env=environment_for(database), check=True, capture_output=True, timeout=120,
    )  # fmt: skip


def test_the_report_tells_of_a_row_what_was_wrong_expected_and_done(site, page: Page, sign_in) -> None:
    sign_in(page, "quji")
    page.goto(f"{site.url}/work/feeds/")
    page.get_by_role("link", name="公安_实有人口.csv").click()
    page.get_by_role("link", name=re.compile("待核处")).last.click()
    row = page.locator(".mz-feedrow").first
    expect(row).to_contain_text("见到")
    expect(row).to_contain_text("整行转入待核处，未写入")
    expect(row.locator("summary")).to_have_text(re.compile("原文"))
    assert not re.search(r"\b31\d{15}[\dX]\b", page.content()), "identity numbers are masked in the report"


def test_rows_are_filtered_by_what_was_said_of_them(site, page: Page, sign_in) -> None:
    sign_in(page, "quji")
    page.goto(f"{site.url}/work/feeds/")
    page.get_by_role("link", name="公安_实有人口.csv").click()
    first = page.locator("#table-codes tbody a").first
    said = first.inner_text()
    first.click()
    rows = page.locator(".mz-feedrow")
    assert rows.count() > 0
    for at in range(rows.count()):
        expect(rows.nth(at)).to_contain_text(said)


def test_the_report_comes_as_a_workbook_whose_formulas_are_text(site, page: Page, sign_in) -> None:
    sign_in(page, "quji")
    page.goto(f"{site.url}/work/feeds/")
    page.get_by_role("link", name="公安_实有人口.csv").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载报告").click()
    book = load_workbook(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    assert len(book.sheetnames) == 3
    assert all(cell.data_type != "f" for sheet in book for line in sheet.iter_rows() for cell in line)


def test_a_file_s_page_shows_first_what_is_worth_attention(site, page: Page, sign_in) -> None:
    sign_in(page, "quji")
    page.goto(f"{site.url}/work/feeds/1/")
    rows = page.locator(".mz-feedrow")
    expect(rows.first).to_be_visible()
    assert rows.count() == page.locator(".mz-feedrow:has(.mz-feedrow__messages)").count()
    page.goto(f"{site.url}/work/feeds/1/?outcome=all")
    assert rows.count() > page.locator(".mz-feedrow:has(.mz-feedrow__messages)").count()


def test_a_file_is_sent_in_and_loaded_by_a_job(site, page: Page, sign_in, tmp_path: Path) -> None:
    sent = tmp_path / "卫健_死亡_补.csv"
    sent.write_text("证件号码,姓名,死亡日期\n310199190001010010,无此人,2022-06-03\n", encoding="utf-8-sig")
    sign_in(page, "quji")
    page.goto(f"{site.url}/work/feeds/")
    page.set_input_files("input[type=file]", sent)
    page.get_by_label("所属月份").fill("2022-06")
    page.get_by_role("button", name="上传并核查").click()
    expect(page.get_by_text("正在后台核查写入")).to_be_visible()
    expect(page.get_by_role("heading", name="正在接收")).to_be_visible()
    work_through_jobs(site.database)
    page.goto(f"{site.url}/work/feeds/")
    page.get_by_role("link", name="卫健_死亡_补.csv").click()
    expect(page.locator(".mz-feedrow").first).to_contain_text("第 2 行")


def test_a_file_of_another_kind_is_refused_in_words(site, page: Page, sign_in, tmp_path: Path) -> None:
    sent = tmp_path / "名册.xls"
    sent.write_bytes(b"\xd0\xcf\x11\xe0")
    sign_in(page, "quji")
    page.goto(f"{site.url}/work/feeds/")
    page.set_input_files("input[type=file]", sent)
    page.get_by_role("button", name="上传并核查").click()
    expect(page.get_by_role("alert")).to_contain_text("旧版 .xls 请另存为 .xlsx")


def test_a_street_officer_may_look_and_decide_but_not_send_files(site, page: Page, sign_in) -> None:
    sign_in(page, "jiedao")
    page.goto(f"{site.url}/work/feeds/")
    expect(page.get_by_role("button", name="上传并核查")).to_have_count(0)
    token = page.locator("body").get_attribute("hx-headers")
    answer = page.request.post(
        f"{site.url}/work/feeds/send/",
        headers={"X-CSRFToken": re.search(r'": "([^"]+)"', token or "")[1], "Referer": site.url},
    )
    assert answer.status == 403


def test_a_row_in_doubt_is_refused_with_a_reason_and_leaves_the_queue(
    site, page: Page, sign_in, django_db_blocker
) -> None:
    sign_in(page, "quji")
    page.goto(f"{site.url}/work/review/")
    follow(page.locator("#table-main tbody a").first)
    number = int(page.url.rstrip("/").rsplit("/", 1)[-1])
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_role("alert")).to_contain_text("请选择如何处理")
    page.get_by_label("不采用这一行").check()
    page.get_by_label("理由").fill("与公安核对，此行有误")
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_text("已处理，结果已记入接收报告")).to_be_visible()

    def state() -> tuple[str, str]:
        from minzheng.kernel.sources.models import ReviewItem

        item = ReviewItem.objects.get(pk=number)
        return item.state, item.decided_by

    assert read(django_db_blocker, state) == ("refused", "顾雅琴")
    page.goto(f"{site.url}/work/review/{number}/")
    expect(page.get_by_role("button", name="确定")).to_have_count(0)


def test_pages_of_feeds_are_accessible_and_fit_a_phone(site, page: Page, phone: Page, sign_in) -> None:
    for window in (page, phone):
        sign_in(window, "quji")
        for address in (
            "/work/feeds/",
            "/work/feeds/1/",
            "/work/feeds/1/?outcome=review",
            "/work/review/",
            "/work/review/2/",
        ):
            window.goto(f"{site.url}{address}")
            assert faults(window) == [], address
