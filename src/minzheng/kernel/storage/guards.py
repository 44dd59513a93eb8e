"""SQL for migrations that makes the database itself keep the rules: rights, append-only tables, scope by place.

The web role gets nothing by default; every table names what it grants. `enable_scope` turns on row-level security for
everyone, the owner included, so that a query that forgot its filter still sees only what the acting post may see.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.db import migrations


def web_role() -> str:
    return str(settings.DATABASES["default"]["USER"])


def owner_role() -> str:
    return str(settings.DATABASES["owner"]["USER"])


def statement(sql: str, reverse: str = migrations.RunSQL.noop) -> migrations.RunSQL:
    """One migration operation of plain SQL; percent signs are literal."""
    return migrations.RunSQL([(sql, None)], [(reverse, None)] if reverse else migrations.RunSQL.noop)


def grant_web(table: str, rights: str = "SELECT, INSERT, UPDATE, DELETE") -> migrations.RunSQL:
    """Gives the web role rights on one table, and on its identity sequence where it may insert."""
    sequence = (
        f"""
        DO $$ DECLARE s text; BEGIN
          FOR s IN SELECT pg_get_serial_sequence('{table}', attname) FROM pg_attribute
                   WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped LOOP
            IF s IS NOT NULL THEN EXECUTE 'GRANT USAGE ON SEQUENCE ' || s || ' TO "{web_role()}"'; END IF;
          END LOOP; END $$;"""
        if "INSERT" in rights
        else ""
    )
    return statement(f'GRANT {rights} ON {table} TO "{web_role()}"; {sequence}')


def append_only(table: str) -> migrations.RunSQL:
    """Rows of the table can only be added: a change, a deletion or a truncation raises, for the owner too."""
    return statement(
        f"""
        CREATE OR REPLACE FUNCTION storage_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION '% 只可追加，不可修改或删除 (append-only): write a further entry that points at the first',
            TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END $$;
        CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
          FOR EACH ROW EXECUTE FUNCTION storage_refuse_change();
        CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
          FOR EACH STATEMENT EXECUTE FUNCTION storage_refuse_change();
        REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM "{web_role()}";
        """,
        f"DROP TRIGGER {table}_append_only ON {table}; DROP TRIGGER {table}_no_truncate ON {table};",
    )


def enable_scope(
    table: str,
    *,
    division_columns: Sequence[str] = ("division_code",),
    domain_column: str | None = None,
    person_column: str | None = None,
    figures: bool = False,
) -> migrations.RunSQL:
    """Row-level security: the acting post sees and writes rows of its division subtree and its domains.

    A resident acting for themself sees rows of `person_column` and writes none. The functions are called inside a
    sub-select so that they run once per query and the division index serves the range.

    Args:
        division_columns: the row is in scope when any of these lies in the post's subtree.
        domain_column: programme or benefit code the post must cover.
        person_column: the person a row belongs to; needs an index, or the division's is not used either.
        figures: the rows are totals, which posts without sight of the registers (statisticians) may read too.
    """
    places = " OR ".join(
        f"({column} >= (SELECT access_low()) AND {column} < (SELECT access_high()))"
        for column in division_columns
    )
    scope = f"({places})"
    if domain_column:
        scope += (
            f" AND ('*' = ANY((SELECT access_domains())::text[])"
            f" OR {domain_column} = ANY((SELECT access_domains())::text[]))"
        )
    own = f" OR {person_column} = (SELECT access_person())" if person_column else ""
    read = scope
    if figures:
        read = scope.replace("access_low()", "access_place_low()").replace(
            "access_high()", "access_place_high()"
        )
    return statement(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY {table}_owner ON {table} TO "{owner_role()}" USING (true) WITH CHECK (true);
        CREATE POLICY {table}_read ON {table} FOR SELECT TO "{web_role()}" USING (({read}){own});
        CREATE POLICY {table}_insert ON {table} FOR INSERT TO "{web_role()}" WITH CHECK ({scope});
        CREATE POLICY {table}_update ON {table} FOR UPDATE TO "{web_role()}" USING ({scope}) WITH CHECK ({scope});
        CREATE POLICY {table}_delete ON {table} FOR DELETE TO "{web_role()}" USING ({scope});
        """,
        f"""
        DROP POLICY {table}_owner ON {table}; DROP POLICY {table}_read ON {table};
        DROP POLICY {table}_insert ON {table}; DROP POLICY {table}_update ON {table};
        DROP POLICY {table}_delete ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )


def written_by_posts(table: str) -> migrations.RunSQL:
    """Row-level security of a table that names nobody: everyone reads it, only an acting post writes it."""
    acts = "((SELECT access_actor_post()) IS NOT NULL)"
    return statement(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY {table}_owner ON {table} TO "{owner_role()}" USING (true) WITH CHECK (true);
        CREATE POLICY {table}_read ON {table} FOR SELECT TO "{web_role()}" USING (true);
        CREATE POLICY {table}_write ON {table} TO "{web_role()}" USING {acts} WITH CHECK {acts};
        """,
        f"""
        DROP POLICY {table}_owner ON {table}; DROP POLICY {table}_read ON {table};
        DROP POLICY {table}_write ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )
