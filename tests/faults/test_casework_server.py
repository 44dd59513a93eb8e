"""The web server or the worker dies in the middle of a submission, an upload, a decision: nothing is half done.

A lock makes the moment certain: the request has written most of what it writes and waits for its last table, and then its
process is killed. Afterwards the record is as before the request; sent again to a new server, it is done once.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from minzheng.kernel.access import acting_as_resident, acting_as_service
from minzheng.kernel.access.actions import open_resident_account
from minzheng.kernel.cases import actions
from minzheng.kernel.cases.models import Case
from minzheng.kernel.cases.papers import papers_of
from minzheng.kernel.cases.tests import world
from minzheng.kernel.cases.tests.test_journey import ANSWERS
from minzheng.kernel.people.models import Person
from minzheng.kernel.periods import today
from minzheng.kernel.storage import server
from minzheng.surfaces.api.tests import world as partners

PHOTO = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
CSRF = "a" * 32
# What a submission, an upload or a decision writes; the sequence of numbers aside, all of it belongs to one transaction.
RECORD = """
    SELECT (SELECT json_agg((c.id, c.state, c.version, c.steps_done) ORDER BY c.id) FROM cases_case c)::text,
           (SELECT count(*) FROM cases_event), (SELECT count(*) FROM cases_material), (SELECT count(*) FROM cases_upload),
           (SELECT count(*) FROM cases_decision), (SELECT count(*) FROM cases_letter), (SELECT count(*) FROM cases_clock),
           (SELECT count(*) FROM procrastinate_jobs), (SELECT count(*) FROM api_keptanswer),
           (SELECT count(*) FROM audit_entry WHERE act LIKE 'cases.%')
"""


class House:
    """One database with its servers and workers, each a process that can be killed."""

    def __init__(self, database: str, files: Path) -> None:
        self.addresses = server.ready().with_database(database)
        self.owner = server.administrator().with_database(database)
        self.environment = os.environ | {
            "MINZHENG_OWNER_URL": self.addresses.owner.url(), "MINZHENG_WEB_URL": self.addresses.web.url(),
            "MINZHENG_TEST_FILES": str(files), "DJANGO_SETTINGS_MODULE": "minzheng.surfaces.settings",
        }  # fmt: skip
        self.begun: list[subprocess.Popen[bytes]] = []
        self.port = 0

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", *words], env=self.environment, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.begun.append(process)
        return process

    def serve(self) -> subprocess.Popen[bytes]:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        process = self.start("granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port),
                             "--workers", "1", "minzheng.surfaces.web.wsgi:application")  # fmt: skip
        assert wait_for(lambda: self._answers()), "the server did not begin to answer"
        return process

    def _answers(self) -> bool:
        with contextlib.suppress(OSError):
            return self.post("/healthz", b"", {}, method="GET") == 200
        return False

    def post(self, path: str, body: bytes, head: dict[str, str], method: str = "POST") -> int:
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            asked.request(method, path, body, head)
            return asked.getresponse().status
        finally:
            asked.close()

    def query(self, sql: str) -> tuple:
        with self.owner.connect() as connection:
            return tuple(connection.execute(sql).fetchone() or ())

    @contextlib.contextmanager
    def held(self, table: str) -> Iterator[None]:
        """Nobody writes the table while the block runs."""
        with psycopg.connect(self.owner.url()) as connection:
            connection.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
            yield
            connection.rollback()

    def waits(self) -> bool:
        return self.query("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                          " AND datname = current_database()")[0] > 0  # fmt: skip

    def is_quiet(self) -> bool:
        return self.query("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'"
                          " AND pid <> pg_backend_pid() AND usename = 'minzheng_web'")[0] == 0  # fmt: skip

    def end(self) -> None:
        for process in self.begun:
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """The process and everything it began, at once."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(20)


def wait_for(condition: Callable[[], bool], *, seconds: float = 90) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def house(fresh_database: str, tmp_path: Path) -> Iterator[House]:
    made = House(fresh_database, tmp_path)
    yield made
    made.end()


@pytest.fixture
def person(house: House) -> Person:
    return world.poor_household()


def killed_in_the_middle(house: House, table: str, ask: Callable[[], int]) -> int:
    """Kills the web server while the request waits for a table; then the same request to a new server."""
    before, serving = house.query(RECORD), house.serve()

    def lose() -> None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            ask()

    with house.held(table):
        lost = threading.Thread(target=lose)
        lost.start()
        assert wait_for(house.waits), "the request never came to the table that is held"
        kill(serving)
        lost.join(30)
    assert wait_for(house.is_quiet)
    assert house.query(RECORD) == before
    house.serve()
    return ask()


def signed_in(person: Person) -> dict[str, str]:
    """The headers of a resident's browser."""
    with acting_as_service("test"):
        account = open_resident_account(username="jumin9", password="Huangpu-1949", person_id=person.pk)
    client = Client()
    client.force_login(User.objects.get(pk=account.user_id))
    return {"Cookie": f"sessionid={client.cookies['sessionid'].value}; csrftoken={CSRF}",
            "Content-Type": "application/x-www-form-urlencoded"}  # fmt: skip


def filled_in(person: Person) -> Case:
    """A resident's draft that lacks nothing but being sent."""
    on = today()
    with acting_as_resident(person.pk):
        case = actions.open_draft(item=world.APPLY, person=person.pk, on=on, channel="online")
        actions.save_answers(case=case, values=ANSWERS, on=on)
        return Case.objects.get(pk=case.pk)


def state_of(case: Case) -> str:
    with acting_as_service("test"):
        return Case.objects.get(pk=case.pk).state


def test_a_submission_is_sent_whole_or_not_at_all(house: House, person: Person) -> None:
    case, head = filled_in(person), signed_in(person)
    form = f"csrfmiddlewaretoken={CSRF}".encode()
    status = killed_in_the_middle(
        house, "procrastinate_jobs", lambda: house.post(f"/my/cases/{case.pk}/send/", form, head)
    )
    assert (status, state_of(case)) == (302, "submitted")
    assert house.query("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'cases.take_in'") == (1,)
    assert house.query("SELECT count(*) FROM cases_event WHERE act = 'submit'") == (1,)


def test_an_upload_is_a_paper_of_the_case_or_nothing(house: House, person: Person) -> None:
    case, head = filled_in(person), signed_in(person)
    with acting_as_resident(person.pk):
        code = next(view.paper.code for view in papers_of(case) if not view.paper.source)
    photo = _photo()
    form = encode_multipart(BOUNDARY, {"csrfmiddlewaretoken": CSRF, "photo": photo})

    def ask() -> int:
        return house.post(
            f"/my/cases/{case.pk}/papers/{code}/", form, head | {"Content-Type": MULTIPART_CONTENT}
        )

    assert killed_in_the_middle(house, "cases_event", ask) == 302
    assert house.query("SELECT count(*), count(upload_id) FROM cases_material WHERE state = 'submitted'") == (
        1,
        1,
    )
    assert house.query("SELECT count(*) FROM cases_upload") == (1,)


def _photo():  # type: ignore[no-untyped-def]
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("photo.png", PHOTO, "image/png")


@pytest.mark.parametrize("table", ["cases_event", "cases_letter"])
def test_a_decision_is_made_once_or_not_at_all(house: House, person: Person, table: str) -> None:
    case = partners.passed_on(person)
    head = {"Authorization": f"Bearer {partners.token_of(partners.police())}", "Idempotency-Key": "decision-1",
            "Content-Type": "application/json"}  # fmt: skip
    body = json.dumps({"outcome": "granted", "result": "已登记"}).encode()
    path = f"/api/v1/cases/{case.pk}/answer"
    assert killed_in_the_middle(house, table, lambda: house.post(path, body, head)) == 200
    # The partner never saw the first answer and may send once more; it is still one decision.
    assert house.post(path, body, head) == 200
    assert house.query("SELECT count(*) FROM cases_decision") == (1,)
    assert state_of(case) == "granted"


def test_a_worker_killed_while_taking_a_case_in_leaves_it_to_the_next_which_does_it_once(
    house: House, person: Person
) -> None:
    case = filled_in(person)
    with acting_as_resident(person.pk):
        actions.submit(case=case, on=today())
    before = house.query("SELECT count(*) FROM cases_event")
    worker = house.start("minzheng", "jobs", "work", "--queue", "cases")
    with house.held("cases_letter"):
        assert wait_for(house.waits), "the job never came to its letter"
        kill(worker)
    assert wait_for(house.is_quiet)
    assert house.query("SELECT count(*) FROM cases_event") == before
    assert house.query("SELECT count(*) FROM cases_clock") == (0,)
    second = house.start("minzheng", "jobs", "work", "--queue", "cases", "--stalled-after", "1")
    assert wait_for(lambda: house.query("SELECT count(*) FROM cases_letter") == (1,)), (
        "the job was not taken up again"
    )
    kill(second)
    assert house.query("SELECT count(*) FROM cases_event WHERE act = 'take_in'") == (1,)
    assert house.query("SELECT count(*) FROM cases_clock WHERE kind = 'accept'") == (1,)
    with acting_as_service("test"):
        actions.take_in(case=case.pk, on=today())
    assert house.query("SELECT count(*) FROM cases_letter") == (1,)
