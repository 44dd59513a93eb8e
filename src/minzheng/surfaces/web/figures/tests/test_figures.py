"""Figures on screen: each opens to places, parts, rows, rule and paper; a broken identity is shown; small cells are not."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import date

import pytest
from django.contrib.auth.models import User
from django.test import Client
from openpyxl import load_workbook

from minzheng.domains.annual_summary.actions import check_summary, issue_summary
from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.audit.models import Entry
from minzheng.kernel.indicators import reading
from minzheng.kernel.indicators.model import Identity, Indicator, Kind
from minzheng.kernel.indicators.records import PARTS
from minzheng.kernel.indicators.registry import registry
from minzheng.kernel.indicators.tests.town import OTHER, STREET, case, centre, count_all
from minzheng.kernel.targets.models import Share, Target
from minzheng.kernel.ui.maps import outlines

WHEN = {"year": "2022"}
YEAR_END = date(2022, 12, 31)


@pytest.fixture
def city(db):
    case(date(2021, 3, 1))
    for day in range(1, 8):
        case(date(2022, 3, day), channel="online" if day < 3 else "counter")
    case(date(2022, 12, 31), place=OTHER)
    centre(date(2020, 1, 1)), centre(date(2022, 5, 1), kind="branch")
    count_all(YEAR_END)


def signed_in(role: str, place: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(official__posts=make_post(role, place)))
    return client


def text_of(answer) -> str:
    assert answer.status_code == 200, answer
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_dashboard_shows_every_domain_beside_last_year(city):
    page = text_of(signed_in("city_policy_officer", "310000").get("/work/figures/", WHEN))
    for words in (
        "受理办件",
        "社区事务受理服务中心",
        "街道",
        "最低生活保障标准",
        "¥1,420.00",
        "上年",
        "导出 CSV",
    ):
        assert words in page, words


def test_one_domain_is_shown_with_its_months(city):
    page = text_of(
        signed_in("city_policy_officer", "310000").get("/work/figures/", WHEN | {"domain": "cases"})
    )
    assert "办件逐月" in page and "data-mz-chart" in page and "最低生活保障标准" not in page


def test_a_figure_opens_to_its_places_parts_rule_and_rows(city):
    client = signed_in("city_policy_officer", "310000")
    page = text_of(client.get("/work/figures/cases.accepted/", WHEN))
    for words in (
        "崇明区",
        "普陀区",
        "按渠道",
        "网上",
        "cases_counted",
        "按区分布",
        "<svg",
        "增长",
    ):
        assert words in page, words
    rows = text_of(
        client.get("/work/figures/cases.accepted/rows/", WHEN | {"dimension": "channel", "part": "online"})
    )
    assert len(re.findall(r"2022900000\d+", rows)) >= 2 and "上次计数时共 8 行" in rows
    with acting_as_service("test"):
        looked = Entry.objects.filter(act="indicators.rows").latest("pk")
    assert looked.detail["rows"] == 2 and looked.subject == "indicators:cases.accepted"


def test_a_ratio_shows_its_sides_and_a_standard_its_paper(city):
    client = signed_in("city_policy_officer", "310000")
    assert "按期办结办件" in text_of(client.get("/work/figures/cases.in_time_rate/", WHEN))
    page = text_of(client.get("/work/figures/dibao.growth/", WHEN))
    assert "6.77%" in page and "2022年工作总结：7月1日起由1330元调整为1420元" in page
    assert "2022年7月1日" in text_of(client.get("/work/figures/dibao.adjusted_on/", WHEN))


def test_a_day_and_the_districts_of_a_rule_open_to_its_paper_marked_where_it_is_illustrative(city):
    client = signed_in("city_policy_officer", "310000")
    page = text_of(client.get("/work/figures/marriage.cross_district_pilot_start/", WHEN))
    assert "2022年9月1日" in page and "示意" in page and "9个区的名称未见公开" in page
    assert "黄浦区、徐汇区" in page and "data-mz-chart" not in page, "the list by names; a day has no months"
    page = text_of(client.get("/work/figures/marriage.cross_district_coverage/", WHEN))
    assert "100.00%" in page and "12月1日起，在全市所有区实现通办" in page and "—" in page
    page = text_of(client.get("/work/figures/elder_care.layout_plan_period/", WHEN))
    assert (
        "2022—2035" in page
        and "2025、2035" in page
        and "《上海市养老服务设施布局专项规划（2022—2035）》" in page
    )


def test_years_and_days_are_text_in_files_and_on_the_district_pages(city):
    client = signed_in("district_reviewer", "310107")
    text = client.get(
        "/work/figures/elder_care.layout_plan_period/", WHEN | {"export": "csv"}
    ).content.decode("utf-8-sig")
    assert "普陀区,2022/2035" in text
    book = load_workbook(io.BytesIO(client.get("/work/figures/", WHEN | {"export": "xlsx"}).content))
    lines = {line[0]: line for line in book.worksheets[0].iter_rows(values_only=True)}
    assert lines["marriage.cross_district_pilot_start"][3] == "2022-09-01"
    assert lines["elder_care.layout_plan_near_year"][3] == "2025" and lines["document.serial"][3] is None


def test_the_five_years_open_to_the_plans_and_are_marked_where_these_are_illustrative(city):
    with acting_as_service("test"):
        plan = Target.objects.create(
            code="p-1", kind="plan", plan="某规划", title="每百户面积", unit="平方米", year=2025, value=30, base_year=2020, base_value=24,
            owner="处", due_on=date(2025, 12, 31), source="规划文本", provenance="illustrative",
        )  # fmt: skip
    page = text_of(
        signed_in("city_policy_officer", "310000").get("/work/figures/document.plan_period/", WHEN)
    )
    assert "2021—2025" in page and "某规划：每百户面积" in page and "示意" in page
    assert f"/work/targets/{plan.pk}/" in page


def test_an_issued_summary_tells_its_number_and_opens(db):
    case(date(2022, 3, 1))
    count_all(YEAR_END, "cases.accepted")
    writer, issuer = (make_post("city_policy_officer", "310000") for _ in range(2))
    client = signed_in("statistician", "310000")
    page = text_of(client.get("/work/figures/document.serial/", WHEN))
    assert "沪民总结发" not in page and "—" in page
    with acting(writer):
        check_summary(year=2022)
    with acting(issuer):
        issue_summary(year=2022, on=date(2023, 2, 10))
    page = text_of(client.get("/work/figures/document.serial/", WHEN))
    assert "沪民总结发〔2023〕1号" in page and "/work/summary/2022/?year=2022&amp;place=310000" in page
    assert "2023年2月10日" in text_of(client.get("/work/figures/document.printed_on/", WHEN))
    summary = text_of(client.get("/work/figures/summary/", WHEN))
    assert "年度总结文号序号" in summary and "2023年2月10日" in summary


def test_a_listing_names_what_it_counts(city):
    page = text_of(signed_in("city_policy_officer", "310000").get("/work/figures/items.unasked/", WHEN))
    assert "老年综合津贴" in page and "社会散居孤儿基本生活费" in page


def test_a_statistician_reads_counts_and_no_people(city):
    client = signed_in("statistician", "310000")
    page = text_of(client.get("/work/figures/cases.accepted/", WHEN))
    assert "/rows/" not in page and "普陀区" in page
    assert client.get("/work/figures/cases.accepted/rows/", WHEN).status_code == 403
    centres = text_of(client.get("/work/figures/centres.total/rows/", WHEN))
    assert "/centres/" in centres, "centres are no people, and anybody may see them"


def test_a_district_sees_its_own_place_and_no_other(city):
    client = signed_in("district_reviewer", "310107")
    page = text_of(client.get("/work/figures/cases.accepted/", WHEN))
    assert "普陀区" in page and "崇明" not in page and "长风新村街道" in page
    for place in ("310151", "310000", "31x", "310151101"):
        assert client.get("/work/figures/", WHEN | {"place": place}).status_code == 404
    assert client.get("/work/figures/cases.accepted/rows/", WHEN | {"place": "310151"}).status_code == 404


@pytest.mark.parametrize(
    "role", ["centre_clerk", "street_officer", "neighbourhood_worker", "finance_preparer"]
)
@pytest.mark.parametrize("path", ["", "cases.accepted/", "cases.accepted/rows/", "cases.accepted/published/", "identities/",
                                  "summary/"])  # fmt: skip
def test_roles_without_statistics_are_refused(city, role, path):
    assert signed_in(role, "310107014").get(f"/work/figures/{path}", WHEN).status_code == 403


@pytest.mark.parametrize("path", ["nothing/", "nothing/rows/", "cases.in_time_rate/rows/", "payments.paid/published/",
                                  "cases.accepted/rows/?dimension=sex&part=1"])  # fmt: skip
def test_what_does_not_exist_is_not_found(city, path):
    assert signed_in("city_policy_officer", "310000").get(f"/work/figures/{path}").status_code == 404


@pytest.mark.parametrize("asked", [{"year": "1999"}, {"month": "13"}, {"basis": "x"}, {"domain": "nothing"}])
def test_a_wrong_filter_is_told_and_breaks_nothing(city, asked):
    answer = signed_in("city_policy_officer", "310000").get("/work/figures/", WHEN | asked)
    assert answer.status_code == 200 and "govuk-error-summary" in answer.content.decode()


def test_a_broken_identity_is_shown_with_both_sides_and_their_difference(declared, db):
    def counted(name: str, table: str, day: str, place: str) -> Indicator:
        rows = f"SELECT 1::bigint AS id, {day} AS on_day, {place} AS division_code FROM {table} WHERE {day} BETWEEN %(first)s AND %(last)s"
        return Indicator(name, name, name, "cases", Kind.FLOW, rows, "测试", (table,))

    declared(
        counted("one", "cases_counted", "accepted_on", "accepting_division"),
        counted("other", "centres_centre", "lower(during)", "division_code"),
        identities=(Identity("甲 = 乙", "One = other", ("one",), ("other",)),),
    )
    kept = [case(date(2022, 3, 1), place=STREET), case(date(2022, 3, 2), place=STREET)]
    centre(date(2022, 3, 5)), centre(date(2022, 3, 6))
    count_all(YEAR_END)
    client = signed_in("city_policy_officer", "310000")
    assert "不成立的勾稽关系" not in text_of(client.get("/work/figures/identities/"))
    with acting_as_service("test"):
        kept[0].delete()
    count_all(YEAR_END)
    page = text_of(client.get("/work/figures/identities/"))
    assert "不成立的勾稽关系" in page and "2022-03" in page and "普陀区" in page and "−1" in page
    page = text_of(client.get("/work/figures/", WHEN))
    assert "mz-banner--bad" in page and "左边 1 ≠ 右边 2" in page and "勾稽关系不成立" in page
    assert "/work/figures/one/?year=2022" in page, "and from there to the rows"


def test_the_identities_of_the_platform_hold_over_its_own_records(city):
    page = text_of(signed_in("statistician", "310000").get("/work/figures/identities/"))
    assert "办结 = 准予 + 不予" in page and "低保标准提高额 + 调整前低保标准 = 调整后低保标准" in page


def test_tables_for_publication_hide_small_cells_from_everybody(city):
    for role in ("statistician", "city_policy_officer"):
        client = signed_in(role, "310000")
        page = text_of(client.get("/work/figures/cases.accepted/published/", WHEN | {"by": "channel"}))
        assert "小单元不公布" in page and "示意" in page
        cells = list(csv.reader(io.StringIO(client.get(
            "/work/figures/cases.accepted/published/", WHEN | {"by": "channel", "export": "csv"}
        ).content.decode("utf-8-sig"))))  # fmt: skip
        by_name = {line[0]: line[1:] for line in cells}
        assert (
            by_name["普陀区"].count("*") >= 1 and "2" not in by_name["普陀区"] and by_name["崇明区"][0] == "*"
        )


def _published(client: Client, **asked: str) -> dict[str, list[str]]:
    answer = client.get("/work/figures/cases.accepted/published/", WHEN | {"export": "csv"} | asked)
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    return {line[0]: line[1:] for line in lines}


@pytest.fixture
def town(db):
    """Fourteen cases in two streets of Putuo, two in Chongming, which is too few, and thirty in one street of Xuhui."""
    for number in range(9):
        case(date(2022, 3, 1), channel="online" if number < 3 else "counter")
    for _number in range(5):
        case(date(2022, 3, 1), place="310107015", item="birth_certificate")
    case(date(2022, 3, 1), place=OTHER), case(date(2022, 3, 1), place=OTHER, channel="online")
    for number in range(30):
        case(date(2022, 3, 1), place="310104003", channel="online" if number < 9 else "counter")
    count_all(YEAR_END)


def test_whatever_the_grouping_a_publication_hides_the_same_places(town):
    client = signed_in("statistician", "310000")
    tables = [_published(client, by="channel"), _published(client, by="item"), _published(client)]
    totals = [{name: line[-1] for name, line in table.items() if name != "区划"} for table in tables]
    assert totals[0] == totals[1] == totals[2]
    assert totals[0] == {
        "徐汇区": "30",
        "普陀区": "*",
        "崇明区": "*",
        "以上隐去区划的合计": "16",
        "合计": "46",
    }


def test_of_a_district_hidden_by_the_city_no_street_is_published(town):
    client = signed_in("statistician", "310000")
    assert {"*"} == {
        told for name, line in _published(client, place="310107").items() if name != "区划" for told in line
    }
    assert _published(client, place="310104")["合计"] == ["30"]
    page = text_of(
        client.get("/work/figures/cases.accepted/published/", WHEN | {"place": "310104003", "by": "channel"})
    )
    assert "30" in page and "以上隐去" not in page, "a street stands as in its district's table"


def test_a_district_asks_the_city_for_its_table(town):
    client = signed_in("district_reviewer", "310104")
    for asked in ({}, {"by": "channel"}, {"export": "csv"}):
        page = text_of(client.get("/work/figures/cases.accepted/published/", WHEN | asked))
        assert (
            "由市级统一公布" in page and "导出 CSV" not in page and "21" not in re.findall(r">(\d+)<", page)
        )
    page = text_of(client.get("/work/figures/centres.total/published/", WHEN))
    assert "由市级统一公布" not in page, "centres are no people, and a district publishes them itself"


def test_streets_are_published_by_part_for_whole_years_alone(town):
    client = signed_in("statistician", "310000")
    asked = {"place": "310104", "by": "channel"}
    page = "/work/figures/cases.accepted/published/"
    assert "按渠道" in text_of(client.get(page, WHEN | asked))
    monthly = text_of(client.get(page, WHEN | asked | {"month": "3"}))
    assert "按渠道" not in monthly and "区级直接办理" not in monthly


def test_files_keep_numbers_as_numbers(city):
    client = signed_in("statistician", "310000")
    answer = client.get("/work/figures/", WHEN | {"export": "xlsx"})
    sheet = load_workbook(io.BytesIO(answer.content)).active
    lines = {line[0]: line for line in sheet.iter_rows(values_only=True)}
    assert lines["cases.accepted"][3] == 8 and lines["subsistence_allowance.standard"][3] == 1420
    one = client.get("/work/figures/cases.accepted/", WHEN | {"export": "csv"}).content.decode("utf-8-sig")
    assert "普陀区,7,1,7" in one


def test_the_file_of_a_dashboard_holds_everything_shown(city, promises):
    client = signed_in("city_policy_officer", "310000")
    book = load_workbook(io.BytesIO(client.get("/work/figures/", WHEN | {"export": "xlsx"}).content))
    assert book.sheetnames == ["上海市 2022", "逐月", "按区划", "与计划比较"]
    march = next(
        row for row in book["逐月"].iter_rows(values_only=True) if row[0] == "受理办件" and row[2] == 3
    )
    assert march[3:] == (1, 7), "last year's March beside this year's"
    assert {row[:2] for row in book["按区划"].iter_rows(values_only=True)} >= {("普陀区", 7), ("崇明区", 1)}
    assert [row[2:5] for row in book["与计划比较"].iter_rows(min_row=2, values_only=True)] == [(400, 0, 0)]
    text = client.get("/work/figures/", WHEN | {"export": "csv"}).content.decode("utf-8-sig")
    assert "\r\n\r\n与计划比较\r\n" in text


@pytest.fixture
def promises(db):
    with acting_as_service("test"):
        target = Target.objects.create(
            code="t-1", kind="project", plan="2022年为民办实事项目", title="受理办件", unit="件", year=2022, value=400, owner="处",
            due_on=YEAR_END, source="测试", provenance="illustrative",
        )  # fmt: skip
        Share.objects.create(target=target, division_code="310107", year=2022, value=90)


def test_a_promise_stands_beside_the_figure_of_its_name(city, promises):
    page = text_of(
        signed_in("city_policy_officer", "310000").get("/work/figures/", WHEN | {"domain": "cases"})
    )
    row = re.search(r"与计划比较.*?</table>", page)
    assert row is not None and "400" in row[0] and ">8<" in row[0].replace(" ", "") and "时间已过" in row[0]
    other = text_of(
        signed_in("city_policy_officer", "310000").get("/work/figures/", WHEN | {"domain": "places"})
    )
    assert "与计划比较" not in other
    district = text_of(signed_in("district_reviewer", "310107").get("/work/figures/", WHEN))
    row = re.search(r"与计划比较.*?</table>", district)
    assert row is not None and "90" in row[0] and "400" not in row[0], "its own share and not the city's"


def test_what_nobody_entered_is_unknown_and_not_small(city):
    page = text_of(
        signed_in("city_policy_officer", "310000").get("/work/figures/items.total/", {"year": "2022"})
    )
    assert "自2022年1月1日起完整" in page
    with acting_as_service("test"):
        found = reading.answer(registry().figure("items.total"), reading.Asked.year(2022)).value
        before = reading.answer(registry().figure("items.total"), reading.Asked.year(2021)).value
    assert found and before is None


def test_committees_of_special_units_are_counted_apart(city):
    with acting_as_service("test"):
        found = reading.answers(reading.Asked.year(2022))
    both = [found[f"admin.committees{which}"].value for which in ("", "_special")]
    assert both == [6395, 101], "6,496 in the source"


def test_a_formula_in_a_name_stays_text(declared, db):
    part = PARTS["places"].INDICATORS[0]
    declared(replace(part, name="=1+1"))
    count_all(YEAR_END)
    text = (
        signed_in("statistician", "310000").get("/work/figures/", WHEN | {"export": "csv"}).content.decode()
    )
    assert ",'=1+1," in text


def test_the_summary_lists_what_is_derived_and_who_brings_the_rest(city):
    page = text_of(signed_in("statistician", "310000").get("/work/figures/summary/", WHEN))
    assert "待各领域建成" in page and "婚姻登记" in page and "受理中心事项数" in page and "已能推得" in page
    assert "97039" not in page and "97,039" not in page, "no printed value is shown as a result"


def test_a_late_fact_is_told_on_the_figure(city):
    case(date(2022, 3, 9))
    count_all(date(2023, 1, 3))
    page = text_of(signed_in("statistician", "310000").get("/work/figures/cases.accepted/", WHEN))
    assert "期末之后有更正" in page and "由 8 改为 9" in page


def test_pages_are_shown_in_english(city):
    client = signed_in("city_policy_officer", "310000")
    client.post("/language/", {"language": "en", "next": "/work/"})
    page = text_of(client.get("/work/figures/", WHEN))
    assert "Figures" in page and "Cases accepted" in page
    chinese = re.findall(
        r"[\u4e00-\u9fff]+", re.sub(r"<select.*?</select>|<header.*?</header>|<footer.*?</footer>", "", page)
    )
    places = {"上海市", *(name for one in outlines()[0] for name in (one.name, one.short_name))}
    assert [word for word in chinese if word not in places] == []
    page = text_of(client.get("/work/figures/marriage.cross_district_pilot_start/", WHEN))
    assert (
        "First day of the pilot across districts" in page
        and "Told by one standard in force or one record" in page
    )


def test_a_figure_costs_the_same_number_of_queries_whatever_it_counts(city, django_assert_max_num_queries):
    client = signed_in("city_policy_officer", "310000")
    for path, most in (("", 45), ("cases.accepted/", 50), ("identities/", 40)):
        with django_assert_max_num_queries(most):
            client.get(f"/work/figures/{path}", WHEN)
