"""The report as a workbook: complete, and harmless whatever the rows carry."""

import io

import openpyxl

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.periods import Month
from minzheng.kernel.sources import queries
from minzheng.kernel.sources.export import write_report
from minzheng.kernel.sources.tests.made import POLICE, as_csv, resident


def test_formulas_and_markup_of_a_file_arrive_in_the_report_as_text(load):
    rows = [
        resident("19800101", 1, name="=cmd|' /C calc'!A0"),
        resident("19810101", 2, name="赵海<script>alert(1)</script>", relation="配偶", 民族="+1+1"),
        resident("19820101", 3, name="\t=1+1", relation="子女", 民族="@SUM(A1)"),
    ]
    load(period=Month(2022, 6), police_csv=as_csv([POLICE, *rows]))
    target = io.BytesIO()
    with acting_as_service("test"):
        write_report(queries.find_file("police.csv"), target)
    book = openpyxl.load_workbook(io.BytesIO(target.getvalue()))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" for cell in cells)
    texts = [cell.value for cell in cells if isinstance(cell.value, str)]
    assert not any(text.lstrip().startswith(("=", "+", "@")) for text in texts)
    assert "'=cmd|' /C calc'!A0" in texts
    assert "赵海<script>alert(1)</script>" in texts
    assert book["全部行"].max_row == 1 + 4


def test_the_report_names_problem_expectation_and_deed(load):
    load(period=Month(2022, 6), police_csv=as_csv([POLICE, resident("19800101", 1, 出生日期="19800230")]))
    target = io.BytesIO()
    with acting_as_service("test"):
        write_report(queries.find_file("police.csv"), target)
    sheet = openpyxl.load_workbook(io.BytesIO(target.getvalue()))["问题"]
    told = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert [
        None,
        2,
        "已采用，有提示",
        "出生日期",
        "出生日期不可能或缺填",
        None,
        "1980-01-01",
        "按证件号码所载采用",
    ] in told
