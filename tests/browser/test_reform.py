"""A policy officer asks what 1500 yuan would cost, reads the answer, opens an example, shares it, and it becomes law by two."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_accessibility import SIZES, faults
from tests.browser.test_month_run import work_once

pytestmark = pytest.mark.browser

TITLE = "低保标准1500元"
STANDARD = "p-subsistence_allowance-standard"


@pytest.fixture(scope="module")
def computed(site, browser, django_db_blocker) -> str:
    """The path of a reform that was typed into the page and computed by the worker."""
    from minzheng.kernel.access.demo import PASSWORD

    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    window = context.new_page()
    window.set_default_timeout(15_000)
    window.goto(f"{site.url}/login/")
    window.fill("input[name=username]", "shizheng")
    window.fill("input[name=password]", PASSWORD)
    window.click("button[type=submit]:visible >> nth=-1")
    window.goto(f"{site.url}/work/reforms/new/?month=2022-07")
    window.get_by_label("名称").fill(TITLE)
    field = window.locator(f"input[name={STANDARD}]")
    # A slip is told beside its field, and nothing typed is lost.
    field.fill("150000")
    window.get_by_role("button", name="开始试算").click()
    expect(window.get_by_role("alert")).to_contain_text("金额以元填写，不是分")
    expect(window.get_by_label("名称")).to_have_value(TITLE)
    field.fill("1500")
    window.get_by_role("button", name="开始试算").click()
    expect(window.locator("#reform-progress")).to_contain_text("已排队")
    work_once(site.database)
    # The page asks by itself and fetches itself anew once it is done.
    expect(window.locator(".rf-summary").nth(1)).to_contain_text("户增加", timeout=30_000)
    path = window.url.removeprefix(site.url)
    window.get_by_role("button", name="共享").click()
    expect(window.get_by_role("button", name="取消共享")).to_be_visible()
    context.close()
    return path


def test_the_answer_is_read_and_an_example_is_opened_with_a_reason(site, page, sign_in, computed) -> None:
    sign_in(page, "shizheng")
    page.goto(f"{site.url}{computed}")
    expect(page.locator(".rf-path")).to_contain_text("1,330.00元")
    expect(page.locator(".rf-path__step--reform")).to_contain_text("1,500.00元")
    expect(page.locator("canvas").first).to_be_visible()
    page.locator("#table-examples tbody th a").first.click()
    expect(page.get_by_role("heading", name="为什么要看这一户")).to_be_visible()
    page.get_by_label("监督检查").check()
    page.get_by_role("button", name="查看", exact=True).click()
    expect(page.get_by_role("heading", name="试算", exact=True).first).to_be_visible()
    expect(page.locator("main")).to_contain_text("1,500.00元")
    clean(page)


def test_every_page_is_accessible_at_a_desk_and_on_a_phone(site, page, sign_in, computed) -> None:
    sign_in(page, "shizheng")
    for path in ("/work/reforms/", "/work/reforms/new/?month=2022-07", computed, f"{computed}promotion/",
                 f"/work/reforms/versus/?a={number(computed)}&b={number(computed)}"):  # fmt: skip
        page.goto(f"{site.url}{path}")
        clean(page)


def test_a_statistician_reads_the_figures_and_finds_no_household(site, page, sign_in, computed) -> None:
    sign_in(page, "tongji")
    page.goto(f"{site.url}{computed}")
    expect(page.locator("main")).to_contain_text("小数已隐去")
    assert page.locator("#table-examples").count() == 0
    clean(page)


def test_the_reform_becomes_law_by_a_paper_and_a_second_officer(site, page, sign_in, computed) -> None:
    sign_in(page, "shizheng")
    page.goto(f"{site.url}{computed}")
    page.get_by_role("link", name="转为正式参数").click()
    page.get_by_label("文号").fill("沪民规〔2022〕99号")
    page.get_by_label("文件名称").fill("关于调整最低生活保障标准的通知")
    page.get_by_label("印发日期").fill("2022-07-20")
    page.get_by_label("施行日期").fill("2022-09-01")
    page.get_by_role("button", name="拟稿并送复核").click()
    expect(page.locator("main")).to_contain_text("须由另一名市级业务主管复核")
    expect(page.locator(".rf-diff").first).to_contain_text("value: 150_000")
    page.context.clear_cookies()
    sign_in(page, "shizhengfu")
    page.goto(f"{site.url}/work/reforms/")
    page.get_by_role("link", name=TITLE).first.click()
    page.get_by_label("复核意见").fill("与印发文件一致")
    page.get_by_role("button", name="复核通过").click()
    expect(page.locator("main")).to_contain_text("minzheng law adopt")
    clean(page)
    with page.expect_download() as caught:
        page.get_by_role("link", name="下载补丁").click()
    assert "沪民规〔2022〕99号" in caught.value.path().read_text()


def number(path: str) -> str:
    return path.rstrip("/").rsplit("/", 1)[-1]


def clean(page: Page) -> None:
    wrong = []
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        wrong += [f"{page.url} at {width}: {fault}" for fault in faults(page)]
    assert not wrong, "\n".join(wrong)
