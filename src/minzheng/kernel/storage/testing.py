"""A real PostgreSQL database for tests: migrated once by the owner, cloned per run, used as the web role."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg import sql

import minzheng
from minzheng.kernel.storage import server

_TEMPLATES_KEPT = 12


def _migrations_hash() -> str:
    """Names the template: any change of a migration, or of what writes their SQL, makes a new one."""
    source = Path(minzheng.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(
        [
            *source.rglob("migrations/*.py"),
            *source.glob("kernel/storage/*.py"),
            *source.glob("kernel/places/data/*"),
            # Tables that a figure is counted from carry a trigger.
            *source.glob("kernel/indicators/*.py"),
            *source.glob("domains/*/indicators.py"),
        ]
    ):
        digest.update(path.read_bytes())
    # The template holds the key that actors' signatures are checked with.
    digest.update(settings.SECRET_KEY.encode())
    # A library brings tables of its own.
    digest.update(" ".join(settings.INSTALLED_APPS).encode())
    return digest.hexdigest()[:12]


@contextlib.contextmanager
def use_database(name: str) -> Iterator[None]:
    """Points both connections at another database of the same server for the time of the block."""
    previous = {alias: connections[alias].settings_dict["NAME"] for alias in ("default", "owner")}
    for alias in previous:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
        settings.DATABASES[alias]["NAME"] = name
    try:
        yield
    finally:
        for alias, old in previous.items():
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = old
            settings.DATABASES[alias]["NAME"] = old


def template_database() -> str:
    """The name of a migrated, otherwise empty database; made when its migrations are new."""
    name = f"minzheng_template_{_migrations_hash()}"
    admin = server.administrator().with_database("postgres")
    with admin.connect() as connection:
        # Two test runs may start at once: one makes the template, the other waits for it.
        connection.execute("select pg_advisory_lock(hashtext('minzheng template'))")
        known = connection.execute(
            "select datname, shobj_description(oid, 'pg_database') from pg_database"
            " where datname like %s order by oid desc",
            ["minzheng_template_%"],
        ).fetchall()
        if (name, "ready") in known:
            return name
        # Runs of other versions may be at work beside this one: only templates long out of use are removed.
        for old, _ in known[_TEMPLATES_KEPT:]:
            with contextlib.suppress(psycopg.Error):
                connection.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(old)))
        # One of this name that is not ready was left half made by a killed run.
        connection.execute(sql.SQL("drop database if exists {}").format(sql.Identifier(name)))
        _create(connection, name)
        server.prepare_database(admin.with_database(name))
        with use_database(name):
            call_command("migrate", database="owner", verbosity=0, interactive=False)
        connection.execute(sql.SQL("comment on database {} is 'ready'").format(sql.Identifier(name)))
    return name


def _create(connection, name: str, template: str = "template0") -> None:  # type: ignore[no-untyped-def]
    connection.execute(
        sql.SQL("create database {} owner {} template {}").format(
            sql.Identifier(name),
            sql.Identifier(settings.DATABASES["owner"]["USER"]),
            sql.Identifier(template),
        )
    )


@contextlib.contextmanager
def cloned_database(template: str, label: str = "run") -> Iterator[str]:
    """A committed copy of the template, dropped at the end; the connections point at it meanwhile."""
    name = f"minzheng_{label}_{os.getpid()}_{os.urandom(3).hex()}"
    admin = server.administrator().with_database("postgres")
    with admin.connect() as connection:
        _create(connection, name, template)
        web = settings.DATABASES["default"]["USER"]
        connection.execute(sql.SQL("revoke all on database {} from public").format(sql.Identifier(name)))
        connection.execute(
            sql.SQL("grant connect, temporary on database {} to {}").format(
                sql.Identifier(name), sql.Identifier(web)
            )
        )
    try:
        with use_database(name):
            yield name
    finally:
        with admin.connect() as connection:
            connection.execute(
                sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
            )
