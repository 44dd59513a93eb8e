"""`minzheng server run` and the demonstration as a person meets them: started, refused, stopped, killed."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from minzheng.kernel.storage import server

Begin = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def addresses(fresh_database: str) -> server.Addresses:
    return server.ready().with_database(fresh_database)


@pytest.fixture
def begin(addresses: server.Addresses, tmp_path: Path) -> Iterator[Begin]:
    """Starts a `minzheng` command on the test's own database and home; ends what is left of it afterwards."""
    begun: list[subprocess.Popen[str]] = []
    own = {
        "MINZHENG_WEB_URL": addresses.web.url(),
        "MINZHENG_OWNER_URL": addresses.owner.url(),
        "MINZHENG_HOME": str(tmp_path / "home"),
        "MINZHENG_TEST_FILES": str(tmp_path / "files"),
    }

    def start(*words: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "minzheng", *words], env=os.environ | own,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        begun.append(process)
        return process

    yield start
    for process in begun:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> int:
    """The status of the health page, 0 when nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def wait_for(condition: Callable[[], bool], *, seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


def children(pid: int) -> list[int]:
    """Every process below this one."""
    with contextlib.suppress(FileNotFoundError):
        own = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return own + [grandchild for child in own for grandchild in children(child)]
    return []


def lives(pid: int) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def test_it_serves_knows_no_owner_and_ends_when_asked(
    begin: Begin, port: int, addresses: server.Addresses
) -> None:
    serving = begin("server", "run", "--port", str(port))
    assert wait_for(lambda: answers(port) == 200), serving.poll()
    below = children(serving.pid)
    assert len(below) >= 2  # the web server and the worker of jobs
    for pid in below:
        environment = Path(f"/proc/{pid}/environ").read_text()
        assert addresses.web.password in environment
        assert addresses.owner.password not in environment
        assert server.administrator().password not in environment
    serving.send_signal(signal.SIGTERM)
    assert serving.wait(30) == 0
    assert wait_for(lambda: not any(map(lives, below)), seconds=10)
    assert answers(port) == 0


def test_a_killed_server_leaves_nobody_on_its_port(begin: Begin, port: int) -> None:
    serving = begin("server", "run", "--port", str(port))
    assert wait_for(lambda: answers(port) == 200), serving.poll()
    below = children(serving.pid)
    serving.kill()
    assert wait_for(lambda: not any(map(lives, below)), seconds=20)


def test_a_worker_that_dies_ends_the_whole_with_a_failure(begin: Begin, port: int) -> None:
    serving = begin("server", "run", "--port", str(port))
    assert wait_for(lambda: answers(port) == 200), serving.poll()
    worker = next(
        p for p in children(serving.pid) if b"jobs" in Path(f"/proc/{p}/cmdline").read_bytes().split(b"\0")
    )
    os.kill(worker, signal.SIGKILL)
    assert serving.wait(30) not in (0, None)
    assert answers(port) == 0


def test_a_taken_port_is_refused_with_one_sentence(begin: Begin) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        serving = begin("server", "run", "--port", str(taken.getsockname()[1]))
        _, err = serving.communicate(timeout=60)
    assert serving.returncode == 1
    assert "已被占用" in err and "Traceback" not in err


def test_tables_that_wait_for_an_upgrade_are_refused(
    begin: Begin, port: int, addresses: server.Addresses
) -> None:
    with addresses.owner.connect() as connection:
        connection.execute("delete from django_migrations where app = 'monthend'")
    serving = begin("server", "run", "--port", str(port))
    _, err = serving.communicate(timeout=60)
    assert serving.returncode == 1
    assert "minzheng db migrate" in err


COUNTS = """
    select (select count(*) from people_person), (select count(*) from awards_award), (select count(*) from payments_order),
           (select sum(amount_fen) from payments_order), (select count(*) from outreach_lead)
"""


def counts(addresses: server.Addresses) -> tuple:
    with addresses.owner.connect() as connection:
        return tuple(connection.execute(COUNTS).fetchone() or ())


def test_a_demonstration_killed_again_and_again_ends_as_one_that_was_left_alone(
    begin: Begin, addresses: server.Addresses
) -> None:
    for patience in (3, 5, 7):
        killed = begin("demo", "prepare", "--scale", "20000", "--until", "2022-01")
        with contextlib.suppress(subprocess.TimeoutExpired):
            killed.wait(patience)
        killed.kill()
        killed.communicate()
    last = begin("demo", "prepare", "--scale", "20000", "--until", "2022-01")
    out, err = last.communicate(timeout=1500)
    assert last.returncode == 0, err
    assert "http" not in out
    people, awards, orders, fen, _ = found = counts(addresses)
    assert people > 1200 and awards > 150 and orders >= awards and fen > 0
    with addresses.owner.connect() as connection:
        twice = connection.execute(
            "select count(*) from (select award_id, benefit_month, kind from payments_order group by 1, 2, 3 having count(*) > 1) t"
        ).fetchone()
    assert twice == (0,)
    again = begin("demo", "prepare", "--scale", "20000", "--until", "2022-01")
    assert again.wait(600) == 0
    assert counts(addresses) == found


def test_the_demonstration_keeps_away_from_people_who_may_be_real(
    begin: Begin, addresses: server.Addresses
) -> None:
    with addresses.owner.connect() as connection:
        connection.execute(
            """with made as (insert into people_person (name, name_pinyin, sex, ethnicity, provenance, division_code, hukou_division_code, hukou_is_local, registered_at)
                 select '某人', '', 1, '', '{}', '310107014001', '310107014001', true, now() from generate_series(1, 60) returning id)
               insert into people_identifier (person_id, kind, value, is_primary, during, source)
                 select id, 'citizen', '110101' || lpad(id::text, 12, '0'), true, '[2022-01-01,)', '' from made"""
        )
    refused = begin("demo", "prepare", "--scale", "20000", "--until", "2022-01")
    _, err = refused.communicate(timeout=300)
    assert refused.returncode == 1
    assert "people who may be real" in " ".join(err.split())
    with addresses.owner.connect() as connection:
        assert connection.execute("select count(*) from people_person").fetchone() == (60,)


def test_an_address_where_no_database_answers_is_told_in_one_sentence() -> None:
    environment = os.environ | {"DATABASE_URL": "postgresql://nobody:secret@127.0.0.1:1/none"}
    done = subprocess.run(
        [sys.executable, "-m", "minzheng", "db", "status"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "数据库连接失败" in done.stderr and "Traceback" not in done.stderr and "secret" not in done.stderr


def test_a_help_page_starts_no_server(tmp_path: Path) -> None:
    environment = os.environ | {"MINZHENG_HOME": str(tmp_path / "home")}
    done = subprocess.run(
        [sys.executable, "-m", "minzheng", "db", "--help"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0
    assert not list((tmp_path / "home").glob("postgres*"))
