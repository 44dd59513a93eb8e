"""The pages of promises: what each role opens, who may act, what is published."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import load_workbook

from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.targets.actions import accept, report_record
from minzheng.kernel.targets.models import Evidence
from minzheng.kernel.targets.tests.conftest import DAY, DISTRICT, make_centre
from minzheng.surfaces.web.targets import acts, overview, publication
from minzheng.surfaces.web.targets import target as target_page

CENTRE = "facilities.facility"


@pytest.fixture(autouse=True)
def that_day(monkeypatch) -> None:
    for page in (acts, overview, publication, target_page):
        monkeypatch.setattr(page, "working_day", lambda: DAY)


def client_of(post) -> Client:
    client = Client()
    client.force_login(User.objects.get(official__posts=post))
    return client


def text_of(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_overview_says_who_is_behind_and_what_is_missing(officer, target) -> None:
    page = text_of(client_of(officer).get("/work/targets/"))
    for words in ("新增中心", "落后", "按序时应完成 1个，已完成 0个，差 1个", "养老服务处"):
        assert words in page, words


def test_from_a_record_reported_by_the_district_to_a_published_number(officer, district, target) -> None:
    centre = make_centre()
    path = f"/work/targets/{target.pk}/"
    answer = client_of(district).post(
        f"{path}report/", {"what": "record", "record-kind": CENTRE, "record-pk": centre.pk}, follow=True
    )
    assert "已上报" in text_of(answer)
    city = client_of(officer)
    with acting_as_service("test"):
        made = Evidence.objects.get(record_id=centre.pk)
    assert "核定所选" in text_of(city.get(path, {"state": "reported"}))
    assert "已核定 1 条" in text_of(
        city.post(f"{path}decide/", {"evidence": made.pk, "verdict": "accept"}, follow=True)
    )
    page = text_of(city.get("/work/targets/publication/2022/"))
    assert "1 / 1" in page and "50.0%" in page
    everybody = text_of(Client().get("/promises/2022/"))
    assert "1 / 1" in everybody and "50.0%" in everybody, "without sign-in"
    assert centre.name not in everybody, "sums, and no record behind them"
    answer = city.get("/work/targets/", {"projects-export": "xlsx"})
    assert load_workbook(BytesIO(answer.content)).active["A2"].value == "新增中心"


def test_a_year_without_promises_has_no_public_page_and_nothing_else_opens_without_sign_in(target) -> None:
    assert Client().get("/promises/1999/").status_code == 404
    for path in ("", f"{target.pk}/", "publication/2022/"):
        assert Client().get(f"/work/targets/{path}").status_code == 302


def test_a_paper_is_kept_and_given_back_to_those_who_see_it(officer, district, target) -> None:
    path = f"/work/targets/{target.pk}/"
    file = SimpleUploadedFile("验收.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
    told = {
        "what": "paper",
        "paper-title": "验收表",
        "paper-amount": "2",
        "paper-happened_on": "2022-03-01",
        "paper-file": file,
    }
    client = client_of(district)
    assert "已上报" in text_of(client.post(f"{path}report/", told, follow=True))
    with acting_as_service("test"):
        made = Evidence.objects.get(record_kind="paper")
    given = client.get(f"/work/targets/paper/{made.paper_sha256}/")
    assert given.content.startswith(b"%PDF") and "attachment" in given["Content-Disposition"]
    assert (
        client_of(make_post("district_reviewer", "310104"))
        .get(f"/work/targets/paper/{made.paper_sha256}/")
        .status_code
        == 404
    )
    bad = told | {"paper-file": SimpleUploadedFile("x.pdf", b"<script>", "application/pdf")}
    assert "不接受这种文件" in text_of(client.post(f"{path}report/", bad, follow=True))
    assert "大于或等于1" in text_of(client.post(f"{path}report/", told | {"paper-amount": "0"}))


def test_a_target_without_its_evidence_is_not_closed_as_met(officer, target) -> None:
    page = text_of(client_of(officer).post(f"/work/targets/{target.pk}/close/", {"met": "yes"}, follow=True))
    assert "不能按完成结项" in page


@pytest.mark.parametrize(
    ("role", "place", "look", "decide"),
    [
        ("city_policy_officer", "310000", 200, 302),
        ("statistician", "310000", 200, 403),
        ("auditor", "310000", 200, 403),
        ("district_reviewer", DISTRICT, 200, 403),
        ("street_officer", "310107014", 200, 403),
        ("finance_preparer", DISTRICT, 403, 403),
        ("centre_clerk", "310107014", 403, 403),
    ],
)
def test_who_may_look_and_who_may_decide(
    district, target, role: str, place: str, look: int, decide: int
) -> None:
    centre = make_centre()
    with acting(district):
        made = report_record(target=target, kind=CENTRE, pk=centre.pk)
    client = client_of(make_post(role, place))
    for path in ("", f"{target.pk}/", "publication/2022/"):
        assert client.get(f"/work/targets/{path}").status_code == look
    assert client.post(f"/work/targets/{target.pk}/decide/", {"evidence": made.pk}).status_code == decide


def test_in_english_the_page_s_own_words_are_english(officer, judge, target) -> None:
    centre = make_centre()
    with acting(judge):
        made = report_record(target=target, kind=CENTRE, pk=centre.pk)
    with acting(officer):
        accept(evidence=[made], on=DAY)
    client = client_of(officer)
    client.post("/language/", {"language": "en", "next": "/"})
    assert "Promises to the public" in text_of(client.get("/work/targets/"))
    assert "By district" in text_of(client.get(f"/work/targets/{target.pk}/"))
