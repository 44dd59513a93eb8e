"""The screens of what-ifs: what each role may open, and what the result says."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from openpyxl import load_workbook

from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.audit.models import Entry
from minzheng.kernel.audit.queries import looks_at
from minzheng.kernel.monthend.folders import snapshot_folder
from minzheng.kernel.monthend.models import MonthRun
from minzheng.kernel.people.models import Identifier, Person
from minzheng.kernel.reforms import actions
from minzheng.kernel.reforms.changes import Change
from minzheng.kernel.reforms.models import Promotion, Reform, ReformExample
from minzheng.kernel.reforms.tests import made_city
from minzheng.kernel.reforms.tests.made_city import JULY
from minzheng.kernel.rules import read_snapshot_record

LIST = "/work/reforms/"
STANDARD = Change("subsistence_allowance.standard", 150_000)


def client_of(post) -> Client:
    client = Client()
    client.force_login(User.objects.get(official__posts=post))
    return client


def text_of(answer) -> str:
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.fixture
def officer(db, monkeypatch, tmp_path: Path):
    folder = made_city.snapshot(tmp_path / "s")
    identity = read_snapshot_record(folder).identity
    final = snapshot_folder(str(JULY), identity)
    if not final.exists():
        final.parent.mkdir(parents=True, exist_ok=True)
        folder.rename(final)
    with acting_as_service("test"):
        MonthRun.objects.create(
            month=JULY.first_day, attempt=1, on=date(2022, 7, 29), state="done", snapshot_identity=identity
        )
    return make_post("city_policy_officer", "310000")


@pytest.fixture
def done(officer) -> Reform:
    with acting(officer):
        made = actions.save_reform(title="低保标准1500元", note="", month=JULY, changes=[STANDARD])
    return actions.compute_reform(made.pk)


@pytest.fixture
def shared(done, officer) -> Reform:
    with acting(officer):
        actions.share_reform(done, is_shared=True)
    return done


def test_a_reform_is_chosen_from_a_list_with_value_paper_and_provenance_and_queued(officer) -> None:
    client = client_of(officer)
    page = text_of(client.get(f"{LIST}new/", {"month": "2022-07"}))
    for words in (
        "最低生活保障标准",
        "1,420.00元",
        "1,330.00元（2021-07-01）",
        "7月1日起由1330元调整为1420元",
        "示意",
    ):
        assert words in page, words
    field = "p-subsistence_allowance-standard"
    answer = client.post(f"{LIST}new/", {"month": "2022-07", "title": "试一试", field: "1500"})
    made = Reform.objects
    with acting_as_service("test"):
        found = made.get(title="试一试")
        assert found.changes == [{"name": "subsistence_allowance.standard", "value": 150_000}]
    assert answer.status_code == 302 and answer["Location"] == f"{LIST}{found.pk}/"
    assert "已排队" in text_of(client.get(f"{LIST}{found.pk}/"))


@pytest.mark.parametrize(
    ("typed", "words"), [("很多", "不是金额"), ("150000", "不是分"), ("", "请至少为一项参数填写新值")]
)
def test_a_slip_is_told_beside_its_field(officer, typed, words) -> None:
    data = {"month": "2022-07", "title": "x", "p-subsistence_allowance-standard": typed}
    assert words in text_of(client_of(officer).post(f"{LIST}new/", data))


def test_the_result_is_said_in_plain_words_with_every_breakdown(done, officer) -> None:
    page = text_of(client_of(officer).get(f"{LIST}{done.pk}/"))
    for words in (
        "全市 120 户中",
        "每月增支",
        "1,330.00元",
        "1,420.00元",
        "1,500.00元",
        "按收入十等分",
        "普陀区",
        "有残疾人",
        "示例家庭",
        "平方根",
    ):
        assert words in page, words


def test_a_table_goes_to_excel_with_amounts_as_numbers(done, officer) -> None:
    answer = client_of(officer).get(f"{LIST}{done.pk}/", {"district-export": "xlsx"})
    sheet = load_workbook(BytesIO(answer.content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert any(row[0] == "普陀区" and isinstance(row[3], int) for row in rows)


def test_an_example_asks_why_and_shows_both_laws_with_masked_names_and_a_trace(done, officer) -> None:
    with acting_as_service("test"):
        example = ReformExample.objects.filter(reform=done, kind="gains").first()
        member = example.household_id * 10
        Person.objects.create(pk=member, name="欧阳文华", division_code="310107014")
        ever = DateRange(date(1965, 7, 28), None)
        Identifier.objects.create(person_id=member, value="310101196507281234", during=ever)
    client = client_of(officer)
    address = f"{LIST}{done.pk}/example/{example.pk}/"
    assert "为什么要看这一户" in text_of(client.get(address))
    assert "请写明原因" in text_of(client.post(address, {"purpose": "other", "reason": ""}))
    page = text_of(client.post(address, {"purpose": "other", "reason": "核实试算示例"}))
    assert "欧***" in page and "310***********1234" in page and "欧阳文华" not in page
    assert "现行" in page and "试算" in page and "1,500.00元" in page
    with acting_as_service("test"):
        look = looks_at(member)[0]
    assert "核实试算示例" in look.reason


def test_a_statistician_sees_aggregates_of_shared_reforms_without_small_figures_and_no_household(
    shared, officer
) -> None:
    client = client_of(make_post("statistician", "310000"))
    page = text_of(client.get(f"{LIST}{shared.pk}/"))
    assert "小数已隐去" in page and "示例家庭" not in page
    with acting_as_service("test"):
        example = ReformExample.objects.filter(reform=shared).first()
    assert client.get(f"{LIST}{shared.pk}/example/{example.pk}/").status_code == 403
    assert client.get(f"{LIST}new/").status_code == 403
    assert client.get(f"{LIST}{shared.pk}/promotion/").status_code == 403


@pytest.mark.parametrize(
    "role",
    [
        "neighbourhood_worker",
        "centre_clerk",
        "street_officer",
        "district_reviewer",
        "finance_preparer",
        "system_admin",
    ],
)
def test_other_roles_are_refused_every_page(shared, role) -> None:
    place = "310107014" if role in ("neighbourhood_worker", "centre_clerk", "street_officer") else "310000"
    client = client_of(make_post(role, place))
    for path in (
        "",
        "new/",
        f"{shared.pk}/",
        f"{shared.pk}/progress/",
        f"{shared.pk}/promotion/",
        f"versus/?a={shared.pk}&b={shared.pk}",
    ):
        assert client.get(f"{LIST}{path}").status_code == 403, path
    for path in ("share/", "restart/", "promotion/decide/"):
        assert client.post(f"{LIST}{shared.pk}/{path}").status_code == 403, path


def test_an_unshared_reform_is_its_makers_alone(done) -> None:
    client = client_of(make_post("city_policy_officer", "310000"))
    assert client.get(f"{LIST}{done.pk}/").status_code == 404
    assert "低保标准1500元" not in text_of(client.get(LIST))


def test_two_reforms_stand_beside_each_other(shared, officer) -> None:
    with acting(officer):
        other = actions.save_reform(
            title="低保标准1330元", note="", month=JULY, changes=[Change(STANDARD.name, 133_000)]
        )
    actions.compute_reform(other.pk)
    page = text_of(client_of(officer).get(f"{LIST}versus/", {"a": other.pk, "b": shared.pk}))
    assert "每月减支" in page and "每月增支" in page and "基础不同" not in page


def test_a_reform_is_promoted_by_a_second_officer_and_its_files_are_handed_out(shared, officer) -> None:
    mine, other = client_of(officer), client_of(make_post("city_policy_officer", "310000"))
    address = f"{LIST}{shared.pk}/promotion/"
    paper = {
        "number": "沪民规〔2022〕99号",
        "title": "关于调整低保标准的通知",
        "on": "2022-07-20",
        "effective_on": "2022-07-01",
    }
    assert "已有取值" in text_of(mine.post(address, paper))
    assert mine.post(address, paper | {"effective_on": "2022-08-01"}).status_code == 302
    page = text_of(mine.get(address))
    assert "已核验" in page and "须由另一名市级业务主管复核" in page and "value: 150_000" in page
    assert mine.get(f"{address}patch/").status_code == 404
    mine.post(f"{address}decide/", {"decision": "confirm"})
    with acting_as_service("test"):
        assert Promotion.objects.get(reform=shared).state == "proposed"
    assert "待复核的参数拟稿" in text_of(other.get(LIST))
    other.post(f"{address}decide/", {"decision": "confirm", "words": "与文件一致"})
    assert "minzheng law adopt" in text_of(other.get(address))
    assert b"+  - {from: 2022-08-01, value: 150_000" in other.get(f"{address}patch/").content
    assert b"value: 150_000" in other.get(f"{address}file/0/").content
    with acting_as_service("test"):
        acts = set(Entry.objects.filter(act__startswith="reforms.").values_list("act", flat=True))
    assert {"reforms.save", "reforms.share", "reforms.propose", "reforms.confirm", "reforms.download"} <= acts
