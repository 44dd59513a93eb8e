"""Reissues, corrections, judgments and certificates are further entries; the earlier one stays as it was."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from minzheng.domains.marriage_registration import letters, queries
from minzheng.domains.marriage_registration.actions import (
    correct_entry,
    end_licence,
    enter_archive,
    issue_no_record,
    receive_papers,
    refuse,
    reissue_certificate,
    revoke_marriage,
    spoil_paper,
)
from minzheng.domains.marriage_registration.checks import check_marriage
from minzheng.domains.marriage_registration.errors import (
    Incomplete,
    MarriageRefused,
    NoLicence,
    NoPaper,
    WrongState,
)
from minzheng.domains.marriage_registration.models import (
    CertificateStock,
    Kind,
    MaritalTie,
    RegistrarLicence,
    Registration,
)
from minzheng.domains.marriage_registration.requirements import Evidence, everything
from minzheng.domains.marriage_registration.tests.conftest import DAY
from minzheng.domains.marriage_registration.tests.test_divorce import apply, divorce
from minzheng.domains.marriage_registration.tests.test_marriage import marry
from minzheng.kernel.access import acting, acting_as_service
from minzheng.kernel.access.errors import NotPermitted
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.audit.models import Entry
from minzheng.kernel.documents import render_pdf

pytestmark = pytest.mark.django_db
LATER = date(2022, 8, 15)


@pytest.fixture
def married(office, couple):
    with acting(office.post):
        return marry(office, *couple)


def reissue(office, entry, couple, lost, evidence=None):
    present = {"man": couple[0], "woman": couple[1]}
    act = "reissue_both" if len(lost) == 2 else "reissue_one"
    return reissue_certificate(
        office=office.facility, entry=entry, lost=lost, present=present,
        evidence=evidence or everything(act, present), on=LATER,
    )  # fmt: skip


def test_one_lost_copy_needs_a_statement_and_two_the_archive_copy_as_well(office, couple, married):
    present = {"man": couple[0], "woman": couple[1]}
    with acting(office.post):
        one = reissue(office, married, couple, ("woman",))
        assert (one.man_serial, one.woman_serial, one.refers_to) == (None, 1003, married)
        with pytest.raises(Incomplete) as refused:
            reissue(office, married, couple, ("man", "woman"), everything("reissue_one", present))
        assert [m.code for m in refused.value.missing] == ["archive_copy"]
        both = reissue(office, married, couple, ("man", "woman"))
        assert (both.man_serial, both.woman_serial) == (1004, 1005)
        stock = CertificateStock.objects.get(office=office.facility, paper="marriage")
        assert (stock.used, stock.left) == (5, 95)


def test_a_correction_is_a_further_entry_and_the_tie_follows_the_number(office, couple, married, make_person):
    with acting(office.post):
        right = make_number_of(99)
        made = correct_entry(
            office=office.facility, entry=married, side="man", changes={"identifier": right, "name": "男改"},
            reason="证件号码登记错误", evidence=Evidence(frozenset({"man.id_card", "proof_of_error"})), on=LATER,
        )  # fmt: skip
        page = queries.entry_page(married.pk)
        assert page.entry.man_name == couple[0].name and page.current == made and page.is_in_force
        assert made.detail["changes"]["man_name"] == {"before": couple[0].name, "now": "男改"}
        assert MaritalTie.objects.get(registration=married, side="man").identifier == right
        assert dict(letters.certificate_of(married, side="woman").rows)["男方"] == "男改（内地居民）"
        with pytest.raises(WrongState, match="不能更正"):
            correct_entry(
                office=office.facility, entry=married, side="man", changes={"person_id": 1}, reason="x",
                evidence=Evidence(), on=LATER,
            )  # fmt: skip


def make_number_of(serial):
    from minzheng.kernel.people.tests.world import number

    return number(serial, "19950505")


def test_a_revoked_marriage_never_bound(office, couple, married, make_person):
    other = make_person(4)
    with acting(office.post):
        made = revoke_marriage(
            office=office.facility, entry=married, court="普陀区人民法院", judgment="（2022）沪0107民初1号",
            judged_on=LATER, evidence=Evidence(frozenset({"judgment"})), on=LATER,
        )  # fmt: skip
        assert {t.is_void for t in MaritalTie.objects.filter(registration=married)} == {True}
        assert made.refers_to == married and queries.entry_page(married.pk).later == [made]
        marry(office, couple[0], other, on=LATER)
        with pytest.raises(WrongState, match="已经终止"):
            revoke_marriage(
                office=office.facility, entry=married, court="x", judgment="y", judged_on=LATER,
                evidence=Evidence(frozenset({"judgment"})), on=LATER,
            )  # fmt: skip


def test_a_marriage_that_ended_gets_no_new_certificate(office, couple, married):
    with acting(office.post):
        made = apply(office, couple, married)
        ended = divorce(made, couple, made.collect_first)
        with pytest.raises(WrongState, match="已终止"):
            reissue(office, married, couple, ("man",))
        assert reissue(office, ended, couple, ("man",)).detail["paper"] == "divorce"


def test_no_record_is_certified_only_where_there_is_none(office, couple, married, make_person):
    free = make_person(4)
    evidence = Evidence(frozenset({"woman.id_card", "man.id_card"}))
    told = {"since": date(2015, 1, 1), "purpose": "购房", "evidence": evidence, "on": LATER}
    with acting(office.post):
        made = issue_no_record(office=office.facility, party=free, **told)
        assert "2015年1月1日" in letters.no_record_certificate(made).statement
        with pytest.raises(MarriageRefused, match="有效记录"):
            issue_no_record(office=office.facility, party=couple[1], **told)


def test_papers_received_used_spoiled_and_left_always_balance(office, couple):
    with acting(office.post):
        spoil_paper(office=office.facility, paper="marriage", serial=1001, reason="打印错位", on=DAY)
        entry = marry(office, *couple)
        assert (entry.man_serial, entry.woman_serial) == (1002, 1003)
        stock = CertificateStock.objects.get(office=office.facility, paper="marriage")
        assert (stock.received, stock.used, stock.spoiled, stock.left) == (100, 2, 1, 97)
        for serial, words in ((1001, "已使用"), (1002, "已使用"), (5, "不在本处库存")):
            with pytest.raises(NoPaper, match=words):
                spoil_paper(office=office.facility, paper="marriage", serial=serial, reason="破损", on=DAY)
        with pytest.raises(NotPermitted):
            receive_papers(office=office.facility, paper="marriage", first=1, last=2, on=DAY)
    with acting(office.head):
        with pytest.raises(NoPaper, match="已入库"):
            receive_papers(office=office.facility, paper="marriage", first=1100, last=1200, on=DAY)
        receive_papers(office=office.facility, paper="marriage", first=1101, last=1200, on=DAY)
        stock.refresh_from_db()
        assert (stock.received, stock.left) == (200, 197)


def test_an_office_without_paper_registers_nothing(office, couple):
    with acting(office.head):
        for serial in range(1001, 1100):
            spoil_paper(office=office.facility, paper="marriage", serial=serial, reason="水损", on=DAY)
    with acting(office.post), pytest.raises(NoPaper, match="仅余1本，需要2本"):
        marry(office, *couple)


def test_a_licence_that_was_ended_early_registers_nothing_from_that_day(office, couple):
    with acting(office.head):
        licence = RegistrarLicence.objects.get(official=office.post.official)
        end_licence(licence=licence, on=DAY, reason="调离")
    with acting(office.post), pytest.raises(NoLicence):
        marry(office, *couple)


ARCHIVE = {"kind": "archive", "on": date(1988, 5, 1), "old_number": "普88-0123", "place": "7盒12页"}


def test_old_paper_records_bind_and_are_found_by_name_number_and_year(office, make_person):
    man, woman, other = make_person(1), make_person(2), make_person(4)
    sides = {"man_person_id": man.person_id, "man_name": man.name, "man_identifier": man.identifier}
    first = {"row": 1, **ARCHIVE, **sides, "woman_person_id": woman.person_id, "woman_name": woman.name}
    clash = {"row": 2, **ARCHIVE, **sides, "woman_name": "无证件者"}
    with acting(office.head):
        told = enter_archive(
            pl.DataFrame([first, clash, {"row": 3, "kind": "archive"}]), office=office.facility
        )
        assert told["reason"].to_list() == ["", "married_already", "date_missing"]
        again = enter_archive(pl.DataFrame([{**clash, "row": 1}]), office=office.facility)
        assert again["outcome"].to_list() == ["conflict"]
    with acting(office.post):
        with pytest.raises(MarriageRefused, match="已有配偶"):
            marry(office, man, other)
        for asked in (
            {"name": woman.name},
            {"identifier": man.identifier},
            {"number": "普88-0123", "year": 1988},
        ):
            assert [one.detail["place"] for one in queries.search_archive(**asked)] == ["7盒12页"]
        assert queries.search_archive(name=man.name, year=1989) == []
        with pytest.raises(ValueError, match="请填写"):
            queries.search_archive(year=1988)
        assert [one.kind for one in queries.find_entries(man.identifier)] == [Kind.ARCHIVE]
    with acting_as_service("test"):
        acts = Entry.objects.filter(act="marriage.search_archive")
        assert acts.count() == 4 and man.identifier not in str(list(acts.values_list("detail", flat=True)))
    with acting(make_post("centre_clerk", "310107")), pytest.raises(NotPermitted):
        queries.search_archive(name=man.name)


def test_old_papers_are_numbered_by_their_own_years(office):
    rows = [
        {"row": n, **ARCHIVE, "on": date(year, 5, 1), "man_name": f"夫{n}", "woman_name": f"妻{n}"}
        for n, year in enumerate((1988, 1990, 1988, 1991), 1)
    ]
    with acting(office.head):
        enter_archive(pl.DataFrame(rows), office=office.facility)
        found = list(Registration.objects.order_by("man_name").values_list("number", flat=True))
    assert [number.removeprefix("DJ310107-") for number in found] == [
        "1988-000001", "1990-000001", "1988-000002", "1991-000001",
    ]  # fmt: skip


def test_papers_print_and_a_refusal_names_no_other_act(office, couple, married, make_person):
    other = make_person(4)
    with acting(office.post):
        checks = check_marriage(office=office.facility, man=couple[0], woman=other, on=DAY)
        told = refuse(
            office=office.facility, kind=Kind.MARRIAGE, man=couple[0], woman=other, checks=checks, on=DAY
        )
        letter = letters.refusal_letter(told)
        assert married.number not in str(letter) and "第一千零四十六条" in str(letter.conditions)
        application = apply(office, couple, married)
        receipt = letters.receipt_of(application)
        assert "2022年10月9日" in str(receipt.notes) and receipt.due_on == date(2022, 11, 7)
        certificate = letters.certificate_of(married, side="man")
        assert ("印制号", "000001001") in certificate.rows and not certificate.is_synthetic
        for document in (letter, receipt, certificate):
            assert render_pdf(document).startswith(b"%PDF")
        with pytest.raises(ValueError, match="未撤回"):
            letters.withdrawal_of(application)
