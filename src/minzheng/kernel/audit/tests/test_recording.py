"""What an entry says, who can read it, and that nobody can change it."""

from __future__ import annotations

import pytest
from django.db import Error, connection, transaction

from minzheng.kernel.access import acting, acting_as_resident, acting_as_service
from minzheng.kernel.access.testing import make_post
from minzheng.kernel.audit import ReasonMissing, look, record, unmask
from minzheng.kernel.audit.models import Entry
from minzheng.kernel.audit.queries import entries, looks_at


def test_an_entry_names_the_acting_post_and_cannot_be_made_to_name_another(db):
    post = make_post("street_officer", "310107014")
    with acting(post, reason="例行核查", address="10.0.0.8"):
        record("awards.grant", subject="awards.award:1", detail={"fen": 142000})
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO audit_entry (at, actor_kind, official_id, post_id, role, actor_label, act, subject,"
                " division_code, reason, detail, address) VALUES ('2001-01-01', 'official', 1, 1, 'auditor',"
                " '别人', 'forged', '', '', '', '{}', '')"
            )
        entries = list(Entry.objects.order_by("id"))
    assert [(e.post_id, e.role, e.division_code, e.reason, e.address) for e in entries] == [
        (post.pk, "street_officer", "310107014", "例行核查", "10.0.0.8")
    ] * 2
    assert entries[1].at.year > 2001


def test_a_service_is_named_by_its_task(db):
    with acting_as_service("月度结算"):
        record("monthend.run")
        entry = Entry.objects.get()
    assert (entry.actor_kind, entry.actor_label, entry.division_code) == ("service", "月度结算", "310000")


def test_a_failed_sign_in_is_recorded_though_nobody_acts(db):
    record("access.login_failed", subject="zhang")
    with acting_as_service("审阅"):
        assert Entry.objects.get().actor_kind == "nobody"


def test_auditors_read_their_subtree_others_their_own_acts_and_residents_looks_at_them(db):
    here, there = make_post("street_officer", "310107014"), make_post("street_officer", "310104003")
    auditor, city = make_post("auditor", "310107"), make_post("audit_admin", "310000")
    with acting(here):
        look(5, purpose="人员档案")
    with acting(there):
        look(6, purpose="人员档案")
        assert list(Entry.objects.values_list("person_id", flat=True)) == [6]
    with acting(auditor):
        assert list(Entry.objects.values_list("person_id", flat=True)) == [5]
    with acting(city):
        assert set(Entry.objects.values_list("person_id", flat=True)) == {5, 6}
    with acting_as_resident(5):
        assert list(Entry.objects.values_list("person_id", flat=True)) == [5]
    assert Entry.objects.count() == 0


def test_unmasking_asks_a_reason_and_keeps_it(db):
    with acting(make_post("street_officer", "310107014")):
        with pytest.raises(ReasonMissing):
            unmask(5, fields=["identifier"], reason="  看看 ")
        unmask(5, fields=["identifier"], reason="核对身份证号")
        assert Entry.objects.get().reason == "核对身份证号"


@pytest.mark.parametrize(
    "change",
    ["UPDATE audit_entry SET act = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry",
     "UPDATE audit_seal SET digest = 'x'", "DELETE FROM audit_seal", "INSERT INTO audit_seal VALUES (9, 9, 'x', 'x')"],
)  # fmt: skip
def test_the_application_can_change_no_entry_and_no_seal(db, change):
    with acting(make_post("audit_admin", "310000")):
        record("audit.verify")
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_text_with_a_nul_byte_is_kept_without_it(db):
    with acting_as_service("x"):
        record("sources.load", subject="a\0b\ud800", detail={"name": "c\0"})
        entry = Entry.objects.get()
    assert (entry.subject, entry.detail) == ("a�b?", {"name": "c�"})


def test_a_resident_reads_who_looked_at_their_record_latest_first_and_no_other_act(db):
    with acting(make_post("street_officer", "310107014")):
        look(5, purpose="人员档案")
        record("awards.grant", person_id=5)
        unmask(5, fields=["identifier"], reason="核对身份证号")
        look(6, purpose="人员档案")
    with acting_as_resident(5):
        assert [(e.act, e.reason) for e in looks_at(5)] == [
            ("people.unmask", "核对身份证号"),
            ("people.look", ""),
        ]
        assert not looks_at(6).exists()
        assert {e.detail["post_division"] for e in looks_at(5)} == {"310107014"}


def test_entries_are_found_by_block_act_person_and_official(db):
    post = make_post("auditor", "310107")
    with acting(post):
        look(5)
        record("awards.grant", person_id=5)
        record("awards.end", person_id=6)
        assert [e.act for e in entries(act="awards.")] == ["awards.end", "awards.grant"]
        assert [e.act for e in entries(act="awards.grant")] == ["awards.grant"]
        assert [e.act for e in entries(person_id=5)] == ["awards.grant", "people.look"]
        assert entries(official_id=post.official_id).count() == 3
        first = entries().last()
        assert (
            first is not None
            and entries(since=first.at).count() == 3
            and not entries(until=first.at).exists()
        )
