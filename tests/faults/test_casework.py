"""The process that submits, decides or takes a file is killed at every one of its statements: nothing is half done."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from minzheng.kernel.access import acting, acting_as_resident, acting_as_service
from minzheng.kernel.awards.models import Award
from minzheng.kernel.cases import actions, uploads
from minzheng.kernel.cases.models import Case, Clock, Decision, Event, Letter, Material, Upload
from minzheng.kernel.cases.tests import steps, world
from minzheng.kernel.cases.tests.test_uploads import PDF
from minzheng.kernel.storage.paths import files_home

ON, DAY = world.ON, date(2022, 10, 10)


@pytest.fixture
def person(fresh_database: str) -> Any:
    return world.poor_household()


def in_a_process(act: Callable[[], Any], before: Callable[[], Any] = lambda: None) -> int:
    """Runs an act in a process of its own; its exit status, or minus the signal that killed it."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            before()
            act()
            status = 0
        finally:
            connections.close_all()
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def dies_after(statements: int) -> Callable[[], None]:
    """Makes this process kill itself after so many statements have reached the database."""
    left = [statements]

    def count(execute: Any, *words: Any) -> Any:
        told = execute(*words)
        left[0] -= 1
        if left[0] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return told

    return lambda: connection.execute_wrappers.append(count)


def kills(act: Callable[[], Any], *, most: int = 500) -> Iterator[int]:
    """Kills the act ever later, until it comes through; yields after each kill how far it had come."""
    step = 1
    at = 1
    while at < most:
        status = in_a_process(act, dies_after(at))
        if status == 0:
            return
        assert status == -signal.SIGKILL, f"the act failed by itself, with {status}"
        yield at
        # Every statement at the beginning and end of an act is like its neighbour; the middle is sampled.
        step = 1 if at < 6 else 5
        at += step
    raise AssertionError(f"the act has more than {most} statements")


def picture() -> dict[str, Any]:
    with acting_as_service("test"):
        return {
            "cases": list(Case.objects.order_by("id").values("id", "state", "version", "due_on", "steps_done", "award_id")),
            "clocks": list(Clock.objects.order_by("id").values()),
            "jobs": jobs(),
            **{
                model.__name__: model.objects.count()
                for model in (Event, Letter, Decision, Award, Material)
            },
        }  # fmt: skip


def jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        return int(cursor.fetchone()[0])


def test_a_kill_during_submission_leaves_the_draft_or_the_case_with_its_job(person: Any) -> None:
    with acting_as_resident(person.pk):
        case = actions.open_draft(item=world.APPLY, person=person.pk, on=ON, channel="online")
        actions.save_answers(case=case, values=steps.ANSWERS, on=ON)

    def submit() -> None:
        with acting_as_resident(person.pk):
            actions.submit(case=case.pk, on=ON)

    before = picture()
    killed = 0
    for _ in kills(submit):
        assert picture() == before
        killed += 1
    assert killed > 5
    assert steps.fresh(case).state == "submitted"
    assert steps.waiting_jobs("cases.take_in") == [{"case_id": case.pk, "on": "2022-09-26"}]


def test_a_kill_while_the_job_takes_the_case_in_leaves_it_to_be_taken_in_again(person: Any) -> None:
    with acting_as_resident(person.pk):
        case = actions.open_draft(item=world.APPLY, person=person.pk, on=ON, channel="online")
        actions.save_answers(case=case, values=steps.ANSWERS, on=ON)
        actions.submit(case=case, on=ON)
    before = picture()
    for _ in kills(lambda: steps.service(actions.take_in, case=case.pk, on=ON)):
        assert picture() == before
    with acting_as_service("test"):
        assert Clock.objects.get(case=case, ended_on=None).kind == "accept"
        assert Letter.objects.get(case=case).kind == "receipt"
    # The job that the kill left behind runs once more, and changes nothing.
    after = picture()
    steps.service(actions.take_in, case=case.pk, on=ON)
    assert picture() == after


def test_a_kill_during_the_decision_leaves_neither_award_nor_letter_without_the_other(person: Any) -> None:
    case = steps.accepted()
    one, two = steps.officer(), steps.officer()
    with acting(one):
        actions.begin_check(case=case, on=ON)
        actions.end_check(case=case, on=ON, note="已反馈")
        actions.examine(case=case, on=ON, opinion="符合条件")
        actions.publicise(case=case, on=ON)
        actions.close_publication(case=case, on=DAY)
        actions.decide(case=case, outcome="granted", reason="", on=DAY)

    def confirm() -> None:
        with acting(two):
            actions.confirm(case=case.pk, agrees=True, reason="", on=DAY)

    before = picture()
    killed = 0
    for _ in kills(confirm):
        assert picture() == before
        killed += 1
    assert killed > 10
    with acting_as_service("test"):
        assert Award.objects.count() == 1 and Decision.objects.filter(is_in_force=True).count() == 1
        assert Letter.objects.filter(case=case, kind="decision").count() == 1
        assert Case.objects.get(pk=case.pk).award_id == Award.objects.get().pk


@pytest.mark.parametrize("at", ["write", "fsync", "chmod", "replace"])
def test_a_kill_during_an_upload_leaves_no_half_file_and_no_row(person: Any, at: str) -> None:
    officer = steps.officer()
    content = PDF.replace(b"1.4\n", f"1.4\n%{at}\n".encode())

    def keep() -> None:
        with acting(officer):
            uploads.keep_upload(content=content, name="a.pdf", on=ON)

    def die(*_words: Any, **_more: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def before() -> None:
        setattr(os, {"write": "fdopen"}.get(at, at), die)

    assert in_a_process(keep, before) == -signal.SIGKILL
    assert whole_files(content) == []
    with acting_as_service("test"):
        assert not Upload.objects.exists()
    assert in_a_process(keep) == 0
    with acting_as_service("test"):
        row = Upload.objects.get()
    assert uploads.download_of(row).path.read_bytes() == content
    assert uploads.clear_parts(older_than=4e9) >= 1


def test_a_kill_between_the_file_and_its_row_is_mended_by_sending_it_again(person: Any) -> None:
    officer = steps.officer()
    content = PDF.replace(b"1.4\n", b"1.4\n%between\n")

    def keep() -> None:
        with acting(officer):
            uploads.keep_upload(content=content, name="a.pdf", on=ON)

    for _ in kills(keep):
        with acting_as_service("test"):
            assert not Upload.objects.exists()
    with acting_as_service("test"):
        assert uploads.download_of(Upload.objects.get()).path.read_bytes() == content
    assert len(whole_files(content)) == 1


def whole_files(content: bytes) -> list[Path]:
    return [
        path
        for path in (files_home() / "uploads").glob("*/*")
        if not path.name.startswith(".part-") and path.read_bytes() == content
    ]
