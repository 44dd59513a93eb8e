"""Durable jobs that screens ask for: a file that was sent in, a resident's answer to a notice."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from procrastinate.contrib.django import app

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.periods import Month


@app.task(name="web.load_file", queue="feeds", lock="feeds")
def load_file_job(*, path: str, period: str | None = None) -> None:
    """Takes in one file that lies in the inbox; the copy there is removed once the file is recorded."""
    # Read at every start of Django, so the readers of office files are loaded only where one is read.
    from minzheng.kernel.sources.actions import load_folder

    received = Path(path)
    if received.exists():
        load_folder(received, period=Month.parse(period) if period else None)
        shutil.rmtree(received.parent, ignore_errors=True)


@app.task(name="web.answer_notice", queue="residents", lock="residents")
def answer_notice_job(*, notice_id: int, answer: str, words: str, on: str) -> None:
    """Carries out what a resident answered to a notice: nobody acting as a resident may write to the registers.

    The resident's own act stands in the trace under their name; this one follows it. An answer counts by the day it was
    given, and a notice that was settled meanwhile stays as it is.
    """
    from minzheng.kernel.outreach import actions
    from minzheng.kernel.outreach.models import Notice, NoticeState

    given = date.fromisoformat(on)
    with acting_as_service("resident's answer"):
        notice = Notice.objects.get(pk=notice_id)
        if notice.state not in (NoticeState.ISSUED, NoticeState.OBJECTED):
            return
        if answer == "opt_out":
            actions.opt_out(
                person_id=notice.person_id,
                programme=notice.programme,
                on=given,
                note=f"本人在居民页面放弃（人员 {notice.person_id}，告知书 {notice.pk}）{words}",
            )
        elif notice.state == NoticeState.ISSUED:
            actions.object_to(notice=notice, on=given, words=f"本人在居民页面提出：{words}")
