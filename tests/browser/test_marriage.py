"""Marriage registration in the browser: across districts once the pilot begins, never twice, a divorce over National Day."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from minzheng.domains.marriage_registration.models import Kind, Registration
from minzheng.domains.marriage_registration.telling import tell_entries
from minzheng.kernel.access import acting_as_service
from minzheng.kernel.people.models import Membership
from minzheng.kernel.periods import Month
from tests.browser import marriage_town as town
from tests.browser.conftest import Site, own_town, serving
from tests.browser.counter_town import next_month
from tests.browser.pressing import press
from tests.browser.test_accessibility import SIZES, faults

pytestmark = pytest.mark.browser

# One white pixel: what stands for the photograph.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8ffff3f0005fe02fe"
    "dccc59e70000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def site(django_db_blocker, django_db_setup) -> Iterator[Site]:
    with (
        own_town("marriage", town.build_marriage_town, django_db_blocker) as database,
        serving(database) as found,
    ):
        yield found


def begin(window: Page, site: Site, act: str, man: int, woman: int) -> None:
    """Both cards are put on the desk."""
    window.goto(f"{site.url}/work/marriage/")
    window.get_by_label(act, exact=True).check()
    for side, serial in (("man", man), ("woman", woman)):
        window.locator(f"[name={side}_identifier]").fill(town.number(serial))
        window.locator(f"[name={side}_name]").fill(town.PEOPLE[serial][0])
    press(window, "核验证件，开始接待")
    expect(window.locator(".mr-pair")).to_contain_text(town.PEOPLE[man][0])


def tick_everything(window: Page, tmp_path: Path) -> None:
    """Every paper and declaration, a photograph, her name drawn and his on paper."""
    for box in window.locator("[name^=need_]").all():
        box.check()
    photo = tmp_path / "photo.png"
    photo.write_bytes(PIXEL)
    if window.locator("[name=photo]").count():
        window.locator("[name=photo]").set_input_files(photo)
    if window.locator("[name=paper_man]").count():
        window.locator("[name=paper_man]").fill("Q-17")
        pad = window.locator("canvas").last
        pad.scroll_into_view_if_needed()
        at = pad.bounding_box()
        assert at is not None
        window.mouse.move(at["x"] + 20, at["y"] + 20)
        window.mouse.down()
        window.mouse.move(at["x"] + 120, at["y"] + 60, steps=5)
        window.mouse.up()


def book_online(window: Page, site: Site, partner: int) -> None:
    """A resident books the first place of the last day that may be booked, with a partner of the same district."""
    window.goto(f"{site.url}/marriage/")
    window.get_by_label("登记处", exact=True).select_option(label="普陀区婚姻登记处")
    press(window, "查看时间")
    for _week in range(5):
        if window.locator(".book-day", has_text="9月30日").count():
            break
        window.get_by_role("link", name="下一周").click()
    window.locator(".book-day", has_text="9月30日").locator("a.book-time__face").first.click()
    window.get_by_label("对方姓名").fill(town.PEOPLE[partner][0])
    window.get_by_label("对方证件号码").fill(town.number(partner))
    window.get_by_label("对方户口所在地").select_option(label="普陀区")
    press(window, "确认预约")


def shown_well(window: Page) -> None:
    """The page is accessible and fits, at a desk and on a phone."""
    for width, height in SIZES:
        window.set_viewport_size({"width": width, "height": height})
        assert not faults(window), f"{window.url} at {width}"
    window.set_viewport_size({"width": 1280, "height": 900})


def test_marriages_and_a_divorce_through_the_autumn_of_2022(site, officials, tmp_path, watch):
    desk = officials("hunyin")

    # 31 August: the couple of 徐汇 comes a day too early; the couple of 普陀 applies to part.
    begin(desk, site, "结婚登记", 1, 2)
    expect(desk.locator(".mr-said").first).to_contain_text("本处不能办理")
    expect(desk.get_by_role("button", name="登记，颁发结婚证")).to_be_disabled()
    press(desk, "结束接待")
    begin(desk, site, "申请离婚", 3, 4)
    tick_everything(desk, tmp_path)
    for name in ("children", "property", "debts"):
        desk.locator(f"[name={name}]").fill("无")
    press(desk, "受理申请，打印回执")
    expect(desk.locator(".mr-periods")).to_contain_text("2022年9月1日 – 2022年9月30日")
    expect(desk.locator(".mr-periods")).to_contain_text("2022年10月1日 – 2022年10月31日")
    expect(desk.get_by_role("button", name="双方已到，开始办理")).to_have_count(0)
    divorce = desk.url
    shown_well(desk)

    # A couple of 普陀 books online for 30 September; either number holds one booking only.
    phone = officials("zixuan")
    phone.set_viewport_size({"width": 390, "height": 844})
    book_online(phone, site, 8)
    expect(phone.locator("main")).to_contain_text("普陀区婚姻登记处")
    shown_well(phone)
    book_online(phone, site, 6)
    expect(phone.locator("main")).to_contain_text("已有")

    # 30 September: the pilot runs. The couple who booked is the next: their names are there, the cards give the numbers.
    next_month(Month(2022, 9))
    desk.goto(f"{site.url}/work/marriage/")
    expect(desk.locator("main")).to_contain_text("09:00")
    desk.keyboard.press("n")
    expect(desk.locator("[name=man_name]")).to_have_value(town.PEOPLE[7][0])
    for side, serial in (("man", 7), ("woman", 8)):
        desk.locator(f"[name={side}_identifier]").fill(town.number(serial))
    press(desk, "核验证件，开始接待")
    tick_everything(desk, tmp_path)
    press(desk, "登记，颁发结婚证")
    expect(desk.locator("h1")).to_have_text("结婚登记")
    desk.goto(f"{site.url}/work/marriage/")
    expect(desk.locator(".mr-line").first).to_contain_text("已办结")
    phone.goto(f"{site.url}/my/marriage/")
    expect(phone.locator("main")).to_contain_text("婚后一件事")

    # The couple of 徐汇 comes again: now they are registered across districts.
    begin(desk, site, "结婚登记", 1, 2)
    expect(desk.locator(".mr-said").first).to_contain_text("本处可以办理")
    press(desk, "登记，颁发结婚证")
    expect(desk.locator(".govuk-error-summary")).to_contain_text("男方居民身份证：尚缺")
    shown_well(desk)
    tick_everything(desk, tmp_path)
    press(desk, "登记，颁发结婚证")
    expect(desk.locator("h1")).to_have_text("结婚登记")
    shown_well(desk)
    with desk.expect_download() as paper:
        desk.get_by_role("link", name="男方证书 PDF").click()
    assert Path(paper.value.path()).read_bytes().startswith(b"%PDF")
    with acting_as_service("test"):
        entry = Registration.objects.get(kind=Kind.MARRIAGE, on="2022-09-30", man_name=town.PEOPLE[1][0])
        assert entry.is_cross_district
        tell_entries()
        home = Membership.objects.get(person=entry.man_person_id).household_id

    # Their own district sees it on the household's page.
    reviewer = officials("xuhui")
    reviewer.goto(f"{site.url}/work/households/{home}/")
    expect(reviewer.locator("main")).to_contain_text("已婚")

    # He comes again with another: refused, and the clashing number stays with the registrar.
    begin(desk, site, "结婚登记", 1, 6)
    expect(desk.locator("main")).to_contain_text("男方在婚姻登记中已有配偶")
    expect(desk.locator("main")).to_contain_text(entry.number)
    shown_well(desk)
    press(desk, "不予登记，出具告知书")
    expect(desk.locator("main")).to_contain_text("仅登记员可见")

    # Still within the first period: nothing to collect. On 31 October, the last day, moved over a Sunday, both come.
    desk.goto(divorce)
    expect(desk.get_by_role("button", name="撤回")).to_be_visible()
    next_month(Month(2022, 10))
    desk.goto(f"{site.url}/work/marriage/")
    shown_well(desk)
    desk.get_by_role("link", name="LS310107-2022-000001").click()
    press(desk, "双方已到，开始办理")
    tick_everything(desk, tmp_path)
    press(desk, "登记，颁发离婚证")
    expect(desk.locator("h1")).to_have_text("离婚登记")
    expect(desk.locator("main")).to_contain_text("J310107-2022-000001")


def test_the_pages_around_the_desk_are_accessible(site, officials):
    pages = {
        "hunyinzhang": [
            "",
            "register/?kind=pairs",
            "archive/",
            "manage/",
            "statistics/?year=2022",
            "agencies/",
        ],
        "tongji": ["statistics/?year=2022"],
        "jiancha": ["agencies/"],
    }
    for username, addresses in pages.items():
        window = officials(username)
        for address in addresses:
            answer = window.goto(f"{site.url}/work/marriage/{address}")
            assert answer is not None and answer.status == 200, address
            shown_well(window)
