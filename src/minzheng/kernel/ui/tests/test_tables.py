"""Tables: order, pages, and Excel copies that stay harmless."""

import io

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from openpyxl import load_workbook

from minzheng.kernel.ui.tables import Column, Table

COLUMNS = [
    Column("name", "姓名", is_heading=True, order_by="name", href=lambda row: f"/people/{row['id']}/"),
    Column("fen", "金额", kind="money", order_by="fen"),
    Column("state", "状态", kind="status"),
]


def people(count=7):
    return [
        {"id": n, "name": f"人{n:02d}", "fen": (n * 37) % 5 * 100, "state": "in_force"} for n in range(count)
    ]


def table(query="", rows=None, **kwargs):
    return Table(
        COLUMNS, people() if rows is None else rows, RequestFactory().get(f"/list/?{query}"), **kwargs
    )


def html(shown):
    return Template("{% load ui_tags %}{% data_table table %}").render(Context({"table": shown}))


def test_a_column_sorts_up_then_down():
    up = table("sort=fen", page_size=50)
    assert [c.cells[1].value for c in up.rows] == sorted(p["fen"] for p in people())
    assert up.headings[1].direction == "ascending" and "sort=-fen" in up.headings[1].sort_href
    down = table("sort=-fen", page_size=50)
    assert [c.cells[1].value for c in down.rows] == sorted((p["fen"] for p in people()), reverse=True)


def test_a_column_that_offers_no_sorting_cannot_be_sorted_by_address():
    assert table("sort=state").sort == ""
    assert table("sort=id").sort == ""


@pytest.mark.parametrize(
    ("asked", "shown"), [("0", 1), ("1", 1), ("3", 3), ("4", 3), ("x", 1), ("-2", 1), ("²", 1)]
)
def test_any_page_number_leads_to_a_page(asked, shown):
    assert table(f"page={asked}", page_size=3).page == shown


@pytest.mark.parametrize("is_counted", [True, False])
def test_pages_show_every_row_once(is_counted):
    seen = []
    for page in (1, 2, 3):
        seen += [r.cells[0].value for r in table(f"page={page}", page_size=3, is_counted=is_counted).rows]
    assert seen == [p["name"] for p in people()]
    assert table("page=3", page_size=3, is_counted=is_counted).next_href == ""


def test_rows_without_a_value_come_last_in_either_direction():
    rows = [*people(3), {"id": 9, "name": None, "fen": 1, "state": ""}]
    for sort in ("name", "-name"):
        assert table(f"sort={sort}", rows=rows).rows[-1].cells[0].value is None


def test_two_tables_of_a_page_turn_apart():
    second = table("page=2&b-page=3&b-sort=fen", name="b", page_size=3)
    assert second.page == 3 and second.sort == "fen"
    assert "page=2" in second.previous_href and "b-page=2" in second.previous_href


def test_markup_in_a_name_arrives_as_text():
    shown = html(table(rows=[{"id": 1, "name": "<script>alert(1)</script>", "fen": 1, "state": "<i>"}]))
    assert "<script>" not in shown and "&lt;script&gt;" in shown and "<i>" not in shown


def test_every_cell_keeps_its_label_for_the_card_on_a_phone():
    shown = html(table(rows=people(1)))
    for label in ("姓名", "金额", "状态"):
        assert f'data-label="{label}"' in shown


def test_an_empty_table_says_so_and_offers_no_export():
    shown = html(table(rows=[], empty_text="本月的来文都已处理。"))
    assert "本月的来文都已处理。" in shown and "xlsx" not in shown


def test_a_formula_in_a_name_stays_text_in_excel():
    names = ["=1+1", "+86", "-1", "@SUM(A1)", "\tx", "张三", "\x0b控制"]
    rows = [{"id": n, "name": name, "fen": 142001, "state": "in_force"} for n, name in enumerate(names)]
    asked = table("export=xlsx", rows=rows, export_name="在享")
    assert asked.wants_export
    response = asked.excel_response()
    sheet = load_workbook(io.BytesIO(response.content)).active
    assert [sheet.cell(row=n + 2, column=1).data_type for n in range(len(names))] == ["s"] * len(names)
    assert sheet["A2"].value == "'=1+1"
    assert sheet["B2"].value == 1420.01 and sheet["C2"].value == "在发"
    assert response["X-Content-Type-Options"] == "nosniff" and "attachment" in response["Content-Disposition"]


def test_the_excel_copy_holds_all_pages_in_the_order_shown():
    sheet = load_workbook(io.BytesIO(table("sort=-name&page=2", page_size=3).excel_response().content)).active
    assert [sheet.cell(row=n, column=1).value for n in range(2, 9)] == [
        f"人{n:02d}" for n in range(6, -1, -1)
    ]


def test_shares_and_means_are_numbers_in_excel():
    columns = [Column("share", "按时率", kind="percent"), Column("score", "评分", kind="decimal")]
    made = Table(
        columns, [{"share": 97.25, "score": 4.25}, {"share": None, "score": None}], RequestFactory().get("/")
    )
    sheet = load_workbook(io.BytesIO(made.excel_response().content)).active
    assert (sheet["A2"].value, sheet["A2"].number_format, sheet["B2"].value) == (
        pytest.approx(0.972),
        "0.0%",
        4.2,
    )
    assert sheet["A3"].value is None and "97.2%" in html(made) and "4.2" in html(made)


def test_identity_numbers_stay_masked_in_excel():
    columns = [Column("id", "证件号", kind="masked"), Column("account", "账户", kind="account")]
    rows = [{"id": "310107194901120010", "account": "6222021001112223334"}]
    content = Table(columns, rows, RequestFactory().get("/")).excel_response().content
    sheet = load_workbook(io.BytesIO(content)).active
    assert [sheet["A2"].value, sheet["B2"].value] == ["310***********0010", "****3334"]
