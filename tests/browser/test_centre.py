"""A morning at the counter: a number on the machine, called at the counter, seen in the hall; a time booked on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from minzheng.kernel.centres.models import Appointment, Centre, Ticket
from tests.browser.registers import read
from tests.browser.test_accessibility import SIZES, faults

pytestmark = pytest.mark.browser

CODE = "310107014-0"


@pytest.fixture
def centre(site, django_db_blocker) -> Centre:
    return read(django_db_blocker, lambda: Centre.objects.get(code=CODE))


@pytest.fixture
def windows(browser, sign_in):
    """`windows(username)` is a window of that account's own; "" signs nobody in."""
    opened = []

    def enter(username: str = "", width: int = 1280) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN")
        opened.append(context)
        window = context.new_page()
        window.set_default_timeout(15_000)
        if username:
            sign_in(window, username)
        return window

    yield enter
    for context in opened:
        context.close()


def sit(window: Page, site, centre: Centre, number: int) -> None:
    """Opens a counter, unless this clerk sits there already."""
    window.goto(f"{site.url}/work/centre/{centre.pk}/counter/")
    button = window.get_by_role("button", name=re.compile(rf"开窗\s*{number}$"))
    if button.count():
        button.click()
    expect(window.locator("h1")).to_contain_text("号窗口")


def start_serving(window: Page) -> None:
    window.keyboard.press("F8")
    expect(window.locator(".centre-present--serving")).to_be_visible()


def take(window: Page, site, centre: Centre, group: str, priority: str = "都不是") -> str:
    window.goto(f"{site.url}/work/centre/{centre.pk}/kiosk/")
    window.locator(".centre-pill", has_text=priority).click()
    window.get_by_role("button", name=re.compile(group)).click()
    window.wait_for_url(re.compile(r"/kiosk/\d+/$"))
    return window.locator(".centre-slip__number").inner_text().replace("您的号码", "").strip()


def test_a_number_from_the_machine_is_called_by_one_key_and_shown_in_the_hall(
    site, centre, windows, django_db_blocker
):
    clerk, hall = windows("chuangkou"), windows()
    sit(clerk, site, centre, 1)
    plain = take(clerk, site, centre, "社会救助")
    assert re.fullmatch(r"A\d{3}", plain)
    code = clerk.locator(".centre-slip__code strong").inner_text()
    favoured = take(clerk, site, centre, "社会救助", "残疾人")

    hall.goto(f"{site.url}/centres/{centre.pk}/display/")
    expect(hall.locator("h1")).to_contain_text("长风新村街道")
    clerk.goto(f"{site.url}/work/centre/{centre.pk}/counter/")
    clerk.keyboard.press("F2")
    expect(clerk.locator("#present")).to_have_text(favoured)
    expect(clerk.locator(".centre-present")).to_contain_text("残疾人")
    # The screen asks anew by itself: nobody reloads it.
    expect(hall.locator(".centre-call--now .centre-call__number")).to_have_text(favoured)
    expect(hall.locator(".centre-call--now .centre-call__counter")).to_contain_text("1")

    mine = windows(width=390)
    mine.goto(f"{site.url}/centres/{centre.pk}/place/?number={plain}&code={code}")
    expect(mine.locator("#mine")).to_contain_text("前面还有 0 人")
    mine.goto(f"{site.url}/centres/{centre.pk}/place/?number={plain}&code=xxxx")
    expect(mine.locator("#mine")).to_contain_text("没有找到这个号")

    start_serving(clerk)
    clerk.keyboard.press("F6")  # set aside for a paper
    expect(clerk.get_by_role("button", name="恢复办理")).to_be_visible()
    clerk.keyboard.press("F2")
    expect(clerk.locator("#present")).to_have_text(plain)
    start_serving(clerk)
    clerk.locator("#to-group").select_option("eldercare")
    clerk.get_by_role("button", name="转窗", exact=True).click()
    expect(clerk.locator(".centre-present")).to_contain_text("本窗口空闲")
    clerk.keyboard.press("F2")
    expect(clerk.locator(".centre-present__group")).to_have_text("养老服务")
    start_serving(clerk)
    clerk.keyboard.press("F9")
    expect(clerk.locator(".centre-present")).to_contain_text("本窗口空闲")
    clerk.get_by_role("button", name="恢复办理").click()
    expect(clerk.locator("#present")).to_have_text(favoured)
    clerk.keyboard.press("F9")
    expect(clerk.locator(".centre-present")).to_contain_text("本窗口空闲")
    ended = Ticket.objects.filter(centre=centre, label__in=[plain, favoured])
    states = read(django_db_blocker, lambda: list(ended.values_list("state", flat=True)))
    assert states == ["done", "done"]


def test_who_does_not_come_is_recalled_twice_and_passed_over(site, centre, windows):
    clerk = windows("chuangkou")
    sit(clerk, site, centre, 1)
    label = take(clerk, site, centre, "社会救助")
    clerk.goto(f"{site.url}/work/centre/{centre.pk}/counter/")
    clerk.keyboard.press("F2")
    expect(clerk.locator("#present")).to_have_text(label)
    expect(clerk.get_by_role("button", name="过号")).to_have_count(0)
    for count in ("1", "2"):
        clerk.keyboard.press("F4")
        expect(clerk.locator(".centre-present")).to_contain_text(f"已重呼 {count} 次")
    clerk.keyboard.press("F7")
    expect(clerk.locator(".centre-present")).to_contain_text("本窗口空闲")


def test_a_resident_books_moves_and_cancels_on_a_phone(site, centre, phone, sign_in, django_db_blocker):
    sign_in(phone, "jumin1")
    phone.goto(f"{site.url}/centres/?street=310107014")
    expect(phone.locator(".centre-item").first).to_contain_text("本街镇")
    phone.get_by_role("link", name=re.compile("预约.*长风新村街道社区事务受理服务中心$")).first.click()
    phone.get_by_role("link", name="养老服务").click()
    choice = phone.locator(".centre-time").first
    assert choice.bounding_box()["height"] >= 44
    booked = choice.locator(".mz-digits").inner_text()
    choice.click()
    phone.get_by_role("button", name="确认预约").click()
    phone.wait_for_url(re.compile(r"/appointments/\d+/$"))
    expect(phone.locator("main")).to_contain_text("预约成功")
    expect(phone.locator("h1")).to_contain_text(booked)
    assert re.fullmatch(r"\d{3} \d{3}", phone.locator(".centre-mine__number").inner_text())

    phone.get_by_role("link", name="改时间").click()
    expect(phone.locator("main")).to_contain_text("原来的时间自动让出")
    phone.locator(".centre-time").nth(3).click()
    phone.get_by_role("button", name="改到这个时间").click()
    phone.wait_for_url(re.compile(r"/appointments/\d+/$"))
    expect(phone.locator("main")).to_contain_text("已改约")
    phone.get_by_role("button", name="取消预约").click()
    expect(phone.locator("main")).to_contain_text("预约已取消")
    states = read(django_db_blocker, lambda: set(Appointment.objects.values_list("state", flat=True)))
    assert states == {"cancelled"}


def test_the_manager_sees_the_day_changes_a_counter_and_gets_the_excel_copy(site, centre, windows):
    manager = windows("zhuren")
    manager.goto(f"{site.url}/work/centre/{centre.pk}/manage/")
    manager.get_by_role("link", name=re.compile(r"调整\s*2$")).click()
    manager.get_by_label("住房保障").check()
    manager.get_by_role("button", name="保存").click()
    expect(manager.locator("main")).to_contain_text("窗口已调整")
    manager.goto(f"{site.url}/work/centre/")
    expect(manager.locator("tbody tr").first).to_contain_text("长风新村街道")
    with manager.expect_download() as download:
        manager.locator("a[href*='export=xlsx']").first.click()
    assert download.value.suggested_filename.endswith(".xlsx")


def test_a_clerk_of_another_street_finds_no_counter_here(site, centre, windows):
    other = windows("xuhuichuang")
    for page in ("counter", "kiosk", "manage", "appointments"):
        answer = other.goto(f"{site.url}/work/centre/{centre.pk}/{page}/")
        assert answer is not None and answer.status == 404
    answer = windows("tongji").goto(f"{site.url}/work/centre/{centre.pk}/counter/")
    assert answer is not None and answer.status == 403


PAGES = {
    "": ["/centres/", "/centres/?street=310107014", "/centres/{pk}/", "/centres/{pk}/display/", "/centres/{pk}/place/?number=A001&code=0000"],
    "jumin1": ["/centres/", "/centres/{pk}/book/", "/centres/{pk}/book/?group=social_assistance", "/centres/appointments/"],
    "chuangkou": ["/work/centre/", "/work/centre/{pk}/counter/", "/work/centre/{pk}/kiosk/", "/work/centre/{pk}/appointments/"],
    "zhuren": ["/work/centre/{pk}/manage/", "/work/centre/{pk}/manage/counter/1/", "/work/centre/{pk}/counter/"],
    "shizheng": ["/work/centre/"],
}  # fmt: skip


@pytest.mark.parametrize("username", PAGES)
def test_the_centres_pages_are_accessible_at_a_desk_and_on_a_phone(site, centre, windows, username):
    window = windows(username)
    said: list[str] = []
    window.on(
        "console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None
    )
    wrong = []
    for path in PAGES[username]:
        path = path.format(pk=centre.pk)
        answer = window.goto(f"{site.url}{path}")
        assert answer is not None and answer.status == 200, path
        for width, height in SIZES:
            window.set_viewport_size({"width": width, "height": height})
            wrong += [f"{path} at {width}: {fault}" for fault in faults(window)]
    assert not wrong, "\n".join(wrong)
    assert not said, "\n".join(said)


def test_the_slip_is_accessible_and_the_english_page_is_english(site, centre, windows):
    clerk = windows("chuangkou")
    sit(clerk, site, centre, 1)
    take(clerk, site, centre, "社会救助")
    assert not faults(clerk)
    reader = windows()
    reader.context.add_cookies([{"name": "django_language", "value": "en", "url": site.url}])
    reader.goto(f"{site.url}/centres/{centre.pk}/")
    expect(reader.locator("main")).to_contain_text("Waiting now")
    expect(reader.locator("main")).to_contain_text("Social assistance")
