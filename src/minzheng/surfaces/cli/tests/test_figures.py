"""`minzheng figures` prints what can be derived of the summary, names who brings the rest, and fails where an identity does."""

from __future__ import annotations

import json
from datetime import date

import pytest
import yaml
from django.conf import settings
from typer.testing import CliRunner

from minzheng.kernel.indicators import identities
from minzheng.kernel.indicators.tests.town import OTHER, case
from minzheng.surfaces.cli.figures import app


def run(*words: str):
    return CliRunner().invoke(app, list(words))


def test_every_figure_of_the_list_is_either_derived_or_named_with_its_domain(db):
    case(date(2022, 3, 1)), case(date(2022, 3, 1), place=OTHER)
    done = run("--year", "2022", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    found = {line["id"]: line for line in told["figures"]}
    listed = [one["id"] for one in yaml.safe_load(settings.MINZHENG_SUMMARY.read_text())["figures"]]
    assert (
        sorted([*found, *(line["id"] for line in told["missing"])]) == sorted(listed) and len(listed) == 164
    )
    assert found["service_centre.cases"]["value"] == 2 == found["service_centre.cases"]["rows"]
    assert found["dibao.standard_new"] | {"counted_to": ""} == {
        "id": "dibao.standard_new", "name": "调整后低保标准", "value": 1420, "unit": "yuan_per_person_month",
        "period": "2022", "rows": None, "figure": "subsistence_allowance.standard", "counted_to": "",
    }  # fmt: skip
    assert found["dibao.adjusted_on"]["value"] == "2022-07-01" and found["admin.streets"]["value"] == 107
    told_by_papers = {
        "marriage.cross_district_pilot_start": "2022-09-01", "marriage.cross_district_pilot_districts": 9,
        "marriage.cross_district_citywide_start": "2022-12-01", "marriage.cross_district_coverage": 100,
        "elder_care.layout_plan_period": "2022/2035", "elder_care.layout_plan_near_year": "2025",
    }  # fmt: skip
    assert {name: found[name]["value"] for name in told_by_papers} == told_by_papers
    unknown = ("document.serial", "document.signed_on", "document.plan_period", "relief.nobody_left_out")
    assert [found[name]["value"] for name in unknown] == [None] * 4, "no summary, no plan and no findings"
    assert all(line["domain"] for line in told["missing"])


def test_a_district_gets_its_own_values(db):
    case(date(2022, 3, 1)), case(date(2022, 3, 1), place=OTHER)
    told = json.loads(run("--year", "2022", "--district", "310151", "--json").stdout)
    assert next(line["value"] for line in told["figures"] if line["id"] == "service_centre.cases") == 1


def test_a_place_that_does_not_exist_is_refused_with_an_example(db):
    done = run("--year", "2022", "--district", "999999")
    assert done.exit_code == 2 and "310107" in done.output


def test_the_check_fails_only_where_an_identity_is_broken(db, monkeypatch):
    done = run("check", "--json")
    told = {line["identity"] for line in json.loads(done.stdout)["broken"]}
    assert done.exit_code == 1 and told == {"街道数 + 镇数 + 乡数 ≤ 社区事务受理服务中心"}, (
        "this city has no centres"
    )
    monkeypatch.setattr(identities, "check", lambda year=None: [])
    assert run("check").exit_code == 0
    checked = identities.Checked(
        identities.Identity("甲 = 乙", "a = b", ("a",), ("b",)), "cases", ("a",), ("b",),
        [identities.Broken("year", date(2022, 1, 1), "310000", 3, 2)],
    )  # fmt: skip
    monkeypatch.setattr(identities, "check", lambda year=None: [checked])
    done = run("check")
    assert done.exit_code == 1 and "甲 = 乙" in done.output


@pytest.mark.parametrize("words", [("list",), ("refresh", "--since", "2020"), ("--year", "2021")])
def test_the_other_commands_print_their_tables(db, words):
    assert run(*words).exit_code == 0
