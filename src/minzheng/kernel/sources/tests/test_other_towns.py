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
