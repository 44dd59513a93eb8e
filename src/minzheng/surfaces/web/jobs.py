"""Putting what a screen asked for into the queue of jobs, and telling what still waits there."""

from __future__ import annotations

import json
import re
import unicodedata
import uuid
from datetime import date
from typing import Any

from django.db import connection
from procrastinate.exceptions import AlreadyEnqueued

from minzheng.kernel.access import require
from minzheng.kernel.audit import record
from minzheng.kernel.periods import Month
from minzheng.kernel.storage.paths import files_home
from minzheng.surfaces.web.tasks import answer_notice_job, load_file_job

LARGEST_FILE = 15 * 1024 * 1024
ANSWERS = ("opt_out", "object")
_FORBIDDEN_IN_NAMES = re.compile(r'[\x00-\x1f/\\:*?"<>|]')


def receive_file(*, content: bytes, name: str, period: Month | None) -> int:
    """Keeps a file that was sent in and puts its loading into the queue (接收文件); returns the job's number."""
    require("sources.load")
    folder = files_home() / "inbox" / uuid.uuid4().hex
    folder.mkdir(mode=0o700, parents=True)
    path = folder / safe_name(name)
    path.write_bytes(content)
    job = load_file_job.defer(path=str(path), period=str(period) if period else None)
    record("sources.upload", subject=f"job:{job}", detail={"name": path.name, "bytes": len(content)})
    return job


def safe_name(name: str) -> str:
    """A file's name without folders, controls or a leading dot, short enough for any disk.

    >>> safe_name("../../etc/=公安<b>.csv"), safe_name("..")
    ('etc_=公安_b_.csv', 'file')
    """
    bare = _FORBIDDEN_IN_NAMES.sub("_", unicodedata.normalize("NFC", name)).lstrip("._ ~").strip()
    stem, dot, suffix = bare.rpartition(".")
    return f"{stem[:60]}.{suffix[:8]}" if dot and stem else bare[:60] or "file"


def waiting_files() -> list[dict[str, Any]]:
    """Files that were sent in and are not yet loaded: name and state, the oldest first."""
    return [
        {"id": number, "name": arguments["path"].rsplit("/", 1)[-1], "state": state}
        for number, arguments, state in _jobs("web.load_file", ("todo", "doing", "failed"))
    ]


def answer_notice(*, notice_id: int, person_id: int, answer: str, words: str, on: date) -> None:
    """Records a resident's answer and puts it into the queue; given twice, it stands once."""
    if answer not in ANSWERS:
        raise ValueError(f"{answer!r} is not one of {', '.join(ANSWERS)}")
    try:
        answer_notice_job.configure(queueing_lock=f"notice {notice_id}").defer(
            notice_id=notice_id, answer=answer, words=words, on=on.isoformat()
        )
    except AlreadyEnqueued:
        return
    record(
        "residents.answer",
        subject=f"notice:{notice_id}",
        detail={"answer": answer},
        reason=words,
        person_id=person_id,
    )


def waiting_answer(notice_id: int) -> str:
    """What was answered to a notice and is not yet carried out; empty where nothing waits."""
    for _number, arguments, _state in _jobs("web.answer_notice", ("todo", "doing")):
        if arguments["notice_id"] == notice_id:
            return str(arguments["answer"])
    return ""


def _jobs(task: str, states: tuple[str, ...]) -> list[tuple[int, dict[str, Any], str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, args, status::text FROM procrastinate_jobs"
            " WHERE task_name = %s AND status::text = ANY(%s) ORDER BY id LIMIT 200",
            [task, list(states)],
        )
        return [(number, _read(arguments), state) for number, arguments, state in cursor.fetchall()]


def _read(arguments: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(arguments) if isinstance(arguments, str) else arguments
    return found
