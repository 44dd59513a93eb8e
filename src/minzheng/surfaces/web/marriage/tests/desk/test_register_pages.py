"""The register on screen: search, later entries, archive with a reason, figures that open to their entries, the head's page."""

from __future__ import annotations

from datetime import date

import pytest

from minzheng.domains.marriage_registration.models import (
    CertificateStock,
    Kind,
    RegistrarLicence,
    Registration,
)
from minzheng.domains.marriage_registration.pairs import pairs_of_year
from minzheng.domains.marriage_registration.tests.conftest import PUTUO, XUHUI
from minzheng.kernel.access import acting_as_service
from minzheng.kernel.audit.models import Entry

DAY = date(2022, 12, 1)


@pytest.fixture
def married(putuo, make_person):
    """A couple of 普陀 and a couple of 徐汇, both registered in 普陀."""
    near = putuo.marry(make_person(1), make_person(2))
    far = putuo.marry(make_person(3, home=XUHUI), make_person(4, home=XUHUI))
    return near, far


def test_an_entry_is_found_by_number_by_card_and_by_full_name_and_nothing_unasked(putuo, married, window):
    desk = window(putuo.registrar)
    assert desk.get("/work/marriage/register/").context["table"] is None
    for words in (married[0].number, married[0].man_identifier, married[0].woman_name):
        page = desk.get("/work/marriage/register/", {"q": words}).content.decode()
        assert married[0].number in page and married[1].number not in page
    assert (
        "没有符合的登记"
        in desk.get("/work/marriage/register/", {"q": married[0].man_name[:1]}).content.decode()
    )


def test_a_correction_is_a_new_entry_and_the_earlier_one_stays_readable(putuo, married, window):
    desk, entry = window(putuo.registrar), married[0]
    address = f"/work/marriage/register/{entry.pk}/correct/"
    told = {"side": "man", "name": "男新", "reason": "户口簿更名"}
    assert desk.post(address, told).context["papers"] is not None
    refused = desk.post(address, told | {"papers": "1"})
    assert "need_man_id_card" in refused.context["papers"].errors
    done = desk.post(address, told | {"papers": "1", "need_man_id_card": "on", "need_proof_of_error": "on"})
    later = desk.get(done.url).content.decode()
    assert f"{entry.man_name} → 男新" in later
    earlier = desk.get(f"/work/marriage/register/{entry.pk}/").content.decode()
    assert entry.man_name in earlier and "之后有新的登记" in earlier


def test_a_lost_certificate_is_issued_again_and_the_stock_follows(putuo, married, window):
    desk = window(putuo.registrar)
    address = f"/work/marriage/register/{married[0].pk}/reissue/"
    told = {"present": ["man"], "lost": ["man"], "papers": "1"}
    papers = {"need_man_id_card": "on", "need_man_household_book": "on", "need_loss_statement": "on"}
    assert desk.post(address, told | papers).status_code == 302
    with acting_as_service("test"):
        assert Registration.objects.filter(kind=Kind.REISSUE).count() == 1
        stock = CertificateStock.objects.get(office=putuo.facility, paper="marriage")
        assert (stock.received, stock.used, stock.spoiled, stock.left) == (100, 5, 0, 95)


def test_only_a_judgment_revokes_a_marriage(putuo, married, window):
    desk = window(putuo.registrar)
    address = f"/work/marriage/register/{married[0].pk}/revoke/"
    told = {
        "court": "普陀区人民法院",
        "judgment": "（2022）沪0107民初1号",
        "judged_on": "2022-11-01",
        "papers": "1",
    }
    assert desk.post(address, told).status_code == 200
    done = desk.post(address, told | {"need_judgment": "on"})
    assert "（2022）沪0107民初1号" in desk.get(done.url).content.decode()


def test_an_archive_search_asks_a_reason_and_keeps_it(putuo, married, window):
    desk = window(putuo.registrar)
    page = desk.post("/work/marriage/archive/", {"q": "男甲", "reason": "查"}).content.decode()
    assert "理由至少四个字" in page
    desk.post("/work/marriage/archive/", {"q": "男甲", "reason": "本人办理公证需要"})
    with acting_as_service("test"):
        assert Entry.objects.get(act="marriage.search_archive").reason == "本人办理公证需要"


def test_marriages_and_divorces_add_up_and_every_figure_opens_its_entries(putuo, married, window):
    desk = window(putuo.registrar)
    page = desk.get("/work/marriage/statistics/", {"year": "2022"})
    tiles = [(tile["value"], tile["href"]) for tile in page.context["tiles"]]
    assert [value for value, _href in tiles] == [2, 2, 0, 1]
    behind = desk.get(tiles[3][1]).content.decode()
    assert married[1].number in behind and married[0].number not in behind
    december = next(row for row in page.context["tables"][0].source if row["name"] == "2022-12")
    assert (december["marriage"], december["cross"]) == (2, 1)
    assert december["marriage_href"] and not december["divorce_href"]
    assert (
        desk.get("/work/marriage/statistics/", {"year": "2022", "months-export": "xlsx"}).status_code == 200
    )


def test_a_district_counts_what_its_own_offices_registered(putuo, married, window):
    client = window("district_reviewer", XUHUI)
    assert [
        tile["value"] for tile in client.get("/work/marriage/statistics/?year=2022").context["tiles"]
    ] == [0, 0, 0, 0]
    # It reads the entry of its own people all the same.
    assert (
        married[1].number in client.get("/work/marriage/register/", {"q": married[1].number}).content.decode()
    )


def test_a_statistician_sees_the_figures_and_opens_no_list(putuo, married, window):
    client = window("statistician", "310000")
    page = client.get("/work/marriage/statistics/?year=2022")
    assert [(tile["value"], tile["href"]) for tile in page.context["tiles"]] == [
        (2, ""),
        (2, ""),
        (0, ""),
        (1, ""),
    ]
    assert client.get("/work/marriage/register/").status_code == 403


def test_totals_and_entries_tell_the_same(putuo, married, as_post):
    as_post("city_policy_officer")
    assert pairs_of_year(2022, "310000") == pairs_of_year(2022, "310000", totals_only=True)


def test_the_head_gives_and_ends_licences_and_takes_papers_in(putuo, window):
    desk, head = window(putuo.registrar), window(putuo.head)
    address = f"/work/marriage/manage/{putuo.facility.pk}/"
    told = {"paper": "marriage", "first": "5001", "last": "5100"}
    assert desk.post(f"{address}receive/", told).status_code == 403
    head.post(f"{address}receive/", told)
    head.post(f"{address}spoil/", {"paper": "marriage", "serial": "5001", "reason": "打印错位"})
    with acting_as_service("test"):
        stock = CertificateStock.objects.get(office=putuo.facility, paper="marriage")
        assert (stock.received, stock.used, stock.spoiled, stock.left) == (200, 0, 1, 199)
        held = RegistrarLicence.objects.get(official=putuo.registrar.official)
    head.post(f"{address}end/", {"licence": held.pk, "reason": "调离"})
    with acting_as_service("test"):
        held.refresh_from_db()
        assert held.during.upper == DAY
    page = head.get(address).content.decode()
    assert "无效，不能登记" in page and "打印错位" in page


def test_an_office_of_another_district_is_not_there(putuo, window):
    head = window("marriage_office_head", XUHUI)
    assert head.get(f"/work/marriage/manage/{putuo.facility.pk}/").status_code == 404
    assert "本辖区没有登记处" in head.get("/work/marriage/manage/").content.decode()


@pytest.mark.parametrize("role", ["district_reviewer", "auditor"])
def test_whoever_only_looks_changes_nothing(putuo, married, window, role):
    client = window(role, PUTUO)
    assert client.get(f"/work/marriage/register/{married[0].pk}/").status_code == 200
    for verb in ("reissue", "correct", "revoke"):
        assert client.post(f"/work/marriage/register/{married[0].pk}/{verb}/", {}).status_code == 403
    assert client.post(f"/work/marriage/manage/{putuo.facility.pk}/receive/", {}).status_code == 403
