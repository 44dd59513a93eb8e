"""The pages of the layout plan: what each role opens, what they say, what goes to Excel."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from django.contrib.auth.models import User
from django.test import Client
from openpyxl import load_workbook

from minzheng.domains.eldercare_layout.actions import save_plan, solve_plan
from minzheng.domains.eldercare_layout.kinds import Model
from minzheng.domains.eldercare_layout.models import Plan
from minzheng.domains.eldercare_layout.tests.conftest import DAY
from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.surfaces.web.layout import needs, new, plan, reach

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture(autouse=True)
def that_day(monkeypatch) -> None:
    for page in (needs, new, plan, reach):
        monkeypatch.setattr(page, "working_day", lambda: DAY)


def client_of(post) -> Client:
    client = Client()
    client.force_login(User.objects.get(official__posts=post))
    return client


def text_of(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.fixture
def officer(db):
    return make_post("city_policy_officer", "310000")


@pytest.fixture
def plans(officer) -> list[Plan]:
    with acting(officer):
        made = [
            save_plan(title=f"方案{model}", district="310107", model=model, sites=1, year=2022, on=DAY)
            for model in Model
        ]
    return [solve_plan(one.pk) for one in made]


def test_streets_are_ranked_by_shortage_and_the_ratio_can_be_changed(officer) -> None:
    client = client_of(officer)
    page = text_of(client.get("/work/layout/", {"year": "2022", "ratio": "100", "place": "310107"}))
    assert "各街镇缺口（张）" in page and "mz-map__site" in page and "示意坐标" in page
    assert page.index("长寿路街道") < page.rindex("长风新村街道")
    answer = client.get(
        "/work/layout/", {"year": "2022", "ratio": "100", "place": "310107", "export": "xlsx"}
    )
    sheet = load_workbook(BytesIO(answer.content)).active
    assert [row[1].value for row in sheet.iter_rows(min_row=2)][-2:] == ["长寿路街道", "长风新村街道"]
    assert "大于或等于1" in text_of(client.get("/work/layout/", {"ratio": "0"}))


def test_residents_beyond_a_walk_are_counted_per_street(officer) -> None:
    page = text_of(client_of(officer).get("/work/layout/reach/", {"metres": "1000", "place": "310107"}))
    assert "步行距离以外的居民" in page and "65" in page and "mz-map__site--standing" in page


def test_a_plan_shows_objective_bound_and_gap_and_two_stand_beside_each_other(officer, plans) -> None:
    client = client_of(officer)
    page = text_of(client.get(f"/work/layout/plans/{plans[0].pk}/"))
    for words in ("已证最优", "人·米", "mz-map__site--new", "mz-map__site--standing", "示意"):
        assert words in page, words
    page = text_of(client.get("/work/layout/plans/versus/", {"a": plans[0].pk, "b": plans[1].pk}))
    assert page.count("mz-map--sites") == 2 and "覆盖人数最多" in page
    assert "方案p_median" in text_of(client.get("/work/layout/plans/"))


def test_a_plan_is_asked_for_and_waits_in_the_queue(officer) -> None:
    client = client_of(officer)
    told = {"title": "新", "district": "310107", "model": "coverage", "sites": "1", "year": "2022", "reach_metres": "800",
            "detour_percent": "120", "seconds": "5"}  # fmt: skip
    answer = client.post("/work/layout/plans/new/", told)
    with acting_as_service("test"):
        made = Plan.objects.get(title="新")
    assert answer["Location"] == f"/work/layout/plans/{made.pk}/"
    assert "已排队" in text_of(client.get(answer["Location"]))
    assert "hx-get" in text_of(client.get(f"/work/layout/plans/{made.pk}/progress/"))
    assert "大于或等于" in text_of(client.post("/work/layout/plans/new/", told | {"sites": "0"}))


def test_a_plan_is_put_into_the_city_s_plan(officer, plans) -> None:
    client = client_of(officer)
    client.post(f"/work/layout/plans/{plans[0].pk}/adopt/")
    assert "移出规划" in text_of(client.get(f"/work/layout/plans/{plans[0].pk}/"))


@pytest.mark.parametrize(
    ("role", "place", "look", "plan_"),
    [
        ("statistician", "310000", 200, 403),
        ("district_reviewer", "310107", 200, 200),
        ("street_officer", "310107014", 200, 403),
        ("finance_preparer", "310107", 403, 403),
        ("inspector", "310107", 403, 403),
    ],
)
def test_who_may_look_and_who_may_plan(role: str, place: str, look: int, plan_: int) -> None:
    client = client_of(make_post(role, place))
    for path in ("", "reach/", "plans/"):
        assert client.get(f"/work/layout/{path}").status_code == look
    assert client.get("/work/layout/plans/new/").status_code == plan_


def test_another_district_s_place_and_plan_are_not_there(plans) -> None:
    client = client_of(make_post("district_reviewer", "310104"))
    assert client.get("/work/layout/", {"place": "310107"}).status_code == 404
    assert client.get(f"/work/layout/plans/{plans[0].pk}/").status_code == 404


def test_in_english_nothing_of_the_page_s_own_words_is_left_in_chinese(officer) -> None:
    client = client_of(officer)
    client.post("/language/", {"language": "en", "next": "/"})
    page = text_of(client.get("/work/layout/"))
    assert "Beds missing" in page and "床位缺口" not in page
