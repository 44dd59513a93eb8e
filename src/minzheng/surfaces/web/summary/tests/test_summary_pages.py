"""The summary on screen: each number leads to where it comes from, beside another district, as files; who may not write, cannot."""

from __future__ import annotations

import io
import re
from datetime import date

import pytest
from django.contrib.auth.models import User
from django.test import Client
from openpyxl import load_workbook

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.indicators.models import Total
from minzheng.kernel.indicators.tests.town import OTHER, case, centre, count_all

COUNTED = ("cases.accepted", "cases.decided", "cases.in_time", "cases.crossed", "centres.total")
CITY = "/work/summary/2022/"


@pytest.fixture
def city(db):
    for number in range(1, 8):
        case(date(2022, 3, number))
    case(date(2022, 4, 1), place=OTHER)
    centre(date(2020, 1, 1))
    count_all(date(2022, 12, 31), *COUNTED)


def signed_in(role: str, place: str = "310000") -> Client:
    client = Client()
    client.force_login(User.objects.get(official__posts=make_post(role, place)))
    return client


def text_of(answer) -> str:
    assert answer.status_code == 200, answer
    return re.sub(r"\s+", " ", answer.content.decode())


def test_each_number_links_to_its_figure_with_year_and_place(city):
    page = text_of(signed_in("statistician").get(CITY))
    assert (
        '<a class="govuk-link" href="/work/figures/cases.accepted/?year=2022&amp;place=310000"' in page
        and ">8件</a>" in page
    )
    assert "未能推得的指标" in page and "社会组织总数" in page and "核对无误" not in page
    assert text_of(signed_in("city_policy_officer").get(CITY)).count("核对无误") == 1


def test_it_is_set_beside_a_district_and_another_year(city):
    client = signed_in("city_policy_officer")
    page = text_of(client.get(CITY, {"against": "310151"}))
    assert "对照：上海市 2022 与 崇明区 2022" in page
    assert "与 上海市 2021" in text_of(client.get(CITY, {"against": "2021"}))


def test_a_district_reads_its_own_and_no_other(city):
    client = signed_in("district_reviewer", "310151")
    assert ">1件</a>" in text_of(client.get(CITY))
    assert client.get(CITY, {"place": "310107"}).status_code == 404
    assert client.get(CITY, {"place": "310000"}).status_code == 404
    assert client.get(CITY, {"against": "310107"}).status_code == 404
    assert signed_in("street_officer", "310107014").get(CITY).status_code == 403


def test_a_broken_identity_stands_above_the_text_with_both_sides(city):
    count_all(date(2022, 12, 31), "cases.decided", "cases.granted", "cases.refused")
    with acting_as_service("test"):
        Total.objects.filter(indicator="cases.granted", span="year", place="310000", dimension="").update(
            value=5
        )
    page = text_of(signed_in("auditor").get(CITY))
    assert "办结 = 准予 + 不予（2022年，上海市）：左边8，右边5，相差3。" in page
    assert page.index("勾稽关系不成立") < page.index("web-summary-text")


@pytest.mark.parametrize(("form", "begins"), [("pdf", b"%PDF"), ("docx", b"PK"), ("html", b"<!doctype")])
def test_it_is_given_as_a_file(city, form, begins):
    answer = signed_in("statistician").get(CITY, {"format": form})
    assert answer.content.startswith(begins) and "attachment" in answer["Content-Disposition"]


def test_the_tables_have_districts_months_kinds_notes_and_sources(city):
    answer = signed_in("statistician").get(CITY, {"format": "xlsx"})
    book = load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["总表", "分区", "分月", "分类", "口径与来源", "勾稽核对", "未能推得"]
    names = {row[1]: row for row in book["总表"].iter_rows(values_only=True)}
    assert names["受理办件"][2] == 8 and names["受理办件"][4] == "8件" and "整数" in names["受理办件"][5]
    districts = list(book["分区"].iter_rows(values_only=True))
    accepted = next(row for row in districts if row[0] == "受理办件")
    assert accepted[districts[0].index("崇明区")] == 1
    months = list(book["分月"].iter_rows(values_only=True))
    assert next(row for row in months if row[0] == "受理办件")[months[0].index("2022-03")] == 7


def test_the_tables_stand_beside_another_district_too(city):
    answer = signed_in("statistician").get(CITY, {"format": "xlsx", "against": "310151"})
    book = load_workbook(io.BytesIO(answer.content))
    accepted = next(row for row in book["对照"].iter_rows(values_only=True) if row[0] == "受理办件")
    assert accepted[2:] == (8, 1, 7, None), "a district is a part of the city and no growth"
    before = load_workbook(
        io.BytesIO(signed_in("statistician").get(CITY, {"format": "xlsx", "against": "2021"}).content)
    )
    assert next(row for row in before["对照"].iter_rows(values_only=True) if row[0] == "受理办件")[2:] == (
        8,
        0,
        8,
        None,
    )
    reviewer = signed_in("district_reviewer", "310151")
    assert reviewer.get(CITY, {"format": "xlsx", "against": "310107"}).status_code == 404


def test_a_figure_is_picked_into_a_paragraph_and_nothing_is_kept_before_the_text_is(city):
    client = signed_in("city_policy_officer")
    write = f"{CITY}write/service.cases/"
    assert "受理办件：8件" in text_of(client.get(write))
    picked = text_of(client.post(write, {"text": "全年共收", "figure": "cases.accepted", "add": "1"}))
    assert "全年共收{cases.accepted:件}</textarea>" in picked and "已保存" not in picked
    unknown = text_of(client.post(write, {"text": "全年共收", "figure": "no.such", "add": "1"}))
    assert ">全年共收</textarea>" in unknown


def test_versions_show_what_was_struck_out_and_put_in_and_run_no_markup(city):
    client = signed_in("city_policy_officer")
    write = f"{CITY}write/society.charity/"
    assert f'href="{write}' in text_of(client.get(CITY)), "a paragraph without a sentence can be edited"
    for text in ("慈善<b>事业</b>平稳。", "慈善<b>事业</b>发展。"):
        client.post(write, {"text": text})
    page = text_of(client.get(CITY))
    assert "慈善&lt;b&gt;事业&lt;/b&gt;<del>平稳</del><ins>发展</ins>。" in page and "<b>事业" not in page
    client.post(f"{CITY}write/service.cases/", {"text": "收{cases.accepted:件}。"})
    client.post(f"{CITY}write/service.cases/", {"text": "收{cases.decided:件}。"})
    whole = "收<del>{cases.accepted:件}</del><ins>{cases.decided:件}</ins>。"
    assert whole in text_of(client.get(CITY)), "a binding is exchanged as a whole"
    assert "<del>" in page[page.index("段落版本") :] and f'href="{write}' in page


def test_a_paragraph_is_written_checked_and_issued_by_two_people(city):
    writer, issuer = signed_in("city_policy_officer"), signed_in("city_policy_officer")
    write = f"{CITY}write/service.cases/"
    refused = text_of(writer.post(write, {"text": "全年共收800件。"}))
    assert "手写数字" in refused and "全年共收800件。" in refused, "what was typed is not lost"
    assert "已保存为新版本" in text_of(
        writer.post(write, {"text": "全年共收{service_centre.cases:件}。"}, follow=True)
    )
    assert "已核对" in text_of(writer.post(f"{CITY}check/", follow=True))
    assert "核对人不能印发" in text_of(writer.post(f"{CITY}issue/", follow=True))
    page = text_of(issuer.post(f"{CITY}issue/", follow=True))
    assert "沪民总结发〔" in page and "已印发" in page and "核对无误" not in page
    case(date(2022, 5, 5))
    count_all(date(2022, 12, 31), *COUNTED)
    page = text_of(issuer.get(CITY))
    assert "印发之后记录有变动" in page and "全年共收" in page and ">8件</a>" in page
    for role in ("statistician", "auditor"):
        other = signed_in(role)
        assert other.get(write).status_code == other.post(write, {"text": "好。"}).status_code == 403
        assert other.post(f"{CITY}check/").status_code == other.post(f"{CITY}issue/").status_code == 403
