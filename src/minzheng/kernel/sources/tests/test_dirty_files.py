"""Files wrong in other ways than the town's: shape, headings, units, and what rows say of each other."""

from datetime import date

import pytest

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.people.models import Fact, Membership, Person
from minzheng.kernel.periods import Month
from minzheng.kernel.sources.models import ReviewItem
from minzheng.kernel.sources.tests.conftest import codes, rows_of
from minzheng.kernel.sources.tests.made import POLICE, as_csv, as_workbook, family, number, resident, wrong

JUNE = Month(2022, 6)
PEOPLE = as_csv([POLICE, *family(8)])
FIRST, SECOND, THIRD = (row[0] for row in family(3))
INCOME = ["证件号码", "月份", "养老金", "工资", "就业状态"]


def wage_rows(load, *rows, header=None):
    results = load(period=JUNE, police_csv=PEOPLE, w_csv=as_csv([header or INCOME, *rows]))
    return rows_of(results["w.csv"])


def test_other_headings_order_and_extra_columns_in_utf16_with_tabs(load):
    header = ["序号", "公民身份 号码", "居住地\n区划", "名字", "家庭户号", "户主关系", "备注"]
    rows = [[str(at), row[0], row[8], row[1], row[5], row[6], "x"] for at, row in enumerate(family(4), 1)]
    result = load(period=JUNE, p_txt=as_csv([header, *rows], delimiter="\t", encoding="utf-16"))["p.txt"]
    assert result.contract == "police_population"
    # Birth date and sex are not sent; the identity number says them.
    assert result.counts["taken_with_warning"] == 4
    with acting_as_service("test"):
        assert Person.objects.get(identifiers__value=FIRST).birth_date == date(1950, 1, 10)


def test_amounts_in_ten_thousands_by_the_heading(load):
    rows = wage_rows(
        load,
        [FIRST, "202206", "", "0.7668", "在职"],
        header=["证件号码", "月份", "养老金", "工资（万元）", "就业状态"],
    )
    assert rows[2].values["wage"] == 766_800


def test_a_hundredfold_amount_waits_with_the_likely_one(load):
    rows = wage_rows(load, [FIRST, "202205", "", "7668", "在职"], [FIRST, "202206", "", "766800", "在职"])
    assert (rows[2].outcome, rows[3].outcome) == ("taken", "review")
    told = next(message for message in rows[3].messages if message["code"] == "amount_hundredfold")
    assert told["expected"] == "7668.00"


@pytest.mark.parametrize(
    ("later", "outcome"), [("4999", "taken"), ("5000", "review"), ("20000", "review"), ("20001", "taken")]
)
def test_fifty_to_two_hundred_times_the_other_month_looks_like_fen(load, later, outcome):
    rows = wage_rows(load, [FIRST, "202205", "100", "", "退休"], [FIRST, "202206", later, "", "退休"])
    assert (rows[2].outcome, rows[3].outcome) == ("taken", outcome)


def test_a_whole_column_in_fen_is_found_by_the_next_month(load):
    wage_rows(load, [FIRST, "202205", "", "7668", "在职"], [SECOND, "202205", "", "5000", "在职"])
    later = load(
        period=JUNE,
        v_csv=as_csv(
            [INCOME, [FIRST, "202206", "", "766800", "在职"], [SECOND, "202206", "", "500000", "在职"]]
        ),
    )
    assert later["v.csv"].counts["review"] == 2


@pytest.mark.parametrize(
    ("text", "code"), [("待核", "pending"), ("-1200", "negative_amount"), ("约七千", "not_an_amount")]
)
def test_income_that_is_not_understood_is_never_taken_as_none(load, text, code):
    rows = wage_rows(load, [FIRST, "202206", "", text, "在职"])
    assert rows[2].outcome == "review"
    assert code in codes(rows[2])
    with acting_as_service("test"):
        assert not Fact.objects.exists()


def test_two_values_for_one_month_wait_both(load):
    rows = wage_rows(load, [FIRST, "202206", "", "5000", "在职"], [FIRST, "2022年6月", "", "6000", "在职"])
    assert [rows[line].outcome for line in (2, 3)] == ["review", "review"]


def test_a_repeated_line_counts_once(load):
    rows = wage_rows(
        load, [FIRST, "202206", "", "5000", "在职"], [FIRST, "2022年6月", "", "5,000.00", "在职"]
    )
    assert [rows[line].outcome for line in (2, 3)] == ["taken", "unchanged"]
    assert rows[3].messages[0]["found"] == "2"


def test_a_month_after_the_files_own_is_refused(load):
    assert wage_rows(load, [FIRST, "202207", "", "5000", "在职"])[2].outcome == "refused"


def test_an_unquoted_thousands_separator_shifts_cells_and_is_refused(load):
    content = as_csv([INCOME]) + f"{FIRST},202206,,6,378.00,在职\r\n".encode()
    results = load(period=JUNE, police_csv=PEOPLE, w_csv=content)
    row = rows_of(results["w.csv"])[2]
    assert (row.outcome, codes(row)) == ("refused", {"too_many_cells"})


def test_a_last_line_cut_off_is_refused_and_a_short_one_within_is_not(load):
    content = (
        as_csv([INCOME, [FIRST, "202206", "", "5000"], [SECOND, "202206", "", "5000", "在职"]])
        + f"{THIRD},2022".encode()
    )
    results = load(period=JUNE, police_csv=PEOPLE, w_csv=content)
    rows = rows_of(results["w.csv"])
    assert [rows[line].outcome for line in (2, 3, 4)] == ["taken_with_warning", "taken", "refused"]


def police(load, *rows):
    return rows_of(load(period=JUNE, police_csv=as_csv([POLICE, *rows]))["police.csv"])


def test_one_number_on_two_people_enters_neither(load):
    one, other = resident("19800101", 1, name="冯鑫"), resident("19800101", 1, name="张宝琴")
    rows = police(load, one, other)
    assert [rows[line].outcome for line in (2, 3)] == ["review", "review"]
    with acting_as_service("test"):
        assert not Person.objects.exists()


def test_a_name_written_with_a_homophone_is_one_person(load):
    rows = police(load, resident("19800101", 1, name="陈䶮"), resident("19800101", 1, name="陈岩"))
    assert [rows[line].outcome for line in (2, 3)] == ["taken", "unchanged"]


def test_one_person_in_two_households_stays_in_the_first_until_decided(load):
    rows = police(load, resident("19800101", 1), resident("19800101", 1, household="H000002"))
    assert [rows[line].outcome for line in (2, 3)] == ["taken", "review"]
    with acting_as_service("test"):
        assert Membership.objects.get().household.number == "H000001"


def test_a_repeat_with_another_move_date_keeps_the_first(load):
    rows = police(load, resident("19800101", 1), resident("19800101", 1, 迁入日期="20150101"))
    assert [rows[line].outcome for line in (2, 3)] == ["taken", "unchanged"]
    assert "迁入日期" in rows[3].messages[0]["found"]


@pytest.mark.parametrize(
    ("told", "code"),
    [("19780230", "birth_impossible"), ("19790611", "birth_differs"), ("", "birth_impossible")],
)
def test_a_sound_number_decides_the_birth_date(load, told, code):
    row = police(load, resident("19780611", 1, 出生日期=told))[2]
    assert row.outcome == "taken_with_warning"
    assert code in codes(row)
    assert row.values["birth_date"] == "1978-06-11"


def test_a_wrong_check_digit_waits_with_whoever_differs_in_it_alone(load):
    police(load, *family(2))
    row = police(load, resident("19500110", 11, name=family(1)[0][1], 证件号码=wrong(FIRST)))[2]
    assert row.outcome == "review"
    with acting_as_service("test"):
        candidates = ReviewItem.objects.get(row=row).candidates
        first = Person.objects.get(identifiers__value=FIRST)
    assert candidates[0]["person_id"] == first.pk
    assert "number" in candidates[0]["grounds"]


@pytest.mark.parametrize(
    ("code_sent", "placed", "code"),
    [("310108014002", "310106", "division_mapped"), ("310107014999", "310107014", "division_ancestor"),
     ("319999999999", "310107014029", "division_unknown"), ("abc", "310107014029", "division_malformed")],
)  # fmt: skip
def test_a_division_that_is_not_is_placed_as_near_as_is_known(load, code_sent, placed, code):
    rows = police(
        load,
        resident("19800101", 1),
        resident("19810101", 2, name="周磊建", relation="配偶", 居住区划代码=code_sent),
    )
    assert rows[3].outcome == "taken_with_warning"
    assert code in codes(rows[3])
    assert rows[3].values["residence_division"] == placed


@pytest.mark.parametrize(("birth", "is_minor"), [("20060630", False), ("20060701", True)])
def test_a_head_is_a_minor_until_the_sixteenth_birthday(load, birth, is_minor):
    row = police(load, resident(birth, 1))[2]
    assert ("minor_head" in codes(row)) is is_minor


def test_households_without_or_with_two_heads_are_said(load):
    rows = police(
        load,
        resident("19800101", 1, relation="配偶"),
        resident("19810101", 1, name="周磊建", household="H2"),
        resident("19820101", 1, name="王霞", household="H2"),
    )
    assert "no_head" in codes(rows[2])
    assert "two_heads" in codes(rows[4])


def deaths(load, *rows):
    content = as_csv([["证件号码", "姓名", "死亡日期", "登记日期"], *rows])
    return rows_of(load(period=JUNE, police_csv=PEOPLE, d_csv=content)["d.csv"])


@pytest.mark.parametrize(
    ("day", "outcome"),
    [("1950-01-09", "review"), ("1950-01-10", "taken"), ("2022-06-30", "taken"), ("2022-07-01", "review")],
)
def test_a_death_lies_between_birth_and_the_files_month(load, day, outcome):
    assert deaths(load, [FIRST, family(1)[0][1], day, ""])[2].outcome == outcome


def test_the_death_of_someone_unknown_or_of_another_name_waits(load):
    rows = deaths(load, [number("19300101"), "某人", "2022-05-01", ""], [FIRST, "诸葛阿军", "2022-05-01", ""])
    assert [codes(rows[line]) for line in (2, 3)] == [{"dead_not_registered"}, {"name_differs"}]
    assert rows[2].outcome == rows[3].outcome == "review"


def test_means_without_authorisation_are_never_used(load):
    header = ["户号", "查询日期", "货币财产", "住房套数", "非居住房产", "机动车", "授权书编号"]
    content = as_csv(
        [header, ["H000001", "2022-06-15", "100", "1", "0", "0", ""], ["H000002", "2022-06-15", "2万元", "1", "0", "0", "SQ1"],
         ["H000777", "2022-06-15", "100", "1", "0", "0", "SQ2"]]
    )  # fmt: skip
    rows = rows_of(load(period=JUNE, police_csv=PEOPLE, m_csv=content)["m.csv"])
    assert [rows[line].outcome for line in (2, 3, 4)] == ["refused", "taken", "review"]
    with acting_as_service("test"):
        told = {fact.kind: fact.int_value for fact in Fact.objects.all()}
    assert told == {"money_assets_fen": 2_000_000, "homes": 1, "non_residential_properties": 0, "vehicles": 0}


def certificates(load, tmp_path, *rows):
    header = ["残疾证号", "姓名", "类别", "等级", "发证日期", "有效期至", "状态"]
    book = as_workbook({"名单": [["名册（截至2022年6月）"], header, *rows]}, tmp_path / "c.xlsx")
    return rows_of(load(police_csv=PEOPLE, c_xlsx=book.read_bytes())["c.xlsx"])


def test_a_certificate_counts_from_issue_to_its_last_day(load, tmp_path):
    row = certificates(
        load, tmp_path, [FIRST + "43", family(1)[0][1], "肢体", "三级", "2014-02-01", "2024/01/30", "有效"]
    )[3]
    assert row.outcome == "taken"
    with acting_as_service("test"):
        told = {
            fact.kind: (fact.int_value, fact.during.lower, fact.during.upper) for fact in Fact.objects.all()
        }
    span = (date(2014, 2, 1), date(2024, 1, 31))
    assert told == {"disability_kind": (4, *span), "disability_grade": (3, *span)}


def test_a_grade_that_differs_from_the_number_waits(load, tmp_path):
    row = certificates(
        load, tmp_path, [FIRST + "43", family(1)[0][1], "肢体", "二级", "2014-02-01", "2024/01/30", "有效"]
    )[3]
    assert (row.outcome, codes(row)) == ("review", {"grade_differs"})


def test_a_number_rounded_by_the_spreadsheet_is_refused_with_advice(load, tmp_path):
    row = certificates(
        load, tmp_path, [float(FIRST[:17] + "000"), family(1)[0][1], "肢体", "二级", "", "", "有效"]
    )[3]
    assert (row.outcome, codes(row)) == ("refused", {"precision_lost"})


def test_a_cancelled_certificate_ends_what_an_earlier_file_said(load, tmp_path):
    row = [FIRST + "43", family(1)[0][1], "肢体", "三级", "2014-02-01", "2024/01/30"]
    certificates(load, tmp_path, [*row, "有效"])
    told = certificates(load, tmp_path, [*row, "注销"])[3]
    assert codes(told) == {"certificate_cancelled"}
    with acting_as_service("test"):
        latest = Fact.objects.filter(kind="disability_grade").order_by("-during").first()
    assert (latest.int_value, latest.during.lower) == (0, date(2022, 6, 1))


def test_a_certificate_known_by_the_identity_number_takes_its_columns(load, tmp_path):
    row = certificates(load, tmp_path, [FIRST, family(1)[0][1], "肢体", "三级", "", "", "有效"])[3]
    assert (row.outcome, codes(row)) == ("taken", {"certificate_is_identity"})
    row = certificates(load, tmp_path, [SECOND, family(2)[1][1], "肢体", "", "", "", "有效"])[3]
    assert row.outcome == "review"


def test_identity_numbers_under_an_unknown_heading_show_by_their_content(load):
    rows = wage_rows(load, [FIRST, "202206", "", "5000", "在职"], header=["证照", *INCOME[1:]])
    assert rows[2].outcome == "taken"


def test_a_programme_column_serves_as_well_as_sheets(load):
    header = ["待遇名称", "身份证号码", "姓名", "起始年月", "月发放标准(元)", "开户银行", "银行账号"]
    told = ["老年综合津贴", FIRST, family(1)[0][1], "2021-07", "150", "上海农商银行", "6231510303508250"]
    results = load(
        period=JUNE, police_csv=PEOPLE, r_csv=as_csv([header, told, told, ["不存在的津贴", *told[1:]]])
    )
    rows = rows_of(results["r.csv"])
    assert rows[2].outcome in ("taken", "taken_with_warning")
    assert rows[3].outcome == "unchanged"
    assert (rows[4].outcome, codes(rows[4])) == ("refused", {"roster_unknown_benefit"})


def test_a_roster_in_fen_among_usual_amounts_waits(load):
    header = ["待遇名称", "身份证号码", "姓名", "起始年月", "月标准"]
    people = family(8)
    told = [["老年综合津贴", row[0], row[1], "2021-07", "150"] for row in people[:5]]
    fen = ["老年综合津贴", people[5][0], people[5][1], "2021-07", "15000"]
    rows = rows_of(load(period=JUNE, police_csv=PEOPLE, r_csv=as_csv([header, *told, fen]))["r.csv"])
    assert (rows[7].outcome, "amount_hundredfold" in codes(rows[7])) == ("review", True)
