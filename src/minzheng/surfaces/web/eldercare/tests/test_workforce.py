"""The workforce pages: who may open which, what a press leads to, what the public reads."""

from __future__ import annotations

from datetime import date

import pytest

from minzheng.domains.eldercare_facilities.tests.conftest import make_home, make_manager
from minzheng.domains.eldercare_workforce.models import Employment, Recognition
from minzheng.domains.eldercare_workforce.tests.conftest import insure, make_number, make_worker
from minzheng.domains.eldercare_workforce.tests.test_training import graded
from minzheng.kernel.access import acting
from minzheng.kernel.access.testing import make_post
from minzheng.surfaces.web.work.day import working_day

DAY = date(2022, 8, 1)


@pytest.fixture(autouse=True)
def day(monkeypatch):
    """The day in hand: grading, insurance and employment are those of 2022."""
    monkeypatch.setattr("minzheng.surfaces.web.work.day.day_in_hand", lambda: DAY)


PAGES = ("", "training/", "entry/", "recognition/", "contests/")


def post(client, url, verb, **told):
    return client.post(url, {"verb": verb, **told}, follow=True)


@pytest.mark.parametrize(
    "role,place,opens",
    [
        ("district_reviewer", "310107", 200),
        ("city_policy_officer", "310000", 200),
        ("street_officer", "310107014", 200),
        ("auditor", "310000", 200),
        ("statistician", "310000", 403),
        ("inspector", "310107", 403),
        ("care_assessor", "310107", 403),
    ],
)
def test_who_may_open_the_workforce(client, db, role, place, opens):
    home = make_home()
    client.force_login(make_post(role, place).official.user)
    for page in PAGES:
        assert client.get(f"/work/eldercare/workforce/{page}").status_code == opens
    expected = 404 if role == "care_assessor" else opens
    assert client.get(f"/work/eldercare/{home.pk}/workforce/").status_code in (opens, expected)


def test_a_home_hires_claims_and_applies_and_its_district_decides(client, db):
    home, other = make_home(), make_home()
    manager = make_manager(home)
    client.force_login(manager.official.user)
    page = f"/work/eldercare/{home.pk}/workforce/"
    assert client.get("/work/eldercare/workforce/").headers["Location"] == page
    assert client.get(f"/work/eldercare/{other.pk}/workforce/").status_code == 404
    told = {"name": "新护理", "post": "care", "contract": "H1", "is_full": "on", "degree": "college", "degree_paper": "D1", "day": "2022-01-04"}  # fmt: skip
    assert "身份证号码" in post(client, page, "hire", number="310195199001019999", **told).text
    hired = post(client, page, "hire", number=make_number(), **told)
    assert "已登记入职" in hired.text and "新护理" in hired.text
    old = make_worker(home, manager, name="老护理")
    insure(old, 12)
    graded(home, 4, working_day().year)
    assert "已申领" in post(client, page, "claim", employment=old.pk).text
    assert "已提交申请" in post(client, page, "apply").text
    with acting(manager):
        asked = Recognition.objects.get()
        young = Employment.objects.get(worker__name="新护理")
    assert "已登记证书" in post(client, page, "certificate", employment=young.pk, level=5, number="C5", issued_on="2022-02-01").text  # fmt: skip

    client.force_login(make_post("district_reviewer", "310107").official.user)
    entry = client.get("/work/eldercare/workforce/entry/").text
    assert "8,000.00" in entry and "沪民规〔2022〕14号" in entry
    claim = asked.pk and client.get("/work/eldercare/workforce/entry/").context["acts"]["decide"].form.fields["claim"].choices[1][0]  # fmt: skip
    assert "已审核" in post(client, "/work/eldercare/workforce/entry/", "decide", claim=claim, words="").text
    assert "已审核" in post(client, "/work/eldercare/workforce/recognition/", "decide", application=asked.pk, why_not="").text  # fmt: skip
    assert "50.0" in client.get("/work/eldercare/workforce/").text  # One of two care workers is certified.
    client.logout()
    public = client.get("/eldercare/key-institutions/").text
    assert home.name in public and "老护理" not in public


def test_a_reader_without_the_right_to_decide_is_offered_no_act(client, db):
    make_home()
    client.force_login(make_post("street_officer", "310107014").official.user)
    for page in PAGES[1:]:
        assert "verb" not in client.get(f"/work/eldercare/workforce/{page}").text
