"""The database server's own life: started by anyone, killed at any time, asked for by two at once.

Each test drives real servers in folders of its own, in processes of their own as commands do; the installation's server is
not touched.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

import minzheng
from minzheng.kernel.storage import server
from minzheng.kernel.storage.cluster import find_binaries, major_version

SOURCE = Path(minzheng.__file__).parents[1]
READY = """
import json
from minzheng.kernel.storage import server
a = server.ready()
print(json.dumps({"owner": a.owner.url(), "web": a.web.url(), "admin": server.administrator().url()}))
"""
STOP = "from minzheng.kernel.storage import server; print(server.cluster().stop())"


class House:
    """One installation under a home of its own, asked through commands as a person would."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def ask(self, code: str = READY, **environment: str) -> str:
        done = self.begin(code, **environment)
        out, err = done.communicate(timeout=180)
        assert done.returncode == 0, err
        return out

    def begin(self, code: str = READY, **environment: str) -> subprocess.Popen[str]:
        kept = {key: value for key, value in os.environ.items() if key in {"PATH", "PG_BINDIR", "LANG"}}
        home = {"MINZHENG_HOME": str(self.home), "HOME": str(self.home), "PYTHONPATH": str(SOURCE)}
        return subprocess.Popen(
            [sys.executable, "-c", code], env=kept | home | environment,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def ready(self, **environment: str) -> dict[str, str]:
        return dict(json.loads(self.ask(READY, **environment)))

    @property
    def data(self) -> Path:
        return next(self.home.glob("postgres*/data"))

    def pid(self) -> int:
        return int((self.data / "postmaster.pid").read_text().splitlines()[0])

    def kill(self) -> None:
        """The server dies as in a power cut: its parent process and all its children at once."""
        pid = self.pid()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for victim in (pid, *map(int, children)):
            os.kill(victim, signal.SIGKILL)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and _state(pid) not in {"", "Z"}:
            time.sleep(0.02)


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return ""


@contextlib.contextmanager
def _home() -> Iterator[Path]:
    """A home that the server's user can reach; pytest's own folders are private to whoever runs the tests."""
    home = Path(tempfile.mkdtemp(prefix="minzheng-house-"))
    home.chmod(0o711)
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def stopped_house() -> Iterator[House]:
    """A cluster made once for the module and stopped; tests take copies of it."""
    with _home() as home:
        made = House(home)
        made.ready()
        made.ask(STOP)
        yield made


@pytest.fixture
def empty_house() -> Iterator[House]:
    with _home() as home:
        house = House(home)
        yield house
        if list(home.glob("postgres*/data/postmaster.pid")):
            house.ask(STOP)


@pytest.fixture
def house(empty_house: House, stopped_house: House) -> House:
    subprocess.run(["cp", "-a", f"{stopped_house.home}/.", str(empty_house.home)], check=True)
    return empty_house


def query(url: str, sql: str) -> list[tuple]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchall() if cursor.description else []


def remember(house: House) -> dict[str, str]:
    addresses = house.ready()
    query(addresses["owner"], "create table kept as select generate_series(1, 20000) as n")
    return addresses


def count(house: House) -> int:
    return query(house.ready()["owner"], "select count(*) from kept")[0][0]


def test_the_second_command_finds_the_server_of_the_first(house: House) -> None:
    first, pid = house.ready(), house.pid()
    assert house.ready() == first
    assert house.pid() == pid


def test_a_server_killed_in_the_middle_comes_back_with_every_committed_row(house: House) -> None:
    remember(house)
    house.kill()
    assert count(house) == 20_000


def test_a_killed_server_whose_children_still_hold_its_memory_comes_back(house: House) -> None:
    remember(house)
    os.kill(house.pid(), signal.SIGKILL)  # the children notice only when they next look
    assert count(house) == 20_000


def test_a_killed_server_that_nobody_reaps_is_not_taken_for_a_running_one(house: House) -> None:
    remember(house)
    house.kill()
    zombie = subprocess.Popen([sys.executable, "-c", ""])
    while _state(zombie.pid) != "Z":
        time.sleep(0.01)
    _replace_pid(house, zombie.pid)
    assert count(house) == 20_000
    zombie.wait()


def test_a_lock_whose_number_went_to_another_process_is_stale(house: House) -> None:
    remember(house)
    house.kill()
    _replace_pid(house, os.getpid())
    assert count(house) == 20_000


def test_a_lock_whose_number_went_to_another_servers_process_is_stale(
    house: House, stopped_house: House
) -> None:
    remember(house)
    house.kill()
    stopped_house.ready()
    try:
        lines = (stopped_house.data / "postmaster.pid").read_text().splitlines()
        own = (house.data / "postmaster.pid").read_text().splitlines()
        own[0], own[3] = lines[0], lines[3]  # the neighbour has the number and the port of ours
        (house.data / "postmaster.pid").write_text("\n".join(own) + "\n")
        assert count(house) == 20_000
        assert stopped_house.pid() == int(lines[0]) and _state(stopped_house.pid()) not in {"", "Z"}
    finally:
        stopped_house.ask(STOP)


def _replace_pid(house: House, pid: int) -> None:
    lock = house.data / "postmaster.pid"
    lines = lock.read_text().splitlines()
    lock.write_text("\n".join([str(pid), *lines[1:]]) + "\n")


def test_a_kill_while_the_cluster_is_made_leaves_nothing_half_made(empty_house: House) -> None:
    house = empty_house
    starter = house.begin()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not list(house.home.glob("postgres*/data.partial-*/PG_VERSION")):
        time.sleep(0.005)
    starter.kill()
    starter.communicate()
    assert not list(house.home.glob("postgres*/data/PG_VERSION"))
    assert query(house.ready()["web"], "select current_user") == [("minzheng_web",)]


def test_two_starters_at_once_share_one_server(empty_house: House) -> None:
    starters = [empty_house.begin() for _ in range(3)]
    told = [starter.communicate(timeout=180) for starter in starters]
    assert [starter.returncode for starter in starters] == [0, 0, 0], told
    assert len({out for out, _ in told}) == 1


def test_the_roles_keep_their_passwords_when_the_server_is_stopped_and_started(house: House) -> None:
    def passwords(addresses: dict[str, str]) -> list[str]:
        return [server.Address.from_url(url).password for url in addresses.values()]

    before = house.ready()
    assert house.ask(STOP).strip() == "True"
    assert house.ask(STOP).strip() == "False"  # nothing left to stop
    assert passwords(house.ready()) == passwords(before)


def test_the_web_role_owns_nothing_and_passes_by_no_policy(house: House) -> None:
    addresses = house.ready()
    web = query(
        addresses["web"],
        "select rolsuper, rolbypassrls, rolcreatedb, rolcreaterole from pg_roles where rolname = current_user",
    )
    assert web == [(False, False, False, False)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        query(addresses["web"], "create table mine (n int)")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        query(addresses["web"], "set role minzheng_owner")


def test_no_password_is_readable_by_others_and_none_is_needed_from_elsewhere(house: House) -> None:
    house.ready()
    secret = [*house.home.glob("postgres*/superuser.password"), house.home / "roles.json"]
    assert len(secret) == 2
    assert {path.stat().st_mode & 0o777 for path in secret} == {0o600}
    assert not list(house.home.glob("postgres*/initial.password"))
    methods = {
        line.split()[-1]
        for line in (house.data / "pg_hba.conf").read_text().splitlines()
        if line[:4] in {"host", "loca"}
    }
    assert methods == {"scram-sha-256"}


def test_the_server_runs_as_a_plain_user(house: House) -> None:
    house.ready()
    owner = Path(f"/proc/{house.pid()}").stat().st_uid
    assert owner != 0
    assert house.data.stat().st_mode & 0o777 == 0o700


def test_a_process_that_serves_people_is_told_the_web_roles_address_alone(house: House) -> None:
    addresses = house.ready()
    owner, web = (server.Address.from_url(addresses[key]) for key in ("owner", "web"))
    told = server.served_environment(
        server.Addresses(owner, web),
        {"PATH": "/bin", "DATABASE_URL": addresses["admin"], "MINZHENG_OWNER_URL": addresses["owner"]},
    )
    secrets = {server.Address.from_url(addresses[key]).password for key in ("owner", "admin")}
    assert told == {"PATH": "/bin", "MINZHENG_WEB_URL": addresses["web"]}
    assert not any(secret in value for secret in secrets for value in told.values())
    seen = house.ask(
        "from minzheng.kernel.storage import server; print(server.ready())",
        MINZHENG_WEB_URL=told["MINZHENG_WEB_URL"],
    )
    assert not any(secret in seen for secret in secrets)


def test_an_operators_server_is_prepared_and_never_started(house: House) -> None:
    admin = house.ready()["admin"]
    other = House(house.home / "other")
    addresses = other.ready(DATABASE_URL=server.Address.from_url(admin).with_database("prefecture").url())
    assert addresses["web"].endswith("/prefecture")
    assert query(addresses["web"], "select current_user, current_database()") == [
        ("minzheng_web", "prefecture")
    ]
    assert not list(other.home.glob("postgres*"))


def test_an_administrator_without_superuser_rights_is_enough(house: House) -> None:
    admin = house.ready()["admin"]
    query(admin, "create role clerk login createdb createrole password 'p/w@1:2#3'")
    query(admin, "drop database minzheng")
    query(admin, "drop role minzheng_owner, minzheng_web, minzheng_statistics")
    clerk = server.Address.from_url(admin).as_role("clerk", "p/w@1:2#3").with_database("town")
    other = House(house.home / "other")
    addresses = other.ready(DATABASE_URL=clerk.url())
    assert query(addresses["owner"], "create table t (n int); select current_user") is not None
    assert query(addresses["web"], "select current_user") == [("minzheng_web",)]
    assert other.ready(DATABASE_URL=clerk.url()) == addresses


@pytest.mark.parametrize(
    "url", ["mysql://a@b/c", "postgresql:///nohost", "postgresql://h:notaport/x", "words"]
)
def test_an_address_that_is_none_is_refused_in_both_languages(url: str) -> None:
    with pytest.raises(server.ServerError, match=r"DATABASE_URL must look like.*数据库地址"):
        server.Address.from_url(url)


@pytest.mark.parametrize("password", ["", "plain", "a/b@c:d#e?f%g h", "密码"])
def test_an_address_survives_being_written_as_a_url(password: str) -> None:
    for host in ("127.0.0.1", "::1", "db.example"):
        address = server.Address(host, 5432, "someone", password, "base")
        assert server.Address.from_url(address.url()) == address


def test_data_of_another_release_is_refused_by_name(house: House) -> None:
    house.ready()
    house.ask(STOP)
    made_by = house.data / "PG_VERSION"
    made_by.write_text("14\n")
    refused = house.begin()
    _, err = refused.communicate(timeout=60)
    assert refused.returncode != 0 and "made by PostgreSQL 14" in err
    assert made_by.read_text() == "14\n"


def test_the_programs_found_are_of_a_supported_release() -> None:
    assert major_version(find_binaries()) >= 15
