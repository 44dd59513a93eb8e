"""Makes a server fit for us: its roles, our database, their rights.

`minzheng_owner` owns the tables and runs migrations. `minzheng_web` serves people and jobs; it owns nothing and cannot
pass by a row-level policy. `minzheng_statistics` reads checked views. Their passwords are kept in a 0600 file.
"""

from __future__ import annotations

import json
import os
import secrets

import psycopg
from psycopg import sql

from minzheng.kernel.storage.address import DATABASE, OWNER, STATISTICS, WEB, Address, Addresses, ServerError
from minzheng.kernel.storage.paths import state_home

ROLES = (OWNER, WEB, STATISTICS)
EXTENSIONS = ("btree_gist", "pg_trgm", "ltree")
OLDEST = 150000
# Only the owner may analyse a table. The web role, which fills them in bulk, asks through this: without fresh counts the
# planner takes a table for empty that has just been filled, and joins it row by row.
_REFRESH_STATISTICS = """
create or replace function public.storage_refresh_statistics(tables text[]) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare name text;
begin
  foreach name in array tables loop
    execute format('analyze public.%I', name);
  end loop;
end $$;
revoke all on function public.storage_refresh_statistics(text[]) from public;
"""


def prepare(admin: Address, *, server: str) -> Addresses:
    """Makes the roles and the database where they are missing; what is there already stays as it is.

    `admin` may be a superuser or a role with CREATEROLE and CREATEDB. `server` is the name under which the roles'
    passwords are kept.

    Raises:
        ServerError: the server does not answer, is too old, or refuses `admin` what it needs.
    """
    name = DATABASE if admin.database == "postgres" else admin.database
    passwords = _passwords(server)
    try:
        with admin.with_database("postgres").connect() as connection:
            _require_version(connection)
            for role in ROLES:
                _ensure_role(connection, role, passwords[role])
            _may_act_as_owner(connection)
            if not connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
                connection.execute(
                    sql.SQL("create database {} owner {} encoding 'UTF8' template template0").format(
                        sql.Identifier(name), sql.Identifier(OWNER)
                    )
                )
        prepare_database(admin.with_database(name))
    except psycopg.errors.InsufficientPrivilege as error:
        raise ServerError(
            f"数据库账号权限不足 {admin.user} at {admin.host}:{admin.port} may not prepare the database: {error}. "
            "It needs CREATEROLE and CREATEDB; or prepare the roles yourself and name MINZHENG_OWNER_URL and MINZHENG_WEB_URL."
        ) from error
    except psycopg.OperationalError as error:
        raise ServerError(
            f"数据库连接失败 The database at {admin.host}:{admin.port} does not answer: {error}"
        ) from error
    database = admin.with_database(name)
    return Addresses(database.as_role(OWNER, passwords[OWNER]), database.as_role(WEB, passwords[WEB]))


def prepare_database(admin: Address) -> None:
    """Extensions and rights of one database: nobody enters it but our roles, and only the owner makes tables."""
    with admin.connect() as connection:
        present = {row[0] for row in connection.execute("select extname from pg_extension").fetchall()}
        for extension in EXTENSIONS:
            if extension not in present:
                connection.execute(
                    sql.SQL("create extension if not exists {}").format(sql.Identifier(extension))
                )
        if _is_prepared(connection):
            return
        database, owner = sql.Identifier(admin.database), sql.Identifier(OWNER)
        connection.execute(sql.SQL("revoke all on database {} from public").format(database))
        connection.execute("revoke create on schema public from public")
        connection.execute(sql.SQL("alter schema public owner to {}").format(owner))
        connection.execute(_REFRESH_STATISTICS)
        connection.execute(
            sql.SQL("alter function storage_refresh_statistics(text[]) owner to {}").format(owner)
        )
        connection.execute(
            sql.SQL("grant execute on function storage_refresh_statistics(text[]) to {}").format(
                sql.Identifier(WEB)
            )
        )
        for role in (WEB, STATISTICS):
            grantee = sql.Identifier(role)
            connection.execute(
                sql.SQL("grant connect, temporary on database {} to {}").format(database, grantee)
            )
            connection.execute(sql.SQL("grant usage on schema public to {}").format(grantee))


def _is_prepared(connection: psycopg.Connection) -> bool:
    row = connection.execute(
        """select bool_and(has_database_privilege(role, current_database(), 'connect')
                           and has_schema_privilege(role, 'public', 'usage')
                           and not has_schema_privilege(role, 'public', 'create'))
                 and to_regprocedure('public.storage_refresh_statistics(text[])') is not null,
                  (select pg_get_userbyid(nspowner) = %s from pg_namespace where nspname = 'public')
           from unnest(%s::text[]) as role""",
        [OWNER, [WEB, STATISTICS]],
    ).fetchone()
    return bool(row and row[0] and row[1])


def _require_version(connection: psycopg.Connection) -> None:
    version = connection.info.server_version
    if version < OLDEST:
        raise ServerError(
            f"需要 PostgreSQL 15 或更高版本。PostgreSQL 15 or later is needed; the server is {version // 10000}."
        )


def _ensure_role(connection: psycopg.Connection, role: str, password: str) -> None:
    found = connection.execute(
        "select coalesce('jit=off' = any(rolconfig), false) from pg_roles where rolname = %s", [role]
    ).fetchone()
    name = sql.Identifier(role)
    if found is None or not _password_works(connection, role, password):
        verb = sql.SQL("alter" if found else "create")
        connection.execute(sql.SQL("{} role {} login password {}").format(verb, name, sql.Literal(password)))
    if found is None or not found[0]:
        # Compiling a long query costs more than running it: Debian's server does so unasked, the embedded one cannot.
        connection.execute(sql.SQL("alter role {} set jit = off").format(name))


def _password_works(connection: psycopg.Connection, role: str, password: str) -> bool:
    info = connection.info
    try:
        Address(info.host, info.port, role, password, "template1").connect().close()
    except psycopg.OperationalError:
        return False
    return True


def _may_act_as_owner(connection: psycopg.Connection) -> None:
    """An administrator that is no superuser must be a member of the owner role to make databases for it."""
    # Since release 16 a role that made another administers it but may not act as it until granted.
    right = "set" if connection.info.server_version >= 160000 else "member"
    row = connection.execute("select pg_has_role(current_user, %s, %s)", [OWNER, right]).fetchone()
    if not (row and row[0]):
        connection.execute(sql.SQL("grant {} to current_user").format(sql.Identifier(OWNER)))


def _passwords(server: str) -> dict[str, str]:
    path = state_home() / "roles.json"
    known: dict[str, dict[str, str]] = json.loads(path.read_text()) if path.exists() else {}
    if set(known.get(server, {})) != set(ROLES):
        known[server] = {role: secrets.token_urlsafe(24) for role in ROLES}
        partial = path.with_suffix(".partial")
        partial.unlink(missing_ok=True)
        with os.fdopen(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as handle:
            json.dump(known, handle)
        partial.replace(path)
    return known[server]
