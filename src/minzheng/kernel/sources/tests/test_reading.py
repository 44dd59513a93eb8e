"""Files in any form become numbered lines; nothing is dropped."""

import gzip
import json

import pytest

from minzheng.kernel.sources.contract import count_known
from minzheng.kernel.sources.reading import Unreadable, read_file
from minzheng.kernel.sources.table import nearest, recognise, tables
from minzheng.kernel.sources.tests.made import POLICE, as_csv, as_workbook, family

ROWS = [POLICE, *family(4)]


def read(content):
    return read_file(content, recognise=count_known)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_every_encoding_and_separator_gives_the_same_cells(encoding, delimiter):
    raw = read(as_csv(ROWS, encoding=encoding, delimiter=delimiter))
    assert [line.cells for line in raw.sheets[0].lines] == ROWS
    assert [line.number for line in raw.sheets[0].lines] == [1, 2, 3, 4, 5]


def test_full_width_commas_separate_too():
    text = "\n".join("，".join(row) for row in ROWS)
    assert [line.cells for line in read(text.encode()).sheets[0].lines] == ROWS


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_every_line_break_counts_the_same_lines(line_break):
    assert len(read(as_csv(ROWS, line_break=line_break)).sheets[0].lines) == 5


def test_a_quoted_line_break_stays_in_its_cell_and_lines_keep_their_numbers():
    lines = read('证件号码,姓名,户号\n1,"余\n银",H1\n2,王霞,H2\n'.encode()).sheets[0].lines
    assert [(line.number, line.cells) for line in lines] == [
        (1, ["证件号码", "姓名", "户号"]),
        (2, ["1", "余\n银", "H1"]),
        (4, ["2", "王霞", "H2"]),
    ]


def test_a_quotation_mark_that_never_closes_spoils_one_line_only():
    lines = read('证件号码,姓名,户号\n1,"余银,H1\n2,王霞,H2\n3,陈鑫,H3\n'.encode()).sheets[0].lines
    assert [line.cells[0] for line in lines] == ["证件号码", "1", "2", "3"]
    assert lines[1].problems[0][0] == "stray_quote"
    assert not lines[2].problems


def test_a_line_in_another_encoding_is_read_and_said():
    content = "证件号码,姓名,户号\n1,余银,H1\n".encode() + "2,王霞,H2\n".encode("gb18030")
    raw = read(content)
    assert raw.sheets[0].lines[2].cells[1] == "王霞"
    assert "mixed_encodings" in [note.code for note in raw.notes]


def test_nul_bytes_are_removed_and_said():
    lines = read("证件号码,姓名,户号\n1,余\0银,H1\n".encode()).sheets[0].lines
    assert lines[1].cells[1] == "余银"
    assert lines[1].problems == [("nul_bytes", "")]


def test_a_file_cut_inside_a_character_keeps_what_is_whole():
    raw = read("证件号码,姓名,户号\n1,余银,H1\n2,王".encode()[:-1])
    assert len(raw.sheets[0].lines) == 3
    assert {"cut_inside_character", "no_final_line_break"} <= {note.code for note in raw.notes}


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "empty_file"), (b" \n ", "empty_file"), (bytes.fromhex("d0cf11e0a1b11ae1") + b"x" * 99, "old_or_protected_workbook"),
     (gzip.compress(b"a,b", mtime=0), "not_a_table"), (b"PK\x03\x04broken", "damaged_workbook"), (b"%PDF-1.7", "not_a_table"),
     (b"<html><table><tr><td>1</td></tr></table></html>", "web_page_as_table")],
)  # fmt: skip
def test_what_is_no_table_is_refused_by_name(content, code):
    with pytest.raises(Unreadable) as refusal:
        read(content)
    assert refusal.value.code == code


def test_json_lines_mend_control_characters_and_refuse_what_is_cut():
    text = '{"户号": "H1", "货币财产": 1.10}\n{"户号": "H\t2", "货币财产": 2}\n{"户号": "H3", "货币\n\n{"户号": "H4"}\n'
    lines = read(text.encode()).sheets[0].lines
    assert [line.broken for line in lines] == [False, False, True, False, False]
    assert lines[0].cells == ["H1", "1.10"]
    assert lines[1].problems == [("control_characters", "")]
    assert lines[3].is_blank
    assert lines[4].cells == ["H4", None]


def test_a_json_array_on_one_line_over_many_or_wrapped_reads_the_same():
    records = [{"户号": "H1", "货币财产": 1}, {"户号": "H2", "货币财产": 2}]
    for text in (
        json.dumps(records),
        json.dumps(records, indent=2, ensure_ascii=False),
        json.dumps({"总数": 2, "data": records}),
        "[\n" + ",\n".join(json.dumps(record) for record in records) + "\n]",
    ):
        lines = [line for line in read(text.encode()).sheets[0].lines if not line.is_blank]
        assert [line.cells for line in lines] == [["H1", 1], ["H2", 2]]


def test_nested_objects_give_their_leaves_and_a_key_twice_is_told():
    text = '{"户号": "H1", "财产": {"货币财产": 5}, "户号": "H2"}\n'
    sheet = read(text.encode()).sheets[0]
    assert sheet.header == ["户号", "货币财产"]
    assert sheet.lines[0].cells == ["H1", 5]
    assert ("key_twice", "户号") in sheet.lines[0].problems


def kinds_of(content, name="file"):
    raw = read(content)
    contract = recognise(raw, name)
    assert contract is not None
    return contract.name, [(table.sheet.name, table.kinds) for table in tables(raw, contract)]


def test_titles_totals_notes_blanks_and_repeated_headings_are_not_data(tmp_path):
    rows = [
        ["某街道实有人口", *[None] * 11],
        ["单位：派出所", *[None] * 11],
        POLICE,
        family(2)[0],
        [None] * 12,
        POLICE,
        family(2)[1],
        ["合计", 2, *[None] * 10],
        ["填表人：张三", *[None] * 11],
    ]
    path = as_workbook({"人口": rows}, tmp_path / "a.xlsx")
    name, found = kinds_of(path.read_bytes())
    assert name == "police_population"
    assert found == [
        ("人口", ["title", "title", "header", "data", "blank", "header", "data", "total", "note"])
    ]


def test_a_heading_of_two_merged_lines_is_joined(tmp_path):
    rows = [
        ["证件号码", "月份", "收入（元）", None, "就业状态"],
        [None, None, "养老金", "工资", None],
        ["1", "202206", 1, 2, "在职"],
    ]
    name, found = kinds_of(as_workbook({"x": rows}, tmp_path / "a.xlsx").read_bytes())
    assert name == "social_security"
    assert found[0][1] == ["header", "header", "data"]


def test_hidden_and_foreign_sheets_are_accounted_for_and_not_taken(tmp_path):
    sheets = {
        "人口": [POLICE, *family(2)],
        "字典": [["代码", "名称"], ["1", "男"]],
        "旧数据": [POLICE, *family(2)],
    }
    path = as_workbook(sheets, tmp_path / "a.xlsx", hidden=["旧数据"])
    _, found = kinds_of(path.read_bytes())
    assert dict(found) == {
        "人口": ["header", "data", "data"],
        "字典": ["other_sheet", "other_sheet"],
        "旧数据": ["other_sheet"] * 3,
    }


def test_a_person_called_like_a_total_is_still_data():
    rows = [POLICE, ["310199197206270016", "合计", *family(1)[0][2:]]]
    assert kinds_of(as_csv(rows))[1][0][1] == ["header", "data"]


def test_a_file_without_headings_is_read_by_its_name_and_column_order():
    raw = read(as_csv(family(3)))
    assert recognise(raw, "无关.csv") is None
    contract = recognise(raw, "公安_实有人口.csv")
    assert contract is not None and contract.name == "police_population"
    table = next(iter(tables(raw, contract)))
    assert table.kinds == ["data"] * 3
    assert table.notes[0].code == "header_supplied"


def test_a_file_that_fits_no_contract_names_the_nearest_and_its_columns():
    raw = read("公司,证件号码,颜色\n甲,1,红\n".encode())
    assert recognise(raw, "x.csv") is None
    close, columns = nearest(raw)
    assert columns == ["公司", "证件号码", "颜色"]
    assert close
