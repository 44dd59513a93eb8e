"""The page of one-off subsidies: a list taken in, a notice stated, approved by another, and who of which group is paid."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from minzheng.domains.one_off_subsidies.tests.town import ON, PAPER, Town, notice
from minzheng.kernel.access.models import Post
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.audit.models import Entry as AuditEntry
from minzheng.kernel.eventgrants.models import Activation
from minzheng.kernel.periods import Month
from minzheng.surfaces.web.city import one_off

PAGE = "/work/city/one-off/"
WANG, NOBODY = "310101195003010018", "310101195003010034"


@pytest.fixture
def town(db: None, monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setattr(one_off, "working_day", lambda: ON)
    town = Town()
    person = town.person()
    town.allowance(town.household(person), person, Month(2022, 1))
    return town


def signed_in(post: Post, language: str = "zh-hans") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(User.objects.get(official__posts=post))
    return client


def text_of(answer, status: int = 200) -> str:
    assert answer.status_code == status
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def stated(**more: str) -> dict[str, str]:
    told = {
        "benefit": "one_off_living_subsidy", "cutoff_on": "2022-07-15", "source": PAPER, "provenance": "illustrative",
        "pay_days": "15", "sum_subsistence_household": "1000", "sum_unemployed": "600",
    }  # fmt: skip
    return {f"notice-{name}": value for name, value in (told | more).items()}


def given(text: str) -> dict[str, object]:
    file = SimpleUploadedFile("人社.csv", text.encode(), content_type="text/csv")
    return {"list-benefit": "one_off_living_subsidy", "list-month": "2022-07", "list-file": file}


def test_from_a_department_s_list_to_an_approved_payment_on_the_page(town: Town) -> None:
    town.numbered(WANG)
    proposer, approver = signed_in(town.proposer), signed_in(town.approver)
    taken = text_of(
        proposer.post(PAGE + "lists/", given(f"证件号码,姓名\n{WANG},王芳\n{NOBODY},李强\n"), follow=True)
    )
    assert "名单已接收" in taken and "人口库中没有这个证件号码" in taken and "310***********0034" in taken
    assert WANG not in taken
    waiting = text_of(proposer.post(PAGE + "propose/", stated(), follow=True))
    assert "困难失业人员：1 人，每份 ¥600.00，共 ¥600.00" in waiting
    assert "低保家庭（每户）：1 人，每份 ¥1,000.00" in waiting
    assert "审批发放" not in waiting and "撤回提议" in waiting
    with town.seeing():
        number = Activation.objects.get().pk
    assert "须由另一人审批" in text_of(proposer.post(f"{PAGE}{number}/approve/", follow=True))
    shown = text_of(approver.post(f"{PAGE}{number}/approve/", follow=True))
    assert "已启动" in shown and "2022-08-04" in shown and "¥1,600.00" in shown and "人社" in shown
    assert "按最新登记补列" in shown
    late = text_of(approver.post(f"{PAGE}{number}/late/", follow=True))
    assert "已按最新登记补列" in late


def test_what_was_typed_stays_with_the_refusal_above_it(town: Town) -> None:
    client = signed_in(town.proposer)
    told = text_of(client.post(PAGE + "propose/", stated()), 422)
    assert "尚未接收人社部门2022年7月的名单" in told
    assert PAPER in client.post(PAGE + "propose/", stated()).content.decode()
    wrong = text_of(client.post(PAGE + "propose/", stated(sum_unemployed="一百")), 422)
    assert "请填写金额" in wrong
    missing = text_of(client.post(PAGE + "lists/", {"list-month": "2022-07"}), 422)
    assert "请选择名单文件" in missing
    unreadable = text_of(client.post(PAGE + "lists/", given("姓名\n王芳\n"), follow=True))
    assert "缺少列 证件号码" in unreadable


@pytest.mark.parametrize("role", ["street_officer", "district_reviewer", "centre_clerk", "statistician"])
def test_roles_that_do_not_see_one_off_subsidies(town: Town, role: str) -> None:
    taken = town.take(f"证件号码,姓名\n{NOBODY},李强\n")
    client = signed_in(make_post(role, "310000"))
    assert client.get(PAGE).status_code == 403
    assert client.get(f"{PAGE}lists/{taken.pk}/").status_code == 403
    assert client.post(PAGE + "propose/", stated()).status_code == 403
    assert client.post(PAGE + "lists/", given("x")).status_code == 403


def test_finance_sees_the_payments_and_can_start_nothing(town: Town) -> None:
    started = town.propose(notice(subsistence=100))
    client = signed_in(town.preparer)
    shown = text_of(client.get(PAGE, {"year": 2022}))
    assert "编制发放批次" in shown and "冻结名单并提交审批" not in shown
    assert client.post(f"{PAGE}{started.pk}/approve/").status_code == 403


def test_looking_at_a_list_is_traced(town: Town) -> None:
    taken = town.take(f"证件号码,姓名\n{NOBODY},李强\n")
    signed_in(town.approver).get(f"{PAGE}lists/{taken.pk}/")
    with town.seeing():
        assert (
            AuditEntry.objects.filter(act="one_off.look_list", subject=f"one_off.list:{taken.pk}").count()
            == 1
        )


def test_in_english_the_groups_and_what_to_do_are_english(town: Town) -> None:
    page = text_of(signed_in(town.proposer, "en").get(PAGE, {"year": 2022}))
    assert "One-off subsidies" in page and "Unemployed people in difficulty" in page
    assert not re.search(r"[一-鿿]{4,}", page.replace("证件号码", "")), page


def test_the_number_of_queries_does_not_grow_with_the_payments(
    town: Town, django_assert_max_num_queries
) -> None:
    for number in (4, 5, 6, 7):
        town.start(notice(cutoff_on=ON.replace(month=number), subsistence=100))
    client = signed_in(town.approver)
    with django_assert_max_num_queries(30):
        client.get(PAGE, {"year": 2022})
