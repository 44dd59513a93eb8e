"""The pages of supervision: who may open which, who may do what, and what anybody reads."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from minzheng.domains.eldercare_supervision.models import ScoreItem, ScoreSheet
from minzheng.domains.eldercare_supervision.tests.test_supervision import TOLD, VISITED, Town
from minzheng.kernel.access import acting
from minzheng.kernel.inspections.models import Finding
from minzheng.kernel.inspections.publishing import publish_visit

WORK = "/work/supervision/"


def client_of(post) -> Client:
    client = Client()
    client.force_login(User.objects.get(official__posts=post))
    return client


@pytest.fixture
def town(db) -> Town:
    made = Town()
    made.sheet_of_last_year = made.sheet("F01", "S02")
    return made


def test_officials_open_their_place_and_nobody_elses(town) -> None:
    finding = _finding(town)
    for address in ("", "plans/", "findings/", "credit/", f"facilities/{town.homes[0].pk}/", f"findings/{finding.pk}/",
                    f"visits/{finding.visit_id}/", f"credit/{town.sheet_of_last_year.pk}/"):  # fmt: skip
        assert client_of(town.district).get(WORK + address).status_code == 200, address
    far = client_of(town.elsewhere)
    for address in (
        f"findings/{finding.pk}/",
        f"visits/{finding.visit_id}/",
        f"credit/{town.sheet_of_last_year.pk}/",
    ):
        assert far.get(WORK + address).status_code == 404, address


def test_a_manager_sees_their_own_home_and_closes_nothing(town) -> None:
    finding, client = _finding(town), client_of(town.manager)
    assert client.get(WORK).headers["Location"].endswith(f"/facilities/{town.homes[0].pk}/")
    assert "复查合格，销号" not in client.get(f"{WORK}findings/{finding.pk}/").content.decode()
    assert client.get(f"{WORK}facilities/{town.homes[1].pk}/").status_code == 404
    assert client.post(f"{WORK}findings/{finding.pk}/pass/do/", {"text": "好了"}).status_code == 403
    assert client.post(f"{WORK}credit/all/compute/").status_code == 403
    with acting(town.manager):
        assert Finding.objects.get(pk=finding.pk).state == "open"


def test_an_inspector_decides_no_penalty_and_publishes_nothing(town) -> None:
    finding, client = _finding(town), client_of(town.inspector)
    told = {"kind": "fine", "amount": "1000", "statute": "示例条文", "reason": "示例"}
    address = client.post(f"{WORK}findings/{finding.pk}/penalty/do/", told).headers["Location"]
    assert "/penalties/" in address and "¥1,000.00" in client.get(address).content.decode()
    assert client.post(f"{address}impose/do/", {"words": "依法"}).status_code == 403
    assert client.post(f"{WORK}publish/visit/{finding.visit_id}/").status_code == 403


def test_a_manager_objects_on_the_page_and_the_district_settles(town) -> None:
    with acting(town.manager):
        item = ScoreItem.objects.order_by("id").first()
    base = f"{WORK}credit/{town.sheet_of_last_year.pk}/"
    # The page goes by today's date, long after the time to object.
    answer = client_of(town.manager).post(f"{base}object/{item.pk}/", {"text": "不对"}, follow=True)
    assert "异议期至" in answer.content.decode()
    assert client_of(town.inspector).post(f"{base}decide/0/").status_code == 403
    client_of(town.district).post(f"{base}decide/0/")
    with acting(town.district):
        assert ScoreSheet.objects.get(pk=town.sheet_of_last_year.pk).state == "decided"


def test_everybody_reads_what_was_published_and_nothing_else(town) -> None:
    visit = _finding(town).visit
    public = f"/supervision/{town.homes[0].pk}/"
    assert "没有公示" in Client().get(public).content.decode()
    with acting(town.district):
        publish_visit(visit=visit, on=TOLD)
    shown = Client().get(public).content.decode()
    assert "符合 3 条，不符合 1 条" in shown and "情况" not in shown
    assert Client().get("/supervision/draws/").status_code == 200
    assert Client().get(f"{WORK}findings/").status_code == 302


def test_pages_are_in_english_too(town) -> None:
    client = client_of(town.district)
    client.post("/language/", {"language": "en", "next": "/"})
    assert "Supervision of elder care" in client.get(WORK).content.decode()


def _finding(town) -> Finding:
    with acting(town.district):
        return Finding.objects.select_related("visit__facility").get(clause="F01", found_on=VISITED)
