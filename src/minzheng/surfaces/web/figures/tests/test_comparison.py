"""The comparison on screen and by command: only beside a simulated city, each figure judged in words, the rest named."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.indicators.tests.town import case, count_all
from minzheng.simulation.models import LivedStep, SimulatedCity
from minzheng.surfaces.cli.city import app
from minzheng.surfaces.web.figures.tests.test_figures import signed_in, text_of

PAGE = "/work/figures/comparison/"


@pytest.fixture
def city(db):
    for day in range(1, 14):
        case(date(2022, 3, day))
    with acting_as_service("test"):
        SimulatedCity.objects.create(scale=1_000_000, seed=7, on=date(2021, 12, 31))
        LivedStep.objects.create(month=date(2022, 11, 1), step="people")
    count_all(date(2022, 12, 31))


def test_an_installation_with_real_records_is_compared_with_nothing(db):
    page = text_of(signed_in("statistician", "310000").get(PAGE))
    assert "这里没有模拟城市" in page and "总结原文" not in page


def test_each_figure_is_judged_in_words_and_the_rest_named_with_its_domain(city):
    page = text_of(signed_in("statistician", "310000").get(PAGE))
    for words in ("1:1,000,000", "已模拟到 2022-11", "这一年还没有模拟完", "一致", "偏差较大", "1300万件", "不按比例", "尚不能推得",
                  "data-mz-chart", "孤儿基本生活费足额发放率"):  # fmt: skip
        assert words in page, words
    assert "社会组织管理" in page and "社区建设" in page and "机关综合" in page, (
        "what is still to come has a name"
    )
    assert not re.search(r">\s*(bureau|community|extreme_poverty_support|social_organisations)\s*<", page)
    cases = re.search(r"figures/cases\.accepted/.*?</tr>", page)
    assert cases is not None and "0.0%" in cases[0] and "一致" in cases[0], (
        "13 of “more than 13 million” at this scale"
    )


def test_a_whole_year_is_not_called_a_part(city):
    with acting_as_service("test"):
        LivedStep.objects.create(month=date(2022, 12, 1), step="people")
    assert "还没有模拟完" not in text_of(signed_in("statistician", "310000").get(PAGE))


def test_files_keep_the_numbers(city):
    client = signed_in("city_policy_officer", "310000")
    sheet = load_workbook(io.BytesIO(client.get(PAGE, {"export": "xlsx"}).content)).active
    lines = {line[0]: line for line in sheet.iter_rows(values_only=True)}
    assert lines["service_centre.cases"][4:9] == (13, "1300万件", 13, "是", 0)
    text = client.get(PAGE, {"export": "csv"}).content.decode("utf-8-sig")
    listed = list(csv.reader(io.StringIO(text)))
    assert len(listed) == 165, "a heading and every figure of the list"


def test_it_is_shown_in_english(city):
    client = signed_in("city_policy_officer", "310000")
    client.post("/language/", {"language": "en", "next": "/work/"})
    page = text_of(client.get(PAGE))
    assert "Within sampling noise" in page and "Simulated" in page and "模拟" not in page


@pytest.mark.parametrize("role", ["centre_clerk", "street_officer", "finance_preparer"])
def test_roles_without_statistics_are_refused(city, role):
    assert signed_in(role, "310107014").get(PAGE).status_code == 403


def test_the_command_tells_every_figure_and_no_deviation_is_an_error(city):
    done = CliRunner().invoke(app, ["compare", "--year", "2022", "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["scale"], told["seed"], told["lived"]) == (1_000_000, 7, "2022-11")
    assert len(told["figures"]) + len(told["missing"]) == 164
    found = {line["id"]: line for line in told["figures"]}
    assert (
        found["service_centre.cases"]["judgement"] == "same"
        and found["price_link.activations"]["judgement"] == "far"
    )
    same = ("marriage.cross_district_pilot_start", "marriage.cross_district_coverage", "elder_care.layout_plan_period",
            "elder_care.layout_plan_far_year", "service_centre.submission_exemptions")  # fmt: skip
    assert {found[name]["judgement"] for name in same} == {"same"} and not any(
        found[name]["scaled"] for name in same
    )
    assert found["document.signed_on"]["judgement"] == "uncounted", "the year's summary is not issued"
    assert CliRunner().invoke(app, ["compare"]).exit_code == 0


def test_the_command_says_what_is_missing(db):
    done = CliRunner().invoke(app, ["compare"])
    assert done.exit_code == 1 and "minzheng city build" in done.output
    done = CliRunner().invoke(app, ["compare", "--year", "2019"])
    assert done.exit_code == 1 and "2022" in done.output
