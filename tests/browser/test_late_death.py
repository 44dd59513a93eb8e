"""A death in May that is learnt in August: from the health office's file to the letter that the family reads."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from minzheng.kernel.people.identifiers import check_character
from minzheng.kernel.storage import testing
from tests.browser.conftest import Site, environment_for, serving
from tests.browser.registers import apart
from tests.browser.test_accessibility import faults
from tests.browser.test_feeds import work_through_jobs

pytestmark = pytest.mark.browser
FATHER, SON = "沈望年", "沈知远"
SEVENTEEN = "31019919400101001"
NUMBER = SEVENTEEN + check_character(SEVENTEEN)


@pytest.fixture(scope="module")
def family(django_db_blocker, django_db_setup) -> Iterator[str]:
    """A father with the old-age allowance, paid for April to June in July, and the son who lives with him."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setenv("MINZHENG_DEMO", "1")
        with testing.cloned_database(testing.template_database(), "late") as name:
            apart(django_db_blocker, live_until_july)
            yield name


@pytest.fixture(scope="module")
def site(family: str) -> Iterator[Site]:
    with serving(family) as found:
        yield found


def live_until_july() -> None:
    from minzheng.kernel.access import acting_as_service
    from minzheng.kernel.access.actions import open_resident_account
    from minzheng.kernel.access.demo import PASSWORD, create_demo_officials
    from minzheng.kernel.awards.roster import take_over_roster
    from minzheng.kernel.monthend.actions import run_month
    from minzheng.kernel.monthend.tests.town import CHECKED, JUNE, Town
    from minzheng.kernel.people.models import Identifier
    from minzheng.kernel.periods import Month

    town = Town()
    with acting_as_service("test"):
        create_demo_officials()
        town.household(
            "H1", CHECKED,
            {"name": FATHER, "birth_date": date(1940, 1, 1), "pension_fen": 500_000},
            {"name": SON, "birth_date": date(1972, 1, 1), "wage_fen": 900_000},
        )  # fmt: skip
        Identifier.objects.create(
            person_id=town.names[FATHER], kind="citizen", value=NUMBER, during=(date(1940, 1, 1), None)
        )
        open_resident_account(username="erzi", password=PASSWORD, person_id=town.names[SON])
        town.paid(FATHER, "老年综合津贴", 180)
        take_over_roster(rows=town.rows, as_of=JUNE, file_id=1, authority="民政")
    run_month(Month(2022, 7))
    pay_july()


def pay_july() -> None:
    """Two officials pay, the bank confirms, and July is closed."""
    from minzheng.kernel.access import acting
    from minzheng.kernel.access.testing import make_post
    from minzheng.kernel.payments import actions
    from minzheng.kernel.periods import Month

    july, on = Month(2022, 7), date(2022, 7, 29)
    preparer, approver = make_post("finance_preparer", "310000"), make_post("finance_approver", "310000")
    with acting(preparer):
        batch = actions.prepare_batch(programme="old_age_allowance", month=july, on=on)
    with acting(approver):
        actions.approve_batch(batch_id=batch.pk, on=on)
    with acting(preparer):
        actions.export_batch(batch_id=batch.pk, on=on)
        actions.confirm_paid(batch_id=batch.pk, on=on)
    with acting(approver):
        actions.close_month(month=july, on=on)


def command(database: str, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "minzheng", *words],
        env=environment_for(database), check=True, capture_output=True, text=True, timeout=180,
    )  # fmt: skip
    return done.stdout


def accessible(window: Page) -> None:
    for width, height in ((1280, 900), (390, 844)):
        window.set_viewport_size({"width": width, "height": height})
        assert not faults(window), window.url
    window.set_viewport_size({"width": 1280, "height": 900})


def test_from_the_health_offices_file_to_the_letter_and_the_last_instalment(
    site: Site, page: Page, phone: Page, sign_in, tmp_path: Path
) -> None:
    # The file comes in.
    sent = tmp_path / "卫健_死亡.csv"
    sent.write_text(
        f"证件号码,姓名,死亡日期,登记日期\n{NUMBER},{FATHER},2022-05-09,2022-08-20\n", encoding="utf-8-sig"
    )
    sign_in(page, "quji")
    page.goto(f"{site.url}/work/feeds/")
    page.set_input_files("input[type=file]", sent)
    page.get_by_label("所属月份").fill("2022-08")
    page.get_by_role("button", name="上传并核查").click()
    expect(page.get_by_text("正在后台核查写入")).to_be_visible()
    work_through_jobs(site.database)

    # May is due to its end; June was too much. Twice changes nothing.
    assert '"ended_by_death": 1' in command(site.database, "month", "recalculate", "2022-08", "--json")
    assert '"overpaid": 0' in command(site.database, "month", "recalculate", "2022-08", "--json")

    # The street proposes.
    sign_out(page)
    sign_in(page, "jiedao")
    page.goto(f"{site.url}/work/payments/overpaid/")
    row = page.locator("#table-main tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("死亡后仍发放")
    expect(row).to_contain_text("180.00")
    accessible(page)
    row.get_by_role("link", name=FATHER).click()
    expect(page.get_by_text("尚未处理").first).to_be_visible()
    page.get_by_role("button", name="提出").click()
    expect(page.get_by_role("alert")).to_contain_text("请选择处理方式")
    page.get_by_label("请家庭退回").check()
    page.get_by_label("每月退回（元）").fill("90")
    page.get_by_label("理由", exact=True).fill("与家属商量过，分两次退")
    page.get_by_role("button", name="提出").click()
    expect(page.get_by_text("已提出，等待另一人复核")).to_be_visible()
    expect(page.get_by_role("button", name="同意")).to_have_count(0)
    accessible(page)

    # The district decides; the closed month's order is one click away.
    sign_out(page)
    sign_in(page, "quji")
    page.goto(f"{site.url}/work/payments/overpaid/")
    page.locator("#table-decided").get_by_role("link", name=FATHER).click()
    page.get_by_role("button", name="同意", exact=True).click()
    expect(page.get_by_text("已同意，告知书已生成")).to_be_visible()
    accessible(page)
    page.get_by_role("link", name="多发待遇处理告知书").click()
    expect(page.get_by_role("article")).to_contain_text("慰问")
    page.go_back()
    page.locator("#table-main").get_by_role("link", name=re.compile("M202206S0")).click()
    expect(page.get_by_role("link", name="确认多发")).to_be_visible()

    # The son reads the letter on his phone.
    sign_in(phone, "erzi")
    phone.get_by_role("link", name="看告知书").click()
    letter = phone.get_by_role("article")
    expect(letter).to_contain_text(f"{SON}（{FATHER}的家人）")
    expect(letter).to_contain_text("2022年6月 老年综合津贴")
    expect(letter).to_contain_text("请每月退回90.00元")
    expect(letter).to_contain_text("我们不会打电话要您转账")
    assert not faults(phone)
    with phone.expect_download() as waiting:
        phone.get_by_role("link", name="PDF").click()
    assert Path(waiting.value.path()).read_bytes().startswith(b"%PDF")

    # One instalment comes back; the son sees what is left.
    page.goto(f"{site.url}/work/")
    sign_out(page)
    sign_in(page, "jiedao")
    page.goto(f"{site.url}/work/payments/overpaid/")
    page.locator("#table-main").get_by_role("link", name=FATHER).click()
    page.get_by_label("退回金额（元）").fill("90")
    page.get_by_label("收款凭证号").fill("沪收0001")
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_text("退回款已登记")).to_be_visible()
    phone.goto(f"{site.url}/my/payments/")
    expect(phone.locator("main")).to_contain_text("已退回 ¥90.00")
    expect(phone.locator("main")).to_contain_text("还剩 ¥90.00")
    assert not faults(phone)

    # June again, as it was known then and as it is known now.
    page.locator("#table-main").get_by_role("link", name="2022年6月").click()
    expect(page.get_by_role("heading", name="不同之处")).to_be_visible()
    expect(page.locator("table").first).to_contain_text("符合条件")
    accessible(page)
    command(site.database, "ledger", "verify")


def sign_out(window: Page) -> None:
    window.context.clear_cookies()
