"""The pages of dementia care: who may open which, what a press leads to, where names are shown."""

from __future__ import annotations

import pytest

from minzheng.domains.dementia_care.models import Community, Referral, Screening, SelfCheck, Unit
from minzheng.domains.dementia_care.tests.town import (
    FAR_STREET,
    MET,
    NEXT_STREET,
    STREET,
    answers_for,
    beds_of,
    make_elder,
    make_home,
    make_manager,
    make_unit,
)
from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.audit.models import Entry

BASE = "/work/eldercare/dementia/"


@pytest.fixture
def home(db):
    return make_home()


def sign_in(client, role, division="310107"):
    made = make_post(role, division)
    client.force_login(made.official.user)
    return made


def post(client, url, verb, **told):
    return client.post(url, {"verb": verb, **told}, follow=True)


def test_the_district_accepts_a_unit_and_sees_it_on_the_list_until_staff_suffices(client, home):
    district = sign_in(client, "district_reviewer")
    page = f"/work/eldercare/{home.pk}/dementia/"
    told = {"name": "忆馨单元", "beds": beds_of(home)[:6], "document": "验〔2022〕1号"}
    assert "防走失" in post(client, page, "accept", met=MET[:1], **told).text
    assert "照护单元已验收" in post(client, page, "accept", met=MET, **told).text
    listed = client.get(BASE)
    assert "人数未报" in listed.text and "示例" in listed.text
    assert client.get(f"{BASE}?short-export=xlsx").headers["Content-Type"].endswith("sheet")
    with acting(district):
        unit = Unit.objects.get()
    client.force_login(make_manager(home).official.user)
    text = post(client, page, "staff", unit=unit.pk, workers=1, on=unit.accepted_on).text
    assert "护理员不足" in text and "验收新的照护单元" not in text
    assert "达到标准" in post(client, page, "staff", unit=unit.pk, workers=2, on=unit.accepted_on).text
    post(client, page, "accept", met=MET, **(told | {"name": "自行验收"}))
    with acting(district):
        assert Unit.objects.count() == 1


def test_the_stock_is_shown_for_the_day_that_was_asked(client, home):
    make_unit(home, beds_of(home)[:7], by=sign_in(client, "district_reviewer"))
    assert "忆馨单元" in client.get(BASE, {"day": "2022-03-01"}).text
    assert "忆馨单元" not in client.get(BASE, {"day": "2022-02-28"}).text


def test_a_home_is_led_to_its_own_units_and_sees_no_other(client, home):
    client.force_login(make_manager(home).official.user)
    for page in (BASE, f"{BASE}communities/", f"{BASE}screening/"):
        assert client.get(page, follow=True).redirect_chain[-1][0] == f"/work/eldercare/{home.pk}/dementia/"
    assert client.get(f"/work/eldercare/{make_home().pk}/dementia/").status_code == 404


def test_a_street_joins_shows_evidence_checks_itself_and_is_assessed(client, db):
    district = sign_in(client, "district_reviewer")
    joined = post(client, f"{BASE}communities/", "join", division_code=STREET, batch=2, document="示例文件")
    assert "街镇已纳入" in joined.text
    with acting(district):
        community = Community.objects.get()
        tasks = list(community.tasks.all())
    page = f"{BASE}communities/{community.pk}/"
    sign_in(client, "street_officer", STREET)
    assert "评估前尚缺佐证" in client.get(page).text
    for task in tasks:
        post(client, page, "evidence", task=task.pk, text="完成，附材料")
    done = post(client, page, "check", words="全部任务完成")
    assert "评估前尚缺佐证" not in done.text and "待评估" in done.text
    post(client, page, "assess", has_passed="1", opinion="自评通过")
    with acting(district):
        assert SelfCheck.objects.get().has_passed is None
    client.force_login(district.official.user)
    assert "评估通过" in post(client, page, "assess", has_passed="1", opinion="材料齐全").text
    sign_in(client, "street_officer", NEXT_STREET)
    assert client.get(page).status_code == 404


def test_a_street_screens_asks_for_consent_and_enters_the_result(client, db):
    (person, number), street = make_elder(), sign_in(client, "street_officer", STREET)
    new = client.get(f"{BASE}screening/new/").text
    assert "非临床量表" in new and "低于 8 分" in new
    told = {"name": person.name, "consent": "", "consent_by": ""} | answers_for(7)
    wrong = post(client, f"{BASE}screening/new/", "screen", number="310195194001019999", **told)
    assert "不一致" in wrong.text
    made = post(client, f"{BASE}screening/new/", "screen", number=number, **told)
    assert "待征求同意" in made.text
    page = made.redirect_chain[-1][0]
    assert "已转介" in post(client, page, "consent", is_given="1", by="本人").text
    assert "已确诊" in post(client, page, "result", is_diagnosed="1", hospital="示意医院").text
    assert "欧***" in client.get(f"{BASE}screening/").text or "欧" in client.get(f"{BASE}screening/").text
    assert person.name not in client.get(f"{BASE}screening/").text
    with acting(street):
        assert Referral.objects.get().state == "diagnosed"
    with acting_as_service("test"):
        assert Entry.objects.filter(act="people.look", person_id=person.pk).exists()


def test_above_the_street_the_page_counts_and_names_nobody(client, db):
    (person, number), street = make_elder(), sign_in(client, "street_officer", STREET)
    told = {"name": person.name, "consent": "1", "consent_by": "本人", "number": number} | answers_for(3)
    post(client, f"{BASE}screening/new/", "screen", **told)
    with acting(street):
        screening = Screening.objects.get()
    sign_in(client, "district_reviewer")
    text = client.get(f"{BASE}screening/").text
    assert "长风新村街道" in text and "欧" not in text and "登记筛查" not in text
    assert client.get(f"{BASE}screening/{screening.pk}/").status_code == 404
    assert client.get(f"{BASE}screening/new/").status_code == 302
    sign_in(client, "street_officer", FAR_STREET)
    assert client.get(f"{BASE}screening/{screening.pk}/").status_code == 404


@pytest.mark.parametrize(
    "role,place,opens",
    [
        ("neighbourhood_worker", STREET, 200),
        ("street_officer", STREET, 200),
        ("city_policy_officer", "310000", 200),
        ("auditor", "310000", 200),
        ("inspector", "310107", 403),
        ("care_assessor", "310107", 403),
        ("finance_preparer", "310107", 403),
        ("centre_clerk", STREET, 403),
        ("system_admin", "310000", 403),
    ],
)
def test_who_may_open_the_pages(client, db, role, place, opens):
    sign_in(client, role, place)
    for page in ("", "communities/", "screening/"):
        assert client.get(f"{BASE}{page}").status_code == opens
