"""The couple's page: what is shown, what is told at once where it is missing, one press or nothing."""

from __future__ import annotations

import base64
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from minzheng.domains.marriage_registration.attachment_models import Attachment
from minzheng.domains.marriage_registration.models import Kind, MaritalTie, Refusal, Registration
from minzheng.domains.marriage_registration.parties import Party
from minzheng.domains.marriage_registration.requirements import requirements
from minzheng.domains.marriage_registration.tests.conftest import PUTUO, XUHUI, stranger
from minzheng.kernel.access import acting_as_service

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
DRAWN = "data:image/png;base64," + base64.b64encode(PIXEL).decode()


def begin(desk: Client, man: Party, woman: Party, act: str = "marriage", **other: str):
    """Both cards are put on the desk."""
    told = {"act": act, "man_identifier": man.identifier, "man_name": man.name,
            "woman_identifier": woman.identifier, "woman_name": woman.name} | other  # fmt: skip
    return desk.post("/work/marriage/begin/", told)


def everything(act: str, man: Party, woman: Party) -> dict[str, str]:
    """Every box ticked, photographed and signed on paper."""
    wanted = requirements(act, {"man": man, "woman": woman})
    ticked = {"need_" + one.code.replace(".", "_"): "on" for one in wanted if one.what != "photograph"}
    return ticked | {"photo_paper": "P-1", "paper_man": "Q-1", "paper_woman": "Q-2"}


@pytest.fixture
def couple(make_person) -> tuple[Party, Party]:
    """He is of 徐汇 and she of 金山: the office of 普陀 is home to neither."""
    return make_person(1, home=XUHUI), make_person(2, home="310116")


def test_a_couple_of_two_other_districts_is_registered_with_photograph_and_signatures(putuo, couple, window):
    desk = window(putuo.registrar)
    assert begin(desk, *couple).url == "/work/marriage/couple/"
    page = desk.get("/work/marriage/couple/").content.decode()
    assert "本处可以办理：跨区通办（计为跨区）" in page and couple[0].identifier not in page
    told = everything("marriage", *couple) | {
        "photo": SimpleUploadedFile("a.png", PIXEL), "drawn_man": DRAWN, "paper_man": "",
    }  # fmt: skip
    done = desk.post("/work/marriage/couple/register/", told)
    with acting_as_service("test"):
        entry = Registration.objects.get(kind=Kind.MARRIAGE)
        assert done.url == f"/work/marriage/register/{entry.pk}/" and entry.is_cross_district
        assert {(one.what, bool(one.upload_id), one.paper_number) for one in Attachment.objects.all()} == {
            ("photograph", True, ""), ("signature_man", True, ""), ("signature_woman", False, "Q-2")}  # fmt: skip
        assert MaritalTie.objects.filter(during__upper_inf=True).count() == 2
    shown = desk.get(done.url).content.decode()
    assert entry.number in shown and "男方居民身份证" in shown
    picture = Attachment.objects.filter(what="photograph").first()
    assert picture is None or desk.get(f"/work/marriage/attachments/{picture.pk}/").status_code == 200


def test_everything_missing_is_told_at_once_and_nothing_is_written(putuo, couple, window):
    desk = window(putuo.registrar)
    begin(desk, *couple)
    errors = desk.post("/work/marriage/couple/register/", {"need_man_id_card": "on"}).context["form"].errors
    assert "need_woman_id_card" in errors and "need_man_id_card" not in errors
    assert {"need_woman_free_will", "photo", "paper_man", "paper_woman"} <= errors.keys()
    with acting_as_service("test"):
        assert not Registration.objects.exists() and not Attachment.objects.exists()


def test_a_picture_that_is_none_keeps_the_act_back(putuo, couple, window):
    desk = window(putuo.registrar)
    begin(desk, *couple)
    told = everything("marriage", *couple) | {"photo": SimpleUploadedFile("a.png", b"<html><script>")}
    page = desk.post("/work/marriage/couple/register/", told).content.decode()
    assert "没有办理，未作任何改动" in page and "不接受这种文件" in page
    with acting_as_service("test"):
        assert not Registration.objects.exists() and not Attachment.objects.exists()


def test_a_second_marriage_is_refused_and_its_number_shown_to_the_registrar_alone(
    putuo, couple, make_person, window
):
    first = putuo.marry(*couple)
    desk = window(putuo.registrar)
    begin(desk, couple[0], make_person(4))
    page = desk.get("/work/marriage/couple/").content.decode()
    assert "男方在婚姻登记中已有配偶" in page and f"已有登记 {first.number}（仅登记员可见" in page
    assert "第一千零四十二条" in page
    told = everything("marriage", couple[0], make_person(4))
    assert first.number not in str(desk.post("/work/marriage/couple/register/", told).context["refusal"])
    done = desk.post("/work/marriage/couple/refuse/")
    with acting_as_service("test"):
        refusal = Refusal.objects.get()
        assert first.number not in str(refusal.reasons)
    assert first.number in desk.get(done.url).content.decode()
    assert first.number not in window("district_reviewer").get(done.url).content.decode()


@pytest.mark.parametrize("on, allowed", [(date(2022, 11, 30), False), (date(2022, 12, 1), True)])
def test_a_couple_of_no_pilot_district_comes_to_another_from_december_on(
    putuo, make_person, window, day, on, allowed
):
    day(on)
    desk = window(putuo.registrar)
    begin(desk, make_person(1, home="310116"), make_person(2, home="310116"))
    page = desk.get("/work/marriage/couple/").content.decode()
    assert ("本处可以办理" in page) is allowed and ("本处不能办理" in page) is not allowed


def test_what_they_brought_is_marked_where_it_differs(putuo, couple, window):
    desk = window(putuo.registrar)
    begin(desk, *couple)
    told = {"man-nationality": "mainland", "man-identifier_kind": "citizen", "man-hukou": PUTUO, "man-marital": "unmarried",
            "woman-nationality": "mainland", "woman-identifier_kind": "citizen", "woman-hukou": "310116"}  # fmt: skip
    assert desk.post("/work/marriage/couple/brought/", told).status_code == 302
    rows = {row["label"]: row["cells"] for row in desk.get("/work/marriage/couple/").context["rows"]}
    assert [cell["differs"] for cell in rows["户籍所在区"]] == [True, False]
    assert not any(cell["differs"] for cell in rows["婚姻状况"])


def test_a_card_whose_name_is_another_persons_begins_nothing(putuo, couple, window):
    desk = window(putuo.registrar)
    page = begin(desk, couple[0], couple[1], woman_name="别人").content.decode()
    assert "不符" in page
    assert desk.get("/work/marriage/couple/").status_code == 302


def test_both_cards_are_asked_for_unless_a_certificate_of_no_record_is_wanted(putuo, couple, window):
    desk = window(putuo.registrar)
    page = begin(desk, *couple, woman_identifier="", woman_name="").content.decode()
    assert "请录入女方的证件" in page
    assert begin(desk, *couple, act="no_record", woman_identifier="", woman_name="").status_code == 302
    told = {"need_man_id_card": "on", "since": "2000-01-01", "purpose": "境外结婚"}
    done = desk.post("/work/marriage/couple/register/", told)
    assert "无婚姻登记记录证明" in desk.get(done.url).content.decode()


def test_ending_the_service_leaves_nothing_of_the_couple(putuo, couple, window):
    desk = window(putuo.registrar)
    begin(desk, *couple)
    desk.post("/work/marriage/next/")
    assert desk.get("/work/marriage/couple/").status_code == 302


def test_somebody_from_elsewhere_is_taken_as_their_papers_say(putuo, make_person, window):
    desk = window(putuo.registrar)
    begin(desk, make_person(1), stranger(22))
    assert "人口登记中没有此人" in desk.get("/work/marriage/couple/").content.decode()


@pytest.mark.parametrize(
    "role, place, expected",
    [
        ("marriage_registrar", PUTUO, 200), ("marriage_office_head", PUTUO, 200), ("district_reviewer", PUTUO, 200),
        ("city_policy_officer", "310000", 200), ("auditor", "310000", 200),
        ("statistician", "310000", 403), ("centre_clerk", "310107014", 403), ("street_officer", "310107014", 403),
        ("inspector", PUTUO, 403), ("finance_preparer", PUTUO, 403), ("system_admin", "310000", 403),
    ],
)  # fmt: skip
def test_who_may_open_the_desk_and_who_may_not(db, window, role, place, expected):
    client = window(role, place)
    for address in ("", "register/", "archive/", "manage/"):
        assert client.get(f"/work/marriage/{address}").status_code == expected


@pytest.mark.parametrize("role", ["district_reviewer", "auditor", "city_policy_officer"])
def test_whoever_only_looks_registers_nobody(putuo, couple, window, role):
    client = window(role)
    assert begin(client, *couple).status_code == 403
    assert client.post("/work/marriage/couple/register/", {}).status_code == 403
    assert client.get("/work/marriage/couple/").status_code == 403
