"""Files of other towns: other headings, other words, other shapes than the town the contracts were first held against."""

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.people.models import Fact, Person
from minzheng.kernel.sources.tests.conftest import codes, rows_of
from minzheng.kernel.sources.tests.made import POLICE, as_csv, number, resident

BORN = "19600105"


def police(*rows, header=POLICE):
    return as_csv([header, *rows])


def town(count=1, **other):
    return police(*(resident(BORN, 11 + 2 * at, household=f"H{at:03d}", **other) for at in range(count)))


def person_of(row):
    with acting_as_service("test"):
        return Person.objects.get(pk=row.person_id)


def test_places_may_be_given_by_name_as_deep_as_the_words_lead(load):
    places = {
        "普陀区长风新村街道师大一村居委会": "310107014003",
        "上海市普陀区": "310107",
        "长风新村街道": "310107014",
        "上海市闸北区": "310106",
        "浙江省杭州市西湖区": "310000",
    }
    rows = [
        resident(
            BORN, 11 + 2 * at, household=f"H{at:03d}", 居住区划代码=place, 户籍区划代码=place, 户籍类别=""
        )
        for at, place in enumerate(places)
    ]
    header = [{"居住区划代码": "现居住地", "户籍区划代码": "户籍所在地"}.get(name, name) for name in POLICE]
    found = rows_of(load(police_csv=police(*rows, header=header), **JUNE)["police.csv"])
    for line, place in enumerate(places.values(), 2):
        person = person_of(found[line])
        assert (person.division_code, person.hukou_is_local) == (place, line < 6)
    assert "residence_outside" in codes(found[6])


def test_a_name_that_says_its_bearer_has_died_is_not_registered_as_living(load):
    found = rows_of(load(police_csv=town(name="秦九（已故）"), **JUNE)["police.csv"])
    assert (found[2].outcome, codes(found[2])) == ("review", {"name_says_dead"})


def test_the_same_remark_in_the_file_of_deaths_is_what_it_says(load):
    deaths = as_csv(
        [["身份证号", "姓名", "死亡时间"], [number(BORN, 11), "秦九（已故）", "2022-06-01T16:00:00Z"]]
    )
    found = rows_of(load(police_csv=town(name="秦九"), deaths_csv=deaths)["deaths.csv"])
    assert found[2].outcome == "taken"
    assert str(person_of(found[2]).death_date) == "2022-06-02"


def certificates(*rows):
    return as_csv([["残疾人证号", "残疾类型", "残疾等级", "领证日期", "有效期限", "证件状态"], *rows])


def test_a_certificate_of_unknown_frozen_or_undated_standing_waits_and_a_cancelled_one_ends(load):
    rows = [
        [number(BORN, 11 + 2 * at) + "41", "肢体", "一级", "2020-01-01", until, state]
        for at, (until, state) in enumerate(
            [("2030-01-01", "有效"), ("2030-01-01", "待审核"), ("2030-01-01", "冻结"), ("2030-02-30", "有效"),
             ("2030-01-01", "死亡注销")]
        )
    ]  # fmt: skip
    result = load(police_csv=town(5), disabled_csv=certificates(*rows), **JUNE)["disabled.csv"]
    found = rows_of(result)
    assert [found[line].outcome for line in range(2, 7)] == [
        "taken",
        "review",
        "review",
        "review",
        "taken_with_warning",
    ]
    assert {"unknown_code"} <= codes(found[3])
    assert {"certificate_frozen"} <= codes(found[4])
    assert {"impossible_date"} <= codes(found[5])
    with acting_as_service("test"):
        told = Fact.objects.filter(kind="disability_grade").values_list("person_id", "int_value")
        assert dict(told) == {found[2].person_id: 1, found[6].person_id: 0}


JUNE = {"医保_csv": as_csv([["身份证号", "个人自付", "月份"], [number(BORN, 11), 1, "2022-06"]])}


def test_months_as_columns_are_read_month_by_month_with_the_year_of_the_title(load):
    wide = as_csv(
        [
            ["2022年收入明细"],
            ["身份证号", "姓名", "5月", "", "6月", ""],
            ["", "", "养老金", "工资", "养老金", "工资"],
            [number(BORN, 11), "余银", "3000", "", "3100", ""],
            [number(BORN, 13), "余银", "", "5000", "-1", ""],
            ["合计", "", "3000", "5000", "3099", ""],
        ]
    )
    result = load(police_csv=town(2), income_csv=wide)["income.csv"]
    assert (result.contract, result.period) == ("social_security", "2022-06")
    assert (result.counts["rows"], result.counts["kinds"]["total"], result.counts["review"]) == (4, 1, 1)
    with acting_as_service("test"):
        told = Fact.objects.filter(kind__in=["pension_fen", "wage_fen"]).values_list(
            "kind", "during", "int_value"
        )
        assert {(kind, f"{during.lower:%Y-%m}", fen) for kind, during, fen in told} == {
            ("pension_fen", "2022-05", 300000),
            ("pension_fen", "2022-06", 310000),
            ("wage_fen", "2022-05", 500000),
        }


def couple(number_of_household="H000001"):
    return police(
        resident(BORN, 11, household=number_of_household),
        resident(BORN, 12, name="王霞", household=number_of_household, relation="配偶"),
    )


def means(kind, *rows):
    return as_csv([[kind, "查询日期", "银行存款（万元）", "住房套数", "授权书编号"], *rows])


def assets():
    with acting_as_service("test"):
        return list(Fact.objects.filter(kind="money_assets_fen").values_list("int_value", flat=True))


def test_means_by_the_head_belong_to_the_head_s_household(load):
    found = load(
        police_csv=couple(), means_csv=means("户主身份证号", [number(BORN, 11), "2022-06-15", "4.5", 1, "S1"])
    )
    assert found["means.csv"].counts["taken"] == 1
    assert assets() == [45_000_00]


def test_means_by_member_are_added_up_where_every_member_is_there(load):
    rows = [
        [number(BORN, 11), "2022-06-15", "4.5", 1, "S1"],
        [number(BORN, 12), "2022-06-15", "0.5", 0, "S1"],
    ]
    assert load(police_csv=couple(), means_csv=means("身份证号", *rows))["means.csv"].counts["taken"] == 2
    assert assets() == [50_000_00]


def test_means_of_some_members_are_not_taken_for_the_household(load):
    rows = [[number(BORN, 11), "2022-06-15", "4.5", 1, "S1"], [number(BORN, 12), "2022-06-15", "-1", 0, "S1"]]
    result = load(police_csv=couple(), means_csv=means("身份证号", *rows))["means.csv"]
    assert result.counts["review"] == 2
    assert "means_members_missing" in codes(rows_of(result)[2])
    assert assets() == []


def wages(*rows, header=("身份证号", "所属期", "工资", "")):
    return as_csv([header, *rows])


def test_an_amount_split_by_its_own_comma_is_not_taken_because_a_separator_too_many_stands_at_the_end(load):
    rows = [[number(BORN, 11 + 2 * at), "2022-06", "5016", ""] for at in range(6)]
    split = [number(BORN, 11), "2022-06", "5", "016", ""]
    found = rows_of(load(police_csv=town(6), wages_csv=wages(split, *rows[1:]))["wages.csv"])
    assert (found[2].outcome, codes(found[2])) == ("refused", {"too_many_cells"})
    assert found[3].outcome == "taken"


def test_a_line_cut_short_before_an_amount_waits(load):
    rows = [[number(BORN, 11), "2022-06"], [number(BORN, 13), "2022-06", "5016", ""]]
    found = rows_of(load(police_csv=town(2), wages_csv=wages(*rows))["wages.csv"])
    assert (found[2].outcome, codes(found[2])) == ("review", {"too_few_cells"})


def test_one_mistyped_month_does_not_move_a_file_into_the_future(load):
    rows = [[number(BORN, 11 + 2 * at), "2022-06" if at else "2022-07", "5000", ""] for at in range(40)]
    result = load(police_csv=town(40), wages_csv=wages(*rows))["wages.csv"]
    assert result.period == "2022-06"
    assert codes(rows_of(result)[2]) == {"month_not_yet"}


def test_a_corrected_value_names_the_one_it_replaces(load):
    load(police_csv=town(), wages_csv=wages([number(BORN, 11), "2022-06", "5000", ""]))
    found = rows_of(load(fixed_csv=wages([number(BORN, 11), "2022-06", "6000", ""]))["fixed.csv"])
    assert [(one["code"], one["found"]) for one in found[2].messages] == [("fact_replaced", "5000.00")]


def roster(*rows):
    return as_csv([["领取人证件号码", "项目", "起领年月", "月发放标准（元）", "备注"], *rows])


def test_a_roster_s_amount_far_off_a_benefit_of_fixed_amounts_waits_and_so_does_a_stopped_one(load):
    rows = [[number(BORN, 11 + 2 * at), "老年综合津贴", "2021.12", "150", ""] for at in range(20)]
    rows[0][3], rows[1][3], rows[2][4] = "1800", "15", "本月停发"
    found = rows_of(load(police_csv=town(20), roster_csv=roster(*rows), **JUNE)["roster.csv"])
    assert [codes(found[line]) for line in (2, 3, 4, 5)] == [
        {"amount_unusual"}, {"amount_unusual"}, {"roster_note_stops"}, set()
    ]  # fmt: skip


def test_a_cell_of_endless_brackets_and_a_picture_are_told_at_once(load):
    results = load(deep_csv=b"[" * 200_000, photo_csv=b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)
    assert results["deep.csv"].state == "unrecognised"
    assert results["photo.csv"].notes[0]["code"] == "not_a_table"


def test_a_folder_within_and_a_link_to_nowhere_are_named_as_left_aside(load, tmp_path):
    (tmp_path / "feeds1" / "inner").mkdir(parents=True)
    (tmp_path / "feeds1" / "gone.csv").symlink_to(tmp_path / "nowhere")
    results = load(police_csv=town(), **JUNE)
    assert {name: results[name].state for name in ("inner", "gone.csv")} == {
        "inner": "ignored",
        "gone.csv": "ignored",
    }


def test_a_month_whose_column_is_empty_is_not_the_file_s_month(load):
    wide = as_csv([["身份证号", "2022年6月工资", "2022年7月工资"], [number(BORN, 11), "5000", ""]])
    result = load(police_csv=town(), income_csv=wide)["income.csv"]
    assert (result.period, result.counts["taken"], result.counts["rows"]) == ("2022-06", 1, 1)


def test_means_that_name_a_household_and_a_person_of_another_one_wait(load):
    sent = as_csv(
        [
            ["身份证号", "户号", "货币财产", "授权书编号", "核对日期"],
            [number(BORN, 11), "H001", "42678", "S1", "2022-06-15"],
        ]
    )
    found = rows_of(load(police_csv=town(2), means_csv=sent)["means.csv"])
    assert (found[2].outcome, codes(found[2])) == ("review", {"household_differs"})
    assert assets() == []


def test_a_certificate_beside_somebody_else_s_identity_number_waits(load):
    sent = as_csv(
        [
            ["身份证号", "残疾证号", "残疾类别", "残疾等级"],
            [number(BORN, 13), number(BORN, 11) + "41", "肢体", "一级"],
        ]
    )
    found = rows_of(load(police_csv=town(2), disabled_csv=sent, **JUNE)["disabled.csv"])
    assert (found[2].outcome, codes(found[2])) == ("review", {"identifier_differs"})


def receiving(account, month="2022年6月"):
    head = ["身份证号", "项目", "起始月份", "月标准", "银行账号"]
    return as_csv([[f"{month}名册"], head, [number(BORN, 11), "老年综合津贴", "2021-12", "150", account]])


def test_somebody_struck_off_before_the_roster_s_month_is_not_paid_on_unseen(load):
    struck = police(
        resident(BORN, 11, 注销日期="20220531"), resident(BORN, 13, household="H2", 注销日期="20220601")
    )
    rows = [[number(BORN, at), "老年综合津贴", "2021-12", "150", ""] for at in (11, 13)]
    found = rows_of(load(police_csv=struck, roster_csv=roster(*rows), **JUNE)["roster.csv"])
    assert (found[2].outcome, codes(found[2])) == ("review", {"roster_deregistered"})
    assert found[3].outcome == "taken"


def test_another_account_than_the_recorded_one_is_told(load):
    load(police_csv=town(), roster_csv=receiving("6231510303508250"))
    found = rows_of(load(later_csv=receiving("6231781918999067", "2022年7月"))["later.csv"])
    assert [(one["code"], one["expected"]) for one in found[3].messages] == [
        ("account_replaced", "************8250")
    ]


def wage_facts():
    with acting_as_service("test"):
        return sorted(Fact.objects.filter(kind="wage_fen").values_list("int_value", flat=True))


def test_a_unit_in_the_title_or_in_a_heading_s_bracket_counts_for_the_amounts(load):
    titled = as_csv(
        [["工资明细（单位：万元）"], ["身份证号", "月份", "工资"], [number(BORN, 11), "2022-06", "0.5"]]
    )
    headed = as_csv([["身份证号", "月份", "工资（单位：万元）"], [number(BORN, 13), "2022-06", "0.6"]])
    noted = as_csv(
        [["身份证号", "月份", "工资"], [number(BORN, 15), "2022-06", "700000"], ["注：金额单位：分"]]
    )
    load(police_csv=town(3), titled_csv=titled, headed_csv=headed, noted_csv=noted)
    assert wage_facts() == [5000_00, 6000_00, 7000_00]


def test_two_columns_of_one_heading_that_disagree_wait(load):
    sent = as_csv(
        [["身份证号", "月份", "工资", "工资"], [number(BORN, 11), "2022-06", "5000", "6000"],
         [number(BORN, 13), "2022-06", "5000", "5,000.00"]]
    )  # fmt: skip
    found = rows_of(load(police_csv=town(2), wages_csv=sent)["wages.csv"])
    assert [(found[line].outcome, codes(found[line])) for line in (2, 3)] == [
        ("review", {"columns_differ"}), ("taken", set())
    ]  # fmt: skip
