"""From the grade to the bed in a browser: asked for on a phone, assessed by two, queued, offered, accepted; explained to another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, own_town, serving
from tests.browser.pressing import press
from tests.browser.registers import read
from tests.browser.test_accessibility import faults

pytestmark = pytest.mark.browser
ON = date(2022, 8, 10)


def build() -> None:
    """Officials of the demonstration, two homes of one bed each, two elders with accounts, the day of August."""
    from django.db.backends.postgresql.psycopg_any import DateRange

    from minzheng.domains.eldercare_beds.models import Assessment
    from minzheng.kernel.access import acting_as_service
    from minzheng.kernel.access.actions import open_resident_account
    from minzheng.kernel.access.demo import PASSWORD, create_demo_officials
    from minzheng.kernel.facilities.models import Facility
    from minzheng.kernel.monthend.models import MonthRun
    from minzheng.kernel.people.models import Person
    from minzheng.kernel.stays.beds import NewBed
    from minzheng.kernel.stays.models_waiting import PoolHome
    from minzheng.kernel.stays.tests.conftest import make_home

    with acting_as_service("demo"):
        create_demo_officials()
        MonthRun.objects.create(month=date(2022, 7, 1), attempt=1, on=ON, state="done")
    homes = [make_home("310107014", (NewBed("101", "1", "basic"),))[0] for _ in range(2)]
    with acting_as_service("demo"):
        for home, name in zip(homes, ("甘泉养老院", "清风养老院"), strict=True):
            Facility.objects.filter(pk=home.pk).update(name=name)
            PoolHome.objects.create(
                facility=home,
                division_code="310107014",
                source="test",
                during=DateRange(date(2020, 1, 1), None),
            )
        for at, name in enumerate(("程合成", "白合成")):
            person = Person.objects.create(
                name=name, sex=2, birth_date=date(1938, 3, 1), division_code="310107014",
                hukou_division_code="310107014", hukou_is_local=True,
            )  # fmt: skip
            open_resident_account(username=f"elder{at}", password=PASSWORD, person_id=person.pk)
        Assessment.objects.create(
            person=person, division_code=person.division_code, requested_on=ON, state="decided", grade=3, points=25,
            decided_on=ON, valid_until=date(2024, 8, 9), rule="same", model="test",
        )  # fmt: skip


@pytest.fixture(scope="module")
def site(django_db_blocker, django_db_setup) -> Iterator[Site]:
    with own_town("beds", build, django_db_blocker) as database, serving(database) as found:
        yield found


def night(blocker: Any) -> None:
    """The jobs of the day and the night, by hand: a test's server has no worker."""
    from minzheng.domains.eldercare_beds import beds

    read(blocker, lambda: beds.nightly(on=ON))


def test_from_the_phone_to_the_bed(site, phone: Page, browser, officials, sign_in, django_db_blocker) -> None:
    sign_in(phone, "elder0")
    phone.goto(f"{site.url}/my/care/")
    phone.get_by_role("button", name="申请评估").click()
    expect(phone.get_by_text("评估进行中")).to_be_visible()
    assert faults(phone) == []

    district = officials("quji")
    district.goto(f"{site.url}/work/assessments/")
    district.get_by_role("link", name="程合成").click()
    for name in ("屠建国", "柳月华"):
        district.get_by_label(name).check()
    district.get_by_role("button", name="指派").click()
    for username in ("pinggu", "pinggufu"):
        assessor = officials(username)
        assessor.goto(f"{site.url}/work/assessments/")
        assessor.get_by_role("link", name="填写 程合成").click()
        for field in assessor.get_by_role("group").all():
            radios = field.get_by_role("radio")
            if radios.count():
                radios.nth(1).check()
        assert faults(assessor) == []
        assessor.get_by_role("button", name="提交评估表").click()
        expect(assessor.get_by_text("评估表已提交")).to_be_visible()
    district.reload()
    expect(district.get_by_text("按规则得出的等级")).to_be_visible()
    assert faults(district) == []
    district.get_by_role("button", name="确认等级").click()
    expect(district.get_by_text("等级已确认")).to_be_visible()

    phone.goto(f"{site.url}/my/care/")
    phone.get_by_role("link", name="申请床位").click()
    phone.get_by_label("第 1 志愿").select_option(label="甘泉养老院（保基本床位空 1、轮候 0）")
    assert faults(phone) == []
    phone.get_by_role("button", name="提交申请").click()
    expect(phone.get_by_text("待核定").first).to_be_visible()
    night(django_db_blocker)
    phone.reload()
    phone.get_by_role("link", name="查看并答复").click()
    assert faults(phone) == []
    phone.get_by_role("button", name="接受这张床位").click()
    expect(phone.get_by_text("正在为您预留")).to_be_visible()
    night(django_db_blocker)

    def stands() -> list[tuple[str, str]]:
        from minzheng.kernel.stays.models import Stay

        return list(Stay.objects.values_list("state", "facility__name"))

    assert read(django_db_blocker, stands) == [("planned", "甘泉养老院")]


def test_another_sees_why_they_come_after(site, phone: Page, sign_in, officials, django_db_blocker) -> None:
    sign_in(phone, "elder1")
    phone.goto(f"{site.url}/my/care/homes/")
    phone.get_by_label("第 1 志愿").select_option(index=1)
    press(phone, "提交申请")
    night(django_db_blocker)
    phone.goto(f"{site.url}/my/care/")
    phone.get_by_role("link", name="为什么是这个位置").first.click()
    expect(phone.get_by_text("您的排位")).to_be_visible()
    expect(phone.locator("main")).not_to_contain_text("程合成")
    assert faults(phone) == []
    district = officials("quji")
    for address in ("/work/beds/", "/work/beds/offers/", "/work/beds/runs/", "/work/beds/pool/", "/work/beds/closures/",
                    "/work/beds/family/", "/work/assessments/new/"):  # fmt: skip
        district.goto(f"{site.url}{address}")
        assert faults(district) == [], address


def test_the_pages_speak_english(site, page: Page, sign_in) -> None:
    sign_in(page, "elder1")
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": site.url}])
    page.goto(f"{site.url}/my/care/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Care in old age")
