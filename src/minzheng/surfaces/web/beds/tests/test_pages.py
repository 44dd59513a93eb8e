"""The pages: from the request to the bed, each by the right person; a home shut and its residents placed; who may not."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from minzheng.domains.eldercare_beds import assessments, beds
from minzheng.domains.eldercare_beds.models import Assessment, AssessorForm
from minzheng.domains.eldercare_beds.tests.town import ON, PUTUO, Town, answers_of
from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.actions import open_resident_account
from minzheng.kernel.access.models import ResidentAccount
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.people.models import Identifier
from minzheng.kernel.stays import actions as stays
from minzheng.kernel.stays.models import Stay
from minzheng.kernel.stays.models_waiting import AllocationRun, Offer, Waiting
from minzheng.surfaces.web.beds import assessments as assessment_pages
from minzheng.surfaces.web.beds import family, queue, resident, sharing

NUMBER = "310195193803011226"


@pytest.fixture
def town(db: None, monkeypatch: pytest.MonkeyPatch) -> Town:
    for module in (assessment_pages, family, queue, resident, sharing):
        monkeypatch.setattr(module, "working_day", lambda: ON)
    return Town()


def as_official(post) -> Client:
    client = Client()
    client.force_login(User.objects.get(official__posts=post))
    return client


def as_person(person) -> Client:
    with acting_as_service("test"):
        if not ResidentAccount.objects.filter(person_id=person.pk).exists():
            open_resident_account(username=f"elder{person.pk}", password="Minzheng-2022", person_id=person.pk)
    client = Client()
    client.force_login(User.objects.get(resident__person_id=person.pk))
    return client


def text_of(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def run_jobs(on: date = ON) -> None:
    """What the worker would do by now."""
    with acting_as_service("test"):
        for number in Waiting.objects.filter(state="submitted").values_list("pk", flat=True):
            beds.take_in(waiting_id=number, on=on)
        for number in (
            Offer.objects.exclude(state="open").filter(followed_on=None).values_list("pk", flat=True)
        ):
            beds.follow_up(offer_id=number, on=on)


def test_from_the_request_to_the_bed_and_the_explanation(town: Town) -> None:
    person = town.elder("程合成")
    town.elder_waiting("确诊老人", 3, town.near, diagnosed=True)
    town.elder_waiting("同类老人", 6, town.near, on=ON - timedelta(9))
    mine = as_person(person)
    assert "申请评估" in text_of(mine.get("/my/care/"))
    mine.post("/my/care/assessment/")
    with acting_as_service("test"):
        asked = Assessment.objects.get(person=person)
    district = as_official(town.district)
    assert "请选择 2 名不同的评估员" in text_of(district.get(f"/work/assessments/{asked.pk}/"))
    one, two = town.assessors[:2]
    district.post(
        f"/work/assessments/{asked.pk}/", {"act": "assign", "assessors": [one.official_id, two.official_id]}
    )
    for post, points in ((one, 34), (two, 30)):
        with acting_as_service("test"):
            form = AssessorForm.objects.get(assessment=asked, assessor=post.official_id)
        assessor = as_official(post)
        assert "程合成" in text_of(assessor.get("/work/assessments/"))
        wrong = assessor.post(f"/work/assessments/form/{form.pk}/", {"visited_on": ON})
        assert wrong.status_code == 422 and "进食" in wrong.content.decode()
        answer = assessor.post(
            f"/work/assessments/form/{form.pk}/", answers_of(points) | {"visited_on": ON, "note": ""}
        )
        assert answer.status_code == 302
        other = next(f for f in (one, two) if f is not post)
        assert as_official(other).get(f"/work/assessments/form/{form.pk}/").status_code == 404
    shown = text_of(district.get(f"/work/assessments/{asked.pk}/"))
    assert "4 级" in shown and "取较高等级" in shown
    district.post(f"/work/assessments/{asked.pk}/", {"act": "decide"})
    assert district.get(f"/work/assessments/{asked.pk}/letter/")["Content-Type"] == "application/pdf"
    page = text_of(mine.get("/my/care/"))
    assert "4 级" in page and "保基本养老床位" in page and "申请床位" in page
    assert mine.get(f"/my/care/letter/grade/{asked.pk}/").content.startswith(b"%PDF")
    assert "甘泉养老院（保基本床位空 2、轮候 2）" in text_of(mine.get("/my/care/homes/"))
    empty = mine.post("/my/care/homes/", {"kind": "basic", "claimed": ""})
    assert "必填" in text_of(empty) or "这个字段" in text_of(empty)
    mine.post(
        "/my/care/homes/", {"kind": "basic", "claimed": "", "home1": town.near.pk, "home2": town.far.pk}
    )
    assert "待核定" in text_of(mine.get("/my/care/"))
    run_jobs()
    with acting_as_service("test"):
        waits = Waiting.objects.get(person=person)
    page = text_of(mine.get("/my/care/"))
    assert re.search(r"当前排位 3 ", page) and re.search(r"当前排位 1 ", page)
    why = text_of(mine.get(f"/my/care/queue/{waits.pk}/{town.near.pk}/"))
    assert (
        "保障类别在前" in why
        and "照护等级更高" in why
        and "确诊老人" not in why.replace("确诊认知障碍老人", "")
    )
    assert "同类老人" not in why
    assert as_person(town.elder("别人")).get(f"/my/care/queue/{waits.pk}/{town.near.pk}/").status_code == 404
    town.night()
    (offer,) = town.offers(waiting=waits)
    assert offer.facility_id == town.far.pk, "the near home's two beds went to those before"
    assert "有一张床位轮到您" in text_of(mine.get("/my/care/"))
    assert "接受这张床位" in text_of(mine.get(f"/my/care/offer/{offer.pk}/"))
    assert mine.get(f"/my/care/letter/offer/{offer.pk}/").content.startswith(b"%PDF")
    for _click in range(2):
        mine.post(f"/my/care/offer/{offer.pk}/answer/", {"answer": "accept"})
    run_jobs()
    assert "已接受" in text_of(mine.get("/my/care/"))
    with acting_as_service("test"):
        assert Stay.objects.get(person=person).state == "planned"


def test_every_page_of_the_queue_opens_for_the_district(town: Town) -> None:
    waits = [town.elder_waiting(f"老人{n}", 3 + n, town.near) for n in range(3)]
    paper = town.elder_waiting("优抚老人", 3, town.near, claimed="preferential")
    town.night()
    district, second = as_official(town.district), as_official(town.second)
    page = text_of(district.get("/work/beds/"))
    assert "老人0" in page and "照护等级三级及以上老人" in page
    assert "老人0" not in text_of(district.get("/work/beds/", {"least": "4", "state": "waiting"}))
    detail = text_of(district.get(f"/work/beds/{waits[0].pk}/"))
    assert "在各机构的排位" in detail
    assert "谁在前面" in text_of(district.get(f"/work/beds/{waits[0].pk}/why/{town.near.pk}/"))
    assert "核验类别证明" in text_of(district.get(f"/work/beds/{paper.pk}/"))
    district.post(f"/work/beds/{paper.pk}/act/", {"act": "paper"})
    assert town.fresh(paper).class_code == "preferential"
    offer = town.offers()[0]
    assert "待答复" in text_of(district.get("/work/beds/offers/"))
    district.post(f"/work/beds/{offer.waiting_id}/act/", {"act": "decline"})
    run_jobs()
    assert town.fresh(offer).state == "refused"
    assert district.get(f"/work/beds/offers/{offer.pk}/letter/")["Content-Type"] == "application/pdf"
    assert "各区床位池" in text_of(district.get("/work/beds/pool/"))
    district.post("/work/beds/runs/draft/")
    with acting_as_service("test"):
        run = AllocationRun.objects.get()
    assert "等待另一位工作人员复核" in text_of(district.get(f"/work/beds/runs/{run.pk}/"))
    second.post(f"/work/beds/runs/{run.pk}/act/", {"act": "review"})
    second.post(f"/work/beds/runs/{run.pk}/act/", {"act": "issue"})
    assert "已发出" in text_of(second.get("/work/beds/runs/"))


def test_a_home_is_shut_and_its_residents_are_placed_on_the_page(town: Town) -> None:
    home, made = town.home("关停养老院", PUTUO, 3)
    people = [town.elder(f"住户{n}") for n in range(3)]
    with acting_as_service("test"):
        for person, bed in zip(people, made, strict=True):
            stays.admit(person_id=person.pk, bed=bed, on=date(2021, 5, 1))
    district = as_official(town.district)
    assert "没有暂停服务的机构" in text_of(district.get("/work/beds/closures/"))
    assert district.post("/work/beds/closures/", {"home": "", "reason": ""}).status_code == 422
    answer = district.post("/work/beds/closures/", {"home": home.pk, "reason": "消防改造"}, follow=True)
    plan = text_of(answer)
    assert plan.count("甘泉养老院") == 2 and "暂无适合的空床" in plan and "安置 2 人" in plan
    done = text_of(district.post(f"/work/beds/closures/{home.pk}/", follow=True))
    assert "已安置 2 人" in done
    with acting_as_service("test"):
        assert Stay.objects.filter(state="present", facility=town.near).count() == 2
    assert "尚在院 1" in text_of(district.get("/work/beds/closures/"))


def test_a_bed_at_home_is_set_up_visited_and_cut(town: Town) -> None:
    person = town.elder("居家老人")
    town.graded(person, 3)
    with acting_as_service("test"):
        Identifier.objects.create(person=person, value=NUMBER, during="[2000-01-01,)")
    district, home = as_official(town.district), as_official(town.manager(town.near))
    told = {"number": NUMBER, "home": town.near.pk, "contract": "JC-7", "visits": 12, "tasks": ["hygiene"]}
    assert district.post("/work/beds/family/", told | {"visits": 0}).status_code == 422
    assert district.post("/work/beds/family/", told).status_code == 302
    page = text_of(home.get("/work/beds/family/"))
    assert "JC-7" in page and "¥" in page
    number = re.search(r"/work/beds/family/(\d+)/", home.get("/work/beds/family/").content.decode())[1]
    visit = {
        "began": "2022-08-10T09:00",
        "minutes": 60,
        "tasks": ["hygiene"],
        "worker": "甲",
        "signed_by": "乙",
    }
    assert home.post(f"/work/beds/family/{number}/", visit | {"signed_by": ""}).status_code == 422
    assert home.post(f"/work/beds/family/{number}/", visit).status_code == 302
    assert "2022-08-10 09:00" in text_of(district.get(f"/work/beds/family/{number}/"))
    assert "家庭照护床位" in text_of(as_person(person).get("/my/care/"))


def test_a_clerk_asks_by_the_number_on_the_card(town: Town) -> None:
    person = town.elder()
    with acting_as_service("test"):
        Identifier.objects.create(person=person, value=NUMBER, during="[2000-01-01,)")
    clerk = as_official(town.clerk)
    assert clerk.post("/work/assessments/new/", {"number": "310195193803011234"}).status_code == 422
    assert clerk.post("/work/assessments/new/", {"number": NUMBER}).status_code == 302
    with acting_as_service("test"):
        assert Assessment.objects.get(person=person).channel == "counter"


@pytest.mark.parametrize(
    ("role", "address", "status"),
    [
        ("street_officer", "/work/beds/", 403), ("centre_clerk", "/work/beds/runs/", 403),
        ("care_assessor", "/work/beds/pool/", 403), ("inspector", "/work/assessments/", 403),
        ("facility_manager", "/work/beds/closures/", 403), ("street_officer", "/work/beds/pool/", 200),
        ("auditor", "/work/beds/offers/", 200), ("finance_preparer", "/work/beds/family/", 403),
    ],
)  # fmt: skip
def test_roles_that_may_and_may_not(town: Town, role: str, address: str, status: int) -> None:
    assert as_official(make_post(role, "310107")).get(address).status_code == status


def test_an_official_has_no_care_page_of_their_own_and_a_resident_no_work_page(town: Town) -> None:
    assert as_official(town.district).get("/my/care/").status_code == 403
    assert as_person(town.elder()).get("/work/beds/").status_code == 403


def test_a_review_is_asked_for_on_the_page(town: Town) -> None:
    person = town.elder()
    made = town.graded(person, 2)
    mine = as_person(person)
    assert "申请复核" in text_of(mine.get("/my/care/"))
    mine.post(f"/my/care/assessment/{made.pk}/review/", {"because": "评估当天状态较好"})
    assert "评估进行中" in text_of(mine.get("/my/care/"))
    with acting(town.district):
        assert assessments.open_assessment(person.pk).reason == "review"
