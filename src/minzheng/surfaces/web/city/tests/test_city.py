"""The page of figures: each opens to its rows, statisticians see totals alone, a district sees its own."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO

import pytest
from django.contrib.auth.models import User
from django.test import Client
from openpyxl import load_workbook

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.cases.counting import refresh_totals
from minzheng.kernel.cases.figures import FIGURES
from minzheng.kernel.cases.tests import filled, world
from minzheng.surfaces.web.city.words import WORDS

PERIOD = {"first": "2022-09", "last": "2022-10"}


@pytest.fixture
def city(db):
    person = world.poor_household()
    with acting_as_service("test"):
        quick = filled.case(person, channel="online")
        filled.paper(quick, "a", "fetched")
        filled.paper(quick, "b", "submitted", failed_why="数据日期过旧")
        filled.rating(quick, 5)
        filled.case(person, state="refused", is_late=True, departs=True)
        filled.case(person, deciding="310107014", accepting="310107014", item="hukou_death", working_days=3)
        filled.case(person, state="accepted", ended=None, accepted=date(2022, 9, 30), deciding="310000")
        refresh_totals()
    return person


def signed_in(role: str, place: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(official__posts=make_post(role, place)))
    return client


def text_of(answer) -> str:
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_city_is_shown_with_numerators_denominators_and_every_table(city):
    page = text_of(signed_in("city_policy_officer", "310000").get("/work/city/", PERIOD))
    assert "按期办结率" in page and "66.7%" in page and "2 / 3" in page
    for words in (
        "按事项",
        "按区",
        "按渠道",
        "免交材料按出具单位",
        "崇明区",
        "普陀区",
        "公安",
        "市级直接办理",
    ):
        assert words in page, words
    assert "各区按期办结率" in page and "<svg" in page


def test_every_figure_opens_to_as_many_rows_as_it_counts(city):
    client = signed_in("city_policy_officer", "310000")
    expected = {"submitted": 4, "accepted": 4, "decided": 3, "granted": 2, "refused": 1, "withdrawn": 0, "in_time": 2,
                "departs": 1, "online": 1, "crossed": 2, "exemption": 1, "rating": 1, "rated_low": 0}  # fmt: skip
    for code, count in expected.items():
        page = text_of(client.get(f"/work/city/rows/{code}/above/", PERIOD))
        assert len(re.findall(r"2022-5\d{9}", page)) == count, code
        assert world.NAME not in page


@pytest.mark.parametrize("code", [code for code, figure in FIGURES.items() if figure.denominator])
def test_a_share_opens_to_its_denominator_as_well(city, code):
    page = text_of(signed_in("district_reviewer", "310151").get(f"/work/city/rows/{code}/below/", PERIOD))
    assert str(WORDS[code].below) in page


@pytest.mark.parametrize("path", ["rows/nothing/above/", "rows/granted/below/", "rows/granted/sideways/"])
def test_a_figure_that_does_not_exist_is_not_found(city, path):
    assert signed_in("city_policy_officer", "310000").get(f"/work/city/{path}", PERIOD).status_code == 404


def test_a_statistician_sees_totals_and_no_way_to_rows(city):
    client = signed_in("statistician", "310000")
    page = text_of(client.get("/work/city/", PERIOD))
    assert "66.7%" in page and "/work/city/rows/" not in page
    assert client.get("/work/city/rows/granted/above/", PERIOD).status_code == 403


def test_a_district_sees_its_own_figures_and_asks_for_no_neighbour(city):
    client = signed_in("district_reviewer", "310107")
    page = text_of(client.get("/work/city/", PERIOD))
    assert "普陀区" in page and "崇明" not in page
    assert client.get("/work/city/", PERIOD | {"place": "310151"}).status_code == 404
    assert client.get("/work/city/", PERIOD | {"place": "310000"}).status_code == 404


@pytest.mark.parametrize(
    "role", ["centre_clerk", "street_officer", "department_officer", "neighbourhood_worker"]
)
def test_roles_without_statistics_are_refused(city, role):
    assert signed_in(role, "310107014").get("/work/city/", PERIOD).status_code == 403


def test_items_places_and_channels_narrow_the_figures(city):
    client = signed_in("city_policy_officer", "310000")
    one = text_of(client.get("/work/city/", PERIOD | {"item": "hukou_death"}))
    assert "仅统计“死亡注销户口”" in one and "崇明区" not in re.sub(r"<svg.*?</svg>", "", one)
    district = text_of(client.get("/work/city/", PERIOD | {"place": "310151"}))
    assert "按街镇" in district and "返回上级" in district
    street = text_of(client.get("/work/city/", PERIOD | {"place": "310151101", "channel": "online"}))
    assert "100.0%" in street


@pytest.mark.parametrize(
    "asked", [{"first": "2022-13"}, {"first": "2022-09", "last": "2022-01"}, {"first": "2015-01", "last": "2022-01"},
              {"side": "both"}, {"item": "no_such"}, {"place": "31x"}]
)  # fmt: skip
def test_a_wrong_filter_is_told_and_breaks_nothing(city, asked):
    answer = signed_in("city_policy_officer", "310000").get("/work/city/", PERIOD | asked)
    assert answer.status_code == 200 and "govuk-error-summary" in answer.content.decode()


def test_tables_leave_as_excel_with_the_same_counts(city):
    answer = signed_in("statistician", "310000").get("/work/city/", PERIOD | {"items-export": "xlsx"})
    sheet = load_workbook(BytesIO(answer.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    [birth] = [row for row in rows if row[0] == "出生户口登记"]
    assert birth[1] == 3
    # Shares are numbers, which a sheet can sort and average; those with nothing below the line are empty.
    shares = [birth[at] for at, label in enumerate(rows[0]) if label == str(WORDS["in_time"].label)]
    assert all(share is None or 0 <= share <= 1 for share in shares) and shares


def test_the_page_takes_the_same_number_of_queries_for_any_number_of_cases(
    city, django_assert_max_num_queries
):
    client = signed_in("city_policy_officer", "310000")
    client.get("/work/city/", PERIOD)
    with django_assert_max_num_queries(28):
        client.get("/work/city/", PERIOD)
    with django_assert_max_num_queries(19):
        client.get("/work/city/rows/submitted/above/", PERIOD)


def test_definitions_are_the_declared_ones(city):
    page = text_of(signed_in("statistician", "310000").get("/work/city/terms/"))
    for words in WORDS.values():
        assert str(words.above) in page


def test_every_figure_has_its_words():
    assert set(WORDS) == set(FIGURES)
