"""A refusal is appealed on a phone, overturned by the district, and cases alike are taken up by the street that decided them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import appeal_town as town
from tests.browser.conftest import Site, own_town, serving
from tests.browser.pressing import press
from tests.browser.registers import apart
from tests.browser.watching import Watch

pytestmark = pytest.mark.browser

AGE = "达到享受年龄"


@pytest.fixture(scope="module")
def site(django_db_blocker, django_db_setup) -> Iterator[Site]:
    with (
        own_town("appeal", town.build_appeal_town, django_db_blocker) as database,
        serving(database) as found,
    ):
        yield found


def card_of(window: Page, title: str) -> Locator:
    return window.locator(".mz-card").filter(has=window.get_by_role("heading", name=title, exact=True))


def object_to(watch: Watch, window: Page, site: Site, case: int, way: str, office: str, words: str) -> None:
    """The resident objects to the decision on their case's page."""
    window.goto(f"{site.url}/my/cases/{case}/")
    expect(window.locator(".mz-page-header")).to_contain_text("不予批准")
    watch.check(window)
    window.get_by_role("link", name=way, exact=True).click()
    expect(window.locator("main")).to_contain_text(office)
    press(window, "提出")
    expect(window.get_by_role("alert")).to_contain_text("请写明理由")
    watch.check(window)
    window.get_by_label("理由").fill(words)
    press(window, "提出")
    card = card_of(window, "复核与复议")
    expect(card).to_contain_text("已提出")
    expect(card).to_contain_text(words)
    expect(window.get_by_role("link", name=way, exact=True)).to_have_count(0)
    watch.check(window)


def take_up(watch: Watch, window: Page, site: Site, name: str) -> None:
    """The reviewer opens the review of somebody from the list, and begins."""
    window.goto(f"{site.url}/work/cases/reviews/")
    watch.check(window)
    window.get_by_role("row").filter(has_text=name).get_by_role("link").first.click()
    press(window, "受理，开始审理")
    expect(window.locator(".mz-page-header")).to_contain_text("审理中")
    watch.check(window)


def decide(watch: Watch, window: Page, verdict: str, words: str, condition: str = "") -> None:
    window.get_by_label(verdict, exact=True).check()
    if condition:
        window.get_by_label("判断有误的条件").select_option(label=condition)
    window.get_by_label("审理意见").fill(words)
    press(window, "审结")
    expect(window.locator(".mz-page-header")).to_contain_text(verdict)
    watch.check(window)


def test_a_refusal_is_overturned_on_appeal_and_those_refused_for_the_same_condition_are_looked_at_again(
    site, phone, officials, sign_in, watch, django_db_blocker
):
    cases = apart(django_db_blocker, lambda: {name: town.case_of(name).pk for name, *_ in town.ELDERS})
    sign_in(watch.listen(phone), town.FIRST)
    object_to(
        watch,
        phone,
        site,
        cases[town.FIRST],
        "申请复核",
        "崇明区民政局",
        "我一九五〇年出生，登记的出生日期不对",
    )
    phone.context.clear_cookies()
    sign_in(phone, town.UNALIKE)
    object_to(watch, phone, site, cases[town.UNALIKE], "申请行政复议", "崇明区人民政府", "我认为应当发给我")

    apart(django_db_blocker, town.correct_the_register)
    reviewer = watch.listen(officials("chongmingqu"))
    take_up(watch, reviewer, site, "施老伯")
    expect(reviewer.locator("main")).to_contain_text(AGE)
    decide(watch, reviewer, "改变原决定", "公安已更正出生日期，申请时已满六十五周岁", AGE)
    upheld = reviewer.url
    take_up(watch, reviewer, site, "顾先生")
    decide(watch, reviewer, "维持原决定", "登记的出生日期与证件一致，未满六十五周岁")

    assert apart(django_db_blocker, town.look_for_alike) == 2
    reviewer.goto(upheld)
    alike = card_of(reviewer, "同类案件")
    expect(alike).to_contain_text("黄老太")
    expect(alike).to_contain_text("不予 → 准予")
    expect(alike).to_contain_text("顾先生")
    watch.check(reviewer)

    officer = watch.listen(officials("chongming"))
    settle(watch, officer, site, "黄老太", "重新办理", "同类案件，出生日期已更正")
    expect(officer.locator("main")).to_contain_text("已依职权启动复核")
    expect(card_of(officer, "复核与复议")).to_contain_text("已提出")
    settle(watch, officer, site, "顾先生", "维持", "核对了证件，出生日期无误")
    expect(card_of(officer, "经过")).to_contain_text("核对了证件，出生日期无误")
    officer.goto(f"{site.url}/work/cases/reviews/")
    expect(officer.locator("main")).to_contain_text("没有待处理的同类案件")
    take_up(watch, reviewer, site, "黄老太")
    decide(watch, reviewer, "改变原决定", "公安已更正出生日期，申请时已满六十五周岁", AGE)

    for name, title, words in (
        (town.FIRST, "老年综合津贴准予决定书", "您对原决定提出的复核已审结，原决定予以改变"),
        (town.ALIKE, "老年综合津贴准予决定书", "您对原决定提出的复核已审结，原决定予以改变"),
        (town.UNALIKE, "行政复议决定书", "决定维持原决定"),
    ):
        phone.context.clear_cookies()
        sign_in(phone, name)
        read_letter(watch, phone, site, cases[name], title, words)


def settle(watch: Watch, window: Page, site: Site, name: str, how: str, why: str) -> None:
    """The street opens a case alike from the list and settles it on the case's own page."""
    window.goto(f"{site.url}/work/cases/reviews/")
    window.locator("#table-alike").get_by_role("row").filter(has_text=name).get_by_role("link").first.click()
    card = card_of(window, "同类案件")
    expect(card).to_contain_text(f"认定此条件判断有误：{AGE}")
    watch.check(window)
    press(window, how)
    expect(window.locator("main")).to_contain_text("请写明")
    card.get_by_label("理由").fill(why)
    press(window, how)
    expect(card).to_have_count(0)
    watch.check(window)


def read_letter(watch: Watch, window: Page, site: Site, case: int, title: str, words: str) -> None:
    """The resident finds the new letter on the case's page, unread, and reads it."""
    window.goto(f"{site.url}/my/cases/{case}/")
    watch.check(window)
    line = window.get_by_role("listitem").filter(has=window.get_by_role("link", name=title, exact=True))
    expect(line).to_contain_text("未读")
    line.get_by_role("link").click()
    letter = window.get_by_role("article")
    expect(letter).to_contain_text(words)
    expect(letter).to_contain_text("行政诉讼")
    # A time limit that this platform only assumes is no ground for a decision.
    expect(letter).not_to_contain_text("五个工作日内办结")
    watch.check(window)
