"""Need, reach and plans over a small register: what an official could hold against the rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from minzheng.domains.eldercare_facilities import CENTRE, HOME
from minzheng.domains.eldercare_layout.actions import adopt_plan, restart_plan, save_plan, solve_plan
from minzheng.domains.eldercare_layout.errors import LayoutRefused
from minzheng.domains.eldercare_layout.kinds import Model
from minzheng.domains.eldercare_layout.models import AreaElders, AreaPoint, Plan, PlanSite, State
from minzheng.domains.eldercare_layout.needs import reckon_elders, street_needs, without_street
from minzheng.domains.eldercare_layout.points import import_points, place_points
from minzheng.domains.eldercare_layout.reach import street_reach
from minzheng.domains.eldercare_layout.tests.conftest import DAY, FAR, NEAR, facility, people
from minzheng.kernel.access import NotPermitted, acting_as_service
from minzheng.kernel.centres.actions import load_centres

pytestmark = pytest.mark.usefixtures("city")
DISTRICT = "310107"


def needs(ratio: int = 30, year: int = 2022) -> dict[str, tuple[int, int, int]]:
    rows = street_needs(year=year, ratio=ratio, within=DISTRICT, on=DAY)
    return {row.code: (row.elders, row.required, row.shortage) for row in rows}


def plan(**told) -> Plan:
    asked = {
        "title": "试",
        "district": DISTRICT,
        "model": Model.P_MEDIAN,
        "sites": 1,
        "year": 2022,
        "on": DAY,
    } | told
    return save_plan(**asked)


@pytest.mark.parametrize(("ratio", "far"), [(33, 2), (34, 3), (50, 3), (51, 4)])
def test_a_street_of_sixty_elders_needs_the_ratio_rounded_up_to_a_whole_bed(
    as_post, ratio: int, far: int
) -> None:
    as_post("district_reviewer", DISTRICT)
    found = needs(ratio)
    assert found[FAR] == (60, far, far)


def test_the_dead_do_not_count_and_beds_that_stand_are_taken_off(as_post) -> None:
    as_post("statistician", "310000")
    assert needs(100)[NEAR] == (40, 4, 2)
    assert [row.code for row in street_needs(year=2022, ratio=100, within=DISTRICT, on=DAY)] == [FAR, NEAR]


def test_later_years_hold_fewer_of_the_same_people_and_nobody_new(as_post) -> None:
    as_post("city_policy_officer")
    found = [sum(elders for elders, *_ in needs(30, year).values()) for year in (2022, 2025, 2035)]
    assert found[0] == 100 and found[0] > found[1] > found[2] > 0
    assert without_street(year=2022, within="310104") == 7


def test_a_walk_of_exactly_the_distance_is_within_it(as_post) -> None:
    as_post("statistician", "310000")
    walked = street_reach(within=DISTRICT, reach_metres=10_000, detour_percent=100, on=DAY)
    furthest = max(walk for row in walked for walk in row.walks)
    for metres, beyond in ((furthest - 1, 65), (furthest, 0), (furthest + 1, 0)):
        rows = street_reach(within=DISTRICT, reach_metres=metres, detour_percent=100, on=DAY)
        assert {row.code: row.residents_beyond for row in rows}[FAR] == beyond


def test_a_centre_that_is_not_open_yet_is_near_to_nobody(as_post) -> None:
    with acting_as_service("test"):
        facility(CENTRE, FAR, 121.44, opened=date(2022, 9, 1))
    as_post("statistician", "310000")
    for day, beyond in ((date(2022, 8, 31), 65), (date(2022, 9, 1), 0)):
        rows = street_reach(within=DISTRICT, reach_metres=1000, detour_percent=130, on=day)
        assert {row.code: row.residents_beyond for row in rows}[FAR] == beyond


@pytest.mark.parametrize("model", list(Model))
def test_the_next_centre_is_built_where_the_uncovered_live_and_the_standing_one_stays(
    as_post, model: Model
) -> None:
    with as_post("district_reviewer", DISTRICT):
        made = plan(model=model)
    done = solve_plan(made.pk)
    as_post("district_reviewer", DISTRICT)
    sites = {site.division_code: (site.is_standing, site.elders) for site in done.places.all()}
    assert sites == {f"{FAR}001": (False, 60), NEAR: (True, 40)}
    assert (done.state, done.gap, done.covered, done.covered_before) == (State.DONE, 0, 100, 40)
    assert done.cost_fen == 800_000_000 and done.mean_metres < done.mean_metres_before


def test_an_adopted_plan_counts_as_planned_beds_until_it_is_taken_out(as_post) -> None:
    with as_post("city_policy_officer"):
        made = plan()
        with pytest.raises(LayoutRefused, match="求解完成后"):
            adopt_plan(made, on=DAY)
    done = solve_plan(made.pk)
    as_post("city_policy_officer")
    before = needs(1000)[FAR][2]
    adopt_plan(done, on=DAY)
    assert needs(1000)[FAR][2] == before - done.beds_per_site
    adopt_plan(done, on=DAY)
    assert needs(1000)[FAR][2] == before


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"sites": 0}, "拟建数量须为 1 至 200"),
        ({"reach_metres": 0}, "服务半径须为 1 至"),
        ({"detour_percent": 99}, "绕行系数须为 100 至 300"),
        ({"seconds": 3601}, "求解时限须为 1 至 3600"),
        ({"year": 2030}, "没有 2030 年"),
        ({"district": "310101"}, "没有 2022 年"),
    ],
)
def test_a_number_out_of_its_range_is_refused_with_the_range(as_post, told, words) -> None:
    as_post("city_policy_officer")
    with pytest.raises(LayoutRefused, match=words):
        plan(**told)


def test_more_sites_than_candidates_fail_in_words_and_can_be_started_again(as_post) -> None:
    with as_post("city_policy_officer"):
        made = plan(sites=9)
    with pytest.raises(LayoutRefused, match="1 至 3"):
        solve_plan(made.pk)
    as_post("city_policy_officer")
    failed = Plan.objects.get(pk=made.pk)
    assert failed.state == State.FAILED and "填写的是 9" in failed.error
    with pytest.raises(LayoutRefused, match="只有经办本人"):
        restart_plan(failed)


@pytest.mark.parametrize("role", ["statistician", "street_officer", "auditor"])
def test_who_may_look_may_not_plan(as_post, role: str) -> None:
    as_post(role, DISTRICT)
    with pytest.raises(NotPermitted):
        plan()
    with pytest.raises(NotPermitted):
        reckon_elders(on=DAY)


def test_another_district_sees_neither_elders_nor_plans_and_may_not_plan_here(as_post) -> None:
    with as_post("district_reviewer", DISTRICT):
        made = plan()
    solve_plan(made.pk)
    as_post("district_reviewer", "310104")
    assert not Plan.objects.exists() and not PlanSite.objects.exists()
    assert set(AreaElders.objects.values_list("division_code", flat=True)) == {"310104"}
    with pytest.raises(NotPermitted):
        plan()
    with pytest.raises(DatabaseError), transaction.atomic():
        AreaElders.objects.create(
            division_code=f"{NEAR}009", year=2022, elders=1, elders_80=0, counted_on=DAY
        )


def test_a_district_reckons_its_own_and_leaves_the_neighbours_as_they_were(as_post) -> None:
    with acting_as_service("test"):
        people(f"{FAR}001", 1950, 1)
        people("310104", 1950, 1)
    with as_post("district_reviewer", DISTRICT):
        reckon_elders(on=DAY)
    as_post("city_policy_officer")
    assert needs()[FAR][0] == 61
    assert without_street(year=2022, within="310104") == 7


def test_every_street_gets_an_illustrative_point_once_and_a_survey_takes_its_place(
    as_post, tmp_path: Path
) -> None:
    with as_post("service"):
        load_centres()
    as_post("city_policy_officer")
    assert place_points(on=DAY) > 6000 and place_points(on=DAY) == 0
    file = tmp_path / "实测.csv"
    file.write_text(
        f"division_code,longitude,latitude,source\n{NEAR}001,121.41,31.24,合成测绘\n", encoding="utf-8"
    )
    assert import_points(file) == 1
    point = AreaPoint.objects.get(pk=f"{NEAR}001")
    assert (point.longitude, point.provenance) == (121.41, "public")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("310107014001,东经121,31.2,测绘", "第 2 行 的 longitude 为“东经121”"),
        ("310107014001,121.4,90.1,测绘", "第 2 行 的 latitude"),
        ("310107014001,121.4,31.2,", "第 2 行 的 source 为空"),
        ("999999999999,121.4,31.2,测绘", "999999999999 不存在"),
    ],
)
def test_a_bad_row_of_a_survey_is_named_and_nothing_is_taken(
    as_post, tmp_path: Path, row: str, words: str
) -> None:
    as_post("city_policy_officer")
    file = tmp_path / "实测.csv"
    file.write_text(f"division_code,longitude,latitude,source\n{row}\n", encoding="utf-8")
    with pytest.raises(LayoutRefused, match=words):
        import_points(file)
    assert AreaPoint.objects.get(pk=f"{NEAR}001").provenance == "illustrative"


def test_beds_of_a_home_that_opens_tomorrow_do_not_stand_today(as_post) -> None:
    with acting_as_service("test"):
        facility(HOME, FAR, 121.44, beds=5, opened=date(2022, 8, 2))
    as_post("statistician", "310000")
    assert needs()[FAR][2] == 2
