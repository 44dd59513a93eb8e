"""From a shortage to a plan with a proved gap, and from a reported paper to a number that counts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.registers import read
from tests.browser.test_accessibility import SIZES, faults
from tests.browser.test_month_run import work_once

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def prepared(site, django_db_blocker) -> int:
    """Elders reckoned, points placed, and one promise; returns its number."""
    from datetime import date

    from minzheng.domains.eldercare_layout.needs import reckon_elders
    from minzheng.domains.eldercare_layout.points import place_points
    from minzheng.kernel.centres.actions import load_centres
    from minzheng.kernel.targets.actions import set_target
    from minzheng.kernel.targets.tests.conftest import told

    def prepare() -> int:
        load_centres()
        reckon_elders(on=date(2022, 7, 29))
        place_points(on=date(2022, 7, 29))
        return set_target(**told()).pk

    return read(django_db_blocker, prepare)


def test_a_plan_is_asked_for_solved_by_the_worker_and_shown_with_its_gap(
    site, page: Page, sign_in, prepared
) -> None:
    sign_in(page, "shizheng")
    page.goto(f"{site.url}/work/layout/")
    expect(page.get_by_role("heading", name="养老服务设施布局")).to_be_visible()
    page.goto(f"{site.url}/work/layout/plans/new/")
    page.get_by_label("名称").fill("再建一处")
    page.get_by_label("区", exact=True).select_option("310107")
    page.get_by_label("拟建数量").fill("1")
    page.get_by_role("button", name="开始求解").click()
    expect(page.locator("#layout-progress")).to_contain_text("已排队")
    work_once(site.database)
    expect(page.get_by_text("0（已证最优）")).to_be_visible(timeout=30_000)
    expect(page.locator(".mz-map__site--new")).to_have_count(1)


def test_a_paper_is_reported_by_one_and_accepted_by_another(site, page: Page, sign_in, prepared) -> None:
    sign_in(page, "shizheng")
    page.goto(f"{site.url}/work/targets/{prepared}/")
    page.get_by_label("文件名称").fill("验收表")
    page.get_by_label("证明的数量").fill("2")
    page.get_by_label("完成日期", exact=True).fill("2022-03-01")
    page.get_by_label("文件", exact=True).set_input_files(
        {"name": "验收.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}
    )
    page.get_by_role("button", name="上报").nth(1).click()
    expect(page.get_by_text("已上报，等待市级核定。")).to_be_visible()
    page.context.clear_cookies()
    sign_in(page, "shizhengfu")
    page.goto(f"{site.url}/work/targets/{prepared}/?state=reported")
    page.locator("input[name=evidence]").first.check()
    page.get_by_role("button", name="核定所选").click()
    expect(page.get_by_text("已核定 1 条。")).to_be_visible()
    expect(page.locator(".mz-tiles")).to_contain_text("已完成")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "path", ["/work/layout/", "/work/layout/reach/", "/work/layout/plans/", "/work/targets/"]
)
def test_the_pages_are_usable_by_everybody_at_every_width(
    site, page: Page, sign_in, prepared, path, size
) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    sign_in(page, "shizheng")
    page.goto(f"{site.url}{path}")
    assert faults(page) == []
