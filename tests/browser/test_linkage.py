"""Pairs that may be one person, on screen: from the queue to the decision and back again, by keyboard and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.registers import read
from tests.browser.test_accessibility import faults

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def pairs(site, django_db_blocker) -> dict[str, int]:
    """A death whose number was mistyped, and one man entered twice; found by the jobs themselves."""
    from datetime import date

    from minzheng.kernel.linkage.actions import find_duplicates, match_rows
    from minzheng.kernel.linkage.models import Proposal
    from minzheng.kernel.people.tests.world import person, register
    from minzheng.kernel.sources.models import FeedFile, FeedRow, ReviewItem

    def prepare() -> dict[str, int]:
        rows = [
            person(1, serial=41, name="诸葛晓峰", household_number="H900001"),
            person(2, name="諸葛曉峯", household_number="H900002", identifier=None),
        ]
        ids = [one["person_id"] for one in register(*rows, allow_without_identifier=True).to_dicts()]
        file = FeedFile.objects.create(
            sha256="l" * 64, name="卫健_补报.csv", size=1, state="applied", contract="health_deaths",
            period=date(2022, 7, 1), register="310107014", counts={}, columns=[
                {"sheet": "", "headings": ["证件号码", "姓名", "死亡日期"], "columns": {
                    "citizen_number": [0, ""], "name": [1, ""], "death_date": [2, ""]}}],
        )  # fmt: skip
        sent = ["310199197001010413", "诸葛晓锋", "2022-07-03"]
        row = FeedRow.objects.create(
            file=file, line=2, raw=sent, outcome="review", division_code="310107014",
            values={"name": sent[1], "death_date": sent[2]}, key="health_deaths::x",
        )  # fmt: skip
        item = ReviewItem.objects.create(
            row=row, contract="health_deaths", code="identifier_check", division_code="310107014",
            evidence={"values": {"name": sent[1], "death_date": sent[2]}, "sent": {"citizen_number": sent[0]}, "messages": []},
        )  # fmt: skip
        match_rows(file_id=file.pk)
        find_duplicates(place="310107014")
        return {
            "row": Proposal.objects.get(review=item, person_id=ids[0]).pk,
            "people": Proposal.objects.get(other_id=ids[0], person_id=ids[1]).pk,
            "person": ids[0],
        }

    return read(django_db_blocker, prepare)


def decide(page: Page, label: str, reason: str) -> None:
    page.get_by_label(label, exact=True).check()
    page.get_by_label("理由").fill(reason)
    page.get_by_role("button", name="确定").click()


def test_pages_are_accessible_and_fit_a_phone(site, page: Page, phone: Page, sign_in, pairs) -> None:
    for window in (page, phone):
        sign_in(window, "quji")
        for address in (
            "/work/linkage/",
            f"/work/linkage/{pairs['row']}/",
            f"/work/linkage/{pairs['people']}/",
            "/work/linkage/done/",
            "/work/linkage/merges/",
            "/work/linkage/model/",
        ):
            window.goto(f"{site.url}{address}")
            assert faults(window) == [], address


def test_a_row_is_linked_by_keyboard_and_taken_back(
    site, page: Page, sign_in, pairs, django_db_blocker
) -> None:
    from minzheng.kernel.people.models import Person

    def died() -> object:
        return Person.objects.get(pk=pairs["person"]).death_date

    sign_in(page, "quji")
    page.goto(f"{site.url}/work/linkage/?kind=rows")
    page.get_by_role("link", name="诸葛晓锋 ～ 诸葛晓峰").click()
    table = page.locator(".link-table")
    expect(table).to_contain_text("读音相同")
    expect(table.locator("tbody tr").first).to_contain_text("起点")
    expect(table.locator("tbody tr").last).to_contain_text("合计")
    page.get_by_role("button", name="确定").click()
    expect(page.get_by_role("alert")).to_contain_text("请选择判断")
    # A browser without a window has no access keys, so the test goes by Tab and Space; the keys are named on the page.
    keys = [one.get_attribute("accesskey") for one in page.locator("[name=decision]").all()]
    assert keys == ["1", "2", "3"]
    page.get_by_label("同一人", exact=True).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("核对医学证明与户口簿")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("可在“比对处理记录”中撤销")).to_be_visible()
    assert str(read(django_db_blocker, died)) == "2022-07-03"
    page.goto(f"{site.url}/work/linkage/done/")
    row = page.locator("#table-main tbody tr", has_text="诸葛晓锋")
    expect(row).to_contain_text("核对医学证明与户口簿")
    row.get_by_role("link", name="撤销").click()
    page.get_by_label("撤销理由").fill("医院来函另有其人")
    page.get_by_role("button", name="确认撤销").click()
    expect(page.get_by_text("已撤销，登记恢复原样")).to_be_visible()
    assert read(django_db_blocker, died) is None


def test_two_records_are_joined_listed_and_parted(site, page: Page, sign_in, pairs) -> None:
    sign_in(page, "quji")
    page.goto(f"{site.url}/work/linkage/{pairs['people']}/")
    expect(page.locator(".link-table")).to_contain_text("异体字或繁体字")
    decide(page, "同一人", "走访确认为同一人")
    page.goto(f"{site.url}/work/linkage/merges/")
    row = page.locator("#table-main tbody tr", has_text="諸葛曉峯")
    expect(row).to_contain_text("有效")
    row.get_by_role("link", name="撤销").click()
    page.get_by_label("撤销理由").fill("再访后确为两人")
    page.get_by_role("button", name="确认撤销").click()
    expect(page.locator("#table-main tbody tr", has_text="諸葛曉峯")).to_contain_text("已撤销")


def test_a_street_officer_sees_two_records_but_may_not_join_them(site, page: Page, sign_in, pairs) -> None:
    sign_in(page, "jiedao")
    page.goto(f"{site.url}/work/linkage/{pairs['people']}/")
    expect(page.get_by_role("button", name="确定")).to_have_count(0)
    assert page.request.get(f"{site.url}/work/linkage/{pairs['people']}/undo/").status == 403


def test_the_pages_speak_english(site, page: Page, sign_in, pairs) -> None:
    sign_in(page, "quji")
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": site.url}])
    page.goto(f"{site.url}/work/linkage/model/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Model of linkage")
