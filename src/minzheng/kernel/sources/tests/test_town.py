"""The files that eight offices sent for one town: counts reasoned from what is wrong in them, counted here anew.

The expected numbers come from the raw files by plain means (csv, json, openpyxl), not from the readers under test.
"""

import csv
import io
import json
from collections import Counter
from pathlib import Path

import openpyxl
import pytest

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.people.identifiers import parse_citizen
from minzheng.kernel.people.models import BankAccount, Fact, Household, Identifier, Person
from minzheng.kernel.periods import Month
from minzheng.kernel.sources.actions import load_folder
from minzheng.kernel.sources.models import FeedRow, ReviewItem
from minzheng.kernel.sources.queries import lines_of
from minzheng.kernel.sources.tests.conftest import registers
from minzheng.kernel.sources.tests.made import as_csv, folder
from minzheng.kernel.storage import testing

TOWN = Path(__file__).parents[5] / "tests" / "data" / "feeds_town"
OUTCOMES = ("taken", "taken_with_warning", "unchanged", "review", "refused", "not_data")


@pytest.fixture(scope="module")
def town(django_db_setup, django_db_blocker):
    """The town loaded once into a database of its own; tests here only read, or load again."""
    with django_db_blocker.unblock(), testing.cloned_database(testing.template_database(), "town"):
        results = {result.name: result for result in load_folder(TOWN)}
        with acting_as_service("test"):
            yield results


def raw_csv(name, encoding):
    return list(csv.reader(io.StringIO((TOWN / name).read_text(encoding=encoding), newline="")))


@pytest.fixture(scope="module")
def police():
    return raw_csv("公安_实有人口.csv", "gb18030")[1:]


def by_code(results, name):
    return results[name].counts["codes"]


def test_every_file_is_recognised_placed_in_june_and_applied(town):
    data = [result for result in town.values() if result.state != "ignored"]
    assert len(data) == 8
    assert {(result.state, result.period) for result in data} == {("applied", "2022-06")}
    assert len({result.contract for result in data}) == 8


def test_every_line_of_every_file_has_one_outcome(town):
    for result in town.values():
        if result.state == "ignored":
            continue
        lines = (
            len(
                (TOWN / result.name)
                .read_text(encoding="gb18030" if "公安" in result.name else "utf-8")
                .splitlines()
            )
            if not result.name.endswith("xlsx")
            else {"残联_残疾证.xlsx": 343, "民政_在享名册.xlsx": 149 + 71 + 1695}[result.name]
        )
        assert result.counts["lines"] == lines
        assert sum(result.counts.get(outcome, 0) for outcome in OUTCOMES) == lines
        assert "waiting" not in result.counts


def test_each_waiting_row_stands_in_the_queue_once(town):
    assert ReviewItem.objects.count() == FeedRow.objects.filter(outcome="review").count()


def test_blank_lines_of_the_police_are_no_people(town, police):
    blank = sum(not any(row) for row in police)
    assert town["公安_实有人口.csv"].counts["kinds"]["blank"] == blank == 10


def test_police_rows_without_a_sound_number_wait(town, police):
    read = [parse_citizen(row[0]) for row in police if any(row)]
    codes = by_code(town, "公安_实有人口.csv")
    assert codes["identifier_missing"] == sum(not number.value for number in read)
    assert codes["identifier_check"] == sum(any(e.code == "check" for e in number.errors) for number in read)
    assert codes["identifier_old_form"] == sum(number.was_old_form for number in read)


def test_numbers_on_two_people_wait_both_and_repeats_change_nothing(town, police):
    groups: dict[str, list[list[str]]] = {}
    for row in police:
        number = parse_citizen(row[0])
        if number.is_valid:
            groups.setdefault(number.value, []).append(row)
    twice = [group for group in groups.values() if len(group) > 1]
    two_people = [g for g in twice if len({row[1].replace("\u3000", "").strip() for row in g}) > 1]
    one_person = [g for g in twice if g not in two_people]
    two_homes = sum(row[5] != group[0][5] for group in one_person for row in group[1:])
    codes = by_code(town, "公安_实有人口.csv")
    assert codes["identifier_two_people"] == sum(map(len, two_people))
    assert codes["two_households"] == two_homes
    assert (
        codes["duplicate_row"] + codes["duplicate_differs"] == sum(len(g) - 1 for g in one_person) - two_homes
    )
    assert (
        town["公安_实有人口.csv"].counts["unchanged"] == codes["duplicate_row"] + codes["duplicate_differs"]
    )


def test_everyone_else_of_the_police_file_is_registered_once(town, police):
    numbers = Counter(n.value for row in police if (n := parse_citizen(row[0])).is_valid)
    waiting = FeedRow.objects.filter(
        file__name="公安_实有人口.csv", messages__contains=[{"code": "identifier_two_people"}]
    )
    in_doubt = {row.values["citizen_number"] for row in waiting}
    assert set(Identifier.objects.values_list("value", flat=True)) == set(numbers) - in_doubt
    assert Person.objects.count() == len(numbers) - len(in_doubt)


def test_impossible_birth_dates_are_taken_from_the_number(town, police):
    impossible = [row for row in police if row[4].endswith("0230")]
    assert by_code(town, "公安_实有人口.csv")["impossible_date"] == len(impossible)
    for row in impossible:
        number = parse_citizen(row[0])
        assert Person.objects.get(identifiers__value=number.value).birth_date == number.birth_date


def test_people_of_an_abolished_district_are_placed_in_its_successor(town, police):
    mapped = sum(row[8].startswith("310108") for row in police)
    assert by_code(town, "公安_实有人口.csv")["division_mapped"] == mapped
    unknown = sum(row[8] == "319999999999" for row in police)
    assert by_code(town, "公安_实有人口.csv")["division_unknown"] == unknown
    assert not Person.objects.filter(division_code__startswith="310108").exists()
    assert not Person.objects.filter(division_code="310000").exists()


def test_names_with_formulas_and_markup_are_kept_as_text_and_said(town, police):
    formulas = sum(row[1].startswith("=") for row in police)
    markup = sum("<script>" in row[1] for row in police)
    codes = by_code(town, "公安_实有人口.csv")
    assert (codes["name_formula"], codes["name_markup"]) == (formulas, markup)


def test_household_numbers_are_the_towns_own(town, police):
    assert set(Household.objects.values_list("register", flat=True)) == {"310107014"}


def test_all_deaths_are_taken(town):
    # Nobody in the file is unknown, of another name, or dead before birth; dates of registration are the office's matter.
    counts = town["卫健_死亡.csv"].counts
    assert counts["taken"] + counts["taken_with_warning"] == 53
    assert Person.objects.filter(death_date__isnull=False).count() == 53


def test_wages_a_hundred_times_the_other_month_wait(town):
    rows = raw_csv("人社_养老金就业.csv", "utf-8-sig")[1:]
    wages: dict[str, list[int]] = {}
    for row in rows:
        plain = row[3].replace(",", "").removesuffix(".00")
        if plain.isdigit():
            wages.setdefault(row[0], []).append(int(plain))
    hundredfold = sum(len(pair) == 2 and max(pair) == 100 * min(pair) for pair in wages.values())
    codes = by_code(town, "人社_养老金就业.csv")
    assert codes["amount_hundredfold"] == hundredfold == 20
    assert codes["negative_amount"] == sum(row[2].startswith("-") for row in rows)
    assert codes["pending"] == sum(row[3] == "待核" for row in rows)
    assert not Fact.objects.filter(kind="wage_fen", int_value__gte=25_000_000).exists()


def test_broken_json_and_missing_authorisations_are_refused(town):
    broken = without = unknown = 0
    known = set(Household.objects.values_list("number", flat=True))
    for line in (TOWN / "核对_家庭经济.jsonl").read_text(encoding="utf-8").splitlines():
        try:
            record = json.loads(line)
        except ValueError:
            broken += 1
            continue
        without += not record["授权书编号"]
        unknown += record["户号"] not in known
    codes = by_code(town, "核对_家庭经济.jsonl")
    assert (codes["json_broken"], codes["authorisation_missing"]) == (broken, without) == (11, 5)
    assert town["核对_家庭经济.jsonl"].counts["refused"] == broken + without
    assert codes["household_unknown"] == unknown


def test_certificates_in_conflict_wait_and_a_rounded_number_is_refused(town):
    counts = town["残联_残疾证.xlsx"].counts
    assert counts["kinds"] == {"title": 1, "header": 1, "data": 340, "total": 1}
    assert counts["codes"]["grade_differs"] == 8
    assert counts["codes"]["precision_lost"] == counts["refused"] == 1
    # Eight expired, six cancelled; four under another name than the police know.
    assert (counts["codes"]["certificate_expired"], counts["codes"]["certificate_cancelled"]) == (8, 6)
    assert counts["review"] == 8 + counts["codes"]["name_differs"] == 12


def test_roster_numbers_that_excel_rounded_are_refused_and_wrong_ones_wait(town):
    counts = town["民政_在享名册.xlsx"].counts
    assert counts["kinds"] == {"header": 3, "data": 148 + 70 + 1694}
    assert counts["codes"]["precision_lost"] == counts["refused"] == 4
    assert counts["codes"]["identifier_check"] == 4
    assert counts["codes"]["not_registered"] == 5
    assert counts["review"] == 4 + 5
    assert BankAccount.objects.exists()


def test_the_whole_folder_again_changes_nothing(town):
    before = registers()
    again = load_folder(TOWN)
    assert registers() == before
    assert not any(result.is_new for result in again)
    assert {r.name: r.counts for r in again} == {name: result.counts for name, result in town.items()}


def test_the_same_news_in_other_shapes_changes_nothing(town, tmp_path):
    """Other headings, order, encodings, separators and units, as another town might send them."""
    deaths = [
        [str(at), day.replace("-", "/"), name, number, told]
        for at, (number, name, day, told) in enumerate(raw_csv("卫健_死亡.csv", "utf-8")[1:])
    ]
    spending = [
        [number, str(int(yuan) / 10_000), "2022年6月"]
        for number, yuan, _ in raw_csv("医保_自付费用.csv", "utf-8")[1:]
    ]
    stages = [[school, number, stage] for number, school, stage, *_ in raw_csv("教育_在读.csv", "utf-8")[1:]]
    roster = []
    for sheet in openpyxl.load_workbook(TOWN / "民政_在享名册.xlsx"):
        for row in list(sheet.iter_rows(values_only=True))[1:]:
            roster.append([sheet.title, row[2], str(row[1]), *row[4:]])
    where = folder(
        tmp_path,
        d_txt=as_csv([["序号", "死亡日期", "死者姓名", "身份证号码", "报告日期"], *deaths], delimiter="\t", encoding="gb18030"),
        y_csv=as_csv([["身份证号", "个人自付金额（万元）", "统计截止月份"], *spending], delimiter=";", encoding="utf-16"),
        s_csv=as_csv([["学校名称", "学生身份证号", "在读学段"], *stages], delimiter="|", encoding="utf-8-sig"),
        r_csv=as_csv([["待遇名称", "姓名", "身份证号码", "享受起始年月", "月标准", "银行", "银行卡号"], *roster]),
    )  # fmt: skip
    before = registers()
    results = {result.name: result.counts for result in load_folder(where, period=Month(2022, 6))}
    assert registers() == before
    assert results["d.txt"]["unchanged"] == 53
    assert results["y.csv"]["unchanged"] == 560
    assert results["s.csv"]["unchanged"] + results["s.csv"]["review"] == 1636
    # Rounded numbers are refused again; rows that wait are other rows than the town's, since they name no household.
    assert results["r.csv"]["unchanged"] == 1912 - 4 - results["r.csv"]["review"]
    assert results["r.csv"]["refused"] == 4
    assert results["r.csv"]["review"] == town["民政_在享名册.xlsx"].counts["review"]


def test_what_is_known_of_a_person_leads_back_to_the_line_of_the_file(town, police):
    person = Person.objects.exclude(provenance={}).order_by("pk").first()
    said = person.provenance["birth_date"]
    row = FeedRow.objects.get(pk=said["row"])
    assert row.person_id == person.pk and lines_of([row.pk]) == {row.pk: str(row.line)}
    assert row.line <= 12_074
