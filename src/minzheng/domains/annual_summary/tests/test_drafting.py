"""The summary says what was counted; what was not is left out and named; what was issued stays, and tells what changed since."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from minzheng.domains.annual_summary.actions import (
    changed_since,
    check_summary,
    current,
    issue_summary,
    issued,
    write_paragraph,
)
from minzheng.domains.annual_summary.drafting import NOT_COUNTED, NOT_YET, draft
from minzheng.domains.annual_summary.errors import SummaryRefused, TemplateRefused
from minzheng.domains.annual_summary.freezing import frozen, text_of
from minzheng.domains.annual_summary.models import DocumentNumber, Issued
from minzheng.domains.annual_summary.paper import annex_lines, document
from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.errors import NotPermitted
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.documents import Heading, render_docx, render_pdf
from minzheng.kernel.indicators.reading import Asked, answer
from minzheng.kernel.indicators.registry import registry
from minzheng.kernel.indicators.summary import derive
from minzheng.kernel.indicators.tests.town import OTHER, case, centre, count_all

YEAR_END, FEBRUARY = date(2022, 12, 31), date(2023, 2, 10)
COUNTED = (
    "cases.accepted",
    "cases.decided",
    "cases.in_time",
    "cases.crossed",
    "centres.total",
    "admin.streets",
    "admin.towns",
)


@pytest.fixture
def city(db):
    for number in range(1, 8):
        case(date(2022, 3, number))
    case(date(2022, 4, 1), place=OTHER)
    centre(date(2020, 1, 1))
    count_all(YEAR_END, *COUNTED)


def sentences(made) -> str:
    return "".join(text_of(one) for section in frozen(made)["sections"] for one in section["paragraphs"])


def test_a_sentence_says_what_was_counted_in_the_city_and_in_a_district(city):
    with acting_as_service("test"):
        whole, district = draft(2022), draft(2022, "310151")
    assert "全年受理办件8件，办结8件，按期办结率100%。" in sentences(whole)
    assert "全年受理办件1件" in sentences(district) and district.title.startswith("崇明区2022年")
    assert frozen(district)["office"] == "崇明区民政局" and frozen(whole)["office"] == "上海市民政局"
    assert whole.title == "上海市2022年民政工作总结"


def test_what_cannot_be_derived_is_left_out_and_named_with_its_domain(city):
    with acting_as_service("test"):
        made = draft(2022)
    refused = {one.id: one for one in made.refused}
    assert refused["npo.total"].reason == NOT_YET and refused["npo.total"].is_bound
    assert refused["marriage.pairs_total"].is_bound, "declared, but not counted in this year"
    assert not refused["npo.audits"].is_bound, "no sentence speaks of it, and it is named all the same"
    assert "社会组织" not in sentences(made) and "办理婚姻登记" not in sentences(made)
    annex = "".join(annex_lines(frozen(made)))
    assert "社会组织管理（待该领域提供）：" in annex and "社会组织总数" in annex


def test_the_document_is_made_as_pdf_and_word_with_its_headings(city):
    with acting_as_service("test"):
        content = frozen(draft(2022))
    paper = document(content, on=FEBRUARY)
    headings = [part.text for part in paper.body if isinstance(part, Heading)]
    assert headings[0].startswith("一、") and headings[-2].endswith("、勾稽核对")
    assert "草稿" in paper.number and any("代替" in note for note in paper.illustrative)
    assert render_pdf(paper, on_missing="mark")[:4] == b"%PDF" and render_docx(paper)[:2] == b"PK"


def test_a_paragraph_is_edited_with_its_figures_bound_and_typed_numbers_refused(city):
    writer = make_post("city_policy_officer", "310000")
    with acting(writer):
        write_paragraph(year=2022, key="service.cases", text="受理中心全年共收{service_centre.cases:件}。")
        write_paragraph(year=2022, key="service.cases", text="窗口全年共收{service_centre.cases:件}。")
        assert "窗口全年共收8件。" in sentences(current(2022)) and "受理中心全年" not in sentences(
            current(2022)
        )
        with pytest.raises(TemplateRefused, match="手写数字"):
            write_paragraph(year=2022, key="service.cases", text="窗口全年共收800件。")
        with pytest.raises(SummaryRefused, match="没有段落"):
            write_paragraph(year=2022, key="nothing", text="好。")
    for role in ("statistician", "district_reviewer", "auditor"):
        with acting(make_post(role, "310000")), pytest.raises(NotPermitted):
            write_paragraph(year=2022, key="service.cases", text="好。")


def test_two_people_issue_it_once_and_it_stays_while_the_page_tells_what_changed(city):
    writer, issuer = (make_post("city_policy_officer", "310000") for _ in range(2))
    with acting(writer):
        write_paragraph(year=2022, key="service.cases", text="全年受理{service_centre.cases:件}。")
    with acting(issuer), pytest.raises(SummaryRefused, match="未经核对"):
        issue_summary(year=2022, on=FEBRUARY)
    with acting(writer):
        check_summary(year=2022)
        with pytest.raises(SummaryRefused, match="核对人不能印发"):
            issue_summary(year=2022, on=FEBRUARY)
    with acting(issuer):
        made = issue_summary(year=2022, on=FEBRUARY)
        assert str(made) == "沪民总结发〔2023〕1号" and changed_since(made, current(2022)) == []
        with pytest.raises(SummaryRefused, match="已印发"):
            write_paragraph(year=2022, key="service.cases", text="好。")
    case(date(2022, 5, 5))
    count_all(YEAR_END, *COUNTED)
    with acting(issuer):
        kept = issued(2022)
        changes = {one.figure: (one.then, one.now) for one in changed_since(kept, current(2022))}
        assert changes["cases.accepted"] == ("8件", "9件")
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            Issued.objects.filter(pk=kept.pk).update(sha256="0" * 64)


def test_who_wrote_a_paragraph_does_not_issue_it_nor_does_the_database_let_them(city):
    writer, checker = (make_post("city_policy_officer", "310000") for _ in range(2))
    with acting(writer):
        write_paragraph(year=2022, key="service.cases", text="全年受理{service_centre.cases:件}。")
    with acting(checker):
        checked = check_summary(year=2022)
    with acting(writer):
        with pytest.raises(SummaryRefused, match="起草人不能印发"):
            issue_summary(year=2022, on=FEBRUARY)
        number = DocumentNumber.objects.create(
            word="沪民总结发", year=2023, number=1, title="总结", taken_by=writer.official, taken_on=FEBRUARY
        )
        told = {"year": 2022, "division_code": "310000", "number": number, "content": {}, "issued_on": FEBRUARY,
                "checked_by": checker.official, "issued_by": writer.official}  # fmt: skip
        with pytest.raises(DatabaseError, match="未经核对"), transaction.atomic():
            Issued.objects.create(**told, sha256="0" * 64)
        with pytest.raises(DatabaseError, match="起草人"), transaction.atomic():
            Issued.objects.create(**told, sha256=checked.sha256)


def test_numbers_of_the_register_follow_each_other_for_each_office(city):
    writer, issuer = (make_post("city_policy_officer", "310000") for _ in range(2))
    made = []
    for place in ("310000", "310107", "310151"):
        with acting(writer):
            check_summary(year=2022, place=place)
        with acting(issuer):
            made.append(str(issue_summary(year=2022, on=FEBRUARY, place=place)))
    assert made == ["沪民总结发〔2023〕1号", "普陀民总结发〔2023〕1号", "崇明民总结发〔2023〕1号"]


def test_the_document_tells_its_number_and_days_once_it_is_issued_and_nothing_before(city):
    names = [f"document.{name}" for name in ("serial", "report_year", "signed_on", "printed_on")]

    def told(year: int, place: str = "310000"):
        found = {one.stated.id: one for one in derive(year, place)}
        return [found[name].value for name in names]

    writer, issuer = (make_post("city_policy_officer", "310000") for _ in range(2))
    with acting(writer):
        assert told(2022) == [None] * 4, "checked or not, it is no document yet"
        check_summary(year=2022)
        assert told(2022) == [None] * 4
    with acting(issuer):
        issue_summary(year=2022, on=FEBRUARY)
        assert told(2022) == [1, "2022", "2023-02-10", "2023-02-10"]
        assert told(2021) == [None] * 4 == told(2023), "a number of 2023 is the summary's of 2022"
        assert told(2022, "310107") == [None] * 4, "the district has issued none of its own"
        found = answer(registry().figure("document.serial"), Asked.year(2022))
    assert [(one.name, one.opens, one.key) for one in found.records] == [
        ("沪民总结发〔2023〕1号", "summary_year", 2022)
    ]
    with acting(make_post("district_reviewer", "310107")):
        assert told(2022, "310107") == [None] * 4


def test_a_sentence_on_the_documents_own_number_is_left_out_and_named_before_it_has_one(city):
    with acting(make_post("city_policy_officer", "310000")):
        assert "document.serial" not in {one.id for one in current(2022).refused}
        write_paragraph(year=2022, key="service.cases", text="本文为当年第{document.serial:号}。")
        refused = {one.id: one for one in current(2022).refused}
    assert refused["document.serial"].reason == NOT_COUNTED and refused["document.serial"].is_bound


def test_cross_district_registration_is_told_from_its_papers_and_marked_where_they_are_illustrative(city):
    with acting_as_service("test"):
        whole, before = draft(2022), draft(2021)
    assert "自2022年9月1日起在9个区之间试行跨区办理。" in sentences(whole)
    assert "自2022年12月1日起" in sentences(whole) and "覆盖100%的区" in sentences(whole)
    assert "跨区" not in sentences(before).replace("跨区办理0件", "")
    assumed = {one.figure.id for one in whole.shown if one.is_assumed}
    assert "marriage.cross_district_pilot_districts" in assumed


def test_a_year_that_is_not_over_is_told_so_and_not_checked(db):
    case(date(2022, 3, 1))
    count_all(date(2022, 7, 29), *COUNTED)
    with acting(make_post("city_policy_officer", "310000")):
        assert "2022年7月29日" in frozen(current(2022))["counted_to"]
        with pytest.raises(SummaryRefused, match="尚未结束"):
            check_summary(year=2022)


def test_a_text_that_changed_after_its_check_is_checked_again(city):
    writer, issuer = (make_post("city_policy_officer", "310000") for _ in range(2))
    with acting(writer):
        check_summary(year=2022)
    case(date(2022, 5, 5))
    count_all(YEAR_END, *COUNTED)
    with acting(issuer), pytest.raises(SummaryRefused, match="未经核对"):
        issue_summary(year=2022, on=FEBRUARY)
