"""The elder-care pages: who may open which, what a press leads to, what the public sees."""

from __future__ import annotations

from datetime import timedelta

import pytest

from minzheng.domains.eldercare_facilities.models import Closure, Filing, Incident, Price
from minzheng.domains.eldercare_facilities.tests.conftest import (
    OTHER_STREET,
    make_elder,
    make_home,
    make_manager,
)
from minzheng.domains.eldercare_facilities.tests.test_beds import take_in
from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.audit.models import Entry
from minzheng.kernel.stays.models import Bed, Stay, StayState
from minzheng.surfaces.web.work.day import working_day


@pytest.fixture
def home(db):
    return make_home()


@pytest.fixture
def manager(home, client):
    post = make_manager(home)
    client.force_login(post.official.user)
    return post


@pytest.fixture
def beds(home):
    return list(Bed.objects.filter(facility=home).order_by("label"))


def sign_in(client, role, division="310107"):
    client.force_login(make_post(role, division).official.user)


def post(client, url, verb, **told):
    return client.post(url, {"verb": verb, **told}, follow=True)


def test_the_public_finds_by_place_kind_and_free_beds_without_an_account(client, home):
    make_home(OTHER_STREET, kind="meal_site", beds=0)
    answer = client.get("/eldercare/")
    assert answer.status_code == 200 and home.name in answer.text
    near = client.get("/eldercare/", {"where": "长风新村街道", "open_beds": "on"}).text
    assert home.name in near and "助餐点</p>" not in near
    assert "没有认出这个地方" in client.get("/eldercare/", {"where": "火星一号"}).text
    assert home.name not in client.get("/eldercare/", {"district": "310104"}).text


def test_the_public_page_shows_prices_and_free_beds_and_names_nobody(client, home, beds):
    who = make_elder("诸葛合成")
    with acting(make_manager(home)):
        take_in(beds[0], who, on=working_day())
    with acting_as_service("test"):
        from minzheng.domains.eldercare_facilities.running import publish_price

        publish_price(
            facility=home,
            item="床位费",
            unit="month",
            amount_fen=234_500,
            start=working_day(),
            on=working_day(),
        )
    text = client.get(f"/eldercare/{home.pk}/").text
    assert "2,345.00" in text and "诸葛" not in text
    assert client.get("/eldercare/999999/").status_code == 404


def test_the_basic_list_answers_for_one_person(client, db):
    text = client.get("/eldercare/basic/", {"age": 82, "is_local": "1", "grade": "4"}).text
    assert "您可以得到" in text and "保基本养老床位" in text
    assert "年龄" in client.get("/eldercare/basic/", {"age": "x"}).text


def test_a_manager_is_led_to_the_own_home_and_sees_no_other(client, home, manager):
    other = make_home()
    assert client.get("/work/eldercare/").headers["Location"] == f"/work/eldercare/{home.pk}/"
    assert client.get(f"/work/eldercare/{home.pk}/").status_code == 200
    for page in ("", "papers/", "incidents/", "medical/", "filing/"):
        assert client.get(f"/work/eldercare/{other.pk}/{page}").status_code == 404


def test_a_resident_moves_in_goes_to_hospital_comes_back_moves_and_leaves(client, home, manager, beds):
    who, number = make_elder()
    base = f"/work/eldercare/{home.pk}"
    card = {"name": who.name, "entitlement": "grade", "grade": "4", "paper": ""}
    wrong = post(client, f"{base}/beds/{beds[0].pk}/", "admit", number="310195194001019999", **card)
    assert "不一致" in wrong.text
    assert who.name in post(client, f"{base}/beds/{beds[0].pk}/", "admit", number=number, **card).text
    with acting(manager):
        stay = Stay.objects.get()
    page = f"{base}/stays/{stay.pk}/"
    assert "床位保留" in post(client, page, "away", because="hospital").text
    assert "已登记返院" in post(client, page, "back").text
    moved = post(client, page, "move", bed=beds[2].pk)
    assert "101-3" in moved.text
    after = moved.redirect_chain[-1][0]
    leaving = post(client, after, "leave", because="left", day=str(working_day() + timedelta(days=1)))
    assert "已办理离院" in leaving.text
    with acting(manager):
        assert set(Stay.objects.values_list("state", flat=True)) == {StayState.CANCELLED, StayState.ENDED}


def test_the_home_tells_of_prices_incidents_and_files(client, home, manager):
    base, day = f"/work/eldercare/{home.pk}", working_day()
    post(client, f"{base}/papers/", "price", item="膳食费", unit="month", amount_fen="900", start=str(day))
    post(client, f"{base}/incidents/", "incident", kind="fall", happened_at=f"{day}T00:00", words="走廊跌倒")
    filed = post(client, f"{base}/filing/", "file", opened_on="2022-01-04", papers="登记证书\n床位清单")
    assert "已提交" in filed.text
    with acting(manager):
        assert Price.objects.get().amount_fen == 90_000
        assert Incident.objects.get().kind == "fall"
        assert Filing.objects.get().papers == ["登记证书", "床位清单"]
    assert "公示价格" in post(client, f"{base}/papers/", "price", item="").text
    # The home is offered no decision, and an act it was not offered does nothing.
    assert "责令暂停服务" not in filed.text
    post(client, f"{base}/filing/", "shut", why="自行停业装修")
    assert not Closure.objects.exists()


def test_the_district_sees_masked_names_and_a_look_is_traced(client, home, beds):
    who = make_elder("诸葛合成")
    with acting(make_manager(home)):
        stay = take_in(beds[0], who, on=working_day())
    sign_in(client, "district_reviewer")
    text = client.get(f"/work/eldercare/{home.pk}/").text
    assert "诸***" in text and "诸葛" not in text
    answer = client.get(f"/work/eldercare/{home.pk}/stays/{stay.pk}/")
    assert answer.status_code == 200 and "诸葛" not in answer.text and "办理离院" not in answer.text
    with acting_as_service("test"):
        assert Entry.objects.filter(act="people.look", person_id=who[0].pk).exists()
    exported = client.get(f"/work/eldercare/{home.pk}/?export=xlsx")
    assert exported.headers["Content-Type"].endswith("sheet")


def test_the_district_decides_filings_and_shuts_a_home(client, home):
    with acting(make_manager(home)):
        from minzheng.domains.eldercare_facilities.filings import file

        file(facility=home, opened_on=home.during.lower, papers=["登记证书"], on=home.during.lower)
    sign_in(client, "district_reviewer")
    base = f"/work/eldercare/{home.pk}/filing/"
    assert "已备案" in post(client, base, "approve", number="养备001").text
    assert "已登记暂停服务" in post(client, base, "shut", why="消防整改").text
    assert "暂停服务" in client.get(f"/eldercare/{home.pk}/").text


@pytest.mark.parametrize("page", ["", "register/", "filings/", "basic-beds/", "expiring/", "relief/"])
def test_the_district_opens_every_list_and_takes_it_to_excel(client, home, page):
    sign_in(client, "district_reviewer")
    assert client.get(f"/work/eldercare/{page}").status_code == 200
    name = {"": "beds-export", "basic-beds/": "empty-export"}.get(page, "export")
    assert client.get(f"/work/eldercare/{page}?{name}=xlsx").headers["Content-Type"].endswith("sheet")


def test_another_district_finds_nothing_here(client, home):
    sign_in(client, "district_reviewer", "310104")
    assert client.get(f"/work/eldercare/{home.pk}/").status_code == 404
    assert home.name not in client.get("/work/eldercare/register/").text


@pytest.mark.parametrize(
    "role,opens,beds_page",
    [
        ("inspector", 200, 403),
        ("statistician", 200, 403),
        ("auditor", 200, 200),
        ("street_officer", 200, 200),
        ("finance_preparer", 403, 403),
        ("care_assessor", 403, 403),
        ("system_admin", 403, 403),
    ],
)
def test_who_may_open_the_workbench_and_who_the_beds(client, home, role, opens, beds_page):
    sign_in(client, role, "310000" if role in ("auditor", "statistician", "system_admin") else "310107")
    assert client.get("/work/eldercare/").status_code == opens
    assert client.get("/work/eldercare/basic-beds/").status_code == beds_page


def test_the_register_takes_as_many_queries_for_ten_homes_as_for_two(
    client, home, django_assert_max_num_queries
):
    sign_in(client, "district_reviewer")
    for _number in range(9):
        make_home()
    client.get("/work/eldercare/register/")
    with django_assert_max_num_queries(40):
        client.get("/work/eldercare/register/")
    with django_assert_max_num_queries(45):
        client.get("/eldercare/")
