"""Any counter, any case, in the browser: applied for in 徐汇, decided in 崇明, paid; what a simple case costs in clicks."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.cases.economic_check import ask_sources
from minzheng.kernel.cases.models import Case, EconomicCheck
from minzheng.kernel.payments.models import Order
from minzheng.kernel.periods import Month
from tests.browser import counter_town as town
from tests.browser.conftest import Site, own_town, serving
from tests.browser.pressing import press
from tests.browser.registers import apart, read
from tests.browser.test_accessibility import SIZES, faults

pytestmark = pytest.mark.browser

MOST_PRESSES, MOST_FIELDS = 9, 7
# Every press of a finger or the mouse, and every field that was typed into, over all the pages of one visit.
COUNT = """
  const add = (what) => sessionStorage.setItem(what, Number(sessionStorage.getItem(what) ?? 0) + 1);
  addEventListener("pointerdown", () => add("presses"), true);
  addEventListener("keydown", (event) => event.key === "Enter" && add("presses"), true);
  addEventListener("change", (event) => event.target.matches("input:not([type=radio]):not([type=checkbox]), textarea") && add("fields"), true);
"""


@pytest.fixture(scope="module")
def site(django_db_blocker, django_db_setup) -> Iterator[Site]:
    with (
        own_town("counter", town.build_counter_town, django_db_blocker) as database,
        serving(database) as found,
    ):
        yield found


def begin(window: Page, site: Site, number: str, name: str) -> None:
    window.goto(f"{site.url}/work/counter/")
    window.get_by_label("证件号码", exact=True).fill(number)
    window.get_by_label("姓名", exact=True).fill(name)
    press(window, "开始接待")
    expect(window.locator(".cw-attending")).to_contain_text(name)


def open_item(window: Page, words: str, name: str) -> None:
    window.get_by_role("searchbox").last.fill(words)
    window.keyboard.press("Enter")
    window.get_by_role("button", name=f"办理 {name}", exact=True).click()
    expect(window.locator("h1")).to_have_text(name)


def choose(window: Page, field: str, value: str) -> None:
    window.locator(f"[name=a_{field}][value={value}]").check()


def test_an_allowance_applied_for_in_xuhui_is_decided_in_chongming_and_drafted_for_payment(
    site, officials, django_db_blocker
):
    clerk = officials("xuhuichuang")
    begin(clerk, site, town.POOR_NUMBER, town.POOR)
    open_item(clerk, "吃低保", "申请最低生活保障")
    expect(clerk.locator(".cw-paper--exempt").first).to_contain_text("免交")
    expect(clerk.locator(".cw-known")).to_contain_text("公安")
    press(clerk, "受理")
    expect(clerk.locator("main")).to_contain_text("还缺以下材料")
    clerk.locator("[name=a_phone]").fill("13800000000")
    for field, value in (
        ("marital_state", "single"), ("has_job", "yes"), ("has_pension", "no"), ("has_disabled_member", "no"),
        ("has_student", "no"), ("has_medical_costs", "no"), ("housing", "own"),
    ):  # fmt: skip
        choose(clerk, field, value)
    for field, words in (("residence", "城桥镇一号"), ("account", "6222000000000000001"), ("reason", "收入低，生活困难")):  # fmt: skip
        if clerk.locator(f"[name=a_{field}]").count():
            clerk.locator(f"[name=a_{field}]").fill(words)
    for box in clerk.locator("[name^=signed_], [name^=seen_], [name=agree]").all():
        box.check()
    press(clerk, "受理")
    expect(clerk.locator("main")).to_contain_text("已受理")
    expect(clerk.locator("main")).to_contain_text("崇明区城桥镇")
    address = clerk.url
    press(clerk, "结束接待")
    expect(clerk.locator(".cw-attending")).to_have_count(0)
    clerk.goto(address)
    expect(clerk.locator("main")).not_to_contain_text("认定建议")

    officer = officials("chongming")
    officer.goto(f"{site.url}/work/cases/")
    officer.keyboard.press("n")
    officer.wait_for_url(address)
    press(officer, "委托经济状况核对")
    expect(officer.locator(".mz-page-header")).to_contain_text("核对中")
    pk = int(re.findall(r"/cases/(\d+)/", address)[0])
    read(
        django_db_blocker,
        lambda: ask_sources(check=EconomicCheck.objects.get(case_id=pk), on=date(2022, 7, 29)),
    )
    officer.reload()
    expect(officer.get_by_role("region", name="核对报告")).to_contain_text("工资")
    officer.get_by_label("审核意见").fill("收入和财产与核对报告一致，建议准予")
    press(officer, "审核完成")
    press(officer, "开始公示")
    expect(officer.locator(".mz-page-header")).to_contain_text("公示中")

    # A month goes by: seven days of publication are over.
    apart(django_db_blocker, lambda: town.next_month(Month(2022, 8)))
    officer.goto(f"{site.url}/work/cases/publications/")
    officer.locator("input[name=case]").first.check()
    press(officer, "结束所选公示")
    expect(officer.locator("main")).to_contain_text("1 件公示已结束")
    officer.goto(address)
    expect(officer.locator("main")).to_contain_text("建议准予")
    expect(officer.locator("#decide_outcome_0")).to_be_checked()
    press(officer, "作出决定")
    expect(officer.locator("main")).to_contain_text("须由另一人复核")
    expect(officer.get_by_role("button", name="提交复核意见")).to_have_count(0)

    second = officials(town.SECOND)
    second.goto(f"{site.url}/work/cases/next/")
    second.wait_for_url(address)
    second.get_by_label("同意", exact=True).check()
    press(second, "提交复核意见")
    expect(second.locator(".mz-page-header")).to_contain_text("准予")
    expect(second.locator("main")).to_contain_text("¥820.00")
    second.get_by_role("link", name="决定书", exact=True).click()
    letter = second.locator(".mz-letter")
    expect(letter).to_contain_text("上海市社会救助条例")
    expect(letter).to_contain_text("行政复议")

    def pay() -> int:
        town.next_month(Month(2022, 9))
        with acting_as_service("test"):
            case = Case.objects.get(pk=pk)
            order = Order.objects.get(award_id=case.award_id)
            assert (order.amount_fen, order.benefit_month) == (82_000, date(2022, 9, 1))
            return case.person_id

    person_id = apart(django_db_blocker, pay)
    officer.goto(f"{site.url}/work/people/{person_id}/")
    expect(officer.locator("main")).to_contain_text("¥820.00")


def test_a_correction_over_national_day_stops_the_clock(site, officials, django_db_blocker):
    case = apart(django_db_blocker, town.correction_over_national_day)
    officer = officials("chongming")
    officer.goto(f"{site.url}/work/cases/{case.pk}/")
    clock = officer.locator(".cw-clock", has_text="审核期限").first
    # Three of ten working days were used by 29 September; seven more after Sunday 9 October, a day of work, end on the 18th.
    expect(clock).to_contain_text("中止 2022-09-29 – 2022-10-09")
    expect(clock).to_contain_text("等待申请人补正")
    expect(clock).to_contain_text("行政许可法 第三十二条")
    expect(clock).to_contain_text("已用 3 天")
    expect(clock).to_contain_text("2022年10月18日")


def test_a_simple_case_at_the_counter_takes_few_presses(site, officials, capsys):
    clerk = officials("chuangkou")
    clerk.context.add_init_script(COUNT)
    clerk.goto(f"{site.url}/work/counter/")
    clerk.evaluate("sessionStorage.clear()")
    began = time.monotonic()
    clerk.get_by_label("证件号码", exact=True).fill(town.OLD_NUMBER)
    clerk.get_by_label("姓名", exact=True).fill(town.OLD)
    press(clerk, "开始接待")
    open_item(clerk, "换敬老卡", "老年综合津贴发放账户变更")
    for field, words in (("old_account", "6222000000000000011"), ("new_account", "6222000000000000012"), ("phone", "13800000002")):  # fmt: skip
        if clerk.locator(f"[name=a_{field}]").count():
            clerk.locator(f"[name=a_{field}]").fill(words)
    choose(clerk, "is_card_lost", "no")
    for box in clerk.locator("[name^=seen_], [name=agree]").all():
        box.check()
    press(clerk, "即办办结")
    expect(clerk.locator(".mz-page-header")).to_contain_text("准予")
    press(clerk, "结束接待")
    seconds = time.monotonic() - began
    presses, fields = (
        int(clerk.evaluate(f"sessionStorage.getItem('{what}')")) for what in ("presses", "fields")
    )
    with capsys.disabled():
        print(f"\n即办件：{presses} 次点击，{fields} 个填写项，机器用时 {seconds:.1f} 秒")
    assert 5 < presses <= MOST_PRESSES
    assert 3 < fields <= MOST_FIELDS


@pytest.mark.parametrize(
    ("username", "pages"),
    [
        ("xuhuichuang", ["counter/", "cases/?tab=all", "items/", "cases/help/", "cases/ratings/"]),
        ("chongming", ["cases/", "cases/?tab=all", "cases/publications/", "cases/reviews/", "cases/disputes/", "cases/automatic/",
                       "cases/automatic/old_age_allowance/dry-run/", "items/subsistence_allowance_apply/2019-05-01/"]),
        ("chongmingqu", ["cases/?tab=late", "cases/sampled/"]),
    ],
)  # fmt: skip
def test_pages_are_accessible_at_a_desk_and_on_a_phone(site, officials, username, pages):
    window = officials(username)
    said: list[str] = []
    window.on(
        "console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None
    )
    addresses = [f"{site.url}/work/{page}" for page in pages]
    if username == "xuhuichuang":
        begin(window, site, town.NEIGHBOUR_NUMBER, town.NEIGHBOUR)
        addresses.append(f"{window.url}?q=低保")
        open_item(window, "低保", "申请最低生活保障")
        addresses += [window.url, window.url.replace("/counter/cases/", "/cases/")]
    wrong = []
    for address in addresses:
        answer = window.goto(address)
        assert answer is not None and answer.status == 200, address
        for width, height in SIZES:
            window.set_viewport_size({"width": width, "height": height})
            wrong += [f"{address} at {width}: {fault}" for fault in faults(window)]
    assert not wrong, "\n".join(wrong)
    assert not said, "\n".join(said)
