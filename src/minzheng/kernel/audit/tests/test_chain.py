"""The chain shows what was changed, removed, inserted, reordered or cut off, and where."""

from __future__ import annotations

import json
import threading

import pytest
from django.db import connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.audit import chain, record
from minzheng.kernel.storage import server


def _write(acts: int) -> None:
    with acting_as_service("测试"):
        for number in range(acts):
            record("awards.grant", subject=f"awards.award:{number}", detail={"fen": number, "名": "李·𠮷"})


def _verify(known: chain.Head | None = None) -> chain.Report:
    with acting_as_service("核验"):
        return chain.verify(chain.stored_links(), known=known)


def _tamper(name: str, *statements: str) -> None:
    """Does what only a superuser can: triggers off, rows changed."""
    with server.administrator().with_database(name).connect() as admin:
        admin.execute("SET session_replication_role = replica")
        for statement in statements:
            admin.execute(statement)


def test_an_untouched_chain_is_whole_and_its_head_is_the_last_seal(fresh_database):
    _write(5)
    report = _verify()
    assert (report.whole, report.entries, report.head.position) == (True, 5, 5)
    assert chain.head() == report.head
    assert _verify(known=report.head).whole


def test_an_empty_chain_is_whole(fresh_database):
    assert _verify().as_json() == {
        "whole": True, "entries": 0, "head": f"0:{'0' * 64}", "faults_in_all": 0, "faults": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("tampering", "position", "words"),
    [
        ("UPDATE audit_entry SET reason = 'x' WHERE id = {3}", 3, "was changed"),
        ("UPDATE audit_entry SET detail = '{{\"fen\": 9, \"名\": \"李·𠮷\"}}' WHERE id = {3}", 3, "was changed"),
        ("UPDATE audit_entry SET at = at + interval '1 microsecond' WHERE id = {4}", 4, "was changed"),
        ("UPDATE audit_entry SET official_id = NULL WHERE id = {1}", 1, "was changed"),
        ("DELETE FROM audit_entry WHERE id = {2}", 2, "removed"),
        ("DELETE FROM audit_entry WHERE id = {2}; DELETE FROM audit_seal WHERE position = 2", 2, "missing"),
        ("UPDATE audit_seal SET digest = repeat('a', 64) WHERE position = 4", 4, "was changed"),
        ("UPDATE audit_seal SET entry_id = -entry_id WHERE position IN (2, 3);"
         "UPDATE audit_seal SET entry_id = CASE position WHEN 2 THEN {3} ELSE {2} END WHERE position IN (2, 3)",
         2, "was changed"),
        ("UPDATE audit_seal SET position = 99 WHERE position = 2", 2, "missing"),
        ("INSERT INTO audit_entry (at, actor_kind, role, actor_label, act, subject, division_code, reason, detail,"
         " address) SELECT at, actor_kind, role, actor_label, 'slipped', subject, division_code, reason, detail,"
         " address FROM audit_entry LIMIT 1", None, "no seal"),
    ],
)  # fmt: skip
def test_every_tampering_is_found_at_its_position(fresh_database, tampering, position, words):
    _write(5)
    with acting_as_service("读"), connection.cursor() as cursor:
        cursor.execute("SELECT position, entry_id FROM audit_seal ORDER BY position")
        ids = dict(cursor.fetchall())
    _tamper(fresh_database, tampering.format(*[0, *ids.values()]))
    report = _verify()
    assert not report.whole
    assert report.faults[0].position == position
    assert words in report.faults[0].what


def test_a_tail_cut_off_with_its_seals_is_found_by_a_head_noted_before(fresh_database):
    _write(5)
    noted = chain.head()
    _tamper(
        fresh_database,
        "DELETE FROM audit_entry WHERE id = (SELECT entry_id FROM audit_seal WHERE position = 5)",
        "DELETE FROM audit_seal WHERE position = 5",
    )
    assert _verify().whole
    report = _verify(known=noted)
    assert [(fault.position, "cut off" in fault.what) for fault in report.faults] == [(5, True)]


def test_a_chain_made_anew_after_a_change_is_found_by_a_head_noted_before(fresh_database):
    _write(3)
    noted = chain.head()
    _tamper(
        fresh_database,
        "UPDATE audit_entry SET reason = '改' WHERE id = (SELECT entry_id FROM audit_seal WHERE position = 3)",
        "UPDATE audit_seal s SET digest = audit_digest(s.previous, s.position, audit_canonical(e))"
        " FROM audit_entry e WHERE e.id = s.entry_id AND s.position = 3",
    )
    assert _verify().whole
    assert "noted earlier" in _verify(known=noted).faults[0].what


def test_a_rolled_back_act_leaves_no_entry_and_no_gap(fresh_database):
    _write(1)
    with pytest.raises(ZeroDivisionError), acting_as_service("失败"):
        record("awards.grant")
        1 / 0  # noqa: B018
    _write(1)
    assert _verify().as_json()["entries"] == 2
    assert _verify().whole


def test_an_export_is_verified_without_a_database_and_shows_a_changed_line(fresh_database, tmp_path):
    _write(4)
    path = tmp_path / "trace.jsonl"
    with acting_as_service("导出"):
        head = chain.export(path, chain.stored_links())
    assert chain.verify(chain.read_file(path), known=head).whole
    lines = path.read_text().splitlines()

    def verify_lines(changed: list[str]) -> chain.Report:
        path.write_text("\n".join(changed) + "\n")
        return chain.verify(chain.read_file(path), known=head)

    edited = json.loads(lines[2])
    edited["fields"][11] = "别的原因"
    assert verify_lines([*lines[:2], json.dumps(edited), *lines[3:]]).faults[0].position == 2
    assert verify_lines([*lines[:2], *lines[3:]]).faults[0].position == 2
    assert verify_lines([lines[0], lines[2], lines[1], *lines[3:]]).faults[0].position == 1
    assert verify_lines([*lines[:4], lines[5]]).faults[0].position == 4
    with pytest.raises(chain.NotAnExport):
        verify_lines(lines[:-1])
    with pytest.raises(chain.NotAnExport):
        verify_lines(["not json"])


def test_transactions_that_commit_at_once_make_one_chain(fresh_database):
    errors: list[BaseException] = []

    def work(worker: int) -> None:
        try:
            for turn in range(8):
                with acting_as_service(f"线程{worker}"):
                    for _ in range(turn % 3 + 1):
                        record("sources.load", subject=f"{worker}-{turn}")
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    report = _verify()
    assert (report.whole, report.entries) == (True, 4 * (1 + 2 + 3 + 1 + 2 + 3 + 1 + 2))


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    acts=st.lists(
        st.tuples(_texts, _texts, st.dictionaries(_texts, _json, max_size=3)), min_size=1, max_size=4
    )
)
def test_python_recomputes_what_the_database_sealed_whatever_the_words(db, acts):
    with transaction.atomic(), acting_as_service("任意"):
        for subject, reason, detail in acts:
            record("any.act", subject=subject, reason=reason, detail=detail)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        report = chain.verify(chain.stored_links())
        assert report.whole and report.entries >= len(acts)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        transaction.set_rollback(True)
