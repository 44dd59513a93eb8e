"""Durable jobs: holding a file's waiting rows against the register once the file is in."""

from __future__ import annotations

from collections.abc import Sequence

from procrastinate.contrib.django import app

from minzheng.kernel.access import acting_as_service


@app.task(name="linkage.match_file", queue="linkage", lock="linkage")
def match_file_job(*, file_id: int) -> None:
    """Begun twice, it finds the same pairs and leaves what was decided alone."""
    from minzheng.kernel.linkage.actions import match_rows

    with acting_as_service("linkage"):
        match_rows(file_id=file_id)


def match_later(file_ids: Sequence[int]) -> None:
    """Asks for the files in which a row waits for an identity; called by sources after an intake."""
    from minzheng.kernel.linkage.matching import IDENTITY_CODES
    from minzheng.kernel.sources.models import ReviewItem

    waiting = ReviewItem.objects.filter(row__file_id__in=file_ids, state="open", code__in=IDENTITY_CODES)
    for file_id in sorted(set(waiting.values_list("row__file_id", flat=True))):
        match_file_job.defer(file_id=file_id)
