"""A month is paid in the browser by two officials: prepared, approved by the other, sent, answered, put right, closed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from defusedxml.ElementTree import parse
from playwright.sync_api import Page, expect

from tests.browser.pressing import press
from tests.browser.town import BOTH

pytestmark = pytest.mark.browser

NURSING = "残疾人两项补贴"


def signed_in(browser, sign_in, username: str) -> Page:
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, locale="zh-CN", accept_downloads=True
    )
    window = context.new_page()
    window.set_default_timeout(15_000)
    sign_in(window, username)
    return window


def go(window: Page, site, path: str) -> int:
    answer = window.goto(f"{site.url}{path}")
    assert answer is not None
    return answer.status


def act_in(window: Page, site, role: str) -> None:
    """Chooses one of the official's posts on the page that asks for it."""
    go(window, site, "/post/")
    window.locator("main").get_by_role("button", name=re.compile(role)).click()
    window.wait_for_url(lambda address: "/post/" not in address)


def prepare(window: Page, site, programme: str) -> int:
    """Prepares a batch by the buttons of the payments page; returns its number."""
    go(window, site, "/work/payments/?month=2022-07")
    window.get_by_role("link", name=f"编制批次 {programme}").click()
    press(window, "确认编制")
    window.wait_for_url(re.compile(r"/batches/\d+/$"))
    return int(window.url.rstrip("/").rsplit("/", 1)[1])


def approve(window: Page, site, batch: int) -> None:
    go(window, site, f"/work/payments/batches/{batch}/")
    window.get_by_role("link", name="核对并审批").click()
    window.get_by_label("我已核对笔数和控制总额").check()
    press(window, "审批通过")
    expect(window.get_by_text("批次已审批")).to_be_visible()


def orders_of(path: Path) -> list[tuple[str, str]]:
    """Number and amount of every order in the bank's message."""
    root = parse(path).getroot()
    ns = {"p": root.tag[1:].split("}")[0]}
    return [
        (tx.findtext("p:PmtId/p:EndToEndId", namespaces=ns), tx.findtext("p:Amt/p:InstdAmt", namespaces=ns))
        for tx in root.iterfind(".//p:CdtTrfTxInf", ns)
    ]


def answer(number: str, rows: list[tuple[str, str]], returned: set[str]) -> bytes:
    lines = [f"回执号,{number}", "付款指令号,金额（元）,结果,原因码,说明"]
    lines += [f"{key},{yuan},{'退票,AC04,' if key in returned else '成功,,'}" for key, yuan in rows]
    return ("\n".join(lines) + "\n").encode("utf-8-sig")


def upload(window: Page, site, content: bytes) -> None:
    go(window, site, "/work/payments/returns/")
    window.set_input_files(
        "input[type=file]", {"name": "回盘.csv", "mimeType": "text/csv", "buffer": content}
    )
    press(window, "导入")


def export(window: Page, folder: Path) -> list[tuple[str, str]]:
    press(window, "生成银行报文 pain.001")
    expect(window.get_by_text("银行文件已生成")).to_be_visible()
    with window.expect_download() as waiting:
        window.get_by_role("link", name=re.compile("下载 MZ.*xml")).click()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return orders_of(path)


def test_a_month_is_paid_by_two_officials_and_what_came_back_is_paid_again(site, browser, sign_in, tmp_path):
    preparer, approver = signed_in(browser, sign_in, "shicaiwu"), signed_in(browser, sign_in, "shishenpi")

    # What nobody has approved cannot be sent, and who prepares has no way to approve.
    batch = prepare(preparer, site, NURSING)
    expect(preparer.get_by_text("此批次由您编制，须由另一位有审批权的人员审批。")).to_be_visible()
    expect(preparer.get_by_role("button", name="生成银行报文")).to_have_count(0)
    assert go(preparer, site, f"/work/payments/batches/{batch}/approve/") == 403

    # The approver has to say that the sum was compared.
    go(approver, site, "/work/")
    approver.get_by_role("link", name=f"审批 {NURSING}").click()
    press(approver, "审批通过")
    expect(approver.locator(".govuk-error-summary")).to_contain_text("审批前请先核对笔数和控制总额")
    approve(approver, site, batch)

    # Sent to the bank: the file holds each order once, and the sum of the batch.
    go(preparer, site, f"/work/payments/batches/{batch}/")
    rows = export(preparer, tmp_path)
    assert len({key for key, _ in rows}) == len(rows) > 1
    shown = preparer.locator(".mz-stat", has_text="控制总额").locator(".mz-stat__value").inner_text()
    assert sum(round(float(yuan) * 100) for _, yuan in rows) == round(
        float(shown.lstrip("¥").replace(",", "")) * 100
    )

    # The bank pays all but one, and names one order we never sent.
    back = rows[0][0]
    content = answer("R1", [*rows, ("A999999M202207S0", "1.00")], {back})
    upload(preparer, site, content)
    expect(preparer.locator("main")).to_contain_text(f"到账 {len(rows) - 1} 笔，退票 1 笔，未能入账 1 行")
    expect(preparer.locator("main")).to_contain_text("本系统没有这个指令号")
    upload(preparer, site, content)
    expect(preparer.locator("main")).to_contain_text("没有重复入账")

    # The account is put right and the money waits to be paid again.
    go(preparer, site, "/work/payments/returns/")
    preparer.locator("#table-main tbody tr").filter(has_text=back).get_by_role("link").first.click()
    expect(preparer.locator("main")).to_contain_text("账户已销户")
    preparer.get_by_label("账号", exact=True).fill("6231 0000 1111 2222")
    preparer.get_by_label("开户行").fill("上海农商银行")
    preparer.get_by_label("更正依据").fill("本人持存折更正")
    press(preparer, "更正并重新发放")
    expect(preparer.locator("main")).to_contain_text("退票重发")
    expect(preparer.locator("main")).to_contain_text("****2222")

    # Whoever holds both posts may still not approve what they prepared; another takes the batch back.
    both = signed_in(browser, sign_in, BOTH)
    act_in(both, site, "财务经办")
    own = prepare(both, site, "老年综合津贴")
    act_in(both, site, "财务审批")
    go(both, site, f"/work/payments/batches/{own}/approve/")
    expect(both.get_by_text("不能审批自己编制的批次")).to_be_visible()
    both.get_by_label("我已核对笔数和控制总额").check()
    press(both, "审批通过")
    expect(both.get_by_role("alert")).to_contain_text("由您编制，须由另一人复核")
    go(preparer, site, f"/work/payments/batches/{own}/withdraw/")
    preparer.get_by_label("撤回原因").fill("改由两人办理")
    press(preparer, "确认撤回")
    expect(preparer.get_by_text("批次已撤回").first).to_be_visible()

    # Paid again in a batch of its own, by the same two.
    again = prepare(preparer, site, NURSING)
    assert again != batch
    approve(approver, site, again)
    go(preparer, site, f"/work/payments/batches/{again}/")
    second = export(preparer, tmp_path)
    assert [yuan for _, yuan in second] == [rows[0][1]] and second[0][0] != back
    upload(preparer, site, answer("R2", second, set()))
    go(preparer, site, f"/work/payments/batches/{again}/")
    expect(preparer.locator(".mz-step--done")).to_have_count(4)

    # The books agree, and the month can be closed by the approver of the whole city.
    go(approver, site, "/work/payments/ledger/")
    press(approver, "核对账目")
    expect(approver.get_by_text("账目相符")).to_be_visible()
    go(approver, site, "/work/months/2022-07/")
    approver.get_by_role("link", name="结账").click()
    press(approver, "确认结账")
    expect(approver.locator("main")).to_contain_text("本月已结账")
    go(preparer, site, "/work/payments/?month=2022-07")
    expect(preparer.get_by_role("link", name=re.compile("编制批次"))).to_have_count(0)


@pytest.mark.parametrize(
    ("username", "path", "method"),
    [
        ("jiedao", "/work/payments/prepare/?programme=old_age_allowance&month=2022-07", "get"),
        ("shicaiwu", "/work/months/2022-07/close/", "get"),
        ("shenpi", "/work/months/start/", "post"),
        ("shenji", "/work/payments/draft/", "post"),
        ("juwei", "/work/payments/", "get"),
        ("tongji", "/work/leads/", "get"),
        ("secadmin", "/work/months/", "get"),
        ("shishenpi", "/work/payments/returns/", "post"),
    ],
)
def test_a_post_without_the_permission_is_refused_in_words(site, page, sign_in, username, path, method):
    sign_in(page, username)
    page.goto(f"{site.url}/work/")
    if method == "get":
        answer = page.goto(f"{site.url}{path}")
        assert answer is not None and answer.status == 403
        expect(page.get_by_role("heading", level=1)).to_have_text("当前岗位不能办理此事")
        return
    token = page.locator("input[name=csrfmiddlewaretoken]").first.get_attribute("value")
    response = page.request.post(
        f"{site.url}{path}",
        form={"csrfmiddlewaretoken": token or "", "month": "2022-07"},
        headers={"Referer": site.url + "/"},
    )
    assert response.status == 403
    assert "当前岗位不能办理此事" in response.text()


def test_the_menu_offers_only_what_the_post_may_do(site, page, sign_in):
    sign_in(page, "tongji")
    entries = page.locator(".mz-nav__link").all_inner_texts()
    assert "月结" in entries and "发放" not in entries and "线索" not in entries
