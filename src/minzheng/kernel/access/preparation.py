"""What the owner renews after every migration: the signing key, and the web role's rights on the libraries' tables."""

from __future__ import annotations

from typing import Any

from django.db import connections

from minzheng.kernel.access.signing import signing_key
from minzheng.kernel.storage.guards import web_role

# Tables of Django and its add-ons hold accounts, sessions and jobs, no registers: they carry rights and no scope.
_RIGHTS = {
    "auth_user": "SELECT, INSERT, UPDATE",
    "auth_group": "SELECT",
    "auth_permission": "SELECT",
    "auth_group_permissions": "SELECT",
    "auth_user_groups": "SELECT",
    "auth_user_user_permissions": "SELECT",
    "django_content_type": "SELECT",
    "django_session": "SELECT, INSERT, UPDATE, DELETE",
    "django_migrations": "SELECT",
}
_PREFIXES = ("account_", "axes_", "procrastinate_", "socialaccount_")


def after_migrate(sender: Any, using: str, **_: Any) -> None:
    """Runs once at the end of the owner's migration."""
    if using == "owner":
        renew(using)


def renew(using: str = "owner") -> None:
    """Stores the present signing key and grants what the libraries need; harmless to repeat."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        )
        present = {row[0] for row in cursor.fetchall()}
        if "access_signingkey" in present:
            cursor.execute("SELECT key FROM access_signingkey")
            if [bytes(row[0]) for row in cursor.fetchall()] != [signing_key()]:
                cursor.execute("DELETE FROM access_signingkey")
                cursor.execute(
                    "INSERT INTO access_signingkey (key, stored_at) VALUES (%s, now())", [signing_key()]
                )
        rights = {table: right for table, right in _RIGHTS.items() if table in present}
        rights |= {t: "SELECT, INSERT, UPDATE, DELETE" for t in present if t.startswith(_PREFIXES)}
        for table, right in sorted(rights.items()):
            cursor.execute(f'GRANT {right} ON "{table}" TO "{web_role()}"')
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'"
        )
        for (sequence,) in cursor.fetchall():
            if sequence.startswith(("auth_user_", *_PREFIXES)):
                cursor.execute(f'GRANT USAGE ON SEQUENCE "{sequence}" TO "{web_role()}"')
