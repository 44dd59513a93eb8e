"""Workbooks of our own: what goes in comes out, and nothing in them acts."""

import io
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minzheng.kernel.storage.excel import safe_text, write_workbook


def read_back(rows, headings=("甲", "乙")):
    target = io.BytesIO()
    write_workbook(target, {"表": (headings, rows)})
    return openpyxl.load_workbook(io.BytesIO(target.getvalue()))


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "|calc", "\u200b=1"]
)
def test_text_that_could_act_is_kept_from_acting(text):
    assert safe_text(text).startswith("'")


@given(st.text(max_size=60))
def test_no_text_becomes_a_formula(text):
    cell = read_back([[text, 1]])["表"]["A2"]
    assert cell.data_type != "f"
    assert not str(cell.value or "").startswith(("=", "+", "-", "@"))


def test_numbers_dates_and_empty_cells_stay_what_they_are():
    sheet = read_back([[12, None], [date(2022, 6, 30), datetime(2022, 6, 30, 8, 30)], [True, 1.5]])["表"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        [12, None],
        [datetime(2022, 6, 30), datetime(2022, 6, 30, 8, 30)],
        ["是", 1.5],
    ]


def test_a_number_longer_than_excel_keeps_becomes_text():
    assert read_back([[310199199301070012, 999_999_999_999_999]])["表"]["A2"].value == "310199199301070012"


def test_sheet_names_are_made_fit_and_different():
    target = io.BytesIO()
    write_workbook(target, {"a/b:[c]": (["x"], []), "a b  c ": (["x"], []), "长" * 40: (["x"], [])})
    names = openpyxl.load_workbook(io.BytesIO(target.getvalue())).sheetnames
    assert len(set(names)) == 3
    assert all(len(name) <= 31 for name in names)


def test_a_heading_that_looks_like_a_formula_is_text_too():
    assert read_back([], headings=("=1+1",))["表"]["A1"].value == "'=1+1"
