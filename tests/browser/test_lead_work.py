"""Leads are worked from the door to the decision: a visit on a phone, the district's confirmation, objections."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pressing import press

pytestmark = pytest.mark.browser

FIRST = "#table-main tbody tr th a"


def first_lead(window: Page, site, query: str) -> str:
    """Opens the first lead of a filtered list and returns its path."""
    window.goto(f"{site.url}/work/leads/?{query}")
    window.locator(FIRST).first.click()
    window.wait_for_url(re.compile(r"/leads/\d+/$"))
    return window.url.removeprefix(site.url)


@pytest.fixture
def officials(browser, sign_in):
    """`officials(username)` is a window of that official's own."""
    opened = []

    def enter(username: str) -> Page:
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
        opened.append(context)
        window = context.new_page()
        window.set_default_timeout(15_000)
        sign_in(window, username)
        return window

    yield enter
    for context in opened:
        context.close()


def test_an_application_taken_at_the_door_is_confirmed_by_the_district(site, phone, sign_in, officials):
    sign_in(phone, "juwei")
    path = first_lead(phone, site, "kind=qualifies&programme=disability_subsidies")
    press(phone, "登记")
    expect(phone.get_by_role("alert")).to_contain_text("请选择走访结果")
    choice = phone.get_by_label("本人提出申请")
    height = phone.locator(".govuk-radios__item", has=choice).bounding_box()["height"]
    assert height >= 44  # a thumb's size
    choice.check()
    phone.get_by_label("说明").fill("上门时家属在场")
    press(phone, "登记")
    expect(phone.locator("main")).to_contain_text("已登记申请")
    expect(phone.locator(".mz-timeline")).to_contain_text("上门时家属在场")

    street = officials("jiedao")
    street.goto(site.url + path)
    expect(street.locator("main")).to_contain_text("本项目由区级确认")
    expect(street.get_by_role("button", name="确认", exact=True)).to_have_count(0)

    district = officials("quji")
    district.goto(site.url + path)
    press(district, "确认")
    expect(district.locator("main")).to_contain_text("待遇已按认定结果办理")
    expect(district.locator(".mz-page-header")).to_contain_text("已办结")


def test_a_refusal_needs_its_reason(site, officials):
    district = officials("quji")
    path = first_lead(district, site, "kind=qualifies&programme=subsistence_allowance")
    press(district, "不予确认")
    expect(district.get_by_role("alert")).to_contain_text("不予确认须写明原因")
    district.get_by_label("意见").fill("家庭已迁往外省")
    press(district, "不予确认")
    expect(district.locator(".mz-page-header")).to_contain_text("不予确认")
    district.goto(site.url + path)
    expect(district.locator(".mz-timeline")).to_contain_text("家庭已迁往外省")


def test_increases_are_confirmed_together_only_after_the_sums_were_shown(site, officials):
    district = officials("quji")
    district.goto(f"{site.url}/work/leads/?kind=increase")
    boxes = district.locator("input[name=lead]")
    assert boxes.count() >= 2
    for at in range(2):
        boxes.nth(at).check()
    press(district, "核对并确认所选")
    expect(district.locator(".mz-stat", has_text="件数").locator(".mz-stat__value")).to_have_text("2")
    expect(district.locator(".mz-stat", has_text="每月合计变动").locator(".mz-stat__value")).to_contain_text(
        "+¥"
    )
    press(district, "全部确认")
    expect(district.locator("main")).to_contain_text("2 件已确认")


def test_who_may_not_confirm_is_offered_no_boxes(site, officials):
    neighbourhood = officials("juwei")
    neighbourhood.goto(f"{site.url}/work/leads/?kind=increase")
    expect(neighbourhood.locator(FIRST).first).to_be_visible()
    expect(neighbourhood.locator("input[name=lead]")).to_have_count(0)


def test_an_objection_within_the_window_is_recorded_and_settled(site, officials):
    street = officials("jiedao")
    street.goto(f"{site.url}/work/notices/")
    street.locator(FIRST).first.click()
    street.get_by_label("异议内容").fill("出生日期登记有误")
    press(street, "登记异议")
    expect(street.locator(".mz-page-header")).to_contain_text("有异议待处理")
    press(street, "成立，撤回告知")
    expect(street.get_by_role("alert")).to_contain_text("请写明处理意见")
    street.get_by_label("说明").first.fill("经核对户口簿，异议成立")
    press(street, "成立，撤回告知")
    expect(street.locator(".mz-page-header")).to_contain_text("已撤回")

    street.goto(f"{site.url}/work/notices/")
    street.locator(FIRST).first.click()
    press(street, "本人放弃享受")
    expect(street.locator(".mz-page-header")).to_contain_text("本人放弃")


def test_a_lead_of_another_district_is_not_to_be_found(site, officials):
    near = officials("quji")
    path = first_lead(near, site, "")
    far = officials("xuhui")
    answer = far.goto(site.url + path)
    assert answer is not None and answer.status == 404
