"""The tables' own state: which migrations the database still lacks, and bringing it up to date as its owner."""

from __future__ import annotations

from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

_LOCK = "minzheng migrations"


def pending_migrations() -> list[str]:
    """Migrations that the database lacks, as `app.name`, in their order."""
    executor = MigrationExecutor(connections["owner"])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def bring_up_to_date() -> list[str]:
    """Runs the pending migrations, and returns their names; two at once take turns, and the second finds nothing.

    What follows a migration (the signing key, the rights on libraries' tables) is renewed in any case: the last run may have
    been killed just before it, or the database may have come from another installation.
    """
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [_LOCK])
        try:
            pending = pending_migrations()
            if pending:
                call_command("migrate", database="owner", verbosity=0, interactive=False)
            else:
                emit_post_migrate_signal(verbosity=0, interactive=False, db="owner")
            return pending
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [_LOCK])
