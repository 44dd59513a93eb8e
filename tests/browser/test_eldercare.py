"""Elder care on screen: anybody finds a home, its manager moves somebody in and lets them go to hospital."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from minzheng.kernel.access import acting_as_service
from tests.browser.registers import apart
from tests.browser.test_accessibility import faults

pytestmark = pytest.mark.browser
NUMBER = "310199194503070418"


@pytest.fixture(scope="module")
def home(site, django_db_blocker) -> int:
    """The synthetic facilities, and an old man with a card who has no bed yet; the manager's home."""
    from datetime import date

    from django.db.backends.postgresql.psycopg_any import DateRange

    from minzheng.kernel.facilities.models import FacilityPost
    from minzheng.kernel.people.models import Identifier, Person
    from minzheng.simulation.eldercare import prepare_eldercare
    from minzheng.surfaces.web.work.day import working_day

    def prepare() -> int:
        prepare_eldercare(on=working_day())
        with acting_as_service("test"):
            person = Person.objects.create(
                name="诸葛长青", sex=1, birth_date=date(1945, 3, 7), division_code="310107014"
            )
            Identifier.objects.create(
                person=person, kind="citizen", value=NUMBER, during=DateRange(date(2000, 1, 1), None)
            )
            return FacilityPost.objects.get(post__official__user__username="yuanzhang").facility_id

    return apart(django_db_blocker, prepare)


def test_pages_are_accessible_and_fit_a_phone(site, page: Page, phone: Page, sign_in, home) -> None:
    for window in (page, phone):
        for address in (
            "/eldercare/?where=长风新村街道",
            f"/eldercare/{home}/",
            "/eldercare/basic/?age=80&is_local=1",
        ):
            window.goto(f"{site.url}{address}")
            assert faults(window) == [], address
        sign_in(window, "quji")
        for address in (
            "",
            "register/",
            "filings/",
            "basic-beds/",
            "expiring/",
            "relief/",
            f"{home}/",
            f"{home}/filing/",
        ):
            window.goto(f"{site.url}/work/eldercare/{address}")
            assert faults(window) == [], address


def test_somebody_moves_in_by_card_goes_to_hospital_and_comes_back(site, page: Page, sign_in, home) -> None:
    sign_in(page, "yuanzhang")
    page.goto(f"{site.url}/work/eldercare/")
    expect(page).to_have_url(f"{site.url}/work/eldercare/{home}/")
    free = page.locator(".elder-bed--free", has_not_text="女").get_by_role("link").first
    free.click()
    page.get_by_label("姓名").fill("诸葛长青")
    page.get_by_label("身份证号码").fill("310199194503070417")
    page.get_by_role("button", name="办理入住").click()
    expect(page.get_by_text("姓名与身份证号码不一致")).to_be_visible()
    page.get_by_label("身份证号码").fill(NUMBER)
    page.get_by_label("入住资格").select_option("preferential")
    page.get_by_role("button", name="办理入住").click()
    expect(page.get_by_text("已办理入住")).to_be_visible()
    page.get_by_role("link", name="诸葛长青").click()
    page.get_by_label("事由").select_option("hospital")
    page.get_by_role("button", name="登记外出").click()
    expect(page.get_by_text("床位保留")).to_be_visible()
    page.get_by_role("button", name="登记返院").click()
    expect(page.get_by_text("已登记返院")).to_be_visible()


def test_the_public_list_speaks_english_and_its_points_are_links(site, page: Page, home) -> None:
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": site.url}])
    page.goto(f"{site.url}/eldercare/?district=310107&kind=eldercare_home")
    expect(page.get_by_role("heading", level=1)).to_have_text("Elder care near you")
    points = page.locator(".mz-map__link")
    assert points.count() == page.locator(".elder-item").count() == 3
    points.first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Published prices")).to_be_visible()
