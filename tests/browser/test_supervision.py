"""An inspection from the draw to the public page: drawn at a desk, filled in on a phone, put right, checked again, rated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from minzheng.domains.eldercare_supervision.models import Campaign, ScoreSheet
from minzheng.kernel.facilities.models import Facility
from minzheng.kernel.inspections.models import Answer, Finding, Plan, Visit
from minzheng.simulation.supervision import picture
from tests.browser.conftest import Site, own_town, serving
from tests.browser.pressing import press
from tests.browser.registers import read
from tests.browser.supervision_town import NEW, build
from tests.browser.test_accessibility import faults

pytestmark = pytest.mark.browser
PHOTO = {"name": "照片.png", "mimeType": "image/png", "buffer": picture()}


@pytest.fixture(scope="module")
def site(django_db_blocker: Any, django_db_setup: None) -> Iterator[Site]:
    """A town of this module's own."""
    with own_town("supervision", build, django_db_blocker) as database, serving(database) as found:
        yield found


def test_an_inspection_is_drawn_found_rectified_rated_and_published(
    site: Site, officials: Any, phone: Page, sign_in: Any, browser: Any, django_db_blocker: Any
) -> None:
    desk = officials("quji")
    work = f"{site.url}/work/supervision/"
    desk.goto(f"{work}plans/")
    desk.get_by_label("计划名称").fill("新办机构首查")
    desk.get_by_label("开始", exact=True).fill("2022-07-01")
    desk.get_by_label("结束", exact=True).fill("2022-07-31")
    press(desk, "编制并公布种子摘要")
    press(desk, "锁定名单")
    press(desk, "揭晓种子并抽取")
    expect(desk.locator("main")).to_contain_text(NEW)
    plan = read(django_db_blocker, lambda: Plan.objects.get(title="新办机构首查"))
    desk.goto(f"{work}plans/{plan.pk}/verify/")
    expect(desk.locator("main")).to_contain_text("核验相符")
    assert faults(desk) == []
    with desk.expect_download() as download:
        desk.get_by_role("link", name="下载验证文件").click()
    assert download.value.suggested_filename == f"draw-{plan.pk}.json"

    sign_in(phone, "jiancha")
    visit = read(django_db_blocker, lambda: Visit.objects.filter(plan=plan, facility__name=NEW).first())
    phone.goto(f"{work}visits/{visit.pk}/")
    press(phone, "开始检查")
    expect(phone.locator("#sv-count")).to_be_visible()
    assert faults(phone) == []
    buttons = phone.get_by_role("button", name=re.compile(r" 符合$"))
    for at in range(buttons.count()):
        buttons.nth(at).click()
        expect(buttons.nth(at)).to_have_attribute("aria-pressed", "true")
    # A thumb that taps twice is one answer.
    phone.get_by_role("button", name="F01 不符合").dblclick()
    expect(phone.get_by_label("看到的情况")).to_be_visible()
    phone.get_by_label("看到的情况").fill("二楼安全出口上锁")
    phone.get_by_label("拍照").set_input_files(PHOTO)
    phone.get_by_role("button", name="保存问题").click()
    expect(phone.locator("#F01")).to_contain_text("已保存")
    expect(phone.locator("#sv-count")).to_have_text("20 / 20")
    assert faults(phone) == []
    press(phone, "完成检查")
    expect(phone.locator("main")).to_contain_text("转为整改的问题")
    kept = read(django_db_blocker, lambda: Answer.objects.filter(visit=visit, clause="F01").count())
    assert kept == 3  # Met, not met, not met with words and photo.

    finding = read(django_db_blocker, lambda: Finding.objects.get(visit=visit))
    manager = officials("yuanzhang")
    manager.goto(f"{work}findings/{finding.pk}/")
    assert manager.get_by_role("button", name="复查合格，销号").count() == 0
    manager.get_by_label("情况说明").fill("锁已拆除，安排专人巡查")
    manager.get_by_label("照片或材料").set_input_files(PHOTO)
    press(manager, "提交整改")
    expect(manager.locator("main")).to_contain_text("已整改待复查")
    assert faults(manager) == []

    phone.goto(f"{work}findings/{finding.pk}/")
    phone.get_by_label("情况说明").first.fill("出口畅通")
    phone.get_by_label("照片或材料").first.set_input_files(PHOTO)
    press(phone, "复查合格，销号")
    expect(phone.locator("main")).to_contain_text("2022-07-29 销号")
    assert faults(phone) == []

    sheet = read(django_db_blocker, lambda: ScoreSheet.objects.get(facility__name=NEW))
    desk.goto(f"{work}credit/{sheet.pk}/")
    press(desk, "审定")
    press(desk, "公布等级")
    desk.goto(f"{work}visits/{visit.pk}/")
    press(desk, "公示结果")
    home = read(django_db_blocker, lambda: Facility.objects.get(name=NEW))
    window = browser.new_context(locale="zh-CN").new_page()
    window.goto(f"{site.url}/supervision/{home.pk}/")
    expect(window.locator("main")).to_contain_text("2021 年信用评价")
    expect(window.locator("main")).to_contain_text("消防安全：符合 3 条，不符合 1 条")
    assert faults(window) == []


def test_every_page_is_accessible_at_a_desk_and_on_a_phone(
    site: Site, page: Page, phone: Page, sign_in: Any, django_db_blocker: Any
) -> None:
    home = read(
        django_db_blocker, lambda: Finding.objects.filter(facility__code__startswith="EH-310107").first()
    )
    plan = read(django_db_blocker, lambda: Plan.objects.order_by("pk").first())
    sheet = read(
        django_db_blocker,
        lambda: ScoreSheet.objects.filter(items__isnull=False, division_code__startswith="310107").first(),
    )
    campaign = read(django_db_blocker, lambda: Campaign.objects.get())
    for window in (page, phone):
        sign_in(window, "quji")
        for address in (
            "work/supervision/", f"work/supervision/facilities/{home.facility_id}/", f"work/supervision/findings/{home.pk}/",
            "work/supervision/plans/", f"work/supervision/plans/{plan.pk}/", f"work/supervision/plans/{plan.pk}/verify/",
            f"work/supervision/campaigns/{campaign.pk}/", "work/supervision/findings/?state=all", "work/supervision/credit/",
            f"work/supervision/credit/{sheet.pk}/", "supervision/", "supervision/draws/",
        ):  # fmt: skip
            window.goto(f"{site.url}/{address}")
            assert faults(window) == [], address
