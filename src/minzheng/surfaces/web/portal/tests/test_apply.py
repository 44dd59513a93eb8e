"""Applying online: known answers confirmed or disputed, pages kept, papers handed in, sent once."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.models import Authorisation, Case, Dispute, Letter, Material
from minzheng.kernel.cases.tests import world as cases
from minzheng.kernel.people.models import Person
from minzheng.surfaces.web.portal import apply as apply_page
from minzheng.surfaces.web.portal import cases as cases_page
from minzheng.surfaces.web.portal import catalogue, objections, papers, trust
from minzheng.surfaces.web.portal.tests import world
from minzheng.surfaces.web.portal.tests.world import APPLY

pytestmark = pytest.mark.django_db
ON = date(2022, 9, 26)
PHOTO = b"\x89PNG\r\n\x1a\n" + bytes.fromhex(
    "0000000d49484452000000010000000108060000001f15c4890000000d49444154789c636460f8cf500f00038601805a34"
    "7d6b0000000049454e44ae426082"
)  # fmt: skip


@pytest.fixture(autouse=True)
def _on(monkeypatch):
    for module in (apply_page, cases_page, catalogue, objections, papers, trust):
        monkeypatch.setattr(module, "working_day", lambda: ON)


@pytest.fixture
def person() -> Person:
    return cases.poor_household()


@pytest.fixture
def browser(person) -> Client:
    return world.signed_in(person, "xiaomei")


def case_of(pk: int) -> Case:
    with acting_as_service("test"):
        return Case.objects.get(pk=pk)


def test_the_allowance_is_applied_for_from_start_to_receipt(browser, person):
    pk = world.apply(browser)
    sent = browser.post(f"/my/cases/{pk}/send/")
    assert sent["Location"] == f"/my/cases/{pk}/receipt/"
    found = case_of(pk)
    assert (found.state, found.channel, found.deciding_division) == ("submitted", "online", cases.CHONGMING)
    assert found.answers["name"] | {"on": ""} == {
        "value": cases.NAME, "origin": "registry", "source": "公安", "on": "", "confirmed": True,
    }  # fmt: skip
    page = browser.get(sent["Location"]).content.decode()
    assert found.number in page and "2022年10月8日" in page
    with acting_as_service("test"):
        actions.take_in(case=pk, on=ON)
        letter = Letter.objects.get(case_id=pk)
    assert letter.kind == "receipt"
    assert "看收件凭证" in browser.get(f"/my/cases/{pk}/receipt/").content.decode()


def test_a_double_click_on_start_is_one_case_and_on_send_too(browser):
    first = browser.post(f"/services/{APPLY}/apply/", {"key": "twice"})
    again = browser.post(f"/services/{APPLY}/apply/", {"key": "twice"})
    assert first["Location"] == again["Location"]
    pk = world.apply(browser, key="other")
    assert browser.post(f"/my/cases/{pk}/send/").status_code == 302
    browser.post(f"/my/cases/{pk}/send/")
    with acting_as_service("test"):
        assert Case.objects.count() == 2
        assert case_of(pk).events.filter(act="submit").count() == 1


def test_a_known_answer_may_be_disputed_and_the_case_goes_on(browser):
    started = browser.post(f"/services/{APPLY}/apply/", {"key": "k"})
    page = browser.get(started["Location"]).content.decode()
    assert "本市已有：公安机关" in page
    assert browser.post(started["Location"], {"wrong_name": "on"}).status_code == 200, (
        "what is right is missing"
    )
    browser.post(started["Location"], {"wrong_name": "on", "told_name": "施晓梅"})
    with acting_as_service("test"):
        dispute = Dispute.objects.get()
    assert (dispute.known, dispute.told, dispute.state) == (cases.NAME, "施晓梅", "open")
    assert "已提出异议" in browser.get(started["Location"]).content.decode()


def test_what_is_wrong_is_told_and_what_is_right_is_kept(browser):
    pk = int(browser.post(f"/services/{APPLY}/apply/", {"key": "k"})["Location"].split("/")[3])
    address = f"/my/cases/{pk}/questions/1/"
    asked = [field.name for field in browser.get(address).context["form"].asked]
    page = browser.post(address, world.TOLD | {"phone": "12", "seen": asked})
    assert page.status_code == 200 and "须为 11 位手机号码" in page.content.decode()
    kept = case_of(pk).answers
    assert "phone" not in kept and kept["marital_state"]["value"] == "single"


def test_a_question_appears_with_the_answer_it_hangs_on_and_goes_with_it(browser):
    pk = int(browser.post(f"/services/{APPLY}/apply/", {"key": "k"})["Location"].split("/")[3])
    address = f"/my/cases/{pk}/questions/1/"
    # The wage of this applicant is known; the paper on it is asked for only where somebody works.
    asked = [field.name for field in browser.get(address).context["form"].asked]
    browser.post(address, world.TOLD | {"has_job": "yes", "seen": asked})
    assert "工资收入证明" in browser.get(f"/my/cases/{pk}/papers/").content.decode()
    browser.post(address, world.TOLD | {"has_job": "no", "seen": asked})
    assert "工资收入证明" not in browser.get(f"/my/cases/{pk}/papers/").content.decode()


def test_half_a_form_is_saved_and_listed_to_go_on_with(browser):
    pk = int(browser.post(f"/services/{APPLY}/apply/", {"key": "k"})["Location"].split("/")[3])
    answer = browser.post(f"/my/cases/{pk}/questions/1/", {"phone": "13800000000", "later": "1"})
    assert answer["Location"] == f"/my/cases/{pk}/"
    assert case_of(pk).answers["phone"]["value"] == "13800000000"
    assert "接着填" in browser.get(f"/services/{APPLY}/apply/").content.decode()
    assert case_of(pk).number in browser.get("/my/cases/").content.decode()


def test_an_incomplete_form_is_not_sent_and_everything_missing_is_told(browser):
    pk = int(browser.post(f"/services/{APPLY}/apply/", {"key": "k"})["Location"].split("/")[3])
    answer = browser.post(f"/my/cases/{pk}/send/", follow=True)
    page = answer.content.decode()
    assert "请填写“联系电话”" in page and "请填写“申请原因”" in page
    assert case_of(pk).state == "draft"


def test_a_photographed_paper_is_kept_and_a_program_is_refused_with_words(browser):
    pk = world.apply(browser)
    browser.post(f"/my/cases/{pk}/papers/authorisation/", {"photo": SimpleUploadedFile("授权书.png", PHOTO)})
    with acting_as_service("test"):
        row = Material.objects.select_related("upload").get(case_id=pk, code="authorisation")
    assert (row.state, row.file_name, row.upload.content_type) == ("submitted", "授权书.png", "image/png")
    page = browser.post(
        f"/my/cases/{pk}/papers/authorisation/",
        {"file": SimpleUploadedFile("照片.png", b"MZ\x90\x00" + b"\0" * 200)},
        follow=True,
    ).content.decode()
    assert "请上传 PDF" in page
    assert browser.post(f"/my/cases/{pk}/papers/no_such_paper/", {}).status_code == 404


def test_the_authorisation_is_given_online_and_taken_back(browser, person):
    pk = world.apply(browser)
    browser.post(f"/my/cases/{pk}/household/")
    with acting_as_service("test"):
        row = Authorisation.objects.get()
    assert (row.person_id, row.way, row.given_on) == (person.pk, "online", ON)
    assert "已授权" in browser.get("/my/trust/").content.decode()
    browser.post(f"/my/trust/authorise/{row.pk}/", {"answer": "revoke"})
    with acting_as_service("test"):
        assert Authorisation.objects.get().revoked_on == ON


def test_a_correction_is_shown_with_its_day_and_sent_back_complete(browser):
    pk = world.apply(browser)
    browser.post(f"/my/cases/{pk}/send/")
    with acting_as_service("test"):
        actions.take_in(case=pk, on=ON)
    with acting(make_post("street_officer", cases.CHONGMING)):
        actions.ask_correction(case=pk, on=ON, note="请补授权书")
    page = browser.get(f"/my/cases/{pk}/").content.decode()
    assert "请您补正" in page and "请补授权书" in page and "2022年10月8日" in page
    for paper in browser.get(f"/my/cases/{pk}/").context["asked"]:
        browser.post(
            f"/my/cases/{pk}/papers/{paper['paper'].code}/", {"photo": SimpleUploadedFile("一.png", PHOTO)}
        )
    assert browser.post(f"/my/cases/{pk}/send/")["Location"] == f"/my/cases/{pk}/receipt/"
    assert case_of(pk).state == "submitted"
