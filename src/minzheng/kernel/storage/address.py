"""Where a role reaches a database, and the error when none is to be had."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote, unquote, urlsplit

import psycopg

DATABASE = "minzheng"
OWNER, WEB, STATISTICS = "minzheng_owner", "minzheng_web", "minzheng_statistics"


class ServerError(RuntimeError):
    """PostgreSQL could not be found, started or prepared; the message says what to do."""


@dataclass(frozen=True)
class Address:
    """Where one role reaches one database.

    Certificates and the like are libpq's own environment variables (`PGSSLMODE`, `PGSSLROOTCERT`).
    """

    host: str
    port: int
    user: str
    password: str
    database: str

    @classmethod
    def from_url(cls, url: str, *, name: str = "DATABASE_URL") -> Address:
        """Reads `postgresql://user:password@host:port/database`; `name` is the variable to blame."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            parts, host, port = urlsplit(""), None, None
        if parts.scheme not in {"postgres", "postgresql"} or not host:
            raise ServerError(
                f"{name} must look like postgresql://user:password@host:5432/database "
                "(数据库地址格式应为 postgresql://用户:密码@主机:端口/库名)."
            )
        return cls(
            host=host,
            port=port or 5432,
            user=unquote(parts.username or "postgres"),
            password=unquote(parts.password or ""),
            database=unquote(parts.path.lstrip("/")) or DATABASE,
        )

    def url(self) -> str:
        user, password, database = (
            quote(part, safe="") for part in (self.user, self.password, self.database)
        )
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"postgresql://{user}:{password}@{host}:{self.port}/{database}"

    def connect(self, *, autocommit: bool = True) -> psycopg.Connection:
        return psycopg.connect(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            dbname=self.database,
            autocommit=autocommit,
            connect_timeout=10,
        )

    def with_database(self, database: str) -> Address:
        return replace(self, database=database)

    def as_role(self, user: str, password: str) -> Address:
        return replace(self, user=user, password=password)


@dataclass(frozen=True)
class Addresses:
    """The same database as its owner and as the web role see it."""

    owner: Address
    web: Address

    def with_database(self, database: str) -> Addresses:
        return Addresses(self.owner.with_database(database), self.web.with_database(database))
