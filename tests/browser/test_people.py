"""An official looks somebody up: search, the person, the household, the reasons, the letter, a whole number."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.registers import read
from tests.browser.test_accessibility import faults

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def somebody(site: Site, django_db_blocker) -> dict[str, int | str]:
    """A household head of the town whose household receives the subsistence allowance."""

    def find() -> dict[str, int | str]:
        from minzheng.kernel.awards.models import Award

        award = Award.objects.filter(benefit="subsistence_allowance", state="in_force").order_by("id").first()
        assert award is not None
        return {"person": award.person_id, "household": award.household_id, "name": award.person.name}

    return read(django_db_blocker, find)


def test_an_official_finds_a_person_by_name_and_opens_the_record(site, page: Page, sign_in, somebody) -> None:
    sign_in(page, "quji")
    page.goto(f"{site.url}/work/people/")
    page.get_by_role("search").last.get_by_role("searchbox").fill(str(somebody["name"]))
    page.get_by_role("button", name="查找", exact=True).click()
    page.locator(f"a[href='/work/people/{somebody['person']}/']").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(str(somebody["name"]))
    for title in ("待遇判定", "在享和曾享待遇", "身份", "家庭", "各部门写法", "每一项的来源", "谁看过此档案"):
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
    assert not re.search(r"\b31\d{15}[\dX]\b", page.content()), (
        "no whole identity number before a reason is given"
    )


def test_a_search_with_one_character_finds_nobody_and_says_how_to_search(site, page: Page, sign_in) -> None:
    sign_in(page, "quji")
    page.goto(f"{site.url}/work/people/?q=王")
    expect(page.get_by_text("姓名至少写两个字")).to_be_visible()


def test_after_sixty_searches_in_a_minute_an_official_is_asked_to_wait(site, page: Page, sign_in) -> None:
    sign_in(page, "shizheng")
    found = 0
    # The minute may change once between the first search and the last.
    while (answer := page.request.get(f"{site.url}/work/people/?q=无此人某")).status == 200 and found < 122:
        found += 1
    assert answer.status == 429
    assert found >= 60
    assert "请一分钟后再试" in answer.text()


def test_a_whole_number_shows_only_after_a_reason(site, page: Page, sign_in, somebody) -> None:
    sign_in(page, "quji")
    page.goto(f"{site.url}/work/people/{somebody['person']}/")
    page.locator(".mz-unmask__button").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="留痕并查看").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.locator(".mz-unmask__button").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("核对本人身份").check()
    dialog.get_by_role("textbox", name="说明").fill("本人到窗口核对")
    dialog.get_by_role("button", name="留痕并查看").click()
    shown = page.locator(".mz-unmask__value.mz-digits")
    expect(shown).to_have_text(re.compile(r"^\d{17}[\dX]$"))
    page.reload()
    expect(page.get_by_text("本人到窗口核对").first).to_be_visible()


def test_the_dialog_opens_and_closes_by_keyboard_and_the_focus_returns(
    site, page: Page, sign_in, somebody
) -> None:
    sign_in(page, "quji")
    page.goto(f"{site.url}/work/people/{somebody['person']}/")
    opener = page.locator(".mz-unmask__button").first
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(opener).to_be_focused()


def test_without_script_the_reason_is_asked_on_a_page_of_its_own(site, browser, sign_in, somebody) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    window = context.new_page()
    sign_in(window, "quji")
    window.goto(f"{site.url}/work/people/{somebody['person']}/")
    address = window.locator(".mz-unmask__button").first.get_attribute("href")
    window.goto(f"{site.url}{address}")
    window.get_by_role("button", name="留痕并查看").click()
    expect(window.get_by_role("alert")).to_be_visible()
    window.get_by_label("处理来信来访").check()
    window.get_by_role("textbox", name="说明").fill("来信核实身份")
    window.get_by_role("button", name="留痕并查看").click()
    expect(window.locator(".mz-number")).to_have_text(re.compile(r"^\d{17}[\dX]$"))
    context.close()


def test_the_month_switch_explains_by_the_standard_of_that_month(site, page: Page, sign_in, somebody) -> None:
    sign_in(page, "quji")
    address = f"{site.url}/work/people/{somebody['person']}/why/subsistence_allowance"
    page.goto(f"{address}/2022-07/")
    expect(page.get_by_text("1,420.00").first).to_be_visible()
    page.get_by_role("link", name="2022年6月").click()
    expect(page.get_by_text("1,330.00").first).to_be_visible()
    expect(page.get_by_text("1,420.00")).to_have_count(0)


def test_the_letter_is_signed_by_the_street_and_names_conditions_and_papers(
    site, page: Page, sign_in, somebody
) -> None:
    sign_in(page, "quji")
    page.goto(f"{site.url}/work/people/{somebody['person']}/letter/subsistence_allowance/2022-07/")
    letter = page.get_by_role("article")
    expect(letter).to_contain_text("普陀区长风新村街道办事处")
    expect(letter).to_contain_text(f"{somebody['name']}：")
    expect(letter).to_contain_text("家庭人均月收入低于最低生活保障标准")
    expect(letter).to_contain_text("上海市社会救助条例")


def test_an_official_of_another_district_sees_no_such_person(site, page: Page, sign_in, somebody) -> None:
    sign_in(page, "xuhui")
    answer = page.goto(f"{site.url}/work/people/{somebody['person']}/")
    assert answer is not None and answer.status == 404
    page.goto(f"{site.url}/work/people/?q={somebody['name']}")
    expect(page.get_by_text("没有找到")).to_be_visible()


def test_pages_of_people_are_accessible_and_fit_a_phone(
    site, page: Page, phone: Page, sign_in, somebody
) -> None:
    addresses = [
        "/work/people/?q=" + str(somebody["name"]),
        f"/work/people/{somebody['person']}/",
        f"/work/households/{somebody['household']}/",
        f"/work/people/{somebody['person']}/why/subsistence_allowance/2022-07/",
        f"/work/people/{somebody['person']}/letter/subsistence_allowance/2022-07/",
    ]
    for window in (page, phone):
        sign_in(window, "quji")
        for address in addresses:
            window.goto(f"{site.url}{address}")
            assert faults(window) == [], address
            wider = window.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wider <= 0, f"{address} is wider than the window"
