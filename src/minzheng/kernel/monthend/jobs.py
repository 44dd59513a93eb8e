"""Starting month end in the background."""

from __future__ import annotations

from datetime import date

from procrastinate.exceptions import AlreadyEnqueued

from minzheng.kernel.access import require
from minzheng.kernel.monthend.errors import MonthBusy
from minzheng.kernel.monthend.tasks import run_month_job
from minzheng.kernel.periods import Month


def start_month(*, month: Month, on: date | None = None) -> int:
    """Puts the run of a month into the queue of jobs (提交月度办理); returns the job's number.

    Raises:
        NotPermitted: the acting post may not run months.
        MonthBusy: a run of this month already waits in the queue.
    """
    require("monthend.run")
    try:
        return run_month_job.configure(queueing_lock=f"month {month}").defer(
            month=str(month), on=on.isoformat() if on else None
        )
    except AlreadyEnqueued as error:
        raise MonthBusy(
            f"{month.chinese}的办理已在排队 / a run of {month} already waits in the queue"
        ) from error
