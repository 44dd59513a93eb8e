"""What a person decides about a row, who may, and what follows."""

import pytest

from minzheng.kernel.access import NotPermitted, acting_as_service
from minzheng.kernel.audit.models import Entry
from minzheng.kernel.people.models import Fact, Person
from minzheng.kernel.periods import Month
from minzheng.kernel.sources import queries
from minzheng.kernel.sources.actions import CannotDecide, decide_review
from minzheng.kernel.sources.models import ReviewItem
from minzheng.kernel.sources.tests.made import POLICE, as_csv, family, number, resident, wrong

JUNE = Month(2022, 6)
INCOME = ["证件号码", "月份", "养老金", "工资", "就业状态"]
BAD = resident("19700101", 33, name="廖银", household="H000077")
BAD[0] = wrong(BAD[0])
GOOD = number("19700101", 33)


@pytest.fixture
def town(load):
    wages = [
        [GOOD, "202206", "", "5000", "在职"],
        [family(1)[0][0], "202205", "", "7668", "在职"],
        [family(1)[0][0], "202206", "", "766800", "在职"],
    ]
    load(period=JUNE, police_csv=as_csv([POLICE, *family(4), BAD]), w_csv=as_csv([INCOME, *wages]))


def item(code):
    return ReviewItem.objects.get(code=code)


def test_a_corrected_number_enters_the_person_and_what_waited_for_them(town, as_post):
    as_post("street_officer", "310107014")
    row = decide_review(
        item_id=item("identifier_check").pk,
        action="new",
        reason="核对身份证原件",
        values={"citizen_number": GOOD},
    )
    assert row.outcome == "taken"
    assert Person.objects.get(identifiers__value=GOOD).name == "廖银"
    assert Fact.objects.get(kind="wage_fen", int_value=500_000)
    assert item("not_registered").state == "accepted"


def test_a_decision_leaves_its_author_reason_and_trace(town, as_post):
    as_post("street_officer", "310107014")
    decided = item("amount_hundredfold")
    decide_review(item_id=decided.pk, action="accept", reason="来源确认以分计", values={"wage": "7668"})
    decided.refresh_from_db()
    assert decided.state == "accepted"
    assert decided.decided_by.startswith("测试")
    assert Fact.objects.filter(kind="wage_fen", int_value=766_800).count() == 2
    as_post("audit_admin", "310000")
    entry = Entry.objects.get(act="sources.decide")
    assert (entry.reason, entry.detail["fields"]) == ("来源确认以分计", ["wage"])


def test_a_refused_row_writes_nothing(town, as_post):
    as_post("street_officer", "310107014")
    row = decide_review(item_id=item("amount_hundredfold").pk, action="refuse", reason="来源将重新报送")
    assert row.outcome == "refused"
    assert Fact.objects.filter(kind="wage_fen").count() == 1


def test_a_number_that_is_somebody_elses_is_not_taken_over(town, as_post):
    as_post("street_officer", "310107014")
    taken = family(1)[0][0]
    with pytest.raises(CannotDecide, match="名下"):
        decide_review(
            item_id=item("identifier_check").pk,
            action="new",
            reason="核对原件",
            values={"citizen_number": taken},
        )
    assert Person.objects.get(identifiers__value=taken).name == family(1)[0][1]


def test_a_row_linked_to_a_known_person_updates_that_person(town, as_post):
    as_post("street_officer", "310107014")
    person = Person.objects.get(identifiers__value=family(2)[1][0])
    row = decide_review(
        item_id=item("not_registered").pk, action="link", reason="同一人旧号码", person_id=person.pk
    )
    assert row.person_id == person.pk
    assert Fact.objects.get(kind="wage_fen", int_value=500_000).person_id == person.pk


def test_income_of_nobody_cannot_be_accepted(town, as_post):
    as_post("street_officer", "310107014")
    with pytest.raises(CannotDecide, match="关联"):
        decide_review(item_id=item("not_registered").pk, action="accept", reason="照单全收")


def test_a_decision_needs_a_reason_and_comes_once(town, as_post):
    as_post("street_officer", "310107014")
    waiting = item("amount_hundredfold").pk
    with pytest.raises(CannotDecide, match="理由"):
        decide_review(item_id=waiting, action="refuse", reason="无")
    decide_review(item_id=waiting, action="refuse", reason="来源将重新报送")
    with pytest.raises(CannotDecide, match="已于"):
        decide_review(item_id=waiting, action="accept", reason="来源确认以分计")


@pytest.mark.parametrize(
    "role", ["neighbourhood_worker", "finance_preparer", "auditor", "statistician", "system_admin"]
)
def test_other_roles_may_not_decide(town, as_post, role):
    with acting_as_service("test"):
        waiting = item("amount_hundredfold").pk
    as_post(role, "310107014")
    with pytest.raises(NotPermitted):
        decide_review(item_id=waiting, action="refuse", reason="来源将重新报送")


def test_another_street_sees_neither_rows_nor_queue(town, as_post):
    as_post("street_officer", "310107005")
    assert queries.review_queue().rows == []
    file = queries.files()[0]
    assert queries.report_rows(file).rows == []


def test_the_queue_says_why_and_whom(town, as_post):
    as_post("street_officer", "310107014")
    page = queries.review_queue(limit=1)
    assert len(page.rows) == 1
    assert page.next == page.rows[0]["id"]
    assert queries.review_queue(after=page.next).rows[0]["id"] > page.next
    assert "new" in queries.review_queue(contract="police_population").rows[0]["actions"]
    assert "new" not in queries.review_queue(contract="social_security").rows[0]["actions"]


def test_a_report_page_costs_two_queries_and_filters_by_field_and_code(
    town, as_post, django_assert_max_num_queries
):
    as_post("street_officer", "310107014")
    file = queries.find_file("w.csv")
    with django_assert_max_num_queries(1):
        page = queries.report_rows(file, outcome="review")
    assert [row["line"] for row in page.rows] == [2, 4]
    assert [
        row["line"] for row in queries.report_rows(file, code="amount_hundredfold", field="工资").rows
    ] == [4]
    assert [row["line"] for row in queries.report_rows(file, field="养老金").rows] == []
