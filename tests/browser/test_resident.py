"""A resident reads what is due and why, and answers a notice; nobody else's record is there."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.registers import read
from tests.browser.test_accessibility import faults
from tests.browser.test_feeds import work_through_jobs

pytestmark = pytest.mark.browser


def test_a_resident_in_receipt_sees_the_amount_and_every_payment(site, phone: Page, sign_in) -> None:
    sign_in(phone, "jumin1")
    expect(phone.get_by_role("heading", name="我能享受什么")).to_be_visible()
    card = phone.locator(".mz-card", has_text="老年综合津贴").first
    expect(card).to_contain_text("符合条件")
    expect(card).to_contain_text(re.compile(r"¥\d+\.\d\d"))
    phone.goto(f"{site.url}/my/payments/")
    expect(phone.get_by_text("老年综合津贴").first).to_be_visible()
    assert not re.search(r"\b\d{16,19}\b", phone.locator("main").inner_text()), "accounts are masked"


def test_a_refused_resident_reads_which_condition_failed_and_its_law(site, phone: Page, sign_in) -> None:
    sign_in(phone, "jumin2")
    phone.get_by_role("link", name="为什么 最低生活保障金").click()
    expect(phone.get_by_text("没有达到规定的是")).to_be_visible()
    failed = phone.locator(".mz-reason--failed").first
    expect(failed).to_contain_text("规定标准")
    expect(failed.locator(".mz-reason__article")).to_be_visible()
    phone.get_by_role("link", name="可打印的说明").click()
    expect(phone.get_by_role("article")).to_contain_text("没有达到规定的是")


def test_who_may_qualify_is_told_what_is_missing(site, phone: Page, sign_in) -> None:
    sign_in(phone, "jumin3")
    phone.locator(".mz-card", has_text="可能符合").get_by_role("link").first.click()
    expect(phone.get_by_text("还需要核实的是")).to_be_visible()


def test_a_look_by_an_official_appears_on_the_residents_page_without_a_name(
    site, page: Page, phone: Page, sign_in, django_db_blocker
) -> None:
    def who() -> int:
        from minzheng.kernel.access.models import ResidentAccount

        return ResidentAccount.objects.get(user__username="jumin1").person_id

    person = read(django_db_blocker, who)
    sign_in(page, "quji")
    page.goto(f"{site.url}/work/people/{person}/")
    sign_in(phone, "jumin1")
    phone.goto(f"{site.url}/my/looks/")
    expect(phone.get_by_text("人员档案").first).to_be_visible()
    expect(phone.get_by_text("区级审核人员").first).to_be_visible()
    expect(phone.get_by_text("顾雅琴")).to_have_count(0)


def test_a_resident_declines_within_the_window_and_the_register_follows(
    site, phone: Page, sign_in, django_db_blocker
) -> None:
    sign_in(phone, "jumin4")
    phone.get_by_role("link", name="看告知书").click()
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_role("alert")).to_contain_text("请选择您的意见")
    phone.get_by_label("情况没有错，但我不想领取").check()
    phone.get_by_role("button", name="提交").click()
    expect(phone.get_by_text("已收到您的意见", exact=True)).to_be_visible()
    expect(phone.get_by_role("button", name="提交")).to_have_count(0)
    work_through_jobs(site.database)
    phone.reload()
    expect(phone.get_by_text("您已表示不想领取", exact=True)).to_be_visible()

    def left() -> list[tuple[str, str]]:
        from minzheng.kernel.access.models import ResidentAccount
        from minzheng.kernel.outreach.models import OptOut

        # Other tests of the same town may have somebody else opt out.
        person = ResidentAccount.objects.get(user__username="jumin4").person_id
        return list(OptOut.objects.filter(withdrawn_on=None, person=person).values_list("programme", "note"))

    ((programme, note),) = read(django_db_blocker, left)
    assert programme == "old_age_allowance"
    assert "本人在居民页面放弃" in note


def test_the_pages_switch_to_english_and_back(site, phone: Page, sign_in) -> None:
    sign_in(phone, "jumin2")
    phone.get_by_role("button", name="English").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("What can I receive?")
    assert phone.url == f"{site.url}/my/"
    phone.goto(f"{site.url}/my/why/subsistence_allowance/2022-07/")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Subsistence allowance")
    phone.get_by_role("button", name="中文").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("最低生活保障金")


def test_a_resident_sees_neither_officials_pages_nor_anothers_notice(
    site, phone: Page, sign_in, django_db_blocker
) -> None:
    def others() -> int:
        from minzheng.kernel.access.models import ResidentAccount
        from minzheng.kernel.outreach.models import Notice

        me = ResidentAccount.objects.get(user__username="jumin1").person_id
        return Notice.objects.exclude(person_id=me).values_list("pk", flat=True).first()

    notice = read(django_db_blocker, others)
    sign_in(phone, "jumin1")
    for address, status in (("/work/people/", 403), ("/work/feeds/", 403), (f"/my/notices/{notice}/", 404)):
        answer = phone.goto(f"{site.url}{address}")
        assert answer is not None and answer.status == status, address


def test_an_official_has_no_residents_page(site, page: Page, sign_in) -> None:
    sign_in(page, "quji")
    answer = page.goto(f"{site.url}/my/")
    assert answer is not None and answer.status == 403


def test_residents_pages_are_accessible_at_a_desk_and_on_a_phone(
    site, page: Page, phone: Page, sign_in
) -> None:
    pages = [
        "/my/",
        "/my/payments/",
        "/my/looks/",
        "/my/why/subsistence_allowance/2022-07/",
        "/my/letter/subsistence_allowance/2022-07/",
    ]
    for window in (page, phone):
        sign_in(window, "jumin3")
        for address in pages:
            window.goto(f"{site.url}{address}")
            assert faults(window) == [], address
