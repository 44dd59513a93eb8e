"""Loading: order, twice, in another form, corrected later; every line in one outcome."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.audit.models import Entry
from minzheng.kernel.people.models import Fact, Person
from minzheng.kernel.periods import Month
from minzheng.kernel.sources.actions import FolderNotFound, load_folder
from minzheng.kernel.sources.models import FeedFile, FeedRow, ReviewItem
from minzheng.kernel.sources.staging import stored_path
from minzheng.kernel.sources.tests.conftest import codes, registers, rows_of
from minzheng.kernel.sources.tests.made import (
    POLICE,
    as_csv,
    as_json_lines,
    as_workbook,
    family,
    number,
    resident,
)

JUNE = Month(2022, 6)
PEOPLE = as_csv([POLICE, *family(8)])
INCOME = ["证件号码", "月份", "养老金", "工资", "就业状态"]


def test_people_come_first_whatever_their_files_are_called(load):
    wages = as_csv([INCOME, [family(1)[0][0], "202206", "", "7668", "在职"]])
    results = load(period=JUNE, a_wages_csv=wages, z_police_csv=PEOPLE)
    assert results["z_police.csv"].counts["taken"] == 8
    assert results["a_wages.csv"].counts["taken"] == 1
    with acting_as_service("test"):
        told = {fact.kind: fact for fact in Fact.objects.all()}
    assert told["wage_fen"].int_value == 766_800
    assert told["wage_fen"].source == "人社"
    assert told["wage_fen"].during.lower == date(2022, 6, 1)
    assert told["wage_fen"].file == "a_wages.csv"
    assert int(told["wage_fen"].file_row) == rows_of(results["a_wages.csv"])[2].pk


def test_every_taken_field_knows_its_office_day_file_and_row(load):
    results = load(period=JUNE, police_csv=PEOPLE)
    with acting_as_service("test"):
        person = Person.objects.get(identifiers__value=family(1)[0][0])
    told = person.provenance["birth_date"]
    assert (told["source"], told["on"], told["file"]) == ("公安", "2022-06-30", "police.csv")
    assert told["row"] == rows_of(results["police.csv"])[2].pk


def test_the_file_is_kept_unchanged_and_its_rows_cannot_be_rewritten(load):
    results = load(period=JUNE, police_csv=PEOPLE)
    with acting_as_service("test"):
        file = FeedFile.objects.get(pk=results["police.csv"].file_id)
        assert stored_path(file.sha256).read_bytes() == PEOPLE
        with pytest.raises(DatabaseError, match="收到的内容不可修改"), transaction.atomic():
            FeedRow.objects.filter(file=file, line=2).update(raw=["x"])


def test_one_trace_is_left_for_each_file(load):
    load(period=JUNE, police_csv=PEOPLE)
    with acting_as_service("test"):
        entries = list(Entry.objects.filter(act="sources.load"))
    assert [entry.detail["rows"] for entry in entries] == [8]
    assert family(1)[0][0] not in str(entries[0].detail)


def test_the_same_file_twice_changes_nothing(load):
    load(period=JUNE, police_csv=PEOPLE)
    before = registers()
    again = load(period=JUNE, police_csv=PEOPLE)["police.csv"]
    assert registers() == before
    assert not again.is_new
    with acting_as_service("test"):
        assert FeedFile.objects.count() == 1
        assert FeedRow.objects.count() == 9


def test_the_same_content_in_another_form_changes_nothing(load, tmp_path):
    load(period=JUNE, police_csv=PEOPLE)
    before = registers()
    book = as_workbook({"人口": [["标题"], POLICE, *family(8)]}, tmp_path / "x.xlsx").read_bytes()
    other = load(period=JUNE, other_xlsx=book, lines_jsonl=as_json_lines(POLICE, family(8)))
    assert other["other.xlsx"].counts["unchanged"] == 8
    assert other["lines.jsonl"].counts["unchanged"] == 8
    assert registers() == before


def test_a_row_that_waits_is_asked_about_only_once(load):
    rows = [POLICE, *family(4), resident("19700101", 33, name="无号")]
    rows[-1][0] = ""
    load(period=JUNE, police_csv=as_csv(rows))
    again = load(period=JUNE, police_csv=as_csv(rows, delimiter=";"))["police.csv"]
    assert again.counts["unchanged"] == 5
    with acting_as_service("test"):
        assert ReviewItem.objects.count() == 1


def test_a_later_corrected_file_supersedes_and_an_older_one_does_not(load):
    person = family(1)[0][0]
    load(period=JUNE, police_csv=PEOPLE, w_csv=as_csv([INCOME, [person, "202206", "", "7668", "在职"]]))
    corrected = as_csv([INCOME, [person, "202206", "", "7700", "在职"]])
    assert load(period=Month(2022, 7), w_csv=corrected)["w.csv"].counts["taken"] == 1
    older = as_csv([INCOME, [person, "202206", "", "9999", "在职"]])
    late = load(period=JUNE, w_csv=older)["w.csv"]
    assert codes(rows_of(late)[2]) == {"stronger_stands"}
    with acting_as_service("test"):
        facts = Fact.objects.filter(kind="wage_fen").order_by("id")
        assert [(fact.int_value, fact.superseded_at is None) for fact in facts] == [
            (766_800, False),
            (770_000, True),
        ]


def test_one_changed_row_writes_one_person_and_leaves_the_others(load):
    load(period=JUNE, police_csv=PEOPLE)
    rows = family(8)
    rows[3][8] = "310107014002"
    later = load(period=Month(2022, 7), police_csv=as_csv([POLICE, *rows]))["police.csv"]
    assert later.counts["unchanged"] == 7
    with acting_as_service("test"):
        moved = Person.objects.get(identifiers__value=rows[3][0])
    assert moved.division_code == "310107014002"


def test_rows_that_wait_for_a_person_are_taken_when_the_person_comes(load):
    person = resident("19700101", 33, name="后来")
    wages = as_csv([INCOME, [person[0], "202206", "", "5000", "在职"]])
    early = load(period=JUNE, police_csv=PEOPLE, w_csv=wages)["w.csv"]
    assert early.counts["review"] == 1
    person[5] = "H000099"
    load(period=Month(2022, 7), police_csv=as_csv([POLICE, person]))
    with acting_as_service("test"):
        assert Fact.objects.get(kind="wage_fen").int_value == 500_000
        item = ReviewItem.objects.get()
    assert (item.state, item.reason) == ("accepted", "已登记，自动重核")


def test_an_unknown_file_is_named_and_the_others_go_on(load):
    results = load(
        period=JUNE,
        police_csv=PEOPLE,
        stray_csv="公司,颜色\n甲,红\n".encode(),
        readme_md=b"# read me",
        empty_csv=b"",
    )
    assert results["stray.csv"].state == "unrecognised"
    assert "公司" in results["stray.csv"].notes[-1]["found"]
    assert results["empty.csv"].state == "unreadable"
    assert results["readme.md"].state == "ignored"
    assert results["police.csv"].counts["taken"] == 8
    assert [name for name, result in results.items() if result.is_failed] == ["empty.csv", "stray.csv"]


def test_a_month_that_cannot_be_told_is_asked_for_and_then_taken(load):
    bare = as_csv([["证件号码", "学段"], [family(1)[0][0], "小学"]])
    result = load(s_csv=bare)["s.csv"]
    assert (result.state, result.notes[-1]["code"]) == ("staged", "period_unknown")
    result = load(period=JUNE, s_csv=bare)["s.csv"]
    assert result.state == "applied"


@pytest.mark.parametrize(
    ("name", "rows"),
    [("w", [INCOME, [number("19500111", 11), "202206", "", "1", "在职"], [number("19500111", 11), "202205", "", "1", "在职"]]),
     ("学生2022年6月", [["证件号码", "学段"], [number("19500111", 11), "大学"]])],
)  # fmt: skip
def test_the_month_is_read_from_columns_or_the_name(load, name, rows):
    result = load(**{f"{name}_csv": as_csv(rows)})
    assert [one.period for one in result.values()] == ["2022-06"]


def test_a_folder_that_is_not_there_is_said(db):
    with pytest.raises(FolderNotFound):
        load_folder("/no/such/folder")


def test_lines_add_up_in_every_file(load):
    rows = [["名单"], POLICE, *family(6), [""] * 12, POLICE, ["合计", "6"]]
    result = load(period=JUNE, police_csv=as_csv(rows))["police.csv"]
    counts = result.counts
    assert counts["lines"] == len(rows)
    outcomes = ("taken", "taken_with_warning", "unchanged", "review", "refused", "not_data")
    assert sum(counts.get(outcome, 0) for outcome in outcomes) == len(rows)
    assert counts["kinds"] == {"title": 1, "header": 2, "data": 6, "blank": 1, "total": 1}
