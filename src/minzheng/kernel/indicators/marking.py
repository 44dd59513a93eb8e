"""What the owner renews after every migration: the trigger that marks a figure's table as changed.

Domains bring tables by declaring figures, without a migration of this block, so the triggers follow the declarations. A
table without one is taken as changed at every count.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

from minzheng.kernel.indicators.registry import registry

_TRIGGER = "indicators_follows"
_MISSING = """
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname = ANY(%s)
      AND NOT EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = %s)
    ORDER BY c.relname
"""


def after_migrate(sender: Any, using: str, **_: Any) -> None:
    """Runs once at the end of the owner's migration."""
    if using == "owner":
        follow_tables(using)


def followed_tables() -> list[str]:
    """The tables that some figure is counted from."""
    return sorted({table for one in registry().indicators.values() for table in one.tables})


def follow_tables(using: str = "owner") -> list[str]:
    """Puts the trigger on tables that lack it; returns their names. Harmless to repeat."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regproc('public.indicators_mark') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return []
        missing = unfollowed(cursor)
        for table in missing:
            cursor.execute(
                f'CREATE TRIGGER {_TRIGGER} AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "{table}"'
                " FOR EACH STATEMENT EXECUTE FUNCTION indicators_mark()"
            )
    return missing


def unfollowed(cursor: Any) -> list[str]:
    """Tables of figures that exist and whose changes nobody marks."""
    cursor.execute(_MISSING, [followed_tables(), _TRIGGER])
    return [row[0] for row in cursor.fetchall()]
