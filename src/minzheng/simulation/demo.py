"""The demonstration: a synthetic city in an installation of its own that has lived its year, with work on every desk.

Every step finds out for itself whether it is done, so a demonstration that was killed goes on, and a second one is ready
at once. It never mixes with a register of real people.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from minzheng.kernel.access import acting_as_service
from minzheng.kernel.access.actions import grant_post
from minzheng.kernel.access.demo import DemoOfficial, listed_officials
from minzheng.kernel.access.models import Official, Post
from minzheng.kernel.cases.models.case import Submission
from minzheng.kernel.monthend.actions import run_month
from minzheng.kernel.monthend.models import MonthRun, RunState
from minzheng.kernel.monthend.queries import latest_run
from minzheng.kernel.monthend.steps import LABELS
from minzheng.kernel.people.models import Person
from minzheng.kernel.periods import Month
from minzheng.simulation.beds import prepare_beds
from minzheng.simulation.building import build_city
from minzheng.simulation.casework import live_casework, lost_job, somebody_of
from minzheng.simulation.centres import prepare_centres
from minzheng.simulation.dementia import prepare_dementia
from minzheng.simulation.eldercare import prepare_eldercare
from minzheng.simulation.figures import prepare_figures
from minzheng.simulation.layout import prepare_layout
from minzheng.simulation.marriage_offices import prepare_marriage_offices
from minzheng.simulation.marriages import prepare_marriages
from minzheng.simulation.reforms import prepare_reforms
from minzheng.simulation.supervision import prepare_supervision
from minzheng.simulation.targets import prepare_targets
from minzheng.simulation.workforce import prepare_workforce
from minzheng.simulation.year import engine
from minzheng.simulation.year.steps import STEPS

YEAR = 2022
MONTH = Month(YEAR, 12)
#: The demonstration's day: the first working day after the year, when its figures are whole and its summary is due.
TODAY = date(2023, 1, 3)
#: Its last working day; what waits on the desks was laid there by then.
LAST_DAY = date(2022, 12, 30)
SERVICE = "demo"
CHONGMING = "310151"
CLIENTS = 120

Watcher = Callable[[str, str], None]


@dataclass(frozen=True)
class Demo:
    """What was prepared: the run of the month after the year, and the accounts."""

    run: MonthRun
    officials: list[DemoOfficial]


def prepare_demo(*, scale: int, seed: int, watch: Watcher, until: Month = MONTH) -> Demo:
    """Builds the city, lives its year and lays work on every desk; `watch` is told (step, detail).

    Args:
        until: the last month to live, for whoever has less time than a year takes.

    Raises:
        BuildRefused: the database holds people who may be real, or another city, or a file was not taken.
    """
    os.environ["MINZHENG_DEMO"] = "1"  # The accounts' password is public; only a demonstration makes them.
    build_city(scale=scale, seed=seed, watch=watch)
    engine.live(Month(YEAR, 1), until, STEPS, watch)
    with acting_as_service(SERVICE):
        prepare_centres(on=LAST_DAY)
    watch("受理中心", "名册与预约号源已就绪")
    prepare_marriage_offices(on=LAST_DAY, watch=watch)
    prepare_marriages(on=LAST_DAY, watch=watch)
    _casework(watch, on=LAST_DAY)
    watch("政策试算", f"{len(prepare_reforms())} 个示例")
    prepare_eldercare(on=LAST_DAY, watch=watch)
    prepare_beds(on=LAST_DAY, watch=watch)
    prepare_supervision(on=LAST_DAY, watch=watch)
    prepare_workforce(on=LAST_DAY, watch=watch)
    prepare_layout(on=LAST_DAY, watch=watch)
    prepare_targets(on=LAST_DAY, watch=watch)
    prepare_dementia(on=LAST_DAY, watch=watch)
    run = _run_next(watch, month=until + 1, on=TODAY)
    with acting_as_service(SERVICE):
        watch("统计指标", f"计数 {len(prepare_figures(on=TODAY).counted)} 项")
    return Demo(run, listed_officials())


def _run_next(watch: Watcher, *, month: Month, on: date) -> MonthRun:
    """The month after those that were lived, so that payments wait to be checked and approved."""
    with acting_as_service(SERVICE):
        run = latest_run(month)
    if run is None or run.state != RunState.DONE:
        run = run_month(month, on=on, progress=lambda told: watch("月度办理", LABELS[told.step]))
    watch("月度办理", f"{month.chinese}已编制，等待复核")
    return run


def _casework(watch: Watcher, *, on: date) -> None:
    """Four weeks of casework, and a resident of Chongming who has lost their job and has not applied yet."""
    with acting_as_service(SERVICE):
        if Submission.objects.filter(key__startswith="sim-").count() >= CLIENTS:
            watch("办件", "此前已办理")
            return
        of_chongming = somebody_of(CHONGMING)
        if of_chongming is not None:
            lost_job(of_chongming, on=on)
            _officers_for(
                Person.objects.values_list("hukou_division_code", flat=True).get(pk=of_chongming)[:9]
            )
    told = live_casework(clients=CLIENTS, watch=lambda done, total: watch("办件", f"{done}/{total}"))
    watch("办件", f"{told.cases} 位申请人")


def _officers_for(town: str) -> None:
    """The demonstration's two officers of Chongming hold a post in the town that will decide, too."""
    for username in ("chongming", "chongmingfu"):
        official = Official.objects.get(user__username=username)
        if not Post.objects.filter(official=official, division_code=town).exists():
            grant_post(official=official, role="street_officer", division_code=town, start=MONTH.first_day)
