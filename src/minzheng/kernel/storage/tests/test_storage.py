"""Bulk reading and writing, the planner's counts, folders of files, and the tables' state."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.db import connection, connections

from minzheng.kernel.storage import cluster, paths
from minzheng.kernel.storage.bulk import copy_rows, raw_connection, refresh_statistics
from minzheng.kernel.storage.schema import bring_up_to_date, pending_migrations


@pytest.fixture
def scratch(db: None) -> str:
    raw_connection().execute("create temp table scratch (n bigint, word text) on commit drop")
    return "scratch"


def test_rows_go_in_by_copy_with_nulls_quotes_and_rare_characters(scratch: str) -> None:
    words = [None, "", "\\N", 'a"b', "tab\tand\nline", "𬱖·㛃", "=1+1"]
    assert copy_rows(scratch, ["n", "word"], list(enumerate(words))) == len(words)
    told = raw_connection().execute("select word from scratch order by n").fetchall()
    assert [word for (word,) in told] == words


@pytest.mark.django_db
def test_the_web_role_may_ask_for_fresh_counts_of_tables_it_does_not_own() -> None:
    refresh_statistics("people_person", "people_household")
    with connection.cursor() as cursor:
        cursor.execute(
            "select current_user, relowner::regrole::text from pg_class where relname = 'people_person'"
        )
        assert cursor.fetchone() == ("minzheng_web", "minzheng_owner")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["people_person; drop table people_person", 'x" cascade', "pg_catalog.pg_class"]
)
def test_a_table_name_is_a_name_and_no_sql(name: str) -> None:
    from django.db import ProgrammingError, transaction

    with pytest.raises(ProgrammingError, match="does not exist"), transaction.atomic():
        refresh_statistics(name)


def test_a_migrated_database_has_nothing_pending(fresh_database: str) -> None:
    assert pending_migrations() == []
    assert bring_up_to_date() == []


def test_a_database_that_lacks_a_migration_says_so(fresh_database: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("delete from django_migrations where app = 'monthend' returning name")
        gone = sorted(f"monthend.{name}" for (name,) in cursor.fetchall())
    assert gone and sorted(pending_migrations()) == gone


def test_a_home_is_made_so_that_the_servers_user_can_pass_whatever_the_umask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINZHENG_HOME", str(tmp_path / "a" / "b"))
    before = os.umask(0o077)
    try:
        home = paths.state_home()
    finally:
        os.umask(before)
    assert home == tmp_path / "a" / "b"
    assert {folder.stat().st_mode & 0o777 for folder in (home, home.parent)} == {0o711}


def test_files_of_people_are_readable_by_their_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINZHENG_TEST_FILES", str(tmp_path / "files"))
    for folder in (paths.files_home(), paths.snapshots_home(), paths.findings_home()):
        assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("memory", "kept"),
    [(None, 256), (1 << 28, 128), (1 << 29, 128), (1 << 30, 256), (32 << 30, 8192), (33 << 30, 8192)],
)
def test_the_embedded_server_keeps_pages_in_a_quarter_of_the_memory_within_bounds(
    memory: int | None, kept: int
) -> None:
    assert cluster.shared_buffers(memory) == kept


def test_this_machine_tells_its_memory() -> None:
    assert (cluster.memory() or 0) >= 1 << 28
