"""`minzheng access` and `minzheng audit` as an operator and a program meet them."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from minzheng.kernel.storage import server
from minzheng.surfaces.cli import access, audit

runner = CliRunner()


def _access(*words: str, code: int = 0) -> str:
    result = runner.invoke(access.app, list(words))
    assert result.exit_code == code, result.output
    return result.output


def _audit(*words: str, code: int = 0) -> str:
    result = runner.invoke(audit.app, list(words))
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture
def official(fresh_database):
    _access("official", "add", "zhang.san", "--name", "张三", "--title", "科员", "--password", "Putuo-2022x")
    return fresh_database


def test_an_official_is_added_given_a_post_and_listed(official):
    _access(
        "post",
        "grant",
        "zhang.san",
        "street_officer",
        "310107014",
        "--start",
        "2022-07-01",
        "--domain",
        "old_age_allowance",
    )
    (row,) = [
        row for row in json.loads(_access("official", "list", "--json")) if row["username"] == "zhang.san"
    ]
    assert row["posts"][0] | {"id": 0} == {
        "id": 0, "role": "street_officer", "division_code": "310107014", "domains": ["old_age_allowance"],
        "start": "2022-07-01", "end": None,
    }  # fmt: skip
    _access("post", "end", str(row["posts"][0]["id"]), "--reason", "调离", "--on", "2022-08-01")
    (row,) = [
        row for row in json.loads(_access("official", "list", "--json")) if row["username"] == "zhang.san"
    ]
    assert row["posts"][0]["end"] == "2022-08-01"


def test_refusals_say_why_and_end_with_one(official):
    assert "密码" in _access("official", "add", "li.si", "--name", "李四", "--password", "Ab-1", code=1)
    assert "taken" in _access(
        "official", "add", "zhang.san", "--name", "李四", "--password", "Putuo-2022x", code=1
    )
    assert "No such role" in _access("post", "grant", "zhang.san", "mayor", "310000", code=1)
    assert "No official" in _access("post", "grant", "nobody", "auditor", "310000", code=1)
    _access("post", "grant", "zhang.san", "system_admin", "310000")
    assert "three separate people" in _access("post", "grant", "zhang.san", "audit_admin", "310000", code=1)


def test_the_roles_are_printed_for_a_program(fresh_database):
    assert (
        "payments.approve_batch" in json.loads(_access("roles", "--json"))["finance_approver"]["permissions"]
    )


def test_the_trace_is_verified_exported_and_verified_again_from_the_file(official, tmp_path):
    report = json.loads(_audit("verify", "--json"))
    assert report["whole"] and report["entries"] >= 1
    head = _audit("head").strip()
    file = str(tmp_path / "trace.jsonl")
    _audit("export", file)
    assert json.loads(_audit("verify", "--file", file, "--head", head, "--json"))["whole"]
    with server.administrator().with_database(official).connect() as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute(
            "UPDATE audit_entry SET actor_label = '别人' WHERE id = (SELECT entry_id FROM audit_seal WHERE position = 1)"
        )
    report = json.loads(_audit("verify", "--json", code=1))
    assert report["faults"][0]["position"] == 1
    assert "位置 1" in _audit("verify", code=1)


@pytest.mark.parametrize(
    ("words", "code"),
    [(["verify", "--head", "12:abc"], 2), (["verify", "--file", "/nowhere/at/all"], 2)],
)
def test_a_call_that_cannot_be_understood_ends_with_two(db, words, code):
    _audit(*words, code=code)


def test_a_file_that_is_no_export_is_said_to_be_none(db, tmp_path):
    path = tmp_path / "x.txt"
    path.write_text("hello")
    assert "no export" in _audit("verify", "--file", str(path), code=1)
