"""My cases: all of mine and nobody else's; progress, letters, withdrawal, objections, ratings, mandates."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from minzheng.kernel.access import acting_as_resident, acting_as_service
from minzheng.kernel.cases import actions, tasks
from minzheng.kernel.cases.models import Case, Letter, Mandate
from minzheng.kernel.cases.tests import elders
from minzheng.kernel.cases.tests import world as cases
from minzheng.kernel.people.models import Person
from minzheng.kernel.people.tests import world as people
from minzheng.surfaces.web.portal import apply as apply_page
from minzheng.surfaces.web.portal import cases as cases_page
from minzheng.surfaces.web.portal import catalogue, joined, objections, papers, trust
from minzheng.surfaces.web.portal.tests import world
from minzheng.surfaces.web.portal.tests.world import APPLY

pytestmark = pytest.mark.django_db
ON = date(2022, 9, 26)


@pytest.fixture(autouse=True)
def _on(monkeypatch):
    for module in (apply_page, cases_page, catalogue, joined, objections, papers, trust):
        monkeypatch.setattr(module, "working_day", lambda: ON)


@pytest.fixture
def person() -> Person:
    return cases.poor_household()


@pytest.fixture
def other() -> Person:
    return cases.poor_household(serial=3, name="陈阿四", household="H100002")


@pytest.fixture
def browser(person) -> Client:
    return world.signed_in(person, "xiaomei")


@pytest.fixture
def stranger(other) -> Client:
    return world.signed_in(other, "asi")


@pytest.fixture
def sent(browser) -> int:
    pk = world.apply(browser)
    browser.post(f"/my/cases/{pk}/send/")
    with acting_as_service("test"):
        actions.take_in(case=pk, on=ON)
    return pk


def letter_of(pk: int) -> Letter:
    with acting_as_service("test"):
        return Letter.objects.get(case_id=pk)


def test_the_progress_names_each_step_with_its_place_and_its_day(browser, sent):
    page = browser.get(f"/my/cases/{sent}/").content.decode().partition("mz-timeline")[2]
    assert page.index("提交申请") < page.index(">受理<") < page.index("家庭经济状况核对") < page.index("公示")
    assert "城桥镇" in page and "应在 2022年10月8日 前办好" in page


def test_a_letter_is_read_on_screen_and_kept_as_pdf_and_word(browser, sent):
    letter = letter_of(sent)
    assert letter.read_at is None
    assert "收件凭证" in browser.get(f"/my/cases/{sent}/letters/{letter.pk}/").content.decode()
    assert letter_of(sent).read_at is not None
    pdf = browser.get(f"/my/cases/{sent}/letters/{letter.pk}.pdf")
    assert pdf.content.startswith(b"%PDF") and "attachment" in pdf["Content-Disposition"]
    assert browser.get(f"/my/cases/{sent}/letters/{letter.pk}.docx").content.startswith(b"PK")
    assert browser.get(f"/my/cases/{sent}/letters/{letter.pk}.exe").status_code == 404


def test_anybody_may_check_a_letter_and_learns_nobodys_name(sent):
    letter = letter_of(sent)
    page = Client().get("/letters/check/", {"code": letter.code.replace("-", "").lower()}).content.decode()
    assert "这份文书是真实的" in page and "收件凭证" in page
    assert cases.NAME not in page and str(sent) not in page
    altered = letter.code[:-1] + ("A" if letter.code[-1] != "A" else "B")
    assert "没有查到这个查验码" in Client().get("/letters/check/", {"code": altered}).content.decode()
    assert "查验码应为 12 位" in Client().get("/letters/check/", {"code": "AB12"}).content.decode()


@pytest.mark.parametrize(
    "page",
    ["", "known/", "questions/", "questions/1/", "papers/", "send/", "receipt/", "withdraw/", "rate/", "help/", "review/review/"],
)  # fmt: skip
def test_another_residents_case_is_not_found(stranger, sent, page):
    assert stranger.get(f"/my/cases/{sent}/{page}").status_code == 404


def test_anothers_letter_is_not_found_nor_written_to(stranger, sent):
    letter = letter_of(sent)
    for end in ("/", ".pdf", ".docx"):
        assert stranger.get(f"/my/cases/{sent}/letters/{letter.pk}{end}").status_code == 404
    for page in (
        "known/",
        "questions/1/",
        "papers/authorisation/",
        "household/",
        "send/",
        "withdraw/",
        "rate/",
    ):
        assert stranger.post(f"/my/cases/{sent}/{page}", {"score": "1"}).status_code == 404
    assert letter_of(sent).read_at is None


def test_who_has_not_signed_in_is_sent_to_the_door(sent):
    for page in ("/my/cases/", f"/my/cases/{sent}/", "/my/trust/", f"/services/{APPLY}/apply/", "/joined/marriage_and_birth/apply/"):  # fmt: skip
        assert Client().get(page)["Location"].startswith("/login/")


def test_a_list_of_many_cases_asks_as_often_as_a_list_of_one(browser, sent, django_assert_max_num_queries):
    browser.get("/my/cases/")

    def queries() -> int:
        with django_assert_max_num_queries(30) as asked:
            browser.get("/my/cases/")
        return len(asked)

    one = queries()
    for number in range(20):
        browser.post(f"/services/{APPLY}/apply/", {"key": f"many-{number}"})
    assert queries() == one
    assert len(browser.get("/my/cases/").context["rows"]) == cases_page.PAGE


def test_the_page_of_a_case_asks_a_bounded_number_of_times(browser, sent, django_assert_max_num_queries):
    with django_assert_max_num_queries(40):
        browser.get(f"/my/cases/{sent}/")


def test_a_case_is_found_by_its_number_and_anothers_is_not(browser, stranger, sent):
    assert (
        browser.get("/my/cases/", {"number": f"2022-{sent % 10**10:010d}"})["Location"]
        == f"/my/cases/{sent}/"
    )
    assert "没有找到这个编号" in stranger.get("/my/cases/", {"number": str(sent)}).content.decode()


def test_a_case_is_withdrawn_after_being_asked_once_more(browser, sent):
    assert browser.get(f"/my/cases/{sent}/withdraw/").status_code == 200
    browser.post(f"/my/cases/{sent}/withdraw/", {"reason": "找到工作了"})
    with acting_as_service("test"):
        assert Case.objects.get(pk=sent).state == "withdrawn"
    assert browser.get(f"/my/cases/{sent}/withdraw/").status_code == 404


def test_the_letter_about_a_withdrawn_review_stands_on_the_cases_page(db):
    person = elders.elder()
    case = elders.decided(person, "refused", elders.street_officer())
    day = date(2022, 10, 17)
    with acting_as_resident(person.pk):
        review = actions.file_review(case=case, kind="review", words="本人一直是本市户籍", on=day)
        actions.withdraw_review(review=review, on=day)
    tasks.review_withdrawn_job(review_id=review.pk, on=day.isoformat())
    browser = world.signed_in(person, "azhen")
    page = browser.get(f"/my/cases/{case.pk}/").content.decode()
    with acting_as_resident(person.pk):
        letter = Letter.objects.get(case=case, kind="review")
    assert "复核终止通知书" in page and "已撤回" in page
    opened = browser.get(f"/my/cases/{case.pk}/letters/{letter.pk}/").content.decode()
    assert "2022年10月17日撤回" in opened and "提起行政诉讼" in opened


def test_an_ended_case_is_rated_once(browser, sent):
    browser.post(f"/my/cases/{sent}/withdraw/", {})
    browser.post(f"/my/cases/{sent}/rate/", {"score": "2", "words": "等了很久"})
    with acting_as_service("test"):
        assert Case.objects.get(pk=sent).rating.score == 2
    assert browser.get(f"/my/cases/{sent}/rate/").status_code == 404


def test_a_question_reaches_a_clerk_and_stays_with_the_case(browser, sent):
    browser.post(f"/my/cases/{sent}/help/", {"words": "授权书怎么写？"})
    assert "等待工作人员答复" in browser.get(f"/my/cases/{sent}/").content.decode()


def test_a_mandate_lets_the_helper_apply_and_ends_when_revoked(browser, stranger, person, other):
    given = browser.post(
        "/my/trust/give/",
        {"helper_name": other.name, "helper_identifier": people.number(3, "19650505"), "item": APPLY,
         "may_see": "on", "may_submit": "on", "until": "2022-12-31"},
    )  # fmt: skip
    assert given["Location"] == "/my/trust/"
    with acting_as_service("test"):
        mandate = Mandate.objects.get()
    assert cases.NAME in stranger.get("/my/trust/").content.decode()
    start = stranger.get(f"/services/{APPLY}/apply/").content.decode()
    assert cases.NAME in start
    opened = stranger.post(f"/services/{APPLY}/apply/", {"key": "m", "mandate": str(mandate.pk)})
    with acting_as_service("test"):
        found = Case.objects.get()
    assert (found.person_id, found.applicant_id, found.mandate_id) == (person.pk, other.pk, mandate.pk)
    assert stranger.get(opened["Location"]).status_code == 200
    assert stranger.post(f"/my/trust/{mandate.pk}/revoke/").status_code == 404
    browser.post(f"/my/trust/{mandate.pk}/revoke/")
    assert stranger.post(
        f"/services/{APPLY}/apply/", {"key": "m2", "mandate": str(mandate.pk)}
    ).status_code in (302, 403)
    with acting_as_service("test"):
        assert Case.objects.count() == 1


def test_a_joined_application_is_one_form_and_one_view(browser, monkeypatch):
    # Since December a couple may choose the registry's district, which the joined form asks for.
    monkeypatch.setattr(joined, "working_day", lambda: date(2022, 12, 5))
    form = browser.get("/joined/marriage_and_birth/apply/")
    names = [field.name for field in form.context["form"].asked]
    told = {
        "name": cases.NAME, "identifier": cases.NUMBER, "phone": "13800000000", "spouse_name": "陈阿四",
        "spouse_identifier": people.number(4, "19640404", ), "wedding_day": "2022-12-20", "residence": "城桥镇一号",
        "institution_place": "310151101", "new_hukou_place": "310151101",
    }  # fmt: skip
    opened = browser.post(
        "/joined/marriage_and_birth/apply/",
        {name: told[name] for name in names}
        | {"parts": ["hukou_spouse_move", "birth_registration"], "key": "j"},
    )
    assert opened.status_code == 302, [str(one) for one in opened.context["messages"]] + [
        opened.context["chosen"].errors
    ]
    page = browser.get(opened["Location"]).content.decode()
    assert "结婚登记" in page and "办好后自动提交" in page
    with acting_as_service("test"):
        assert Case.objects.count() == 3


def test_an_official_has_no_portal_of_their_own(sent):
    from minzheng.kernel.access.testing import make_post

    post = make_post("centre_clerk", cases.XUHUI, password="Minzheng-2022")
    clerk = Client()
    clerk.force_login(post.official.user, "django.contrib.auth.backends.ModelBackend")
    assert clerk.get("/my/cases/").status_code == 403
    assert clerk.get(f"/my/cases/{sent}/").status_code == 403
