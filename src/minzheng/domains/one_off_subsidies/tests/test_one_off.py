"""A notice names groups, a cut-off day and sums; each person is paid once, by whatever number of lists they stand on."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import pytest
from django.db import Error, transaction
from openpyxl import Workbook

from minzheng.domains.one_off_subsidies import actions
from minzheng.domains.one_off_subsidies.lists import take_list
from minzheng.domains.one_off_subsidies.models import DepartmentList, ListedRow
from minzheng.domains.one_off_subsidies.tests.town import CUTOFF, JULY, ON, Town, notice
from minzheng.kernel.access import NotPermitted, acting
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.audit.models import Entry as AuditEntry
from minzheng.kernel.eventgrants import queries
from minzheng.kernel.eventgrants.errors import EmptyList, GrantRefused, NotReady, SameOfficer
from minzheng.kernel.eventgrants.models import Activation, Entry
from minzheng.kernel.payments.models import AccountLetter
from minzheng.kernel.payments.settling.letters import document_of
from minzheng.kernel.people.models import Membership, Person
from minzheng.kernel.periods import Month

WANG, ZHAO, QIAN = "310101195003010018", "310101195003010026", "310101195003010034"


@pytest.fixture
def town(db: None) -> Town:
    return Town()


def family(town: Town, *people: Person) -> None:
    town.allowance(town.household(*people), people[0], Month(2022, 1))


def listed(town: Town, started: Activation) -> dict[int, tuple[str, int]]:
    with town.seeing():
        found = Entry.objects.filter(activation=started).values_list("person_id", "ground", "amount_fen")
        return {person: (ground, fen // 100) for person, ground, fen in found}


def test_a_household_on_the_allowance_is_paid_once_through_its_payee_and_by_person_each_member_is(
    town: Town,
) -> None:
    head, parent = town.person(), town.person()
    family(town, head, parent)
    by_household = town.propose(notice(subsistence_household=1_000))
    assert listed(town, by_household) == {head.pk: ("subsistence_household", 1_000)}
    by_person = town.propose(notice("vegetable_subsidy", subsistence=100))
    assert listed(town, by_person) == {head.pk: ("subsistence", 100), parent.pk: ("subsistence", 100)}


def test_who_is_in_several_groups_is_paid_by_the_first_and_once(town: Town) -> None:
    head = town.numbered(WANG)
    poor = town.numbered(ZHAO)
    family(town, head)
    town.told("is_extreme_poverty_supported", person=poor)
    town.told("is_low_income_recognised", home=town.household(poor))
    town.take(f"证件号码,姓名\n{WANG},王芳\n{ZHAO},王芳\n")
    started = town.start(
        notice(subsistence_household=1_000, extreme_poverty=800, low_income=500, unemployed=600)
    )
    assert listed(town, started) == {
        head.pk: ("subsistence_household", 1_000),
        poor.pk: ("extreme_poverty", 800),
    }
    town.pay(started)
    assert town.orders() == [(head.pk, "2022-07", 100_000), (poor.pk, "2022-07", 80_000)]


@pytest.mark.parametrize(
    ("joined", "counts"),
    [(date(2022, 7, 14), True), (date(2022, 7, 15), True), (date(2022, 7, 16), False)],
)
def test_whoever_joined_the_household_by_the_cut_off_day_is_on_the_list(
    town: Town, joined: date, counts: bool
) -> None:
    head, late = town.person(), town.person()
    home = town.household(head)
    town.allowance(home, head, Month(2022, 1))
    town.join(home, late, joined)
    assert (late.pk in listed(town, town.propose(notice(subsistence=100)))) is counts


@pytest.mark.parametrize(
    ("died", "counts"),
    [(date(2022, 7, 14), False), (date(2022, 7, 15), True), (date(2022, 7, 16), True)],
)
def test_whoever_died_before_the_cut_off_day_is_not_paid_whenever_it_is_learnt(
    town: Town, died: date, counts: bool
) -> None:
    known, unknown = town.person(died=died), town.person()
    for person in (known, unknown):
        town.told("is_extreme_poverty_supported", person=person)
    steady = town.person()
    town.told("is_extreme_poverty_supported", person=steady)
    started = town.propose(notice(extreme_poverty=100))
    assert (known.pk in listed(town, started)) is counts
    with town.seeing():
        Person.objects.filter(pk=unknown.pk).update(death_date=died)
    town.approve(started)
    town.pay(started)
    paid = {person for person, _, _ in town.orders()}
    assert paid == ({known.pk, unknown.pk, steady.pk} if counts else {steady.pk})


def test_a_second_run_adds_only_who_was_missed_before(town: Town) -> None:
    there, missed = town.person(), town.numbered(WANG)
    family(town, there)
    started = town.start(notice(subsistence=100, extreme_poverty=100))
    town.pay(started)
    assert town.add_late(started) == 0
    town.told("is_extreme_poverty_supported", person=missed, since=date(2022, 7, 1))
    assert (town.add_late(started), town.add_late(started)) == (1, 0)
    town.pay(started)
    assert [person for person, _, _ in town.orders()] == [there.pk, missed.pk]
    with acting(town.proposer), pytest.raises(SameOfficer):
        actions.add_late(activation_id=started.pk, on=ON)


def test_a_list_taken_in_after_the_approval_adds_its_people_late(town: Town) -> None:
    first, second = town.numbered(WANG), town.numbered(ZHAO)
    town.take(f"姓名,证件号码,原因\n王芳,{WANG},长期失业\n")
    started = town.start(notice(unemployed=600))
    town.take(f"姓名,证件号码\n王芳,{WANG}\n王芳,{ZHAO}\n")
    assert town.add_late(started) == 1
    town.pay(started)
    assert [person for person, _, _ in town.orders()] == [first.pk, second.pk]


def test_each_row_of_a_list_is_joined_or_told_why_not(town: Town) -> None:
    here, twice = town.numbered(WANG), town.numbered(ZHAO)
    rows = [
        f"{WANG},王芳", "31010119500301001,王芳", f"{QIAN},王芳", f"{ZHAO},李强", ",", f"{ZHAO},王 芳", f"{ZHAO[:6]} {ZHAO[6:]},王芳",
    ]  # fmt: skip
    taken = town.take("证件号码,姓名\n" + "\n".join(rows) + "\n")
    with town.seeing():
        told = list(ListedRow.objects.order_by("row").values_list("row", "person_id", "trouble"))
        shown = set(ListedRow.objects.values_list("identifier", flat=True))
    assert told == [
        (2, here.pk, ""), (3, None, "unreadable"), (4, None, "unknown"), (5, None, "other_name"),
        (7, twice.pk, ""), (8, None, "repeated"),
    ]  # fmt: skip
    assert (taken.rows_count, taken.matched_count) == (6, 2)
    assert all(WANG not in one and "*" in one for one in shown)


def test_the_same_file_again_is_the_same_list(town: Town) -> None:
    town.numbered(WANG)
    text = f"证件号码,姓名\n{WANG},王芳\n"
    assert town.take(text).pk == town.take(text).pk
    with town.seeing():
        assert (DepartmentList.objects.count(), ListedRow.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"%PDF-1.7 a scan of the list", "UTF-8"),
        (b"\xff\xfe\x00\x01\x81", "缺少列"),
        ("姓名,电话\n王芳,1\n".encode(), "缺少列 证件号码"),
        ("证件号码,姓名\n".encode(), "没有数据行"),
        (b"", "现有 无"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_with_what_it_lacks(
    town: Town, content: bytes, said: str
) -> None:
    with acting(town.proposer), pytest.raises(GrantRefused, match=said):
        take_list(benefit="one_off_living_subsidy", month=JULY, file_name="a.csv", content=content, on=ON)


def test_a_list_in_gb18030_is_read_as_well(town: Town) -> None:
    town.numbered(WANG)
    with acting(town.proposer):
        taken = take_list(
            benefit="one_off_living_subsidy", month=JULY, file_name="a.csv",
            content=f"证件号码,姓名\r\n{WANG},王芳\r\n".encode("gb18030"), on=ON,
        )  # fmt: skip
    assert taken.matched_count == 1


def test_a_workbook_is_read_as_well_and_a_number_that_a_spreadsheet_spoilt_is_told(town: Town) -> None:
    town.numbered(WANG)
    book, content = Workbook(), io.BytesIO()
    for row in (["序号", "姓名", "证件号码"], [1, "王芳", WANG], [2, "李强", 3.10101195003010e17]):
        book.active.append(row)
    book.save(content)
    with acting(town.proposer):
        taken = take_list(
            benefit="one_off_living_subsidy",
            month=JULY,
            file_name="名单.xlsx",
            content=content.getvalue(),
            on=ON,
        )
    with town.seeing():
        told = list(ListedRow.objects.order_by("row").values_list("row", "trouble"))
    assert (taken.matched_count, told) == (1, [(2, ""), (3, "unreadable")])


def test_somebody_on_the_list_whose_record_was_merged_since_is_paid_as_who_they_are_now(town: Town) -> None:
    first, middle, last = town.numbered(WANG), town.person(), town.person()
    town.take(f"证件号码,姓名\n{WANG},王芳\n")
    with town.seeing():
        Person.objects.filter(pk=first.pk).update(merged_into=middle)
        Person.objects.filter(pk=middle.pk).update(merged_into=last)
    town.pay(town.start(notice(unemployed=600)))
    assert [person for person, _, _ in town.orders()] == [last.pk]


def test_the_department_and_group_of_each_sum_can_be_told(town: Town) -> None:
    head = town.person()
    family(town, head)
    town.numbered(WANG)
    town.take(f"证件号码,姓名\n{WANG},王芳\n")
    started = town.start(notice(subsistence_household=1_000, unemployed=600))
    with acting(town.approver):
        told = [(one["ground"], one["persons"], one["fen"]) for one in queries.grounds([started])]
    assert told == [("subsistence_household", 1, 100_000), ("unemployed", 1, 60_000)]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"benefit": "fuel"}, "没有补贴"),
        ({"amounts": {}}, "至少为一类对象"),
        ({"amounts": {"everybody": 100}}, "至少为一类对象"),
        ({"amounts": {"subsistence": 0}}, "大于零"),
        ({"amounts": {"subsistence": 10_000_001}}, "不超过 100,000 元"),
        ({"amounts": {"subsistence": 100, "subsistence_household": 100}}, "只能选一种"),
        ({"cutoff_on": date(2022, 7, 21)}, "尚未到"),
        ({"source": " "}, "依据"),
        ({"provenance": "hearsay"}, "依据"),
        ({"pay_days": 0}, "1至90日"),
        ({"pay_days": 91}, "1至90日"),
        ({"amounts": {"unemployed": 100}}, "尚未接收人社部门2022年7月的名单"),
    ],
)
def test_a_notice_that_cannot_be_is_refused_with_what_to_write(
    town: Town, change: dict[str, object], said: str
) -> None:
    family(town, town.person())
    with acting(town.proposer), pytest.raises(GrantRefused, match=said):
        actions.propose(notice=replace(notice(subsistence=100), **change), on=ON)


def test_a_notice_of_the_same_day_is_listed_and_one_to_whom_nobody_belongs_is_refused(town: Town) -> None:
    family(town, town.person())
    assert town.propose(notice(cutoff_on=ON, subsistence=100)).list_count == 1
    with pytest.raises(EmptyList):
        town.propose(notice("vegetable_subsidy", extreme_poverty=100))


def test_another_notice_of_the_kind_in_the_month_is_refused_until_the_first_is_withdrawn(town: Town) -> None:
    from minzheng.kernel.eventgrants.actions import withdraw

    family(town, town.person())
    first = town.propose(notice(subsistence=100))
    assert town.propose(notice(subsistence=100)).pk == first.pk
    with pytest.raises(GrantRefused, match="请先撤回"):
        town.propose(notice(subsistence=120))
    with acting(town.proposer):
        withdraw(activation_id=first.pk, reason="金额有误", on=ON)
    assert town.propose(notice(subsistence=120)).list_fen == 12_000
    # Another month takes one of its own.
    assert town.propose(notice(cutoff_on=date(2022, 6, 30), subsistence=100)).month == date(2022, 6, 1)


def test_who_proposed_it_does_not_approve_it(town: Town) -> None:
    family(town, town.person())
    started = town.propose(notice(subsistence=100))
    with acting(town.proposer), pytest.raises(SameOfficer):
        actions.approve(activation_id=started.pk, on=ON)
    with pytest.raises(NotReady):
        town.tell(started)


@pytest.mark.parametrize(
    "role",
    ["district_reviewer", "street_officer", "centre_clerk", "finance_preparer", "statistician", "auditor"],
)
def test_roles_that_may_state_no_notice_and_take_in_no_list(town: Town, role: str) -> None:
    family(town, town.person())
    with acting(make_post(role, "310000")):
        with pytest.raises(NotPermitted):
            actions.propose(notice=notice(subsistence=100), on=ON)
        with pytest.raises(NotPermitted):
            take_list(benefit="one_off_living_subsidy", month=JULY, file_name="a", content=b"x", on=ON)


def test_a_district_sees_the_rows_of_its_own_people_alone_and_nobody_rewrites_them(town: Town) -> None:
    town.numbered(WANG)
    town.take(f"证件号码,姓名\n{WANG},王芳\n{QIAN},王芳\n")
    with acting(make_post("district_reviewer", "310107")):
        assert ListedRow.objects.count() == 1
        assert DepartmentList.objects.count() == 0
    with acting(make_post("district_reviewer", "310101")):
        assert ListedRow.objects.count() == 0
    with (
        acting(town.proposer),
        pytest.raises(Error, match=r"只可追加|permission denied"),
        transaction.atomic(),
    ):
        ListedRow.objects.update(trouble="unknown")


def test_the_database_takes_a_list_only_from_the_officer_who_acts(town: Town) -> None:
    other = town.approver.official_id
    with acting(town.proposer), pytest.raises(Error, match="接收人须为本人"), transaction.atomic():
        DepartmentList.objects.create(
            benefit="one_off_living_subsidy", month=JULY.first_day, sender="人社", file_name="a", sha256="0" * 64,
            rows_count=1, matched_count=1, taken_by_id=other, taken_on=ON,
        )  # fmt: skip


def test_everybody_on_the_list_is_told_by_which_notice_as_whom_and_how_much(town: Town) -> None:
    head, without = town.person(), town.person(account=False)
    family(town, head)
    town.told("is_extreme_poverty_supported", person=without)
    started = town.start(notice(subsistence_household=1_000, extreme_poverty=800))
    assert (town.tell(started), town.tell(started)) == (2, 0)
    with town.seeing():
        papers = {letter.person_id: document_of(letter) for letter in AccountLetter.objects.all()}
    paper = papers[head.pk]
    said = "".join((*paper.opening, *paper.closing, *paper.illustrative))
    assert "依据示例通知〔2022〕1号" in said and "按户发给全家" in said and "尾号" in said
    assert "2022年8月4日前" in said  # fifteen days after 20 July
    assert "为示意" in said
    assert [amount.value for amount in paper.amounts] == [100_000]
    other = "".join(papers[without.pk].closing)
    assert "先为您留着" in other and "登记账户" in other


def test_taking_in_a_list_leaves_a_trace_without_the_people(town: Town) -> None:
    town.numbered(WANG)
    town.take(f"证件号码,姓名\n{WANG},王芳\n")
    with town.seeing():
        (entry,) = AuditEntry.objects.filter(act="one_off.take_list")
    assert entry.detail["rows"] == 1 and WANG not in str(entry.detail)


def test_a_member_who_left_before_the_day_is_not_listed(town: Town) -> None:
    from django.db.backends.postgresql.psycopg_any import DateRange

    head, gone = town.person(), town.person()
    family(town, head, gone)
    with town.seeing():
        Membership.objects.filter(person=gone).update(during=DateRange(date(2000, 1, 1), CUTOFF))
    assert set(listed(town, town.propose(notice(subsistence=100)))) == {head.pk}
