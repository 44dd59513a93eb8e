"""A resident asks for help and disputes what is known; the street answers and corrects; a helper sees what a mandate allows."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.access.actions import open_resident_account
from minzheng.kernel.access.demo import PASSWORD
from minzheng.kernel.cases.disputes import tell_case
from minzheng.kernel.cases.models import Dispute
from minzheng.kernel.people.models import Identifier, Person
from minzheng.surfaces.web.work.day import working_day
from tests.browser import counter_town as town
from tests.browser.conftest import Site, own_town, serving
from tests.browser.pressing import press
from tests.browser.registers import read
from tests.browser.test_counter import begin

pytestmark = pytest.mark.browser

ALLOWANCE = "/services/subsistence_allowance_apply/apply/"
POOR, NEIGHBOUR = "shixiaomei", "huangamei"
RIGHT = "施晓妹"


def build_town() -> None:
    town.build_counter_town()
    with acting_as_service("demo"):
        for username, number in ((POOR, town.POOR_NUMBER), (NEIGHBOUR, town.NEIGHBOUR_NUMBER)):
            person_id = Identifier.objects.get(value=number).person_id
            open_resident_account(username=username, password=PASSWORD, person_id=person_id)


@pytest.fixture(scope="module")
def site(django_db_blocker, django_db_setup) -> Iterator[Site]:
    with own_town("help", build_town, django_db_blocker) as database, serving(database) as found:
        yield found


def test_a_question_is_answered_at_the_street_and_a_disputed_value_is_corrected_at_its_source(
    site, phone, officials, sign_in, watch, django_db_blocker
):
    sign_in(watch.listen(phone), POOR)
    phone.goto(f"{site.url}{ALLOWANCE}")
    press(phone, "开始填写")
    case = re.search(r"/my/cases/(\d+)/", phone.url)[1]
    dispute(phone, "姓名", RIGHT)
    watch.check(phone)
    phone.goto(f"{site.url}/my/cases/{case}/known/")
    expect(phone.locator(".mz-known__item").first).to_contain_text(f"您说：{RIGHT}")
    watch.check(phone)
    phone.goto(f"{site.url}/my/cases/{case}/")
    phone.get_by_role("link", name="找人帮忙").click()
    press(phone, "发送")
    expect(phone.get_by_role("alert")).to_contain_text("请写下您的问题")
    phone.get_by_label("您想问什么？").fill("没有工资单，收入怎么证明？")
    press(phone, "发送")
    expect(phone.locator("main")).to_contain_text("等待工作人员答复")
    watch.check(phone)

    elsewhere = watch.listen(officials("xuhuichuang"))
    elsewhere.goto(f"{site.url}/work/cases/help/")
    expect(elsewhere.locator("main")).to_contain_text("没有等待帮办的问题")
    officer = watch.listen(officials("chongming"))
    officer.goto(f"{site.url}/work/cases/help/")
    asked = officer.locator(".mz-card", has_text="没有工资单")
    expect(asked).to_contain_text("申请最低生活保障")
    expect(asked).not_to_contain_text(town.POOR)
    watch.check(officer)
    asked.get_by_role("link", name="相关办件").click()
    expect(officer.locator("h1")).to_have_text("申请最低生活保障")
    officer.go_back()
    asked.get_by_label("答复").fill("不用工资单，授权核对就可以")
    press(officer, "发出答复")
    expect(officer.locator("main")).to_contain_text("没有等待帮办的问题")
    phone.reload()
    expect(phone.locator("main")).to_contain_text("不用工资单，授权核对就可以")

    assert elsewhere.request.get(f"{site.url}/work/cases/disputes/").status == 403
    officer.goto(f"{site.url}/work/cases/disputes/")
    wrong = officer.locator(".mz-card", has_text=RIGHT)
    expect(wrong).to_contain_text(town.POOR)
    expect(wrong).to_contain_text("公安机关")
    watch.check(officer)
    press(officer, "更正登记")
    expect(officer.locator("main")).to_contain_text("请写明核实情况")
    wrong.get_by_label("核实情况").fill("户口簿上写的是晓")
    press(officer, "更正登记")
    expect(officer.locator("main")).to_contain_text("没有数据异议")
    officer.goto(f"{site.url}/work/cases/disputes/?state=done")
    expect(officer.locator("main")).to_contain_text("户口簿上写的是晓")
    watch.check(officer)

    def settle() -> None:
        settled = Dispute.objects.get()
        # What the platform's own job does.
        tell_case(dispute=settled, on=working_day())
        assert Person.objects.get(pk=settled.person_id).name == RIGHT

    read(django_db_blocker, settle)
    phone.goto(f"{site.url}/my/cases/{case}/known/")
    expect(phone.locator(".mz-known__item").first).to_contain_text(RIGHT)
    expect(phone.locator(".mz-known__item").first).not_to_contain_text("已提出异议")


def dispute(window: Page, label: str, right: str) -> None:
    item = window.locator(".mz-known__item").filter(
        has=window.locator(".mz-known__label", has_text=re.compile(f"^{label}$"))
    )
    item.locator("summary").click()
    item.get_by_role("checkbox").check()
    press(window, "都正确，继续")
    expect(window.get_by_role("alert")).to_contain_text("请写明正确的内容")
    item.get_by_label(f"正确的“{label}”").fill(right)
    press(window, "都正确，继续")
    window.wait_for_url("**/questions/**")


def test_a_clerk_who_helps_by_phone_fills_in_the_case_and_never_sees_the_record_without_leave(
    site, phone, officials, sign_in, watch
):
    clerk = watch.listen(officials("xuhuichuang"))
    begin(clerk, site, town.NEIGHBOUR_NUMBER, town.NEIGHBOUR)
    person = clerk.url
    clerk.get_by_role("link", name="登记委托").click()
    clerk.get_by_label("电话委托，已录音").check()
    press(clerk, "登记委托")
    expect(clerk.locator("main")).to_contain_text("录音编号")
    watch.check(clerk)
    clerk.get_by_label("凭据").fill("录音2022-0729-3")
    press(clerk, "登记委托")
    expect(clerk.locator("main")).to_contain_text("委托已登记")
    watch.check(clerk)
    clerk.get_by_role("searchbox").last.fill("吃低保")
    clerk.keyboard.press("Enter")
    clerk.get_by_text("电话帮办或上门代办").click()
    clerk.locator("[name=channel]").select_option("phone")
    clerk.get_by_role("button", name="办理 申请最低生活保障", exact=True).click()
    expect(clerk.locator("h1")).to_have_text("申请最低生活保障")
    form = clerk.url
    watch.check(clerk)
    press(clerk, "结束接待")
    assert clerk.request.get(person).status == 404
    clerk.goto(form)
    # Without leave to see, the clerk types what the client says on the phone: what the city knows stays closed.
    expect(clerk.locator("[name=a_name]")).to_have_value("")
    expect(clerk.locator(".cw-known")).to_have_count(0)
    clerk.locator("[name=a_phone]").fill("13800000000")
    press(clerk, "保存")
    expect(clerk.locator("[name=a_phone]")).to_have_value("13800000000")
    watch.check(clerk)

    sign_in(watch.listen(phone), NEIGHBOUR)
    phone.goto(f"{site.url}/my/trust/")
    expect(phone.locator("main")).to_contain_text("潘丽娜")
    expect(phone.locator("main")).to_contain_text("不可看已有信息")
    watch.check(phone)
    phone.get_by_role("button", name=re.compile("撤销委托")).click()
    expect(phone.locator("main")).to_contain_text("委托已撤销")
    expect(phone.locator("main")).to_contain_text("已撤销")
    # What was begun stays the counter's own case; the principal's record stays closed.
    assert clerk.request.get(person).status == 404
