"""Everybody on an approved list is told what, why, how much, until when and to which account; each sees their own."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from minzheng.domains.price_linkage import actions
from minzheng.domains.price_linkage.importing import DEMONSTRATION, import_readings
from minzheng.domains.price_linkage.tasks import tell_job
from minzheng.domains.price_linkage.tests.town import ON, Town
from minzheng.kernel.access import NotPermitted, acting, acting_as_resident
from minzheng.kernel.access.actions import open_resident_account
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.audit.models import Entry as AuditEntry
from minzheng.kernel.documents import is_code_of, render_pdf
from minzheng.kernel.eventgrants.errors import NotReady
from minzheng.kernel.payments.models import AccountLetter, Order
from minzheng.kernel.payments.settling.letters import document_of
from minzheng.kernel.people.models import Person
from minzheng.kernel.periods import Month


@pytest.fixture
def town(db: None) -> Town:
    return Town()


def poor(town: Town, **about: object) -> Person:
    person = town.person(**about)  # type: ignore[arg-type]
    town.told("is_extreme_poverty_supported", person=person)
    return person


def words(letter: AccountLetter) -> str:
    paper = document_of(letter)
    return "".join((*paper.opening, *paper.closing, *paper.illustrative))


def letter_to(town: Town, person: Person) -> AccountLetter:
    with town.seeing():
        return AccountLetter.objects.get(person=person)


def test_the_letter_says_what_why_how_much_until_when_and_to_which_account(town: Town, settings) -> None:
    person = poor(town)
    town.prices()
    activation = town.approve(town.propose())
    assert town.tell(activation) == 1
    letter = letter_to(town, person)
    paper = document_of(letter)
    said = words(letter)
    assert (letter.kind, letter.addressee_id, paper.addressee) == ("event", person.pk, "王芳")
    assert "食品价格比一年前上涨8.8%（达到6.0%的启动线）" in said
    assert "居民消费价格比一年前上涨2.8%，" in said  # below its line of 3.0 %
    assert "您是2022年9月的特困供养人员" in said
    assert [(a.label, a.value) for a in paper.amounts] == [("2022年9月价格临时补贴", 12_500)]
    assert f"2022年10月30日前打入您登记的账户（示例银行，尾号{person.pk:04d}）" in said
    assert is_code_of(letter.code, paper, secrets=[settings.SECRET_KEY])
    assert render_pdf(paper).startswith(b"%PDF")


def test_a_figure_that_is_only_illustrative_is_named_so_and_a_published_one_is_not(town: Town) -> None:
    published = poor(town)
    town.prices()
    town.tell(town.approve(town.propose()))
    assert "示例数值" not in words(letter_to(town, published))
    assert "发放期限的天数为示意" in words(letter_to(town, published))
    assert "达到启动线的涨幅，由2022年发放的总额推断）没有文件写明，为示意" in words(
        letter_to(town, published)
    )
    with acting(town.proposer):
        import_readings(path=DEMONSTRATION, on=date(2023, 2, 1))
    town.tell(town.approve(town.propose(Month(2022, 8))))
    with town.seeing():
        assumed = AccountLetter.objects.latest("id")
    assert "居民消费价格涨幅为示例数值" in words(assumed)


def test_whoever_has_no_account_is_told_how_to_give_one_and_is_paid_after_giving_it(town: Town) -> None:
    person = poor(town, account=False)
    other = poor(town)
    town.prices()
    activation = town.approve(town.propose())
    assert town.tell(activation) == 2
    said = words(letter_to(town, person))
    assert (
        "先为您留着，不会作废" in said
        and "登记账户" in said
        and "委托家人代办" in said
        and "尾号" not in said
    )
    town.pay(activation)
    with town.seeing():
        states = dict(Order.objects.values_list("person_id", "state"))
        assert (states[person.pk], states[other.pk]) == ("held", "in_batch")
    town.account(person)
    town.pay(activation)
    with town.seeing():
        assert Order.objects.get(person=person).state == "in_batch"


def test_nobody_is_told_twice_and_who_was_added_late_is_told_then(town: Town) -> None:
    poor(town)
    town.prices()
    activation = town.approve(town.propose())
    tell_job(activation_id=activation.pk, on=ON.isoformat())
    assert town.tell(activation) == 0
    late = poor(town)
    with acting(town.approver):
        actions.add_late(activation_id=activation.pk, month=Month(2022, 9), on=ON)
    tell_job(activation_id=activation.pk, on=ON.isoformat())
    with town.seeing():
        assert AccountLetter.objects.count() == 2
        assert AccountLetter.objects.filter(person=late).count() == 1
        assert [e.detail["letters"] for e in AuditEntry.objects.filter(act="grants.tell").order_by("id")] == [
            1,
            1,
        ]


def test_nothing_is_told_before_the_approval_or_by_a_post_that_may_not(town: Town) -> None:
    poor(town)
    town.prices()
    activation = town.propose()
    with pytest.raises(NotReady, match="nothing to tell"):
        town.tell(activation)
    town.approve(activation)
    for role in ("finance_preparer", "auditor", "statistician"):
        with acting(make_post(role, "310000")), pytest.raises((NotPermitted, NotReady)):
            actions.tell(activation_id=activation.pk, on=ON)


def test_a_resident_sees_their_own_letter_and_no_other(town: Town) -> None:
    mine, theirs = poor(town), poor(town)
    town.prices()
    town.tell(town.approve(town.propose()))
    other = letter_to(town, theirs).pk
    with acting_as_resident(mine.pk):
        assert list(AccountLetter.objects.values_list("person_id", flat=True)) == [mine.pk]
        assert not AccountLetter.objects.filter(pk=other).exists()
    with acting(make_post("district_reviewer", "310151")):
        assert not AccountLetter.objects.exists()


def test_the_letter_stands_on_the_residents_own_pages_and_not_on_another_s(town: Town) -> None:
    mine, theirs = poor(town), poor(town)
    town.prices()
    town.tell(town.approve(town.propose()))
    own, other = letter_to(town, mine), letter_to(town, theirs)
    with town.seeing():
        open_resident_account(username="jumin", password="Minzheng-2022", person_id=mine.pk)
    client = Client()
    client.force_login(User.objects.get(username="jumin"), "django.contrib.auth.backends.ModelBackend")
    home = client.get(reverse("my_home")).content.decode()
    assert "价格临时补贴告知书" in home and reverse("my_account_letter", args=[own.pk]) in home
    shown = client.get(reverse("my_account_letter", args=[own.pk])).content.decode()
    assert "达到6.0%的启动线" in shown and f"尾号{mine.pk:04d}" in shown
    assert client.get(reverse("my_account_pdf", args=[own.pk])).content.startswith(b"%PDF")
    for name in ("my_account_letter", "my_account_pdf"):
        assert client.get(reverse(name, args=[other.pk])).status_code == 404


def test_the_letter_of_somebody_who_died_after_the_month_goes_to_the_family(town: Town) -> None:
    person, spouse = poor(town), town.person()
    home = town.household(person)
    town.join(home, spouse, date(2000, 1, 1), role=2)
    town.prices()
    with town.seeing():
        Person.objects.filter(pk=person.pk).update(death_date=date(2022, 10, 5))
    town.tell(town.approve(town.propose()))
    letter = letter_to(town, person)
    assert letter.addressee_id == spouse.pk
    assert document_of(letter).addressee == "王芳的家人"
