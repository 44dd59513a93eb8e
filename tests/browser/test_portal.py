"""The resident's portal in a browser: found by everyday words, checked in two minutes, applied for on a phone."""

from __future__ import annotations

import base64
import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.pressing import press
from tests.browser.registers import read
from tests.browser.test_accessibility import SIZES, faults
from tests.browser.test_feeds import work_through_jobs

pytestmark = pytest.mark.browser

PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
ALLOWANCE = "/services/subsistence_allowance_apply/"
OPEN = ["/", "/services/", "/services/?q=低保", "/services/?q=登月火箭票", ALLOWANCE, "/services/marriage_registration/",
        "/check/", "/check/how/", "/letters/check/", "/letters/check/?code=7K3MQ2WX8PRT", "/joined/marriage_and_birth/"]  # fmt: skip
MINE = ["", "known/", "questions/", "questions/2/", "papers/", "send/", "withdraw/"]


def test_a_service_is_found_by_everyday_words(site, page: Page) -> None:
    page.goto(site.url)
    page.get_by_label("想办什么事").fill("吃低保")
    page.get_by_role("button", name="搜索").click()
    page.get_by_role("link", name="申请最低生活保障").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("申请最低生活保障")
    expect(page.get_by_role("heading", name="不用带，本市已有")).to_be_visible()
    expect(page.get_by_role("link", name="在线办理")).to_be_visible()


def test_the_two_minute_check_answers_a_family_and_begins_no_session(site, phone: Page) -> None:
    phone.goto(f"{site.url}/check/")
    phone.get_by_label("2", exact=True).check()
    phone.get_by_role("button", name="下一步").click()
    fill_member(phone, 0, age=66, income=900)
    phone.select_option("#id_m1-relation", label="配偶")
    fill_member(phone, 1, age=58, income=0)
    phone.select_option("#id_m1-disability", label="一级")
    phone.get_by_role("button", name="下一步").click()
    phone.get_by_role("group", name="全家有几套住房").get_by_label("1", exact=True).check()
    assert not faults(phone)
    phone.get_by_role("button", name="看结果").click()
    yes = phone.locator(".mz-card--good")
    expect(yes.filter(has_text="老年综合津贴")).to_contain_text(re.compile(r"¥\d+\.\d\d"))
    expect(yes.filter(has_text="重度残疾人护理补贴")).to_contain_text("配偶（58岁）")
    maybe = phone.locator(".mz-card--warn", has_text="最低生活保障金")
    expect(maybe).to_contain_text("还需要核实")
    assert not faults(phone)
    assert {cookie["name"] for cookie in phone.context.cookies()} <= {"csrftoken"}
    phone.get_by_role("button", name="改一改回答").click()
    expect(phone.get_by_role("group", name="全家有几套住房").get_by_label("1", exact=True)).to_be_checked()
    phone.get_by_role("button", name="看结果").click()
    maybe.get_by_role("link", name="怎么办理").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("申请最低生活保障")


def fill_member(window: Page, at: int, *, age: int, income: int) -> None:
    window.fill(f"#id_m{at}-age", str(age))
    window.locator(f"#id_m{at}-hukou_0").check()
    window.fill(f"#id_m{at}-income", str(income))


def test_the_allowance_is_applied_for_on_a_phone_until_it_is_accepted(
    site, phone: Page, sign_in, django_db_blocker
) -> None:
    sign_in(phone, "jumin3")
    phone.goto(f"{site.url}{ALLOWANCE}")
    phone.get_by_role("link", name="在线办理").click()
    phone.get_by_role("button", name="开始填写").click()
    known = phone.locator(".mz-known__item").first
    expect(known).to_contain_text(re.compile(r"本市已有：公安机关 \d{4}-\d\d-\d\d"))
    phone.get_by_role("button", name="都正确，继续").click()
    phone.get_by_role("button", name="保存并继续").click()
    expect(phone.get_by_role("alert")).to_contain_text("请填写")
    fill_in(phone)
    expect(phone.get_by_role("heading", name="不用您交")).to_be_visible()
    paper = phone.locator(".mz-paper", has_text="房屋租赁合同")
    photo = paper.locator("input[name=photo]")
    expect(photo).to_have_attribute("capture", "environment")
    photo.set_input_files({"name": "合同.png", "mimeType": "image/png", "buffer": PHOTO})
    paper.get_by_role("button", name="提交这份材料").click()
    expect(phone.get_by_text("已收到“房屋租赁合同”")).to_be_visible()
    phone.get_by_role("button", name="我同意授权").click()
    expect(phone.locator(".mz-card", has_text="经济状况核对授权").first).to_contain_text("已授权")
    phone.get_by_role("link", name="继续", exact=True).click()
    phone.get_by_role("button", name="提交", exact=True).click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("已提交")
    assert not faults(phone)
    number = phone.locator(".mz-receipt__number").inner_text()
    work_through_jobs(site.database)
    read(django_db_blocker, lambda: accept(number))
    phone.get_by_role("link", name="看办理进度").click()
    expect(phone.locator(".mz-page-header")).to_contain_text("已受理，办理中")
    expect(phone.locator(".mz-timeline")).to_contain_text("家庭经济状况核对")
    assert not faults(phone)
    phone.get_by_role("link", name="受理通知书").click()
    expect(phone.get_by_role("article")).to_contain_text("申请最低生活保障")
    assert not faults(phone)


def fill_in(window: Page) -> None:
    """Every page of questions: a tenant alone, without work; a question that appears is answered too."""
    for _ in range(4):
        if "questions" not in window.url:
            return
        for name in ("marital_state_0", "has_job_1", "has_pension_1", "has_disabled_member_1", "has_student_1", "has_medical_costs_1", "housing_2"):  # fmt: skip
            choice = window.locator(f"#id_{name}")
            if choice.count():
                choice.check()
                # An answer may bring up further questions, which the server sends.
                window.wait_for_load_state("networkidle")
        told = {
            "phone": "13800000000",
            "account": "6222000000000000001",
            "residence": "某某路一号",
            "reason": "收入低",
        }
        for name, value in told.items():
            box = window.locator(f"#id_{name}")
            if box.count():
                box.fill(value)
        window.get_by_role("button", name="保存并继续").click()
        window.wait_for_load_state()


def accept(number: str) -> None:
    """The street accepts the case: whatever the city's data lacked was seen at the counter."""
    from minzheng.kernel.cases import actions
    from minzheng.kernel.cases.papers import missing_papers
    from minzheng.kernel.cases.queries import find_by_number
    from minzheng.surfaces.web.work.day import working_day

    case = find_by_number(number)
    assert case is not None
    for paper in missing_papers(case):
        actions.hand_in(case=case, code=paper.code, on=working_day(), note="窗口核验原件")
    actions.accept(case=case.pk, on=working_day())


@pytest.mark.parametrize("large", [False, True], ids=["standard", "large"])
def test_every_page_is_accessible_at_a_desk_and_on_a_phone(
    site, browser: Browser, sign_in, large: bool
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    if large:
        context.add_cookies([{"name": "large_text", "value": "1", "url": site.url}])
    window = context.new_page()
    window.set_default_timeout(15_000)
    said: list[str] = []
    window.on(
        "console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None
    )
    wrong = [fault for path in OPEN for fault in faults_of(window, site.url, path)]
    sign_in(window, "jumin2")
    window.goto(f"{site.url}{ALLOWANCE}apply/")
    press(window, "开始填写")
    case = re.search(r"/my/cases/\d+/", window.url)
    assert case is not None
    pages = [f"{ALLOWANCE}apply/", *(case[0] + end for end in MINE), "/my/cases/", "/my/trust/", "/my/trust/give/",
             "/joined/marriage_and_birth/apply/"]  # fmt: skip
    wrong += [fault for path in pages for fault in faults_of(window, site.url, path)]
    context.close()
    assert not wrong, "\n".join(wrong)
    assert not said, "\n".join(said)


def faults_of(window: Page, url: str, path: str) -> list[str]:
    answer = window.goto(f"{url}{path}")
    assert answer is not None and answer.status == 200, path
    found = []
    for width, height in SIZES:
        window.set_viewport_size({"width": width, "height": height})
        found += [f"{path} at {width}: {fault}" for fault in faults(window)]
    return found


def test_large_text_is_switched_on_in_the_head_and_makes_letters_a_quarter_larger(site, phone: Page) -> None:
    phone.goto(site.url)
    size = "parseFloat(getComputedStyle(document.body).fontSize)"
    before = phone.evaluate(size)
    press(phone, "大字版")
    assert phone.evaluate(size) == pytest.approx(before * 1.25)
    expect(phone.get_by_role("heading", level=1)).to_have_text("您好，要办什么？")
    press(phone, "标准版")
    assert phone.evaluate(size) == pytest.approx(before)
